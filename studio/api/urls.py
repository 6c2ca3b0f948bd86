"""Addresses of the studio's part of the interface."""

from django.urls import include, path

from studio.api.audit import AuditApi
from studio.api.drafts import DraftActionApi, DraftApi, DraftsApi, DraftTextApi, TrailApi

app_name = "studio-api"
urlpatterns = [
    path("audit/", AuditApi.as_view(), name="audit"),
    path("lab/", include("studio.api.lab_urls")),
    path("", include("studio.api.bulk_urls")),
    path("packs/<str:pack>/drafts/", DraftsApi.as_view(), name="drafts"),
    path("packs/<str:pack>/drafts/<int:draft>/", DraftApi.as_view(), name="draft"),
    path("packs/<str:pack>/drafts/<int:draft>/actions/<slug:action>/", DraftActionApi.as_view(), name="draft-action"),
    path("packs/<str:pack>/drafts/<int:draft>/document/", DraftTextApi.as_view(), name="draft-text"),
    path("packs/<str:pack>/actions/", TrailApi.as_view(), name="trail"),
]
