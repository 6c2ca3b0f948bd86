"""What an action would lead to if it were done now: the engine's own step, shown before it is taken, never kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from disputes.selectors.access import CaseAccess
from disputes.selectors.doors import turn_of
from disputes.selectors.reading import read_case
from rules.engine.decide import apply, decide
from rules.engine.events import Event, Refusal
from rules.engine.types import Party, Stage


@dataclass(frozen=True, slots=True, kw_only=True)
class Foreseen:
    """Where the case would stand, to this reader."""

    closed: bool
    """Whether that ends it."""
    what: str
    """Whose turn it would be."""
    due_at: datetime | None
    """Until when; None where no clock would run."""
    then: str
    """What would happen by itself at that time; empty where nothing would."""


def foreseen(access: CaseAccess, action: str, data: Mapping[str, Any]) -> Foreseen | None:
    """Where the case would stand after this; None where the engine would not take it as it is."""
    read = read_case(access)
    event = Event(kind=action, party=Party(read.viewer), at=read.now, actor=access.user_id, data=dict(data))
    step = decide(read.policy, read.calendar, read.snapshot, event, now=read.now)
    if isinstance(step, Refusal):
        return None
    after = apply(read.snapshot, step)
    turn = turn_of(
        read.policy, read.calendar, after, viewer=read.viewer, currency=read.case.currency, now=read.now, overdue=False
    )
    return Foreseen(
        closed=after.stage is Stage.CLOSED, what=turn.words.text, due_at=turn.standing.due_at,
        then=turn.lapse.worded(read.viewer).text if turn.lapse else "",
    )  # fmt: skip
