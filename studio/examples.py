"""Worked examples: when a deadline falls if it starts at a given moment, and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from contract.moments import local_moment, moment_in_words
from disputes.labels import times
from rules import wording
from rules.circumstances import listed
from rules.engine.clock import ClockChange, TimeExplanation
from rules.engine.errors import EngineError
from rules.engine.explain import DeadlineExplanation, explain_deadline
from rules.engine.policy import DeadlineRule, Policy, Term
from rules.selectors import calendar_edition, newest_calendar_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """One alternative of a deadline, reckoned from a start."""

    condition: str
    """Where this alternative applies; empty for the usual one."""
    start: datetime
    anchor: datetime
    """What it counts from; not the start where the rule moves it."""
    target: datetime | None
    due: datetime
    zone: str
    shown_in: str
    """The zone whose days were counted: the calendar's for working time, else the pack's."""
    uncounted: tuple[date, ...]
    """Days off that working time skipped."""
    clock_changes: tuple[ClockChange, ...]
    skipped: tuple[str, ...]
    made_up: tuple[date, ...]
    provisional_years: tuple[int, ...]
    lines: tuple[str, ...]
    """The reckoning in sentences."""


def examples_of(policy: Policy, rule: DeadlineRule, start: datetime) -> tuple[Example, ...]:
    """Every alternative of a deadline from the same start; none where the calendar does not reach that far."""
    calendar = calendar_edition(newest_calendar_id(policy.calendar))
    found = []
    for term in rule.terms:
        try:
            explained = explain_deadline(policy, calendar, rule, start, facts=_facts(term))
        except EngineError:
            return ()
        found.append(_example(policy, term, start, explained))
    return tuple(found)


def _facts(term: Term) -> dict[str, Any]:
    """Facts under which an alternative applies, where its condition is plain."""
    source = term.source.get("when") if isinstance(term.source, Mapping) else None
    facts: dict[str, Any] = {}
    for word, value in (source or {}).items():
        if word == "under":
            facts[value["fact"]] = value["limit"]
        elif not isinstance(value, (Mapping, list)):
            facts[word] = value
    return facts


def _example(policy: Policy, term: Term, start: datetime, explained: DeadlineExplanation) -> Example:
    reckoned = explained.due
    return Example(
        condition=wording.term_in_words(term), start=start, anchor=explained.anchor, due=explained.due_at,
        target=explained.target.due_at if explained.target else None, zone=policy.zone, shown_in=reckoned.zone,
        uncounted=tuple(day.day for day in reckoned.skipped), clock_changes=reckoned.clock_changes,
        skipped=tuple(f"{day.day:%Y-%m-%d} {times.day_off(day.why)}" for day in reckoned.skipped),
        made_up=reckoned.make_up_days, provisional_years=reckoned.provisional_years,
        lines=tuple(_lines(policy, start, explained)),
    )  # fmt: skip


def _lines(policy: Policy, start: datetime, explained: DeadlineExplanation) -> Iterator[str]:
    anchor = wording.anchor_in_words(explained.rule.anchor)
    if explained.anchor != start:
        told = {"moment": _said(explained.anchor, policy.zone), "anchor": anchor}
        yield _("Counting begins on %(moment)s: %(anchor)s.") % told
    else:
        yield _("It counts from %(anchor)s.") % {"anchor": anchor}
    length = wording.length_in_words(explained.length)
    yield _("The length is %(length)s, reckoned in the time zone %(zone)s.") % {"length": length, "zone": policy.zone}
    yield from _calendar_lines(explained.due)
    if explained.rule.inclusive:
        yield _("The last moment itself is still in time.")
    yield str(times.DUE) % {"moment": _said(explained.due_at, policy.zone)}


def _calendar_lines(reckoned: TimeExplanation) -> Iterator[str]:
    if reckoned.calendar is not None:
        name, edition = reckoned.calendar
        yield _("Calendar of working days: %(name)s, edition %(edition)s.") % {"name": name.upper(), "edition": edition}
    if reckoned.skipped:
        days = listed(f"{day.day:%Y-%m-%d} {times.day_off(day.why)}" for day in reckoned.skipped)
        yield str(times.SKIPPED) % {"days": days}
    if reckoned.make_up_days:
        yield str(times.MADE_UP) % {"days": listed(f"{day:%Y-%m-%d}" for day in reckoned.make_up_days)}
    if reckoned.provisional_years:
        yield str(times.PROVISIONAL_YEARS) % {"years": listed(map(str, reckoned.provisional_years))}
    for change in reckoned.clock_changes:
        yield _("The clocks change on %(moment)s.") % {"moment": _said(change.at, reckoned.zone)}


def _said(at: datetime, zone: str) -> str:
    return moment_in_words(local_moment(at, zone), now=None, with_zone=True)
