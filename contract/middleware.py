"""What holds for every request: how large it may be, and that errors of the API are told as problem documents."""

from collections.abc import Callable
from io import BytesIO
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse

from contract.errors import DomainError, Forbidden, Malformed, NotFound
from contract.parsing import BodyTooLarge, WholeStream, read_bounded
from contract.problem import MEDIA_TYPE, document_about, document_of

PREFIX: Final = "/api/"

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


class SizeMiddleware:
    """Refuses a request that says it is larger than UPLOAD_MAX_REQUEST_SIZE before anything of it is read.

    One that ends before it is as long as it says is refused where it is read (BodyIncomplete).

    One that does not say how large it is (chunked) is read into memory, up to DATA_UPLOAD_MAX_MEMORY_SIZE bytes:
    Django itself takes it for empty. Stands inside what chooses the language.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        try:
            _check_size(request)
        except BodyTooLarge as refused:
            return _too_large(request, refused)
        return self.get_response(request)


def _check_size(request: HttpRequest) -> None:
    stated = request.META.get("CONTENT_LENGTH") or ""
    if stated.isdecimal() and int(stated) > settings.UPLOAD_MAX_REQUEST_SIZE:
        raise BodyTooLarge(max_bytes=settings.UPLOAD_MAX_REQUEST_SIZE)
    if stated.isdecimal() and int(stated):
        stream = WholeStream(request._stream, int(stated))  # noqa: SLF001  (Django offers no other way)
        request._stream = stream  # type: ignore[assignment]  # noqa: SLF001
    if not stated and request.META.get("HTTP_TRANSFER_ENCODING") and request.META.get("wsgi.input_terminated"):
        body = read_bounded(request.META["wsgi.input"], settings.DATA_UPLOAD_MAX_MEMORY_SIZE)
        request.META["CONTENT_LENGTH"] = str(len(body))
        request._stream = BytesIO(body)  # noqa: SLF001  (Django offers no other way to say what the body is)


def _too_large(request: HttpRequest, refused: BodyTooLarge) -> HttpResponse:
    if request.path.startswith(PREFIX):
        return JsonResponse(document_about(refused), status=refused.status, content_type=MEDIA_TYPE)
    return HttpResponse(refused.message(), status=refused.status, content_type="text/plain; charset=utf-8")
