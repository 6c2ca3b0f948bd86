"""What every address of the interface shares: who asks, how often, which version they saw, repeating safely."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

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
from contract.parsing import check_storable
from disputes.selectors.access import CaseAccess, case_for

_ETAG: Final = re.compile(r'(?:W/)?"?(\d{1,9})"?')


class BadVersion(Malformed):
    """The version somebody claims to have seen is no version."""

    code = "bad_version"


class DisputeApi(APIView):
    """An address of the interface."""

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
    """The version of the case the caller saw: `If-Match`, else `version` in the body. Raises BadVersion (400)."""
    header = request.headers.get("If-Match")
    if header is not None and header.strip() != "*":
        found = _ETAG.fullmatch(header.strip())
        if found is None:
            raise BadVersion
        return int(found[1])
    version = data.get("version")
    if version in (None, ""):
        return None
    if isinstance(version, bool) or not str(version).isdigit():
        raise BadVersion(fields=[FieldProblem(pointer="/version", code="not_a_number", detail=BadVersion.sentence)])
    return int(str(version))


def body_of(request: Request) -> dict[str, Any]:
    """The body as a map; a list or a bare value is refused. Raises Malformed."""
    if not isinstance(request.data, Mapping):
        raise Malformed
    return {name: request.data.get(name) for name in request.data}


def call_from(request: Request, data: Any) -> Call | None:
    """The request's idempotency key, if it names one."""
    return call_of(request, data)


def replayed(replay: Replay) -> Response:
    """The first answer again, marked as such."""
    headers = {**replay.headers, REPLAY_HEADER: "true"}
    return Response(replay.body, status=replay.status, headers=headers)


def versioned(body: Mapping[str, Any], *, code: int = status.HTTP_200_OK, location: str = "") -> Response:
    """A case with its version as `ETag`."""
    headers = {"ETag": f'"{body["version"]}"', "Cache-Control": "no-store"}
    return Response(body, status=code, headers={**headers, "Location": location} if location else headers)


def paged(page: CursorPage[Any], serializer: type[Serializer[Any]], **context: Any) -> Response:
    """A part of a list."""
    return Response(page.shown_as(lambda row: serializer(row, context=context).data).as_json())
