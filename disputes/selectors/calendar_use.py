"""Which editions of calendars open cases count by, and how far their deadlines reach."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from operator import or_
from zoneinfo import ZoneInfo

from django.db.models import Count, Q

from disputes.models import Case, Deadline
from disputes.selectors.machinery import open_cases_by_version
from rules.calendar_warnings import working_lengths
from rules.engine.types import Stage
from rules.selectors import calendar_edition, newest_calendar_id, policy_of


def open_cases_by_edition() -> dict[int, int]:
    """How many open cases run under each calendar edition, by its id."""
    rows = Case.objects.exclude(stage=Stage.CLOSED).values_list("calendar_id").annotate(n=Count("pk"))
    return dict(rows.order_by())


def open_cases_on_older(country: str, edition_id: int) -> int:
    """How many open cases count by another edition of a calendar than this one."""
    rows = Case.objects.exclude(stage=Stage.CLOSED).exclude(calendar_id=edition_id)
    return rows.filter(calendar__country=country).count()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reaching:
    """Running deadlines of working time that end in a year, or later."""

    deadlines: int
    cases: int


def deadlines_reaching(country: str, year: int) -> Reaching:
    """How many running deadlines counted by a calendar end in a year or later, whatever edition they count by."""
    named = [Q(case__policy_id=policy_id, name__in=names) for policy_id, names in _working_deadlines(country).items()]
    if not named:
        return Reaching(deadlines=0, cases=0)
    since = datetime(year, 1, 1, tzinfo=ZoneInfo(calendar_edition(newest_calendar_id(country)).zone))
    rows = Deadline.objects.filter(reduce(or_, named), status="pending", wakes_at__gte=since, due_at__gte=since)
    counted = rows.aggregate(deadlines=Count("pk"), cases=Count("case_id", distinct=True))
    return Reaching(**counted)


def _working_deadlines(country: str) -> dict[int, list[str]]:
    """By the version open cases run under: its deadlines that may be counted in working time."""
    found: dict[int, list[str]] = {}
    for policy_id in open_cases_by_version():
        policy = policy_of(policy_id)
        names = [rule.name for rule in policy.deadlines.values() if any(working_lengths(rule))]
        if names and policy.calendar == country:
            found[policy_id] = names
    return found
