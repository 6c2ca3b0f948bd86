"""Whatever anybody does and whenever: what must always hold, holds in every shipped pack."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import cache
from io import StringIO
from random import Random

import pytest
from django.core.management import call_command
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.calendar_loader import load_calendar
from rules.engine.compiler import compile_policy
from rules.engine.decide import apply, decide, settle
from rules.engine.events import Emission, Event, Settlement, Step
from rules.engine.types import BLANK, CaseSnapshot, Party, Stage
from rules.loader import load_document, load_policy, pack_names
from rules.walking import START, Ground, Walk
from rules.walking_checks import WalkFailed, check_case, check_settled, check_step

CN = load_calendar("cn")
WALKS_A_PACK = 120


@cache
def ground(pack: str) -> Ground:
    return Ground(load_policy(pack), CN)


@pytest.mark.parametrize("pack", pack_names())
def test_seeded_walks_break_nothing(pack: str) -> None:
    steps = sum(Walk(ground(pack), Random(seed)).run() for seed in range(WALKS_A_PACK))
    assert steps > WALKS_A_PACK


@settings(max_examples=25)
@given(pack=st.sampled_from(pack_names()), random=st.randoms(use_true_random=False))
def test_walks_hypothesis_chooses_break_nothing(pack: str, random: Random) -> None:
    Walk(ground(pack), random).run(moves=15)


def test_the_same_seed_walks_the_same_way() -> None:
    first, second = (Walk(ground("taobao.general"), Random(11)) for _ in range(2))
    first.run()
    second.run()
    assert first.steps == second.steps


def test_a_walk_that_breaks_something_tells_how_it_came_about() -> None:
    document = dict(load_document("taobao.general").values)
    document["deadlines"] = {k: v for k, v in document["deadlines"].items() if k != "buyer_after_refusal"}
    unsound = Ground(compile_policy(document), CN)
    with pytest.raises(WalkFailed, match="SELLER_REFUSED: buyer is awaited and nothing happens by itself") as failed:
        walk_many(unsound)
    assert any(" file at " in line for line in failed.value.story)


def walk_many(unsound: Ground) -> None:
    for seed in range(200):
        Walk(unsound, Random(seed)).run()


@pytest.mark.parametrize(("early", "heard"), [(timedelta(microseconds=1), True), (timedelta(), False)])
def test_a_late_refusal_is_not_heard_though_no_sweep_ran(early: timedelta, heard: bool) -> None:
    policy, (snapshot, _) = load_policy("taobao.general"), filed()
    now = snapshot.deadlines["seller_response"].due_at - early
    settled = settle(policy, CN, snapshot, now=now).snapshot
    data = {"refusal": next(iter(policy.refusals)), "statement": "x"}
    event = Event(kind="refuse", party=Party.SELLER, actor=2, at=now, data=data)
    assert isinstance(decide(policy, CN, settled, event, now=now), Step) is heard


def test_the_command_tells_how_many_walks_passed() -> None:
    told = StringIO()
    call_command("walk_packs", "--steps", "200", "--seed", "7", stdout=told)
    assert told.getvalue().splitlines()[-1].endswith(" passed, 0 failed")


# The checks themselves can fail


def filed() -> tuple[CaseSnapshot, Step]:
    candidates = (
        candidate for candidate in ground("taobao.general").filings if candidate.data["order"]["facts"]["shipped"]
    )
    for candidate in candidates:
        event = Event(kind="file", party=Party.BUYER, actor=1, at=START, data=candidate.data)
        step = decide(load_policy("taobao.general"), CN, BLANK, event, now=START)
        if isinstance(step, Step):
            return apply(BLANK, step), step
    raise AssertionError("nothing can be filed")


def test_an_overdue_deadline_left_pending_is_noticed() -> None:
    policy, (snapshot, _) = load_policy("taobao.general"), filed()
    late = START + timedelta(days=6)
    with pytest.raises(AssertionError, match="still pending after settling"):
        check_settled(policy, CN, snapshot, Settlement(snapshot=snapshot, steps=()), now=late)


def test_a_running_deadline_that_news_move_is_noticed() -> None:
    policy, (snapshot, step) = load_policy("taobao.general"), filed()
    running = snapshot.deadlines["seller_response"]
    moved = replace(running, due_at=running.due_at + timedelta(hours=1))
    news = replace(step, kind="carrier_signed", party=Party.MARKETPLACE, deadlines={moved.name: moved})
    with pytest.raises(AssertionError, match="moved by news from outside"):
        check_step(policy, CN, snapshot, news, apply(snapshot, news))


def test_a_second_refund_is_noticed() -> None:
    policy, (snapshot, step) = load_policy("taobao.general"), filed()
    refunding = replace(step, emissions=(Emission(name="refund", data={"amount": "1.00"}),))
    check_case(policy, CN, snapshot, [refunding], now=START)
    with pytest.raises(AssertionError, match="refunded more than once"):
        check_case(policy, CN, snapshot, [refunding, refunding], now=START)


def test_a_refund_above_the_maximum_is_noticed() -> None:
    policy, (snapshot, step) = load_policy("taobao.general"), filed()
    refunding = replace(step, emissions=(Emission(name="refund", data={"amount": "5000.01"}),))
    with pytest.raises(AssertionError, match="refunded more than the maximum"):
        check_case(policy, CN, snapshot, [refunding], now=START)


def test_a_closed_case_without_an_outcome_is_noticed() -> None:
    policy, (snapshot, _) = load_policy("taobao.general"), filed()
    with pytest.raises(AssertionError, match="closed without an outcome"):
        check_case(policy, CN, replace(snapshot, stage=Stage.CLOSED), [], now=START)
