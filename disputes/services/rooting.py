"""Roots: one digest over the whole journal as it stood, kept outside the database.

Who can change every row of the journal could also compute its digests anew. Not so a root that was written
elsewhere before. It covers the last event of every case recorded up to a moment safely in the past, so that no
transaction still open then can add to it.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from contract.clock import database_now
from disputes.snapshot import moment, moment_text

SETTLED_AFTER = timedelta(minutes=15)
"""No transaction lasts as long."""

HEADS = """
SELECT DISTINCT ON (case_id) case_id, sequence, digest FROM disputes_caseevent WHERE recorded_at <= %s
ORDER BY case_id, sequence DESC
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Root:
    """The journal up to a moment, in one digest."""

    until: str
    """Events recorded up to then are in it."""
    cases: int
    digest: str


def root_of(until: datetime) -> Root:
    """The root of the journal as recorded up to a moment."""
    digest, cases = hashlib.sha256(), 0
    with transaction.atomic(), connection.chunked_cursor() as cursor:
        cursor.execute(HEADS, [until])
        for case_id, sequence, head in _rows(cursor):
            digest.update(f"{case_id}/{sequence}/{bytes(head).hex()}\n".encode())
            cases += 1
    return Root(until=moment_text(until), cases=cases, digest=digest.hexdigest())


def _rows(cursor: Any) -> Any:
    while rows := cursor.fetchmany(2000):
        yield from rows


def folder() -> Path:
    """Where roots are kept: `roots` in the data folder."""
    return Path(settings.DATA_DIR) / "roots"


def write_root(*, name: str = "") -> Path:
    """Write the root of now (less SETTLED_AFTER) and answer where. Raises FileExistsError rather than replace one."""
    until = database_now() - SETTLED_AFTER
    root = root_of(until)
    folder().mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder() / f"{name or until.strftime('%Y-%m-%dT%H%M%S.%fZ')}.json"
    with path.open("x") as file:
        file.write(json.dumps(asdict(root), indent=1) + "\n")
    return path


def write_daily_root() -> str | None:
    """Write the root of today (in UTC) unless there is one; its file name."""
    name = database_now().date().isoformat()
    if (folder() / f"{name}.json").exists():
        return None
    return write_root(name=name).name


def wrong_roots() -> list[str]:
    """The names of kept roots that the journal no longer yields, oldest first."""
    return [path.name for path in sorted(folder().glob("*.json")) if not _holds(path)]


def _holds(path: Path) -> bool:
    kept = Root(**json.loads(path.read_text()))
    return root_of(moment(kept.until)) == kept
