"""What a case runs under, and how a history tells that it changed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from rules.engine.calendar import Calendar
from rules.engine.events import Step
from rules.engine.policy import Policy
from rules.engine.records import record

MIGRATED: Final = "migrated"
"""The journal's word for a running case that goes on under another version or another edition of its calendar."""


@record
class Pin:
    """The published texts a case is pinned to."""

    policy: int
    """The id of its policy version."""
    calendar: int
    """The id of its calendar edition."""


@record
class Rules:
    """The same, compiled."""

    policy: Policy
    calendar: Calendar


RulesOf = Callable[[Pin], Rules]
"""What was published under these ids."""


def pin_from(told: Mapping[str, Any]) -> Pin:
    """The pin that one side of an event's data names. Raises KeyError, TypeError, ValueError."""
    return Pin(policy=int(told["policy"]), calendar=int(told["calendar"]))


def pin_before(step: Step) -> Pin:
    """What a case ran under until this migration."""
    return pin_from(step.data["from"])


def pin_after(step: Step) -> Pin:
    """What it runs under since."""
    return pin_from(step.data["to"])


def first_pin(history: Iterable[Step], last: Pin) -> Pin:
    """What a case was opened under, by its journal: what it runs under now, unless it was migrated."""
    return next((pin_before(step) for step in history if step.kind == MIGRATED), last)


def last_pin(history: Iterable[Step]) -> Pin | None:
    """What the journal says a case runs under now; None where it never changed."""
    found = None
    for step in history:
        if step.kind == MIGRATED:
            found = pin_after(step)
    return found
