"""The house's addresses, and two pages that go wrong."""

from django.http import HttpRequest, HttpResponse
from django.urls import path

from config.urls import urlpatterns as house
from contract.errors import Forbidden


def breaks(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("secret-of-the-trace")


def forbids(request: HttpRequest) -> HttpResponse:
    raise Forbidden


urlpatterns = [path("breaks/", breaks), path("forbids/", forbids), *house]
