"""The audit trail of the calendars: who did what to a country's working days, when, and what it was before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from rules.models import CalendarAction

Told = Mapping[str, Any]
Kind = CalendarAction.Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarActionView:
    """One thing somebody did."""

    id: int
    country: str
    draft_id: int | None
    revision: int
    """The revision of the draft it made; 0 where there is no draft."""
    kind: str
    label: str
    by: str
    """Who; empty for the house itself."""
    at: datetime
    before: Told | None
    after: Told | None


def record_on_calendar(
    kind: CalendarAction.Kind, *, country: str, actor_id: int | None, draft_id: int | None = None, revision: int = 0,
    before: Told | None = None, after: Told | None = None,
) -> None:  # fmt: skip
    """Write down an action, in the transaction that does it. `before` and `after` are what JSON can hold."""
    CalendarAction.objects.create(
        kind=kind, country=country, actor_id=actor_id, draft_id=draft_id, revision=revision, before=before, after=after
    )


def actions_on_calendar(
    country: str, *, draft_id: int | None = None, before: int | None = None, limit: int
) -> list[CalendarActionView]:
    """What was done, the newest first; `before` is the id the list goes on from."""
    rows = CalendarAction.objects.filter(country=country).select_related("actor").order_by("-pk")
    if draft_id is not None:
        rows = rows.filter(draft_id=draft_id)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return [_view(row) for row in rows[:limit]]


def done_since(draft_id: int, revision: int) -> list[CalendarActionView]:
    """What was done to a draft after a revision, in order."""
    rows = CalendarAction.objects.filter(draft_id=draft_id, revision__gt=revision).select_related("actor")
    return [_view(row) for row in rows.order_by("pk")]


def _view(row: CalendarAction) -> CalendarActionView:
    return CalendarActionView(
        id=row.pk, country=row.country, draft_id=row.draft_id, revision=row.revision, kind=row.kind,
        label=str(row.get_kind_display()), by=str(row.actor) if row.actor else "", at=row.at, before=row.before,
        after=row.after,
    )  # fmt: skip
