"""Who makes no progress: told from what the programs leave in the database, by counts and never by clocks.

Beat and the ringers need nothing but the database: one that has not signed for SILENCE seconds, all of them watched,
stands still. A worker needs to be rung too, so its patience is counted in beat's rounds: while the broker is away, or
beat itself stands still, no round passes and no worker is blamed. While the database does not answer nobody is judged,
and afterwards everybody is judged anew. Nothing here waits: PostgreSQL is asked in the background.
"""

from __future__ import annotations

import contextlib
import socket
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import psycopg2
import psycopg2.extensions

LOOK_EVERY = 5.0
"""Seconds between two questions, each on a connection of its own: a server that takes no new callers is away, too."""
ANSWER_WITHIN = 5.0
"""Seconds after which a database that has not answered counts as away, and a watcher that did not look as frozen."""
SILENCE, BIRTH = 45.0, 120.0
"""Seconds in which a program that needs only the database must sign, as it does every five; and for the first time."""
UNHEARD, UNBORN = 9, 24
"""The same of a worker, in beat's rounds of five seconds."""
IDLE = 132
"""Beat's rounds, eleven minutes, in which a worker must finish a task: none may take longer than ten."""
SELF_WINDING = frozenset({"beat", "ringer", "relay"})
"""Programs that need no ring."""
OFTEN_RUNG = frozenset({"deadlines", "default", "mail"})
"""Workers that beat rings every few seconds; one for `evidence` alone may rightly have nothing to do for an hour."""

QUESTION = "SELECT instance, signs, works FROM contract_programsign"


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """One program's row: what it signed and what it finished, ever."""

    signs: int
    works: int


@dataclass(slots=True, kw_only=True)
class Memory:
    """What is remembered of one program since it was started, or since the database came back."""

    counts: Counts | None
    signed_at: float
    """When its signs changed last under our eyes; at first when it was looked at first."""
    signed_in: int
    worked_in: int
    """The rounds in which they did."""
    proved: bool = False
    """Whether it has signed under our eyes."""


@dataclass(kw_only=True)
class Judge:
    """Compares what it is shown with what it saw before. Moments are of the monotonic clock, in seconds."""

    silence: float = SILENCE
    birth: float = BIRTH
    memories: dict[str, Memory] = field(default_factory=dict)
    beats: dict[str, int] = field(default_factory=dict)
    round: int = 0
    """Of beat's, since this judge looks: with several beats, those of the busiest."""

    def forget(self, instance: str | None = None) -> None:
        """One program, because it is started anew; or all, because nobody could look for a while."""
        if instance is None:
            self.memories.clear()
            self.beats.clear()
        else:
            self.memories.pop(instance, None)

    def stuck(self, instances: Iterable[str], counts: Mapping[str, Counts], now: float) -> dict[str, str]:
        """Those of `instances` (`name@host`) that make no progress though they should, each with why."""
        self._count_round(counts)
        found = {}
        for instance in instances:
            memory = self._remembered(instance, counts.get(instance), now)
            if why := self._why(instance.partition("@")[0], memory, now):
                found[instance] = why
        return found

    def _count_round(self, counts: Mapping[str, Counts]) -> None:
        beats = {instance: row.works for instance, row in counts.items() if instance.startswith("beat@")}
        passed = [works - self.beats.get(beat, works) for beat, works in beats.items()]
        self.round += max([0, *passed])  # a row that was forgotten, or restored, begins again with less
        self.beats = beats

    def _remembered(self, instance: str, counts: Counts | None, now: float) -> Memory:
        new = Memory(counts=counts, signed_at=now, signed_in=self.round, worked_in=self.round)
        memory = self.memories.setdefault(instance, new)
        if counts is not None and (memory.counts is None or counts.signs != memory.counts.signs):
            if memory.counts is None or counts.works != memory.counts.works:
                memory.worked_in = self.round
            memory.counts, memory.proved = counts, True
            memory.signed_at, memory.signed_in = now, self.round
        return memory

    def _why(self, program: str, memory: Memory, now: float) -> str:
        if program in SELF_WINDING:
            patience = self.silence if memory.proved else self.birth
            return f"no sign of life for {patience:.0f} s" if now - memory.signed_at > patience else ""
        unheard = UNHEARD if memory.proved else UNBORN
        if self.round - memory.signed_in >= unheard:
            return f"no sign of life in {unheard} rounds of beat"
        idle = program in OFTEN_RUNG and self.round - memory.worked_in >= IDLE
        return f"nothing finished in {IDLE} rounds of beat" if idle else ""


@dataclass(kw_only=True)
class Watch:
    """Asks the database every few seconds, without ever waiting for it."""

    address: str
    """`postgresql://...`"""
    judge: Judge = field(default_factory=Judge)
    connection: Any = None
    cursor: Any = None
    asked_at: float | None = None
    """When the call was made that has not been answered."""
    asking: bool = False
    """Whether the question itself was sent."""
    looked_at: float = field(default_factory=time.monotonic)
    next_at: float = 0.0

    def look(self, instances: Iterable[str]) -> dict[str, str]:
        """Those that are stuck, with why: nobody, mostly. Call it at least every ANSWER_WITHIN seconds."""
        now = time.monotonic()
        if now - self.looked_at > ANSWER_WITHIN:
            self.hang_up(now)  # we were frozen ourselves, and can tell nothing about others
        self.looked_at = now
        try:
            answer = self._answer(now)
        except (psycopg2.Error, OSError):
            self.hang_up(now)
            return {}
        return {} if answer is None else self.judge.stuck(instances, answer, now)

    def hang_up(self, now: float) -> None:
        """The database is away: nobody is judged until it is back, and then anew."""
        self._close(now)
        self.judge.forget()

    def _close(self, now: float) -> None:
        if self.connection is not None:
            with contextlib.suppress(psycopg2.Error, OSError):
                self.connection.close()
        self.connection, self.asked_at, self.asking, self.next_at = None, None, False, now + LOOK_EVERY

    def _answer(self, now: float) -> dict[str, Counts] | None:
        """The rows, once they are there. Raises psycopg2.Error when the database is away, or does not answer."""
        if self.asked_at is None:
            if now >= self.next_at:
                self.connection, self.asked_at = psycopg2.connect(self.address, async_=True), now
            return None
        if self.connection.poll() != psycopg2.extensions.POLL_OK:
            if now - self.asked_at > ANSWER_WITHIN:
                raise psycopg2.OperationalError("no answer")
            return None
        if not self.asking:
            self.cursor, self.asking = self.connection.cursor(), True
            self.cursor.execute(QUESTION)
            return None
        rows = self.cursor.fetchall()
        self._close(now)
        return {instance: Counts(signs=signs, works=works) for instance, signs, works in rows}


def instance_of(program: str) -> str:
    """The name under which a program of this machine signs."""
    return f"{program}@{socket.gethostname()}"
