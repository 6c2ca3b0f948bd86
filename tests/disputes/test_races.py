"""Two at once, around a deadline: exactly one wins, the other hears why, and nobody ever meets a deadlock.

The six pairs are those of `trials.races`, which takes three hundred rounds of each.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import pytest
from django.db import connection, transaction

from contract.clock import database_now
from contract.errors import DomainError
from disputes.models import Case, CaseEvent, LedgerEntry, Payout, StuckCase, SweepRecord
from disputes.selectors.access import case_for
from disputes.services.acting import perform
from disputes.services.stopping import resume_automatic, stop_automatic
from disputes.services.sweeping import retry_stuck, sweep_until_done
from disputes.services.writer import Done, Intent, act
from rules.engine.types import Party
from tests.disputes.test_acting import RULING as WHOLE_RULING
from tests.disputes.test_acting import findings
from tests.disputes.test_acting import in_review as to_be_ruled
from tests.disputes.test_payouts import filed_on
from trials.meeting import Meeting
from trials.pairs import PAIRS
from trials.races import race
from trials.rounds import kinds
from trials.stage import Stage

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(240)]

ROUNDS = 10
SEED = 7

Way = Callable[[], Any]
WAITING_FOR_A_LOCK = """
SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'
"""


def together(*ways: Way) -> list[Any]:
    """Do everything at the same moment, each on a connection of its own; the answers or what was raised, in order."""
    with Meeting(len(ways)) as meeting:
        return meeting.meet([partial(answer_or_error, way) for way in ways])


def answer_or_error(way: Way) -> Any:
    try:
        return way()
    except Exception as error:
        return error


def doing(number: str, party: str, actor: Any, kind: str, *, seen: int | None = None, **data: Any) -> Way:
    intent = Intent(number=number, kind=kind, party=Party(party), actor_id=actor.pk, data=data, expected_version=seen)
    return lambda: act(intent)


def sweeping() -> Any:
    return sweep_until_done(sweeper="race")


def winners(answers: Sequence[Any]) -> list[int]:
    """Positions of those who succeeded. Whoever did not was refused in so many words: no deadlock, no broken row."""
    strange = [answer for answer in answers if isinstance(answer, Exception) and not isinstance(answer, DomainError)]
    assert strange == []
    return [position for position, answer in enumerate(answers) if isinstance(answer, Done)]


def rounds_of(pair: str) -> None:
    """A slice of the trial."""
    raced = race(Stage.set(), PAIRS[pair], ROUNDS, SEED)
    assert raced.wrong == []
    assert sum(raced.won.values()) == ROUNDS


def test_accepting_and_running_out_of_time_have_one_winner(published: None) -> None:
    rounds_of("accept/timeout")


def test_two_arbitrators_rule_once(published: None) -> None:
    rounds_of("rule/rule")


def test_withdrawing_and_ruling_have_one_winner(published: None) -> None:
    rounds_of("withdraw/rule")


def test_evidence_and_the_end_of_its_period_have_one_order(published: None) -> None:
    rounds_of("evidence/close")


def test_a_refusal_answers_the_request_that_was_seen(published: None) -> None:
    rounds_of("edit/refuse")


def test_a_case_is_opened_under_the_rules_before_or_after_a_change(published: None) -> None:
    rounds_of("publish/open")


def test_evidence_comes_before_a_withdrawal_or_not_at_all(order_of: Any, file: Any, ming: Any, lan: Any) -> None:
    for _ in range(ROUNDS):
        done = file(order_of())
        shown, closed = together(
            doing(done.number, "seller", lan, "submit_exhibit"), doing(done.number, "buyer", ming, "withdraw")
        )
        assert winners([closed]) == [0]
        told = kinds(done.number)
        assert told[-1] == "withdraw"
        assert told.count("submit_exhibit") == len(winners([shown]))


def test_two_sweepers_move_each_case_once(order_of: Any, file: Any, travel: Any) -> None:
    done = [file(order_of()) for _ in range(60)]
    travel(days=5, minutes=1)
    swept = together(*[lambda n=n: sweep_until_done(sweeper=f"sweeper {n}", limit=7) for n in range(3)])
    sweeping()
    assert [answer for answer in swept if isinstance(answer, Exception)] == []
    moved = sum(SweepRecord.objects.values_list("cases_moved", flat=True))
    assert moved == len(done)
    assert set(Case.objects.values_list("outcome", flat=True)) == {"refunded_by_silence"}
    assert CaseEvent.objects.filter(kind="lapsed").count() == len(done)
    assert Payout.objects.count() == len(done)


def test_a_sweep_passes_by_whom_somebody_holds(order_of: Any, file: Any, travel: Any) -> None:
    """A person who is just acting settles the case; nobody waits for nobody."""
    held, free = file(order_of()), file(order_of())
    travel(days=5, minutes=1)
    taken, done = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT id FROM disputes_case WHERE id = %s FOR NO KEY UPDATE", [held.case_id])
            taken.set()
            done.wait(timeout=20)

    def sweep_beside() -> Any:
        taken.wait(timeout=20)
        try:
            return sweeping()
        finally:
            done.set()

    _held, swept = together(hold, sweep_beside)
    assert (swept.moved, swept.parked) == (1, 0)
    assert Case.objects.get(pk=free.case_id).stage == "CLOSED"
    assert sweeping().moved == 1


def test_no_case_slips_through_while_its_pack_is_stopped(order_of: Any, file: Any, root: Any, zhou: Any) -> None:
    """Openings ask for the lock the stop holds: each case is seen by the stop or sees it."""
    for _round in range(5):
        orders = [order_of() for _ in range(4)]
        stopping = [lambda: stop_automatic("taobao.general", actor=root, reason="x")]
        answers = together(*(lambda order=order: file(order) for order in orders), *stopping)
        assert winners(answers) == [0, 1, 2, 3]
        assert set(Case.objects.exclude(stage="CLOSED").values_list("held", flat=True)) == {"automatic_stopped"}
        resume_automatic("taobao.general", actor=zhou)
        assert set(Case.objects.values_list("held", flat=True)) == {""}


def test_two_cases_of_an_order_ruled_at_once_give_its_shipping_cost_back_once(
    order_of: Any, ming: Any, lan: Any, zhou: Any, wu: Any
) -> None:
    freight = {"kind": "outbound_freight", "payer": "seller", "amount": "8.00"}
    for _round in range(5):
        order = order_of(freight="8.00")
        order.lines.create(outside_id="2", title="Saucer", quantity=1, paid="128.00", pack="taobao.general")
        numbers = [to_be_ruled(filed_on(ming, line), ming, lan) for line in order.lines.all()]
        ways = [ruling_of(who, number, freight) for who, number in zip((zhou, wu), numbers, strict=True)]
        assert len(winners(together(*ways))) == 1
        paid = LedgerEntry.objects.filter(case__order=order, kind="outbound_freight")
        assert [str(entry.amount) for entry in paid] == ["8.00"]


def ruling_of(person: Any, number: str, line: dict[str, str]) -> Way:
    ruling = {**WHOLE_RULING, "findings": findings(number), "lines": [line]}
    return lambda: perform(case_for(person, number), "rule", ruling)


def test_trying_a_stuck_case_again_waits_for_whoever_has_it_and_holds_nothing_meanwhile(
    order_of: Any, file: Any, root: Any
) -> None:
    """Whoever settles a parked case holds the case, then takes it off the list: asked the other way round, a circle."""
    number, case_id, now = (done := file(order_of())).number, done.case_id, database_now()
    StuckCase.objects.create(case_id=case_id, reason="broken", first_at=now, last_at=now, retry_at=now)
    answers: list[Any] = []

    def retried() -> None:
        answers.append(answer_or_error(lambda: retry_stuck(number, by=root)))
        connection.close()

    asking = threading.Thread(target=retried)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT FROM disputes_case WHERE id = %s FOR NO KEY UPDATE", [case_id])
        asking.start()
        while asking.is_alive():
            cursor.execute("SELECT pg_stat_clear_snapshot()")
            cursor.execute(WAITING_FOR_A_LOCK)
            if cursor.fetchone()[0]:
                break
            asking.join(timeout=0.05)
        cursor.execute("DELETE FROM disputes_stuckcase WHERE case_id = %s", [case_id])
    asking.join()
    assert answers == [False]
