"""Freezes of a platform: planned, called off, ended early; every clock stands still from the freeze's own moment."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import translation

from contract.clock import database_now
from contract.errors import Forbidden, NotFound
from disputes.errors import ActionRefused, FieldsRefused
from disputes.models import Case, CaseEvent, Deadline, Freeze
from disputes.selectors.access import case_for
from disputes.selectors.cases import case_view
from disputes.services import batching, freezing_cases
from disputes.services.acting import perform
from disputes.services.freezing import LONGEST, Plan, end, plan
from disputes.services.freezing_cases import follow_all
from disputes.services.importing import run_import
from disputes.services.standing_by import Standby
from disputes.services.stopping import resume_automatic, stop_automatic
from disputes.services.sweeping import next_wake, repair_hints, sweep_until_done
from tests.disputes.importing.told import a_refund, an_order
from tests.disputes.test_sweeping import mended_stage, unreadable

pytestmark = pytest.mark.django_db
PACK = "taobao.general"

Planned = Callable[..., Freeze]


@pytest.fixture
def freeze(root: Any, published: None) -> Planned:
    """Root plans a week in which Taobao's clocks stand still, from now on unless told otherwise."""

    def run(begins_at: datetime | None = None, ends_at: datetime | None = None, **more: Any) -> Freeze:
        batches, actor = more.pop("batches", None), more.pop("actor", root)
        ends = ends_at or (begins_at or database_now()) + timedelta(days=7)
        words = {"platform": "taobao", "reason_zh": "春节放假", "reason_en": "Spring Festival", **more}
        planned, _followed = plan(Plan(begins_at=begins_at, ends_at=ends, **words), actor=actor, batches=batches)
        return planned

    return run


@pytest.fixture
def opened(order_of: Any, file: Any) -> Callable[[], int]:
    return lambda: int(file(order_of()).case_id)


def kinds(case_id: int) -> list[str]:
    events = CaseEvent.objects.filter(case_id=case_id).exclude(kind="reminder_due").order_by("sequence")
    return list(events.values_list("kind", flat=True))


def clock_of(case_id: int, name: str = "seller_response") -> Deadline:
    return Deadline.objects.get(case_id=case_id, name=name)


def swept() -> None:
    sweep_until_done(sweeper="test")


def codes_of(error: FieldsRefused) -> dict[str, str]:
    return {problem.pointer: problem.code for problem in error.fields}


def test_clocks_stand_still_from_the_planned_moment_and_run_on_with_the_time_that_was_left(
    opened: Any, freeze: Planned, travel: Any
) -> None:
    case_id = opened()
    due, now = clock_of(case_id).due_at, database_now()
    planned = freeze(now + timedelta(days=1), now + timedelta(days=8))
    assert kinds(case_id) == ["file"]
    travel(to=planned.begins_at)
    assert follow_all()
    state = clock_of(case_id)
    assert (state.status, state.pause_reason, state.paused_at) == ("paused", "frozen", planned.begins_at)
    row = Case.objects.get(pk=case_id)
    assert (row.wake_at, row.due_at, row.seller_due_at) == (planned.ends_at, None, due + timedelta(days=7))
    travel(to=planned.ends_at)
    swept()
    state = clock_of(case_id)
    assert (state.status, state.due_at) == ("pending", due + timedelta(days=7))
    travel(to=state.due_at)
    swept()
    assert kinds(case_id) == ["file", "freeze", "thaw", "lapsed"]


@pytest.mark.parametrize(("seconds", "lapses"), [(-1, False), (0, True), (1, True)])
@pytest.mark.parametrize("noticed", ["the sweeper", "a party", "the batch"])
def test_what_is_due_a_second_after_the_beginning_stands_still_whoever_comes_first(
    opened: Any, freeze: Planned, travel: Any, lan: Any, seconds: int, lapses: bool, noticed: str
) -> None:
    case_id = opened()
    due, number = clock_of(case_id).due_at, Case.objects.get(pk=case_id).number
    planned = freeze(due + timedelta(seconds=seconds))
    travel(to=due + timedelta(hours=1))
    if noticed == "a party":
        shown = case_view(case_for(lan, number))
        assert (shown.stage.code == "CLOSED") is lapses
        perform(case_for(lan, number), "message", {"text": "Hello."})
    elif noticed == "the batch":
        follow_all()
    swept()
    events = [("lapsed", due)] if lapses else [("freeze", planned.begins_at)]
    told = CaseEvent.objects.filter(case_id=case_id, kind__in=("lapsed", "freeze")).order_by("sequence")
    assert list(told.values_list("kind", "at"))[: len(events)] == events
    assert (Case.objects.get(pk=case_id).stage == "CLOSED") is lapses


def test_nobody_has_to_look_while_it_lasts(opened: Any, freeze: Planned, travel: Any) -> None:
    case_id = opened()
    due, now = clock_of(case_id).due_at, database_now()
    freeze(now + timedelta(days=1), now + timedelta(days=3))
    travel(days=40)
    swept()
    lapsed = CaseEvent.objects.get(case_id=case_id, kind="lapsed")
    assert (kinds(case_id), lapsed.at) == (["file", "freeze", "thaw", "lapsed"], due + timedelta(days=2))


def test_a_case_opened_meanwhile_stands_still_from_its_opening(opened: Any, freeze: Planned, travel: Any) -> None:
    planned = freeze()
    case_id = opened()
    state = clock_of(case_id)
    assert (kinds(case_id), state.paused_at) == (["file", "freeze"], state.started_at)
    travel(to=planned.ends_at)
    swept()
    assert clock_of(case_id).due_at == planned.ends_at + (state.due_at - state.started_at)


def test_a_case_taken_over_meanwhile_was_not_overdue_while_its_platform_stood_still(
    root: Any, freeze: Planned, travel: Any
) -> None:
    planned = freeze()
    travel(days=6)
    asked = (planned.begins_at - timedelta(days=1)).isoformat()
    payload = {"format": "gongduan", "orders": [an_order()], "refunds": [a_refund(created_at=asked)]}
    run_import(root.pk, format="native", payload={**payload, "platform": "taobao"})
    case = Case.objects.get()
    state = clock_of(case.pk)
    assert (case.held, state.status, state.paused_at) == ("", "paused", planned.begins_at)
    travel(to=planned.ends_at)
    swept()
    later = clock_of(case.pk)
    assert (later.status, later.due_at - state.due_at) == ("pending", planned.ends_at - planned.begins_at)


def test_what_a_party_starts_meanwhile_stands_still(
    opened: Any, freeze: Planned, lan: Any, travel: Any
) -> None:
    case_id = opened()
    planned = freeze()
    travel(days=2)
    number = Case.objects.get(pk=case_id).number
    perform(case_for(lan, number), "refuse", {"refusal": "NOT_AGREED", "statement": "No."})
    running = Deadline.objects.filter(case_id=case_id, status="pending")
    assert not running.exists()
    begun = Deadline.objects.filter(case_id=case_id, status="paused", started_at__gt=planned.begins_at)
    assert begun.exists()
    assert all(state.paused_at == state.started_at for state in begun)


@pytest.mark.parametrize(
    ("chosen", "still"),
    [
        ({"parties": False, "staff": False}, {"auto"}),
        ({"automatic": False, "staff": False}, {"window"}),
        ({"automatic": False, "parties": False}, {"target"}),
        ({"staff": False}, {"auto", "window", "gate"}),
        ({}, {"auto", "window", "gate", "target"}),
    ],
)
def test_only_the_chosen_clocks_stand_still(
    opened: Any, freeze: Planned, chosen: dict[str, bool], still: set[str]
) -> None:
    case_id = opened()
    freeze(**chosen)
    rows = Deadline.objects.filter(case_id=case_id).exclude(status="cancelled").exclude(kind="notice")
    for kind, status in rows.values_list("kind", "status"):
        assert (status == "paused") is (kind in still), kind


def test_only_the_pack_it_is_planned_for_stands_still(opened: Any, freeze: Planned) -> None:
    case_id = opened()
    freeze(pack="taobao.virtual")
    assert clock_of(case_id).status == "pending"
    freeze(pack=PACK)
    assert clock_of(case_id).status == "paused"


def test_ending_it_early_lets_clocks_run_on_from_that_moment(
    opened: Any, freeze: Planned, root: Any, zhou: Any, travel: Any
) -> None:
    case_id = opened()
    due, planned = clock_of(case_id).due_at, freeze()
    travel(days=2)
    with pytest.raises(Forbidden):
        end(planned.pk, actor=zhou)
    ended, followed = end(planned.pk, actor=root)
    assert (followed.changed, followed.finished, ended.called_off) == (1, True, False)
    assert clock_of(case_id).due_at - due == ended.ended_at - planned.begins_at
    thaw = CaseEvent.objects.get(case_id=case_id, kind="thaw")
    assert (thaw.at, thaw.actor_id) == (ended.ended_at, root.pk)
    with pytest.raises(ActionRefused) as refusal:
        end(planned.pk, actor=root)
    assert refusal.value.code == "freeze_over"


def test_a_case_nobody_told_of_an_early_end_lapses_when_it_should_all_the_same(
    opened: Any, freeze: Planned, root: Any, travel: Any
) -> None:
    case_id = opened()
    due, planned = clock_of(case_id).due_at, freeze()
    travel(days=2)
    ended, _followed = end(planned.pk, actor=root, batches=0)
    assert clock_of(case_id).status == "paused"
    travel(days=40)
    swept()
    lapsed = CaseEvent.objects.get(case_id=case_id, kind="lapsed")
    assert lapsed.at == due + (ended.ended_at - planned.begins_at)


def test_calling_it_off_leaves_no_trace_in_any_case(opened: Any, freeze: Planned, root: Any, travel: Any) -> None:
    case_id = opened()
    planned = freeze(database_now() + timedelta(days=1))
    ended, _followed = end(planned.pk, actor=root)
    assert (ended.called_off, ended.finished, ended.ended_by) == (True, True, root)
    travel(days=40)
    swept()
    assert kinds(case_id) == ["file", "lapsed"]


def test_freezes_of_the_same_cases_do_not_overlap(freeze: Planned, root: Any, published: None) -> None:
    now = database_now()
    first = freeze(now + timedelta(days=1), now + timedelta(days=3))
    for pack in ("", PACK):
        with pytest.raises(ActionRefused) as refusal:
            freeze(now + timedelta(days=2), now + timedelta(days=5), pack=pack)
        assert (refusal.value.code, refusal.value.data["freeze"]) == ("freeze_overlaps", first.pk)
    freeze(first.ends_at, now + timedelta(days=5))
    freeze(now + timedelta(days=2), now + timedelta(days=5), platform="tmall")
    end(first.pk, actor=root)
    freeze(now + timedelta(days=1), now + timedelta(days=2), pack=PACK)


def test_what_is_wrong_is_named_field_by_field(freeze: Planned, root: Any, zhou: Any, published: None) -> None:
    now = database_now()
    with pytest.raises(FieldsRefused) as wrong:
        freeze(automatic=False, parties=False, staff=False, reason_zh=" ", reason_en="x" * 201, pack="tmall")
    assert codes_of(wrong.value) == {
        "/pack": "unknown_choice", "/kinds": "nothing_chosen", "/reason_zh": "required", "/reason_en": "text_too_long"
    }  # fmt: skip
    for begins, ends, code in (
        (now - timedelta(hours=1), now + timedelta(days=1), {"/begins_at": "begins_in_the_past"}),
        (now + timedelta(days=2), now + timedelta(days=1), {"/ends_at": "not_after_the_beginning"}),
        (now + timedelta(days=2), now + timedelta(days=3) + LONGEST, {"/ends_at": "freeze_too_long"}),
    ):
        with pytest.raises(FieldsRefused) as wrong:
            freeze(begins, ends)
        assert codes_of(wrong.value) == code
    with pytest.raises(Forbidden):
        freeze(actor=zhou)
    with pytest.raises(NotFound):
        freeze(platform="nowhere")
    with pytest.raises(NotFound):
        end(99, actor=root)
    assert not Freeze.objects.exists()


def test_a_stop_and_a_freeze_let_go_of_nothing_the_other_keeps(
    opened: Any, freeze: Planned, root: Any, zhou: Any, travel: Any
) -> None:
    case_id = opened()
    due, planned = clock_of(case_id).due_at, freeze()
    travel(days=1)
    stop_automatic(PACK, actor=root, reason="The carrier's feed is wrong.")
    travel(to=planned.ends_at + timedelta(days=1))
    swept()
    assert (clock_of(case_id).status, clock_of(case_id).pause_reason) == ("paused", "automatic_stopped")
    resumed_at = database_now()
    resume_automatic(PACK, actor=zhou)
    moved = clock_of(case_id).due_at - due
    assert timedelta() <= moved - (resumed_at - planned.begins_at) < timedelta(seconds=2)


def test_a_held_case_stays_held_when_a_freeze_ends(opened: Any, freeze: Planned, root: Any, travel: Any) -> None:
    case_id = opened()
    number = Case.objects.get(pk=case_id).number
    perform(case_for(root, number), "pause", {"reason": "legal_hold"})
    due, planned = clock_of(case_id).due_at, freeze()
    travel(to=planned.ends_at)
    swept()
    assert clock_of(case_id).pause_reason == "legal_hold"
    perform(case_for(root, number), "resume", {"mode": "lapse"})
    assert clock_of(case_id).due_at == due + (planned.ends_at - planned.begins_at)


def test_a_party_is_told_until_when_its_clock_stands_still(opened: Any, freeze: Planned, lan: Any) -> None:
    number = Case.objects.get(pk=opened()).number
    planned = freeze(batches=0)
    for _ in range(2):
        with translation.override("en"):
            view = case_view(case_for(lan, number))
        assert (view.waiting_on, view.due_at, view.settled_in_memory) == ("seller", None, False)
        assert view.freeze is not None
        assert (view.freeze.until, view.freeze.reason) == (planned.ends_at, "Spring Festival")
        follow_all()


def test_the_rest_is_taken_up_after_a_crash_and_nobody_is_told_twice(
    opened: Any, freeze: Planned, travel: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(freezing_cases, "BATCH", 1)
    cases = [opened() for _ in range(3)]
    planned = freeze(batches=1)
    assert [len(kinds(case_id)) for case_id in cases] == [2, 1, 1]
    assert follow_all(batches=1) is False
    assert follow_all() is True
    assert all(kinds(case_id) == ["file", "freeze"] for case_id in cases)
    assert Freeze.objects.get().told
    travel(to=planned.ends_at)
    swept()
    assert follow_all() is True
    assert follow_all() is True
    assert all(kinds(case_id) == ["file", "freeze", "thaw"] for case_id in cases)
    assert Freeze.objects.get().finished


def test_a_broken_case_keeps_no_other_waiting_and_is_told_when_it_is_mended(
    opened: Any, freeze: Planned, caplog: pytest.LogCaptureFixture
) -> None:
    broken, sound = opened(), opened()
    unreadable(broken)
    freeze()
    assert (kinds(sound), kinds(broken), Freeze.objects.get().told) == (["file", "freeze"], ["file"], False)
    mended_stage(broken)
    follow_all()
    assert (kinds(broken), Freeze.objects.get().told) == (["file", "freeze"], True)


def test_the_standby_follows_freezes_too(opened: Any, freeze: Planned) -> None:
    case_id = opened()
    freeze(batches=0)
    Standby(sweeper="standby", grace=timedelta(hours=1)).look()
    assert kinds(case_id) == ["file", "freeze"]


def test_a_frozen_case_is_no_wrong_hint_and_nothing_is_overdue(opened: Any, freeze: Planned, travel: Any) -> None:
    opened()
    planned = freeze()
    travel(days=6)
    assert repair_hints() == 0
    wake = next_wake()
    assert wake is not None
    assert (wake.at, wake.seconds > 0) == (planned.ends_at, True)


@pytest.mark.django_db(transaction=True)
def test_no_freeze_begins_before_the_clock_of_a_settlement_that_has_not_seen_it(
    opened: Any, freeze: Planned, travel: Any
) -> None:
    """Planning waits for whoever reads a case to change it, and begins after the clock they read."""
    case_id = opened()
    planned = threading.Event()

    def begin() -> None:
        freeze()
        planned.set()
        connection.close()

    with transaction.atomic():
        (case,) = batching.lock_cases([case_id])
        planner = threading.Thread(target=begin)
        planner.start()
        assert not planned.wait(0.3)
    planner.join(10)
    assert planned.is_set()
    assert Freeze.objects.get().begins_at > case.now
    assert kinds(case_id) == ["file", "freeze"]
