"""Migrations beside a house that is open: whoever migrates gives way, and nobody else waits long for a lock."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import Final

from django.db import OperationalError, connection
from psycopg2 import errors, sql

LONGEST_WAIT: Final = 2.0
"""Seconds for one lock. Meanwhile everybody who comes later waits behind us."""
TRIES: Final = 60
PAUSE: Final = 1.0
"""Seconds between two tries, in which the others get on with their work."""

UNFINISHED: Final = """
SELECT n.nspname, i.relname FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid
JOIN pg_namespace n ON n.oid = i.relnamespace
WHERE NOT x.indisvalid AND i.relkind = 'i' AND n.nspname = current_schema()
    AND NOT EXISTS (SELECT FROM pg_stat_progress_create_index p WHERE p.index_relid = x.indexrelid)
"""
"""Not the index of a partitioned table that lacks one in a part, nor one that somebody is making just now."""
WAITED_IN_VAIN: Final = (errors.LockNotAvailable, errors.DeadlockDetected)
"""Two who wait for each other are told so after a second, sooner than anybody has waited too long."""


def giving_way(do: Callable[[], object], *, tries: int = TRIES, pause: float = PAUSE) -> None:
    """Do it, again from where it stopped whenever a lock was not to be had, or not in time.

    What is done must be whole in itself and skip what is done already, as `migrate` does. Raises OperationalError when
    it is refused for another reason, or once too often.
    """
    for left in reversed(range(tries)):
        _wait(LONGEST_WAIT)
        try:
            remove_unfinished_indexes()
            do()
        except OperationalError as error:
            if not isinstance(error.__cause__, WAITED_IN_VAIN) or not left:
                raise
            sys.stdout.write(f"  Somebody is in the way; trying again, {left} times at most\n")
            time.sleep(pause)
        else:
            _wait(None)
            return


def remove_unfinished_indexes() -> None:
    """An index whose making without locks was interrupted stays, serves nobody, and is in the way of the next try."""
    with connection.cursor() as cursor:
        cursor.execute(UNFINISHED)
        for name in cursor.fetchall():
            cursor.execute(sql.SQL("DROP INDEX CONCURRENTLY {}").format(sql.Identifier(*name)))


def _wait(seconds: float | None) -> None:
    with connection.cursor() as cursor:
        if seconds is None:
            cursor.execute("RESET lock_timeout")
        else:
            cursor.execute("SELECT set_config('lock_timeout', %s, false)", [f"{seconds:g}s"])
