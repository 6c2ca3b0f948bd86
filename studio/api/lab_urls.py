"""Addresses of the rule lab's part of the interface."""

from django.urls import path

from studio.api.lab import CancelRunApi, RunApi, RunDifferencesApi, RunsApi

urlpatterns = [
    path("runs/", RunsApi.as_view(), name="lab-runs"),
    path("runs/<int:lab_id>/", RunApi.as_view(), name="lab-run"),
    path("runs/<int:lab_id>/cancel/", CancelRunApi.as_view(), name="lab-cancel"),
    path("runs/<int:lab_id>/differences/", RunDifferencesApi.as_view(), name="lab-differences"),
]
