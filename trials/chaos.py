"""Deadlines and writes while everything is killed, again and again.

    python -m trials.chaos [--cases 10000] [--kills 200] [--seconds 240] [--seed N] [--no-points] [--verify 500]

A house of its own is started as `make run` starts it. Its cases fall due one after the other while web, workers, beat,
ringer, Valkey and PostgreSQL are killed with SIGKILL in an order the seed decides, and while people write messages.
Processes also kill themselves at the named points of `trials.kill_points`. Then nothing is killed any more, and when
nothing is left to do the database is asked what became of everything.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from trials.checks import (
    Report,
    check_deadlines,
    check_journal,
    check_lateness,
    check_writes,
    left_to_do,
    mails_to_send,
)
from trials.house import PROGRAMS, House, free_port
from trials.kill_points import POINTS
from trials.population import Marketplace, hang_up, open_cases, prepare, servers, set_up_django
from trials.writers import Writer

CHANCES = {
    "after_claim": 0.01, "before_commit": 0.01, "after_commit": 0.01, "before_relay": 0.05, "half_delivered": 0.005,
}  # fmt: skip
LATE = 30.0
"""Seconds the 99th percentile of lateness may be while things are killed (docs/operations.md)."""
PATIENCE = 180.0
"""Seconds in which a house that is left alone must have caught up."""
MAIL_PATIENCE = 40.0
"""Seconds for mails, twice: a hundred go out every few seconds, and a long trial makes tens of thousands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    cases: int = 10_000
    kills: int = 200
    seconds: float = 240
    seed: int = 0
    points: bool = True
    verify: int = 500
    """How many cases' journals are verified at the end."""
    talking: int = 40
    """Open cases beside them, in which people write."""


def main() -> int:
    options = parse()
    with tempfile.TemporaryDirectory(prefix="gongduan-chaos-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o711)
        return run(options, Path(folder)).end(Path(folder) / "house.log")


def parse() -> Options:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    usual = Options()
    parser.add_argument("--cases", type=int, default=usual.cases)
    parser.add_argument("--kills", type=int, default=usual.kills)
    parser.add_argument("--seconds", type=float, default=usual.seconds, help="in which the cases fall due")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    parser.add_argument("--no-points", dest="points", action="store_false", help="no process kills itself")
    parser.add_argument("--verify", type=int, default=usual.verify, help="journals to verify at the end")
    return Options(**vars(parser.parse_args()))


def run(options: Options, folder: Path) -> Report:
    """The whole trial in a folder of its own."""
    data = folder / "data"
    size = f"{options.cases} cases, {options.kills} kills in {options.seconds:g} s"
    print(f"chaos: seed {options.seed}, {size}", flush=True)
    with house(options, data) as (wounded, marketplace):
        people = [Writer(port=wounded.port, numbers=marketplace.talking, seed=options.seed + n) for n in (1, 2)]
        for person in people:
            person.start()
        killed = wound(wounded, options)
        for person in people:
            person.stop()
        print(f"  killed {told(killed)}; by themselves {told(signed(folder))}", flush=True)
        waited = catch_up()
        let_leases_run_out()
        report = Report()
        report.check("caught up after the last kill", f"{waited:.1f} s", waited < PATIENCE)
        report.check("kill points met", told(signed(folder)), not options.points or hit_enough(options, signed(folder)))
        check_deadlines(report, marketplace)
        check_lateness(report, marketplace, bound=LATE)
        acknowledged = [text for person in people for text in person.acknowledged]
        repeated = sum(person.repeated for person in people)
        print(f"  {len(acknowledged)} messages acknowledged, {repeated} of them after a repetition", flush=True)
        report.check("messages acknowledged", len(acknowledged), bool(acknowledged))
        check_writes(report, acknowledged, [word for person in people for word in person.unexpected])
        check_mails(report, folder)
        check_journal(report, random.Random(options.seed).sample(marketplace.due, min(options.verify, options.cases)))
        wounded.stop()
        report.none("processes left behind", len(wounded.processes()))
    return report


@contextmanager
def house(options: Options, data: Path, **environment: str) -> Iterator[tuple[House, Marketplace]]:
    """A house with its marketplace, ready, five seconds before the first deadline."""
    from run.places import Places

    places = Places(data=data)
    os.environ["TRIAL_FOLDER"] = str(data.parent)
    with servers(places):
        set_up_django(places)
        prepare()
        began = time.monotonic()
        window = timedelta(seconds=options.seconds)
        marketplace = open_cases(due=options.cases, talking=options.talking, window=window)
        print(f"  {options.cases} cases opened in {time.monotonic() - began:.0f} s", flush=True)
    hang_up()
    points = ",".join(f"{name}={chance}" for name, chance in CHANCES.items()) if options.points else ""
    environment |= {"TRIAL_FOLDER": str(data.parent), "TRIAL_KILL_POINTS": points}
    started = House(data, free_port(), settings="trials.settings", **environment)
    try:
        started.wait_until_ready()
        travel_to(marketplace)
        yield started, marketplace
    finally:
        started.end()


def travel_to(marketplace: Marketplace) -> None:
    from contract import clock

    clock.travel(to=marketplace.first_due - timedelta(seconds=5))


def wound(target: House, options: Options) -> Counter[str]:
    """Kill programs at moments of the seed's, until the last deadline has passed."""
    chance, killed = random.Random(options.seed), Counter[str]()
    began, length = time.monotonic(), options.seconds + 5
    for moment in sorted(chance.uniform(0, length) for _ in range(options.kills)):
        time.sleep(max(0.0, began + moment - time.monotonic()))
        victim = chance.choice([name for name in PROGRAMS if target.processes_of(name)] or list(PROGRAMS))
        killed[victim] += bool(target.kill(victim))
    time.sleep(max(0.0, began + length - time.monotonic()))
    return killed


def signed(folder: Path) -> Counter[str]:
    """How often processes killed themselves, by the point's name."""
    kills = folder / "kills"
    return Counter(kills.read_text().split()) if kills.exists() else Counter()


def hit_enough(options: Options, points: Counter[str]) -> bool:
    """A long trial meets every point; a short one is too short to."""
    return options.cases < 5_000 or set(points) == set(POINTS)


def catch_up(left: Callable[[], int] = left_to_do, patience: float = PATIENCE) -> float:
    """Wait until nothing is left to do; the seconds it took, or the whole patience."""
    began = time.monotonic()
    while time.monotonic() - began < patience:
        if _count(left) == 0:
            return time.monotonic() - began
        time.sleep(0.5)
    return patience


def _count(left: Callable[[], int]) -> int:
    from django.db import DatabaseError

    try:
        return left()
    except DatabaseError:
        hang_up()
        return -1


def let_leases_run_out() -> None:
    """A mail whose sender died is sent again when its lease is over: live through that, too."""
    from contract import clock
    from notifications.services.sending import LEASE

    catch_up(mails_to_send, MAIL_PATIENCE)
    clock.travel(LEASE + timedelta(minutes=1))
    catch_up(mails_to_send, MAIL_PATIENCE)


def check_mails(report: Report, folder: Path) -> None:
    """Every mail that was due is in the mailbox, under one message id however often it came."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT message_id FROM notifications_delivery WHERE status = 'sent'")
        wanted = {row[0].strip("<>").partition("@")[0] for row in cursor.fetchall()}
    came = {mail.name: mail.stat().st_size for mail in (folder / "mail").iterdir()} if wanted else {}
    again = sum(count - 1 for count in came.values())
    waiting = mails_to_send()
    print(f"  {len(came)} mails, {again} of them came again under the same message id, {waiting} wait", flush=True)
    report.none("mails sent and not in the mailbox", len(wanted - set(came)))


def told(counted: Counter[str]) -> str:
    return ", ".join(f"{name} {count}" for name, count in sorted(counted.items())) or "nobody"


if __name__ == "__main__":
    sys.exit(main())
