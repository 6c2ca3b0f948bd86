"""Cases taken over from a marketplace, and followed while they go on there."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from rules.calendar_loader import load_calendar
from rules.engine.decide import apply, decide
from rules.engine.events import Event, Refusal, Step, Via
from rules.engine.types import BLANK, CaseSnapshot, Party
from rules.loader import load_policy

POLICY, CALENDAR = load_policy("taobao.general"), load_calendar("cn")
NOW = datetime(2026, 3, 10, 2, tzinfo=UTC)
ASKED = NOW - timedelta(days=1)


def event(kind: str, stage: str, **data: Any) -> Event:
    request = {"reason": "DAMAGED", "remedy": "refund_only", "amount": "60.00", "request_version": 1}
    anchors = dict.fromkeys(("first_requested", "last_requested", "refused", "stage_entered"), ASKED.isoformat())
    told = {"stage": stage, "facts": request, "anchors": anchors, "order": {"facts": {"shipped": True}}, **data}
    return Event(kind=kind, party=Party.MARKETPLACE, at=ASKED, via=Via.IMPORT, data=told)


def step(snapshot: CaseSnapshot, happening: Event, now: datetime = NOW) -> CaseSnapshot:
    result = decide(POLICY, CALENDAR, snapshot, happening, now=now)
    assert isinstance(result, Step)
    return apply(snapshot, result)


def adopted(**data: Any) -> CaseSnapshot:
    return step(BLANK, event("adopt", "WAIT_SELLER", **data))


@pytest.mark.parametrize(
    ("stage", "deadline"),
    [("SELLER_REFUSED", "buyer_after_refusal"), ("WAIT_SELLER", "seller_response")],
)
def test_what_runs_is_derived_anew_from_the_new_stage(stage: str, deadline: str):
    after = step(adopted(), event("moved_outside", stage))

    assert (str(after.stage), {name for name in after.deadlines if "." not in name}) == (stage, {deadline})


def test_a_new_stated_time_lifts_a_hold_that_an_older_one_caused():
    held = adopted(stated={"seller_response": (NOW - timedelta(hours=1)).isoformat()})
    assert held.facts["held"] == "overdue_on_arrival"
    due = NOW + timedelta(hours=5)
    after = step(held, event("moved_outside", "WAIT_SELLER", stated={"seller_response": due.isoformat()}))

    assert "held" not in after.facts
    assert (after.deadlines["seller_response"].due_at, after.deadlines["seller_response"].pending) == (due, True)


def test_an_end_outside_leaves_no_deadline_and_orders_no_money():
    result = decide(POLICY, CALENDAR, adopted(), event("moved_outside", "CLOSED", outcome="withdrawn"), now=NOW)

    assert isinstance(result, Step)
    assert [emission.name for emission in result.emissions] == ["release_order"]
    assert apply(adopted(), result).deadlines == {}


@pytest.mark.parametrize("stage", ["NEW", "CLOSED"])
def test_only_a_running_case_moves_outside(stage: str):
    before = BLANK if stage == "NEW" else step(BLANK, event("adopt", "CLOSED", outcome="imported"))
    result = decide(POLICY, CALENDAR, before, event("moved_outside", "WAIT_SELLER"), now=NOW)

    assert isinstance(result, Refusal)
    assert result.code == "not_in_this_stage"


def test_taking_over_a_running_case_holds_the_order_and_a_finished_one_does_not():
    running = decide(POLICY, CALENDAR, BLANK, event("adopt", "WAIT_SELLER"), now=NOW)
    finished = decide(POLICY, CALENDAR, BLANK, event("adopt", "CLOSED", outcome="imported"), now=NOW)

    assert isinstance(running, Step)
    assert isinstance(finished, Step)
    assert ([e.name for e in running.emissions], [e.name for e in finished.emissions]) == (["hold_order"], [])
