"""Promise 7: whatever the house noticed late, nobody loses a right they never heard of.

Each story kills everything for days while something passes, lets the house wake up, and asks the pages' own answer
what each side may still do, and until when.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from contract.clock import database_now
from disputes.models import Case, CaseEvent, Deadline
from disputes.selectors.access import case_for
from disputes.selectors.cases import case_view
from disputes.services.acting import perform
from disputes.services.sweeping import sweep_until_done

pytestmark = pytest.mark.django_db

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)


@pytest.fixture
def trapped(order_of: Any, file: Any, travel: Any, lan: Any) -> str:
    """Virtual goods, declined ten minutes after filing: intervention opens ten minutes before the case expires."""
    number = str(file(order_of(pack="taobao.virtual", goods_type="virtual"), reason="QUALITY").number)
    travel(minutes=10)
    perform(case_for(lan, number), "refuse", {"refusal": "NOT_AGREED", "statement": "The code was good."})
    return number


def may(person: Any, number: str) -> dict[str, datetime | None]:
    """What somebody may do now, and until when."""
    return {item.action: item.until for item in case_view(case_for(person, number)).available_actions}


def due(number: str, name: str) -> datetime:
    found: datetime = Deadline.objects.get(case__number=number, name=name).due_at
    return found


def state_of(number: str) -> tuple[str, str]:
    return Case.objects.values_list("stage", "outcome").get(number=number)


def noticed(number: str) -> datetime:
    """When the last thing was recorded."""
    found: datetime = CaseEvent.objects.filter(case__number=number).latest("sequence").recorded_at
    return found


def wakes_up() -> None:
    sweep_until_done(sweeper="test")


# A gate of one side, and the expiry behind it


def test_a_right_that_opened_while_the_house_was_down_lasts_a_day_from_its_waking(
    trapped: str, travel: Any, ming: Any, lan: Any
) -> None:
    gate, expiry = due(trapped, "intervention_gate"), due(trapped, "buyer_after_refusal")
    assert expiry - gate < timedelta(hours=1)
    travel(days=5)
    wakes_up()
    assert state_of(trapped)[0] == "SELLER_REFUSED"
    assert due(trapped, "buyer_after_refusal") == noticed(trapped) + DAY
    assert may(ming, trapped)["request_intervention"] == noticed(trapped) + DAY
    assert case_view(case_for(ming, trapped)).due_at == noticed(trapped) + DAY
    assert "refuse" not in may(lan, trapped)
    travel(to=noticed(trapped) + DAY - MINUTE)
    perform(case_for(ming, trapped), "request_intervention", {"statement": "Please decide."})
    assert state_of(trapped)[0] == "EVIDENCE"


def test_after_that_day_the_case_expires_as_it_always_would(trapped: str, travel: Any, ming: Any) -> None:
    travel(days=5)
    wakes_up()
    end = due(trapped, "buyer_after_refusal")
    travel(to=end)
    wakes_up()
    assert state_of(trapped) == ("CLOSED", "expired")
    assert CaseEvent.objects.filter(case__number=trapped, kind="lapsed").get().at == end
    assert "request_intervention" not in may(ming, trapped)


def test_whoever_comes_before_the_workers_finds_the_same_right(trapped: str, travel: Any, ming: Any) -> None:
    travel(days=5)
    assert case_view(case_for(ming, trapped)).due_at is not None
    assert "request_intervention" in may(ming, trapped)
    perform(case_for(ming, trapped), "request_intervention", {"statement": "Please decide."})
    assert state_of(trapped)[0] == "EVIDENCE"


def test_a_wish_for_later_is_heard_late_and_evidence_gets_its_whole_time(
    trapped: str, travel: Any, ming: Any, lan: Any
) -> None:
    perform(case_for(ming, trapped), "request_intervention", when_allowed=True)
    travel(days=9)
    wakes_up()
    assert state_of(trapped)[0] == "EVIDENCE"
    assert due(trapped, "evidence") == noticed(trapped) + 3 * DAY
    travel(to=noticed(trapped) + 3 * DAY - MINUTE)
    for person in (ming, lan):
        assert case_view(case_for(person, trapped)).evidence.open_for_me


def test_a_right_noticed_in_time_is_as_short_as_the_rules_make_it(trapped: str, travel: Any) -> None:
    before = due(trapped, "buyer_after_refusal")
    travel(to=due(trapped, "intervention_gate") + MINUTE)
    wakes_up()
    assert due(trapped, "buyer_after_refusal") == before


# What begins with something that passed unnoticed


@pytest.fixture
def returns(order_of: Any, file: Any) -> Callable[[], str]:
    """A return that the seller says nothing to: silence agrees to it."""

    def build() -> str:
        return str(file(order_of(), reason="NOT_AS_DESCRIBED", remedy="return_and_refund").number)

    return build


def test_the_platform_alone_bears_what_it_noticed_late(
    order_of: Any, file: Any, travel: Any, ming: Any, lan: Any
) -> None:
    """The promise of delivery ends while all is down: both sides keep what they may do, the target is overdue."""
    now = database_now()
    promises = {"promise_ends_at": now + 9 * DAY, "receipt_ends_at": now + 40 * DAY, "signed_at": None}
    number = str(file(order_of(pack="aliexpress", **promises), reason="IN_TRANSIT").number)
    perform(case_for(lan, number), "refuse", {"refusal": "NOT_AGREED", "statement": "It is on its way."})
    travel(days=30)
    wakes_up()
    assert state_of(number)[0] == "REVIEW"
    for person in (ming, lan):
        assert {"submit_exhibit", "propose", "message"} <= may(person, number).keys()
        assert case_view(case_for(person, number)).waiting_on == "platform"
    assert due(number, "opinion") < noticed(number) + 30 * DAY


@pytest.mark.parametrize("dead", [6, 11, 13, 40])
def test_time_to_send_a_return_begins_when_its_buyer_can_know_of_it(
    returns: Callable[[], str], travel: Any, ming: Any, dead: int
) -> None:
    number = returns()
    travel(days=dead)
    wakes_up()
    stage, _outcome = state_of(number)
    assert stage == "WAIT_BUYER_RETURN"
    view = case_view(case_for(ming, number))
    assert view.due_at is not None
    assert view.due_at >= noticed(number) + DAY
    lapsed = CaseEvent.objects.filter(case__number=number, kind="lapsed").order_by("sequence")
    assert [event.recorded_at for event in lapsed] == [noticed(number)] * len(lapsed)


def test_what_runs_already_is_not_moved_by_a_late_look(trapped: str, order_of: Any, file: Any, travel: Any) -> None:
    number = str(file(order_of()).number)
    promised = due(number, "seller_response")
    travel(days=30)
    wakes_up()
    lapse = CaseEvent.objects.get(case__number=number, kind="lapsed")
    assert (lapse.at, state_of(number)) == (promised, ("CLOSED", "refunded_by_silence"))
