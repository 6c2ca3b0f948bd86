"""PostgreSQL dies under load, and its database is made anew elsewhere out of a backup and its WAL.

    python -m trials.restore [--cases 5000] [--due 300] [--seconds 60] [--seed N]

A house whose PostgreSQL hands its WAL to an archive. A base backup is taken while people write messages and send
evidence and deadlines pass; a tenth of the cases come after it. At a moment of the seed's PostgreSQL is killed, and
everything else with it. A cluster is made of the backup, the archive and the WAL that was left on the disk; the
evidence is copied; the house starts on it. Then every acknowledged write must be there.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from run.places import Places
from trials.backups import base_backup, keep_wal, replay, restore
from trials.chaos import Options, catch_up, house
from trials.checks import Report, check_deadlines, check_evidence, check_journal, check_writes
from trials.house import House, database, free_port
from trials.multiplying import multiply
from trials.population import Marketplace
from trials.uploaders import Errand, Uploaders
from trials.writers import Writer

GOAL = 300.0
"""Seconds from the ruins to the first page, at 100,000 cases (docs/operations.md)."""
A_SIDE = 9
STORED = ("order", "case", "caseevent", "deadline")
FINGERPRINT = """
SELECT count(*), sum(hashtextextended(t::text, 0)::numeric)::text FROM disputes_{table} t WHERE {owner} IN (
    SELECT {key} FROM disputes_case WHERE number NOT LIKE 'TB-____-____-____-____')
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lived:
    """What the house had before it died."""

    marketplace: Marketplace
    writers: list[Writer]
    uploaders: Uploaders
    stored: dict[str, Any]
    """Number and fingerprint of the rows of the copied cases, by table."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=5_000, help="stored beside those that are looked at")
    parser.add_argument("--due", type=int, default=300, help="cases that fall due meanwhile")
    parser.add_argument("--seconds", type=float, default=60, help="in which they fall due")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="gongduan-restore-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o711)
        return run(options, Path(folder)).end(Path(folder) / "house.log")


def run(options: argparse.Namespace, folder: Path) -> Report:
    """The whole trial in a folder of its own."""
    print(f"restore: seed {options.seed}, {options.cases} cases stored, {options.due} fall due", flush=True)
    report, places, archive = Report(), Places(data=folder / "data"), folder / "archive"
    lived = live_and_die(options, places, archive, folder / "backup")
    began = time.monotonic()
    places.data.rename(folder / "dead")
    (folder / "house.log").rename(folder / "first-house.log")
    left = restore(folder / "backup", archive, Places(data=folder / "dead"), places)
    for kept in ("evidence", "roots"):
        if (folder / "dead" / kept).exists():
            shutil.copytree(folder / "dead" / kept, places.data / kept)
    replay(places, GOAL, folder / "replay.log")
    replayed = time.monotonic() - began
    target = House(places.data, free_port(), settings="trials.settings", TRIAL_FOLDER=str(folder))
    try:
        target.wait_until_ready()
        took = time.monotonic() - began
        size = sum(path.stat().st_size for path in (folder / "backup").rglob("*") if path.is_file()) // 2**20
        pieces = len([*archive.iterdir()])
        print(f"  backup {size} MB, {pieces} pieces of WAL archived, {left} left on the disk", flush=True)
        told = f"{took:.0f} s, of which {replayed:.0f} s until the database was whole (goal {GOAL:g} s)"
        report.check("from the ruins to the first page", told, took < GOAL)
        judge(report, lived, target)
        target.stop()
        report.none("processes left behind", len(target.processes()))
    finally:
        target.end()
    return report


def live_and_die(options: argparse.Namespace, places: Places, archive: Path, backup: Path) -> Lived:
    """Everything up to the death of the house, of which nothing runs any more afterwards."""
    keep_wal(places, archive)
    wanted = Options(cases=options.due, kills=0, seconds=options.seconds, seed=options.seed, points=False, talking=20)
    with house(wanted, places.data) as (target, marketplace):
        writers = [Writer(port=target.port, numbers=marketplace.talking, seed=options.seed + n) for n in (1, 2)]
        uploaders = Uploaders(port=target.port, people=2, errands=errands(options.seed, marketplace))
        add_cases(places, marketplace, options.cases - options.cases // 10)
        for person in (*writers, uploaders):
            person.start()
        began = time.monotonic()
        base_backup(places, backup)
        print(f"  backup taken in {time.monotonic() - began:.1f} s", flush=True)
        add_cases(places, marketplace, options.cases // 10)
        stored = fingerprints(places)
        time.sleep(random.Random(options.seed).uniform(0.1, 0.4) * options.seconds)
        kill(target)
        for person in (*writers, uploaders):
            person.stop()
    return Lived(marketplace=marketplace, writers=writers, uploaders=uploaders, stored=stored)


def kill(target: House) -> None:
    """PostgreSQL first, while nobody can start it again; then whoever would."""
    target.process.send_signal(signal.SIGSTOP)
    target.kill("postgres")
    target.process.kill()
    target.process.wait()
    while alive := target.processes():
        for process in alive:
            try:
                os.kill(process, signal.SIGKILL)
            except ProcessLookupError:
                continue
        time.sleep(0.1)


def errands(seed: int, marketplace: Marketplace) -> list[Errand]:
    return [
        Errand(seed=seed * 10_000 + n, person="buyer", number=number)
        for n, number in enumerate(number for number in marketplace.talking for _ in range(A_SIDE))
    ]


def add_cases(places: Places, marketplace: Marketplace, count: int) -> None:
    with database(places) as cursor:
        multiply(cursor, marketplace.talking, count)


def fingerprints(places: Places) -> dict[str, Any]:
    """Of every row of the copies, which nobody touches."""
    found = {}
    with database(places) as cursor:
        for table in STORED:
            owner, key = {"order": ("id", "order_id"), "case": ("id", "id")}.get(table, ("case_id", "id"))
            cursor.execute(FINGERPRINT.format(table=table, owner=owner, key=key))
            found[table] = cursor.fetchone()
    return found


def judge(report: Report, lived: Lived, target: House) -> None:
    from django.db import connection

    connection.close()
    report.check("rows stored", lived.stored["case"][0], fingerprints(target.places) == lived.stored)
    lived.marketplace.outlive()
    report.check("caught up", f"{catch_up():.1f} s", ok=True)
    check_deadlines(report, lived.marketplace)
    acknowledged = [text for writer in lived.writers for text in writer.acknowledged]
    report.check("messages acknowledged before the death", len(acknowledged), bool(acknowledged))
    check_writes(report, acknowledged, [word for writer in lived.writers for word in writer.unexpected])
    check_files(report, lived.uploaders, target)
    check_evidence(report)
    check_journal(report, lived.marketplace.due + talking_ids(lived.marketplace))


def check_files(report: Report, uploaders: Uploaders, target: House) -> None:
    from evidence.models import StoredFile

    kept = {str(pk): sha256 for pk, sha256 in StoredFile.objects.values_list("pk", "sha256")}
    lost = [each.file for each in uploaders.acknowledged if kept.get(each.file) != each.sha256]
    report.check("files acknowledged before the death", len(uploaders.acknowledged), bool(uploaders.acknowledged))
    report.none("acknowledged files lost", len(lost))


def talking_ids(marketplace: Marketplace) -> list[int]:
    from disputes.models import Case

    return list(Case.objects.filter(number__in=marketplace.talking).values_list("pk", flat=True))


if __name__ == "__main__":
    sys.exit(main())
