"""Signs of life: what every long-running program of the house leaves in the database while it makes progress.

A program signs as ``name@host``: the same row after a restart, so nothing has to be cleared away. The row counts its
signs and what it finished; whoever watches (``run.watching``) compares counts, never clocks, so a clock that is moved
condemns nobody.
"""

from __future__ import annotations

import logging
import socket
import time
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from django.db import Error, connection

logger = logging.getLogger(__name__)

SIGN_EVERY: Final = 5.0
"""Seconds between two signs of a program that has nothing to do."""
NOT_BEFORE: Final = 2.0
"""Seconds between two signs of one process, however much it does."""

SIGN = """
INSERT INTO contract_programsign AS p (instance, program, signs, works, last_at, worked_at)
SELECT %(instance)s, %(program)s, 1, %(works)s, now.at, CASE WHEN %(works)s > 0 THEN now.at END
FROM (SELECT gongduan_clock() AS at) now
ON CONFLICT (instance) DO UPDATE SET signs = p.signs + 1, works = p.works + excluded.works,
    last_at = excluded.last_at, worked_at = coalesce(excluded.worked_at, p.worked_at)
"""
FORGET = "DELETE FROM contract_programsign WHERE program = %s AND last_at < gongduan_clock() - interval '1 day'"
STANDING = """
SELECT program, instance, extract(epoch FROM now.at - last_at), extract(epoch FROM now.at - worked_at), last_at
FROM contract_programsign, (SELECT gongduan_clock() AS at) now ORDER BY program, instance
"""


@dataclass(kw_only=True)
class Signer:
    """One process that signs."""

    instance: str
    works: int = 0
    """Finished since the last sign."""
    signed_at: float = field(default=float("-inf"))

    @property
    def program(self) -> str:
        return self.instance.partition("@")[0]

    def sign(self, works: int = 0) -> None:
        """Sign, unless that was done a moment ago. A database that is away is no reason to fail: it is watched, too."""
        self.works += works
        now = time.monotonic()
        if now - self.signed_at < NOT_BEFORE:
            return
        self.signed_at = now
        try:
            self._write()
        except Error as error:
            logger.debug("no sign of %s: %s", self.instance, error)
            if not connection.in_atomic_block:
                connection.close()
        else:
            self.works = 0

    def _write(self) -> None:
        values: dict[str, Any] = {"instance": self.instance, "program": self.program, "works": self.works}
        with connection.cursor() as cursor:
            cursor.execute(SIGN, values)


class _Process:
    """Who this process is; most are nobody."""

    signer: Signer | None = None


def begin(instance: str) -> None:
    """From now on this process signs as ``instance``; what nobody has signed for a day is forgotten."""
    _Process.signer = Signer(instance=instance[:120])
    try:
        with connection.cursor() as cursor:
            cursor.execute(FORGET, [_Process.signer.program])
    except Error:
        connection.close()
    _Process.signer.sign()


def begin_as(program: str) -> None:
    """The same, on this machine."""
    begin(f"{program}@{socket.gethostname()}")


def sign(works: int = 0) -> None:
    """Say that this process goes on and has finished ``works`` pieces of work; nothing where it is no program."""
    if _Process.signer is not None:
        _Process.signer.sign(works)


def end() -> None:
    """This process signs no more."""
    _Process.signer = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What one program has left last."""

    program: str
    instance: str
    """``name@host``."""
    seconds_ago: float
    """Since its last sign."""
    worked_seconds_ago: float | None
    """Since it last finished something; None when it never has."""
    last_at: datetime


def programs() -> tuple[Standing, ...]:
    """Every program that signed within a day or so, by name. Raises DatabaseError."""
    with connection.cursor() as cursor:
        cursor.execute(STANDING)
        return tuple(
            Standing(
                program=program, instance=instance, seconds_ago=max(float(ago), 0.0), last_at=last_at,
                worked_seconds_ago=None if worked is None else max(float(worked), 0.0),
            )
            for program, instance, ago, worked, last_at in cursor.fetchall()
        )  # fmt: skip
