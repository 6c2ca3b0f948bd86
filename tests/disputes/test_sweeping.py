"""The sweep: whatever died meanwhile, each case is moved once, in order, and nobody loses time by it."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import OperationalError, connection

from contract.clock import database_now
from disputes.models import Case, CaseEvent, Deadline, Payout, PendingRelay, StuckCase, SweepRecord
from disputes.selectors.progress import progress
from disputes.services import rooting
from disputes.services.columns import Columns
from disputes.services.standing_by import Standby
from disputes.services.sweeping import repair_hints, retry_stuck, sweep_batch, sweep_until_done
from disputes.tasks import repair, sweep, tidy, write_daily_root

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


@pytest.fixture
def in_evidence(order_of: Any, file: Any, does: Any, ming: Any, lan: Any) -> Callable[[], Any]:
    """A case in its evidence period, the buyer having to prove; what asking for it answered."""

    def build() -> Any:
        done = file(order_of())
        does(lan, "seller", done.number, "refuse", refusal="NOT_AGREED", statement="x")
        return does(ming, "buyer", done.number, "request_intervention")

    return build


@pytest.fixture
def data_folder(tmp_path: Path, settings: Any) -> Path:
    settings.DATA_DIR = tmp_path
    return tmp_path


def journal(number: str) -> list[CaseEvent]:
    return list(CaseEvent.objects.filter(case__number=number).order_by("sequence"))


def outcome_of(number: str) -> tuple[str, str]:
    return Case.objects.values_list("stage", "outcome").get(number=number)


# Everything dead


def test_everything_dead_for_a_day_moves_each_case_once_and_in_order(
    order_of: Any, file: Any, in_evidence: Any, travel: Any
) -> None:
    numbers = [file(order_of()).number for _ in range(3)] + [in_evidence().number]
    travel(days=6)
    sweep_until_done(sweeper="test")
    again = sweep_until_done(sweeper="test")
    assert (again.claimed, again.moved) == (0, 0)
    for number in numbers:
        timed = [event for event in journal(number) if event.via == "timer"]
        assert [event.at for event in timed] == sorted(event.at for event in timed)
        assert [event.kind for event in timed].count("lapsed") == 1
        assert all(event.recorded_at > event.at for event in timed)
    assert [outcome_of(number) for number in numbers[:3]] == [("CLOSED", "refunded_by_silence")] * 3
    assert Payout.objects.count() == 3


def test_what_is_swept_late_gives_a_party_its_time_from_the_moment_of_noticing(
    in_evidence: Any, does: Any, ming: Any, travel: Any
) -> None:
    case = in_evidence()
    does(ming, "buyer", case.number, "submit_exhibit")
    travel(days=4)
    sweep_until_done(sweeper="test")
    lapse = journal(case.number)[-1]
    followup = Deadline.objects.get(case_id=case.case_id, name="seller_followup")
    assert lapse.at == case.now + 3 * DAY
    assert (followup.started_at, followup.due_at) == (lapse.recorded_at, lapse.recorded_at + DAY)


def test_what_is_swept_in_time_counts_from_the_deadline_itself(
    in_evidence: Any, does: Any, ming: Any, travel: Any
) -> None:
    case = in_evidence()
    does(ming, "buyer", case.number, "submit_exhibit")
    travel(to=case.now + 3 * DAY + timedelta(minutes=5))
    sweep_until_done(sweeper="test")
    assert Deadline.objects.get(case_id=case.case_id, name="seller_followup").due_at == case.now + 4 * DAY


def test_flushing_redis_loses_no_deadline(redis_client: Any, order_of: Any, file: Any, travel: Any) -> None:
    done = file(order_of())
    redis_client.flushdb()  # the other databases belong to other test processes
    travel(days=5, seconds=3)
    Standby(sweeper="standby", grace=timedelta(seconds=2)).look()
    assert outcome_of(done.number) == ("CLOSED", "refunded_by_silence")
    assert PendingRelay.objects.count() == len(journal(done.number))


def test_small_batches_do_the_same_as_large_ones(order_of: Any, file: Any, travel: Any) -> None:
    numbers = [file(order_of()).number for _ in range(5)]
    travel(days=5)
    swept = sweep_until_done(sweeper="test", limit=2)
    assert (swept.moved, swept.parked) == (5, 0)
    assert {outcome_of(number) for number in numbers} == {("CLOSED", "refunded_by_silence")}


def test_a_sweep_told_to_stop_ends_after_the_batch_in_hand(order_of: Any, file: Any, travel: Any) -> None:
    for _ in range(3):
        file(order_of())
    travel(days=5)
    assert sweep_until_done(sweeper="test", limit=1, stop=lambda: True).moved == 1
    assert sweep_until_done(sweeper="test", limit=1).moved == 2


def test_nothing_is_written_for_a_case_with_nothing_due(order_of: Any, file: Any) -> None:
    done = file(order_of())
    Case.objects.filter(pk=done.case_id).update(wake_at=database_now() - DAY)
    swept = sweep_until_done(sweeper="test")
    assert (swept.claimed, swept.moved) == (1, 0)
    assert len(journal(done.number)) == 1
    assert Case.objects.get(pk=done.case_id).wake_at > database_now()


# Broken cases


def unreadable(case_id: int) -> None:
    Case.objects.filter(pk=case_id).update(stage="NOWHERE")


def mended_stage(case_id: int) -> None:
    Case.objects.filter(pk=case_id).update(stage="WAIT_SELLER")


def undecidable(case_id: int) -> None:
    Deadline.objects.filter(case_id=case_id, name="seller_response").update(name="of_another_pack")


def mended_deadline(case_id: int) -> None:
    Deadline.objects.filter(case_id=case_id, name="of_another_pack").update(name="seller_response")


def unwritable(case_id: int) -> None:
    change_amount(case_id, "much")


def mended_amount(case_id: int) -> None:
    change_amount(case_id, "128.00")


def change_amount(case_id: int, amount: str) -> None:
    case = Case.objects.get(pk=case_id)
    Case.objects.filter(pk=case_id).update(facts={**case.facts, "amount": amount})


@pytest.fixture(
    params=[(unreadable, mended_stage), (undecidable, mended_deadline), (unwritable, mended_amount)],
    ids=["unreadable", "undecidable", "unwritable"],
)
def poison(request: pytest.FixtureRequest) -> Iterator[Any]:
    """Breaks one case in a way of its own; `poison.mend` makes it whole, at the latest when the test is over."""

    class Poison:
        def __init__(self, broken: Any, mended: Any) -> None:
            self.broken, self.mended, self.case_id = broken, mended, 0

        def __call__(self, case_id: int) -> None:
            self.case_id = case_id
            self.broken(case_id)

        def mend(self) -> None:
            if self.case_id:
                self.mended(self.case_id)
            self.case_id = 0

    made = Poison(*request.param)
    yield made
    made.mend()


def test_a_broken_case_stops_nobody(order_of: Any, file: Any, travel: Any, poison: Any) -> None:
    done = [file(order_of()) for _ in range(7)]
    broken = done.pop(3)
    travel(days=5)
    poison(broken.case_id)
    swept = sweep_until_done(sweeper="test")
    assert (swept.moved, swept.parked) == (6, 1)
    assert {outcome_of(other.number) for other in done} == {("CLOSED", "refunded_by_silence")}
    assert len(journal(broken.number)) == 1
    stuck = StuckCase.objects.get()
    assert (stuck.case_id, stuck.attempts) == (broken.case_id, 1)
    assert stuck.reason
    assert "Traceback" in stuck.detail


def test_a_broken_case_is_tried_again_later_and_later(order_of: Any, file: Any, travel: Any, poison: Any) -> None:
    broken = file(order_of())
    travel(days=5)
    poison(broken.case_id)
    waits = []
    for attempt in range(1, 13):
        assert sweep_until_done(sweeper="test").parked == 1
        assert sweep_until_done(sweeper="test").claimed == 0
        stuck = StuckCase.objects.get()
        assert stuck.attempts == attempt
        waits.append(stuck.retry_at - stuck.last_at)
        travel(to=stuck.retry_at)
    assert waits[:4] == [timedelta(minutes=minutes) for minutes in (1, 2, 4, 8)]
    assert waits[-1] == timedelta(hours=6)


def test_a_case_that_was_mended_goes_on_and_is_no_longer_listed(
    order_of: Any, file: Any, travel: Any, poison: Any
) -> None:
    broken = file(order_of())
    travel(days=5)
    poison(broken.case_id)
    sweep_until_done(sweeper="test")
    poison.mend()
    assert sweep_until_done(sweeper="test").claimed == 0
    assert retry_stuck(broken.number)
    assert sweep_until_done(sweeper="test").moved == 1
    assert outcome_of(broken.number) == ("CLOSED", "refunded_by_silence")
    assert not StuckCase.objects.exists()
    assert not retry_stuck(broken.number)


def test_a_person_may_still_act_on_a_case_that_a_sweep_could_not_move(
    order_of: Any, file: Any, travel: Any, poison: Any, does: Any, ming: Any
) -> None:
    """Acting settles first: once mended, the person's own visit moves the case and the back-off is over."""
    broken = file(order_of())
    travel(days=4)
    does(ming, "buyer", broken.number, "message")
    travel(days=1)
    poison(broken.case_id)
    sweep_until_done(sweeper="test")
    poison.mend()
    does(ming, "buyer", broken.number, "message")
    assert outcome_of(broken.number) == ("CLOSED", "refunded_by_silence")
    assert Case.objects.get(pk=broken.case_id).retry_at is None


# Hints


def test_a_hint_that_is_lost_is_found_within_a_minute(order_of: Any, file: Any, travel: Any) -> None:
    done = file(order_of())
    Case.objects.filter(pk=done.case_id).update(wake_at=None)
    travel(days=5)
    assert sweep_until_done(sweeper="test").claimed == 0
    assert repair() == 1
    assert SweepRecord.objects.get(sweeper="repair").hints_repaired == 1
    assert sweep_until_done(sweeper="test").moved == 1
    assert repair_hints() == 0


def test_a_hint_that_is_right_is_left_alone(order_of: Any, file: Any, travel: Any) -> None:
    file(order_of())
    travel(days=5)
    assert repair_hints() == 0


def test_the_repair_does_not_wake_a_parked_case(order_of: Any, file: Any, travel: Any, poison: Any) -> None:
    done = file(order_of())
    travel(days=5)
    poison(done.case_id)
    sweep_until_done(sweeper="test")
    assert repair_hints() == 0


# Ringers


def test_a_standby_leaves_what_is_fresh_to_the_workers(order_of: Any, file: Any, travel: Any) -> None:
    done = file(order_of())
    standby = Standby(sweeper="standby", grace=timedelta(hours=1))
    travel(to=done.now + timedelta(days=5, minutes=59))
    sweep_until_done(sweeper="test")
    file(order_of())
    assert standby.look() == 0.5
    assert SweepRecord.objects.get(sweeper="standby").cases_moved == 0
    travel(days=5, hours=1)
    standby.look()
    assert SweepRecord.objects.get(sweeper="standby").cases_moved == 1


def test_a_standby_sleeps_until_the_next_deadline(order_of: Any, file: Any, travel: Any) -> None:
    done = file(order_of())
    first = Deadline.objects.filter(case_id=done.case_id, status="pending").earliest("wakes_at")
    standby = Standby(sweeper="standby", grace=timedelta())
    assert standby.look() == 0.5
    travel(to=first.wakes_at - timedelta(milliseconds=300))
    assert 0.05 <= standby.look() <= 0.3


def test_a_ring_sweeps_whatever_is_due(order_of: Any, file: Any, travel: Any) -> None:
    file(order_of())
    travel(days=5)
    assert sweep() == 1
    assert SweepRecord.objects.get(sweeper="celery").cases_moved == 1
    assert sweep() == 0


def test_the_command_sweeps_once(order_of: Any, file: Any, travel: Any, capsys: Any) -> None:
    file(order_of())
    travel(days=5)
    call_command("sweep")
    assert capsys.readouterr().out == "1 cases moved in 2 steps, 0 parked\n"


def test_tidying_up_forgets_nothing_that_is_still_promised(db: None) -> None:
    assert tidy() == 0


# How far behind


def test_progress_says_how_long_the_oldest_case_is_overdue(order_of: Any, file: Any, travel: Any, client: Any) -> None:
    file(order_of())
    sweep()
    assert client.get("/readyz/").json()["deadlines"] == "met"
    first = Deadline.objects.filter(status="pending").earliest("wakes_at").wakes_at
    travel(to=first + timedelta(seconds=50))
    assert 50 <= progress().overdue < 60
    assert progress().late, "nobody swept for days"
    travel(to=first + timedelta(minutes=2))
    answer = client.get("/readyz/")
    assert (answer.status_code, answer.json()["deadlines"]) == (503, "late")
    sweep()
    answer = client.get("/readyz/")
    assert (answer.status_code, answer.json()["oldest_overdue_seconds"]) == (200, 0)
    assert answer.json()["relay_backlog"] == PendingRelay.objects.count()


# The journal


def test_an_untouched_journal_verifies(order_of: Any, file: Any, data_folder: Path, capsys: Any) -> None:
    done = file(order_of())
    call_command("verify_journal")
    assert capsys.readouterr().out == "1 cases verified\n"
    call_command("verify_journal", case=done.number)
    with pytest.raises(CommandError, match="no case TB-0"):
        call_command("verify_journal", case="TB-0")


def test_the_first_wrong_row_is_named(order_of: Any, file: Any, does: Any, ming: Any, data_folder: Path) -> None:
    done = file(order_of())
    does(ming, "buyer", done.number, "message")
    forgery = forged("UPDATE disputes_caseevent SET party = 'seller' WHERE case_id = %s AND sequence = 2", done.case_id)
    with forgery, pytest.raises(CommandError, match=f"Case {done.number}, event 2: digest"):
        call_command("verify_journal")


def test_a_case_that_moves_while_it_is_verified_was_not_forged(
    order_of: Any, file: Any, does: Any, ming: Any, data_folder: Path
) -> None:
    done, written = file(order_of()), list[str]()

    def once_the_journal_is_read(execute: Any, statement: str, *rest: Any) -> Any:
        answer = execute(statement, *rest)
        if 'FROM "disputes_caseevent"' in statement and len(written) < 2:
            written.append(statement)
            does(ming, "buyer", done.number, "message")
        return answer

    with connection.execute_wrapper(once_the_journal_is_read):
        call_command("verify_journal")
    assert len(written) == 2


def test_a_changed_case_row_is_named(order_of: Any, file: Any, data_folder: Path) -> None:
    done = file(order_of())
    Case.objects.filter(pk=done.case_id).update(outcome="refunded")
    with pytest.raises(CommandError, match="snapshot"):
        call_command("verify_journal")
    Case.objects.filter(pk=done.case_id).update(outcome="")


def test_a_root_outside_the_database_tells_of_a_journal_written_anew(
    order_of: Any, file: Any, travel: Any, data_folder: Path
) -> None:
    done = file(order_of())
    travel(days=1)
    call_command("verify_journal", root=True)
    (path,) = (data_folder / "roots").iterdir()
    assert json.loads(path.read_text())["cases"] == 1
    file(order_of())
    assert rooting.wrong_roots() == []
    with forged("UPDATE disputes_caseevent SET digest = '\\x00' WHERE case_id = %s", done.case_id):
        assert rooting.wrong_roots() == [path.name]


def test_a_root_is_written_once_a_day(published: None, data_folder: Path, travel: Any) -> None:
    assert write_daily_root() == f"{database_now().date()}.json"
    assert write_daily_root() is None
    travel(days=1)
    assert write_daily_root() == f"{database_now().date()}.json"


class forged:  # noqa: N801  (reads as a participle)
    """What a superuser could do to a table that only grows; undone afterwards."""

    def __init__(self, statement: str, case_id: int) -> None:
        self.statement, self.case_id = statement, case_id

    def __enter__(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SAVEPOINT before_forgery")
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("ALTER TABLE disputes_caseevent DISABLE TRIGGER refuse_change")
            cursor.execute(self.statement, [self.case_id])

    def __exit__(self, *_: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute("ROLLBACK TO SAVEPOINT before_forgery")


# Rows as columns


@pytest.mark.parametrize("text", ["", "NULL", "a,b", '"', "\\", '\\"', "{}", "公断", "line\nbreak", "it's", " "])
def test_any_text_arrives_as_it_left(db: None, text: str) -> None:
    columns = Columns("name text, number int, document jsonb, digest bytea")
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {columns.values} FROM {columns.rows}",
            columns.parameters([(text, 1, {text: [text, None]}, "00ff"), (None, None, {}, "")]),
        )
        (name, number, document, digest), empty = cursor.fetchall()
    assert (name, number, json.loads(document), bytes(digest)) == (text, 1, {text: [text, None]}, b"\x00\xff")
    assert empty[:2] == (None, None)


# PostgreSQL away


@pytest.mark.django_db(transaction=True)
def test_the_standby_outlives_the_database_and_stops_when_told(
    order_of: Any, file: Any, travel: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    done = file(order_of())
    travel(days=6)
    standby = Standby(sweeper="standby", grace=timedelta())
    with monkeypatch.context() as patch, caplog.at_level(logging.WARNING):
        connection.close()
        patch.setitem(connection.settings_dict, "HOST", "/nowhere")
        assert [standby.look(), standby.look()] == [0.5, 0.5]
        assert [record.message.partition(",")[0] for record in caplog.records] == ["The database is away"]
    connection.close()
    thread = threading.Timer(0, standby.stop)
    standby.look()
    thread.start()
    standby.run()
    thread.join()
    assert outcome_of(done.number) == ("CLOSED", "refunded_by_silence")
    assert caplog.records[-1].message == "The database is back."


@pytest.mark.django_db(transaction=True)
def test_a_lost_connection_is_no_cases_fault(order_of: Any, file: Any, travel: Any) -> None:
    """The backend dies in the middle of a batch: nobody is parked, and the next sweep moves everything once."""
    numbers = [file(order_of()).number for _ in range(3)]
    travel(days=5)

    def die(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.startswith("UPDATE disputes_case c SET version"):
            execute("SELECT pg_terminate_backend(pg_backend_pid())", None, False, context)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(die), pytest.raises(OperationalError):
        sweep_batch()
    connection.close()
    assert StuckCase.objects.count() == 0
    assert sweep_until_done(sweeper="test").moved == 3
    assert {outcome_of(number) for number in numbers} == {("CLOSED", "refunded_by_silence")}
