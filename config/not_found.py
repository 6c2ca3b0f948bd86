"""The house's own page for an address that leads nowhere, in development too: Django's lists every address there is."""

from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse
from django.views.defaults import page_not_found

from contract.middleware import PREFIX


class OwnNotFoundPage:
    """Stands innermost, so that the page knows who reads it. The interface tells its own problems."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        is_page = response.headers.get("Content-Type", "").startswith("text/html")
        if response.status_code != 404 or not is_page or request.path.startswith(PREFIX):
            return response
        return page_not_found(request, Http404())
