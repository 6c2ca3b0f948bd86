"""Beat's scheduler: it rings when a deadline has come, and knows nothing else about deadlines.

    celery --app config.celery beat --scheduler config.scheduler:DeadlineScheduler

The next wake time is read from the database, so nothing is lost when beat, broker or workers die: whoever starts
next sees the same rows. A ring is a message without a case that is worthless after five seconds. The chores of the
house are rung from the same place, in fixed intervals.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final

from celery.beat import Scheduler
from django.db import DatabaseError, connection
from kombu.exceptions import OperationalError as BrokerError

from contract import signs
from disputes.services.stalling import WATCH_EVERY
from disputes.services.sweeping import next_wake

logger = logging.getLogger(__name__)

LONGEST_SLEEP: Final = 0.5
"""Seconds. Nobody wakes beat when a case is opened, so it looks again this often."""
LOOK_AGAIN: Final = 0.02
"""Seconds between looks while something is due, so that the next deadline does not wait for the last sweep."""
RING_AGAIN: Final = 0.5
"""Seconds until the same deadline is rung once more: the first ring may have been lost."""
SIGN_EVERY: Final = 5.0
"""Seconds. A sweep with nothing to do leaves the sweeper's sign of life."""
BULK_EVERY: Final = 2.0
"""Seconds between two rings for runs over many cases: somebody watches their progress."""
LAB_EVERY: Final = 4.0
"""Seconds between two rings for the lab, as long as a worker gives it before it looks what else there is."""
EXPIRES: Final = 5
"""Seconds after which a ring is thrown away: another one has come by then."""


@dataclass(slots=True, kw_only=True)
class Chore:
    """A task rung in a fixed interval, missed rings not made up for."""

    task: str
    queue: str
    every: float
    """Seconds."""
    next_at: float = field(default=0.0)
    """On the monotonic clock; at once after a start."""


def chores() -> list[Chore]:
    return [
        Chore(task="disputes.tasks.sweep", queue="deadlines", every=SIGN_EVERY),
        Chore(task="disputes.tasks.repair", queue="default", every=60),
        Chore(task="disputes.tasks.finish_stops", queue="default", every=60),
        Chore(task="disputes.tasks.work_on_bulk_runs", queue="default", every=BULK_EVERY),
        Chore(task="disputes.tasks.follow_freezes", queue="default", every=15),
        Chore(task="disputes.tasks.watch_feeds", queue="default", every=WATCH_EVERY.total_seconds()),
        Chore(task="notifications.tasks.relay", queue="default", every=1),
        Chore(task="notifications.tasks.send_deliveries", queue="mail", every=5),
        Chore(task="disputes.tasks.tidy", queue="default", every=3600),
        Chore(task="disputes.tasks.write_daily_root", queue="default", every=3600),
        Chore(task="rules.tasks.prove_drafts", queue="default", every=5),
        Chore(task="studio.tasks.work_in_the_lab", queue="default", every=LAB_EVERY),
        Chore(task="studio.tasks.verify_every_night", queue="default", every=600),
        Chore(task="evidence.tasks.derive_missing_previews", queue="evidence", every=3600),
    ]


class Complaint:
    """Says once that something is away, and once that it is back."""

    def __init__(self, what: str) -> None:
        self.what = what
        self.told = False

    def away(self, error: Exception) -> None:
        if not self.told:
            logger.warning("%s is away, trying again: %s", self.what, str(error).strip())
        self.told = True

    def back(self) -> None:
        if self.told:
            logger.warning("%s is back.", self.what)
        self.told = False


class DeadlineScheduler(Scheduler):
    """Sleeps until the earliest wake time, rings, and never falls over a server that is away.

    Celery's own way of sending is not used: it waits for the broker without end, and deadlines come meanwhile.
    """

    max_interval = LONGEST_SLEEP

    def setup_schedule(self) -> None:
        self.chores = chores()
        self.rung_wake: Any = None
        self.rung_at = 0.0
        self.database = Complaint("The database")
        self.broker = Complaint("The broker")
        self.silent_until = 0.0
        self.line: Any = None
        self.round_ends_at = 0.0
        self.round_failed = False
        signs.begin_as("beat")

    def tick(self, *_: Any, **__: Any) -> float:
        """Ring what is due. Seconds until the next call; never raises."""
        now = time.monotonic()
        pause = min(self.ring_deadlines(now), self.ring_chores(now))
        self.count_round(now)
        return max(0.0, min(pause, LONGEST_SLEEP))

    def count_round(self, now: float) -> None:
        """Sign, and count a round in which every ring was taken: by those that pass unheard, workers are judged."""
        if now >= self.round_ends_at:
            signs.sign(works=0 if self.round_failed else 1)
            self.round_ends_at, self.round_failed = now + signs.SIGN_EVERY, False

    def ring_deadlines(self, now: float) -> float:
        """Ring if a wake time has come, once for each and again after RING_AGAIN; seconds until the next look."""
        wake = self.ask(next_wake)
        if wake is None:
            return LONGEST_SLEEP
        if wake.seconds > 0:
            return wake.seconds
        if wake.at != self.rung_wake or now - self.rung_at >= RING_AGAIN:
            self.rung_wake, self.rung_at = wake.at, now
            self.ring("disputes.tasks.sweep", "deadlines")
        return LOOK_AGAIN

    def ring_chores(self, now: float) -> float:
        for chore in self.chores:
            if chore.next_at <= now:
                chore.next_at = now + chore.every
                self.ring(chore.task, chore.queue)
        return min(chore.next_at for chore in self.chores) - now

    def ask(self, question: Callable[[], Any]) -> Any:
        """The database's answer; None while it is away."""
        try:
            answer = question()
        except DatabaseError as error:
            self.database.away(error)
            connection.close()
            return None
        self.database.back()
        return answer

    def ring(self, task: str, queue: str) -> None:
        """Send a message without a case. A broker that is away is left alone for a moment, then called anew."""
        if time.monotonic() < self.silent_until:
            self.round_failed = True
            return
        try:
            self.send(task, queue)
        except (BrokerError, OSError) as error:
            self.broker.away(error)
            self.round_failed = True
            self.silent_until = time.monotonic() + LONGEST_SLEEP
            self.hang_up()
        else:
            self.broker.back()

    def send(self, task: str, queue: str) -> None:
        """On a connection of its own: one that failed is thrown away whole, where a pool would hand it out again."""
        if self.line is None:
            self.line = self.app.connection_for_write()
        with self.app.amqp.Producer(self.line, auto_declare=False) as producer:
            self.app.send_task(
                task, queue=queue, expires=EXPIRES, ignore_result=True, retry=False, producer=producer
            )  # fmt: skip

    def hang_up(self) -> None:
        if self.line is not None:
            with suppress(BrokerError, OSError):
                self.line.release()
        self.line = None

    def close(self) -> None:
        self.hang_up()
        signs.end()

    @property
    def info(self) -> str:
        return "    . rings -> deadlines of the database"
