"""The model's own reading of the calendar, and the golden vectors of the rules."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from model.calendar import after_working_days, is_working_day
from model.case import cents
from model.moving import no_reason_until

SHANGHAI = ZoneInfo("Asia/Shanghai")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("start", "count", "end"),
    [
        ("2026-09-28T10:00", 4, "2026-10-09T10:00"),
        ("2026-09-28T10:00", 6, "2026-10-12T10:00"),
        ("2026-09-23T10:00", 4, "2026-09-30T10:00"),
        ("2026-09-23T10:00", 6, "2026-10-09T10:00"),
    ],
)
def test_reviews_over_the_national_day_are_the_golden_vectors(start: str, count: int, end: str) -> None:
    assert after_working_days(at(start), count) == at(end)


def test_a_make_up_saturday_is_worked_and_a_holiday_is_not() -> None:
    assert is_working_day(date(2026, 10, 10))
    assert not is_working_day(date(2026, 10, 1))
    assert not is_working_day(date(2026, 10, 11))


def test_the_no_reason_right_counts_from_the_midnight_after_signing() -> None:
    assert no_reason_until(at("2026-11-10T15:00")) == at("2026-11-18T00:00")


@pytest.mark.parametrize(
    ("money", "amount"), [("0", 0), ("80.00", 8000), ("0.1", 10), ("-1", None), ("a lot", None), ("1.234", None)]
)
def test_money_is_read_to_the_cent_and_nothing_else_is_money(money: str, amount: int | None) -> None:
    assert cents(money) == amount
