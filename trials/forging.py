"""What somebody who owns the database could do to one table: change, remove, add, exchange and empty."""

from __future__ import annotations

import copy
import json
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

Owner = int | uuid.UUID
"""A case's id or a file's."""

CONSTRAINTS = """
SELECT conrelid::regclass, conname FROM pg_constraint
WHERE (conrelid = %(table)s::regclass OR confrelid = %(table)s::regclass) AND contype IN ('f', 'u', 'c')
    AND conparentid = 0
ORDER BY contype <> 'f'
"""
COLUMNS = """
SELECT column_name, data_type, is_nullable = 'YES', character_maximum_length FROM information_schema.columns
WHERE table_name = %s ORDER BY ordinal_position
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table, whose its rows are, and what of it nobody vouches for."""

    name: str
    of: str
    """case or file."""
    owner: str
    """SQL for the id of whose a row `t` is."""
    counts: str = ""
    """The column that numbers rows within their owner."""
    left_out: dict[str, str] = field(default_factory=dict)
    """Columns and why no digest covers them."""


NUMBER = "a number the database gives; nothing is decided by it"
OF_RULING = "(SELECT u.case_id FROM disputes_ruling u WHERE u.id = t.ruling_id)"
TABLES = (
    Table(name="disputes_caseevent", of="case", owner="t.case_id", counts="sequence", left_out={"id": NUMBER}),
    Table(name="evidence_custodyevent", of="file", owner="t.file_id", counts="sequence", left_out={"id": NUMBER}),
    Table(name="disputes_ledgerentry", of="case", owner="t.case_id", counts="position", left_out={"id": NUMBER}),
    Table(name="disputes_ruling", of="case", owner="t.case_id"),
    Table(name="disputes_rulingline", of="case", owner=OF_RULING, left_out={"id": NUMBER}),
    Table(name="disputes_finding", of="case", owner=OF_RULING, left_out={"id": NUMBER}),
    Table(
        name="evidence_storedfile", of="file", owner="t.id",
        left_out={
            "id": "the owner itself: changed, the custody log is of no file", "kind": "follows from the media type",
            "declared_type": "what the sender called it; nothing is decided by it",
        },
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Forgery:
    """One change, done; whose journal or log has to tell of it."""

    what: str
    of: str
    owners: frozenset[Owner]


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    name: str
    kind: str
    nullable: bool
    longest: int | None


class Forger:
    """Forges one table. Its triggers and constraints must be out of the way (see `unguarded`)."""

    def __init__(self, cursor: Any, table: Table, chance: Random) -> None:
        self.cursor, self.table, self.chance = cursor, table, chance
        cursor.execute(COLUMNS, [table.name])
        self.columns = [Column(name=n, kind=k, nullable=u, longest=m) for n, k, u, m in cursor.fetchall()]
        cursor.execute(f"SELECT t.id, {table.owner} FROM {table.name} t ORDER BY 2, 1")
        self.rows: list[tuple[Any, Owner]] = cursor.fetchall()
        self.wanted = self._columns_in_turn()
        self.as_it_was = self._contents()

    def ways(self) -> list[Callable[[], Forgery | None]]:
        """Ways of forging, the usual ones more often. A way answers None when it found nothing to do."""
        return [self.change, self.change, self.change, self.change, self.remove, self.add, self.exchange]

    def change(self) -> Forgery | None:
        """Another value in one column of one row."""
        column = next(self.wanted)
        row, owner = self.chance.choice(self.rows)
        value = self._value(column, row)
        forged = other_value(value, column, self.chance, self._others(column))
        if _same(value, forged):
            return None
        self._set(row, column, forged)
        return self._forgery(
            f"{column.name} of {row} from {_short(value)} to {_short(forged)}", owner, self._owner(row)
        )

    def remove(self) -> Forgery | None:
        row, owner = self.chance.choice(self.rows)
        self.cursor.execute(f"DELETE FROM {self.table.name} WHERE id = %s", [row])
        return self._forgery(f"{row} removed", owner)

    def add(self) -> Forgery | None:
        """A copy of a row, as the next one of its owner; sealed as the application would have where there are seals."""
        row, owner = self.chance.choice(self.rows)
        names = [column.name for column in self.columns if column.name != "id"]
        chosen = {name: f"t.{name}" for name in names}
        if self.table.counts:
            chosen[self.table.counts] = (
                f"(SELECT max(m.{self.table.counts}) + 1 FROM {self.table.name} m"
                f" WHERE {self.table.owner.replace('t.', 'm.')} = {self.table.owner})"
            )
        identity = ("id, ", "%s, ") if isinstance(row, uuid.UUID) else ("", "")
        self.cursor.execute(
            f"INSERT INTO {self.table.name} ({identity[0]}{', '.join(chosen)})"
            f" SELECT {identity[1]}{', '.join(chosen.values())} FROM {self.table.name} t WHERE t.id = %s RETURNING id",
            [*([uuid.uuid4()] if identity[0] else []), row],
        )
        (new,) = self.cursor.fetchone()
        sealed = self.chance.random() < 0.5 and _seal(self.table.name, new)
        what = f"{new} added like {row}{', sealed' if sealed else ''}"
        return self._forgery(what, self._owner(new), *([] if self.table.owner == "t.id" else [owner]), new=new)

    def exchange(self) -> Forgery | None:
        """Two rows exchange one column, or all that they say."""
        (one, owner), (other, whose) = self.chance.sample(self.rows, 2)
        kept = {"id", self.table.counts} | set(self.table.left_out)
        columns = [column for column in self.columns if column.name not in kept]
        if owner != whose or self.chance.random() < 0.5:
            columns = [self.chance.choice(columns)]
        values = [[self._value(column, row) for column in columns] for row in (one, other)]
        for row, given in ((one, values[1]), (other, values[0])):
            for column, value in zip(columns, given, strict=True):
                self._set(row, column, value)
        if self._contents() == self.as_it_was:
            return None
        return self._forgery(f"{', '.join(c.name for c in columns)} exchanged between {one} and {other}", owner, whose)

    def empty(self) -> Forgery:
        self.cursor.execute(f"TRUNCATE {self.table.name}")
        return self._forgery("emptied", *(owner for _row, owner in self.rows))

    def _forgery(self, what: str, *owners: Owner | None, new: Any = None) -> Forgery:
        known = {new} | {owner for _row, owner in self.rows}
        return Forgery(
            what=f"{self.table.name}: {what}", of=self.table.of,
            owners=frozenset(owner for owner in owners if owner is not None and owner in known),
        )  # fmt: skip

    def _contents(self) -> list[str]:
        """Everything the table says, whichever row says it."""
        names = ", ".join(column.name for column in self.columns if column.name not in self.table.left_out)
        self.cursor.execute(f"SELECT md5(ROW({names})::text) FROM {self.table.name} ORDER BY 1")
        return [digest for (digest,) in self.cursor.fetchall()]

    def _columns_in_turn(self) -> Iterator[Column]:
        while True:
            yield from (column for column in self.columns if column.name not in self.table.left_out)

    def _value(self, column: Column, row: Any) -> Any:
        self.cursor.execute(f"SELECT {column.name} FROM {self.table.name} WHERE id = %s", [row])
        (value,) = self.cursor.fetchone()
        if column.kind == "jsonb" and isinstance(value, str):
            return json.loads(value)
        return bytes(value) if column.kind == "bytea" else value

    def _set(self, row: Any, column: Column, value: Any) -> None:
        told = json.dumps(value) if column.kind == "jsonb" else value
        self.cursor.execute(f"UPDATE {self.table.name} SET {column.name} = %s WHERE id = %s", [told, row])

    def _owner(self, row: Any) -> Owner | None:
        self.cursor.execute(f"SELECT {self.table.owner} FROM {self.table.name} t WHERE t.id = %s", [row])
        found = self.cursor.fetchone()
        return found[0] if found else None

    def _others(self, column: Column) -> list[Any]:
        """What a reference could refer to instead."""
        if column.kind != "uuid" or column.name == "id":
            return []
        self.cursor.execute(f"SELECT DISTINCT {column.name} FROM {self.table.name}")
        return [value for (value,) in self.cursor.fetchall()]


def unguarded(cursor: Any) -> None:
    """Take triggers and constraints out of the way, in the transaction already open."""
    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    for table in TABLES:
        cursor.execute(f"ALTER TABLE {table.name} DISABLE TRIGGER USER")
        cursor.execute(CONSTRAINTS, {"table": table.name})
        for whose, name in cursor.fetchall():
            cursor.execute(f'ALTER TABLE {whose} DROP CONSTRAINT IF EXISTS "{name}" CASCADE')


def other_value(value: Any, column: Column, chance: Random, others: list[Any]) -> Any:
    """Another value of the same type."""
    if value is not None and column.nullable and chance.random() < 0.3:
        return None
    if column.kind in ("character varying", "text"):
        return _other_text(value or "", column.longest, chance)
    return _OTHER[column.kind](value, chance, others)


def _other_text(text: str, longest: int | None, chance: Random) -> str:
    if not text or (chance.random() < 0.5 and (longest is None or len(text) < longest)):
        return text + "x"
    place = chance.randrange(len(text))
    return text[:place] + ("0" if text[place] != "0" else "1") + text[place + 1 :]


def _other_moment(value: datetime | None, chance: Random, _others: list[Any]) -> datetime:
    apart = chance.choice([timedelta(microseconds=1), timedelta(seconds=1), timedelta(days=1)])
    return (value or datetime(2026, 1, 1, tzinfo=UTC)) + apart * chance.choice([1, -1])


def _other_bytes(value: bytes, chance: Random, _others: list[Any]) -> bytes:
    place = chance.randrange(len(value))
    return value[:place] + bytes([value[place] ^ 1 << chance.randrange(8)]) + value[place + 1 :]


def _other_document(value: Any, chance: Random, _others: list[Any]) -> Any:
    """The same document with one thing in it changed, removed or added."""
    changed = copy.deepcopy(value)
    places = list(_places(changed))
    if not places or chance.random() < 0.2:
        return {**changed, "forged": True} if isinstance(changed, dict) else {"forged": True}
    holder, key = chance.choice(places)
    if chance.random() < 0.3:
        del holder[key]
    else:
        holder[key] = _other_leaf(holder[key])
    return changed


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    keys = value.keys() if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    for key in list(keys):
        yield value, key
        yield from _places(value[key])


def _other_leaf(value: Any) -> Any:
    if isinstance(value, bool) or value is None:
        return not value
    if isinstance(value, int | float):
        return value + 1
    return f"{value}x" if isinstance(value, str) else "forged"


_OTHER: dict[str, Callable[[Any, Random, list[Any]], Any]] = {
    "boolean": lambda value, _chance, _others: not value,
    "timestamp with time zone": _other_moment, "bytea": _other_bytes, "jsonb": _other_document,
    "numeric": lambda value, _chance, _others: value + Decimal("0.01"),
    "uuid": lambda _value, chance, others: chance.choice([*others, uuid.UUID(int=chance.getrandbits(128))]),
    **dict.fromkeys(
        ("smallint", "integer", "bigint"), lambda value, chance, _others: (value or 0) + chance.choice([1, 2, 7])
    ),
}  # fmt: skip


def _seal(table: str, row: Any) -> bool:
    """Give an added entry the digest the application would have given it; whether entries of the table have one."""
    from disputes.models import CaseEvent
    from disputes.services.verifying import rows_of
    from disputes.snapshot import digest_of
    from evidence import custody
    from evidence.models import CustodyEvent

    if table == "disputes_caseevent":
        (case,) = CaseEvent.objects.filter(pk=row).values_list("case_id", flat=True)
        before, last = rows_of(case)[-2:]
        CaseEvent.objects.filter(pk=row).update(digest=digest_of(before.digest, case, last))
    elif table == "evidence_custodyevent":
        event = CustodyEvent.objects.get(pk=row)
        entry = CustodyEvent.objects.get(file_id=event.file_id, sequence=event.sequence - 1)
        CustodyEvent.objects.filter(pk=row).update(digest=custody.digest_of(event, previous=entry.digest))
    return table in ("disputes_caseevent", "evidence_custodyevent")


def _same(one: Any, other: Any) -> bool:
    return type(one) is type(other) and one == other


def _short(value: Any) -> str:
    return repr(value)[:40]
