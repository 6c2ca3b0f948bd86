"""The one clock: it moves where it may, and nowhere else."""

from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.checks import run_checks
from django.core.management import CommandError, call_command
from django.db import connection

from accounts.models import User
from contract import clock

MOMENT = datetime(2026, 10, 2, 6, 30, tzinfo=UTC)

pytestmark = pytest.mark.django_db


def told() -> datetime:
    """What the database's own clock says, which nobody moves."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        return cursor.fetchone()[0].astimezone(UTC)


def close(one: datetime, other: datetime) -> bool:
    return abs(one - other) < timedelta(seconds=5)


def time_travel(*words: str) -> str:
    out = StringIO()
    call_command("time_travel", *words, stdout=out)
    return out.getvalue().strip()


def test_the_clock_tells_the_databases_time_in_utc() -> None:
    now = clock.database_now()
    assert now.tzinfo is UTC
    assert close(now, told())


def test_travelling_by_a_span_adds_up() -> None:
    clock.travel(timedelta(days=3))
    assert close(clock.travel(timedelta(hours=1)), told() + timedelta(days=3, hours=1))


def test_after_travelling_to_a_moment_the_clock_goes_on() -> None:
    first = clock.travel(to=MOMENT)
    assert MOMENT <= first < clock.database_now() < MOMENT + timedelta(seconds=5)


def test_a_frozen_clock_stands() -> None:
    assert clock.freeze(MOMENT) == MOMENT == clock.database_now()


def test_a_frozen_clock_can_be_moved_on() -> None:
    clock.freeze(MOMENT)
    assert close(clock.travel(timedelta(days=1)), MOMENT + timedelta(days=1))


def test_reset_tells_the_true_time_again() -> None:
    clock.travel(timedelta(days=-400))
    assert close(clock.reset(), told())


@pytest.mark.parametrize("arguments", [{}, {"delta": timedelta(1), "to": MOMENT}])
def test_travelling_takes_a_span_or_a_moment(arguments: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="either a delta or a moment"):
        clock.travel(**arguments)


def test_a_moment_without_an_offset_is_refused() -> None:
    with pytest.raises(ValueError, match="offset"):
        clock.travel(to=MOMENT.replace(tzinfo=None))


def test_rows_are_stamped_by_the_one_clock() -> None:
    clock.freeze(MOMENT)
    user = User.objects.create_user("ming")
    user.refresh_from_db()
    assert user.created_at == MOMENT


def test_a_reading_in_a_filter_is_taken_once_so_that_an_index_serves() -> None:
    plan = User.objects.filter(created_at__lt=clock.ClockReading()).explain()
    assert "InitPlan" in plan


def test_where_time_travel_is_off_the_clock_stays(settings: Any) -> None:
    settings.GONGDUAN_TIME_TRAVEL = False
    for move in (lambda: clock.travel(timedelta(1)), clock.reset, lambda: clock.freeze(MOMENT)):
        with pytest.raises(clock.TimeTravelRefused):
            move()


def test_the_installed_function_follows_the_settings(settings: Any) -> None:
    clock.travel(timedelta(days=3))
    settings.GONGDUAN_TIME_TRAVEL = False
    clock.install()
    assert clock.is_travelling() is False
    assert close(clock.database_now(), told())
    settings.GONGDUAN_TIME_TRAVEL = True
    clock.install()
    assert clock.is_travelling() is True


def test_a_fixed_function_is_not_moved_even_when_the_setting_says_so(settings: Any) -> None:
    settings.GONGDUAN_TIME_TRAVEL = False
    clock.install()
    settings.GONGDUAN_TIME_TRAVEL = True
    with pytest.raises(clock.TimeTravelRefused):
        clock.travel(timedelta(1))


@pytest.mark.parametrize(
    ("words", "span"),
    [
        (["+3d"], timedelta(days=3)),
        (["-1h30m"], timedelta(hours=-1, minutes=-30)),
        (["+1w2d"], timedelta(days=9)),
        (["+10s"], timedelta(seconds=10)),
    ],
)
def test_the_command_moves_by_a_span(words: list[str], span: timedelta) -> None:
    assert close(datetime.fromisoformat(time_travel("--", *words)), told() + span)


def test_the_command_moves_to_a_moment_and_back() -> None:
    assert close(datetime.fromisoformat(time_travel("to", "2026-10-02T14:30:00+08:00")), MOMENT)
    assert close(datetime.fromisoformat(time_travel("show")), MOMENT)
    assert close(datetime.fromisoformat(time_travel("reset")), told())


@pytest.mark.parametrize("words", [["tomorrow"], ["+3"], ["to"], ["to", "noon"], ["to", "2026-10-02T14:30:00"]])
def test_the_command_refuses_what_it_does_not_understand(words: list[str]) -> None:
    with pytest.raises(CommandError):
        time_travel(*words)


def test_the_command_is_refused_where_time_travel_is_off(settings: Any) -> None:
    settings.GONGDUAN_TIME_TRAVEL = False
    with pytest.raises(CommandError, match="GONGDUAN_TIME_TRAVEL is off"):
        time_travel("reset")


@pytest.mark.parametrize(("time_travel_on", "debug", "refused"), [(1, 0, True), (1, 1, False), (0, 0, False)])
def test_a_live_installation_refuses_the_setting(settings: Any, time_travel_on: int, debug: int, refused: bool) -> None:
    settings.GONGDUAN_TIME_TRAVEL, settings.DEBUG = bool(time_travel_on), bool(debug)
    found = {message.id for message in run_checks(tags=["security"])}
    assert ("contract.E001" in found) is refused


@pytest.mark.parametrize(("debug", "refused"), [(False, True), (True, False)])
def test_a_live_installation_refuses_a_database_with_a_movable_clock(settings: Any, debug: bool, refused: bool) -> None:
    settings.DEBUG = debug
    found = {message.id for message in run_checks(tags=["database"], databases=["default"])}
    assert ("contract.E002" in found) is refused
