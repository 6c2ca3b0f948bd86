"""Runs over many cases beside parties, sweepers and each other, and a worker that dies in the middle of a batch."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.db import OperationalError, connection, transaction

from disputes.models import BulkResult, BulkRun, CaseEvent
from disputes.selectors.bulk import CaseQuery
from disputes.services import bulk_running, writer
from disputes.services.bulk_running import go_on, work
from disputes.services.bulk_starting import start_run
from tests.disputes.test_races import answer_or_error, doing, sweeping, together

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(240)]

WAITING = """
SELECT pid FROM pg_stat_activity
WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%disputes_case WHERE id = ANY%'
"""


def held(root: Any, expected: int) -> int:
    return start_run(
        "hold", CaseQuery(platforms=()), {"held_for": "technical"}, reason="An outage.", expected=expected, actor=root
    )


def events(kind: str) -> list[int]:
    return sorted(CaseEvent.objects.filter(kind=kind).values_list("case_id", flat=True))


def test_three_workers_do_each_case_once(
    order_of: Any, file: Any, root: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk_running, "BATCH", 3)
    ids = [file(order_of()).case_id for _ in range(20)]
    run = held(root, 20)
    answers = together(work, work, work)
    assert [answer for answer in answers if isinstance(answer, Exception)] == []
    while work():
        pass
    assert events("pause") == sorted(ids)
    assert BulkRun.objects.get(pk=run).counts == {"done": 20}


def test_parties_sweepers_and_a_run_agree_on_one_order(
    order_of: Any, file: Any, root: Any, lan: Any, travel: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever comes first wins; whoever comes second hears why, the run in its result."""
    monkeypatch.setattr(bulk_running, "BATCH", 2)
    late = [file(order_of()) for _ in range(4)]
    travel(days=4)
    early = [file(order_of()) for _ in range(4)]
    run = held(root, 8)
    travel(days=1, minutes=1)
    answers = together(work, sweeping, *[doing(done.number, "seller", lan, "accept") for done in early])
    strange = [answer for answer in answers[:2] if isinstance(answer, Exception)]
    assert strange == []
    while work():
        pass
    told = dict(BulkResult.objects.filter(run_id=run).values_list("case_id", "result"))
    assert {told[done.case_id] for done in late} == {"changed"}
    assert events("lapsed") == sorted(done.case_id for done in late)
    assert events("pause") == sorted(case_id for case_id, result in told.items() if result == "done")
    assert set(told.values()) <= {"changed", "done"}


def test_a_worker_that_dies_in_a_batch_leaves_it_as_it_was_and_the_next_one_does_it(
    order_of: Any, file: Any, root: Any
) -> None:
    """Its connection is ended while it waits for the last case, with the others decided or about to be."""
    ids = [file(order_of()).case_id for _ in range(5)]
    run = held(root, 5)
    fell: list[Any] = []

    def dies() -> None:
        try:
            fell.append(answer_or_error(lambda: go_on(run)))
        finally:
            connection.close()

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT id FROM disputes_case WHERE id = %s FOR NO KEY UPDATE", [max(ids)])
        worker = threading.Thread(target=dies)
        worker.start()
        while worker.is_alive():
            cursor.execute("SELECT pg_stat_clear_snapshot()")
            cursor.execute(WAITING)
            for (pid,) in cursor.fetchall():
                cursor.execute("SELECT pg_terminate_backend(%s)", [pid])
            worker.join(timeout=0.05)
    assert isinstance(fell[0], OperationalError)
    assert events("pause") == []
    row = BulkRun.objects.get(pk=run)
    assert (row.state, row.counts) == ("queued", {})
    assert go_on(run) == 5
    assert events("pause") == sorted(ids)
    assert BulkRun.objects.get(pk=run).state == "finished"


def test_a_run_whose_case_somebody_holds_keeps_no_other_run_waiting(
    order_of: Any, file: Any, root: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer, "LOCK_TIMEOUT", "50ms")
    busy, free = file(order_of()), file(order_of())
    runs = [held(root, 2), start_run(
        "hold", CaseQuery(platforms=(), numbers=(free.number,)), {"held_for": "technical"}, reason="An outage.",
        expected=1, actor=root,
    )]  # fmt: skip
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT id FROM disputes_case WHERE id = %s FOR NO KEY UPDATE", [busy.case_id])
        assert together(work) == [1]
    assert list(BulkRun.objects.order_by("pk").values_list("pk", "counts")) == [(runs[0], {}), (runs[1], {"done": 1})]
    while work():
        pass
    assert BulkRun.objects.get(pk=runs[0]).counts == {"done": 1, "already": 1}
    assert events("pause") == sorted((busy.case_id, free.case_id))


def test_a_ring_given_twice_finds_nothing_left_to_do(order_of: Any, file: Any, root: Any) -> None:
    ids = [file(order_of()).case_id for _ in range(3)]
    held(root, 3)
    assert (work(), work()) == (3, 0)
    assert events("pause") == sorted(ids)
