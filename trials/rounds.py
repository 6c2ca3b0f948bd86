"""What every round of a race is made of: what people do in it, the moment it happens, and what was told."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from random import Random
from typing import Any, Protocol

from trials.stage import Heard, Stage, Way, heard

APART = 0.004
"""Seconds between the first and the last of four who act at once, at most."""
Told = Sequence[tuple[str, Heard]]
"""What each was told, beside the side they are on."""


@dataclass(kw_only=True)
class Started:
    """A round that is about to be raced: what everybody is going to do."""

    numbers: list[str]
    """Of its cases; empty while there is none yet."""
    ways: list[tuple[str, Way]]
    apart: Mapping[str, float] = field(default_factory=dict)
    """Seconds, for sides that take so much longer or shorter that the others have to wait for them."""
    order: int = 0
    base: int = 0
    """The version of the rules that was in force."""
    due: datetime | None = None

    def delays(self, chance: Random) -> list[float]:
        return [chance.uniform(0, self.apart.get(side, APART)) for side, _way in self.ways]

    def case_ids(self) -> list[int]:
        from disputes.models import Case

        return list(Case.objects.filter(number__in=self.numbers).values_list("pk", flat=True))


class Start(Protocol):
    """Makes a round, the ways of which go through the services or the interface."""

    def __call__(self, stage: Stage, chance: Random, *, by_interface: bool) -> Started: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two things that meet."""

    name: str
    sides: tuple[str, ...]
    """Who may win; in a trial long enough each of them does."""
    start: Start
    judge: Callable[[Stage, Started, Told], str]
    """Who won. Raises AssertionError for an ending that is not legal."""


def expect(what: str, found: object, *wanted: object) -> None:
    """Raises AssertionError with both unless what was found is one of what is wanted."""
    if found not in wanted:
        raise AssertionError(f"{what}: {found!r}, not {' or '.join(repr(item) for item in wanted)}")


def acting(stage: Stage, by_interface: bool, who: int, number: str, action: str, **data: Any) -> Way:
    """Somebody acts in a case; `seen` is the version they saw."""
    seen = data.pop("seen", None)
    if by_interface:
        return partial(stage.sends, who, f"cases/{number}/actions/{action}/", data, seen=seen)
    return partial(stage.does, who, number, action, seen=seen, **data)


def sweeping() -> Heard:
    from disputes.services.sweeping import sweep_until_done

    return heard(lambda: sweep_until_done(sweeper="race"))


def before_deadline(number: str, name: str, chance: Random) -> datetime:
    """Travel to a moment just before a deadline of the case; the deadline.

    From two thousandths of a second to two tenths before, shorter ones more often: so long does an action take to reach
    the lock, on a machine that is free and on one that is not.
    """
    from contract import clock
    from disputes.models import Deadline

    due = Deadline.objects.get(case__number=number, name=name).due_at
    clock.travel(to=due - timedelta(milliseconds=2 * 100 ** chance.random()))
    return due


def settle_for_good(stage: Stage) -> None:
    """Whatever was due a moment ago has happened; then the clock is where the trial began."""
    from contract import clock

    clock.travel(timedelta(seconds=1))
    sweeping()
    clock.travel(to=stage.start)


def begin(stage: Stage) -> None:
    from contract import clock

    clock.travel(to=stage.start)


def case_of(number: str) -> Any:
    from disputes.models import Case

    return Case.objects.get(number=number)


def kinds(number: str) -> list[str]:
    """What the journal tells of a case, in order."""
    from disputes.models import CaseEvent

    return list(CaseEvent.objects.filter(case__number=number).order_by("sequence").values_list("kind", flat=True))


def taken_by(told: Told) -> list[str]:
    """Which sides were told that it is done. Whoever was not heard a refusal that may be."""
    for side, answer in told:
        if not answer.taken:
            expect(f"{side} was told ({answer.code})", answer.status, 409, 412)
    return [side for side, answer in told if answer.taken and side != "timeout"]


def check_money(number: str, *amounts: str) -> None:
    """The payouts and the entries of the ledger, once each."""
    from disputes.models import LedgerEntry, Payout

    for rows in (Payout.objects, LedgerEntry.objects):
        found = [str(amount) for amount in rows.filter(case__number=number).values_list("amount", flat=True)]
        expect("money", found, list(amounts))
