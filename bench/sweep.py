"""The sweep against the floor: CPU per case of the backend and of Python, in interleaved pairs.

    python -m bench.sweep [--pairs 6] [--cases 2000] [--waiting 100000] [--final 10000] [--plans] [--profile]

CPU, not wall time, is what is compared: the rounds of a pair run one after the other on the same data, who goes
first alternates, and the ratio to believe is the least of the pairs, as noise only ever adds.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bench.floor import sweep_by_hand
from bench.house import fix_the_clock, measured_house
from bench.population import Population, arm, populate

BATCH = 1_000
MOST_MICROSECONDS = 50
"""Of the engine, for one step."""
TICK = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What one round cost, in milliseconds a case."""

    database: float
    python: float
    wall: float

    @property
    def total(self) -> float:
        return self.database + self.python


def main() -> None:
    options = parse()
    with measured_house():
        rounds = 2 * options.pairs + 2 + options.plans + options.profile
        due = rounds * options.cases + options.final
        people = iter_rounds(populate(due=due, waiting=options.waiting))
        fix_the_clock()
        warm_up(people(options.cases))
        pairs = [pair(n, people, options.cases) for n in range(options.pairs)]
        tell(pairs)
        if options.final:
            tell_final(people(options.final))
        tell_engine(people(options.cases))
        if options.plans:
            explain(people(options.cases))
        if options.profile:
            profile(people(options.cases))


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pairs", type=int, default=6)
    parser.add_argument("--cases", type=int, default=2_000, help="overdue cases in each round")
    parser.add_argument("--waiting", type=int, default=100_000, help="open cases that are not due")
    parser.add_argument("--final", type=int, default=10_000, help="overdue cases of one last sweep")
    parser.add_argument("--plans", action="store_true", help="print the plans of the sweep's statements")
    parser.add_argument("--profile", action="store_true", help="profile the Python side of one round")
    return parser.parse_args()


def iter_rounds(people: Population) -> Callable[[int], list[int]]:
    """A function that hands out so many fresh overdue cases, half of each kind."""
    silent, unproved = iter(people.silent), iter(people.unproved)

    def take(count: int) -> list[int]:
        return [next(kind) for _ in range(count // 2) for kind in (silent, unproved)]

    return take


def warm_up(ids: list[int]) -> None:
    half = len(ids) // 2
    measure(ids[:half], swept)
    measure(ids[half:], by_hand)


def pair(number: int, people: Callable[[int], list[int]], cases: int) -> tuple[Cost, Cost]:
    """One round of each, the other first every second time."""
    ways = [swept, by_hand]
    costs = {way: measure(people(cases), way) for way in (ways if number % 2 else reversed(ways))}
    return costs[swept], costs[by_hand]


def swept() -> int:
    from disputes.services.sweeping import sweep_until_done

    return sweep_until_done(sweeper="bench", limit=BATCH).moved


def by_hand() -> int:
    return sweep_by_hand(BATCH)


def measure(ids: list[int], way: Callable[[], int]) -> Cost:
    arm(ids)
    database, python, wall = backend_seconds(), time.process_time(), time.perf_counter()
    moved = way()
    spent = backend_seconds() - database, time.process_time() - python, time.perf_counter() - wall
    if moved != len(ids):
        raise RuntimeError(f"{moved} cases moved instead of {len(ids)}")
    per_case = [1000 * seconds / len(ids) for seconds in spent]
    return Cost(database=per_case[0], python=per_case[1], wall=per_case[2])


def backend_seconds() -> float:
    """CPU seconds, user and system, of the backend that serves this process."""
    from django.db import connection

    connection.ensure_connection()
    fields = Path(f"/proc/{connection.connection.info.backend_pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def tell(pairs: list[tuple[Cost, Cost]]) -> None:
    print("| pair | sweep: database | sweep: Python | sweep: total | floor | ratio |")
    print("|---|---|---|---|---|---|")
    for number, (ours, floor) in enumerate(pairs, start=1):
        print(
            f"| {number} | {ours.database:.3f} | {ours.python:.3f} | {ours.total:.3f} | {floor.total:.3f} |"
            f" {ours.total / floor.total:.2f} |"
        )
    least = min(ours.total for ours, _ in pairs) / min(floor.total for _, floor in pairs)
    print(f"The least of the pairs is {min(o.total / f.total for o, f in pairs):.2f}, least over least {least:.2f}.")


def tell_final(ids: list[int]) -> None:
    cost = measure(ids, swept)
    seconds = cost.wall * len(ids) / 1000
    print(f"{len(ids)} cases in one sweep took {seconds:.1f} s, {cost.total:.3f} ms CPU and {cost.wall:.3f} ms a case.")


def tell_engine(ids: list[int]) -> None:
    """What the engine alone takes for a step of these cases, decided and applied; nothing is written."""
    from disputes.services.loading import read_cases
    from disputes.services.sweeping import no_garbage_collection
    from rules.engine.decide import settle

    arm(ids)
    cases = read_cases(ids)
    least = MOST_MICROSECONDS * 1000.0
    with no_garbage_collection():
        for _ in range(5):
            began, steps = time.process_time(), 0
            for case in cases:
                steps += len(settle(case.policy, case.calendar, case.snapshot, now=case.now).steps)
            least = min(least, 1e6 * (time.process_time() - began) / steps)
    print(f"The engine takes {least:.0f} microseconds a step, decided and applied (at most {MOST_MICROSECONDS}).")
    if least > MOST_MICROSECONDS:
        raise SystemExit("The engine is too slow.")


def explain(ids: list[int]) -> None:
    """Plan the sweep's own statements at three sizes of a batch. Raises RuntimeError where a big table is scanned."""
    from bench.plans import plans_of

    arm(ids)
    for count in (100, 500, 1000):
        plans = list(plans_of(count))
        for statement, lines in plans:
            scans = [line.strip() for line in lines if "Seq Scan on disputes_" in line]
            if scans:
                raise RuntimeError("\n".join([statement, *lines]))
        print(f"At {count} cases a batch none of {len(plans)} statements scans a table.")


def profile(ids: list[int]) -> None:
    import cProfile
    import pstats

    arm(ids)
    with cProfile.Profile() as profiler:
        swept()
    pstats.Stats(profiler).sort_stats("tottime").print_stats(30)


if __name__ == "__main__":
    main()
