"""Runs of the lab: started here, done in slices by whoever is rung, taken up again where a worker died."""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import InterfaceError, OperationalError, transaction
from django.utils.translation import gettext_lazy as _

from accounts.actions import record_action
from accounts.models import User
from contract.clock import database_now
from contract.errors import Conflict, NotFound
from disputes.selectors.histories import Chosen, History, count_of, histories
from disputes.services.sweeping import no_garbage_collection
from rules.engine.policy import Policy
from rules.loader import canonical, compile_canonical, digest
from studio.lab.replaying import NOT_KEPT, Finding, Tally, supposed, verified
from studio.models import LabDifference, LabRun

logger = logging.getLogger(__name__)

State = LabRun.State
UNFINISHED = (State.QUEUED, State.RUNNING)
BATCH = 200
"""Histories of one transaction."""
SLICE = 4.0
"""Seconds a worker gives the lab before it looks what else there is to do."""
MOST_KEPT = 5_000
"""Differences kept of each bucket of a run; all are counted."""
NIGHT = 3
"""The hour of the night, in the zone below, from which on everything is verified."""
ZONE = "Asia/Shanghai"
"""Whose days are counted where a run is not about one pack."""

WORKED = ("at_id", "done", "seconds", "state", "started_at", "finished_at", "total", "totals")
"""What work changes about a run."""

Look = Callable[[History], Finding]


class RunOver(Conflict):
    """The run has ended already."""

    code = "run_over"
    sentence = _("The run has ended already.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The rules of a counterfactual run."""

    policy: Policy
    name: str
    """What people know them by."""


def start_verification(chosen: Chosen, *, by_id: int | None) -> int:
    """Have cases replayed under the rules each ran under; the run's id."""
    return _start(LabRun.Kind.VERIFICATION, chosen, by_id=by_id, zone=ZONE)


def start_counterfactual(asked: Asked, chosen: Chosen, *, by_id: int | None) -> int:
    """Have the cases of a pack replayed under other rules for it; the run's id."""
    document, policy = dict(asked.policy.document), asked.policy
    of_pack = replace(chosen, platforms=(policy.platform,), pack=policy.pack)
    return _start(
        LabRun.Kind.COUNTERFACTUAL, of_pack, by_id=by_id, zone=asked.policy.zone, rules=asked.name[:200],
        document=canonical(document), document_digest=digest(document),
    )  # fmt: skip


def _start(kind: str, chosen: Chosen, *, by_id: int | None, **given: str) -> int:
    total, last = count_of(chosen)
    run = LabRun.objects.create(
        kind=kind, platforms=list(chosen.platforms), pack=chosen.pack, opened_from=chosen.opened_from,
        opened_until=chosen.opened_until, status=chosen.status, as_of=database_now(), total=total, last_id=last,
        by_id=by_id, **given,
    )  # fmt: skip
    return run.pk


@transaction.atomic
def cancel(run_id: int, *, by: User | None = None) -> None:
    """Stop a run; what it found until now is kept. Raises NotFound, RunOver."""
    run = LabRun.objects.select_for_update().filter(pk=run_id).first()
    if run is None:
        raise NotFound
    if run.state not in UNFINISHED:
        raise RunOver
    run.state, run.finished_at = State.CANCELLED, database_now()
    run.save(update_fields=["state", "finished_at"])
    platform = run.platforms[0] if len(run.platforms) == 1 else ""
    record_action("lab_cancelled", by=by, subject=f"#{run.pk}", platform=platform)


def work(seconds: float = SLICE) -> int:
    """Go on with unfinished runs, oldest first, for about so long; how many histories were replayed."""
    until, done, skipped = time.monotonic() + seconds, 0, set[int]()
    while not done or time.monotonic() < until:
        waiting = LabRun.objects.filter(state__in=UNFINISHED).exclude(pk__in=skipped).order_by("pk")
        run_id = waiting.values_list("pk", flat=True).first()
        if run_id is None:
            break
        taken = _go_on(run_id)
        done += taken or 0
        if taken is None:
            skipped.add(run_id)
    return done


def _go_on(run_id: int) -> int | None:
    """Do one batch of a run; None when somebody else is at it. A run that cannot go on has failed."""
    try:
        return _batch(run_id)
    except (OperationalError, InterfaceError):  # the server's trouble, not the run's: it is taken up again
        raise
    except Exception as error:
        logger.exception("The lab's run %s cannot go on.", run_id)
        LabRun.objects.filter(pk=run_id, state__in=UNFINISHED).update(
            state=State.FAILED, failure=repr(error)[:2000], finished_at=database_now()
        )
        return 0


@transaction.atomic
def _batch(run_id: int) -> int | None:
    """One batch in one transaction: findings, sums and the place to go on from are written together."""
    run = LabRun.objects.select_for_update(skip_locked=True).filter(pk=run_id, state__in=UNFINISHED).first()
    if run is None:
        return None
    began = time.perf_counter()
    with no_garbage_collection():
        batch = histories(chosen_of(run), after=run.at_id, last=run.last_id, limit=BATCH, until=run.as_of)
        look = look_of(run)
        findings = [look(history) for history in batch]
    _keep(run, findings)
    run.at_id = batch[-1].id if batch else run.last_id
    run.done += len(batch)
    run.seconds += time.perf_counter() - began
    run.state, run.started_at = State.RUNNING, run.started_at or database_now()
    if len(batch) < BATCH:
        run.state, run.finished_at, run.total = State.FINISHED, database_now(), run.done
    run.save(update_fields=WORKED)
    return len(batch)


def chosen_of(run: LabRun) -> Chosen:
    """Which cases a run is about."""
    return Chosen(
        platforms=tuple(run.platforms), pack=run.pack, opened_from=run.opened_from, opened_until=run.opened_until,
        status=run.status,
    )  # fmt: skip


def look_of(run: LabRun) -> Look:
    """What is done with each history of a run. Its rules are compiled once in a process."""
    if run.kind == LabRun.Kind.VERIFICATION:
        return verified
    policy, until = compile_canonical(run.document), run.as_of
    return lambda history: supposed(history, policy, until=until)


def _keep(run: LabRun, findings: Iterable[Finding]) -> None:
    tally, zone = Tally(run.totals), ZoneInfo(run.zone)
    kept = Counter({bucket: min(count, MOST_KEPT) for bucket, count in tally.buckets.items()})
    rows = []
    for finding in findings:
        tally.add(finding, zone)
        if finding.bucket not in NOT_KEPT and kept[finding.bucket] < MOST_KEPT:
            kept[finding.bucket] += 1
            rows.append(_row(run, finding))
    LabDifference.objects.bulk_create(rows)
    run.totals = tally.kept()


def _row(run: LabRun, finding: Finding) -> LabDifference:
    return LabDifference(
        run=run, case_id=finding.case_id, number=finding.number, bucket=finding.bucket, sequence=finding.sequence,
        cause=finding.cause, subject=finding.subject, before=dict(finding.before), after=dict(finding.after),
        amount=finding.amount, currency=finding.currency,
    )  # fmt: skip


def verify_every_night() -> int | None:
    """Start a verification of everything once a night; its id, None when this is not the hour or it was done."""
    now = database_now().astimezone(ZoneInfo(ZONE))
    begun = now.replace(hour=NIGHT, minute=0, second=0, microsecond=0)
    if now < begun or _begun_since(begun):
        return None
    return start_verification(Chosen(), by_id=None)


def _begun_since(moment: datetime) -> bool:
    return LabRun.objects.filter(
        kind=LabRun.Kind.VERIFICATION, by=None, created_at__gte=moment, created_at__lt=moment + timedelta(days=1)
    ).exists()


def finished(run_id: int) -> LabRun:
    """Work on one run until it is over, in this process. Raises LabRun.DoesNotExist."""
    while (run := LabRun.objects.get(pk=run_id)).state in UNFINISHED:
        if _go_on(run_id) is None:
            time.sleep(0.2)
    return run
