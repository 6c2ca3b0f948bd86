"""Which editions of calendars open cases count by, and how far their deadlines reach."""

from __future__ import annotations

from datetime import datetime
from functools import reduce
from operator import or_
from zoneinfo import ZoneInfo

from django.db.models import Count, Q

from disputes.models import Deadline
from disputes.selectors.machinery import MOST, open_cases
from rules.calendar_warnings import working_lengths
from rules.selectors import calendar_edition, newest_calendar_id, packs_in_force, versions_of


def open_cases_by_edition() -> dict[int, int]:
    """How many open cases run under each calendar edition, by its id."""
    rows = open_cases().values_list("calendar_id").annotate(n=Count("pk"))
    return dict(rows.order_by())


def open_cases_on_older(country: str, edition_id: int) -> int:
    """How many open cases count by another edition of a calendar than this one."""
    return open_cases().filter(calendar__country=country).exclude(calendar_id=edition_id).count()


def deadlines_reaching(country: str, year: int) -> int:
    """How many running deadlines of working time end in a year or later, whatever edition they count by.

    Counted to MOST: there may be many, and the first page of the studio asks.
    """
    named = [Q(case__policy_id=policy_id, name__in=names) for policy_id, names in _working_deadlines(country).items()]
    if not named:
        return 0
    since = datetime(year, 1, 1, tzinfo=ZoneInfo(calendar_edition(newest_calendar_id(country)).zone))
    rows = Deadline.objects.filter(reduce(or_, named), status="pending", wakes_at__gte=since, due_at__gte=since)
    return rows.values("pk")[:MOST].count()


def _working_deadlines(country: str) -> dict[int, list[str]]:
    """By each published version that counts by a calendar: its deadlines that may be of working time."""
    versions = (version for each in packs_in_force() for version in versions_of(each.pack))
    found = {
        version.id: [rule.name for rule in version.policy.deadlines.values() if any(working_lengths(rule))]
        for version in versions if version.policy.calendar == country
    }  # fmt: skip
    return {policy_id: names for policy_id, names in found.items() if names}
