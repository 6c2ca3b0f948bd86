"""Freezes: a platform's clocks stand still from the window's first moment to its last, whoever notices when."""

from __future__ import annotations

import copy
from datetime import datetime, timedelta
from random import Random
from typing import Any

import pytest

from rules.engine.compiler import compile_policy
from rules.engine.counterfactual import suppose
from rules.engine.decide import apply
from rules.engine.events import Event, Step, Via
from rules.engine.migrating import migrate
from rules.engine.pins import MIGRATED, Pin, Rules
from rules.engine.standing import standing, wake_at
from rules.engine.suppositions import Bucket
from rules.engine.types import DeadlineKind, DeadlineStatus, Party
from rules.engine.verification import mismatch_of
from rules.engine.windows import Window, frozen_from_the_start, settle_through
from tests.rules.timelines import Timeline, in_review, moment, working_days, written

AUTO, WINDOW, GATE, TARGET = DeadlineKind.AUTO, DeadlineKind.WINDOW, DeadlineKind.GATE, DeadlineKind.TARGET
ALL = (AUTO, WINDOW, GATE, TARGET)
PIN = Pin(policy=1, calendar=1)
STOP = {"kinds": ["auto"], "reason": "automatic_stopped", "stop": 1}


def window(since: str, until: str, *kinds: DeadlineKind, freeze: int = 1, **people: int) -> Window:
    return Window(freeze=freeze, since=moment(since), until=moment(until), kinds=kinds or ALL, **people)


class Frozen(Timeline):
    """A case whose platform plans freezes: whoever touches it goes through them first, as the writer does."""

    windows: tuple[Window, ...] = ()

    def planned(self, *windows: Window) -> Frozen:
        self.windows = windows
        return self

    def noticed_at(self, text: str) -> Frozen:
        self.now = moment(text)
        settlement = settle_through(self.policy, working_days(), self.snapshot, self.windows, now=self.now)
        self.steps += settlement.steps
        self.snapshot = settlement.snapshot
        return self

    def happened(self) -> list[str]:
        """All but the reminders."""
        return [kind for kind in super().happened() if kind != "reminder_due"]

    def verified(self) -> Frozen:
        rules = Rules(policy=self.policy, calendar=working_days())
        assert mismatch_of(PIN, lambda _pin: rules, self.steps, lambda step: step) is None
        return self


def unshipped(*windows: Window) -> Frozen:
    """Refund asked before shipping on 10 November at 09:00: due by itself on the 12th at 09:00."""
    return Frozen("taobao.general", facts={"shipped": False}).planned(*windows)


def going_on(case: Timeline, *windows: Window) -> Frozen:
    """The same case, on a platform that plans freezes."""
    frozen = Frozen.__new__(Frozen)
    frozen.__dict__.update(case.__dict__)
    return frozen.planned(*windows)


def test_a_running_deadline_stands_still_and_runs_on_with_the_time_that_was_left() -> None:
    case = unshipped(window("2026-11-11T09:00", "2026-11-18T09:00")).noticed_at("2026-11-11T09:00")
    state = case.state("T1")
    assert state is not None
    assert (state.status, state.pause_reason) == (DeadlineStatus.PAUSED, "frozen")
    assert wake_at(case.snapshot) == moment("2026-11-18T09:00"), "the sweeper comes when the freeze ends"
    case.at("2026-11-18T09:00")
    assert case.due("T1") == "2026-11-19 09:00"
    assert "frozen" not in case.snapshot.facts
    assert case.verified().at("2026-11-19T09:00").place == "CLOSED refunded_by_silence"


@pytest.mark.parametrize(
    ("begins", "place"),
    [
        ("2026-11-12T08:59:59", "WAIT_SELLER"),
        ("2026-11-12T09:00:00", "CLOSED refunded_by_silence"),
        ("2026-11-12T09:00:01", "CLOSED refunded_by_silence"),
    ],
)
@pytest.mark.parametrize("noticed", ["2026-11-12T09:00:01", "2026-11-13T09:00", "2026-11-25T09:00"])
def test_what_is_due_a_second_after_the_beginning_stands_still_and_what_is_due_before_has_happened(
    begins: str, place: str, noticed: str
) -> None:
    case = unshipped(window(begins, "2026-12-01T00:00")).noticed_at(noticed)
    assert case.place == place
    assert case.verified().passed("T1") == ("" if place == "WAIT_SELLER" else "2026-11-12 09:00")


@pytest.mark.parametrize("looks", [(), ("2026-11-15T00:00",), ("2026-11-11T09:00", "2026-11-18T09:00")])
def test_whoever_notices_when_the_deadline_is_due_at_the_same_moment(looks: tuple[str, ...]) -> None:
    case = unshipped(window("2026-11-11T09:00", "2026-11-18T09:00"))
    for look in looks:
        case.noticed_at(look)
    case.noticed_at("2026-11-25T09:00")
    assert case.passed("T1") == "2026-11-19 09:00"
    assert case.verified().happened() == ["file", "freeze", "thaw", "lapsed"]


def test_two_freezes_and_what_lies_between_are_gone_through_at_once() -> None:
    first = window("2026-11-11T09:00", "2026-11-13T09:00")
    second = window("2026-11-14T03:00", "2026-11-20T03:00", freeze=2)
    case = unshipped(first, second).noticed_at("2026-12-01T00:00")
    assert case.happened() == ["file", "freeze", "thaw", "freeze", "thaw", "lapsed"]
    assert case.verified().passed("T1") == "2026-11-20 09:00"


def test_one_freeze_may_follow_another_at_once() -> None:
    first = window("2026-11-11T09:00", "2026-11-13T09:00")
    second = window("2026-11-13T09:00", "2026-11-15T09:00", freeze=2)
    case = unshipped(first, second).noticed_at("2026-11-14T09:00")
    assert case.happened() == ["file", "freeze", "thaw", "freeze"]
    assert case.verified().at("2026-11-15T09:00").due("T1") == "2026-11-16 09:00"


def test_a_deadline_that_starts_meanwhile_stands_still_from_its_start() -> None:
    case = unshipped(window("2026-11-11T09:00", "2026-11-18T09:00")).noticed_at("2026-11-12T10:00")
    case.seller("refuse")
    state = case.state("buyer_decision") if "buyer_decision" in case.policy.deadlines else None
    frozen = [s for s in case.snapshot.deadlines.values() if s.status is DeadlineStatus.PAUSED]
    assert state is None or state in frozen
    lengths = {s.name: s.due_at - s.started_at for s in frozen}
    assert {s.paused_at for s in frozen if s.started_at == case.now} == {case.now}
    case.verified().at("2026-11-18T09:00")
    for state in case.snapshot.deadlines.values():
        if state.name in lengths and state.started_at == moment("2026-11-12T10:00"):
            assert state.due_at == moment("2026-11-18T09:00") + lengths[state.name]


def test_a_case_filed_meanwhile_has_its_whole_time_afterwards() -> None:
    freeze = window("2026-11-01T00:00", "2026-11-18T09:00")
    case = unshipped()
    step = frozen_from_the_start(case.policy, working_days(), case.snapshot, [freeze], now=case.now)
    assert step is not None
    case.steps.append(step)
    case.snapshot = apply(case.snapshot, step)
    case.planned(freeze).verified().at("2026-11-18T09:00")
    assert case.due("T1") == "2026-11-20 09:00"
    assert frozen_from_the_start(case.policy, working_days(), case.snapshot, [freeze], now=case.now) is None


@pytest.mark.parametrize(
    ("kinds", "moved"),
    [((AUTO,), {"auto"}), ((WINDOW,), {"window"}), ((TARGET,), {"target"}), (ALL, {str(kind) for kind in ALL})],
)
def test_only_the_kinds_that_are_named_stand_still(kinds: tuple[DeadlineKind, ...], moved: set[str]) -> None:
    case = Frozen("taobao.general").planned(window("2026-11-10T10:00", "2026-11-10T11:00", *kinds))
    before = {name: state.due_at for name, state in case.snapshot.deadlines.items()}
    case.noticed_at("2026-11-10T12:00")
    for name, state in case.snapshot.deadlines.items():
        if name in before and not case.policy.deadlines[name].reminds_of:
            is_moved = str(case.policy.deadlines[name].kind) in moved
            assert state.due_at == before[name] + timedelta(hours=is_moved)


def test_working_days_are_reckoned_anew_from_a_start_moved_by_the_time_that_stood_still() -> None:
    case = going_on(in_review(), window("2026-11-11T12:00", "2026-11-13T12:00"))
    assert case.due("T9") == "2026-11-16 12:00", "four working days after Tuesday"
    assert case.noticed_at("2026-11-13T12:00").due("T9") == "2026-11-18 12:00", "four after Thursday"
    case.verified()


def test_a_freeze_ended_early_lets_the_clocks_run_from_that_moment() -> None:
    case = unshipped(window("2026-11-11T09:00", "2026-11-18T09:00")).noticed_at("2026-11-11T10:00")
    case.planned(window("2026-11-11T09:00", "2026-11-12T09:00", ended_by=4)).noticed_at("2026-11-12T21:00")
    assert case.due("T1") == "2026-11-13 09:00"
    assert (case.steps[-1].kind, case.steps[-1].actor, case.steps[-1].via) == ("thaw", 4, Via.SYSTEM)
    assert case.verified().noticed_at("2026-11-20T00:00").passed("T1") == "2026-11-13 09:00"


def test_a_case_that_learns_late_of_an_early_end_moves_as_one_that_was_told() -> None:
    case = unshipped(window("2026-11-11T09:00", "2026-11-18T09:00")).noticed_at("2026-11-11T10:00")
    case.planned(window("2026-11-11T09:00", "2026-11-12T09:00", ended_by=4)).noticed_at("2026-11-30T00:00")
    assert case.verified().passed("T1") == "2026-11-13 09:00"


def test_a_freeze_called_off_before_it_begins_leaves_no_trace() -> None:
    case = unshipped(window("2026-11-11T09:00", "2026-11-11T09:00")).noticed_at("2026-11-11T10:00")
    assert (case.happened(), case.due("T1")) == (["file"], "2026-11-12 09:00")


def test_parties_may_act_and_are_awaited_all_the_same() -> None:
    case = unshipped(window("2026-11-11T09:00", "2026-11-18T09:00")).noticed_at("2026-11-12T10:00")
    where = standing(case.policy, working_days(), case.snapshot)
    assert (where.waiting_on, where.due_at, where.deadline) == ("seller", None, "")
    assert where.seller_due_at == moment("2026-11-19T09:00"), "its place in lists is that of the time it moves to"
    assert case.refused("seller", "accept") == ""


def test_nobody_but_the_house_can_freeze_a_case() -> None:
    case = unshipped()
    assert case.refused("seller", "freeze", freeze=1) == "not_your_action"
    assert case.refused("platform", "freeze") == "invalid_fields"
    assert case.refused("platform", "thaw") == "not_paused"
    case.planned(window("2026-11-11T09:00", "2026-11-18T09:00")).noticed_at("2026-11-12T10:00")
    assert case.refused("platform", "freeze", freeze=2) == "already_paused"


def test_a_case_in_which_everything_is_frozen_can_still_be_held() -> None:
    case = unshipped(window("2026-11-11T09:00", "2026-11-18T09:00")).noticed_at("2026-11-12T10:00")
    assert case.platform("pause", reason="legal_hold").fact("held") == "legal_hold"


@pytest.mark.parametrize(
    ("hold", "let", "due"),
    [
        # frozen from the 11th to the 13th at 09:00, held from the 12th to the 14th
        ({"reason": "legal_hold"}, {"mode": "moved"}, "2026-11-15 09:00"),
        (STOP, {"mode": "moved", "stop": 1}, "2026-11-15 09:00"),
        ({"reason": "legal_hold"}, {"mode": "lapse"}, "2026-11-14 09:00"),
        ({"reason": "legal_hold"}, {"mode": "fresh"}, "2026-11-16 09:00"),
    ],
)
def test_a_hold_keeps_what_the_freeze_lets_go(hold: dict[str, Any], let: dict[str, Any], due: str) -> None:
    case = unshipped(window("2026-11-11T09:00", "2026-11-13T09:00")).at("2026-11-12T09:00")
    case.platform("pause", **hold).at("2026-11-13T10:00")
    state = case.state("T1")
    assert state is not None
    assert (state.status, state.pause_reason) == (DeadlineStatus.PAUSED, hold["reason"])
    case.at("2026-11-14T09:00").platform("resume", **let)
    assert (case.due("T1") or case.passed("T1")) == due
    case.verified()


@pytest.mark.parametrize(
    ("hold", "let", "due"),
    [
        # held from the 11th to the 13th at 09:00, frozen from the 12th to the 14th
        ({"reason": "legal_hold"}, {"mode": "moved"}, "2026-11-15 09:00"),
        (STOP, {"mode": "moved", "stop": 1}, "2026-11-15 09:00"),
        ({"reason": "legal_hold"}, {"mode": "lapse"}, "2026-11-14 09:00"),
        ({"reason": "legal_hold"}, {"mode": "fresh"}, "2026-11-16 09:00"),
    ],
)
def test_a_freeze_keeps_what_the_hold_lets_go(hold: dict[str, Any], let: dict[str, Any], due: str) -> None:
    case = unshipped(window("2026-11-12T09:00", "2026-11-14T09:00")).at("2026-11-11T09:00")
    case.platform("pause", **hold).at("2026-11-13T09:00").platform("resume", **let)
    state = case.state("T1")
    assert state is not None
    assert (state.status, state.pause_reason) == (DeadlineStatus.PAUSED, "frozen")
    case.at("2026-11-14T09:00")
    assert (case.due("T1") or case.passed("T1")) == due
    case.verified()


def test_a_case_held_longer_than_a_freeze_that_is_let_go_as_it_was_still_gets_the_freeze_back() -> None:
    case = unshipped(window("2026-11-11T21:00", "2026-11-13T09:00")).at("2026-11-11T09:00")
    case.platform("pause", reason="legal_hold").at("2026-11-13T10:00").platform("resume", mode="lapse")
    assert case.due("T1") == "2026-11-13 21:00"
    assert "frozen_while_held" not in case.snapshot.facts
    case.verified()


def test_what_is_taken_over_while_frozen_was_not_overdue_when_it_stood_still() -> None:
    case = unshipped(window("2026-11-11T09:00", "2026-11-18T09:00")).noticed_at("2026-11-14T09:00")
    anchors = {"last_requested": "2026-11-10T09:00:00+08:00"}
    case.told("moved_outside", stage="WAIT_SELLER", facts={"shipped": False}, anchors=anchors)
    assert case.fact("held") is None
    assert case.verified().at("2026-11-18T09:00").due("T1") == "2026-11-19 09:00"


Span = tuple[datetime, datetime]
HOLD_AND_STOP = (
    ("pause", {"reason": "legal_hold"}, "resume", {"mode": "moved"}),
    ("pause", STOP, "resume", {"mode": "moved", "stop": 1}),
)
FEED = ("feed_stalled", {"feed": "orders"}, "feed_returned", {"feed": "orders"})


class Told:
    """What happens to a case besides, in any order: freezes, holds or stops, a feed that stalls."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.begins = moment("2026-11-10T09:00")
        kinds = random.choice([(AUTO,), ALL])
        self.windows = tuple(
            Window(freeze=number, since=since, until=until, kinds=kinds)
            for number, (since, until) in enumerate(self.spans(), start=1)
        )
        self.held = [(span, random.choice(HOLD_AND_STOP)) for span in self.spans()]
        self.stalled = [(span, FEED) for span in self.spans()]

    def spans(self) -> list[Span]:
        """Up to three that do not overlap, in whole minutes of the first days."""
        minutes = sorted(self.random.sample(range(1, 4000), 2 * self.random.randint(0, 3)))
        moments = [self.begins + timedelta(minutes=minute) for minute in minutes]
        return list(zip(moments[::2], moments[1::2], strict=True))

    def events(self) -> list[tuple[datetime, str, dict[str, Any]]]:
        pairs = [*self.held, *self.stalled]
        begun = [(span[0], words[0], words[1]) for span, words in pairs]
        return sorted([*begun, *((span[1], words[2], words[3]) for span, words in pairs)], key=lambda event: event[0])

    def runs(self, at: datetime) -> bool:
        frozen = [(window.since, window.until) for window in self.windows]
        spans = [*frozen, *(span for span, _words in (*self.held, *self.stalled))]
        return not any(since <= at < until for since, until in spans)

    def due(self, running: timedelta) -> datetime:
        """When a length is over, counting only the minutes in which nothing stood still."""
        at = self.begins
        while running:
            running -= timedelta(minutes=self.runs(at))
            at += timedelta(minutes=1)
        return at


def played(told: Told, *, looks: bool) -> Frozen:
    """A case to which all of it happens, with somebody looking in between or nobody."""
    case = unshipped(*told.windows)
    for at, kind, data in told.events():
        if looks:
            case.noticed_at((at - timedelta(seconds=1)).isoformat())
        case.noticed_at(at.isoformat())
        if not case.outcome:
            case.platform(kind, **data)
    return case.noticed_at("2026-12-20T09:00").verified()


@pytest.mark.parametrize("looks", [True, False])
@pytest.mark.parametrize("seed", range(150))
def test_freezes_holds_stops_and_feeds_in_any_order_give_back_exactly_the_time_nothing_ran(
    seed: int, looks: bool
) -> None:
    told = Told(Random(seed))
    case = played(told, looks=looks)
    assert case.passed("T1") == written(told.due(timedelta(hours=48)))
    states = [step.deadlines["unshipped_response"] for step in case.steps if "unshipped_response" in step.deadlines]
    dues = [state.due_at for state in states]
    assert dues == sorted(dues), "never earlier than promised"


def test_a_case_that_changes_rules_while_its_platform_stands_still_goes_on_standing_still() -> None:
    case = unshipped(window("2026-11-11T09:00", "2026-11-18T09:00")).noticed_at("2026-11-12T09:00")
    document = copy.deepcopy(dict(case.policy.document))
    document["deadlines"]["unshipped_response"]["length"] = "72h"
    rules = {1: case.policy, 2: compile_policy(document)}
    event = Event(
        kind=MIGRATED, party=Party.PLATFORM, at=case.now, actor=4,
        data={"from": {"policy": 1, "calendar": 1}, "to": {"policy": 2, "calendar": 1}},
    )  # fmt: skip
    before, after = (Rules(policy=rules[number], calendar=working_days()) for number in (1, 2))
    step = migrate(before, after, case.snapshot, event, now=case.now)
    assert isinstance(step, Step)
    case.snapshot, case.policy = apply(case.snapshot, step), rules[2]
    case.steps.append(step)
    state = case.state("T1")
    assert state is not None
    assert (state.status, state.pause_reason) == (DeadlineStatus.PAUSED, "frozen")
    case.at("2026-11-18T09:00")
    assert case.due("T1") == "2026-11-20 09:00"
    found = mismatch_of(
        PIN, lambda pin: Rules(policy=rules[pin.policy], calendar=working_days()), case.steps, lambda known: known
    )
    assert found is None


@pytest.mark.parametrize("noticed", ["2026-11-11T09:00", "2026-11-15T00:00", "2026-12-01T00:00"])
def test_the_lab_supposes_the_same_of_a_frozen_history_under_the_same_rules(noticed: str) -> None:
    case = unshipped(window("2026-11-11T09:00", "2026-11-18T09:00")).noticed_at(noticed).at("2026-12-02T00:00")
    found = suppose(case.policy, working_days(), case.steps, until=case.now)
    assert (found.bucket, found.difference) == (Bucket.NOT_AFFECTED, None)
    assert case.passed("T1") == "2026-11-19 09:00"
