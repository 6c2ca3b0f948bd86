"""Which locks that keep others out are held how long, and how long anybody waits, seen from beside."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from typing import Final

import psycopg2

from run.places import SUPERUSER, Places

EVERY: Final = 0.02
"""Seconds between two looks."""
HELD: Final = """
SELECT l.pid, c.relname, l.mode FROM pg_locks l JOIN pg_class c ON c.oid = l.relation
WHERE l.locktype = 'relation' AND l.granted AND l.pid <> pg_backend_pid() AND c.relkind = 'r'
  AND c.relnamespace = 'public'::regnamespace
  AND l.mode IN ('ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock')
"""
WAITING: Final = """
SELECT coalesce(max(extract(epoch FROM clock_timestamp() - l.waitstart)), 0)::float
FROM pg_locks l JOIN pg_stat_activity a USING (pid)
WHERE NOT l.granted AND l.locktype = 'relation' AND a.usename = 'gongduan_app'
"""

Lock = tuple[int, str, str]


@dataclass(kw_only=True)
class Watcher:
    """A thread that looks until it is told to stop. It sees no table that is not committed yet, as nobody does."""

    places: Places
    longest: dict[tuple[str, str], float] = field(default_factory=dict)
    """Seconds by table and mode."""
    longest_wait: float = 0.0
    """Seconds the application waited for a table."""
    looks: int = 0
    stopping: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.since: dict[Lock, float] = {}

    def start(self) -> None:
        self.thread.start()

    def stop(self) -> None:
        self.stopping.set()
        self.thread.join(timeout=10)

    def told(self) -> str:
        worst = sorted(self.longest.items(), key=lambda each: -each[1])[:3]
        return ", ".join(f"{table} {mode} {held:.2f} s" for (table, mode), held in worst) or "none seen"

    def _run(self) -> None:
        connection = psycopg2.connect(self.places.database_url(SUPERUSER))
        connection.autocommit = True
        try:
            with connection.cursor() as cursor:
                while not self.stopping.wait(EVERY):
                    self._look(cursor)
        finally:
            connection.close()

    def _look(self, cursor: psycopg2.extensions.cursor) -> None:
        cursor.execute(HELD)
        now, held = time.monotonic(), set(cursor.fetchall())
        self.since = {lock: self.since.get(lock, now) for lock in held}
        for (_pid, table, mode), began in self.since.items():
            self.longest[table, mode] = max(self.longest.get((table, mode), 0.0), now - began)
        cursor.execute(WAITING)
        (waited,) = cursor.fetchone() or (0.0,)
        self.longest_wait = max(self.longest_wait, waited)
        self.looks += 1
