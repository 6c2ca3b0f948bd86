"""What workers are rung for. A ring names no case: whatever is due is found in the database."""

from __future__ import annotations

from typing import Any

from celery import shared_task
from celery.signals import worker_init

from disputes.services import bulk_running, freezing_cases, housekeeping, rooting, stalling, stopping, sweeping
from disputes.services.warming import warm_up

SWEEPER = "celery"
"""The name under which workers leave their sign of life."""


@worker_init.connect(dispatch_uid="disputes.preload")
def preload(**_: Any) -> None:
    """Before the first ring."""
    warm_up()


@shared_task(name="disputes.tasks.sweep", ignore_result=True)
def sweep() -> int:
    """Settle everything that is due; how many cases moved."""
    return sweeping.sweep_until_done(sweeper=SWEEPER).moved


@shared_task(name="disputes.tasks.repair", ignore_result=True)
def repair() -> int:
    """Correct wake hints that are too late; how many there were."""
    repaired = sweeping.repair_hints()
    if repaired:
        sweeping.leave_sign(sweeper="repair", repaired=repaired)
    return repaired


@shared_task(name="disputes.tasks.finish_stops", ignore_result=True)
def finish_stops() -> int:
    """Go on with stopping or resuming automatic outcomes where that was interrupted; how many cases changed."""
    return stopping.carry_on()


@shared_task(name="disputes.tasks.work_on_bulk_runs", ignore_result=True)
def work_on_bulk_runs() -> int:
    """Go on with what administrators do to many cases, for a few seconds; how many cases were looked at."""
    return bulk_running.work()


@shared_task(name="disputes.tasks.follow_freezes", ignore_result=True)
def follow_freezes() -> bool:
    """Let the cases of freezes know that began or ended; whether all of them know by now."""
    return freezing_cases.follow_all()


@shared_task(name="disputes.tasks.watch_feeds", ignore_result=True)
def watch_feeds() -> bool:
    """Look whether the feeds that count still arrive, and tell the cases; whether all of them know by now."""
    return stalling.watch()


@shared_task(name="disputes.tasks.tidy", ignore_result=True)
def tidy() -> int:
    """Forget idempotency keys, login counters, sessions and scans that are over; how many there were."""
    return housekeeping.forget_what_is_over()


@shared_task(name="disputes.tasks.write_daily_root", ignore_result=True)
def write_daily_root() -> str | None:
    """Write today's root of the journal beside the database, if that was not done yet; its file name."""
    return rooting.write_daily_root()
