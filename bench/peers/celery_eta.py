"""Celery: one task with an ETA a deadline, through Redis, run by one worker (solo pool)."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import psycopg
from celery import Celery
from celery.worker import state

from bench.peers.protocol import deciding, job, serve

JOB = job()
SOON = timedelta(seconds=2)
app = Celery("peer", broker=JOB.redis)
app.conf.update(
    task_ignore_result=True,
    task_acks_late=True,
    worker_prefetch_multiplier=1,
    worker_hijack_root_logger=False,
    worker_redirect_stdouts=False,
)
moved = []


def told() -> Callable[[int], None]:
    connection = psycopg.connect(JOB.dsn)

    def run(case: int) -> None:
        with connection.transaction():
            connection.execute(JOB.sql, {"case": case})

    return run


one = deciding(JOB) if JOB.house else told()


@app.task(name="lapse")
def lapse(case: int) -> None:
    one(case)
    moved.append(case)
    if len(moved) == len(JOB.ids):
        state.should_stop = 0  # the exit code with which the worker stops


def schedule() -> None:
    """The worker is not up yet: nothing is taken while this is measured."""
    due = datetime.now(UTC) + SOON  # noqa: TID251  (a contender's clock is its own business)
    for case in JOB.ids:
        lapse.apply_async((case,), eta=due)


def work() -> None:
    worker = app.Worker(
        pool="solo", loglevel="ERROR", without_gossip=True, without_mingle=True, without_heartbeat=True, quiet=True
    )
    with contextlib.suppress(SystemExit):
        worker.start()


if __name__ == "__main__":
    serve(schedule=schedule, work=work)
