"""How late deadlines are recorded when they come at a steady rate: through Celery, or by the ringer alone.

    python -m bench.lateness [--way celery|ringer] [--rate 100] [--seconds 20]

Real processes: beat, Valkey and a worker of the `deadlines` queue, or `manage.py sweep --forever --grace 0`. Each
deadline is due at a moment of its own; its lateness is the journal's `recorded_at - at`.
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from bench.contest import cpu
from bench.house import fix_the_clock, measured_house
from bench.population import Population, arm, populate
from run.children import start_child
from run.places import Places
from run.postgres import wait_until
from run.valkey import EmbeddedValkey

GOALS = {"ringer": 60, "celery": 100}
"""The p99, in milliseconds, at 100 deadlines a second."""

SPREAD = """
WITH turns AS (
    SELECT id, (SELECT gongduan_clock()) + %(lead)s + n * interval '1 second' / %(rate)s AS due
    FROM unnest(%(ids)s::bigint[]) WITH ORDINALITY AS t(id, n)
), moved AS (
    UPDATE disputes_deadline d SET due_at = turns.due, wakes_at = turns.due FROM turns
    WHERE d.case_id = turns.id AND d.status = 'pending' RETURNING d.case_id
)
UPDATE disputes_case c SET wake_at = turns.due FROM turns WHERE c.id = turns.id
"""
LATENESS = """
SELECT count(*), percentile_cont(ARRAY[0.5, 0.99, 1])
    WITHIN GROUP (ORDER BY 1000 * extract(epoch FROM recorded_at - at)::float)
FROM disputes_caseevent WHERE case_id = ANY(%s) AND kind = 'lapsed'
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--way", choices=["celery", "ringer"], default="celery")
    parser.add_argument("--rate", type=int, default=100, help="deadlines a second")
    parser.add_argument("--seconds", type=int, default=20)
    parser.add_argument("--idle", type=int, default=10, help="seconds of having nothing to do before")
    options = parser.parse_args()
    with measured_house() as places, ExitStack() as stack:
        count = options.rate * options.seconds
        people = populate(due=count, waiting=10_000)
        fix_the_clock()
        ringing = stack.enter_context(programs(places, options.way))
        arm([])
        measure_idleness(ringing, options.idle)
        if not measure(people, options.rate, options.seconds, GOALS[options.way]):
            raise SystemExit("The bound is missed.")


@contextmanager
def programs(places: Places, way: str) -> Iterator[dict[str, int]]:
    """The processes that ring, warmed up: the process id of each by its name."""
    ringing: dict[str, int] = {}
    with ExitStack() as stack:
        if way == "celery":
            valkey = EmbeddedValkey(places=places, durable=False)
            os.environ["REDIS_URL"] = places.redis_url
            stack.enter_context(running(*valkey.command()))
            wait_until(valkey.answers, 20, name="Valkey")
            celery = (sys.executable, "-m", "celery", "--app", "config.celery", "--quiet")
            ringing["worker"] = stack.enter_context(running(
                *celery, "worker", "--queues", "deadlines", "--pool", "solo", "--prefetch-multiplier", "1",
                "--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel", "warning",
            ))  # fmt: skip
            ringing["beat"] = stack.enter_context(running(
                *celery, "beat", "--scheduler", "config.scheduler:DeadlineScheduler", "--pidfile", "",
                "--loglevel", "warning",
            ))  # fmt: skip
        else:
            ringing["ringer"] = stack.enter_context(
                running(sys.executable, "manage.py", "sweep", "--forever", "--grace", "0")
            )
        wait_until(sign_of_life, 60, name="A sweeper")
        yield ringing


@contextmanager
def running(*command: str) -> Iterator[int]:
    process = start_child(command, stdout=subprocess.DEVNULL)
    try:
        yield process.pid
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=30)


def sign_of_life() -> bool:
    from disputes.models import SweepRecord

    return SweepRecord.objects.exclude(sweeper="bench").exists()


def measure_idleness(ringing: dict[str, int], seconds: int) -> None:
    """Print how much of a core each process takes while nothing is due."""
    before = {name: cpu(process) for name, process in ringing.items()}
    time.sleep(seconds)
    for name, process in ringing.items():
        share = 100 * (cpu(process) - before[name]) / seconds
        print(f"Idle for {seconds} s, the {name} takes {share:.2f} % of a core.")


def measure(people: Population, rate: int, seconds: int, goal: int) -> bool:
    """Print how late deadlines are at this rate; whether the 99th of a hundred keeps within the goal (ms)."""
    from django.db import connection

    ids = [case for pair in zip(people.silent, people.unproved, strict=True) for case in pair]
    with connection.cursor() as cursor:
        cursor.execute(SPREAD, {"ids": ids, "rate": rate, "lead": "3 seconds"})
        time.sleep(seconds + 4)
        cursor.execute(LATENESS, [ids])
        count, (median, most, worst) = cursor.fetchone()
    print("| deadlines | a second | p50 | p99 | worst | goal of p99 |\n|---|---|---|---|---|---|")
    print(f"| {count} of {len(ids)} | {rate} | {median:.0f} ms | {most:.0f} ms | {worst:.0f} ms | {goal} ms |")
    return bool(count == len(ids) and most <= goal)


if __name__ == "__main__":
    main()
