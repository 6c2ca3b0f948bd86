"""A running case is put under other rules: what moves, what is kept, and what nobody may take away."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import cache
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.calendar_loader import load_calendar
from rules.engine.calendar import Calendar
from rules.engine.compiler import compile_policy
from rules.engine.decide import apply, settle
from rules.engine.events import Event, Refusal, Step
from rules.engine.migrating import DEADLINE_MOVED, KEPT, PROMISES, migrate, planned
from rules.engine.pins import MIGRATED, Pin, Rules
from rules.engine.policy import Policy
from rules.engine.types import CaseSnapshot, DeadlineKind, DeadlineState, DeadlineStatus, Party, Stage
from rules.engine.verification import mismatch_of
from rules.loader import load_document, load_policy, pack_names
from rules.walking import Ground, Walk
from tests.rules.timelines import Timeline, moment, policy_of, ruled, working_days, written

PACK = "taobao.general"
CN = load_calendar("cn")
FIRST, SECOND = Pin(policy=1, calendar=1), Pin(policy=2, calendar=1)
RUNS = (DeadlineStatus.PENDING, DeadlineStatus.PAUSED)

Change = Callable[[dict[str, Any]], None]


def changed(change: Change, pack: str = PACK) -> Policy:
    document = copy.deepcopy(dict(policy_of(pack).document))
    change(document)
    return compile_policy(document)


def with_length(name: str, length: str, pack: str = PACK) -> Policy:
    return changed(lambda document: document["deadlines"][name].update(length=length), pack)


def rules(policy: Policy) -> Rules:
    return Rules(policy=policy, calendar=working_days())


def asking(now: datetime, *shorten: str, start: Pin = FIRST, to: Pin = SECOND) -> Event:
    data: dict[str, Any] = {
        "from": {"policy": start.policy, "calendar": start.calendar},
        "to": {"policy": to.policy, "calendar": to.calendar},
    }
    if shorten:
        data["shorten"] = list(shorten)
    return Event(kind=MIGRATED, party=Party.PLATFORM, at=now, actor=4, data=data)


def migration(case: Timeline, policy: Policy, *shorten: str) -> Step | Refusal:
    event = asking(case.now, *shorten)
    return migrate(rules(case.policy), rules(policy), case.snapshot, event, now=case.now)


def migrated(case: Timeline, policy: Policy, *shorten: str) -> Timeline:
    step = migration(case, policy, *shorten)
    assert isinstance(step, Step), step
    case.snapshot, case.policy = apply(case.snapshot, step), policy
    case.steps.append(step)
    return case.noticed_at(case.now.isoformat())


def refusal(case: Timeline, policy: Policy, *shorten: str) -> str:
    result = migration(case, policy, *shorten)
    return result.code if isinstance(result, Refusal) else ""


def told(step: Step) -> dict[str, tuple[str, str]]:
    """By deadline, when it was due and when it is now; empty for one that begins, or ends."""
    return {
        emission.data["deadline"]: tuple(
            written(datetime.fromisoformat(text)) if (text := emission.data[side]) else "" for side in ("from", "to")
        )
        for emission in step.emissions if emission.name == DEADLINE_MOVED
    }  # type: ignore[return-value]  # fmt: skip


def filed() -> Timeline:
    """Filed on the tenth of November at nine; the seller has five days."""
    return Timeline(PACK).at("2026-11-11T09:00")


@pytest.mark.parametrize(
    ("length", "confirmed", "due"),
    [
        ("7d", False, "2026-11-17 09:00"),
        ("5d", False, "2026-11-15 09:00"),
        ("3d", False, "2026-11-15 09:00"),
        ("3d", True, "2026-11-13 09:00"),
        ("1h", True, "2026-11-11 10:00"),
        ("24h", True, "2026-11-12 09:00"),
    ],
)
def test_what_the_length_says_moves_and_no_promise_is_shortened_unconfirmed(
    length: str, confirmed: bool, due: str
) -> None:
    case = migrated(filed(), with_length("seller_response", length), *(["seller_response"] if confirmed else []))
    assert case.due("seller_response") == due


def test_a_confirmed_shortening_leaves_the_minimum_notice() -> None:
    case = migrated(filed().at("2026-11-14T09:00"), with_length("seller_response", "2d"), "seller_response")
    assert (case.due("seller_response"), case.stage) == ("2026-11-15 09:00", "WAIT_SELLER")


def test_more_time_that_was_given_is_kept_and_the_length_adds_to_it() -> None:
    case = filed().platform("extend", deadline="seller_response", hours=12)
    assert migrated(case, with_length("seller_response", "7d")).due("seller_response") == "2026-11-17 21:00"


def test_a_promise_that_was_kept_is_no_more_time_when_the_case_goes_back() -> None:
    case = migrated(filed(), with_length("seller_response", "3d"))
    assert moment(case.fact(KEPT)["seller_response"]["says"]) == moment("2026-11-15T09:00")
    back = migrated(case, policy_of(PACK))
    assert (back.due("seller_response"), back.fact(KEPT)) == ("2026-11-15 09:00", None)


def test_a_promise_that_was_given_up_for_a_whole_new_length_is_not_reckoned_with_again() -> None:
    case = migrated(filed(), with_length("seller_response", "3d"))
    case.at("2026-11-12T09:00").platform("pause").platform("resume", mode="fresh")
    assert case.due("seller_response") == "2026-11-15 09:00"
    case = migrated(case, with_length("seller_response", "4d"))
    assert case.due("seller_response") == "2026-11-16 09:00"


def test_there_and_back_leads_where_the_case_was() -> None:
    case = filed()
    before = case.snapshot.deadlines
    back = migrated(migrated(case, with_length("seller_response", "7d")), policy_of(PACK))
    assert back.due("seller_response") == "2026-11-17 09:00"
    assert back.snapshot.deadlines["seller_response"] != before["seller_response"]
    again = migrated(back, policy_of(PACK), "seller_response")
    assert again.due("seller_response") == "2026-11-15 09:00"


def test_a_time_the_marketplace_stated_is_kept() -> None:
    case = filed()
    stated = replace(case.snapshot.deadlines["seller_response"], stated=True)
    case.snapshot = replace(case.snapshot, deadlines={**case.snapshot.deadlines, "seller_response": stated})
    assert migrated(case, with_length("seller_response", "9d")).due("seller_response") == "2026-11-15 09:00"


def test_a_clock_that_stands_still_goes_on_standing_still_and_has_the_new_length_afterwards() -> None:
    case = migrated(filed().platform("pause"), with_length("seller_response", "6d"))
    state = case.state("seller_response")
    assert state is not None
    assert state.status is DeadlineStatus.PAUSED
    case.at("2026-11-12T09:00").platform("resume")
    assert case.due("seller_response") == "2026-11-17 09:00"


def test_a_gate_never_opens_later_than_promised_unless_confirmed() -> None:
    case = Timeline("taobao.virtual").at("2026-11-10T10:00").seller("refuse")
    (gate,) = (name for name in case.snapshot.deadlines if case.policy.deadlines[name].kind is DeadlineKind.GATE)
    later, due = with_length(gate, "9d", "taobao.virtual"), case.due(gate)
    event = asking(case.now)
    plan = planned(rules(case.policy), rules(later), case.snapshot, event, now=case.now)
    assert not isinstance(plan, Refusal)
    assert [(move.name, move.worse) for move in plan] == [(gate, True)]
    assert due
    assert migrated(case, later).due(gate) == due
    assert migrated(case, later, gate).due(gate) > due


def test_reminders_follow_the_deadline_they_belong_to() -> None:
    case = migrated(filed(), with_length("seller_response", "10d"))
    assert case.due("seller_response.reminder") == "2026-11-15 09:00"


def test_a_deadline_the_new_rules_do_not_know_is_a_promise_taken_away() -> None:
    def without(document: dict[str, Any]) -> None:
        document["deadlines"]["seller_answers"] = document["deadlines"].pop("seller_response")

    case, renamed = filed(), changed(without)
    result = migration(case, renamed)
    assert isinstance(result, Refusal)
    assert (result.code, result.data) == ("needs_confirmation", {"deadlines": ["seller_response"]})
    confirmed = migration(case, renamed, "seller_response")
    assert isinstance(confirmed, Step)
    assert told(confirmed) == {
        "seller_response": ("2026-11-15 09:00", ""), "seller_answers": ("", "2026-11-15 09:00"),
    }  # fmt: skip


def test_an_outcome_that_is_new_comes_with_notice_and_not_before_what_was_promised() -> None:
    def hurry(document: dict[str, Any]) -> None:
        document["deadlines"]["hurry"] = {**document["deadlines"]["seller_response"], "length": "1h"}

    case = filed()
    assert migrated(case, changed(hurry)).due("hurry") == "2026-11-15 09:00"
    early = migrated(filed(), changed(hurry), "hurry")
    assert early.due("hurry") == "2026-11-11 10:00"


def test_what_has_passed_does_not_come_back() -> None:
    case = ruled(PACK, "buyer_refund_only", "80.00", liable="seller").at("2026-11-11T14:00")
    assert case.passed("appeal_window") == "2026-11-11 13:00"
    after = migrated(case, with_length("appeal_window", "30d"))
    state = after.state("appeal_window")
    assert state is not None
    assert state.status is DeadlineStatus.PASSED


def test_a_window_that_does_not_run_opens_again_with_the_end_it_was_promised() -> None:
    def narrow(document: dict[str, Any]) -> None:
        document["deadlines"]["appeal_window"]["in"] = ["CLOSED"]

    def shorter(document: dict[str, Any]) -> None:
        narrow(document)
        document["deadlines"]["appeal_window"]["length"] = "2h"

    case = ruled()
    case.policy = changed(narrow)
    due = case.due("appeal_window")
    case.at("2026-11-10T14:00").buyer("appeal")
    assert (case.stage, case.due("appeal_window")) == ("APPEAL_EVIDENCE", "")
    case = migrated(case, changed(shorter)).at("2026-11-10T20:00").buyer("withdraw")
    assert (case.stage, case.due("appeal_window")) == ("CLOSED", due)


def test_a_target_may_come_sooner_because_only_staff_are_alerted() -> None:
    case = Timeline(PACK).at("2026-11-10T10:00").seller("refuse")
    case.at("2026-11-10T11:00").buyer("request_intervention", statement="Please look.", exhibits=[1])
    case.platform("change_evidence_from", **{"from": "both"}).buyer("complete_evidence").seller("complete_evidence")
    assert case.stage == "REVIEW"
    due = changed(lambda d: d["deadlines"]["pick_up"].update(length={"target": "24h", "max": "96h"}))
    assert migrated(case, due).due("pick_up") == "2026-11-11 11:00"


def test_the_event_tells_what_moved_from_when_to_when() -> None:
    step = migration(filed(), with_length("seller_response", "7d"))
    assert isinstance(step, Step)
    assert told(step) == {"seller_response": ("2026-11-15 09:00", "2026-11-17 09:00")}
    assert step.material


def test_the_plan_shows_what_would_move_and_what_needs_confirming() -> None:
    case = filed()
    event = asking(case.now)

    def plan(length: str) -> list[tuple[str, bool]]:
        result = planned(
            rules(case.policy), rules(with_length("seller_response", length)), case.snapshot, event, now=case.now
        )
        assert not isinstance(result, Refusal)
        return [(move.name, move.worse) for move in result]

    assert plan("7d") == [("seller_response", False)]
    assert plan("3d") == [("seller_response", True)]
    assert plan("5d") == []


def test_a_case_that_is_over_stays_where_it_is() -> None:
    case = filed().buyer("withdraw").at("2027-06-01T00:00")
    assert refusal(case, with_length("seller_response", "7d")) == "not_in_this_stage"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda d: d.update(pack="tmall"), "another_pack"),
        (lambda d: d["reasons"].pop("QUALITY"), "reason_unknown"),
    ],
)
def test_what_the_new_rules_do_not_know_keeps_a_case_where_it_is(change: Change, code: str) -> None:
    assert refusal(filed(), changed(change)) == code


def test_a_calendar_of_another_country_is_refused() -> None:
    case = filed()
    elsewhere = Rules(policy=case.policy, calendar=replace(working_days(), name="us"))
    result = migrate(rules(case.policy), elsewhere, case.snapshot, asking(case.now), now=case.now)
    assert isinstance(result, Refusal)
    assert result.code == "other_calendar"


def test_parties_do_not_migrate_a_case() -> None:
    case = filed()
    event = replace(asking(case.now), party=Party.BUYER)
    result = migrate(rules(case.policy), rules(case.policy), case.snapshot, event, now=case.now)
    assert isinstance(result, Refusal)
    assert result.code == "not_your_action"


def test_what_was_asked_for_in_advance_must_be_possible_there_too() -> None:
    case = filed().buyer("queue_action", action="request_intervention")
    assert refusal(case, changed(lambda d: d["actions"]["request_intervention"].update(queueable=False))) == (
        "queued_unknown"
    )


def test_a_case_is_not_left_with_a_party_awaited_and_nothing_that_ends_it() -> None:
    def endless(document: dict[str, Any]) -> None:
        document["deadlines"]["seller_response"]["in"] = ["SELLER_REFUSED"]

    assert refusal(filed(), changed(endless), "seller_response") == "nothing_ends_it"


def test_a_corrected_calendar_moves_working_days_alone() -> None:
    case = Timeline(PACK).at("2026-11-10T10:00").seller("refuse")
    case.at("2026-11-10T11:00").buyer("request_intervention", statement="Please look.", exhibits=[1])
    case.platform("change_evidence_from", **{"from": "both"}).buyer("complete_evidence").seller("complete_evidence")
    case.platform("assign", arbitrator=3)
    holidays = {**working_days().holidays, moment("2026-11-12").date(): "extra"}
    off = replace(working_days(), edition=99, holidays=holidays)
    to = Rules(policy=case.policy, calendar=off)
    step = migrate(rules(case.policy), to, case.snapshot, asking(case.now), now=case.now)
    assert isinstance(step, Step)
    assert told(step) == {"opinion": ("2026-11-16 11:00", "2026-11-17 11:00")}


def test_the_replay_of_a_migrated_history_follows_the_rules_its_events_name() -> None:
    longer = with_length("seller_response", "7d")
    case = migrated(filed(), longer).at("2026-11-18T00:00")
    published = {FIRST: rules(policy_of(PACK)), SECOND: rules(longer)}
    assert case.place == "CLOSED refunded_by_silence"
    assert mismatch_of(FIRST, published.__getitem__, case.steps, lambda step: step) is None
    found = mismatch_of(SECOND, published.__getitem__, case.steps, lambda step: step)
    assert found is not None
    forged = [replace(s, data={**s.data, "to": s.data["from"]}) if s.kind == MIGRATED else s for s in case.steps]
    found = mismatch_of(FIRST, published.__getitem__, forged, lambda step: step)
    assert found is not None
    assert found.sequence == next(n for n, step in enumerate(forged, start=1) if step.kind == MIGRATED)


# Over whatever happened, under whatever lengths

LENGTH = re.compile(r"(\d+)(min|h|d|cd|wd|bh|bmin)")


@cache
def ground(pack: str) -> Ground:
    return Ground(load_policy(pack), CN)


@cache
def mutated(pack: str, seed: int) -> Policy:
    """The pack with other lengths."""
    random, document = Random(seed), copy.deepcopy(dict(load_document(pack).values))
    for declared in document["deadlines"].values():
        declared["length"] = _mutated(declared["length"], random)
        if isinstance(declared["length"], Mapping) and "target" in declared["length"]:
            declared["length"].pop("max", None)
    return compile_policy(document)


def _mutated(value: Any, random: Random) -> Any:
    if isinstance(value, list):
        return [_mutated(item, random) for item in value]
    if isinstance(value, Mapping):
        return {name: _mutated(item, random) if name in ("is", "target") else item for name, item in value.items()}
    factor = random.choice((1, 1, 2, 3, 1 / 2, 1 / 4))
    return LENGTH.sub(lambda found: f"{max(1, round(int(found[1]) * factor))}{found[2]}", str(value))


@cache
def corrected(seed: int) -> Calendar:
    """The calendar with other days off and other days that are worked; as it is for 0."""
    random, known = Random(seed), {**CN.holidays, **CN.make_up}
    days = [date(2026, 3, 1) + timedelta(days=n) for n in range(120)]
    chosen = [day for day in days if seed and day not in known and random.random() < 0.3]
    off = {day: "extra" for day in chosen if day.isoweekday() < 6}
    worked = {day: "extra" for day in chosen if day.isoweekday() > 5}
    return replace(CN, edition=CN.edition + seed, holidays={**CN.holidays, **off}, make_up={**CN.make_up, **worked})


def walked(pack: str, random: Random) -> tuple[CaseSnapshot, list[Step], datetime]:
    """A case that has gone some way."""
    walk = Walk(ground(pack), random)
    walk.run(moves=random.randint(1, 14))
    return walk.snapshot, walk.steps, walk.now


def check_no_promise_broken(
    before: CaseSnapshot, after: CaseSnapshot, old: Policy, new: Policy, confirmed: frozenset[str], now: datetime
) -> None:
    for name, state in before.deadlines.items():
        rule = old.deadlines[name]
        if state.status not in RUNS or rule.reminds_of:
            continue
        left = after.deadlines.get(name)
        if rule.kind in PROMISES and name not in confirmed:
            assert left is not None
            assert left.due_at >= state.due_at, f"{name} was {state.due_at} and is {left.due_at}"
            assert left.wakes_at >= state.wakes_at
        if rule.kind is DeadlineKind.GATE and name not in confirmed and left is not None:
            assert left.due_at <= state.due_at
        if left is not None:
            assert (left.status is DeadlineStatus.PAUSED) == (state.status is DeadlineStatus.PAUSED)
    for name, left in after.deadlines.items():
        if left.status is DeadlineStatus.PENDING and new.deadlines[name].kind in PROMISES:
            assert left.wakes_at > now
    autos = [earliest(snapshot, policy) for snapshot, policy in ((before, old), (after, new))]
    if not confirmed and autos[0] is not None:
        assert autos[1] is not None
        assert autos[1] >= autos[0]


def earliest(snapshot: CaseSnapshot, policy: Policy) -> datetime | None:
    running = (s for s in snapshot.deadlines.values() if s.pending)
    return min((s.due_at for s in running if policy.deadlines[s.name].kind is DeadlineKind.AUTO), default=None)


@settings(max_examples=150, deadline=None)
@given(
    pack=st.sampled_from(pack_names()), random=st.randoms(use_true_random=False), seed=st.integers(0, 7),
    confirm=st.booleans(), days=st.integers(0, 3),
)  # fmt: skip
def test_no_promise_is_shortened_unconfirmed_whatever_happened_before(
    pack: str, random: Random, seed: int, confirm: bool, days: int
) -> None:
    snapshot, steps, now = walked(pack, random)
    old, new = Rules(policy=load_policy(pack), calendar=CN), Rules(policy=mutated(pack, seed), calendar=corrected(days))
    running = sorted(name for name, state in snapshot.deadlines.items() if state.status in RUNS)
    confirmed = frozenset(random.sample(running, random.randint(0, len(running))) if confirm else ())
    step = migrate(old, new, snapshot, asking(now, *sorted(confirmed)), now=now)
    if isinstance(step, Refusal):
        assert step.code in ("not_in_this_stage", "queued_unknown")
        return
    after = apply(snapshot, step)
    check_no_promise_broken(snapshot, after, old.policy, new.policy, confirmed, now)
    later = settle(new.policy, new.calendar, after, now=now + timedelta(days=random.randint(0, 9)))
    rest = later.steps
    published = {FIRST: old, SECOND: new}
    assert mismatch_of(FIRST, published.__getitem__, [*steps, step, *rest], lambda known: known) is None


@settings(max_examples=100, deadline=None)
@given(pack=st.sampled_from(pack_names()), random=st.randoms(use_true_random=False), confirm=st.booleans())
def test_going_on_under_the_same_rules_moves_nothing(pack: str, random: Random, confirm: bool) -> None:
    snapshot, _steps, now = walked(pack, random)
    same = Rules(policy=load_policy(pack), calendar=CN)
    names = sorted(same.policy.deadlines) if confirm else []
    step = migrate(same, same, snapshot, asking(now, *names), now=now)
    if isinstance(step, Refusal):
        assert step.code == "not_in_this_stage"
        return
    assert (step.deadlines, step.facts, step.anchors, step.emissions, step.queued) == ({}, {}, {}, (), None)
    assert planned(same, same, snapshot, asking(now), now=now) == ()


@settings(max_examples=60, deadline=None)
@given(pack=st.sampled_from(pack_names()), random=st.randoms(use_true_random=False), seed=st.integers(0, 7))
def test_going_back_leads_to_no_later_time_where_nothing_was_longer_between(
    pack: str, random: Random, seed: int
) -> None:
    snapshot, _steps, now = walked(pack, random)
    old, new = Rules(policy=load_policy(pack), calendar=CN), Rules(policy=mutated(pack, seed), calendar=CN)
    there = migrate(old, new, snapshot, asking(now), now=now)
    if isinstance(there, Refusal):
        return
    middle = apply(snapshot, there)
    back = migrate(new, old, middle, asking(now, start=SECOND, to=FIRST), now=now)
    assert isinstance(back, Step)
    end = apply(middle, back)
    for name, state in snapshot.deadlines.items():
        if runs_and_promises(state, old.policy) and middle.deadlines[name].due_at == state.due_at:
            assert end.deadlines[name].due_at == state.due_at


def runs_and_promises(state: DeadlineState, policy: Policy) -> bool:
    return state.status in RUNS and policy.deadlines[state.name].kind in PROMISES


def test_every_stage_of_every_pack_is_known_to_its_mutants() -> None:
    for pack in pack_names():
        assert {Stage(stage) for stage in mutated(pack, 1).stages} == set(load_policy(pack).stages)
