"""Addresses of the interface for many cases at once, and for all clocks."""

from django.urls import path

from studio.api.bulk import BulkPreviewApi, BulkResultsApi, BulkRunApi, BulkRunsApi, CancelBulkRunApi
from studio.api.timers import RetryApi, StuckApi, TimersApi

urlpatterns = [
    path("bulk-runs/", BulkRunsApi.as_view(), name="bulk-runs"),
    path("bulk-runs/preview/", BulkPreviewApi.as_view(), name="bulk-preview"),
    path("bulk-runs/<int:bulk_id>/", BulkRunApi.as_view(), name="bulk-run"),
    path("bulk-runs/<int:bulk_id>/cancel/", CancelBulkRunApi.as_view(), name="bulk-cancel"),
    path("bulk-runs/<int:bulk_id>/results/", BulkResultsApi.as_view(), name="bulk-results"),
    path("timers/", TimersApi.as_view(), name="timers"),
    path("timers/stuck/", StuckApi.as_view(), name="stuck"),
    path("timers/stuck/retry/", RetryApi.as_view(), name="retry"),
]
