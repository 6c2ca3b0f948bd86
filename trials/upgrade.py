"""Old and new code together, while the migrations between them are applied and people go on working.

    python -m trials.upgrade [--from COMMIT] [--cases 400] [--stored 20000] [--seconds 60] [--seed N]

Web, workers, beat and ringer of an older commit (without --from: the last one before the newest migration) run on a
database it made. Cases fall due, people write and read. `python -m config.prepare migrate` of this checkout migrates
beneath them; new web and workers come beside the old; people go over to the new web; the old leave; `python -m
config.prepare publish` publishes the packs that the old could not have read. Nobody may notice.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import sys
import tempfile
import time
from contextlib import ExitStack
from datetime import datetime, timedelta
from pathlib import Path

from run.places import CHECKOUT, OWNER_ROLE, Places
from run.valkey import EmbeddedValkey
from trials.broker import Server
from trials.chaos import catch_up, travel_to
from trials.checks import Report, check_deadlines, check_evidence, check_journal, check_writes
from trials.house import database, free_port, surroundings
from trials.locks import Watcher
from trials.multiplying import multiply
from trials.population import Marketplace, open_cases, prepare, servers, set_up_django
from trials.releases import Release, commit_before_newest_migration, described, export, migrations_since
from trials.restore import A_SIDE
from trials.uploaders import Errand, Uploaders
from trials.visitors import Visitor
from trials.writers import Writer

People = list[Writer | Visitor | Uploaders]

LONGEST = 2.0
"""Seconds a lock that keeps others out may be held, or waited for."""
APART = 4.0
"""Seconds between two steps of the upgrade, in which people work."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--from", dest="commit", default="", help="the older commit")
    parser.add_argument("--cases", type=int, default=400, help="that fall due meanwhile")
    parser.add_argument("--stored", type=int, default=20_000, help="that are only there, so that tables are large")
    parser.add_argument("--seconds", type=float, default=60, help="in which the cases fall due")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    parser.add_argument("--open", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.open:
        return open_in(Places(data=options.open), options)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    with tempfile.TemporaryDirectory(prefix="gongduan-upgrade-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o711)
        return run(options, Path(folder)).end(Path(folder) / "house.log")


def open_in(places: Places, options: argparse.Namespace) -> int:
    """What the older code does for itself: its schema and its cases, told as JSON in the last line."""
    set_up_django(places)
    prepare()
    market = open_cases(due=options.cases, talking=20, window=timedelta(seconds=options.seconds))
    print(json.dumps({"due": market.due, "talking": market.talking, "first_due": market.first_due.isoformat()}))
    return 0


def run(options: argparse.Namespace, folder: Path) -> Report:
    """The whole trial in a folder of its own."""
    commit = options.commit or commit_before_newest_migration()
    print(f"upgrade: seed {options.seed}, from {described(commit)}", flush=True)
    print(f"  migrations to come: {', '.join(migrations_since(commit)) or 'none'}", flush=True)
    report, places = Report(), Places(data=folder / "data")
    with ExitStack() as stack:
        stack.enter_context(servers(places))
        server = Server(valkey=EmbeddedValkey(places=Places(data=folder / "broker"), durable=False))
        stack.callback(server.end)
        server.start()
        environment = _environment(folder, places, server)
        old = Release(
            name="old",
            checkout=export(commit, folder / "old"),
            port=free_port(),
            environment=environment,
            log=folder / "house.log",
        )
        new = Release(
            name="new", checkout=CHECKOUT, port=free_port(), environment=environment, log=folder / "house.log"
        )
        stack.callback(new.end)
        stack.callback(old.end)
        marketplace = _opened(old, places, options)
        os.environ["TRIAL_FOLDER"] = str(folder)
        set_up_django(places)
        people = _people(old, marketplace, options.seed)
        watcher = change_over(report, old, new, marketplace, people)
        marketplace.outlive()
        report.check("caught up", f"{catch_up():.1f} s", ok=True)
        for person in people:
            person.stop()
        judge(report, watcher, people, marketplace, options.seed)
        killed = new.leave()
        report.check("new programs that did not end by themselves", killed or 0, not killed)
    return report


def _environment(folder: Path, places: Places, server: Server) -> dict[str, str]:
    return {
        **surroundings(places.data, 0, "trials.settings"), "REDIS_URL": server.valkey.places.redis_url,
        "DATABASE_URL": places.database_url(), "DATABASE_OWNER_URL": places.database_url(OWNER_ROLE),
        "TRIAL_FOLDER": str(folder),
    }  # fmt: skip


def _opened(old: Release, places: Places, options: argparse.Namespace) -> Marketplace:
    """Cases by the old code, and many more like those that wait."""
    said = old.call(
        "trials.upgrade", "--open", str(places.data), "--cases", str(options.cases), "--seconds", str(options.seconds)
    )
    told = json.loads(said.strip().splitlines()[-1])
    with database(places) as cursor:
        multiply(cursor, told["talking"], options.stored)
        cursor.execute("ANALYZE")
    print(f"  {options.cases} cases opened, {options.stored} stored", flush=True)
    told["first_due"] = datetime.fromisoformat(told["first_due"])
    return Marketplace(**told, window=timedelta(seconds=options.seconds))


def _people(old: Release, marketplace: Marketplace, seed: int) -> People:
    numbers = marketplace.talking
    writers = [Writer(port=old.port, numbers=numbers, seed=seed + n) for n in (1, 2)]
    sent = [Errand(seed=seed * 10_000 + n, person="buyer", number=number) for n, number in enumerate(numbers * A_SIDE)]
    senders = Uploaders(port=old.port, errands=sent, people=1, pause=0.3)
    return [*writers, senders, *(Visitor(port=old.port, numbers=numbers, seed=seed + n) for n in (3, 4))]


def change_over(report: Report, old: Release, new: Release, marketplace: Marketplace, people: People) -> Watcher:
    """Step by step, as an operator would do it behind a load balancer."""
    old.start()
    travel_to(marketplace)
    for person in people:
        person.start()
    time.sleep(APART)
    watcher = Watcher(places=Places(data=Path(old.environment["GONGDUAN_DATA"])))
    watcher.start()
    began = time.monotonic()
    said = new.call("config.prepare", "migrate")
    print(f"  migrated in {time.monotonic() - began:.1f} s, {said.count('in the way')} times given way", flush=True)
    time.sleep(APART)
    new.start()
    time.sleep(APART)
    for person in people:
        person.port = new.port
    time.sleep(APART)
    killed = old.leave()
    report.check("old programs that did not end by themselves", killed or 0, not killed)
    new.call("config.prepare", "publish")
    watcher.stop()
    return watcher


def judge(report: Report, watcher: Watcher, people: People, marketplace: Marketplace, seed: int) -> None:
    writers = [person for person in people if isinstance(person, Writer)]
    visitors = [person for person in people if isinstance(person, Visitor)]
    worst = max(watcher.longest.values(), default=0.0)
    report.check(f"locks that keep others out ({watcher.looks} looks)", watcher.told(), worst < LONGEST)
    waited = f"{watcher.longest_wait:.2f} s"
    report.check("longest wait of the application for a table", waited, watcher.longest_wait < LONGEST)
    seen = sum(visitor.seen for visitor in visitors)
    slowest = max((visitor.slowest for visitor in visitors), default=0.0)
    print(f"  {seen} pages read, the slowest in {slowest:.2f} s", flush=True)
    wrong = [word for visitor in visitors for word in visitor.unexpected]
    report.check("pages that failed", wrong[:3] or 0, not wrong and seen > 0)
    acknowledged = [text for writer in writers for text in writer.acknowledged]
    report.check("messages acknowledged", len(acknowledged), bool(acknowledged))
    report.none("messages that had to be repeated", sum(writer.repeated for writer in writers))
    for senders in (person for person in people if isinstance(person, Uploaders)):
        report.check("files acknowledged", len(senders.acknowledged), bool(senders.acknowledged))
        report.none("files that had to be repeated", senders.repeated)
        report.check("answers nobody should get to a file", senders.unexpected[:3] or 0, not senders.unexpected)
    check_evidence(report)
    check_deadlines(report, marketplace)
    check_writes(report, acknowledged, [word for writer in writers for word in writer.unexpected])
    check_journal(report, random.Random(seed).sample(marketplace.due, min(100, len(marketplace.due))))


if __name__ == "__main__":
    sys.exit(main())
