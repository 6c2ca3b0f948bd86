"""Administrators are told before deadlines reach a year nobody has announced, or the end of a calendar."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from rules.calendar_editions import edition_of
from rules.calendar_estimates import estimated_year
from rules.calendar_publishing import one_calendar_at_a_time, publish_edition
from rules.calendar_warnings import AHEAD, reaches, warnings_of
from rules.engine.clock import due_at
from rules.selectors import calendar_edition, newest_calendar_id

pytestmark = pytest.mark.django_db


def told(now: datetime) -> list[tuple[str, int, int]]:
    return [(str(each.kind), each.year, each.days_left) for each in warnings_of("cn", now)]


def test_the_warning_names_the_first_day_whose_deadlines_reach_the_unannounced_year() -> None:
    now = datetime(2026, 11, 22, 4, tzinfo=UTC)
    (warning,) = warnings_of("cn", now)
    assert (warning.kind, warning.year) == ("provisional", 2027)
    assert warning.reached_from == date(2026, 11, 22) + timedelta(days=warning.days_left)
    calendar = calendar_edition(newest_calendar_id("cn"))

    def latest(day: date) -> int:
        start = datetime(day.year, day.month, day.day, 4, tzinfo=UTC)
        return max(due_at(start, each.length, zone=calendar.zone, calendar=calendar).year for each in reaches("cn"))

    assert (latest(warning.reached_from), latest(warning.reached_from - timedelta(days=1))) == (2027, 2026)


def test_nobody_is_told_longer_than_needed_before() -> None:
    (warning,) = warnings_of("cn", datetime(2026, 11, 22, 4, tzinfo=UTC))
    first_told = warning.reached_from - AHEAD
    assert told(datetime(first_told.year, first_told.month, first_told.day, 4, tzinfo=UTC)) == [
        ("provisional", 2027, AHEAD.days)
    ]
    day_before = first_told - timedelta(days=1)
    assert told(datetime(day_before.year, day_before.month, day_before.day, 4, tzinfo=UTC)) == []


def test_the_end_of_the_calendar_is_told_of_too_and_the_year_itself_stays_unannounced() -> None:
    kinds = told(datetime(2027, 11, 22, 4, tzinfo=UTC))
    assert [(kind, year) for kind, year, _days in kinds] == [("provisional", 2027), ("ending", 2028)]
    assert kinds[0][2] == 0
    assert 0 < kinds[1][2] <= AHEAD.days
    assert ("ending", 2028, 0) in told(datetime(2028, 3, 1, 4, tzinfo=UTC))


def test_a_year_that_was_added_is_provisional_and_no_longer_the_end(root: Any) -> None:
    years = edition_of("cn").years
    one_calendar_at_a_time("cn")
    publish_edition(
        "cn", {**years, 2028: estimated_year(years[2027], estimated=True)}, shipped=1, published_by_id=root.pk
    )
    assert [(kind, year) for kind, year, _days in told(datetime(2028, 1, 3, 4, tzinfo=UTC))] == [("provisional", 2028)]


def test_after_its_last_year_a_calendar_counts_weekends_alone_and_says_so() -> None:
    calendar = calendar_edition(newest_calendar_id("cn"))
    assert {2027, 2028, 2029, 2030} <= calendar.provisional_years
    assert [calendar.why_off(date(2028, 1, day)) for day in (1, 3, 26)] == ["weekend", None, None]
