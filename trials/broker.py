"""Redis emptied, gone, and silent: deadlines are met, writes are answered, nothing is lost.

    python -m trials.broker [--rate 5] [--seconds 60] [--seed N]

A house whose Valkey this command owns. Deadlines pass at a steady rate, people write messages, and Valkey is, one
phase after the other, well; emptied again and again (FLUSHALL); gone (killed, and not started again); back; silent
(stopped: it accepts and never answers); back. Every phase lasts as long.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from run.children import start_child
from run.places import Places
from run.postgres import wait_until
from run.valkey import EmbeddedValkey
from trials.chaos import Options, catch_up, house
from trials.checks import Report, check_deadlines, check_journal, check_writes, one
from trials.writers import Writer

STANDBY = 5.0
"""Seconds the 99th percentile of lateness may be while only the standby ringer is left."""
SLOWER = 1.10
"""How much slower the median write may be than in the house that is well."""
NOISE = 0.003
"""Seconds of difference between two medians that a shared machine makes by itself."""

LATENESS_BETWEEN = """
SELECT count(*), percentile_cont(0.99) WITHIN GROUP (ORDER BY extract(epoch FROM recorded_at - at)::float)
FROM disputes_caseevent WHERE case_id = ANY(%s) AND kind = 'lapsed' AND at BETWEEN %s AND %s
"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rate", type=float, default=5.0, help="deadlines a second")
    parser.add_argument("--seconds", type=float, default=60.0, help="of each phase")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="gongduan-broker-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o711)
        return run(options.rate, options.seconds, options.seed, Path(folder)).end(Path(folder) / "house.log")


@dataclass(kw_only=True)
class Server:
    """The Valkey of the trial."""

    valkey: EmbeddedValkey
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.process = start_child(self.valkey.command())
        wait_until(self.valkey.answers, 20, name="Valkey")

    def send(self, number: int) -> None:
        assert self.process is not None
        with suppress(ProcessLookupError):
            self.process.send_signal(number)

    def end(self) -> None:
        if self.process:
            self.send(signal.SIGCONT)
            self.send(signal.SIGKILL)
            self.process.wait()

    def empty(self) -> None:
        import redis

        with redis.Redis.from_url(self.valkey.places.redis_url, socket_timeout=2) as client:
            client.flushall()


def run(rate: float, seconds: float, seed: int, folder: Path) -> Report:
    """The whole trial in a folder of its own."""
    report, length = Report(), seconds * 6
    print(f"broker: seed {seed}, {rate:g} deadlines a second, six phases of {seconds:g} s", flush=True)
    server = Server(valkey=EmbeddedValkey(places=Places(data=folder / "broker"), durable=False))
    with ExitStack() as stack:
        server.start()
        stack.callback(server.end)
        options = Options(cases=int(rate * length), kills=0, seconds=length, seed=seed, points=False)
        address = {"REDIS_URL": server.valkey.places.redis_url}
        wounded, marketplace = stack.enter_context(house(options, folder / "data", **address))
        people = [Writer(port=wounded.port, numbers=marketplace.talking, seed=seed + n) for n in (1, 2)]
        for person in people:
            person.start()
        time.sleep(5)
        phases = live_through(server, people, seconds)
        for person in people:
            person.stop()
        report.check("caught up", f"{catch_up():.1f} s", True)
        check_deadlines(report, marketplace)
        check_phases(report, marketplace.due, phases)
        check_writes(
            report, [text for p in people for text in p.acknowledged], [word for p in people for word in p.unexpected]
        )
        check_journal(report, random.Random(seed).sample(marketplace.due, min(100, len(marketplace.due))))
        wounded.stop()
        report.none("processes left behind", len(wounded.processes()))
    return report


@dataclass(frozen=True, slots=True, kw_only=True)
class Phase:
    """What one phase was like."""

    name: str
    began: Any
    ended: Any
    latencies: list[float]


def live_through(server: Server, people: list[Writer], seconds: float) -> list[Phase]:
    steps: list[tuple[str, Callable[[], None], Callable[[], None]]] = [
        ("well", lambda: None, lambda: None), ("emptied", lambda: None, server.empty),
        ("gone", lambda: server.send(signal.SIGKILL), lambda: None), ("back", server.start, lambda: None),
        ("silent", lambda: server.send(signal.SIGSTOP), lambda: None),
        ("back again", lambda: server.send(signal.SIGCONT), lambda: None),
    ]  # fmt: skip
    return [_phase(name, begin, again, people, seconds) for name, begin, again in steps]


def _phase(
    name: str, begin: Callable[[], None], again: Callable[[], None], people: list[Writer], seconds: float
) -> Phase:
    before = [len(person.latencies) for person in people]
    began, limit = one("SELECT gongduan_clock()")[0], time.monotonic() + seconds
    begin()
    while time.monotonic() < limit:
        again()
        time.sleep(min(1.0, seconds / 4))
    latencies = [x for person, count in zip(people, before, strict=True) for x in person.latencies[count:]]
    return Phase(name=name, began=began, ended=one("SELECT gongduan_clock()")[0], latencies=latencies)


def check_phases(report: Report, due: list[int], phases: list[Phase]) -> None:
    """Lateness and the medians of the writes, phase by phase, against the first."""
    well = statistics.median(phases[0].latencies)
    for phase in phases:
        count, late = one(LATENESS_BETWEEN, due, phase.began, phase.ended)
        report.check(f"{phase.name}: lateness p99 of {count}", f"{late:.2f} s", float(str(late)) <= STANDBY)
        median = statistics.median(phase.latencies) if phase.latencies else float("inf")
        told = f"{1000 * median:.0f} ms, {median / well:.2f} times ({len(phase.latencies)} messages)"
        report.check(f"{phase.name}: median write", told, median <= max(well * SLOWER, well + NOISE))


if __name__ == "__main__":
    os.umask(0o077)
    sys.exit(main())
