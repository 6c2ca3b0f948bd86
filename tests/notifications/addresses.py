"""The addresses of the inbox, and a page for what its links lead to."""

from django.http import HttpRequest, HttpResponse
from django.urls import include, path


def case(request: HttpRequest, number: str) -> HttpResponse:
    return HttpResponse(number)


disputes = (
    [path("cases/<str:number>/", case, name="case"), path("cases/<str:number>/why/", case, name="why")], "disputes"
)  # fmt: skip

urlpatterns = [
    path("notifications/", include("notifications.urls")),
    path("", include("accounts.urls")),
    path("", include(disputes)),
]
