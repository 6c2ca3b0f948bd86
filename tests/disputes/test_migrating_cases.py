"""Running cases are put under other rules: previewed, done in a run, told to everybody, and replayed exactly."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils.translation import override

from contract.clock import database_now
from disputes.errors import FieldsRefused
from disputes.models import BulkResult, BulkRun, Case, CaseEvent, Deadline
from disputes.selectors.access import case_for
from disputes.selectors.bulk import CaseQuery
from disputes.selectors.history import time_reason, timeline
from disputes.services.auditing import first_difference
from disputes.services.bulk_previewing import Preview, preview_run
from disputes.services.bulk_running import go_on, work
from disputes.services.bulk_starting import start_run
from disputes.services.sweeping import sweep_until_done
from rules.engine.migrating import KEPT
from rules.models import CalendarEdition, PolicyVersion, RuleAction
from rules.selectors import calendar_edition, newest_calendar_id, version_in_force
from rules.services import publish_version

pytestmark = pytest.mark.django_db

PACK = "taobao.general"
ALL = CaseQuery(platforms=())

Publish = Callable[..., int]
Run = Callable[..., int]


@pytest.fixture
def publish(published: None) -> Publish:
    """A version of the pack with another time for the seller; its number."""

    def make(length: str = "7d", change: Callable[[dict[str, Any]], None] | None = None) -> int:
        document = copy.deepcopy(dict(version_in_force(PACK).policy.document))
        document["deadlines"]["seller_response"]["length"] = length
        if change is not None:
            change(document)
        return publish_version(
            PACK, source=json.dumps(document), document=document, effective_from=database_now()
        ).number

    return make


@pytest.fixture
def run(root: Any) -> Run:
    """Root puts cases under a version, and it is done."""

    def start(number: int, query: CaseQuery = ALL, **more: Any) -> int:
        run_id = begin(root, number, query, **more)
        while work():
            pass
        return run_id

    return start


def begin(root: Any, number: int, query: CaseQuery = ALL, **more: Any) -> int:
    parameters = {"pack": PACK, "version": number, **more}
    expected = preview_run("migrate", query, parameters, actor=root).cases.count
    return start_run("migrate", query, parameters, reason="New terms.", expected=expected, actor=root)


def looked(root: Any, number: int, **more: Any) -> Preview:
    return preview_run("migrate", ALL, {"pack": PACK, "version": number, **more}, actor=root)


def counts(run_id: int) -> dict[str, int]:
    return BulkRun.objects.get(pk=run_id).counts


def codes(run_id: int) -> list[str]:
    return list(BulkResult.objects.filter(run_id=run_id).order_by("position").values_list("code", flat=True))


def due_of(case_id: int) -> Any:
    return Deadline.objects.get(case_id=case_id, name="seller_response").due_at


def number_of(case_id: int) -> int:
    return PolicyVersion.objects.get(pk=Case.objects.get(pk=case_id).policy_id).number


def test_a_longer_time_reaches_running_cases_and_everything_still_replays(
    order_of: Any, file: Any, publish: Publish, run: Run
) -> None:
    done = file(order_of())
    due, longer = due_of(done.case_id), publish("7d")
    made = run(longer)
    assert counts(made) == {"done": 1}
    assert (due_of(done.case_id) - due, number_of(done.case_id)) == (timedelta(days=2), longer)
    event = CaseEvent.objects.filter(case_id=done.case_id).latest("sequence")
    assert (event.kind, event.facts["data"]["to"]["number"], event.facts["data"]["run"]) == ("migrated", longer, made)
    assert event.facts["data"]["from"]["pack"] == PACK
    assert event.actor_id is not None
    assert first_difference(done.number) is None


def test_the_preview_tells_each_time_that_would_move_and_writes_nothing(
    order_of: Any, file: Any, publish: Publish, root: Any
) -> None:
    done = file(order_of())
    due, events = due_of(done.case_id), CaseEvent.objects.count()
    (case,) = looked(root, publish("7d")).sample
    (moved,) = case.moved
    assert (case.number, case.result.code, moved.name, moved.worse) == (done.number, "done", "seller_response", False)
    assert (moved.before_at, moved.after_at) == (due, due + timedelta(days=2))
    assert (due_of(done.case_id), CaseEvent.objects.count()) == (due, events)


def test_a_case_that_would_lose_time_is_set_aside_with_what_it_would_lose(
    order_of: Any, file: Any, publish: Publish, run: Run
) -> None:
    done = file(order_of())
    due, made = due_of(done.case_id), run(publish("3d"))
    assert (counts(made), codes(made)) == ({"refused": 1}, ["needs_confirmation"])
    assert due_of(done.case_id) == due
    (told,) = BulkResult.objects.get(run_id=made).told["moved"]
    assert (told["name"], told["worse"]) == ("seller_response", True)


def test_with_every_promise_kept_the_case_changes_rules_and_no_time_moves(
    order_of: Any, file: Any, publish: Publish, run: Run
) -> None:
    done = file(order_of())
    due, shorter = due_of(done.case_id), publish("3d")
    assert counts(run(shorter, keep=True)) == {"done": 1}
    assert (due_of(done.case_id), number_of(done.case_id)) == (due, shorter)
    assert "seller_response" in Case.objects.get(pk=done.case_id).facts[KEPT]


def test_a_loss_is_confirmed_for_one_case_alone(
    order_of: Any, file: Any, publish: Publish, run: Run
) -> None:
    one, other = file(order_of()), file(order_of())
    due, shorter = due_of(one.case_id), publish("3d")
    seen = Case.objects.get(pk=one.case_id).version
    confirmation = {"case": one.number, "case_version": seen, "shorten": ["seller_response"]}
    assert counts(run(shorter, CaseQuery(platforms=(), numbers=(one.number,)), **confirmation)) == {"done": 1}
    assert due - due_of(one.case_id) == timedelta(days=2)
    both = CaseQuery(platforms=(), numbers=(one.number, other.number))
    assert counts(run(shorter, both, **confirmation)) == {"already": 1, "refused": 1}


def test_what_was_confirmed_of_a_case_that_changed_since_is_asked_again(
    order_of: Any, file: Any, publish: Publish, root: Any, does: Any, ming: Any
) -> None:
    done = file(order_of())
    shorter, seen = publish("3d"), Case.objects.get(pk=done.case_id).version
    query = CaseQuery(platforms=(), numbers=(done.number,))
    made = begin(root, shorter, query, case=done.number, case_version=seen, shorten=["seller_response"])
    does(ming, "buyer", done.number, "edit_request", reason="DAMAGED", remedy="refund_only", amount="100.00")
    work()
    assert codes(made) == ["changed_since_confirmed"]


def test_a_deadline_that_passed_meanwhile_passes_first(
    order_of: Any, file: Any, publish: Publish, root: Any, travel: Any
) -> None:
    done = file(order_of())
    made = begin(root, publish("7d"))
    travel(days=6)
    work()
    case = Case.objects.get(pk=done.case_id)
    assert (case.stage, case.outcome, counts(made)) == ("CLOSED", "refunded_by_silence", {"changed": 1})


def test_what_follows_goes_by_the_new_rules(
    order_of: Any, file: Any, publish: Publish, run: Run, travel: Any
) -> None:
    done = file(order_of())
    run(publish("7d"))
    travel(days=6)
    sweep_until_done(sweeper="test")
    assert Case.objects.get(pk=done.case_id).stage == "WAIT_SELLER"
    travel(days=2)
    sweep_until_done(sweeper="test")
    assert Case.objects.get(pk=done.case_id).outcome == "refunded_by_silence"
    assert first_difference(done.number) is None


def test_a_case_goes_back_to_an_older_version_by_the_same_way(
    order_of: Any, file: Any, publish: Publish, run: Run
) -> None:
    done = file(order_of())
    due, first = due_of(done.case_id), number_of(done.case_id)
    run(publish("3d"), keep=True)
    assert counts(run(first)) == {"done": 1}
    assert (due_of(done.case_id), number_of(done.case_id)) == (due, first)
    assert first_difference(done.number) is None


def test_a_reason_the_new_rules_do_not_know_keeps_the_case_where_it_is(
    order_of: Any, file: Any, publish: Publish, run: Run
) -> None:
    done = file(order_of())
    made = run(publish("7d", lambda document: document["reasons"].pop("DAMAGED")))
    assert codes(made) == ["reason_unknown"]
    assert number_of(done.case_id) == 1


def test_a_deadline_the_new_rules_do_not_have_is_named_and_its_row_is_gone_when_confirmed(
    order_of: Any, file: Any, publish: Publish, run: Run
) -> None:
    def rename(document: dict[str, Any]) -> None:
        document["deadlines"]["seller_answers"] = document["deadlines"].pop("seller_response")

    done = file(order_of())
    renamed = publish("7d", rename)
    made = run(renamed, keep=True)
    assert codes(made) == ["needs_confirmation"]
    query = CaseQuery(platforms=(), numbers=(done.number,))
    confirmation = {"case": done.number, "case_version": 1, "shorten": ["seller_response"]}
    assert counts(run(renamed, query, **confirmation)) == {"done": 1}
    running = Deadline.objects.filter(case_id=done.case_id).exclude(status="cancelled")
    assert {"seller_answers"} <= set(running.values_list("name", flat=True))
    assert "seller_response" not in set(running.values_list("name", flat=True))


def test_what_passed_under_former_rules_keeps_its_name_in_the_history(
    order_of: Any, file: Any, publish: Publish, run: Run, travel: Any, root: Any
) -> None:
    def rename(document: dict[str, Any]) -> None:
        document["deadlines"]["answer_in_time"] = document["deadlines"].pop("seller_response")

    done = file(order_of())
    run(publish("7d"))
    travel(days=4)
    sweep_until_done(sweeper="test")
    confirmation = {"case": done.number, "shorten": ["seller_response"]}
    seen = Case.objects.get(pk=done.case_id).version
    run(publish("7d", rename), CaseQuery(platforms=(), numbers=(done.number,)), case_version=seen, **confirmation)
    with override("en"):
        titles = [entry.title for entry in timeline(case_for(root, done.number))]
    assert any("“Seller's answer” no longer applies" in title for title in titles), titles
    assert "A reminder was sent: Seller's answer" in titles
    assert first_difference(done.number) is None


def test_a_deadline_of_another_party_tells_so_in_its_row(
    order_of: Any, file: Any, publish: Publish, run: Run
) -> None:
    def change(document: dict[str, Any]) -> None:
        document["deadlines"]["seller_response"]["party"] = "both"

    done = file(order_of())
    query = CaseQuery(platforms=(), numbers=(done.number,))
    run(publish("7d", change), query, case=done.number, case_version=1, shorten=["seller_response"])
    assert Deadline.objects.get(case_id=done.case_id, name="seller_response").party == "both"


def test_everybody_reads_in_the_history_what_changed_and_why_the_time_is_another(
    order_of: Any, file: Any, publish: Publish, run: Run, ming: Any, lan: Any
) -> None:
    done = file(order_of())
    longer = publish("7d")
    run(longer)
    for reader in (ming, lan):
        with override("en"):
            entry = timeline(case_for(reader, done.number))[-1]
            reason = time_reason(case_for(reader, done.number), "seller_response")
        assert entry.kind == "migrated"
        assert f"version {longer} in place of version 1" in entry.title
        assert "is now due on" in entry.title
        assert any(f"version {longer} in place of version 1" in line for line in reason.lines)
        assert reason.version == longer


def test_a_kept_promise_is_explained_as_one(
    order_of: Any, file: Any, publish: Publish, run: Run, lan: Any
) -> None:
    done = file(order_of())
    shorter = publish("3d")
    run(shorter, keep=True)
    with override("en"):
        lines = time_reason(case_for(lan, done.number), "seller_response").lines
    assert "The rules of the case changed since and would set another time; the one that was promised is kept." in lines


def test_the_audit_trail_names_the_run(order_of: Any, file: Any, publish: Publish, run: Run, root: Any) -> None:
    file(order_of())
    longer = publish("7d")
    made = run(longer)
    action = RuleAction.objects.get(kind="cases_migrated")
    assert (action.pack, action.actor_id) == (PACK, root.pk)
    assert action.after == {"version": longer, "run": made, "cases": 1}


def test_a_batch_done_twice_moves_nothing_twice(order_of: Any, file: Any, publish: Publish, run: Run) -> None:
    done = file(order_of())
    made = run(publish("7d"))
    due = due_of(done.case_id)
    assert go_on(made) in (None, 0)
    assert due_of(done.case_id) == due


def test_a_forged_pin_is_found(order_of: Any, file: Any, publish: Publish, run: Run) -> None:
    done = file(order_of())
    first = Case.objects.get(pk=done.case_id).policy_id
    run(publish("7d"))
    pinned = Case.objects.get(pk=done.case_id).policy_id
    _pin(done.case_id, first)
    found = first_difference(done.number)
    assert found is not None
    assert found.what == "pin"
    _pin(done.case_id, pinned)


def _pin(case_id: int, policy_id: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE disputes_case SET policy_id = %s WHERE id = %s", [policy_id, case_id])


def test_a_corrected_calendar_moves_what_counts_working_days(
    order_of: Any, file: Any, does: Any, run: Run, root: Any, acts_on_review: Callable[[str], None]
) -> None:
    done = file(order_of())
    acts_on_review(done.number)
    due = Deadline.objects.get(case_id=done.case_id, name="opinion").due_at
    edition = corrected(due - timedelta(days=1))
    query = ALL
    parameters = {"country": "cn", "edition": edition.number}
    assert preview_run("migrate", query, parameters, actor=root).cases.count == 1
    made = start_run("migrate", query, parameters, reason="A new holiday.", expected=1, actor=root)
    work()
    assert counts(made) == {"done": 1}
    assert Deadline.objects.get(case_id=done.case_id, name="opinion").due_at > due
    assert Case.objects.get(pk=done.case_id).calendar_id == edition.pk
    assert preview_run("migrate", query, parameters, actor=root).cases.count == 0


@pytest.fixture
def acts_on_review(does: Any, lan: Any, ming: Any, zhou: Any) -> Callable[[str], None]:
    """The seller declines, the buyer calls the platform, both have said everything, and Zhou has the case."""

    def lead(number: str) -> None:
        does(lan, "seller", number, "refuse", refusal="NOT_AGREED", statement="No.")
        does(ming, "buyer", number, "request_intervention", statement="Please look.", exhibits=[1])
        does(zhou, "platform", number, "change_evidence_from", **{"from": "both"})
        does(ming, "buyer", number, "complete_evidence")
        does(lan, "seller", number, "complete_evidence")
        does(zhou, "platform", number, "assign", arbitrator=zhou.pk)

    return lead


def corrected(near: Any) -> CalendarEdition:
    """The newest calendar with every working day of a week a day off."""
    known = CalendarEdition.objects.get(pk=newest_calendar_id("cn"))
    off = calendar_edition(known.pk)
    texts = json.loads(known.documents)
    file = next(name for name in texts if str(near.year) in name)
    days = (near.date() + timedelta(days=step) for step in range(-4, 4))
    special = off.holidays.keys() | off.make_up.keys()
    free = [str(day) for day in days if day.year == near.year and day.isoweekday() < 6 and day not in special]
    assert free, near
    texts[file] = texts[file].replace("holidays:\n", "holidays:\n  mourning:\n    off: [" + ", ".join(free) + "]\n", 1)
    return CalendarEdition.objects.create(
        country="cn", number=known.number + 1, documents=json.dumps(texts), digest="0" * 64
    )


@pytest.mark.parametrize(
    ("parameters", "pointer", "code"),
    [
        ({}, "/parameters/pack", "pack_or_country"),
        ({"pack": PACK, "country": "cn"}, "/parameters/pack", "pack_or_country"),
        ({"pack": PACK}, "/parameters/version", "required"),
        ({"pack": PACK, "version": "2"}, "/parameters/version", "not_a_number"),
        ({"pack": PACK, "version": 99}, "/parameters/version", "not_published"),
        ({"pack": PACK, "version": 1, "keep": "yes"}, "/parameters/keep", "not_true_or_false"),
        ({"pack": PACK, "version": 1, "case": "x"}, "/parameters/case_version", "required"),
        (
            {"pack": PACK, "version": 1, "case": "x", "case_version": 1, "shorten": "all"},
            "/parameters/shorten", "not_a_list",
        ),
        ({"pack": PACK, "version": 1, "scope": "x"}, "/parameters/scope", "unknown_field"),
    ],
)  # fmt: skip
def test_a_wrong_parameter_is_named(root: Any, published: None, parameters: Any, pointer: str, code: str) -> None:
    with pytest.raises(FieldsRefused) as refused:
        preview_run("migrate", ALL, parameters, actor=root)
    (problem,) = refused.value.fields
    assert (problem.pointer, problem.code) == (pointer, code)
