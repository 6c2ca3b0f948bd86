"""Every address of the house."""

from collections.abc import Callable
from functools import cache
from importlib import import_module
from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from django.views.generic import RedirectView

from accounts.views import operators_door
from config.health import healthz, readyz


def lazily(module: str, name: str) -> Callable[..., HttpResponse]:
    """A view that is imported with its first request: the schema generator is heavy and few ask for it."""

    @cache
    def view() -> Callable[..., HttpResponse]:
        return getattr(import_module(module), name)

    def forward(request: HttpRequest, **captured: Any) -> HttpResponse:
        return view()(request, **captured)

    return forward


urlpatterns = [
    path("healthz/", healthz, name="healthz"),
    path("readyz/", readyz, name="readyz"),
    path("api/schema/", lazily("config.api_documents", "schema"), name="schema"),
    path("api/docs/", lazily("config.api_documents", "documents"), name="api-docs"),
    path("api/v1/", include("accounts.api_urls")),
    path("api/v1/", include("disputes.api.urls")),
    path("api/v1/", include("studio.api.urls")),
    path("evidence/", include("evidence.urls")),
    path("notifications/", include("notifications.urls")),
    path("studio/", include("studio.urls")),
    path("admin/login/", operators_door),
    path("admin/password_change/", RedirectView.as_view(pattern_name="accounts:password")),
    path("admin/", admin.site.urls),
    path("", include("accounts.urls")),
    path("", include("disputes.urls")),
]
