"""The sweep, the floor and the queues people would otherwise use, on one database, in one run.

    python -m bench.contest [--cases 2000] [--waiting 100000] [--pairs 3] [--peers PYTHON]

Every contender moves as many overdue cases and leaves the same rows, and each queue does it twice: with a job that does
what ours does (lock, read, decide, write journal, digests and deadlines with the house's engine and writer, one case a
transaction), and with one that is told the answer (the floor's own SQL for these two lapses). What a contender costs is
the CPU, user and system, of its own process, of the whole PostgreSQL cluster and, where it needs one, of Valkey, for
scheduling a job and for running it.
Ours has nothing to schedule: a deadline is a row that the step which starts it writes, here as in the floor.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from bench.floor import FLOOR_OF_ONE
from bench.house import fix_the_clock, measured_house
from bench.population import arm, populate
from bench.sweep import TICK, by_hand, iter_rounds, swept
from run.children import start_child
from run.places import CHECKOUT, OWNER_ROLE, Places
from run.postgres import wait_until
from run.valkey import EmbeddedValkey

QUEUES = {
    "pgqueuer": ("pgqueuer_jobs", 8.0), "procrastinate": ("procrastinate_jobs", 15.0),
    "Celery, one ETA task a case": ("celery_eta", 20.0),
}  # fmt: skip
PEERS = {
    **{name: (*queue, str(sysconfig.get_paths()["purelib"])) for name, queue in QUEUES.items()},
    "Django ORM, a loop": ("orm_loop", 15.0, ""),
    **{f"{name}, told the answer": (*queue, "") for name, queue in QUEUES.items()},
}
"""The module of each, how many times our cost it must be at least, and whose packages decide."""
OURS, FLOOR = "Gongduan's sweep", "set-based SQL by hand"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """Milliseconds of CPU a case."""

    schedule: float
    run: float

    @property
    def total(self) -> float:
        return self.schedule + self.run


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=2_000, help="overdue cases for each contender and round")
    parser.add_argument("--waiting", type=int, default=100_000, help="open cases that are not due")
    parser.add_argument("--pairs", type=int, default=3, help="rounds of ours and of the floor; each peer has one")
    parser.add_argument(
        "--peers", default=str(CHECKOUT / ".bench" / "bin" / "python"), help="Python that has the peers"
    )
    options = parser.parse_args()
    costs = contest(options)
    print(table(costs))
    return missed(costs)


def contest(options: argparse.Namespace) -> dict[str, Cost]:
    """The least cost of each contender."""
    with measured_house() as places, ExitStack() as stack:
        redis = stack.enter_context(broker(places))
        rounds = 2 * (options.pairs + 1) + len(PEERS)
        people = iter_rounds(populate(due=rounds * options.cases, waiting=options.waiting))
        fix_the_clock()
        meter = Meter(places, redis)
        own: dict[str, list[float]] = {OURS: [], FLOOR: []}
        for number in range(options.pairs + 1):
            for name, way in ((OURS, swept), (FLOOR, by_hand)):
                cost = meter.own(people(options.cases), way)
                if number:  # the first round of each only warms it up
                    own[name].append(cost)
        costs = {name: Cost(schedule=0, run=min(values)) for name, values in own.items()}
        for name, (module, _bound, house) in PEERS.items():
            python = sys.executable if module == "orm_loop" else options.peers
            costs[name] = meter.peer(python, module, people(options.cases), house)
            print(f"{name}: {costs[name].run:.2f} ms a case", file=sys.stderr, flush=True)
        return costs


@contextmanager
def broker(places: Places) -> Iterator[subprocess.Popen[bytes]]:
    """Valkey as Celery would be given it."""
    valkey = EmbeddedValkey(places=places, durable=True)
    process = start_child(valkey.command(), stdout=subprocess.DEVNULL)
    try:
        wait_until(valkey.answers, 20, name="Valkey")
        yield process
    finally:
        process.terminate()
        process.wait(timeout=30)


class Meter:
    """CPU seconds of the processes of a contender."""

    def __init__(self, places: Places, redis: subprocess.Popen[bytes]) -> None:
        self.places = places
        self.redis = redis
        self.cluster = int((places.postgres / "postmaster.pid").read_text().split()[0])

    def own(self, ids: list[int], way: Callable[[], int]) -> float:
        """Milliseconds a case for something this process does."""
        arm(ids)
        before = self.seconds(os.getpid(), children=False)
        if way() != len(ids):
            raise RuntimeError("not every case moved")
        return 1000 * (self.seconds(os.getpid(), children=False) - before) / len(ids)

    def peer(self, python: str, module: str, ids: list[int], house: str) -> Cost:
        """The same for a program that is told to schedule and to work. Raises RuntimeError when a case stays behind."""
        arm(ids)
        with contender(python, module, self.places, ids, house) as process:
            schedule = self._tell(process, "schedule", len(ids))
            run = self._tell(process, "work", len(ids))
        if still_due(ids):
            raise RuntimeError(f"{module} left {still_due(ids)} of {len(ids)} cases behind")
        return Cost(schedule=schedule, run=run)

    def _tell(self, process: subprocess.Popen[str], what: str, count: int) -> float:
        assert process.stdin is not None
        before = self.seconds(process.pid)
        process.stdin.write(f"{what}\n")
        process.stdin.flush()
        expect(process, "done")
        return 1000 * (self.seconds(process.pid) - before) / count

    def seconds(self, process: int, *, children: bool = True) -> float:
        return cpu(process, children=children) + cpu(self.cluster) + cpu(self.redis.pid)


@contextmanager
def contender(
    python: str, module: str, places: Places, ids: list[int], house: str
) -> Iterator[subprocess.Popen[str]]:
    with tempfile.TemporaryDirectory() as folder:
        told = {"ids": " ".join(map(str, ids)), "sql": FLOOR_OF_ONE}
        for name, text in told.items():
            (Path(folder) / name).write_text(text)
        command = [
            python, "-m", f"bench.peers.{module}", places.database_url(OWNER_ROLE),
            f"redis+socket://{places.sockets / 'valkey.sock'}?virtual_host=0", f"{folder}/ids", f"{folder}/sql",
            *([house] if house else []),
        ]  # fmt: skip
        process = subprocess.Popen(command, cwd=CHECKOUT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        try:
            expect(process, "ready")
            yield process
        finally:
            process.kill()
            process.wait()


def expect(process: subprocess.Popen[str], word: str) -> None:
    assert process.stdout is not None
    for line in process.stdout:
        if line.strip() == word:
            return
    raise RuntimeError("a contender ended too early: see its lines above")


def still_due(ids: list[int]) -> int:
    from disputes.models import CaseEvent

    return len(ids) - CaseEvent.objects.filter(case_id__in=ids, kind="lapsed").values("case_id").distinct().count()


def cpu(process: int, *, children: bool = True) -> float:
    """Seconds of a process, of those it has waited for, and of those that run below it.

    One that ends while we look counts with whoever waited for it: look again.
    """
    for _ in range(10):
        with suppress(FileNotFoundError, ProcessLookupError):
            return _cpu(process, children=children)
    raise RuntimeError(f"the process {process} cannot be read")


def _cpu(process: int, *, children: bool) -> float:
    text = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    own = sum(int(field) for field in text[11 : 15 if children else 13]) / TICK
    if not children:
        return own
    below = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    return own + sum(_cpu(int(child), children=True) for child in below)


def table(costs: dict[str, Cost]) -> str:
    """Markdown, cheapest first."""
    ours = costs[OURS].total
    lines = ["| contender | scheduling | running | together | times ours | goal |", "|---|---|---|---|---|---|"]
    for name, cost in sorted(costs.items(), key=lambda item: item[1].total):
        bound = f"at least {PEERS[name][1]:g}" if name in PEERS else ""
        scheduling = f"{cost.schedule:.2f}" if cost.schedule else "–"
        lines.append(
            f"| {name} | {scheduling} | {cost.run:.3f} | {cost.total:.3f} | {cost.total / ours:.1f} | {bound} |"
        )
    return "\n".join(lines)


def missed(costs: dict[str, Cost]) -> int:
    """1 when a contender came nearer than its bound, or we cost more than twice the floor."""
    ours = costs[OURS].total
    near = [name for name, (_module, bound, _house) in PEERS.items() if costs[name].total < bound * ours]
    if ours > 2 * costs[FLOOR].total:
        near.append(FLOOR)
    if near:
        print(f"missed: {', '.join(near)}", file=sys.stderr)
    return 1 if near else 0


if __name__ == "__main__":
    sys.exit(main())
