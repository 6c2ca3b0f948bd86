"""Lists in pages, by keyset: a page begins after a row, not at a number, so nothing is shown twice or skipped.

A cursor is opaque and signed: what comes back is what was given out, for the same list in the same order.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final, Generic, TypeVar
from uuid import UUID

from django.core.signing import BadSignature, Signer
from django.utils.translation import gettext_lazy as _
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response

from contract.errors import FieldProblem, Malformed

DEFAULT_LIMIT: Final = 50
MAXIMUM_LIMIT: Final = 200

CursorValue = str | int | bool | None | datetime | date | Decimal | UUID
Row = TypeVar("Row")
Shown = TypeVar("Shown")

_READERS: Final[Mapping[str, Callable[[str], CursorValue]]] = {
    "datetime": datetime.fromisoformat,
    "date": date.fromisoformat,
    "Decimal": Decimal,
    "UUID": UUID,
}


class BadCursor(Malformed):
    """The cursor was not given out by this list."""

    code = "bad_cursor"
    sentence = _("This list cannot go on from there. Start again at its beginning.")


class BadLimit(Malformed):
    """The limit is no number, or out of range."""

    code = "bad_limit"
    sentence = _("The limit is a whole number from 1 to %(maximum)s.")


@dataclass(frozen=True, slots=True, kw_only=True)
class PageRequest:
    """What part of a list is asked for."""

    limit: int = DEFAULT_LIMIT
    after: tuple[CursorValue, ...] | None = None
    """The key of the last row already seen; None for the beginning."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CursorPage(Generic[Row]):
    """A part of a list, and where the next part begins."""

    data: tuple[Row, ...]
    next: str | None
    """The cursor to ask on with; None when this is the end."""

    def shown_as(self, show: Callable[[Row], Shown]) -> "CursorPage[Shown]":
        return CursorPage(data=tuple(show(row) for row in self.data), next=self.next)

    def as_json(self) -> dict[str, Any]:
        return {"data": list(self.data), "next": self.next}


def encode_cursor(values: Sequence[CursorValue], *, of: str = "") -> str:
    """The key of a row as opaque text; ``of`` names the list and its order."""
    return _signer(of).sign_object([_tagged(value) for value in values], compress=False)


def decode_cursor(cursor: str, *, of: str = "") -> tuple[CursorValue, ...]:
    """The key again. Raises BadCursor for any text that ``encode_cursor`` did not make for the same list."""
    try:
        return tuple(_untagged(value) for value in _signer(of).unsign_object(cursor))
    except (BadSignature, ValueError) as error:
        problem = FieldProblem(pointer="/after", code=BadCursor.code, detail=BadCursor.sentence)
        raise BadCursor(fields=[problem]) from error


def page_request(
    query: Mapping[str, str], *, of: str = "", default: int = DEFAULT_LIMIT, maximum: int = MAXIMUM_LIMIT
) -> PageRequest:
    """Read ``?limit=&after=``. Raises BadLimit or BadCursor (400)."""
    after = query.get("after")
    limit = _limit(query["limit"], maximum) if query.get("limit") else default
    return PageRequest(limit=limit, after=decode_cursor(after, of=of) if after else None)


def page_of(
    rows: Sequence[Row], limit: int, key: Callable[[Row], Sequence[CursorValue]], *, of: str = ""
) -> CursorPage[Row]:
    """Cut a page from rows of which one more than ``limit`` was fetched, so that the end is known."""
    shown = tuple(rows[:limit])
    goes_on = len(rows) > limit
    return CursorPage(data=shown, next=encode_cursor(key(shown[-1]), of=of) if goes_on else None)


class CursorPagination(BasePagination):
    """The same for a generic view of the REST framework, over a query set that is ordered by its ``id``.

    Views whose lists have another order ask a selector for a CursorPage and answer ``page.as_json()``.
    """

    page: CursorPage[Any]

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any]:
        name = queryset.model.__name__
        asked = page_request(request.query_params, of=name)
        rows = queryset.order_by("id")
        if asked.after is not None:
            rows = rows.filter(id__gt=asked.after[0])
        self.page = page_of(rows[: asked.limit + 1], asked.limit, lambda row: (row.pk,), of=name)
        return list(self.page.data)

    def get_paginated_response(self, data: Any) -> Response:
        return Response({"data": data, "next": self.page.next})

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        return {
            "type": "object",
            "required": ["data", "next"],
            "properties": {"data": schema, "next": {"type": ["string", "null"]}},
        }

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        limit = {"type": "integer", "minimum": 1, "maximum": MAXIMUM_LIMIT, "default": DEFAULT_LIMIT}
        return [
            {"name": "limit", "in": "query", "required": False, "schema": limit},
            {"name": "after", "in": "query", "required": False, "schema": {"type": "string"}},
        ]


def _limit(text: str, maximum: int) -> int:
    if text.isascii() and text.isdigit() and 1 <= int(text[:6]) <= maximum and len(text) <= 6:
        return int(text)
    detail = str(BadLimit.sentence) % {"maximum": maximum}
    raise BadLimit(fields=[FieldProblem(pointer="/limit", code=BadLimit.code, detail=detail)], maximum=maximum)


def _signer(of: str) -> Signer:
    return Signer(salt=f"contract.paging:{of}")


def _tagged(value: CursorValue) -> Any:
    if value is None or isinstance(value, str | int):
        return value
    return {type(value).__name__: value.isoformat() if isinstance(value, date) else str(value)}


def _untagged(value: Any) -> CursorValue:
    if not isinstance(value, dict):
        return value
    ((kind, text),) = value.items()
    return _READERS[kind](text)
