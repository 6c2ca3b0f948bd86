"""Is a policy sound? Every reachable state is explored and judged.

Proved for each pack: where a party is awaited an automatic outcome ends the stage; where only the platform is
awaited a target with its ladder runs; timers and queued actions alone never go in a circle; without parties
every case closes within the silence bound; every stage the pack speaks of can be reached. Traps are named:
a permission that opens in the last tenth of the deadline that ends its stage.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from rules.engine.calendar import Calendar
from rules.engine.policy import Policy
from rules.engine.soundness_exploring import explore
from rules.engine.soundness_judging import judge, silent_bound
from rules.engine.soundness_states import Space, State

START = datetime(2026, 3, 2, 2, tzinfo=UTC)
"""When the explored cases are filed: a Monday morning in Shanghai, in a year whose calendar is announced."""
WARNINGS = frozenset({"trap"})
"""Findings that are told but do not make a pack unsound."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing wrong with a pack."""

    kind: str
    """The code of the message: what must hold and does not."""
    subject: str
    """The stage, deadline or party it is about, parts divided by colons."""
    path: tuple[tuple[str, str], ...]
    """A shortest way there: time since filing and event; empty where there is no way."""

    @property
    def warning(self) -> bool:
        return self.kind in WARNINGS


@dataclass(frozen=True, slots=True, kw_only=True)
class Soundness:
    """What exploring a pack showed."""

    pack: str
    digest: str
    """The hash of the resolved document that was explored."""
    states: int
    seconds: float
    """CPU time of exploring and judging; the caller measures it, the engine has no clock."""
    silence_bound: timedelta | None
    """The longest a case stays open if no party acts and staff act at their maximum; None when some never closes."""
    findings: tuple[Finding, ...]

    @property
    def sound(self) -> bool:
        return self.silence_bound is not None and all(finding.warning for finding in self.findings)


def prove(
    policy: Policy, calendar: Calendar, *, digest: str, start: datetime = START,
    tell: Callable[[int, int], None] | None = None,
) -> Soundness:  # fmt: skip
    """Explore a policy and judge every state; `tell` hears how far exploring is. Raises TooManyStates."""
    space = explore(policy, calendar, start, tell=tell)
    findings = tuple(
        Finding(kind=kind, subject=subject, path=path_to(space, state) if state else ())
        for kind, subject, state in judge(space)
    )
    return Soundness(
        pack=policy.pack, digest=digest, states=len(space.states), silence_bound=silent_bound(space),
        seconds=0.0, findings=findings,
    )  # fmt: skip


def path_to(space: Space, state: State) -> tuple[tuple[str, str], ...]:
    """How the state was first reached."""
    steps: list[tuple[str, str]] = []
    current: State | None = state
    while current is not None:
        steps.append((offset(current.now - current.filed_at), f"{current.event} → {current.stage}"))
        current = None if current.came_from is None else space.states[current.came_from]
    return tuple(reversed(steps))


def offset(length: timedelta) -> str:
    """A time since filing as days, hours and minutes."""
    minutes = int(length.total_seconds() // 60)
    return f"+{minutes // 1440}d {minutes % 1440 // 60:02d}:{minutes % 60:02d}"
