"""The rule lab over many histories: how many a minute on one core, in how much memory, and whether twice the same.

    python -m bench.lab [--cases 100000] [--profile]

Cases are led by the real writer to several ends and multiplied. Each kind of replay runs twice in this one process;
the digest over all findings must be the same both times.
"""

from __future__ import annotations

import argparse
import resource
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bench.house import measured_house
from bench.population import FRACTION, _act, _cast, _let_pass, _models, _multiply
from bench.sweep import backend_seconds

LEAST = 100_000
"""Histories a minute."""
MOST_GROWN = 64
"""Megabytes the process may grow from the first run to the last."""
BATCH = 200
HEADER = """| replay | run | histories | wall (s) | Python (s) | database (s) | a minute of one core | MB | digest |
|---|---|---|---|---|---|---|---|---|"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One replay of everything."""

    cases: int
    wall: float
    """Seconds, on a machine that may have had other things to do."""
    python: float
    database: float
    """CPU seconds of this process, and of the backend that serves it."""
    digest: str
    buckets: dict[str, int]
    memory: float
    """Megabytes, the most this process ever held."""

    @property
    def a_minute(self) -> float:
        """Histories a minute of one core that does both."""
        return 60 * self.cases / (self.python + self.database)


def main() -> int:
    options = parse()
    with measured_house():
        tell_population(populate(options.cases))
        if options.profile:
            profile()
            return 0
        missed = [name for name, way in WAYS.items() if not told_twice(name, way)]
    return 1 if missed else 0


def told_twice(name: str, build: Callable[[], Callable[[Any], Any]]) -> bool:
    """Replay everything twice and print what it cost; whether all bounds were kept."""
    runs = [replayed(build) for _ in range(2)]
    print(HEADER)
    for number, run in enumerate(runs, start=1):
        cost = f"{run.wall:.1f} | {run.python:.1f} | {run.database:.1f} | {run.a_minute:,.0f} | {run.memory:.0f}"
        print(f"| {name} | {number} | {run.cases} | {cost} | `{run.digest[:12]}` |")
    print(f"{name}: {', '.join(f'{key} {count}' for key, count in sorted(runs[0].buckets.items()))}", flush=True)
    same, flat = runs[0].digest == runs[1].digest, runs[1].memory - runs[0].memory <= MOST_GROWN
    return same and flat and min(run.a_minute for run in runs) >= LEAST


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=100_000)
    parser.add_argument("--profile", action="store_true", help="profile one of each instead")
    return parser.parse_args()


def populate(count: int) -> tuple[int, int]:
    """Equal parts of cases that ended by silence, by agreement and by withdrawal, and of those before the platform."""
    from contract import clock
    from contract.clock import database_now
    from disputes.models import Case, CaseEvent

    now = database_now().replace(microsecond=FRACTION)
    people, parts = _cast(), []
    for lead, days in ((_silent, 30), (_agreed, 25), (_withdrawn, 20), (_platform, 6)):
        begin = now - timedelta(days=days)
        models = _models(people, begin)
        lead(people, models, begin)
        parts.append(models)
    clock.reset()
    for models in parts:
        _multiply(models, count // len(parts), people)
    return Case.objects.count(), CaseEvent.objects.count()


def _silent(_people: Any, _models: list[int], begin: datetime) -> None:
    _let_pass(begin, timedelta(days=5))
    _sweep_at(begin + timedelta(days=5, minutes=2))


def _agreed(people: Any, models: list[int], begin: datetime) -> None:
    _act_on(people, models, begin + timedelta(days=3, hours=12), ("seller", people.seller, "accept", {}))


def _withdrawn(people: Any, models: list[int], begin: datetime) -> None:
    refusal = {"refusal": "NOT_AGREED", "statement": "x"}
    _act_on(people, models, begin + timedelta(days=1), ("seller", people.seller, "refuse", refusal))
    _act_on(people, models, begin + timedelta(days=2), ("buyer", people.buyer, "withdraw", {"confirm": True}))


def _platform(people: Any, models: list[int], begin: datetime) -> None:
    refusal = {"refusal": "NOT_AGREED", "statement": "x"}
    _act_on(people, models, begin + timedelta(days=1), ("seller", people.seller, "refuse", refusal))
    _act_on(people, models, begin + timedelta(days=2), ("buyer", people.buyer, "request_intervention", {}))
    _let_pass(begin + timedelta(days=2), timedelta(days=3))
    _sweep_at(begin + timedelta(days=5, minutes=2))


def _act_on(people: Any, models: list[int], at: datetime, done: tuple[str, int, str, dict[str, Any]]) -> None:
    from contract import clock
    from disputes.models import Case

    party, actor, kind, data = done
    _sweep_at(at)
    for n, number in enumerate(Case.objects.filter(pk__in=models).order_by("pk").values_list("number", flat=True)):
        clock.freeze(at + timedelta(seconds=n))
        _act(number, party, actor, kind, **data)


def _sweep_at(at: datetime) -> None:
    from contract import clock
    from disputes.services.sweeping import sweep_until_done

    clock.freeze(at)
    sweep_until_done(sweeper="bench")


def tell_population(counts: tuple[int, int]) -> None:
    cases, events = counts
    print(f"{cases} cases with {events} events, {events / cases:.1f} each")


def verification() -> Callable[[Any], Any]:
    from studio.lab.replaying import verified

    return verified


def counterfactual(name: str, length: str) -> Callable[[], Callable[[Any], Any]]:
    """Replays under the rules in force with one other length."""

    def build() -> Callable[[Any], Any]:
        from contract.clock import database_now
        from rules.drafting import NewTerm, with_lengths
        from rules.engine.clock import parse_length
        from rules.engine.compiler import compile_policy
        from rules.selectors import version_in_force
        from studio.lab.replaying import supposed

        base = version_in_force("taobao.general").policy
        terms = [NewTerm(length=parse_length(length), maximum=None) for _ in base.deadlines[name].terms]
        policy = compile_policy(with_lengths(base.document, name, terms, source="bench"))
        until = database_now().replace(hour=0, minute=0, second=0, microsecond=0)
        return lambda history: supposed(history, policy, until=until)

    return build


WAYS = {"verification": verification, "seller answers in 3 days": counterfactual("seller_response", "3d")}


def replayed(build: Callable[[], Callable[[Any], Any]]) -> Run:
    """Everything once, in batches."""
    from zoneinfo import ZoneInfo

    from contract.clock import database_now
    from disputes.selectors.histories import Chosen, count_of, histories
    from disputes.services.sweeping import no_garbage_collection
    from studio.lab.replaying import Tally

    way, tally, zone, after = build(), Tally(), ZoneInfo("Asia/Shanghai"), 0
    chosen = Chosen()
    count, last = count_of(chosen)
    until = database_now()
    began, python, database = time.perf_counter(), time.process_time(), backend_seconds()
    while after < last:
        with no_garbage_collection():
            batch = histories(chosen, after=after, last=last, limit=BATCH, until=until)
            for history in batch:
                tally.add(way(history), zone)
            after = batch[-1].id if batch else last
    return Run(
        cases=count, wall=time.perf_counter() - began, python=time.process_time() - python,
        database=backend_seconds() - database, digest=tally.digest, buckets=dict(tally.buckets),
        memory=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    )  # fmt: skip


def profile() -> None:
    import cProfile
    import pstats

    for build in WAYS.values():
        with cProfile.Profile() as profiler:
            replayed(build)
        pstats.Stats(profiler).sort_stats("tottime").print_stats(30)


if __name__ == "__main__":
    sys.exit(main())
