"""Runs over many cases, done in batches by whoever is rung, and taken up again where a worker died.

A batch is one transaction: the cases, their events, what came of each and how far the run is. So each case is done
once, however often a batch is begun, and whoever waits for one of its cases waits for one batch.
"""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Sequence
from functools import cache, partial
from typing import Final

from django.db.models import QuerySet

from contract.clock import database_now
from disputes.errors import CaseBusy
from disputes.models import BulkResult, BulkRun
from disputes.selectors.bulk import query_from, still_held_by
from disputes.services.batching import in_halves
from disputes.services.bulk_deciding import Outcome, failed, outcome_of, standing_of
from disputes.services.bulk_kinds import Asked
from disputes.services.bulk_registry import KINDS
from disputes.services.columns import Columns, write_rows
from disputes.services.loading import lock_cases
from disputes.services.stopped import open_stop
from disputes.services.sweeping import no_garbage_collection
from disputes.services.writer import one_transaction
from disputes.services.writing import write_changes
from disputes.signals import journal_grew
from rules.engine.events import Via

logger = logging.getLogger(__name__)

State = BulkRun.State
BATCH: Final = 200
"""Cases of one transaction: whoever acts on one of them waits for so many."""
SLICE: Final = 4.0
"""Seconds a worker gives before it looks what else there is to do."""

RESULT = Columns("run_id bigint, case_id bigint, result text, code text, told jsonb, sequence int, at timestamptz")
KEEP = f"""
UPDATE disputes_bulkresult b SET result = r.result, code = r.code, told = r.told, sequence = r.sequence, at = r.at
FROM {RESULT.rows} WHERE b.run_id = r.run_id AND b.case_id = r.case_id
"""  # noqa: S608  (constant text)


def work(seconds: float = SLICE) -> int:
    """Go on with unfinished runs, oldest first, for about so long; how many cases were looked at.

    A run one of whose cases somebody holds too long keeps no other waiting: its turn comes again with the next ring.
    """
    until, done, skipped = time.monotonic() + seconds, 0, set[int]()
    while not done or time.monotonic() < until:
        waiting = BulkRun.objects.filter(state__in=BulkRun.UNFINISHED).exclude(pk__in=skipped).order_by("pk")
        run_id = waiting.values_list("pk", flat=True).first()
        if run_id is None:
            break
        taken = _tried(run_id)
        done += taken or 0
        if not taken:
            skipped.add(run_id)
    return done


def _tried(run_id: int) -> int | None:
    try:
        return go_on(run_id)
    except CaseBusy:
        return None


def go_on(run_id: int) -> int | None:
    """Do one batch of a run; how many cases, or None when somebody else is at it. Raises CaseBusy."""
    ids = list(_waiting(run_id).order_by("position").values_list("case_id", flat=True)[:BATCH])
    with no_garbage_collection():
        parts = in_halves(ids, partial(_take, run_id), partial(_leave, run_id))
    done = [part for part in parts if part is not None]
    if any(done):
        journal_grew.send(sender=BulkRun)
    return sum(done) if done else None


def _waiting(run_id: int) -> QuerySet[BulkResult]:
    return BulkResult.objects.filter(run_id=run_id, result="")


def _take(run_id: int, ids: list[int]) -> int | None:
    """Do those of these cases that still wait; None when somebody else is at the run, or it is over."""
    with one_transaction():
        run = _locked(run_id)
        if run is None:
            return None
        left = list(_waiting(run_id).filter(case_id__in=ids).values_list("case_id", flat=True))
        outcomes = _outcomes(run, left)
        write_changes([outcome.change for outcome in outcomes if outcome.change is not None])
        _keep(run, outcomes)
    return len(outcomes)


def _locked(run_id: int) -> BulkRun | None:
    free = BulkRun.objects.select_for_update(skip_locked=True)
    return free.filter(pk=run_id, state__in=BulkRun.UNFINISHED).first()


def _outcomes(run: BulkRun, ids: list[int]) -> list[Outcome]:
    kind, query, standing = KINDS[run.kind], query_from(run.filters), standing_of(run.asked_by_id)
    asked = Asked(run_id=run.pk, actor_id=run.asked_by_id, via=Via(run.via), parameters=run.parameters)
    cases = lock_cases(ids)
    fit = ids if query.held_by_run is None else still_held_by(query.held_by_run, ids)
    stops = cache(open_stop)
    return [outcome_of(kind, asked, query, standing, case, fits=case.id in fit, stops=stops) for case in cases]


def _leave(run_id: int, case_id: int, error: Exception) -> int | None:
    """Write down that a case cannot be read or written; the others go on."""
    logger.error("The case with the id %s cannot be read or written.", case_id, exc_info=error)
    with one_transaction():
        run = _locked(run_id)
        if run is None or not _waiting(run_id).filter(case_id=case_id).exists():
            return None
        _keep(run, [failed(case_id, error)])
    return 1


def _keep(run: BulkRun, outcomes: Sequence[Outcome]) -> None:
    """What came of each case, and how far the run is; the last batch ends it."""
    now = database_now()
    write_rows(
        KEEP, RESULT,
        [(run.pk, each.case_id, each.result, each.code, each.told, each.sequence, now) for each in outcomes],
    )  # fmt: skip
    run.counts = dict(Counter(run.counts) + Counter(str(each.result) for each in outcomes))
    run.state, run.started_at, run.signed_at = State.RUNNING, run.started_at or now, now
    if sum(run.counts.values()) >= run.total:
        run.state, run.finished_at = State.FINISHED, now
    run.save(update_fields=["counts", "state", "started_at", "signed_at", "finished_at"])
