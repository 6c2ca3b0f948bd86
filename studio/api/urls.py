"""Addresses of the studio's part of the interface."""

from django.urls import include, path

from studio.api.audit import AuditApi
from studio.api.drafts import DraftActionApi, DraftApi, DraftsApi, DraftTextApi, TrailApi
from studio.api.freezes import EndFreezeApi, FreezeApi, FreezePreviewApi, FreezesApi
from studio.api.versions import ExampleApi, SimulateApi, VersionApi, VersionDifferencesApi, VersionsApi

app_name = "studio-api"
urlpatterns = [
    path("audit/", AuditApi.as_view(), name="audit"),
    path("calendars/", include("studio.api.calendar_urls")),
    path("lab/", include("studio.api.lab_urls")),
    path("", include("studio.api.bulk_urls")),
    path("packs/<str:pack>/versions/", VersionsApi.as_view(), name="versions"),
    path("packs/<str:pack>/versions/<int:version>/", VersionApi.as_view(), name="version"),
    path("packs/<str:pack>/versions/<int:version>/differences/", VersionDifferencesApi.as_view(), name="differences"),
    path("packs/<str:pack>/versions/<int:version>/simulate/", SimulateApi.as_view(), name="simulate"),
    path(
        "packs/<str:pack>/versions/<int:version>/deadlines/<slug:name>/example/", ExampleApi.as_view(), name="example"
    ),
    path("freezes/", FreezesApi.as_view(), name="freezes"),
    path("freezes/preview/", FreezePreviewApi.as_view(), name="freeze-preview"),
    path("freezes/<int:freeze>/", FreezeApi.as_view(), name="freeze"),
    path("freezes/<int:freeze>/end/", EndFreezeApi.as_view(), name="freeze-end"),
    path("packs/<str:pack>/drafts/", DraftsApi.as_view(), name="drafts"),
    path("packs/<str:pack>/drafts/<int:draft>/", DraftApi.as_view(), name="draft"),
    path("packs/<str:pack>/drafts/<int:draft>/actions/<slug:action>/", DraftActionApi.as_view(), name="draft-action"),
    path("packs/<str:pack>/drafts/<int:draft>/document/", DraftTextApi.as_view(), name="draft-text"),
    path("packs/<str:pack>/actions/", TrailApi.as_view(), name="trail"),
]
