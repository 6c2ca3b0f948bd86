"""What can be done to many cases, what a preview says of it, and which cases a query finds."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import StaffRole
from contract.clock import database_now
from contract.errors import Forbidden, NotFound
from contract.money import Money
from contract.paging import PageRequest
from disputes.errors import FieldsRefused
from disputes.models import BulkRun, Case, CaseEvent, Deadline
from disputes.selectors.access import case_for
from disputes.selectors.bulk import CaseQuery, conditions, query_from, still_matches
from disputes.selectors.bulk_sets import first_cases
from disputes.services.acting import perform
from disputes.services.bulk_previewing import Preview, preview_run
from disputes.services.bulk_reading import results_of, run_for, runs_for
from disputes.services.bulk_running import work
from disputes.services.bulk_starting import start_run
from disputes.services.loading import read_cases
from disputes.services.stopping import stop_automatic

pytestmark = pytest.mark.django_db

HOLD = {"held_for": "technical"}
EXTEND = {"deadline": "seller_response", "days": 2}
ALL = CaseQuery(platforms=())

Run = Callable[..., int]


@pytest.fixture
def run(root: Any) -> Run:
    """Root has something done to the cases of a query, and it is done."""

    def start(kind: str, parameters: dict[str, Any], query: CaseQuery = ALL) -> int:
        expected = preview_run(kind, query, parameters, actor=root).cases.count
        made = start_run(kind, query, parameters, reason="An outage.", expected=expected, actor=root)
        while work():
            pass
        return made

    return start


@pytest.fixture
def preview(root: Any) -> Callable[..., Preview]:
    def look(kind: str = "hold", parameters: Any = HOLD, query: CaseQuery = ALL, **more: Any) -> Preview:
        return preview_run(kind, query, parameters, actor=root, **more)

    return look


def due_of(case_id: int) -> Any:
    return Deadline.objects.get(case_id=case_id, name="seller_response").due_at


def counts(run_id: int) -> dict[str, int]:
    return BulkRun.objects.get(pk=run_id).counts


# Resuming


@pytest.mark.parametrize(
    ("mode", "gained"), [("moved", timedelta(days=2)), ("lapse", timedelta()), ("fresh", timedelta(days=3))]
)
def test_held_cases_run_again_in_each_of_three_ways(
    order_of: Any, file: Any, run: Run, travel: Any, mode: str, gained: timedelta
) -> None:
    case_id = file(order_of()).case_id
    due = due_of(case_id)
    travel(days=1)
    run("hold", HOLD)
    travel(days=2)
    resumed = run("resume", {"mode": mode}, CaseQuery(platforms=(), held="held"))
    assert counts(resumed) == {"done": 1}
    assert abs(due_of(case_id) - due - gained) < timedelta(minutes=1)


def test_exactly_what_a_run_held_runs_again_and_nothing_held_otherwise(
    order_of: Any, file: Any, run: Run, root: Any
) -> None:
    plain, others, freed = (file(order_of()) for _ in range(3))
    before = file(order_of())
    perform(case_for(root, before.number), "pause", {"reason": "legal_hold"})
    held = run("hold", HOLD)
    assert counts(held) == {"done": 3, "already": 1}
    for filed in (others, freed):
        perform(case_for(root, filed.number), "resume", {"mode": "moved"})
    perform(case_for(root, others.number), "pause", {"reason": "payment_dispute"})
    resumed = run("resume", {"mode": "moved"}, CaseQuery(platforms=(), held_by_run=held))
    assert counts(resumed) == {"done": 1}
    assert BulkRun.objects.get(pk=resumed).of_run_id == held
    assert dict(Case.objects.values_list("pk", "held")) == {
        plain.case_id: "", others.case_id: "payment_dispute", freed.case_id: "", before.case_id: "legal_hold",
    }  # fmt: skip


def test_a_case_held_anew_between_confirming_and_doing_stays_held(
    order_of: Any, file: Any, run: Run, root: Any
) -> None:
    filed = file(order_of())
    held = run("hold", HOLD)
    query = CaseQuery(platforms=(), held_by_run=held)
    resumed = start_run("resume", query, {"mode": "moved"}, reason="Over.", expected=1, actor=root)
    perform(case_for(root, filed.number), "resume", {"mode": "moved"})
    perform(case_for(root, filed.number), "pause", {"reason": "legal_hold"})
    work()
    assert counts(resumed) == {"changed": 1}
    assert Case.objects.get(pk=filed.case_id).held == "legal_hold"


def test_a_case_of_a_stopped_pack_is_let_go_and_kept_from_lapsing(
    order_of: Any, file: Any, run: Run, root: Any
) -> None:
    case_id = file(order_of()).case_id
    run("hold", HOLD)
    stop_automatic("taobao.general", actor=root, reason="Wrong rules.")
    assert counts(run("resume", {"mode": "moved"}, CaseQuery(platforms=(), held="held"))) == {"done": 1}
    assert Case.objects.get(pk=case_id).held == "automatic_stopped"


# More time


def test_more_time_is_given_to_one_deadline_wherever_it_runs(order_of: Any, file: Any, run: Run, lan: Any) -> None:
    filed, refused = file(order_of()), file(order_of())
    perform(case_for(lan, refused.number), "refuse", {"refusal": "NOT_AGREED", "statement": "No."})
    due = due_of(filed.case_id)
    made = run("extend", EXTEND)
    assert due_of(filed.case_id) - due == timedelta(days=2)
    assert counts(made) == {"done": 1, "refused": 1}
    (told,) = results_of(made, PageRequest(), "refused").data
    assert (told.number, told.code) == (refused.number, "deadline_not_running")
    (moved,) = results_of(made, PageRequest(), "done").data[0].moved
    assert (moved.name, moved.after_at - moved.before_at) == ("seller_response", timedelta(days=2))


@pytest.mark.parametrize(
    ("parameters", "pointer"),
    [
        ({"deadline": "seller_response"}, "/parameters/hours"), ({**EXTEND, "hours": 3}, "/parameters/days"),
        ({"deadline": "seller_response", "hours": 0}, "/parameters/hours"),
        ({**EXTEND, "days": 366}, "/parameters/days"),
        ({"deadline": "seller_response", "hours": True}, "/parameters/hours"),
        ({"deadline": "doom", "hours": 1}, "/parameters/deadline"), ({"hours": 1}, "/parameters/deadline"),
    ],
)  # fmt: skip
def test_what_cannot_be_extended_is_pointed_at(
    published: None, preview: Any, parameters: dict[str, Any], pointer: str
) -> None:
    with pytest.raises(FieldsRefused) as refused:
        preview("extend", parameters)
    assert [problem.pointer for problem in refused.value.fields] == [pointer]


# Looking first


def test_a_preview_counts_the_cases_and_says_what_would_come_of_them(
    order_of: Any, file: Any, preview: Any, root: Any
) -> None:
    file(order_of())
    held = file(order_of())
    perform(case_for(root, held.number), "pause", {"reason": "legal_hold"})
    seen = preview()
    assert (seen.cases.count, seen.tried, seen.next) == (2, 2, None)
    assert [(group.code, group.count) for group in seen.cases.platforms] == [("taobao", 2)]
    assert [(group.code, group.count) for group in seen.cases.stages] == [("WAIT_SELLER", 2)]
    assert seen.cases.money == (Money.parse("256.00", "CNY"),)
    assert {(each.result, each.code, each.count) for each in seen.results} == {
        ("done", "", 1), ("already", "already_paused", 1),
    }  # fmt: skip
    assert "seller_response" in {group.name for group in seen.cases.deadlines}


def test_a_preview_shows_due_times_before_and_after(order_of: Any, file: Any, preview: Any) -> None:
    case_id = file(order_of()).case_id
    (case,) = preview("extend", EXTEND).sample
    (moved,) = case.moved
    assert (moved.before_at, moved.after_at) == (due_of(case_id), due_of(case_id) + timedelta(days=2))
    assert (moved.before_runs, moved.after_runs) == (True, True)


def test_a_preview_writes_nothing(order_of: Any, file: Any, preview: Any, travel: Any) -> None:
    file(order_of())
    travel(days=6)
    (case,) = preview().sample
    assert case.result.code == "changed"
    assert CaseEvent.objects.count() == 1
    assert not BulkRun.objects.exists()


def test_a_sample_goes_on_where_it_ended(order_of: Any, file: Any, preview: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr("disputes.services.bulk_previewing.ON_A_PAGE", 2)
    monkeypatch.setattr("disputes.services.bulk_previewing.TRIED", 2)
    numbers = [file(order_of()).number for _ in range(5)]
    shown, after = [], 0
    while after is not None:
        part = preview(after=after)
        shown += [case.number for case in part.sample]
        after = part.next
    assert shown == numbers
    assert part.tried == 2


def test_a_preview_takes_the_same_statements_for_three_cases_as_for_nine(
    order_of: Any, file: Any, preview: Any
) -> None:
    def statements() -> int:
        preview()
        with CaptureQueriesContext(connection) as told:
            preview()
        return len(told)

    for _ in range(3):
        file(order_of())
    few = statements()
    for _ in range(6):
        file(order_of())
    assert statements() == few


def test_a_list_of_runs_takes_the_same_statements_however_long_it_is(
    order_of: Any, file: Any, run: Run, root: Any
) -> None:
    def statements() -> int:
        with CaptureQueriesContext(connection) as told:
            assert runs_for(root, PageRequest()).data[0].what == "“卖家响应”延长 2 天"
        return len(told)

    file(order_of())
    run("extend", EXTEND)
    few = statements()
    for _ in range(3):
        run("extend", EXTEND)
    assert statements() == few


# Which cases


def test_every_filter_means_the_same_to_the_database_and_to_a_single_case(
    order_of: Any, file: Any, lan: Any, root: Any, travel: Any
) -> None:
    """The set is found by rows, and asked again of a snapshot under its lock."""
    waiting, refused, held, closed = (file(order_of()) for _ in range(4))
    travel(hours=1)
    other = file(order_of(), reason="NOT_AS_DESCRIBED")
    perform(case_for(lan, refused.number), "refuse", {"refusal": "NOT_AGREED", "statement": "No."})
    perform(case_for(lan, closed.number), "accept", {})
    perform(case_for(root, held.number), "pause", {"reason": "technical"})
    due, now = due_of(waiting.case_id), database_now()
    policy = Case.objects.get(pk=waiting.case_id).policy_id
    queries = [
        {}, {"held": "held"}, {"held": "running"}, {"stage": "WAIT_SELLER"}, {"stage": "CLOSED"},
        {"stage": "SELLER_REFUSED"}, {"deadline": "seller_response"}, {"deadline": "platform_steps_in"},
        {"due_before": due}, {"due_before": due + timedelta(microseconds=1)}, {"due_after": due},
        {"due_after": due, "deadline": "seller_response", "held": "held"}, {"due_before": now}, {"policy": policy},
        {"policy": policy + 1000}, {"reason": "DAMAGED"}, {"reason": other.after.facts["reason"]},
        {"numbers": (closed.number, waiting.number)}, {"deadline": "seller_response.reminder"},
        {"due_after": due, "due_before": due + timedelta(minutes=30), "held": "running"},
    ]  # fmt: skip
    everything = read_cases(sorted(Case.objects.values_list("pk", flat=True)))
    for told in queries:
        query = CaseQuery(platforms=("taobao",), **told)
        fits = {
            case.id for case in everything
            if still_matches(query, case.snapshot, case.policy, case.policy_id)
            and (not query.numbers or case.number in query.numbers)
        }  # fmt: skip
        assert set(first_cases(query, after=0, limit=100)) == fits, told
        assert query_from(query.as_json()) == query


def test_pack_shop_and_platform_narrow_the_set(order_of: Any, file: Any, shop: Any) -> None:
    file(order_of())
    for told, found in (
        ({"pack": "taobao.general"}, 1), ({"pack": "tmall.general"}, 0), ({"shop": shop.pk}, 1), ({"shop": 0}, 0),
    ):  # fmt: skip
        query = CaseQuery(platforms=("taobao",), **told)
        assert len(first_cases(query, after=0, limit=9)) == found, told
    assert conditions(CaseQuery(platforms=()))[1]["platforms"] == []
    assert first_cases(CaseQuery(platforms=("aliexpress",)), after=0, limit=9) == []


# Reading


def test_runs_are_seen_by_whoever_administers_their_platforms(
    order_of: Any, file: Any, run: Run, root: Any, person: Any
) -> None:
    file(order_of())
    made = run("hold", HOLD)
    assert [each.id for each in runs_for(root, PageRequest()).data] == [made]
    assert run_for(root, made).results[0].count == 1
    mo = person("mo")
    StaffRole.objects.create(user=mo, kind="administrator", platform="aliexpress")
    assert runs_for(mo, PageRequest()).data == ()
    with pytest.raises(NotFound):
        run_for(mo, made)
    with pytest.raises(Forbidden):
        preview_run("hold", CaseQuery(platforms=("taobao",)), HOLD, actor=mo)


def test_a_run_nobody_works_on_says_so(order_of: Any, file: Any, root: Any, travel: Any) -> None:
    file(order_of())
    made = start_run("hold", ALL, HOLD, reason="An outage.", expected=1, actor=root)
    assert run_for(root, made).quiet is False
    travel(minutes=2)
    assert run_for(root, made).quiet is True
    work()
    assert run_for(root, made).quiet is False
