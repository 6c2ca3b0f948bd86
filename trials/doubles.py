"""Three beats, two workers and three ringers at once, some of them frozen for a while, on a clock that steps back.

    python -m trials.doubles [--cases 2000] [--seconds 120] [--frozen 30] [--step 3600] [--seed N]

Whoever rings twice moves nothing twice: a frozen sweeper wakes with the cases it had locked and finds them its own,
or its connection gone. Half-way through, the one clock steps back by `--step` seconds and is put right a moment later;
nothing may be early by more than the step, and nothing may happen twice.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import timedelta
from pathlib import Path

from run.children import start_child
from run.house import background
from run.places import CHECKOUT
from run.supervisor import Program
from trials.chaos import Options, catch_up, house
from trials.checks import Report, check_deadlines, check_journal, one
from trials.house import House, surroundings

ORDER = """
SELECT count(*) FROM (
    SELECT recorded_at < lag(recorded_at) OVER (PARTITION BY case_id ORDER BY sequence) AS back
    FROM disputes_caseevent WHERE case_id = ANY(%s)) events WHERE back
"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=2_000)
    parser.add_argument("--seconds", type=float, default=120.0, help="in which the cases fall due")
    parser.add_argument("--frozen", type=float, default=30.0, help="seconds somebody is frozen at a time")
    parser.add_argument("--step", type=float, default=3600.0, help="seconds the clock steps back, once")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="gongduan-doubles-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o711)
        return run(options, Path(folder)).end(Path(folder) / "house.log")


def run(options: argparse.Namespace, folder: Path) -> Report:
    """The whole trial in a folder of its own."""
    print(f"doubles: seed {options.seed}, {options.cases} cases in {options.seconds:g} s", flush=True)
    wanted = Options(cases=options.cases, kills=0, seconds=options.seconds, seed=options.seed, points=False)
    report = Report()
    with ExitStack() as stack:
        target, marketplace = stack.enter_context(house(wanted, folder / "data"))
        others = [stack.enter_context(another(program, target, number)) for program, number in doubles()]
        frozen = freeze_some(target, others, options)
        report.check("frozen and thawed", frozen, frozen > 0)
        report.check("caught up", f"{catch_up():.1f} s", ok=True)
        check_deadlines(report, marketplace)
        report.none("events recorded before the one before them", int(str(one(ORDER, marketplace.due)[0])))
        check_journal(report, random.Random(options.seed).sample(marketplace.due, min(200, options.cases)))
        sweepers = str(one("SELECT string_agg(sweeper || ' ' || cases_moved, ', ') FROM disputes_sweeprecord")[0])
        print(f"  cases moved by {sweepers}", flush=True)
        target.stop()
    return report


def doubles() -> Iterator[tuple[Program, int]]:
    """Two more beats and ringers, one more worker of deadlines, as the house itself would start them."""
    programs = {program.name: program for program in background()}
    for number in (1, 2):
        yield programs["beat"], number
        yield programs["ringer"], number
    yield programs["deadlines"], 1


@contextmanager
def another(program: Program, target: House, number: int) -> Iterator[subprocess.Popen[bytes]]:
    environment = {
        **surroundings(target.places.data, target.port, "trials.settings"), **program.environment,
        "DATABASE_URL": target.places.database_url(), "REDIS_URL": target.places.redis_url,
        "TRIAL_FOLDER": os.environ["TRIAL_FOLDER"],
    }  # fmt: skip
    command = [f"{word}{number}" if word.startswith("deadlines@") else word for word in program.command]
    process = start_child(
        command, cwd=CHECKOUT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        yield process
    finally:
        with suppress(ProcessLookupError):
            process.send_signal(signal.SIGCONT)
            process.kill()
        process.wait()


def freeze_some(target: House, others: list[subprocess.Popen[bytes]], options: argparse.Namespace) -> int:
    """Freeze one sweeper after the other, ours and the house's; step the clock back once; how many were frozen."""
    chance, frozen, limit = random.Random(options.seed), 0, time.monotonic() + options.seconds + 10
    step_at = time.monotonic() + options.seconds / 2
    while time.monotonic() < limit:
        house_own = target.processes_of("deadlines")[:1] + target.processes_of("ringer")[:1]
        victim = chance.choice([*(process.pid for process in others), *house_own])
        with stopped(victim):
            time.sleep(min(options.frozen, max(0.1, limit - time.monotonic())))
        frozen += 1
        if step_at and time.monotonic() > step_at:
            step_back(options.step)
            step_at = 0.0
    return frozen


@contextmanager
def stopped(process: int) -> Iterator[None]:
    with suppress(ProcessLookupError):
        os.kill(process, signal.SIGSTOP)
    try:
        yield
    finally:
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGCONT)


def step_back(seconds: float) -> None:
    """The clock is wrong for two seconds, then right again."""
    from contract import clock

    clock.travel(timedelta(seconds=-seconds))
    time.sleep(2)
    clock.travel(timedelta(seconds=seconds))


if __name__ == "__main__":
    sys.exit(main())
