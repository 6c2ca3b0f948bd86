"""What a superuser does to the records shows: a thousand changes, one at a time, each named and put back.

    python -m trials.audit [--changes 1000] [--cases 24] [--seed N]

A database of its own with cases that were refunded, ruled, corrected and given evidence. Triggers and constraints are
switched off, as only a superuser can. Then every column of the journal, of the custody log, of the ledger, of rulings
with their amounts and answers, and of files is changed in turn; rows are removed, added (half of them sealed as the
application would have), exchanged, tables emptied, and bytes on the disk changed. `verify_journal` or `verify_evidence`
must name each case or file concerned; with nothing changed they must find nothing.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import StringIO
from pathlib import Path
from typing import Any

from trials.checks import Report
from trials.docket import fill
from trials.forging import TABLES, Forger, Forgery, Owner, unguarded
from trials.stage import Stage, database

SHARES = {
    "disputes_caseevent": 38, "evidence_custodyevent": 20, "disputes_ledgerentry": 12, "disputes_ruling": 10,
    "disputes_rulingline": 5, "disputes_finding": 4, "evidence_storedfile": 5, "bytes": 6,
}  # fmt: skip
"""Of a hundred changes."""
WHOLE_EVERY = 50
"""Every so many changes the whole command is asked, as an operator would ask it."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--changes", type=int, default=1000)
    parser.add_argument("--cases", type=int, default=24)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    options = parser.parse_args()
    print(f"audit: seed {options.seed}, {options.changes} changes of {options.cases} cases", flush=True)
    with database("audit") as folder:
        fill(Stage.set(), options.cases, random.Random(options.seed))
        as_superuser()
        return run(options.changes, options.seed).end(Path(folder) / "house.log")


def as_superuser() -> None:
    """This process, as whoever owns the whole server."""
    from django.db import connection

    from run.places import SUPERUSER

    connection.close()
    connection.settings_dict["USER"] = SUPERUSER


def run(changes: int, seed: int) -> Report:
    """Forge and verify, in one transaction that never commits."""
    from django.db import connection, transaction

    report = Report()
    for name, told in (("journal", verify_journal()), ("evidence", verify_evidence())):
        report.check(f"verify_{name} with nothing changed", told or "nothing found", not told)
    with transaction.atomic(), connection.cursor() as cursor:
        unguarded(cursor)
        audited = Audited(cursor, random.Random(seed))
        for number in range(changes):
            audited.forge(whole=number % WHOLE_EVERY == 0)
        transaction.set_rollback(True)
    told = ", ".join(f"{name} {count}" for name, count in audited.made.items())
    print(f"  {told}; {audited.whole} times by the whole command", flush=True)
    report.check("changes named", f"{changes - len(audited.missed)} of {changes}", not audited.missed)
    for missed in audited.missed[:20]:
        print(f"    not named: {missed}", flush=True)
    tell_what_is_left_out()
    for name, found in (("journal", verify_journal()), ("evidence", verify_evidence())):
        report.check(f"verify_{name} with everything put back", found or "nothing found", not found)
    return report


def tell_what_is_left_out() -> None:
    for table in TABLES:
        for column, reason in table.left_out.items():
            print(f"  not vouched for: {table.name}.{column} ({reason})", flush=True)


class Audited:
    """The tables under trial, and what was found."""

    def __init__(self, cursor: Any, chance: random.Random) -> None:
        self.cursor, self.chance = cursor, chance
        self.forgers = {table.name: Forger(cursor, table, chance) for table in TABLES}
        self.made: Counter[str] = Counter()
        self.missed: list[str] = []
        self.whole = 0

    def forge(self, *, whole: bool) -> None:
        """One change, named or not, and put back."""
        name = self.chance.choices(list(SHARES), list(SHARES.values()))[0]
        while True:
            self.cursor.execute("SAVEPOINT before_forgery")
            with self._done(name) as forgery:
                if forgery is not None:
                    self._look(forgery, whole=whole)
            self.cursor.execute("ROLLBACK TO SAVEPOINT before_forgery")
            if forgery is not None:
                self.made[name] += 1
                return

    @contextmanager
    def _done(self, name: str) -> Iterator[Forgery | None]:
        if name == "bytes":
            with forged_bytes(self.chance) as forgery:
                yield forgery
        else:
            yield self._way(self.forgers[name])()

    def _way(self, forger: Forger) -> Callable[[], Forgery | None]:
        return forger.empty if self.chance.random() < 0.01 else self.chance.choice(forger.ways())

    def _look(self, forgery: Forgery, *, whole: bool) -> None:
        unnamed = [owner for owner in forgery.owners if not is_named(forgery.of, owner)]
        if unnamed or not forgery.owners:
            self.missed.append(f"{forgery.what}, of {forgery.of} {unnamed}")
        if whole:
            self.whole += 1
            said = verify_journal() if forgery.of == "case" else verify_evidence()
            if not any(_name(forgery.of, owner) in said for owner in forgery.owners):
                self.missed.append(f"{forgery.what}: the whole command said {said[:200]!r}")


def is_named(of: str, owner: Owner) -> bool:
    """Whether the verifier, asked for this case or file, says that it is not as it was."""
    from disputes.services.auditing import first_difference
    from evidence.errors import FileUnknown
    from evidence.services import verify_file

    if of == "file":
        try:
            return not verify_file(owner).is_sound  # type: ignore[arg-type]
        except FileUnknown:  # an operator is told that there is none
            return True
    number = _name(of, owner)
    found = first_difference(number)
    return found is not None and found.case == number


def _name(of: str, owner: Owner) -> str:
    from disputes.models import Case

    return Case.objects.get(pk=int(str(owner))).number if of == "case" else str(owner)


def verify_journal() -> str:
    """What `manage.py verify_journal` complains about; empty when it is content."""
    return _complaint("verify_journal")


def verify_evidence() -> str:
    return _complaint("verify_evidence")


def _complaint(command: str) -> str:
    from django.core.management import CommandError, call_command

    said = StringIO()
    try:
        call_command(command, stdout=StringIO(), stderr=said)
    except CommandError as error:
        return f"{said.getvalue()}{error}"
    return ""


@contextmanager
def forged_bytes(chance: random.Random) -> Iterator[Forgery]:
    """Bytes of an original or a drawing changed on the disk, cut off, exchanged or gone; put back afterwards."""
    from evidence import storage
    from evidence.models import Derivative, StoredFile

    drawing = chance.random() < 0.4
    rows = Derivative.objects if drawing else StoredFile.objects
    keys = sorted(set(rows.values_list("storage_key", flat=True)))
    key = chance.choice(keys)
    path, kept = storage.path_of(key), storage.path_of(key).read_bytes()
    ways = {
        "a bit changed": lambda: _flipped(kept, chance), "cut off": lambda: kept[: chance.randrange(len(kept))],
        "a byte added": lambda: kept + b"x",
    }  # fmt: skip
    if not drawing and len(keys) > 1:
        other = chance.choice([name for name in keys if name != key])
        ways["exchanged"] = lambda: storage.path_of(other).read_bytes()
    what = chance.choice([*ways, *([] if drawing else ["gone"])])
    owners = {row.pk for row in StoredFile.objects.filter(storage_key=key)}
    owners |= set(Derivative.objects.filter(storage_key=key).values_list("file_id", flat=True))
    path.unlink()
    try:
        if what != "gone":
            path.write_bytes(ways[what]())
        yield Forgery(what=f"bytes of {key}: {what}", of="file", owners=frozenset(owners))
    finally:
        path.write_bytes(kept)


def _flipped(kept: bytes, chance: random.Random) -> bytes:
    place = chance.randrange(len(kept))
    return kept[:place] + bytes([kept[place] ^ 1 << chance.randrange(8)]) + kept[place + 1 :]


if __name__ == "__main__":
    sys.exit(main())
