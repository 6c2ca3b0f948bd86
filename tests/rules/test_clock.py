"""Moments in, moments out: every unit against the golden vectors and the awkward days of the year."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from rules.calendar_loader import load_calendar
from rules.engine.calendar import Calendar, CalendarExhausted
from rules.engine.clock import (
    CalendarMissing,
    Length,
    LengthError,
    Unit,
    due_at,
    explain,
    next_midnight,
    no_later_than,
    parse_length,
    resume,
)

SHANGHAI = "Asia/Shanghai"
PACIFIC = "America/Los_Angeles"
CN = load_calendar("cn")


def at(text: str, zone: str = SHANGHAI) -> datetime:
    """A moment written as local time, or with an offset of its own."""
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(zone))


def due(start: str, length: str | Length, zone: str = SHANGHAI) -> str:
    """The due time on the wall clock of the zone."""
    length = parse_length(length) if isinstance(length, str) else length
    return f"{due_at(at(start, zone), length, zone=zone, calendar=CN).astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}"


def in_pacific_time() -> Calendar:
    """Staff in California who never have a day off."""
    return Calendar(
        name="pacific",
        edition=1,
        zone=PACIFIC,
        weekend=frozenset(),
        holidays={},
        make_up={},
        provisional_years=frozenset(),
        covers=(2026, 2026),
    )


@pytest.mark.parametrize(
    ("start", "length", "expected"),
    [
        pytest.param("2026-09-29 14:30", "3d", "2026-10-02 14:30", id="G1: elapsed days run over National Day"),
        pytest.param("2026-09-28 10:00", "4wd", "2026-10-09 10:00", id="G2: target"),
        pytest.param("2026-09-28 10:00", "6wd", "2026-10-12 10:00", id="G2: maximum"),
        pytest.param(
            "2026-09-28 10:00", parse_length("4wd", make_up_counts=False), "2026-10-09 10:00", id="G3: target"
        ),
        pytest.param(
            "2026-09-28 10:00", parse_length("6wd", make_up_counts=False), "2026-10-13 10:00", id="G3: maximum"
        ),
        pytest.param("2026-09-23 10:00", "4wd", "2026-09-30 10:00", id="G5: target"),
        pytest.param("2026-09-23 10:00", "6wd", "2026-10-09 10:00", id="G5: maximum"),
        pytest.param(
            "2026-09-23 10:00", parse_length("4wd", make_up_counts=False), "2026-09-30 10:00", id="G5: other reading"
        ),
        pytest.param(
            "2026-09-23 10:00", parse_length("6wd", make_up_counts=False), "2026-10-09 10:00", id="G5: other maximum"
        ),
        pytest.param("2026-11-20 16:30", "4bh", "2026-11-23 11:30", id="G10: business hours over a weekend"),
        pytest.param("2026-11-10 09:00", "3d", "2026-11-13 09:00", id="G13: gate"),
        pytest.param("2026-11-10 09:10", "3d", "2026-11-13 09:10", id="G13: idle close"),
        pytest.param("2026-11-11 05:00", "12h", "2026-11-11 17:00", id="G16: appeal evidence"),
        pytest.param("2026-11-11 11:00", "36h", "2026-11-12 23:00", id="G16: review of the appeal"),
        pytest.param("2026-11-11 11:00", "24h", "2026-11-12 11:00", id="G16: urging opens 12 h before"),
        pytest.param("2026-11-10 09:00", "3d", "2026-11-13 09:00", id="G16: liability takes effect"),
    ],
)
def test_golden_vectors(start: str, length: str | Length, expected: str) -> None:
    assert due(start, length) == expected


def test_golden_vector_g7_elapsed_days_ignore_summer_time() -> None:
    answer = due_at(at("2026-03-06T10:00-08:00"), parse_length("5d"), zone=PACIFIC, calendar=None)
    assert answer == at("2026-03-11T11:00-07:00") == at("2026-03-12 02:00")
    assert answer.tzinfo is UTC


def test_golden_vector_g9_a_right_begins_at_the_midnight_after_the_scan() -> None:
    begins = next_midnight(at("2026-11-10 15:00"), SHANGHAI)
    assert begins == at("2026-11-11 00:00")
    assert due_at(begins, parse_length("7d"), zone=SHANGHAI, calendar=None) == at("2026-11-18 00:00")
    assert due("2026-11-10 15:00", "7cd") == "2026-11-18 00:00"


@pytest.mark.parametrize(
    ("signed", "expected"),
    [
        pytest.param("2026-11-13 09:00", "2026-11-14 09:00", id="G14: cut to 24 h"),
        pytest.param("2026-11-16 12:00", "2026-11-17 12:00", id="exactly 24 h are left"),
        pytest.param("2026-11-17 03:00", "2026-11-17 12:00", id="less is left: unchanged"),
    ],
)
def test_golden_vector_g14_an_event_shortens_but_never_prolongs(signed: str, expected: str) -> None:
    running = due_at(at("2026-11-10 12:00"), parse_length("7d"), zone=SHANGHAI, calendar=None)
    shortened = no_later_than(running, at(signed), parse_length("24h"), zone=SHANGHAI, calendar=None)
    assert shortened == at(expected)


@pytest.mark.parametrize(
    ("start", "length", "expected"),
    [
        pytest.param("2024-02-28 10:00", "1d", "2024-02-29 10:00", id="leap day by elapsed day"),
        pytest.param("2024-02-28 10:00", "1cd", "2024-03-01 00:00", id="to the end of the leap day"),
        pytest.param("2024-02-28 10:00", "2wd", "2024-03-01 10:00", id="leap day is worked"),
        pytest.param("2026-02-13 10:00", "1wd", "2026-02-14 10:00", id="make-up Saturday before Spring Festival"),
        pytest.param("2026-02-13 10:00", "2wd", "2026-02-24 10:00", id="Spring Festival is nine days"),
        pytest.param("2026-02-18 22:15", "1wd", "2026-02-24 22:15", id="start on a day off keeps its wall time"),
        pytest.param("2026-11-21 23:59", "1wd", "2026-11-23 23:59", id="start on a Saturday"),
        pytest.param("2026-11-22 00:00", "1wd", "2026-11-23 00:00", id="start on a Sunday at midnight"),
        pytest.param("2026-02-28 09:00", "1wd", "2026-03-02 09:00", id="start on a make-up Saturday"),
        pytest.param("2025-12-31 18:00", "1wd", "2026-01-04 18:00", id="year end, make-up Sunday"),
        pytest.param("2026-12-31 18:00", "1wd", "2027-01-04 18:00", id="year end into a provisional year"),
        pytest.param("2026-12-24 10:00", "6wd", "2027-01-04 10:00", id="the review that needs 2027"),
        pytest.param("2026-09-30 17:00", "1wd", "2026-10-08 17:00", id="National Day"),
        pytest.param("2022-12-30 10:00", "1wd", "2023-01-03 10:00", id="a New Year that begins in December"),
        pytest.param("2026-12-31 23:00", "0cd", "2027-01-01 00:00", id="to the end of the same day"),
        pytest.param("2026-11-11 00:00", "0cd", "2026-11-12 00:00", id="midnight belongs to the day it begins"),
        pytest.param("2026-11-10 15:00", "day 1", "2026-11-10 00:00", id="the day of the start is day 1"),
        pytest.param("2026-11-10 00:00", "day 4", "2026-11-13 00:00", id="day 4 begins three midnights later"),
        pytest.param("2026-12-20 23:59", "day 16", "2027-01-04 00:00", id="day 16 over the year end"),
        pytest.param("2026-11-10 15:00", "0d", "2026-11-10 15:00", id="at once"),
        pytest.param("2026-11-21 15:00", "0wd", "2026-11-21 15:00", id="no working day at all"),
        pytest.param("2026-11-21 15:00", "0bh", "2026-11-21 15:00", id="no business hour at all"),
        pytest.param("2026-11-10 15:00", "30min", "2026-11-10 15:30", id="minutes"),
    ],
)
def test_awkward_days(start: str, length: str, expected: str) -> None:
    assert due(start, length) == expected


FRESH = parse_length("100bmin", make_up_counts=False, holiday_groups=frozenset({"spring_festival", "national_day"}))


@pytest.mark.parametrize(
    ("start", "length", "expected"),
    [
        pytest.param("2026-11-20 07:00", "4bh", "2026-11-20 13:00", id="before opening"),
        pytest.param("2026-11-20 09:00", "4bh", "2026-11-20 13:00", id="exactly at opening"),
        pytest.param("2026-11-20 14:00", "4bh", "2026-11-20 18:00", id="ends exactly at closing"),
        pytest.param("2026-11-20 18:00", "4bh", "2026-11-23 13:00", id="exactly at closing"),
        pytest.param("2026-11-20 17:59", "4bh", "2026-11-23 12:59", id="a minute before closing"),
        pytest.param("2026-11-20 21:00", "4bh", "2026-11-23 13:00", id="after closing"),
        pytest.param("2026-11-21 11:00", "4bh", "2026-11-23 13:00", id="on a Saturday"),
        pytest.param("2026-10-10 11:00", "4bh", "2026-10-10 15:00", id="on a make-up Saturday"),
        pytest.param("2026-09-30 16:00", "4bh", "2026-10-08 11:00", id="over National Day"),
        pytest.param("2026-11-16 09:00", "45bh", "2026-11-20 18:00", id="a whole week"),
        pytest.param("2026-11-20 17:00", "100bmin", "2026-11-23 09:40", id="minutes"),
        pytest.param(
            "2026-11-20 17:00",
            parse_length("2bh", window=(time(10), time(17, 30))),
            "2026-11-23 11:30",
            id="a window of its own",
        ),
        pytest.param("2026-06-19 10:00", FRESH, "2026-06-19 11:40", id="a holiday group that is not observed"),
        pytest.param("2026-10-01 10:00", FRESH, "2026-10-08 10:40", id="a holiday group that is observed"),
        pytest.param("2026-10-10 10:00", FRESH, "2026-10-12 10:40", id="a make-up Saturday that does not count"),
    ],
)
def test_business_hours(start: str, length: str | Length, expected: str) -> None:
    assert due(start, length) == expected


@pytest.mark.parametrize(
    ("start", "length", "expected"),
    [
        pytest.param("2026-03-07 23:30", "0cd", "2026-03-08T00:00-08:00", id="midnight before the clocks go forward"),
        pytest.param("2026-03-07 23:30", "1cd", "2026-03-09T00:00-07:00", id="midnight after the clocks went forward"),
        pytest.param("2026-10-31 12:00", "1cd", "2026-11-02T00:00-08:00", id="a day of 25 hours"),
        pytest.param("2026-11-01 12:00", "day 2", "2026-11-02T00:00-08:00", id="ordinal day after a day of 25 hours"),
        pytest.param("2026-10-30 10:00", "5d", "2026-11-04T09:00-08:00", id="elapsed days in autumn"),
    ],
)
def test_days_of_23_and_25_hours(start: str, length: str, expected: str) -> None:
    answer = due_at(at(start, PACIFIC), parse_length(length), zone=PACIFIC, calendar=None)
    assert answer == at(expected)


def test_a_wall_time_that_is_jumped_over_moves_forward() -> None:
    pacific_staff = in_pacific_time()
    answer = due_at(at("2026-03-06 02:30", PACIFIC), parse_length("2wd"), zone=SHANGHAI, calendar=pacific_staff)
    assert answer == at("2026-03-08T03:30-07:00")


def test_of_a_wall_time_shown_twice_the_first_counts() -> None:
    pacific_staff = in_pacific_time()
    answer = due_at(at("2026-10-30 01:30", PACIFIC), parse_length("2wd"), zone=SHANGHAI, calendar=pacific_staff)
    assert answer == at("2026-11-01T01:30-07:00")


def test_a_midnight_that_is_jumped_over_is_the_first_moment_of_the_day() -> None:
    assert next_midnight(at("2018-11-03T12:00-03:00"), "America/Sao_Paulo") == at("2018-11-04T01:00-02:00")


def test_the_next_midnight_after_midnight_is_a_whole_day_later() -> None:
    assert next_midnight(at("2026-11-11 00:00"), SHANGHAI) == at("2026-11-12 00:00")


def test_working_days_are_counted_in_the_zone_of_the_calendar() -> None:
    """10 p.m. on a Thursday in California is Friday afternoon in Shanghai."""
    answer = due_at(at("2026-11-19T22:00-08:00"), parse_length("1wd"), zone=PACIFIC, calendar=CN)
    assert answer == at("2026-11-23 14:00")


@pytest.mark.parametrize("text", ["48h", "30min", "5d", "4wd", "3cd", "4bh", "100bmin", "day 16", "0d"])
def test_a_length_is_written_as_it_was_read(text: str) -> None:
    assert str(parse_length(text)) == text


@pytest.mark.parametrize(
    "text", ["", "5", "d", "-3d", "1.5h", "5 d", "5w", "5D", "day 0", "day", "16 day", "٣d", "5d\n", "9999999d"]
)
def test_what_is_no_length_is_refused_with_the_known_units(text: str) -> None:
    with pytest.raises(LengthError) as refusal:
        parse_length(text)
    assert repr(text) in str(refusal.value)
    assert "min, h, d, cd, wd, bh, bmin" in str(refusal.value)


def test_business_hours_that_close_before_they_open_are_refused() -> None:
    with pytest.raises(LengthError):
        parse_length("4bh", window=(time(18), time(9)))


@pytest.mark.parametrize("text", ["4wd", "4bh", "100bmin"])
def test_working_time_without_a_calendar_is_refused(text: str) -> None:
    with pytest.raises(CalendarMissing):
        due_at(at("2026-11-10 09:00"), parse_length(text), zone=SHANGHAI, calendar=None)


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        due_at(datetime(2026, 11, 10, 9, 0), parse_length("1d"), zone=SHANGHAI, calendar=None)


@pytest.mark.parametrize("text", ["6wd", "60bh"])
def test_working_time_beyond_the_calendar_is_refused(text: str) -> None:
    with pytest.raises(CalendarExhausted):
        due_at(at("2027-12-27 09:00"), parse_length(text), zone=SHANGHAI, calendar=CN)


def test_the_explanation_names_days_skipped_days_made_up_and_provisional_years() -> None:
    told = explain(at("2026-09-28 10:00"), parse_length("6wd"), zone=PACIFIC, calendar=CN)
    assert told.due_at == at("2026-10-12 10:00")
    assert (told.zone, told.calendar) == (SHANGHAI, ("cn", 1))
    assert f"{told.start_local:%m-%d %H:%M} {told.due_local:%m-%d %H:%M}" == "09-28 10:00 10-12 10:00"
    assert [(skipped.day.day, skipped.why) for skipped in told.skipped] == [
        *((day, "national_day") for day in range(1, 8)),
        (11, "weekend"),
    ]
    assert told.make_up_days == (date(2026, 10, 10),)
    assert told.provisional_years == ()


def test_the_explanation_warns_of_a_year_not_yet_announced() -> None:
    told = explain(at("2026-12-24 10:00"), parse_length("6wd"), zone=SHANGHAI, calendar=CN)
    assert told.provisional_years == (2027,)


def test_the_explanation_of_business_hours_names_the_day_off_it_starts_on() -> None:
    told = explain(at("2026-11-21 11:00"), parse_length("4bh"), zone=SHANGHAI, calendar=CN)
    assert [skipped.day.day for skipped in told.skipped] == [21, 22]


def test_the_explanation_names_the_second_at_which_clocks_change() -> None:
    told = explain(at("2026-03-06T10:00-08:00"), parse_length("5d"), zone=PACIFIC, calendar=CN)
    (change,) = told.clock_changes
    assert change.at == at("2026-03-08T03:00-07:00")
    assert (change.before, change.after) == (timedelta(hours=-8), timedelta(hours=-7))
    assert (told.calendar, told.skipped) == (None, ())


def test_a_pause_moves_elapsed_time_by_its_length() -> None:
    start, length = at("2026-11-10 09:00"), parse_length("5d")
    running = due_at(start, length, zone=SHANGHAI, calendar=None)
    answer = resume(
        running, start, length, at("2026-11-11 00:00"), at("2026-11-13 06:00"), zone=SHANGHAI, calendar=None
    )
    assert answer == at("2026-11-17 15:00")


def test_a_pause_over_a_holiday_makes_working_days_count_anew_from_a_later_start() -> None:
    start, length = at("2026-09-28 10:00"), parse_length("4wd")
    running = due_at(start, length, zone=SHANGHAI, calendar=CN)
    answer = resume(running, start, length, at("2026-09-29 10:00"), at("2026-10-01 10:00"), zone=SHANGHAI, calendar=CN)
    assert answer == at("2026-10-12 10:00")


def test_a_short_pause_into_a_day_off_does_not_take_time_away() -> None:
    """Reckoned from Saturday 00:30 alone, the working day would end on Monday 00:30."""
    start, length = at("2026-11-20 23:30"), parse_length("1wd")
    running = due_at(start, length, zone=SHANGHAI, calendar=CN)
    answer = resume(running, start, length, start, start + timedelta(hours=1), zone=SHANGHAI, calendar=CN)
    assert answer == running == at("2026-11-23 23:30")


def test_a_due_time_the_platform_stated_moves_by_the_time_paused() -> None:
    start, length, stated = at("2026-09-28 10:00"), parse_length("4wd"), at("2026-10-03 12:00")
    answer = resume(stated, start, length, at("2026-09-29 10:00"), at("2026-09-30 10:00"), zone=SHANGHAI, calendar=CN)
    assert answer == at("2026-10-04 12:00")


def test_a_pause_does_not_end_before_it_begins() -> None:
    start, length = at("2026-11-10 09:00"), parse_length("5d")
    with pytest.raises(ValueError, match="pause"):
        resume(start, start, length, start, start - timedelta(seconds=1), zone=SHANGHAI, calendar=None)


moments = st.datetimes(datetime(2015, 1, 2), datetime(2026, 12, 31), timezones=st.just(UTC))
elapsed_lengths = st.builds(
    Length, amount=st.integers(0, 200), unit=st.sampled_from([Unit.MINUTES, Unit.HOURS, Unit.DAYS])
)
calendar_lengths = st.builds(
    Length,
    amount=st.integers(1, 60),
    unit=st.sampled_from([Unit.CALENDAR_DAYS, Unit.WORKING_DAYS, Unit.BUSINESS_HOURS, Unit.ORDINAL_DAYS]),
    make_up_counts=st.booleans(),
)
lengths = elapsed_lengths | calendar_lengths


laters = st.timedeltas(timedelta(), timedelta(days=20))


@given(start=moments, later=laters, length=lengths)
def test_a_later_start_is_never_due_earlier(start: datetime, later: timedelta, length: Length) -> None:
    assume(length.unit is not Unit.WORKING_DAYS)
    first = due_at(start, length, zone=SHANGHAI, calendar=CN)
    assert first <= due_at(start + later, length, zone=SHANGHAI, calendar=CN)


@given(start=moments, later=laters, amount=st.integers(1, 60))
def test_a_later_start_is_never_due_on_an_earlier_working_day(start: datetime, later: timedelta, amount: int) -> None:
    """The time of day may be earlier: from Friday 23:00 a working day lasts until Monday 23:00, from Saturday
    01:00 until Monday 01:00, because a start on a day off keeps its wall time (platform-rules item 25)."""
    length = Length(amount=amount, unit=Unit.WORKING_DAYS)
    first, second = (
        explain(moment, length, zone=SHANGHAI, calendar=CN).due_local.date() for moment in (start, start + later)
    )
    assert first <= second


@given(start=moments, length=lengths, zone=st.sampled_from([SHANGHAI, PACIFIC]))
def test_something_that_lasts_ends_after_it_began(start: datetime, length: Length, zone: str) -> None:
    assume(length.amount > 0 and length.unit is not Unit.ORDINAL_DAYS)
    assert due_at(start, length, zone=zone, calendar=CN) > start


@given(start=moments, length=calendar_lengths)
def test_more_of_a_unit_ends_later(start: datetime, length: Length) -> None:
    longer = Length(amount=length.amount + 1, unit=length.unit, make_up_counts=length.make_up_counts)
    shorter_due, longer_due = (due_at(start, each, zone=PACIFIC, calendar=CN) for each in (length, longer))
    assert shorter_due < longer_due


@given(start=moments, length=lengths, after=st.timedeltas(timedelta(), timedelta(days=3)))
def test_a_pause_of_no_time_changes_nothing(start: datetime, length: Length, after: timedelta) -> None:
    running = due_at(start, length, zone=PACIFIC, calendar=CN)
    paused_at = start + after
    assert resume(running, start, length, paused_at, paused_at, zone=PACIFIC, calendar=CN) == running


@given(start=moments, length=lengths, pause=st.timedeltas(timedelta(), timedelta(days=30)))
def test_a_pause_never_takes_time_away(start: datetime, length: Length, pause: timedelta) -> None:
    running = due_at(start, length, zone=SHANGHAI, calendar=CN)
    assert resume(running, start, length, start, start + pause, zone=SHANGHAI, calendar=CN) >= running


@given(start=moments, length=lengths)
def test_an_explanation_agrees_with_the_due_time(start: datetime, length: Length) -> None:
    told = explain(start, length, zone=PACIFIC, calendar=CN)
    assert told.due_at == told.due_local.astimezone(UTC) == due_at(start, length, zone=PACIFIC, calendar=CN)
    assert told.start_local.astimezone(UTC) == start
