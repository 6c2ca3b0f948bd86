"""Errors of the API as problem documents (RFC 9457). Set as Django REST Framework's EXCEPTION_HANDLER."""

from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any, Final

from django.conf import settings
from django.core.exceptions import PermissionDenied, RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import Http404
from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions, serializers
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response
from rest_framework.views import set_rollback

from contract.errors import DomainError, FieldProblem, Forbidden, Invalid, NotFound, TooMany, Words
from contract.idempotency import REPLAY_HEADER
from contract.parsing import BodyTooLarge, TooManyParts, pointer_part

MEDIA_TYPE: Final = "application/problem+json"

TITLES: Final[Mapping[int, Words]] = {
    HTTPStatus.BAD_REQUEST: _("The request is not well formed"),
    HTTPStatus.UNAUTHORIZED: _("Please log in"),
    HTTPStatus.FORBIDDEN: _("Not allowed"),
    HTTPStatus.NOT_FOUND: _("Not found"),
    HTTPStatus.METHOD_NOT_ALLOWED: _("This address does not take that method"),
    HTTPStatus.NOT_ACCEPTABLE: _("No such form of answer"),
    HTTPStatus.CONFLICT: _("Not possible as things stand"),
    HTTPStatus.GONE: _("No longer here"),
    HTTPStatus.PRECONDITION_FAILED: _("Changed in the meantime"),
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: _("Too large"),
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: _("This form of content is not taken"),
    HTTPStatus.UNPROCESSABLE_ENTITY: _("Not acceptable as entered"),
    HTTPStatus.TOO_MANY_REQUESTS: _("Too many requests"),
    HTTPStatus.INTERNAL_SERVER_ERROR: _("Something went wrong here"),
    HTTPStatus.SERVICE_UNAVAILABLE: _("Not available right now"),
    HTTPStatus.INSUFFICIENT_STORAGE: _("No room to keep this"),
}


class ProblemRenderer(JSONRenderer):
    """JSON under the media type of problem documents."""

    media_type = MEDIA_TYPE
    format = "problem+json"


class FieldProblemSerializer(serializers.Serializer):
    """What is wrong with one part of what was sent."""

    pointer = serializers.CharField(help_text="JSON pointer to the part; empty for the whole.")
    code = serializers.CharField()
    detail = serializers.CharField()


class ProblemSerializer(serializers.Serializer):
    """The form of a problem document, for the API's description."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    code = serializers.CharField()
    errors = FieldProblemSerializer(many=True)  # type: ignore[assignment]


def problems(*statuses: int) -> dict[tuple[int, str], type[ProblemSerializer]]:
    """For ``extend_schema(responses=...)``: that these statuses are answered by a problem document."""
    return {(status, MEDIA_TYPE): ProblemSerializer for status in statuses}


def exception_handler(exc: Exception, context: Mapping[str, Any]) -> Response | None:
    """Answer a known error as a problem document; None (a server error) for every other."""
    answer = problem_for(exc)
    if answer is None:
        return None
    set_rollback()
    request = context.get("request")
    if request is not None:
        # The client's Accept header chose among the view's renderers; an error has a form of its own.
        request.accepted_renderer, request.accepted_media_type = ProblemRenderer(), MEDIA_TYPE
    return answer


def problem_for(exc: Exception) -> Response | None:
    """The problem document of an error, or None when it is not one that clients are told about."""
    match exc:
        case DomainError():
            return _of_domain(exc)
        case Http404():
            return _of_domain(NotFound())
        case PermissionDenied():
            return _of_domain(Forbidden())
        case RequestDataTooBig():
            return _of_domain(BodyTooLarge(max_bytes=settings.DATA_UPLOAD_MAX_MEMORY_SIZE))
        case TooManyFieldsSent() | TooManyFilesSent():
            return _of_domain(TooManyParts())
        case exceptions.APIException():
            return _of_framework(exc)
    return None


def _of_domain(error: DomainError) -> Response:
    headers = {"Retry-After": str(error.retry_after)} if isinstance(error, TooMany) else {}
    if error.replayed:
        headers[REPLAY_HEADER] = "true"
    return _response(document_about(error), headers)


def document_about(error: DomainError) -> dict[str, Any]:
    """The problem document of a refusal, in the language active now, with what is particular to it."""
    fields = error.fields if isinstance(error, Invalid) else ()
    return {**error.extensions(), **document_of(error.status, error.code, error.message(), fields)}


def _of_framework(error: exceptions.APIException) -> Response:
    if isinstance(error, exceptions.ValidationError):
        document = document_of(error.status_code, Invalid.code, str(Invalid.sentence), tuple(_fields(error.detail)))
        return _response(document, {})
    code = error.get_codes()
    document = document_of(error.status_code, code if isinstance(code, str) else error.default_code, str(error.detail))
    return _response(document, _headers(error))


def _headers(error: exceptions.APIException) -> dict[str, str]:
    headers = {}
    if challenge := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = challenge
    if wait := getattr(error, "wait", None):
        headers["Retry-After"] = str(int(wait))
    return headers


def document_of(status: int, code: str, detail: str, fields: tuple[FieldProblem, ...] = ()) -> dict[str, Any]:
    """A problem document as a map, without what is particular to one error."""
    return {
        "type": f"urn:gongduan:problem:{code}",
        "title": str(TITLES.get(status) or HTTPStatus(status).phrase),
        "status": int(status),
        "detail": detail,
        "code": code,
        "errors": [field.as_json() for field in fields],
    }


def _fields(detail: Any, pointer: str = "") -> Iterator[FieldProblem]:
    """The nested errors of a serializer, flattened to pointers."""
    match detail:
        case dict():
            for name, inner in detail.items():
                yield from _fields(inner, pointer if name == "non_field_errors" else f"{pointer}/{pointer_part(name)}")
        case list():
            for index, inner in enumerate(detail):
                nested = isinstance(inner, dict | list)
                yield from _fields(inner, f"{pointer}/{index}" if nested else pointer)
        case _:
            yield FieldProblem(pointer=pointer, code=getattr(detail, "code", Invalid.code), detail=str(detail))


def _response(document: dict[str, Any], headers: dict[str, str]) -> Response:
    return Response(document, status=document["status"], headers=headers, content_type=MEDIA_TYPE)
