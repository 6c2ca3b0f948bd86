"""Evidence arrives while connections break and programs die; then the disk is full.

    python -m trials.uploads [--files 1000] [--cut 200] [--kills 25] [--seed N]

A house of its own. First the evidence folder, then the folder for temporary files, is full for a while. Then people
send pictures, documents, films and chats, each under an idempotency key and until it is acknowledged; some connections
end half-way, half of those for good; web and the worker that draws previews are killed meanwhile. At the end every
acknowledged file is read from the disk and over HTTP, and what nobody was told of must be gone after the house's own
clean-up.
"""

from __future__ import annotations

import argparse
import hashlib
import math
import os
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from contextlib import ExitStack, suppress
from io import StringIO
from pathlib import Path

from trials import full_disk
from trials.chaos import Options, catch_up, house, told
from trials.checks import Report, check_deadlines, check_journal, check_writes
from trials.full_disk import IN_MEMORY, Place
from trials.house import House
from trials.population import Marketplace
from trials.small_disk import SmallDisk, SmallFiles, may_mount, mounted
from trials.uploaders import Acknowledged, Client, Errand, Uploaders
from trials.writers import Writer

LAST = 2
"""Cases that only the full disk has to do with."""
A_SIDE = 9
"""Files of one side in one case: one less than the packs allow."""
KEPT_ONCE = """
SELECT e.description, count(f.id), min(s.sha256) FROM disputes_exhibit e
LEFT JOIN disputes_exhibitfile f ON f.exhibit_id = e.id LEFT JOIN evidence_storedfile s ON s.id = f.file_id
WHERE e.description LIKE 'upload-%' GROUP BY e.description
"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=int, default=1000)
    parser.add_argument("--cut", type=int, default=200, help="connections that end half-way")
    parser.add_argument("--kills", type=int, default=25, help="of web and of the worker that draws previews")
    parser.add_argument("--due", type=int, default=150, help="cases that fall due meanwhile")
    parser.add_argument("--seconds", type=float, default=60, help="in which they fall due")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that nothing stays mounted
    with tempfile.TemporaryDirectory(prefix="gongduan-uploads-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o711)
        return run(options, Path(folder)).end(Path(folder) / "house.log")


def run(options: argparse.Namespace, folder: Path) -> Report:
    """The whole trial in a folder of its own."""
    print(f"uploads: seed {options.seed}, {options.files} files, {options.cut} connections cut", flush=True)
    report, vault = Report(), folder / "data" / "evidence"
    with ExitStack() as stack:
        disks = [stack.enter_context(mounted(place)) for place in (vault, folder / "tmp") if may_mount(folder)]
        (folder / "tmp").mkdir(exist_ok=True)
        cases = LAST + math.ceil(options.files / A_SIDE / 2)
        wanted = Options(
            cases=options.due, kills=0, seconds=options.seconds, seed=options.seed, points=False, talking=cases
        )
        target, marketplace = stack.enter_context(house(wanted, folder / "data", TMPDIR=str(folder / "tmp")))
        person = Writer(port=target.port, numbers=marketplace.talking, seed=options.seed)
        person.start()
        for place, number in zip(places(disks, target), marketplace.talking[-LAST:], strict=False):
            full_disk.live_through(report, place, client=(target.port, number), vault=vault, person=person)
        uploaders = send(options, target, marketplace)
        person.stop()
        target.wait_until(target.is_healthy)
        marketplace.outlive()
        report.check("caught up", f"{catch_up():.1f} s", ok=True)
        check_uploads(report, uploaders, target, vault, seed=options.seed)
        left = [path.name for path in (folder / "tmp").rglob("*") if path.is_file()]
        report.check("temporary files left behind", left[:3] or 0, not left)
        check_deadlines(report, marketplace)
        check_writes(report, person.acknowledged, person.unexpected)
        check_journal(report, marketplace.due[:40] + case_ids(marketplace.talking)[:40])
        target.stop()
        report.none("processes left behind", len(target.processes()))
    return report


def places(disks: list[SmallDisk], target: House) -> list[Place]:
    """Where room is taken away, by whichever means this machine allows; said, so that a report can be judged."""
    smallest = 2 * full_disk.LEFT
    if not disks:
        print("  a full disk is RLIMIT_FSIZE of the web: nobody may mount here", flush=True)
        files = SmallFiles(processes=lambda: target.processes_of("web"))
        return [Place(name="disk", disk=files, smallest=smallest)]
    print("  a full disk is a file system in memory", flush=True)
    vault, temporary = disks
    return [
        Place(name="disk", disk=vault, smallest=smallest),
        Place(name="temporary folder", disk=temporary, smallest=IN_MEMORY),
    ]


def send(options: argparse.Namespace, target: House, marketplace: Marketplace) -> Uploaders:
    """All errands, with everything that goes wrong on the way."""
    uploaders, began = Uploaders(port=target.port, errands=errands(options, marketplace)), time.monotonic()
    uploaders.start()
    killed = told(wound(target, uploaders, options))
    seconds, kept = time.monotonic() - began, len(uploaders.acknowledged)
    print(f"  {kept} acknowledged in {seconds:.0f} s, {uploaders.cut} cut, {uploaders.repeated} sent again", flush=True)
    print(f"  killed {killed}", flush=True)
    return uploaders


def errands(options: argparse.Namespace, marketplace: Marketplace) -> list[Errand]:
    """Who sends what where; some are cut, every second of them for good."""
    chance = random.Random(options.seed)
    cut = chance.sample(range(options.files), options.cut)
    given_up = set(cut[::2])
    sides = [(number, person) for number in marketplace.talking for person in ("buyer", "seller")]
    return [
        Errand(
            seed=options.seed * 10_000 + n, person=sides[n // A_SIDE][1], number=sides[n // A_SIDE][0],
            cut=n in cut, given_up=n in given_up,
        )
        for n in range(options.files)
    ]  # fmt: skip


def wound(target: House, uploaders: Uploaders, options: argparse.Namespace) -> Counter[str]:
    """Kill one process of the web, or of the worker that draws, every few dozen uploads."""
    chance, killed = random.Random(options.seed), Counter[str]()
    share = max(1, len(uploaders.errands) // (options.kills + 1))
    while uploaders.busy():
        time.sleep(0.1)
        done = len(uploaders.errands) - uploaders.waiting.qsize()
        if sum(killed.values()) < options.kills and done > share * (sum(killed.values()) + 1):
            program = chance.choice(["web", "web", "default"])
            if processes := target.processes_of(program):
                time.sleep(chance.uniform(0, 0.5))
                with suppress(ProcessLookupError):
                    os.kill(chance.choice(processes), signal.SIGKILL)
                    killed[program] += 1
    return killed


def check_uploads(report: Report, uploaders: Uploaders, target: House, vault: Path, *, seed: int) -> None:
    wanted = [errand for errand in uploaders.errands if not errand.given_up]
    acknowledged = uploaders.acknowledged
    report.check("uploads acknowledged", f"{len(acknowledged)} of {len(wanted)}", len(acknowledged) == len(wanted))
    report.check("answers nobody should get", uploaders.unexpected[:3] or 0, not uploaders.unexpected)
    check_rows(report, uploaders)
    print(f"  {clean_up()}", flush=True)
    report.none("bytes without a file", len(unknown(vault)))
    report.none("arrivals left behind", len([*(vault / "incoming").iterdir()]))
    report.none("acknowledged files not intact on disk", sum(not intact(vault, each.sha256) for each in acknowledged))
    lose_drawings(vault, seed)
    check_downloads(report, target, acknowledged)


def check_rows(report: Report, uploaders: Uploaders) -> None:
    """One exhibit with one file under each acknowledged key; none where the connection was cut for good."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(KEPT_ONCE)
        kept = {key: (count, sha256) for key, count, sha256 in cursor.fetchall()}
    wrong = [each.errand.key for each in uploaders.acknowledged if kept.get(each.errand.key) != (1, each.sha256)]
    report.check("keys without exactly their one file", wrong[:3] or 0, not wrong)
    halves = [errand.key for errand in uploaders.errands if errand.given_up and errand.key in kept]
    report.check("halves of files taken for whole ones", halves[:3] or 0, not halves)


def clean_up() -> str:
    """What an operator would do; the last line it says."""
    from django.core.management import call_command

    said = StringIO()
    call_command("verify_evidence", remove_orphans=True, stdout=said)
    lines = said.getvalue().splitlines()
    return f"{sum(line.startswith('removed:') for line in lines)} orphans removed; {'; '.join(lines[-2:])}"


def unknown(vault: Path) -> set[str]:
    from evidence.housekeeping import orphans

    return set(orphans())


def intact(vault: Path, sha256: str) -> bool:
    path = vault / "objects" / sha256[:2] / sha256[2:4] / sha256
    with suppress(FileNotFoundError), path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest() == sha256
    return False


def lose_drawings(vault: Path, seed: int) -> None:
    """Previews need no backup: take some away as if they had none."""
    from evidence.models import Derivative

    keys = list(Derivative.objects.order_by("pk").values_list("storage_key", flat=True))
    for key in random.Random(seed).sample(keys, min(len(keys), 40)):
        (vault / key).unlink(missing_ok=True)


def check_downloads(report: Report, target: House, acknowledged: list[Acknowledged]) -> None:
    clients = {name: Client(port=target.port, person=name) for name in ("buyer", "seller")}
    changed, undrawn, drawn = 0, 0, 0
    for each in acknowledged:
        client, place = clients[each.errand.person], (each.errand.number, each.exhibit, each.file)
        changed += hashlib.sha256(_fetched(client, place, "original")).hexdigest() != each.sha256
        if each.errand.file.media_type.startswith("image/"):
            drawn += 1
            undrawn += not _fetched(client, place, "preview").startswith(b"\xff\xd8")
    report.none("acknowledged files not intact on download", changed)
    report.check("pictures with a preview", f"{drawn - undrawn} of {drawn}", undrawn == 0)


def _fetched(client: Client, place: tuple[str, str, str], variant: str) -> bytes:
    """The bytes, however often one has to wait for one's turn; none when they cannot be had."""
    while (answer := client.download(*place, variant)).status == 429:
        time.sleep(float(answer.headers.get("Retry-After", answer.headers.get("retry-after", "1"))))
    return answer.raw if answer.status == 200 else b""


def case_ids(numbers: list[str]) -> list[int]:
    from disputes.models import Case

    return list(Case.objects.filter(number__in=numbers).values_list("pk", flat=True))


if __name__ == "__main__":
    sys.exit(main())
