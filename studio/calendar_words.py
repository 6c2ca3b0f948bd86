"""The days of a calendar in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from django.utils import dateformat
from django.utils.translation import get_language, gettext_lazy, pgettext, pgettext_lazy
from django.utils.translation import gettext as _

from contract.errors import Words
from disputes.labels.times import day_off
from rules.calendar_actions import CalendarActionView, Kind
from rules.calendar_documents import DayChange, DayKind, DayMark, Differences, YearChange
from rules.calendar_importing import ORDINARY
from rules.circumstances import listed
from rules.engine.calendar import ONE_DAY

MOST_DAYS = 12
"""Named one by one; after them comes an ellipsis."""
COUNTRIES: Mapping[str, Words] = {"cn": gettext_lazy("China")}
KINDS: Mapping[str, Words] = {
    "off": gettext_lazy("Day off by law"),
    "worked": gettext_lazy("Make-up working day"),
    "own_off": gettext_lazy("Own day off"),
    "own_worked": gettext_lazy("Own working day"),
    "weekend": gettext_lazy("Weekend"),
    "workday": gettext_lazy("Working day"),
}
AS_WEEKDAY: Words = gettext_lazy("Ordinary: as its weekday")
SHORT: Mapping[str, Words] = {
    "off": pgettext_lazy("a day", "Off"), "worked": pgettext_lazy("a day", "Works"),
    "own_off": gettext_lazy("Own: off"), "own_worked": gettext_lazy("Own: works"),
    "weekend": gettext_lazy("Weekend"), "workday": "",
}  # fmt: skip
ICONS: Mapping[str, str] = {
    "off": "calendar", "worked": "check", "own_off": "shop", "own_worked": "scales", "weekend": "dots", "workday": "",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class DifferenceLine:
    """Days in a row that two calendars say the same two things about, or a year as a whole."""

    when: str
    before: str
    after: str


def country_label(country: str) -> str:
    return str(COUNTRIES.get(country, country.upper()))


def holiday_name(mark: DayMark) -> str:
    """The holiday a day belongs to, or what the desk calls it."""
    if mark.group:
        return day_off(mark.group)
    return mark.zh if (get_language() or "").startswith("zh") else mark.en


def code_of(mark: DayMark | None, *, weekend: bool) -> str:
    """What a day is: a kind of mark, or what its weekday makes it."""
    return str(mark.kind) if mark else "weekend" if weekend else "workday"


def day_in_words(mark: DayMark | None, *, weekend: bool) -> str:
    """Such as ``Day off by law: National Day``."""
    kind = str(KINDS[code_of(mark, weekend=weekend)])
    if mark is None:
        return kind
    return _("%(kind)s: %(name)s") % {"kind": kind, "name": holiday_name(mark)}


def month_in_words(year: int, month: int) -> str:
    return dateformat.format(date(year, month, 1), pgettext("month of a year", "F Y"))


def days_in_words(days: list[date], *, with_year: bool = True) -> str:
    """One day, or the first and last of several in a row."""
    pattern = pgettext("day with its year", "j M Y") if with_year else pgettext("day of a year", "j M")
    first, last = (dateformat.format(day, pattern) for day in (days[0], days[-1]))
    return first if len(days) == 1 else _("%(first)s to %(last)s") % {"first": first, "last": last}


def runs_of(marks: Mapping[date, DayMark]) -> Iterator[tuple[list[date], DayMark]]:
    """Days in a row about which the same is said, ascending."""
    ordered = sorted(marks)
    together = groupby(enumerate(ordered), lambda at: (at[1].toordinal() - at[0], marks[at[1]]))
    for (_row, mark), days in together:
        yield [day for _place, day in days], mark


def difference_lines(found: Differences, weekend: frozenset[int]) -> tuple[DifferenceLine, ...]:
    """What two calendars say differently, days in a row together."""
    days = (
        DifferenceLine(
            when=days_in_words([change.day for change in changes]),
            before=_said_of(changes[0].before, changes, weekend), after=_said_of(changes[0].after, changes, weekend),
        ) for changes in _together(found.days)
    )  # fmt: skip
    return (*map(_year_line, found.years), *days)


def _said_of(mark: DayMark | None, changes: list[DayChange], weekend: frozenset[int]) -> str:
    """What is said of days in a row; where nothing is, each is what its weekday makes it."""
    off = {change.day.isoweekday() in weekend for change in changes}
    if mark is None and len(off) > 1:
        return str(AS_WEEKDAY)
    return day_in_words(mark, weekend=off == {True})


def _together(days: tuple[DayChange, ...]) -> Iterator[list[DayChange]]:
    """Days in a row of which the same was and is said."""
    row: list[DayChange] = []
    for change in days:
        if row and not _goes_on(row[-1], change):
            yield row
            row = []
        row.append(change)
    if row:
        yield row


def _goes_on(one: DayChange, following: DayChange) -> bool:
    return following.day - one.day == ONE_DAY and (one.before, one.after) == (following.before, following.after)


def _year_line(change: YearChange) -> DifferenceLine:
    before, after = (
        _("%(state)s; source: %(source)s") % {"state": standing_in_words(told.provisional), "source": told.source}
        if told else _("not in the calendar") for told in (change.before, change.after)
    )  # fmt: skip
    return DifferenceLine(when=str(change.year), before=before, after=after)


def standing_in_words(provisional: bool) -> str:
    return _("Provisional: not announced yet") if provisional else _("Announced")


def kind_choices() -> list[tuple[str, Words]]:
    """What a day can be made; ordinary is what its weekday makes it."""
    kinds = (DayKind.OFF, DayKind.WORKED, DayKind.OWN_OFF, DayKind.OWN_WORKED)
    return [*((str(kind), KINDS[kind]) for kind in kinds), (ORDINARY, AS_WEEKDAY)]


def actions_in_words(actions: Sequence[CalendarActionView]) -> list[dict[str, Any]]:
    """The audit trail, each action with what it changed."""
    return [
        {"label": action.label, "by": action.by, "at": action.at, "words": _told(action.after or {})}
        for action in actions
    ]


def meanwhile_in_words(done: Mapping[str, Any]) -> str:
    """What somebody else did to a draft, as `CalendarDraftChanged` tells it."""
    told = {"by": done["by"], "what": Kind(done["kind"]).label, "days": _told(done["changed"] or {})}
    return (_("%(by)s: %(what)s (%(days)s)") if told["days"] else _("%(by)s: %(what)s")) % told


def _told(after: Mapping[str, Any]) -> str:
    """What an action says of itself: its days, years, reason or source."""
    told = [days_in_words([date.fromisoformat(each["day"])]) for each in after.get("days", ())[:MOST_DAYS]]
    if len(after.get("days", ())) > MOST_DAYS:
        told.append("…")
    told += [str(each["year"]) for each in after.get("years", ())]
    told += [str(after[name]) for name in ("reason", "source") if after.get(name)]
    return listed(told)
