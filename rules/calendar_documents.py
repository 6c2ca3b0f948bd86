"""What the documents of a calendar say day by day: written out, compared and brought together.

A calendar here is a map of years to their documents, one each. A day without a mark is what its weekday makes it.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from itertools import pairwise
from typing import Any

from rules.calendar_loader import OwnDay, YearDocument
from rules.engine.calendar import ONE_DAY

Years = Mapping[int, YearDocument]


class DayKind(StrEnum):
    """What a day is, other than what its weekday makes it."""

    OFF = "off"
    """The country has it off."""
    WORKED = "worked"
    """A weekend day the country works, to make up for a holiday."""
    OWN_OFF = "own_off"
    OWN_WORKED = "own_worked"


@dataclass(frozen=True, slots=True, kw_only=True)
class DayMark:
    """What is said about one day."""

    kind: DayKind
    group: str = ""
    """The holiday group of the country's days."""
    zh: str = ""
    en: str = ""
    """What one of the desk's own days is called, in Chinese and English."""

    def as_json(self) -> dict[str, str]:
        told = {"kind": str(self.kind), "group": self.group, "zh": self.zh, "en": self.en}
        return {name: value for name, value in told.items() if value}


@dataclass(frozen=True, slots=True, kw_only=True)
class DayChange:
    """A day two calendars say different things about; None: nothing is said."""

    day: date
    before: DayMark | None
    after: DayMark | None

    def as_json(self) -> dict[str, Any]:
        before, after = (mark.as_json() if mark else None for mark in (self.before, self.after))
        return {"day": self.day.isoformat(), "before": before, "after": after}


@dataclass(frozen=True, slots=True, kw_only=True)
class YearStanding:
    """What is said about a year as a whole."""

    provisional: bool
    source: str

    def as_json(self) -> dict[str, Any]:
        return {"provisional": self.provisional, "source": self.source}


@dataclass(frozen=True, slots=True, kw_only=True)
class YearChange:
    """A year two calendars say different things about as a whole; None: they do not have it."""

    year: int
    before: YearStanding | None
    after: YearStanding | None

    def as_json(self) -> dict[str, Any]:
        before, after = (standing.as_json() if standing else None for standing in (self.before, self.after))
        return {"year": self.year, "before": before, "after": after}


@dataclass(frozen=True, slots=True, kw_only=True)
class Differences:
    """Everything two calendars say differently, in the order of the days."""

    years: tuple[YearChange, ...]
    days: tuple[DayChange, ...]

    def __bool__(self) -> bool:
        return bool(self.years or self.days)

    def as_json(self) -> dict[str, Any]:
        return {"years": [each.as_json() for each in self.years], "days": [each.as_json() for each in self.days]}


def marks_of(document: YearDocument) -> dict[date, DayMark]:
    """What a document says about its days, ascending."""
    marks = {day: DayMark(kind=DayKind.OFF, group=group) for day, group in document.holidays.items()}
    marks |= {day: DayMark(kind=DayKind.WORKED, group=group) for day, group in document.make_up.items()}
    for day, own in document.own.items():
        marks[day] = DayMark(kind=DayKind.OWN_WORKED if own.worked else DayKind.OWN_OFF, zh=own.zh, en=own.en)
    return dict(sorted(marks.items()))


def with_marks(document: YearDocument, marks: Mapping[date, DayMark]) -> YearDocument:
    """A year's document that says just these things about its days."""

    def of(kind: DayKind) -> dict[date, str]:
        return {day: mark.group for day, mark in sorted(marks.items()) if mark.kind is kind}

    own = {
        day: OwnDay(worked=mark.kind is DayKind.OWN_WORKED, zh=mark.zh, en=mark.en)
        for day, mark in sorted(marks.items()) if mark.kind in (DayKind.OWN_OFF, DayKind.OWN_WORKED)
    }  # fmt: skip
    return replace(document, holidays=of(DayKind.OFF), make_up=of(DayKind.WORKED), own=own)


def said_by(document: YearDocument) -> YearDocument:
    """The document without what differs from edition to edition though it says the same."""
    return replace(document, edition=0, file="")


def standing_of(document: YearDocument) -> YearStanding:
    return YearStanding(provisional=document.provisional, source=document.source)


def differences(before: Years, after: Years) -> Differences:
    """What one calendar says and the other does not."""
    years: list[YearChange] = []
    days: list[DayChange] = []
    for year in sorted({*before, *after}):
        old, new = before.get(year), after.get(year)
        was, now = (standing_of(document) if document else None for document in (old, new))
        if was != now:
            years.append(YearChange(year=year, before=was, after=now))
        days.extend(_day_changes(old, new))
    return Differences(years=tuple(years), days=tuple(days))


def _day_changes(old: YearDocument | None, new: YearDocument | None) -> Iterator[DayChange]:
    before, after = (marks_of(document) if document else {} for document in (old, new))
    for day in sorted({*before, *after}):
        if before.get(day) != after.get(day):
            yield DayChange(day=day, before=before.get(day), after=after.get(day))


def merge(base: Years, mine: Years, theirs: Years) -> tuple[dict[int, YearDocument], tuple[date, ...]]:
    """What both changed in the same calendar, together; where both changed a day or a year, mine stands.

    Returns the calendar and the days both changed differently.
    """
    merged: dict[int, YearDocument] = {}
    both: list[date] = []
    for year in sorted({*mine, *theirs}):
        if year not in mine or year not in theirs:
            merged[year] = mine.get(year) or theirs[year]
            continue
        merged[year], contested = _merged_year(base.get(year), mine[year], theirs[year])
        both.extend(contested)
    return merged, tuple(both)


def _merged_year(
    base: YearDocument | None, mine: YearDocument, theirs: YearDocument
) -> tuple[YearDocument, list[date]]:  # fmt: skip
    said, ours, others = ({} if document is None else marks_of(document) for document in (base, mine, theirs))
    marks: dict[date, DayMark] = {}
    both = []
    for day in sorted({*said, *ours, *others}):
        kept = others.get(day) if ours.get(day) == said.get(day) else ours.get(day)
        if len({said.get(day), ours.get(day), others.get(day)}) > 2:
            both.append(day)
        if kept is not None:
            marks[day] = kept
    untouched = base is not None and standing_of(mine) == standing_of(base)
    standing = standing_of(theirs if untouched else mine)
    document = replace(mine, provisional=standing.provisional, source=standing.source)
    return with_marks(document, marks), both


def text_of(document: YearDocument) -> str:
    """A document as the text it is read back from, in the manner of those that come with a release."""
    return "\n".join([
        f"calendar: {document.calendar}", f"year: {document.year}", f"edition: {document.edition}",
        f"zone: {document.zone}", f"weekend: [{', '.join(map(str, sorted(document.weekend)))}]",
        f"provisional: {str(document.provisional).lower()}", f"source: {_quoted(document.source)}",
        *_groups_text(document), *_own_text(document), "",
    ])  # fmt: skip


def _groups_text(document: YearDocument) -> Iterator[str]:
    off, worked = _by_group(document.holidays), _by_group(document.make_up)
    groups = sorted({*off, *worked}, key=lambda group: (off.get(group) or worked[group])[0])
    yield "holidays:" if groups else "holidays: {}"
    for group in groups:
        lists = [f"{name}: [{', '.join(_spans(days[group]))}]" for name, days in (("off", off), ("worked", worked))
                 if group in days]  # fmt: skip
        yield f"  {group}: {{{', '.join(lists)}}}"


def _own_text(document: YearDocument) -> Iterator[str]:
    if document.own:
        yield "own:"
    for name, worked in (("off", False), ("worked", True)):
        days = {day: own for day, own in sorted(document.own.items()) if own.worked is worked}
        if days:
            yield f"  {name}:"
        for day, own in days.items():
            yield f"    - {{day: {day}, zh: {_quoted(own.zh)}, en: {_quoted(own.en)}}}"


def _by_group(days: Mapping[date, str]) -> dict[str, list[date]]:
    groups: dict[str, list[date]] = defaultdict(list)
    for day, group in sorted(days.items()):
        groups[group].append(day)
    return groups


def _spans(days: list[date]) -> Iterator[str]:
    """Days in a row, written as `first to last`."""
    begins = [day for before, day in pairwise([date.min, *days]) if day - before > ONE_DAY]
    ends = [day for day, after in pairwise([*days, date.max]) if after - day > ONE_DAY]
    for first, last in zip(begins, ends, strict=True):
        yield f"{first}" if first == last else f"{first} to {last}"


def _quoted(text: str) -> str:
    """As YAML and JSON both write a text on one line."""
    return json.dumps(text, ensure_ascii=False)
