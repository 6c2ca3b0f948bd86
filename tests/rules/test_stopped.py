"""Automatic outcomes that are stopped for a whole pack: its clocks stand still, its parties do not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from rules.calendar_loader import load_calendar
from rules.engine.decide import allowed, apply, decide, settle
from rules.engine.events import Event, Refusal, Step
from rules.engine.reconciling import STOPPED
from rules.engine.standing import standing, wake_at
from rules.engine.types import BLANK, CaseSnapshot, DeadlineStatus, Party, Stage
from rules.loader import load_policy

POLICY, CALENDAR = load_policy("taobao.general"), load_calendar("cn")
NOW = datetime(2026, 3, 10, 2, tzinfo=UTC)
STOP: dict[str, Any] = {"kinds": ["auto"], "reason": STOPPED, "stop": 1}


def tried(snapshot: CaseSnapshot, kind: str, party: Party, now: datetime, **data: Any) -> Step | Refusal:
    return decide(POLICY, CALENDAR, snapshot, Event(kind=kind, party=party, at=now, actor=1, data=data), now=now)


def after(snapshot: CaseSnapshot, kind: str, party: Party, now: datetime = NOW, **data: Any) -> CaseSnapshot:
    step = tried(snapshot, kind, party, now, **data)
    assert isinstance(step, Step), step
    return apply(snapshot, step)


def filed(**facts: Any) -> CaseSnapshot:
    order = {
        "facts": {"shipped": True, "maximum": "60.00", "goods_type": "general"},
        "anchors": {"shipped": (NOW - timedelta(days=3)).isoformat()},
    }
    request = {"reason": "DAMAGED", "remedy": "refund_only", "amount": "60.00", "statement": "x", **facts}
    return after(BLANK, "file", Party.BUYER, order=order, **request)


@pytest.fixture
def stopped() -> CaseSnapshot:
    """Waiting for the seller, stopped an hour after filing."""
    return after(filed(), "pause", Party.PLATFORM, NOW + timedelta(hours=1), **STOP)


def test_the_party_is_still_awaited_and_no_clock_runs(stopped: CaseSnapshot) -> None:
    before, where = standing(POLICY, CALENDAR, filed()), standing(POLICY, CALENDAR, stopped)
    assert (where.waiting_on, where.due_at, where.deadline) == ("seller", None, "")
    assert where.seller_due_at == before.seller_due_at
    assert where.platform_due_at is None


def test_nothing_happens_by_itself_and_nobody_is_reminded(stopped: CaseSnapshot) -> None:
    assert wake_at(stopped) is None
    assert settle(POLICY, CALENDAR, stopped, now=NOW + timedelta(days=90)).steps == ()


def test_what_starts_meanwhile_stands_still_too(stopped: CaseSnapshot) -> None:
    now = NOW + timedelta(hours=2)
    assert "refuse" in [item.action for item in allowed(POLICY, CALENDAR, stopped, Party.SELLER, now=now).available]
    refused = after(stopped, "refuse", Party.SELLER, now, refusal="NOT_AGREED", statement="x")
    assert refused.stage is Stage.SELLER_REFUSED
    assert refused.deadlines["buyer_after_refusal"].status is DeadlineStatus.PAUSED
    assert standing(POLICY, CALENDAR, refused).waiting_on in ("buyer", "both")


def test_targets_of_the_platform_go_on(stopped: CaseSnapshot) -> None:
    now = NOW + timedelta(hours=2)
    case = after(stopped, "refuse", Party.SELLER, now, refusal="NOT_AGREED", statement="x")
    case = after(case, "request_intervention", Party.BUYER, now)
    for party in (Party.BUYER, Party.SELLER):
        case = after(case, "complete_evidence", party, now)
    where = standing(POLICY, CALENDAR, case)
    assert (case.stage, where.waiting_on) == (Stage.REVIEW, "platform")
    assert where.due_at is not None
    assert where.due_at == where.platform_due_at
    assert settle(POLICY, CALENDAR, case, now=where.due_at).steps[0].kind == "target_passed"


def test_a_case_in_which_nothing_runs_is_stopped_for_later() -> None:
    case = after(filed(), "refuse", Party.SELLER, refusal="NOT_AGREED", statement="x")
    case = after(case, "request_intervention", Party.BUYER)
    for party in (Party.BUYER, Party.SELLER):
        case = after(case, "complete_evidence", party)
    assert after(case, "pause", Party.PLATFORM, **STOP).facts["held"] == STOPPED


def test_the_time_that_was_left_runs_on(stopped: CaseSnapshot) -> None:
    due = stopped.deadlines["seller_response"].due_at
    resumed = after(stopped, "resume", Party.PLATFORM, NOW + timedelta(days=30, hours=1), mode="moved", stop=1)
    assert resumed.deadlines["seller_response"].due_at == due + timedelta(days=30)
    assert wake_at(resumed) is not None
    assert "held" not in resumed.facts


def test_one_case_is_neither_stopped_nor_resumed_by_hand(stopped: CaseSnapshot) -> None:
    alone = tried(filed(), "pause", Party.PLATFORM, NOW, reason=STOPPED)
    assert isinstance(alone, Refusal)
    assert alone.code == "invalid_fields"
    again = tried(stopped, "resume", Party.PLATFORM, NOW + timedelta(hours=2), mode="moved")
    assert isinstance(again, Refusal)
    assert again.code == STOPPED


def test_a_hold_of_the_whole_case_can_come_on_top(stopped: CaseSnapshot) -> None:
    held = after(stopped, "pause", Party.PLATFORM, NOW + timedelta(hours=2), reason="legal_hold")
    assert (held.facts["held"], standing(POLICY, CALENDAR, held).waiting_on) == ("legal_hold", "platform")
    due = stopped.deadlines["seller_response"].due_at
    freed = after(held, "resume", Party.PLATFORM, NOW + timedelta(hours=11), mode="moved")
    assert freed.deadlines["seller_response"].due_at == due + timedelta(hours=10)


def test_following_a_marketplace_keeps_it_stopped(stopped: CaseSnapshot) -> None:
    moved = Event(
        kind="moved_outside", party=Party.MARKETPLACE, at=NOW,
        data={"stage": "SELLER_REFUSED", "facts": {}, "anchors": {"refused": NOW.isoformat()}, "overdue": "lapse"},
    )  # fmt: skip
    step = decide(POLICY, CALENDAR, stopped, moved, now=NOW + timedelta(days=40))
    assert isinstance(step, Step)
    followed = apply(stopped, step)
    assert followed.facts["held"] == STOPPED
    assert followed.deadlines["buyer_after_refusal"].status is DeadlineStatus.PAUSED
