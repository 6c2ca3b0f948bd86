"""Days worked and days off, and the documents that say which."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from time import process_time

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.calendar_loader import CALENDARS, CalendarDocumentError, editions, load_calendar, read_year
from rules.engine.calendar import CalendarError, CalendarExhausted, SkippedDay, days_between

CN = load_calendar("cn")
TWO_FESTIVALS = frozenset({"spring_festival", "national_day"})

DOCUMENT = """\
calendar: cn
year: 2028
edition: 1
zone: Asia/Shanghai
weekend: [6, 7]
provisional: true
source: "a notice"
holidays:
  new_year: {off: [2028-01-01 to 2028-01-03], worked: [2028-01-08]}
  national_day: {off: [2028-10-01]}
"""


def test_china_is_covered_from_2015_to_2027_and_2027_is_provisional() -> None:
    assert (CN.name, CN.edition, CN.zone) == ("cn", 1, "Asia/Shanghai")
    assert CN.covers == (2015, 2027)
    assert CN.provisional_years == {2027}


def test_every_announced_day_agrees_with_chinesecalendar() -> None:
    days = list(days_between(date(2015, 1, 1), date(2026, 12, 31)))
    assert [day for day in days if CN.is_working_day(day) != chinese_calendar.is_workday(day)] == []


def test_a_provisional_year_has_statutory_days_and_no_make_up_days() -> None:
    assert CN.holidays[date(2027, 2, 6)] == "spring_festival"
    assert len([day for day in CN.holidays if day.year == 2027]) == 19
    assert not [day for day in CN.make_up if day.year == 2027]


@pytest.mark.parametrize(
    ("day", "make_up_counts", "holiday_groups", "worked"),
    [
        pytest.param(date(2026, 10, 10), True, None, True, id="a make-up Saturday"),
        pytest.param(date(2026, 10, 10), False, None, False, id="a make-up Saturday that does not count"),
        pytest.param(date(2026, 10, 10), True, TWO_FESTIVALS, True, id="made up for an observed festival"),
        pytest.param(date(2026, 5, 9), True, TWO_FESTIVALS, False, id="made up for a festival not observed"),
        pytest.param(date(2026, 5, 4), True, None, False, id="a Monday in the Labour Day holiday"),
        pytest.param(date(2026, 5, 4), True, TWO_FESTIVALS, True, id="the same where it is not observed"),
        pytest.param(date(2026, 5, 3), True, TWO_FESTIVALS, False, id="a Sunday stays a Sunday"),
        pytest.param(date(2026, 11, 21), True, None, False, id="an ordinary Saturday"),
    ],
)
def test_what_counts_as_worked_can_be_chosen(
    day: date, make_up_counts: bool, holiday_groups: frozenset[str] | None, worked: bool
) -> None:
    assert CN.is_working_day(day, make_up_counts=make_up_counts, holiday_groups=holiday_groups) is worked


def test_skipped_days_come_after_the_start_and_include_the_end() -> None:
    assert CN.skipped_days(date(2026, 6, 18), date(2026, 6, 21)) == (
        SkippedDay(day=date(2026, 6, 19), why="dragon_boat"),
        SkippedDay(day=date(2026, 6, 20), why="dragon_boat"),
        SkippedDay(day=date(2026, 6, 21), why="dragon_boat"),
    )
    assert CN.skipped_days(date(2026, 11, 21), date(2026, 11, 23)) == (
        SkippedDay(day=date(2026, 11, 22), why="weekend"),
    )


@pytest.mark.parametrize(
    "ask",
    [
        pytest.param(lambda: CN.is_working_day(date(2014, 12, 31)), id="before the first year"),
        pytest.param(lambda: CN.is_working_day(date(2028, 1, 1)), id="after the last year"),
        pytest.param(lambda: CN.add_working_days(date(2014, 12, 31), 1), id="counted from before"),
        pytest.param(lambda: CN.add_working_days(date(2028, 1, 1), 0), id="counted from after"),
        pytest.param(lambda: CN.add_working_days(date(2027, 12, 31), 1), id="counted to after"),
        pytest.param(lambda: CN.skipped_days(date(2027, 12, 30), date(2028, 1, 1)), id="skipped after"),
    ],
)
def test_a_calendar_never_guesses_beyond_its_data(ask: Callable[[], object]) -> None:
    with pytest.raises(CalendarExhausted, match="calendar cn edition 1 has data for 2015 to 2027 only"):
        ask()


def test_working_days_are_not_counted_backwards() -> None:
    with pytest.raises(ValueError, match="forward"):
        CN.add_working_days(date(2026, 11, 10), -1)


@given(
    start_day=st.dates(date(2015, 1, 1), date(2027, 6, 30)),
    count=st.integers(0, 60),
    make_up_counts=st.booleans(),
    holiday_groups=st.sampled_from([None, TWO_FESTIVALS, frozenset()]),
)
def test_counting_by_index_agrees_with_counting_day_by_day(
    start_day: date, count: int, make_up_counts: bool, holiday_groups: frozenset[str] | None
) -> None:
    day, left = start_day, count
    while left:
        day += timedelta(days=1)
        left -= CN.is_working_day(day, make_up_counts=make_up_counts, holiday_groups=holiday_groups)
    answer = CN.add_working_days(start_day, count, make_up_counts=make_up_counts, holiday_groups=holiday_groups)
    assert answer == day


def test_a_warm_count_of_sixty_working_days_takes_less_than_ten_microseconds() -> None:
    start_day, rounds = date(2026, 9, 28), 20_000
    CN.add_working_days(start_day, 60)
    began = process_time()
    for _ in range(rounds):
        CN.add_working_days(start_day, 60)
    assert (process_time() - began) / rounds < 10e-6


def test_the_days_of_a_calendar_cannot_be_changed() -> None:
    days: dict[date, str] = {}
    calendar = replace(CN, holidays=days, make_up={})
    days[date(2026, 11, 10)] = "surprise"
    assert calendar.is_working_day(date(2026, 11, 10))
    with pytest.raises(TypeError):
        calendar.holidays[date(2026, 11, 10)] = "surprise"  # type: ignore[index]


def test_calendars_are_values() -> None:
    assert replace(CN) == CN
    assert hash(replace(CN)) == hash(CN)
    assert replace(CN, edition=2) != CN


@pytest.mark.parametrize(
    ("holidays", "make_up"),
    [
        pytest.param({date(2026, 11, 21): "x"}, {date(2026, 11, 21): "x"}, id="off and worked at once"),
        pytest.param({}, {date(2026, 11, 20): "x"}, id="a Friday makes up for nothing"),
        pytest.param({date(2028, 1, 1): "x"}, {}, id="outside the years"),
    ],
)
def test_a_calendar_that_contradicts_itself_is_refused(holidays: dict[date, str], make_up: dict[date, str]) -> None:
    with pytest.raises(CalendarError):
        replace(CN, holidays=holidays, make_up=make_up)


def test_a_document_is_read_day_by_day() -> None:
    document = read_year(DOCUMENT, file="cn/2028.yaml")
    assert document.holidays == {
        **{date(2028, 1, day): "new_year" for day in (1, 2, 3)},
        date(2028, 10, 1): "national_day",
    }
    assert document.make_up == {date(2028, 1, 8): "new_year"}
    assert (document.year, document.provisional, document.source) == (2028, True, "a notice")


@pytest.mark.parametrize(
    ("written", "instead", "line", "problem"),
    [
        pytest.param("year: 2028", "yaer: 2028", 2, "unknown field 'yaer'; is 'year' meant?", id="a misspelt field"),
        pytest.param("year: 2028", "year: twenty", 2, "'twenty' is no whole number", id="no number"),
        pytest.param("year: 2028", "calendar: cn", 2, "'calendar' stands here twice", id="a duplicate key"),
        pytest.param("edition: 1\n", "", 1, "the field 'edition' is missing", id="a missing field"),
        pytest.param("Asia/Shanghai", "Asia/Shanghia", 4, "is no IANA time zone", id="an unknown zone"),
        pytest.param("[6, 7]", "[6, 8]", 5, "ISO weekdays", id="an eighth weekday"),
        pytest.param("[6, 7]", "6", 5, "a list is expected here", id="no list"),
        pytest.param("provisional: true", "provisional: yes", 6, "neither true nor false", id="no truth"),
        pytest.param('"a notice"', '""', 7, "a text is expected here", id="no source"),
        pytest.param("off: [2028-10-01]", "of: [2028-10-01]", 10, "is 'off' meant?", id="a misspelt list"),
        pytest.param("[2028-10-01]", "[2028-02-30]", 10, "'2028-02-30' is no date", id="a day that does not exist"),
        pytest.param("[2028-10-01]", "[2029-10-01]", 10, "2029-10-01 is not in 2028", id="another year"),
        pytest.param("[2028-10-01]", "[2028-10-03 to 2028-10-01]", 10, "ends before it begins", id="backwards"),
        pytest.param("[2028-10-01]", "[2028-01-02]", 10, "already belongs to new_year", id="a day named twice"),
        pytest.param("2028-01-08", "2028-01-07", 9, "is no weekend day", id="a Friday worked"),
        pytest.param("national_day:", "National Day:", 10, "is no code of a holiday group", id="no code"),
        pytest.param("national_day:", "new_year:", 10, "'new_year' stands here twice", id="a group named twice"),
        pytest.param("{off: [2028-10-01]}", "2028-10-01", 10, "a map is expected here", id="no map"),
        pytest.param("[6, 7]", "[6, 7", 6, "expected", id="broken YAML"),
    ],
)
def test_a_wrong_document_is_refused_by_file_and_line(written: str, instead: str, line: int, problem: str) -> None:
    with pytest.raises(CalendarDocumentError) as refusal:
        read_year(DOCUMENT.replace(written, instead, 1), file="cn/2028.yaml")
    assert str(refusal.value).startswith(f"cn/2028.yaml:{line}: ")
    assert problem in refusal.value.problem


def test_an_empty_document_is_refused() -> None:
    with pytest.raises(CalendarDocumentError, match="empty"):
        read_year("", file="cn/2028.yaml")


def written(folder: Path, documents: dict[str, str]) -> Path:
    """A folder of calendars that holds China's documents as given."""
    (folder / "cn").mkdir()
    for name, text in documents.items():
        (folder / "cn" / name).write_text(text, encoding="utf-8")
    return folder


def test_a_later_edition_corrects_a_year_and_leaves_the_earlier_edition_alone(tmp_path: Path) -> None:
    announced = DOCUMENT.replace("edition: 1", "edition: 2").replace("true", "false").replace("10-01", "10-02")
    folder = written(tmp_path, {"2028.yaml": DOCUMENT, "2028.2.yaml": announced})
    first, second = (load_calendar("cn", edition=edition, folder=folder) for edition in (1, 2))
    assert editions("cn", folder=folder) == (1, 2)
    assert (set(first.provisional_years), set(second.provisional_years)) == ({2028}, set())
    assert date(2028, 10, 2) not in first.holidays
    assert second.holidays[date(2028, 10, 2)] == "national_day"


def test_an_edition_that_was_not_published_is_refused() -> None:
    with pytest.raises(CalendarDocumentError, match="there is no edition 7"):
        load_calendar("cn", edition=7)


@pytest.mark.parametrize("country", ["atlantis", "../packs", "CN"])
def test_an_unknown_calendar_is_refused_with_the_known_ones(country: str) -> None:
    with pytest.raises(CalendarDocumentError, match="known are cn"):
        load_calendar(country)


def test_a_document_in_the_wrong_file_is_refused(tmp_path: Path) -> None:
    folder = written(tmp_path, {"2029.yaml": DOCUMENT})
    with pytest.raises(CalendarDocumentError, match=r"belongs into cn/2028\.yaml"):
        load_calendar("cn", folder=folder)


def test_a_year_left_out_is_refused(tmp_path: Path) -> None:
    later = DOCUMENT.replace("2028", "2030").replace("holidays:", "holidays: {}").split("  new_year")[0]
    folder = written(tmp_path, {"2028.yaml": DOCUMENT, "2030.yaml": later})
    with pytest.raises(CalendarDocumentError, match=r"cn/2030\.yaml: the year 2029 is missing"):
        load_calendar("cn", folder=folder)


def test_every_published_document_names_its_source() -> None:
    for path in sorted((CALENDARS / "cn").glob("*.yaml")):
        assert read_year(path.read_text(encoding="utf-8"), file=path.name).source


@pytest.mark.parametrize("make_up_counts", [True, False])
@pytest.mark.parametrize("holiday_groups", [None, TWO_FESTIVALS])
def test_the_desks_own_days_hold_under_every_reading(
    make_up_counts: bool, holiday_groups: frozenset[str] | None
) -> None:  # fmt: skip
    monday, saturday = date(2026, 11, 23), date(2026, 11, 28)
    own = replace(CN, own={monday: False, saturday: True})
    reading = {"make_up_counts": make_up_counts, "holiday_groups": holiday_groups}
    assert [own.why_off(day, **reading) for day in (monday, saturday)] == ["own", None]
    assert own.add_working_days(date(2026, 11, 20), 5, **reading) == saturday


@pytest.mark.parametrize("day", [date(2026, 10, 1), date(2026, 10, 10), date(2030, 1, 1)])
def test_an_own_day_is_neither_the_countrys_nor_outside_the_years(day: date) -> None:
    with pytest.raises(CalendarError):
        replace(CN, own={day: True})


@pytest.mark.parametrize(
    ("own", "problem"),
    [
        ("{off: [{day: 2028-01-02, zh: a, en: b}]}", "2028-01-02 already belongs to new_year"),
        ("{off: [{day: 2028-03-01, zh: a}]}", "the field 'en' is missing"),
        ("{of: []}", "unknown field 'of'; is 'off' meant?"),
        ("{off: [{day: 2028-03-01, zh: a, en: b}], worked: [{day: 2028-03-01, zh: a, en: b}]}",
         "2028-03-01 already belongs to the desk's own days"),
        ("{off: [{day: 2028-03-01, zh: \"a\\nb\", en: b}]}", "a name of at most 80 characters on one line"),
    ],
)  # fmt: skip
def test_own_days_that_cannot_be_are_refused_with_their_line(own: str, problem: str) -> None:
    with pytest.raises(CalendarDocumentError, match=problem) as refused:
        read_year(f"{DOCUMENT}own: {own}\n", file="cn/2028.yaml")
    assert refused.value.line == 11
