"""Lists as ranges of an index, merged: each begins where the page begins, and no more is read than the page holds.

PostgreSQL reads one range of an index in order, but sorts everything as soon as a list is several of them (two shops,
three stages). So a list says what its parts are, each of which one index has in order, and they are merged.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db.models import BooleanField, F, Func, Q, QuerySet, Value

from contract.paging import CursorPage, PageRequest, page_of
from disputes.models import Case
from disputes.selectors.list_views import CaseRow
from disputes.selectors.rows import case_rows
from rules.engine.types import Stage

OPEN: Final = tuple(str(stage) for stage in Stage if stage not in (Stage.NEW, Stage.CLOSED))
EVERY: Final = (*OPEN, str(Stage.CLOSED))


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """The cases of a list, and the parts they fall into."""

    cases: QuerySet[Case]
    parts: Sequence[Q] = (Q(),)

    def first(self, order: Sequence[str], limit: int, **where: Any) -> list[Case]:
        """The first cases of all parts in this order.

        Each part is ordered and cut as well: PostgreSQL merges only what says that it comes in order.
        """
        cases = self.cases.filter(**where).defer("head_digest").order_by(*order)
        found = [cases.filter(part)[:limit] for part in self.parts]
        if len(found) < 2:
            return [case for part in found for case in part]
        return list(found[0].union(*found[1:], all=True).order_by(*order)[:limit])


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Who reads a list, as what, and when."""

    viewer: str
    user_id: int
    now: datetime | None = None


def parts_of(owner: str, owners: Iterable[Any], stages: Sequence[str]) -> list[Q]:
    """One part for each owner and stage."""
    return [Q(**{owner: one, "stage": stage}) for one in owners for stage in stages]


def newest(listed: Listed, page: PageRequest, name: str, reader: Reader) -> CursorPage[CaseRow]:
    """The newest first."""
    where = {"pk__lt": page.after[0]} if page.after is not None else {}
    found = listed.first(("-id",), page.limit + 1, **where)
    return _shown(page_of(found, page.limit, lambda case: (case.pk,), of=name), reader)


def by_due(
    due: Listed | None, column: str, page: PageRequest, name: str, reader: Reader, *, idle: Listed | None = None
) -> CursorPage[CaseRow]:
    """By a stored due time; then those of `idle`, in which the reader is not awaited, the oldest first.

    The two are asked for apart, because no range of an index is «after this moment, then those without».
    """
    at, last = page.after or (None, 0)
    found: list[Case] = []
    if due is not None and (page.after is None or at is not None):
        found = _due_after(due, column, at, last).first((column, "id"), page.limit + 1)
    if idle is not None and len(found) <= page.limit:
        seen = last if page.after and at is None else 0
        where = {f"{column}__isnull": True, "pk__gt": seen}
        found += idle.first(("id",), page.limit + 1 - len(found), **where)
    cut = page_of(found, page.limit, lambda case: (getattr(case, column), case.pk), of=name)
    return _shown(cut, reader)


def _due_after(due: Listed, column: str, at: Any, last: Any) -> Listed:
    """Cases with a due time, behind the last one seen."""
    waiting = due.cases.filter(**{f"{column}__isnull": False})
    return Listed(cases=waiting if at is None else waiting.filter(_Behind(column, at, last)), parts=due.parts)


class _Behind(Func):
    """A comparison of rows, which an index begins at; what says the same in words of «and» and «or», it does not."""

    template = "%(expressions)s"
    arg_joiner = " > "
    output_field = BooleanField()

    def __init__(self, column: str, at: Any, last: Any) -> None:
        super().__init__(Func(F(column), F("id"), function="ROW"), Func(Value(at), Value(last), function="ROW"))


def _shown(cut: CursorPage[Case], reader: Reader) -> CursorPage[CaseRow]:
    rows = case_rows(cut.data, viewer=reader.viewer, user_id=reader.user_id, now=reader.now)
    return CursorPage(data=tuple(rows), next=cut.next)
