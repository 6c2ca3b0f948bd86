"""Drafts of calendars: one open draft a country, changed by one person at a time, published once.

Every change names the revision it was made on; whoever comes second is told what was changed meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from contract.clock import database_now
from contract.errors import Conflict, NotFound, Stale
from rules.calendar_actions import Kind, done_since, record_on_calendar
from rules.calendar_documents import Differences, Years, differences, said_by, text_of
from rules.calendar_editions import EditionView, edition_of
from rules.calendar_loader import YearDocument, read_year
from rules.models import CalendarDraft

Status = CalendarDraft.Status
OPEN = (Status.EDITING, Status.SUBMITTED)


class CalendarDraftOpen(Conflict):
    """Somebody works on this calendar already; `draft` is the id of what they work on, `by` who it is."""

    code = "draft_open"
    sentence = _("%(by)s already works on this calendar. There is one draft of it at a time; you may change it too.")
    outward = (*Conflict.outward, "draft", "by")


class CalendarDraftChanged(Stale):
    """Somebody else changed the draft meanwhile; `differences` says what, `revision` is the one it has now."""

    code = "draft_changed"
    sentence = _("%(by)s changed this draft meanwhile. Check what changed, then decide again.")
    outward = (*Stale.outward, "revision", "by")


class CalendarDraftClosed(Conflict):
    """The draft is published or discarded."""

    code = "draft_closed"
    sentence = _("This draft is published or discarded; nothing about it changes any more.")


class CalendarDraftNotInWork(Conflict):
    """The draft waits for approval: it must be sent back before it can be changed."""

    code = "draft_not_in_work"
    sentence = _("This draft is submitted. Send it back before you change it.")


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarDraftView:
    """One draft as it stands."""

    id: int
    country: str
    base: EditionView
    """The newest edition when it was begun or carried over."""
    changed_years: Mapping[int, YearDocument]
    """Those that are not the base's."""
    shipped: int
    """Up to which edition of the release's files it has seen them."""
    revision: int
    status: str
    status_label: str
    source: str
    note: str
    author: str
    author_id: int
    changed_by: str
    submitted_by: str
    submitted_by_id: int | None
    published_number: int | None
    created_at: datetime
    changed_at: datetime

    @property
    def years(self) -> Years:
        """The whole calendar it would publish."""
        return {**self.base.years, **self.changed_years}

    @property
    def in_work(self) -> bool:
        return self.status == Status.EDITING

    @property
    def is_open(self) -> bool:
        return self.status in OPEN

    def changes(self) -> Differences:
        """What it says differently from its base."""
        return differences(self.base.years, self.years)


def begin_calendar_draft(country: str, *, author_id: int) -> CalendarDraftView:
    """Begin the next edition with what the newest one says. Raises NotFound, CalendarDraftOpen."""
    base = edition_of(country)
    try:
        with transaction.atomic():
            row = CalendarDraft.objects.create(
                country=country, base_id=base.id, shipped=base.shipped, author_id=author_id, changed_by_id=author_id
            )
            record_on_calendar(
                Kind.BEGUN, country=country, actor_id=author_id, draft_id=row.pk, revision=1,
                after={"base": base.number},
            )  # fmt: skip
    except IntegrityError:
        there = open_calendar_draft(country)
        if there is None:
            raise
        raise CalendarDraftOpen(draft=there.id, by=there.author) from None
    return calendar_draft(country, row.pk)


def open_calendar_draft(country: str) -> CalendarDraftView | None:
    """What somebody works on now."""
    row = _rows().filter(country=country, status__in=OPEN).first()
    return _view(row) if row else None


def calendar_drafts(country: str) -> tuple[CalendarDraftView, ...]:
    """All drafts of a calendar, the newest first."""
    return tuple(_view(row) for row in _rows().filter(country=country).order_by("-pk"))


def calendar_draft(country: str, draft_id: int) -> CalendarDraftView:
    """One draft. Raises NotFound."""
    row = _rows().filter(country=country, pk=draft_id).first()
    if row is None:
        raise NotFound
    return _view(row)


@contextmanager
def changing_calendar(
    country: str, draft_id: int, *, revision: int | None, actor_id: int, in_work: bool = True
) -> Iterator[CalendarDraft]:
    """The draft's row, locked and saved with its next revision at the end. None takes whatever revision it has.

    Raises NotFound, CalendarDraftChanged, CalendarDraftClosed, CalendarDraftNotInWork.
    """
    with transaction.atomic():
        row = CalendarDraft.objects.select_for_update().filter(country=country, pk=draft_id).first()
        if row is None:
            raise NotFound
        if revision is not None and row.revision != revision:
            raise _changed(row, revision)
        if row.status not in OPEN:
            raise CalendarDraftClosed
        if in_work and row.status != Status.EDITING:
            raise CalendarDraftNotInWork
        row.revision += 1
        yield row
        row.changed_by_id, row.changed_at = actor_id, database_now()
        row.save()


def _changed(row: CalendarDraft, revision: int) -> CalendarDraftChanged:
    done = done_since(row.pk, revision)
    told = [{"revision": each.revision, "kind": each.kind, "by": each.by, "changed": each.after} for each in done]
    last = done[-1].by if done else str(row.changed_by)
    return CalendarDraftChanged(differences=told, revision=row.revision, by=last)


def record_on_draft(row: CalendarDraft, kind: Kind, actor_id: int, *, before: Any = None, after: Any = None) -> None:
    """Write down what is done to a draft that is being changed."""
    record_on_calendar(
        kind, country=row.country, actor_id=actor_id, draft_id=row.pk, revision=row.revision, before=before, after=after
    )


def years_of(row: CalendarDraft) -> dict[int, YearDocument]:
    """The whole calendar a draft's row would publish."""
    return dict(_view(row).years)


def set_years(row: CalendarDraft, years: Years, base: Years) -> None:
    """Keep of a whole calendar what is not the base's."""
    row.years = {
        str(year): text_of(document) for year, document in years.items()
        if year not in base or said_by(document) != said_by(base[year])
    }  # fmt: skip


def _rows() -> QuerySet[CalendarDraft]:
    return CalendarDraft.objects.select_related("author", "changed_by", "submitted_by", "published", "base")


def _view(row: CalendarDraft) -> CalendarDraftView:
    return CalendarDraftView(
        id=row.pk, country=row.country, base=edition_of(row.country, row.base.number),
        changed_years={
            int(year): read_year(text, file=f"{row.country}/{year}.yaml") for year, text in row.years.items()
        },
        shipped=row.shipped, revision=row.revision, status=row.status, status_label=str(row.get_status_display()),
        source=row.source, note=row.note, author=str(row.author), author_id=row.author_id,
        changed_by=str(row.changed_by), submitted_by=str(row.submitted_by or ""), submitted_by_id=row.submitted_by_id,
        published_number=row.published.number if row.published else None, created_at=row.created_at,
        changed_at=row.changed_at,
    )  # fmt: skip
