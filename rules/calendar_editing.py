"""Changing the draft of a calendar: days, years as a whole, a further year, a file, the edition of a release."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from django.utils.translation import gettext_lazy as _

from contract.errors import Conflict, FieldProblem, Invalid, Words
from rules.calendar_actions import Kind
from rules.calendar_documents import DayKind, DayMark, Years, differences, marks_of, merge, with_marks
from rules.calendar_drafts import (
    CalendarDraftView,
    calendar_draft,
    changing_calendar,
    record_on_draft,
    set_years,
    years_of,
)
from rules.calendar_editions import edition_of, newest_shipped, shipped_ahead, with_shipped
from rules.calendar_estimates import estimated_year
from rules.calendar_loader import LONGEST_NAME, YearDocument, is_group_code
from rules.models import CalendarDraft

LONGEST_SOURCE = 500
LAST_YEAR = 2100
"""No calendar is planned further."""


class WrongDays(Invalid):
    """Days that cannot be what they are said to be."""

    code = "wrong_days"


class NoFurtherYear(Conflict):
    """Nobody plans the working days of that year."""

    code = "no_further_year"
    sentence = _("No further year can be added.")


class NothingOffered(Conflict):
    """The release brings nothing that this calendar has not."""

    code = "nothing_offered"
    sentence = _("The release brings nothing that this calendar has not.")


def change_days(
    country: str, draft_id: int, marks: Mapping[date, DayMark | None], *, revision: int | None, actor_id: int
) -> CalendarDraftView:
    """Say what days are; None makes a day what its weekday makes it.

    Raises WrongDays with a problem for each wrong day, and as `changing_calendar`.
    """
    with changing_calendar(country, draft_id, revision=revision, actor_id=actor_id) as row:
        before = years_of(row)
        problems = [problem for day, mark in marks.items() for problem in problems_of(before, day, mark)]
        if problems:
            raise WrongDays(fields=problems)
        after = {year: _year_with(document, marks) for year, document in before.items()}
        told = [change.as_json() for change in differences(before, after).days]
        set_years(row, after, edition_of(country, row.base.number).years)
        record_on_draft(row, Kind.EDITED, actor_id, after={"days": told})
    return calendar_draft(country, draft_id)


def _year_with(document: YearDocument, marks: Mapping[date, DayMark | None]) -> YearDocument:
    own = {day: mark for day, mark in marks.items() if day.year == document.year}
    if not own:
        return document
    said = {**marks_of(document), **own}
    return with_marks(document, {day: mark for day, mark in said.items() if mark is not None})


def problems_of(years: Years, day: date, mark: DayMark | None) -> list[FieldProblem]:
    """What is wrong with saying this about a day."""
    document = years.get(day.year)
    if document is None:
        return [_problem(day, "no_such_year", _("The calendar has no such year yet. Add the year first."))]
    if mark is None:
        return []
    if mark.kind in (DayKind.OFF, DayKind.WORKED):
        return _problems_of_group(document, day, mark)
    return _problems_of_name(day, mark)


def _problems_of_group(document: YearDocument, day: date, mark: DayMark) -> list[FieldProblem]:
    problems = []
    if not is_group_code(mark.group):
        words = _("Name the holiday by a code in small letters, such as spring_festival.")
        problems.append(_problem(day, "wrong_group", words))
    if mark.kind is DayKind.WORKED and day.isoweekday() not in document.weekend:
        words = _("This is no weekend day, so it cannot make up for a holiday.")
        problems.append(_problem(day, "not_a_weekend_day", words))
    return problems


def _problems_of_name(day: date, mark: DayMark) -> list[FieldProblem]:
    if not (mark.zh.strip() and mark.en.strip()):
        return [_problem(day, "name_missing", _("Give the day a name in Chinese and in English."))]
    if any(len(name) > LONGEST_NAME or not name.isprintable() for name in (mark.zh, mark.en)):
        return [_problem(day, "wrong_name", _("A name is one line of at most 80 characters."))]
    return []


def _problem(day: date, code: str, words: Words) -> FieldProblem:
    return FieldProblem(pointer=f"/days/{day}", code=code, detail=words)


def change_year(
    country: str, draft_id: int, year: int, *, provisional: bool, source: str, revision: int | None, actor_id: int
) -> CalendarDraftView:  # fmt: skip
    """Mark a year as announced, or as provisional again, with the source of its days.

    Raises Invalid without a source or for a year the calendar has not, and as `changing_calendar`.
    """
    source = checked_source(source)
    with changing_calendar(country, draft_id, revision=revision, actor_id=actor_id) as row:
        before = years_of(row)
        if year not in before:
            words = _("The calendar has no such year yet. Add the year first.")
            raise Invalid(fields=[FieldProblem(pointer="/year", code="no_such_year", detail=words)])
        after = {**before, year: replace(before[year], provisional=provisional, source=source)}
        _keep(row, before, after, Kind.EDITED, actor_id)
    return calendar_draft(country, draft_id)


def checked_source(source: str) -> str:
    """Raises Invalid."""
    text = " ".join(source.split())
    if text and len(text) <= LONGEST_SOURCE and text.isprintable():
        return text
    detail = _("This text is too long.") if text else _("Say on what source the days rest, such as the notice.")
    code = "text_too_long" if text else "required"
    raise Invalid(fields=[FieldProblem(pointer="/source", code=code, detail=detail)])


def add_year(
    country: str, draft_id: int, *, estimated: bool, revision: int | None, actor_id: int
) -> CalendarDraftView:  # fmt: skip
    """Add the year after the last one, provisional: with the statutory days as far as they are known, or weekends only.

    Raises NoFurtherYear, and as `changing_calendar`.
    """
    with changing_calendar(country, draft_id, revision=revision, actor_id=actor_id) as row:
        before = years_of(row)
        last = before[max(before)]
        if last.year >= LAST_YEAR:
            raise NoFurtherYear
        after = {**before, last.year + 1: estimated_year(last, estimated=estimated)}
        _keep(row, before, after, Kind.EDITED, actor_id)
    return calendar_draft(country, draft_id)


def take_years(
    country: str, draft_id: int, given: Years, *, revision: int | None, actor_id: int
) -> CalendarDraftView:  # fmt: skip
    """Put years read from a file into the draft, each as a whole. Raises as `changing_calendar`."""
    with changing_calendar(country, draft_id, revision=revision, actor_id=actor_id) as row:
        before = years_of(row)
        _keep(row, before, {**before, **given}, Kind.IMPORTED, actor_id)
    return calendar_draft(country, draft_id)


def take_shipped(country: str, draft_id: int, *, revision: int | None, actor_id: int) -> CalendarDraftView:
    """Bring what this release changed into the draft; what was changed here stands, and the audit trail names it.

    Raises NothingOffered, and as `changing_calendar`.
    """
    with changing_calendar(country, draft_id, revision=revision, actor_id=actor_id) as row:
        if not shipped_ahead(edition_of(country)) or row.shipped >= newest_shipped(country):
            raise NothingOffered
        before = years_of(row)
        after = with_shipped(before, seen=row.shipped, country=country)
        row.shipped = newest_shipped(country)
        _keep(row, before, after, Kind.TAKEN_OVER, actor_id, shipped=row.shipped)
    return calendar_draft(country, draft_id)


def carry_over_calendar(country: str, draft_id: int, *, revision: int | None, actor_id: int) -> CalendarDraftView:
    """Put what a draft changes onto the newest edition; where both changed a day, the draft's stays.

    Raises as `changing_calendar`.
    """
    with changing_calendar(country, draft_id, revision=revision, actor_id=actor_id, in_work=False) as row:
        base, newest, mine = edition_of(country, row.base.number), edition_of(country), years_of(row)
        merged, both = merge(base.years, mine, newest.years)
        row.base_id, row.shipped = newest.id, max(row.shipped, newest.shipped)
        row.status, row.submitted_by = row.Status.EDITING, None
        set_years(row, merged, newest.years)
        told = {"base": newest.number, "both_changed": [day.isoformat() for day in both]}
        record_on_draft(row, Kind.CARRIED_OVER, actor_id, before={"base": base.number}, after=told)
    return calendar_draft(country, draft_id)


def _keep(
    row: CalendarDraft, before: Years, after: Years, kind: Kind, actor_id: int, **told: int
) -> None:  # fmt: skip
    """Keep a whole calendar in the draft, and write down what it says differently."""
    set_years(row, after, edition_of(row.country, row.base.number).years)
    record_on_draft(row, kind, actor_id, after={**differences(before, after).as_json(), **told})
