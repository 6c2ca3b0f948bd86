"""From the draft of a calendar to an edition: submitted, approved by a second person, published; or given up."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from contract.errors import Conflict, FieldProblem, Invalid
from rules.calendar_actions import Kind
from rules.calendar_documents import differences
from rules.calendar_drafts import (
    CalendarDraftView,
    calendar_draft,
    changing_calendar,
    record_on_draft,
    years_of,
)
from rules.calendar_editing import checked_source
from rules.calendar_editions import edition_of, platforms_using
from rules.calendar_publishing import one_calendar_at_a_time, publish_edition
from rules.drafts_publishing import single_operator
from rules.models import CalendarAction, CalendarDraft

LONGEST_NOTE = 2000


class NothingChanged(Conflict):
    """The draft says what its base says."""

    code = "nothing_changed"
    sentence = _("This draft changes nothing.")


class NotSubmitted(Conflict):
    """Only what was submitted can be published or sent back."""

    code = "not_submitted"
    sentence = _("This draft is not submitted.")


class NewerEdition(Conflict):
    """A newer edition than the one the draft builds on is published; `differences` says what it changed."""

    code = "base_replaced"
    sentence = _("A newer edition was published since. Carry the draft over to it, then have it approved again.")


class NeedsAnother(Conflict):
    """Whoever wrote or submitted a draft does not approve it."""

    code = "needs_second_person"
    sentence = _("Somebody else has to approve this draft: not its author, nor whoever submitted or changed it.")


def alone_allowed(country: str) -> bool:
    """Whether one person alone may publish: where every platform that counts by the calendar allows it."""
    return all(single_operator(platform) for platform in sorted(platforms_using(country)) or ["*"])


def submit_calendar(
    country: str, draft_id: int, *, source: str, note: str, revision: int | None, actor_id: int
) -> CalendarDraftView:
    """Ask for approval, with the source of what changed. Raises Invalid, NothingChanged, NewerEdition, and as
    `changing_calendar`.
    """
    source, note = checked_source(source), _checked_note(note)
    with changing_calendar(country, draft_id, revision=revision, actor_id=actor_id) as row:
        _check_ready(row)
        row.source, row.note, row.status, row.submitted_by_id = source, note, row.Status.SUBMITTED, actor_id
        record_on_draft(row, Kind.SUBMITTED, actor_id, after={"source": source, "note": note})
    return calendar_draft(country, draft_id)


def return_calendar(
    country: str, draft_id: int, *, reason: str, revision: int | None, actor_id: int
) -> CalendarDraftView:  # fmt: skip
    """Send a submitted draft back to work. Raises NotSubmitted, and as `changing_calendar`."""
    with changing_calendar(country, draft_id, revision=revision, actor_id=actor_id, in_work=False) as row:
        _check_submitted(row)
        row.status, row.submitted_by = row.Status.EDITING, None
        record_on_draft(row, Kind.RETURNED, actor_id, after={"reason": _checked_note(reason)})
    return calendar_draft(country, draft_id)


def publish_calendar(country: str, draft_id: int, *, revision: int | None, actor_id: int) -> CalendarDraftView:
    """Approve what somebody else submitted, and publish it as the next edition: new cases take it at once.

    Running cases keep the edition they were opened under. Raises NotSubmitted, NeedsAnother, NewerEdition, and as
    `changing_calendar`.
    """
    with changing_calendar(country, draft_id, revision=revision, actor_id=actor_id, in_work=False) as row:
        _check_submitted(row)
        one_calendar_at_a_time(country)
        _check_ready(row)
        alone = actor_id in authors_of_calendar(calendar_draft(country, draft_id))
        if alone and not alone_allowed(country):
            raise NeedsAnother
        made = publish_edition(
            country, years_of(row), shipped=row.shipped, published_by_id=actor_id, source=row.source, note=row.note
        )
        row.status, row.published = row.Status.PUBLISHED, made
        before = {"edition": row.base.number}
        after = {"edition": made.number, "digest": made.digest, "single_operator": alone, "source": row.source}
        record_on_draft(row, Kind.PUBLISHED, actor_id, before=before, after=after)
    return calendar_draft(country, draft_id)


def discard_calendar(country: str, draft_id: int, *, revision: int | None, actor_id: int) -> CalendarDraftView:
    """Give a draft up; it stays readable. Raises as `changing_calendar`."""
    with changing_calendar(country, draft_id, revision=revision, actor_id=actor_id, in_work=False) as row:
        before, row.status = row.status, row.Status.DISCARDED
        record_on_draft(row, Kind.DISCARDED, actor_id, before={"status": before})
    return calendar_draft(country, draft_id)


def _checked_note(note: str) -> str:
    text = note.strip()
    if len(text) > LONGEST_NOTE:
        raise Invalid(fields=[FieldProblem(pointer="/note", code="text_too_long", detail=_("This text is too long."))])
    return text


def _check_submitted(row: CalendarDraft) -> None:
    if row.status != row.Status.SUBMITTED:
        raise NotSubmitted


def _check_ready(row: CalendarDraft) -> None:
    base, newest = edition_of(row.country, row.base.number), edition_of(row.country)
    if newest.number != base.number:
        raise NewerEdition(differences=differences(base.years, newest.years).as_json(), edition=newest.number)
    if row.shipped == base.shipped and not differences(base.years, years_of(row)):
        raise NothingChanged


def authors_of_calendar(draft: CalendarDraftView) -> frozenset[int]:
    """Whoever had a hand in a draft: none of them approves it."""
    wrote = (Kind.EDITED, Kind.IMPORTED, Kind.TAKEN_OVER, Kind.CARRIED_OVER)
    actors = CalendarAction.objects.filter(draft_id=draft.id, kind__in=wrote).values_list("actor_id", flat=True)
    return frozenset(actor for actor in (*actors, draft.author_id, draft.submitted_by_id) if actor is not None)
