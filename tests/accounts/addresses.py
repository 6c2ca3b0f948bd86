"""The addresses of accounts, one page and one API view that tell who is asking."""

from django.http import HttpRequest, HttpResponse
from django.http.response import JsonResponse
from django.urls import include, path
from django.utils import timezone, translation
from rest_framework.decorators import api_view
from rest_framework.request import Request
from rest_framework.response import Response


@api_view()
def whoami(request: Request) -> Response:
    return Response(request.user.username)


def seen(request: HttpRequest) -> HttpResponse:
    return JsonResponse(
        {
            "language": translation.get_language(),
            "zone": str(timezone.get_current_timezone()),
            "acting_as": request.acting_as,
            "roles": request.available_roles,
        }
    )


urlpatterns = [
    path("", include("accounts.urls")),
    path("api/v1/", include("accounts.api_urls")),
    path("notifications/", include("notifications.urls")),  # the frame of every page has a bell
    path("api/whoami/", whoami),
    path("api/seen/", seen),
    path("seen/", seen),
]
