"""What every address of the interface shares: who asks, how often, which version they saw, repeating safely."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, ClassVar, Final

from django.utils.translation import gettext_lazy as _
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer
from rest_framework.views import APIView

from accounts.models import User
from accounts.roles import SELLER, available_roles
from contract.errors import FieldProblem, Malformed
from contract.idempotency import REPLAY_HEADER, Call, Replay, call_of
from contract.paging import CursorPage
from contract.parsing import JsonParser, check_storable
from disputes.errors import FieldsRefused
from disputes.selectors.access import CaseAccess, case_for

_ETAG: Final = re.compile(r'(?:W/)?"?(\d{1,9})"?')


class BadVersion(Malformed):
    """The version somebody claims to have seen is no version."""

    code = "bad_version"


class DisputeApi(APIView):
    """An address of the interface. It takes JSON, and ends with a slash: without one nothing is there."""

    parser_classes: ClassVar = [JsonParser]  # type: ignore[misc]

    @classmethod
    def as_view(cls, **options: Any) -> Any:
        view = super().as_view(**options)
        view.should_append_slash = False  # type: ignore[attr-defined]  # a redirect would lose what was sent
        return view

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Raises Unstorable (400) for a character in the address that no text has."""
        super().initial(request, *args, **kwargs)
        check_storable({**kwargs, **dict(request.query_params.lists())})


def person(request: Request) -> User:
    """Who asks; never anonymous, for every address demands a login."""
    assert isinstance(request.user, User)
    return request.user


def case_of(request: Request, number: str) -> CaseAccess:
    """The case of that number, in whatever case its letters are. Raises NotFound for strangers."""
    return case_for(person(request), number.upper())


def role_of(request: Request) -> str:
    """As whom somebody lists: `role` in the query, else what they most likely came for. Raises Malformed."""
    wanted = request.query_params.get("role", "")
    if wanted and wanted not in ("buyer", "seller", "platform"):
        raise Malformed(fields=[FieldProblem(pointer="/role", code="unknown_choice", detail="buyer, seller, platform")])
    return wanted or _likely_role(person(request))


def _likely_role(user: User) -> str:
    first = available_roles(user)[0]
    return {"buyer": "buyer", SELLER: "seller"}.get(first, "platform")


def version_seen(request: Request, data: Mapping[str, Any]) -> int | None:
    """The version of the case the caller saw: `If-Match`, else `version` in the body.

    Raises BadVersion (400) for a header that names none, FieldsRefused (422).
    """
    header = request.headers.get("If-Match")
    if header is not None and header.strip() != "*":
        found = _ETAG.fullmatch(header.strip())
        if found is None:
            raise BadVersion
        return int(found[1])
    version = data.get("version")
    if version is None:
        return None
    if isinstance(version, bool) or not isinstance(version, int) or version < 0:
        words = _("Enter a whole number.")
        raise FieldsRefused(fields=[FieldProblem(pointer="/version", code="not_a_number", detail=words)])
    return version


def call_from(request: Request, data: Any) -> Call | None:
    """The request's idempotency key, if it names one."""
    return call_of(request, data)


def replayed(replay: Replay) -> Response:
    """The first answer again, marked as such."""
    body, headers = replay.body, {REPLAY_HEADER: "true", "Cache-Control": "no-store"}
    if isinstance(body, Mapping) and "version" in body:
        headers["ETag"] = f'"{body["version"]}"'
        if replay.status == status.HTTP_201_CREATED:
            headers["Location"] = f"/api/v1/cases/{body['number']}/"
    return Response(body, status=replay.status, headers={**replay.headers, **headers})


def versioned(body: Mapping[str, Any], *, code: int = status.HTTP_200_OK, location: str = "") -> Response:
    """A case with its version as `ETag`."""
    headers = {"ETag": f'"{body["version"]}"', "Cache-Control": "no-store"}
    return Response(body, status=code, headers={**headers, "Location": location} if location else headers)


def paged(page: CursorPage[Any], serializer: type[Serializer[Any]], **context: Any) -> Response:
    """A part of a list."""
    return Response(page.shown_as(lambda row: serializer(row, context=context).data).as_json())
