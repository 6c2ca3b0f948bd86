"""One thing done to many cases: fixed when it is confirmed, each case once, alone in what comes of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from django.utils.translation import override

from accounts.models import Membership, StaffRole
from accounts.services import suspend_person
from contract.errors import Forbidden
from contract.paging import PageRequest
from disputes.errors import FieldsRefused
from disputes.models import BulkResult, BulkRun, Case, CaseEvent
from disputes.selectors.access import case_for
from disputes.selectors.bulk import CaseQuery
from disputes.selectors.history import journal, timeline
from disputes.services import bulk_running
from disputes.services.acting import perform
from disputes.services.bulk_running import work
from disputes.services.bulk_starting import NoCases, RunEnded, SetChanged, TooManyCases, cancel_run, start_run
from notifications.models import Notification
from notifications.services.relay import relay_until_done
from tests.disputes.test_sweeping import mended_amount, mended_stage, unreadable, unwritable

pytestmark = pytest.mark.django_db

HOLD = {"held_for": "technical"}
Start = Callable[..., int]


@pytest.fixture
def start(root: Any) -> Start:
    """Root has something done to cases."""

    def run(expected: int, query: CaseQuery | None = None, *, kind: str = "hold", **more: Any) -> int:
        values = {"parameters": HOLD, "reason": "The data centre burns.", "actor": root, **more}
        return start_run(kind, query or CaseQuery(platforms=()), expected=expected, **values)

    return run


def done() -> None:
    while work():
        pass


def results(run_id: int) -> dict[str, int]:
    return Counter(BulkResult.objects.filter(run_id=run_id).values_list("result", flat=True))


def result_of(run_id: int, case_id: int) -> BulkResult:
    return BulkResult.objects.get(run_id=run_id, case_id=case_id)


def kinds(case_id: int) -> list[str]:
    return list(CaseEvent.objects.filter(case_id=case_id).order_by("sequence").values_list("kind", flat=True))


def test_every_case_of_the_set_is_held_and_says_by_which_event(order_of: Any, file: Any, start: Start) -> None:
    ids = [file(order_of()).case_id for _ in range(3)]
    run = start(3)
    done()
    row = BulkRun.objects.get(pk=run)
    assert (row.state, row.counts, row.platforms) == ("finished", {"done": 3}, ["taobao"])
    assert row.finished_at is not None
    for case_id in ids:
        assert kinds(case_id) == ["file", "pause"]
        assert (result_of(run, case_id).result, result_of(run, case_id).sequence) == ("done", 2)
    event = CaseEvent.objects.get(case_id=ids[0], kind="pause")
    assert (event.party, event.facts["data"]["run"], event.facts["data"]["reason"]) == ("platform", run, "technical")


def test_a_result_tells_which_due_times_stand_still(order_of: Any, file: Any, start: Start) -> None:
    case_id = file(order_of()).case_id
    run = start(1)
    done()
    moved = {each["name"]: each for each in result_of(run, case_id).told["moved"]}
    assert moved["seller_response"]["before"]["runs"] is True
    assert moved["seller_response"]["after"]["runs"] is False


def test_the_most_urgent_case_comes_first(order_of: Any, file: Any, start: Start, travel: Any) -> None:
    file(order_of(), reason="DAMAGED")
    travel(days=1)
    file(order_of())
    run = start(2)
    assert list(BulkResult.objects.filter(run_id=run).order_by("position").values_list("case__due_at", flat=True)) == (
        sorted(Case.objects.values_list("due_at", flat=True))
    )


def test_what_was_due_before_lapses_first_and_the_case_no_longer_fits(
    order_of: Any, file: Any, start: Start, travel: Any
) -> None:
    case_id = file(order_of()).case_id
    run = start(1)
    travel(days=6)
    done()
    assert kinds(case_id)[-1] == "lapsed"
    assert (result_of(run, case_id).result, result_of(run, case_id).sequence) == ("changed", None)


def test_a_case_held_meanwhile_no_longer_fits_a_query_for_running_ones(
    order_of: Any, file: Any, start: Start, root: Any
) -> None:
    filed = file(order_of())
    run, other = start(1, CaseQuery(platforms=(), held="running")), start(1)
    perform(case_for(root, filed.number), "pause", {"reason": "legal_hold"})
    done()
    assert result_of(run, filed.case_id).result == "changed"
    assert (result_of(other, filed.case_id).result, result_of(other, filed.case_id).code) == (
        "already", "already_paused",
    )  # fmt: skip
    assert Case.objects.get(pk=filed.case_id).held == "legal_hold"


def test_whoever_is_a_party_does_not_hold_their_own_case(
    order_of: Any, file: Any, start: Start, root: Any, shop: Any
) -> None:
    case_id = file(order_of()).case_id
    Membership.objects.create(user=root, shop=shop)
    run = start(1)
    done()
    assert (result_of(run, case_id).result, result_of(run, case_id).code) == ("refused", "conflict_of_interest")
    assert kinds(case_id) == ["file"]


def test_whoever_no_longer_administers_changes_nothing_any_more(
    order_of: Any, file: Any, start: Start, root: Any
) -> None:
    case_id = file(order_of()).case_id
    run = start(1)
    StaffRole.objects.filter(user=root).delete()
    done()
    assert (result_of(run, case_id).result, result_of(run, case_id).code) == ("refused", "not_your_action")


def test_whoever_was_suspended_meanwhile_changes_nothing_any_more(
    order_of: Any, file: Any, start: Start, root: Any
) -> None:
    case_id = file(order_of()).case_id
    run = start(1)
    suspend_person(root.pk)
    done()
    assert (result_of(run, case_id).result, result_of(run, case_id).code) == ("refused", "not_your_action")


def test_only_the_platforms_one_administers_are_reached(
    order_of: Any, file: Any, start: Start, person: Any
) -> None:
    file(order_of())
    mo = person("mo")
    with pytest.raises(Forbidden):
        start(1, actor=mo)
    StaffRole.objects.create(user=mo, kind="administrator", platform="aliexpress")
    with pytest.raises(NoCases):
        start(0, actor=mo)
    with pytest.raises(Forbidden):
        start(1, CaseQuery(platforms=("taobao",)), actor=mo)
    with pytest.raises(Forbidden):
        cancel_run(start(1), actor=mo)


def test_another_number_of_cases_than_was_seen_is_told_and_nothing_begins(
    order_of: Any, file: Any, start: Start
) -> None:
    file(order_of())
    with pytest.raises(SetChanged) as changed:
        start(2)
    assert changed.value.data == {"count": 1, "seen": 2}
    assert not BulkRun.objects.exists()
    assert not BulkResult.objects.exists()


def test_more_cases_than_a_run_takes_are_refused(
    order_of: Any, file: Any, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("disputes.services.bulk_starting.MOST_CASES", 1)
    for _ in range(2):
        file(order_of())
    with pytest.raises(TooManyCases):
        start(2)
    assert not BulkRun.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "pointer"),
    [
        ({"reason": " "}, "/reason"), ({"reason": "x" * 501}, "/reason"), ({"parameters": {}}, "/parameters/held_for"),
        ({"parameters": {"held_for": "whim"}}, "/parameters/held_for"), ({"kind": "burn"}, "/kind"),
        ({"parameters": {**HOLD, "until": "soon"}}, "/parameters/until"),
        ({"parameters": {**HOLD, "until": "2026-01-01T00:00:00"}}, "/parameters/until"),
        ({"parameters": {**HOLD, "until": "2001-01-01T00:00:00Z"}}, "/parameters/until"),
        ({"parameters": {**HOLD, "colour": "red"}}, "/parameters/colour"),
    ],
)  # fmt: skip
def test_what_cannot_be_taken_is_pointed_at(
    order_of: Any, file: Any, start: Start, wrong: dict[str, Any], pointer: str
) -> None:
    file(order_of())
    with pytest.raises(FieldsRefused) as refused:
        start(1, **wrong)
    assert [problem.pointer for problem in refused.value.fields] == [pointer]


def test_a_cancelled_run_leaves_what_is_done_and_does_no_more(
    order_of: Any, file: Any, start: Start, root: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk_running, "BATCH", 2)
    for _ in range(3):
        file(order_of())
    run = start(3)
    assert bulk_running.go_on(run) == 2
    cancel_run(run, actor=root)
    assert bulk_running.go_on(run) is None
    row = BulkRun.objects.get(pk=run)
    assert (row.state, row.counts, row.cancelled_by_id) == ("cancelled", {"done": 2}, root.pk)
    assert results(run) == {"done": 2, "": 1}
    with pytest.raises(RunEnded):
        cancel_run(run, actor=root)


def test_a_run_that_lost_its_worker_is_taken_up_where_it_was(
    order_of: Any, file: Any, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk_running, "BATCH", 2)
    ids = [file(order_of()).case_id for _ in range(3)]
    run = start(3)
    bulk_running.go_on(run)
    assert BulkRun.objects.get(pk=run).state == "running"
    done()
    assert all(kinds(case_id) == ["file", "pause"] for case_id in ids)
    assert results(run) == {"done": 3}


def test_a_case_that_cannot_be_decided_or_written_fails_alone(order_of: Any, file: Any, start: Start) -> None:
    broken, unwritten, sound = (file(order_of()).case_id for _ in range(3))
    run = start(3)
    unreadable(broken)
    unwritable(unwritten)
    done()
    assert results(run) == {"failed": 2, "done": 1}
    assert result_of(run, sound).result == "done"
    assert result_of(run, broken).told["error"]
    assert BulkRun.objects.get(pk=run).state == "finished"
    mended_stage(broken)
    mended_amount(unwritten)


def test_staff_read_the_run_and_its_reason_in_the_history_and_parties_do_not(
    order_of: Any, file: Any, start: Start, root: Any, ming: Any, lan: Any
) -> None:
    number = file(order_of()).number
    run = start(1)
    done()
    with override("en"):
        entries = {who: timeline(case_for(person, number))[-1] for who, person in (("root", root), ("ming", ming))}
        assert entries["root"].text == f"Bulk run {run}: The data centre burns."
        assert (entries["ming"].title, entries["ming"].text) == ("stopped the clocks: A technical problem", "")
    for person, told in ((root, {"reason": "technical", "run": run}), (lan, {"reason": "technical"})):
        assert journal(case_for(person, number), PageRequest()).data[-1].facts["data"] == told


def test_both_sides_are_told_that_the_clocks_stand_still(
    order_of: Any, file: Any, start: Start, ming: Any, lan: Any
) -> None:
    file(order_of())
    relay_until_done()
    start(1)
    done()
    relay_until_done()
    told = Notification.objects.filter(kind="held").values_list("recipient_id", flat=True)
    assert {ming.pk, lan.pk} <= set(told)
