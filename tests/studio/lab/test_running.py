"""Runs of the lab over cases of a real journal: sums, differences, going on after a death, and cancelling."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from contract.clock import database_now
from contract.errors import NotFound
from disputes.models import Case, CaseEvent
from disputes.selectors.bulk import CaseQuery
from disputes.selectors.histories import Chosen
from disputes.services.bulk_running import work as do_bulk
from disputes.services.bulk_starting import start_run
from disputes.services.sweeping import sweep_until_done
from rules.drafting import NewTerm, with_lengths
from rules.engine.compiler import compile_policy
from rules.engine.lengths import parse_length
from rules.selectors import version_in_force
from rules.services import publish_version
from studio.lab import running
from studio.lab.running import Asked, RunOver, cancel, finished, start_counterfactual, start_verification, work
from studio.models import LabDifference, LabRun

pytestmark = pytest.mark.django_db
PACK = "taobao.general"


def asked(length: str) -> Asked:
    base = version_in_force(PACK).policy
    terms = [NewTerm(length=parse_length(length))]
    policy = compile_policy(with_lengths(base.document, "seller_response", terms, source="a trial"))
    return Asked(policy=policy, name=f"seller answers in {length}")


def buckets(run: LabRun) -> dict[str, str]:
    return dict(LabDifference.objects.filter(run=run).values_list("number", "bucket"))


def test_every_history_follows_from_the_rules_it_ran_under(cases: dict[str, str]) -> None:
    run = finished(start_verification(Chosen(), by_id=None))
    assert (run.state, run.done, run.total) == ("finished", 3, 3)
    assert run.totals["buckets"] == {"identical": 3}
    assert not LabDifference.objects.exists()


def test_the_rules_in_force_would_have_affected_nothing(cases: dict[str, str]) -> None:
    base = Asked(policy=version_in_force(PACK).policy, name="in force")
    run = finished(start_counterfactual(base, Chosen(), by_id=None))
    assert run.totals["buckets"] == {"not_affected": 3}
    assert run.totals["days_before"] == run.totals["days_after"] != {}


def test_a_shorter_time_shows_who_would_have_been_too_late(cases: dict[str, str]) -> None:
    run = finished(start_counterfactual(asked("3d"), Chosen(), by_id=None))
    assert buckets(run) == {
        cases["silent"]: "unchanged", cases["agreed"]: "would_have_lapsed", cases["fresh"]: "unchanged",
    }  # fmt: skip
    assert sum(run.totals["days_after"].values()) > 0
    assert run.totals["days_before"] != run.totals["days_after"]


def test_a_longer_time_is_not_guessed_about(cases: dict[str, str]) -> None:
    run = finished(start_counterfactual(asked("9d"), Chosen(status="closed"), by_id=None))
    assert buckets(run) == {cases["silent"]: "diverged", cases["agreed"]: "unchanged"}
    assert run.totals["unknown"] == 1


def test_the_same_run_twice_gives_the_same_though_cases_went_on(
    lan: Any, cases: dict[str, str], does: Any, travel: Any
) -> None:
    first = LabRun.objects.get(pk=start_counterfactual(asked("3d"), Chosen(), by_id=None))
    once = finished(first.pk)
    travel(hours=1)
    does(lan, "seller", cases["fresh"], "accept")
    first.pk, first.state, first.done, first.at_id = None, "queued", 0, 0
    first.save()
    again = finished(first.pk)
    assert once.totals["digest"] == again.totals["digest"] != ""
    assert once.totals == again.totals


def test_a_run_goes_on_where_a_dead_worker_left_it(cases: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "BATCH", 1)
    whole = finished(start_counterfactual(asked("3d"), Chosen(), by_id=None))
    run_id = start_counterfactual(asked("3d"), Chosen(), by_id=None)
    LabRun.objects.filter(pk=run_id).update(as_of=whole.as_of)
    assert work(seconds=1e-9) == 1
    assert LabRun.objects.get(pk=run_id).state == "running"
    assert work(seconds=30) == 2
    run = LabRun.objects.get(pk=run_id)
    assert run.totals == whole.totals
    assert buckets(run) == buckets(whole)


def test_a_cancelled_run_keeps_what_it_found_and_does_no_more(
    cases: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "BATCH", 1)
    run_id = start_verification(Chosen(), by_id=None)
    work(seconds=1e-9)
    cancel(run_id)
    assert work(seconds=30) == 0
    run = LabRun.objects.get(pk=run_id)
    assert (run.state, run.done) == ("cancelled", 1)
    with pytest.raises(RunOver):
        cancel(run_id)
    with pytest.raises(NotFound):
        cancel(run_id + 1)


def test_only_the_chosen_cases_are_replayed(cases: dict[str, str]) -> None:
    of = Case.objects.get(number=cases["fresh"])
    for chosen, count in (
        (Chosen(platforms=("taobao",)), 3), (Chosen(platforms=("tmall",)), 0), (Chosen(status="open"), 1),
        (Chosen(status="closed"), 2), (Chosen(opened_from=of.opened_at), 1), (Chosen(opened_until=of.opened_at), 2),
        (Chosen(pack="taobao.virtual"), 0),
    ):  # fmt: skip
        assert finished(start_verification(chosen, by_id=None)).done == count, chosen


def test_a_forged_step_is_named_with_its_case_event_and_field(cases: dict[str, str], forge: Any) -> None:
    forge(cases["silent"], "lapsed", "stage", "REVIEW")
    with pytest.raises(CommandError, match="1 different"):
        call_command("verify_replay", stdout=(said := StringIO()))
    assert f"Case {cases['silent']}, event " in said.getvalue()
    assert "stage is 'REVIEW', but should be 'CLOSED'" in said.getvalue()


def test_a_journal_that_cannot_be_read_is_a_finding(cases: dict[str, str], forge: Any) -> None:
    forge(cases["silent"], "lapsed", "stage", "NOWHERE")
    run = finished(start_verification(Chosen(), by_id=None))
    assert run.totals["buckets"] == {"identical": 2, "broken": 1}
    assert buckets(run) == {cases["silent"]: "broken"}


@pytest.fixture
def forge() -> Iterator[Callable[[str, str, str, str], None]]:
    """Changes a column of an event behind the back of everything that guards the journal, until the test is over."""
    undo: list[tuple[str, str, str, str]] = []

    def change(number: str, kind: str, column: str, value: str) -> None:
        event = CaseEvent.objects.get(case__number=number, kind=kind)
        undo.append((number, kind, column, getattr(event, column)))
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("ALTER TABLE disputes_caseevent DISABLE TRIGGER USER")
            cursor.execute(
                f"UPDATE disputes_caseevent SET {column} = %s WHERE id = %s",
                [value, event.pk],
            )
            cursor.execute("ALTER TABLE disputes_caseevent ENABLE TRIGGER USER")

    yield change
    for forged in tuple(undo):
        change(*forged)


def test_everything_is_verified_once_a_night(cases: dict[str, str], travel: Any) -> None:
    from contract.clock import database_now

    now = database_now()
    travel(to=now.replace(hour=18, minute=0, second=0))  # two o'clock in Shanghai
    while running.verify_every_night() is not None:
        travel(hours=24)
    travel(hours=2)
    run_id = running.verify_every_night()
    assert run_id is not None
    assert running.verify_every_night() is None
    assert finished(run_id).totals["buckets"] == {"identical": 3}


def test_the_command_tells_that_nothing_differs(cases: dict[str, str]) -> None:
    call_command("verify_replay", "--platform", "taobao", stdout=(said := StringIO()))
    assert said.getvalue().startswith("3 histories replayed")


def test_digests_cover_every_finding(cases: dict[str, str]) -> None:
    run = finished(start_verification(Chosen(status="open"), by_id=None))
    line = repr((cases["fresh"], "identical", 0, "", "", {}, {}, None, []))
    assert run.totals["digest"] == hashlib.sha256(f"\n{line}".encode()).hexdigest()


# Cases that were put under other rules on their way


def migrated(number: str, length: str, root: Any) -> None:
    """The case goes on under a version with another time for the seller."""
    document = with_lengths(
        version_in_force(PACK).policy.document, "seller_response", [NewTerm(length=parse_length(length))],
        source="a trial",
    )  # fmt: skip
    made = publish_version(PACK, source="", document=document, effective_from=database_now())
    query, parameters = CaseQuery(platforms=(), numbers=(number,)), {"pack": PACK, "version": made.number}
    start_run("migrate", query, parameters, reason="x", expected=1, actor=root)
    assert do_bulk() == 1
    assert CaseEvent.objects.filter(case__number=number, kind="migrated").count() >= 1


def test_a_migrated_history_follows_from_the_rules_its_events_name(
    cases: dict[str, str], root: Any, travel: Any
) -> None:
    migrated(cases["fresh"], "7d", root)
    migrated(cases["fresh"], "9d", root)
    travel(days=12)
    sweep_until_done(sweeper="test")
    assert Case.objects.get(number=cases["fresh"]).outcome == "refunded_by_silence"
    run = finished(start_verification(Chosen(), by_id=None))
    assert run.totals["buckets"] == {"identical": 3}


def test_a_run_that_began_before_a_migration_reads_what_the_case_ran_under_then(
    cases: dict[str, str], root: Any
) -> None:
    made = start_verification(Chosen(), by_id=None)
    migrated(cases["fresh"], "7d", root)
    assert finished(made).totals["buckets"] == {"identical": 3}


def test_a_migration_is_not_offered_to_other_rules(cases: dict[str, str], root: Any) -> None:
    migrated(cases["fresh"], "7d", root)
    run = finished(start_counterfactual(asked("7d"), Chosen(), by_id=None))
    assert buckets(run).get(cases["fresh"]) in ("unchanged", None)
    assert run.totals["buckets"].get("broken") is None


def test_a_case_pinned_to_other_rules_than_its_journal_says_is_a_difference(
    cases: dict[str, str], root: Any
) -> None:
    first = Case.objects.get(number=cases["fresh"]).policy_id
    migrated(cases["fresh"], "7d", root)
    pinned = Case.objects.get(number=cases["fresh"]).policy_id
    _pin(cases["fresh"], first)
    run = finished(start_verification(Chosen(), by_id=None))
    (found,) = LabDifference.objects.filter(run=run)
    assert (found.number, found.bucket, found.subject) == (cases["fresh"], "different", "pin")
    _pin(cases["fresh"], pinned)


def _pin(number: str, policy_id: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE disputes_case SET policy_id = %s WHERE number = %s", [policy_id, number])
