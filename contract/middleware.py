"""Whatever goes wrong under the API's addresses is told as a problem document, also where no view was reached."""

from collections.abc import Callable
from typing import Final

from django.http import HttpRequest, HttpResponse, JsonResponse

from contract.errors import DomainError, Forbidden, Malformed, NotFound
from contract.problem import MEDIA_TYPE, document_of

PREFIX: Final = "/api/v1/"

_KINDS: Final[dict[int, type[DomainError]]] = {400: Malformed, 403: Forbidden, 404: NotFound}


class ProblemMiddleware:
    """Puts a problem document in the place of Django's pages for errors. Stands inside what chooses the language.

    The page of an unexpected error is made, logged and signalled by Django before; nothing of it is told.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        told = response.headers.get("Content-Type", "").startswith(MEDIA_TYPE)
        if response.status_code < 400 or told or not request.path.startswith(PREFIX):
            return response
        return _problem(response.status_code)


def _problem(status: int) -> HttpResponse:
    kind = _KINDS.get(status, DomainError)
    code = "server_error" if status >= 500 else kind.code
    return JsonResponse(document_of(status, code, str(kind.sentence)), status=status, content_type=MEDIA_TYPE)
