"""One button stops the automatic outcomes of a pack; a second person resumes them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from accounts.services import appoint
from contract.errors import Forbidden, Invalid, NotFound
from disputes.errors import ActionRefused
from disputes.models import AutomaticStop, Case, CaseEvent, Deadline
from disputes.selectors.access import case_for
from disputes.selectors.cases import case_view
from disputes.services import stopping
from disputes.services.acting import perform
from disputes.services.stopping import Stopped, carry_on, resume_automatic, stop_automatic
from disputes.services.sweeping import sweep_until_done
from tests.disputes.test_sweeping import mended_amount, mended_stage, unreadable, unwritable

pytestmark = pytest.mark.django_db
PACK = "taobao.general"

Stop = Callable[..., Stopped]


@pytest.fixture
def stop(root: Any) -> Stop:
    """Root stops a pack."""

    def run(pack: str = PACK, **more: Any) -> Stopped:
        return stop_automatic(pack, actor=root, reason="The carrier's feed is wrong.", **more)

    return run


def kinds(case_id: int) -> list[str]:
    return list(CaseEvent.objects.filter(case_id=case_id).order_by("sequence").values_list("kind", flat=True))


def due_of(case_id: int) -> Any:
    return Deadline.objects.get(case_id=case_id, name="seller_response").due_at


def stage_of(case_id: int) -> str:
    return Case.objects.values_list("stage", flat=True).get(pk=case_id)


def swept() -> None:
    sweep_until_done(sweeper="test")


def test_a_stopped_case_does_not_lapse_and_lapses_with_the_time_left_after_it_is_resumed(
    order_of: Any, file: Any, stop: Stop, zhou: Any, travel: Any
) -> None:
    case_id = file(order_of()).case_id
    due = due_of(case_id)
    assert stop().changed == 1
    stopped_at = AutomaticStop.objects.get().stopped_at
    travel(to=due + timedelta(days=9))
    swept()
    assert kinds(case_id) == ["file", "pause"]
    assert resume_automatic(PACK, actor=zhou).changed == 1
    resumed_at = AutomaticStop.objects.get().resumed_at
    moved = due_of(case_id)
    assert timedelta() <= (moved - due) - (resumed_at - stopped_at) + timedelta(seconds=1) < timedelta(seconds=2)
    travel(to=moved - timedelta(seconds=1))
    swept()
    assert stage_of(case_id) == "WAIT_SELLER"
    travel(to=moved + timedelta(seconds=1))
    swept()
    assert kinds(case_id)[-1] == "lapsed"


def test_what_was_due_before_the_stop_lapses(order_of: Any, file: Any, stop: Stop, travel: Any) -> None:
    case_id = file(order_of()).case_id
    travel(to=due_of(case_id) + timedelta(minutes=1))
    stop()
    assert "lapsed" in kinds(case_id)
    assert stage_of(case_id) == "CLOSED"


def test_the_parties_go_on_while_it_is_stopped(
    order_of: Any, file: Any, stop: Stop, lan: Any, ming: Any, zhou: Any, travel: Any
) -> None:
    done = file(order_of())
    stop()
    row = Case.objects.get(pk=done.case_id)
    assert (row.waiting_on, row.due_at, row.wake_at) == ("seller", None, None)
    assert row.seller_due_at is not None
    travel(days=30)
    perform(case_for(lan, done.number), "refuse", {"refusal": "NOT_AGREED", "statement": "No."})
    row.refresh_from_db()
    assert (row.stage, row.wake_at, row.due_at) == ("SELLER_REFUSED", None, None)
    travel(days=30)
    swept()
    assert stage_of(done.case_id) == "SELLER_REFUSED"
    resume_automatic(PACK, actor=zhou)
    row.refresh_from_db()
    assert row.due_at is not None


def test_the_door_says_who_is_awaited_and_that_nothing_happens_by_itself(
    order_of: Any, file: Any, stop: Stop, lan: Any
) -> None:
    from django.utils import translation

    number = file(order_of()).number
    stop()
    with translation.override("en"):
        view = case_view(case_for(lan, number))
        assert view.waiting_on == "seller"
        assert view.door.what.startswith("The buyer asks for your answer")
        assert view.door.then.startswith("The platform has stopped automatic outcomes")
        assert view.held is not None
        assert view.held.code == "automatic_stopped"


def test_a_case_opened_meanwhile_is_stopped_with_its_opening(
    order_of: Any, file: Any, stop: Stop, zhou: Any, travel: Any
) -> None:
    stop()
    case_id = file(order_of()).case_id
    assert kinds(case_id) == ["file", "pause"]
    travel(days=40)
    swept()
    assert stage_of(case_id) == "WAIT_SELLER"
    resume_automatic(PACK, actor=zhou)
    assert Case.objects.get(pk=case_id).held == ""


def test_other_packs_are_not_affected(order_of: Any, file: Any, stop: Stop) -> None:
    case_id = file(order_of()).case_id
    stop("taobao.virtual")
    assert kinds(case_id) == ["file"]
    assert kinds(file(order_of()).case_id) == ["file"]


def test_a_case_held_for_another_reason_stays_held_and_is_counted(
    order_of: Any, file: Any, stop: Stop, root: Any, zhou: Any
) -> None:
    done = file(order_of())
    perform(case_for(root, done.number), "pause", {"reason": "legal_hold"})
    report = stop()
    assert (report.changed, report.held_otherwise) == (0, 1)
    resume_automatic(PACK, actor=zhou)
    assert Case.objects.get(pk=done.case_id).held == "legal_hold"


def test_a_case_let_run_by_hand_stays_without_automatic_outcomes(
    order_of: Any, file: Any, stop: Stop, root: Any, travel: Any
) -> None:
    done = file(order_of())
    perform(case_for(root, done.number), "pause", {"reason": "legal_hold"})
    stop()
    travel(days=30)
    perform(case_for(root, done.number), "resume", {"mode": "lapse"})
    swept()
    assert kinds(done.case_id) == ["file", "pause", "resume", "pause"]
    assert Case.objects.get(pk=done.case_id).held == "automatic_stopped"


def test_one_case_is_not_resumed_past_the_second_person(order_of: Any, file: Any, stop: Stop, root: Any) -> None:
    done = file(order_of())
    stop()
    with pytest.raises(ActionRefused) as refused:
        perform(case_for(root, done.number), "resume", {"mode": "moved"})
    assert refused.value.code == "automatic_stopped"


def test_whoever_stopped_it_does_not_resume_it(order_of: Any, file: Any, stop: Stop, root: Any, person: Any) -> None:
    case_id = file(order_of()).case_id
    stop()
    with pytest.raises(ActionRefused) as refused:
        resume_automatic(PACK, actor=root)
    assert refused.value.code == "stopped_by_yourself"
    assert resume_automatic(PACK, actor=person("second", "administrator")).changed == 1
    assert kinds(case_id) == ["file", "pause", "resume"]
    with pytest.raises(ActionRefused) as again:
        resume_automatic(PACK, actor=root)
    assert again.value.code == "not_stopped"


def test_the_database_refuses_that_one_person_does_both(root: Any, published: None) -> None:
    row = AutomaticStop.objects.create(pack=PACK, reason="x", stopped_by=root)
    row.refresh_from_db()
    row.resumed_by, row.resumed_at = root, row.stopped_at
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save()
    with pytest.raises(IntegrityError), transaction.atomic():
        AutomaticStop.objects.create(pack=PACK, reason="y", stopped_by=root)


def test_only_administrators_of_the_platform_stop_and_leads_may_resume(
    stop: Stop, person: Any, zhou: Any, wu: Any, published: None
) -> None:
    keeper = person("keeper")
    appoint(keeper, "administrator", "xianyu")
    for somebody in (keeper, zhou, wu):
        with pytest.raises(Forbidden):
            stop_automatic(PACK, actor=somebody, reason="x")
    stop()
    for somebody in (keeper, wu):
        with pytest.raises(Forbidden):
            resume_automatic(PACK, actor=somebody)
    resume_automatic(PACK, actor=zhou)


@pytest.mark.parametrize("reason", ["", "  ", "x" * 501])
def test_a_reason_is_needed_and_not_a_book(root: Any, published: None, reason: str) -> None:
    with pytest.raises(Invalid):
        stop_automatic(PACK, actor=root, reason=reason)
    assert not AutomaticStop.objects.exists()


def test_a_pack_that_does_not_exist_is_not_found(root: Any, published: None) -> None:
    with pytest.raises(NotFound):
        stop_automatic("none", actor=root, reason="x")


def test_what_a_crash_left_is_taken_up_by_the_next_call_or_the_workers(
    order_of: Any, file: Any, stop: Stop, root: Any, zhou: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    cases = [file(order_of()).case_id for _ in range(5)]
    monkeypatch.setattr(stopping, "BATCH", 2)
    first = stop(batches=1)
    assert (first.changed, first.finished) == (2, False)
    second = stop(batches=1)
    assert (second.changed, second.stop_id) == (2, first.stop_id)
    assert carry_on() == 1
    assert carry_on() == 0
    assert all(kinds(case_id) == ["file", "pause"] for case_id in cases)

    assert resume_automatic(PACK, actor=zhou, batches=1).changed == 2
    with pytest.raises(ActionRefused):
        resume_automatic(PACK, actor=root)
    assert resume_automatic(PACK, actor=zhou, batches=1).changed == 2
    assert carry_on() == 1
    assert all(kinds(case_id) == ["file", "pause", "resume"] for case_id in cases)


@pytest.mark.parametrize(
    ("broken_by", "mended_by"), [(unreadable, mended_stage), (unwritable, mended_amount)], ids=["read", "written"]
)
def test_a_case_that_cannot_be_read_or_written_keeps_no_other_running(
    order_of: Any, file: Any, stop: Stop, broken_by: Any, mended_by: Any
) -> None:
    sound, broken, other = (file(order_of()).case_id for _ in range(3))
    broken_by(broken)
    try:
        report = stop()
    finally:
        mended_by(broken)
    assert (report.changed, report.broken) == (2, 1)
    assert [kinds(case_id) for case_id in (sound, broken, other)] == [["file", "pause"], ["file"], ["file", "pause"]]


def test_a_case_that_cannot_be_decided_keeps_no_other_running(order_of: Any, file: Any, stop: Stop) -> None:
    broken, sound = file(order_of()).case_id, file(order_of()).case_id
    running = Deadline.objects.filter(case_id=broken, name="seller_response")
    running.update(name="unknown")
    report = stop()
    Deadline.objects.filter(case_id=broken, name="unknown").update(name="seller_response")
    assert (report.changed, report.broken) == (1, 1)
    assert kinds(sound) == ["file", "pause"]
