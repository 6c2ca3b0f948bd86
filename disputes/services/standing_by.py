"""The ringer without a broker: it sweeps by itself, and as standby only what nobody else swept."""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass, field
from datetime import timedelta

from django.db import DatabaseError, InterfaceError, connection

from disputes.errors import CaseBusy
from disputes.services.freezing_cases import follow_all
from disputes.services.stalling import WATCH_EVERY, watch
from disputes.services.sweeping import BATCH, leave_sign, seconds_to_next, sweep_until_done

logger = logging.getLogger(__name__)

LONGEST_SLEEP = 0.5
"""Seconds. Nobody wakes the ringer when a case is opened, so it looks again this often."""
SHORTEST_SLEEP = 0.05
"""Seconds between looks at something due that somebody else holds."""
BATCHES = 2
"""Of cases told of a feed, or of a freeze, at one look."""
SIGN_EVERY = 5.0
"""Seconds between two signs of life while nothing is due."""


@dataclass(kw_only=True)
class Standby:
    """Sweeps what is overdue by `grace`, until told to stop. PostgreSQL may go away and come back meanwhile."""

    sweeper: str
    grace: timedelta
    batch: int = BATCH
    stopping: threading.Event = field(default_factory=threading.Event)
    signed_at: float = field(default=float("-inf"))
    watched_at: float = field(default=float("-inf"))
    away: bool = False

    def run(self) -> None:
        while not self.stopping.is_set():
            self.stopping.wait(self.look())

    def stop(self) -> None:
        """End after the batch in hand."""
        self.stopping.set()

    def look(self) -> float:
        """Sweep if something is due; seconds until the next look."""
        try:
            pause = self._look()
        except (DatabaseError, InterfaceError) as error:
            self._complain(error)
            connection.close()
            return LONGEST_SLEEP
        if self.away:
            logger.warning("The database is back.")
        self.away = False
        return pause

    def _look(self) -> float:
        wait = self._seconds()
        if wait <= 0:
            sweep_until_done(sweeper=self.sweeper, limit=self.batch, grace=self.grace, stop=self.stopping.is_set)
            self.signed_at = time.monotonic()
            wait = self._seconds()
        elif time.monotonic() - self.signed_at >= SIGN_EVERY:
            leave_sign(sweeper=self.sweeper)
            self.signed_at = time.monotonic()
        self._watch()
        return min(max(wait, SHORTEST_SLEEP), LONGEST_SLEEP)

    def _watch(self) -> None:
        """Look after feeds and freezes, in an interval, and some cases at a time, so that none waits for it."""
        if time.monotonic() - self.watched_at < WATCH_EVERY.total_seconds():
            return
        try:
            finished = watch(batches=BATCHES) & follow_all(batches=BATCHES)
        except CaseBusy:
            finished = False
        self.watched_at = time.monotonic() if finished else self.watched_at

    def _seconds(self) -> float:
        seconds = seconds_to_next()
        return LONGEST_SLEEP if seconds is None else seconds + self.grace.total_seconds()

    def _complain(self, error: Exception) -> None:
        if not self.away:
            logger.warning("The database is away, trying again: %s", str(error).strip())
        self.away = True
