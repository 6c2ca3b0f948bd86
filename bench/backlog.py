"""A great backlog: 100,000 overdue cases among 1,000,000 open ones, cleared by one sweeper, then by two.

    python -m bench.backlog [--overdue 100000] [--waiting 900000] [--sweepers 1 2]

Each sweeper is `manage.py sweep` in a process of its own. Afterwards every case must have lapsed exactly once. Memory
is the resident set: at a quarter of the way, and the most it ever was.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from bench.contest import cpu
from bench.house import fix_the_clock, measured_house
from bench.population import arm, populate
from bench.sweep import iter_rounds
from run.places import Places

GOALS = {1: 50.0, 2: 25.0}
"""Seconds for 100,000 cases, by sweepers, on two cores."""
MOST_MEMORY = 300
"""Megabytes of one sweeper."""
LOOKS = 0.2
"""Seconds between two looks at a sweeper's memory."""

LAPSES = """
SELECT count(*) FILTER (WHERE times = 1), count(*) FILTER (WHERE times > 1) FROM (
    SELECT count(*) AS times FROM disputes_caseevent WHERE case_id = ANY(%s) AND kind = 'lapsed'
        AND recorded_at >= %s GROUP BY case_id
) lapsed
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cleared:
    """What clearing a backlog took."""

    sweepers: int
    cases: int
    once: int
    doubled: int
    seconds: float
    cpu: float
    """Seconds of all sweepers and of the whole PostgreSQL cluster."""
    early: int
    """Megabytes of the largest sweeper a quarter of the way."""
    most: int

    @property
    def wrong(self) -> list[str]:
        """What is not as it must be; seconds are told, not judged: they depend on the machine."""
        found = []
        if (self.once, self.doubled) != (self.cases, 0):
            found.append(f"{self.once} of {self.cases} cases lapsed once, {self.doubled} more than once")
        if self.most > MOST_MEMORY:
            found.append(f"a sweeper took {self.most} MB")
        return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--overdue", type=int, default=100_000, help="overdue cases for each number of sweepers")
    parser.add_argument("--waiting", type=int, default=900_000, help="open cases that are not due")
    parser.add_argument("--sweepers", type=int, nargs="+", default=[1, 2])
    options = parser.parse_args()
    with measured_house() as places:
        people = iter_rounds(populate(due=len(options.sweepers) * options.overdue, waiting=options.waiting))
        fix_the_clock()
        results = [clear(people(options.overdue), count, places) for count in options.sweepers]
    print("| sweepers | cases | seconds | goal | cases a second | CPU ms a case | MB early | MB at most |")
    print("|---|---|---|---|---|---|---|---|")
    for result in results:
        goal = GOALS.get(result.sweepers, 0) * result.cases / 100_000
        print(
            f"| {result.sweepers} | {result.cases:,} | {result.seconds:.1f} | {goal:g} |"
            f" {result.cases / result.seconds:,.0f} | {1000 * result.cpu / result.cases:.3f} | {result.early} |"
            f" {result.most} |"
        )
    wrong = [problem for result in results for problem in result.wrong]
    print("\n".join(wrong) or "Every case lapsed exactly once.")
    return 1 if wrong else 0


def clear(ids: list[int], count: int, places: Places) -> Cleared:
    """Make these cases due, let so many sweepers loose, and look at what they leave."""
    from contract.clock import database_now

    arm(ids)
    cluster = int((places.postgres / "postmaster.pid").read_text().split()[0])
    before, began, noon = cpu(cluster), time.perf_counter(), database_now()
    processes = [
        subprocess.Popen(
            [sys.executable, "manage.py", "sweep", "--name", f"bench-{n}"], stdout=subprocess.DEVNULL
        )
        for n in range(count)
    ]  # fmt: skip
    seen, spent = watch(processes)
    seconds = time.perf_counter() - began
    if any(process.returncode for process in processes):
        raise RuntimeError("a sweeper failed: see its lines above")
    once, doubled = lapses(ids, noon)
    return Cleared(
        sweepers=count, cases=len(ids), once=once, doubled=doubled, seconds=seconds,
        cpu=cpu(cluster) - before + spent, early=seen[len(seen) // 4], most=max(seen),
    )  # fmt: skip


def watch(processes: list[subprocess.Popen[bytes]]) -> tuple[list[int], float]:
    """Megabytes of the largest of them, look after look until all have ended; and the CPU seconds of all."""
    seen, spent = [], dict.fromkeys((process.pid for process in processes), 0.0)
    while any(process.poll() is None for process in processes):
        sizes = []
        for process in processes:
            with suppress(FileNotFoundError, ProcessLookupError, KeyError):
                sizes.append(resident(process.pid))
                spent[process.pid] = cpu(process.pid)
        seen.append(max(sizes, default=0))
        time.sleep(LOOKS)
    return seen, sum(spent.values())


def resident(process: int) -> int:
    """Megabytes. Raises KeyError for one that has ended and waits to be asked for."""
    fields = dict(line.split(":", 1) for line in Path(f"/proc/{process}/status").read_text().splitlines())
    return int(fields["VmRSS"].split()[0]) // 1024


def lapses(ids: list[int], since: object) -> tuple[int, int]:
    """Cases that lapsed once since then, and cases that lapsed more than once."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(LAPSES, [ids, since])
        once, doubled = cursor.fetchone()
    return once, doubled


if __name__ == "__main__":
    sys.exit(main())
