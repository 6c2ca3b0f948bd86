"""Addresses of the rule lab."""

from django.urls import path

from studio.views import lab

urlpatterns = [
    path("", lab.lab, name="lab"),
    path("compare/", lab.compare, name="lab-compare"),
    path("<int:lab_id>/", lab.run, name="lab-run"),
    path("<int:lab_id>/cancel/", lab.cancel, name="lab-cancel"),
    path("<int:lab_id>/differences.csv", lab.table, name="lab-table"),
]
