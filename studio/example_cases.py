"""An example case of a pack in words, and drawn on the time line."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from disputes.labels.words import STAGES, name_of
from rules.engine.clock import clock_changes, in_utc
from rules.engine.errors import EngineError
from rules.engine.policy import Policy
from rules.engine.types import Stage
from rules.example_case import Leg, example_case
from rules.selectors import calendar_edition, newest_calendar_id
from rules.wording import lapse_of
from studio.forms.moments import asked_start
from studio.proof_words import deadline_in_words, event_in_words
from studio.timeline import Stretch, timeline_of


@dataclass(frozen=True, slots=True, kw_only=True)
class LegView:
    """One step of the example."""

    stage: str
    start: datetime
    event: str
    """What ended it."""
    deadline: str
    due_at: datetime | None
    otherwise: str
    """What would have happened at that moment."""


def example_shown(policy: Policy, start: str) -> dict[str, Any]:
    """What the page of a pack shows of its example case; empty beyond the end of the calendar."""
    moment, form = asked_start(start, policy)
    calendar = calendar_edition(newest_calendar_id(policy.calendar))
    try:
        legs = example_case(policy, calendar, in_utc(moment))
    except EngineError:
        legs = ()
    stretches = [_stretch(leg, policy) for leg in legs]
    return {
        "case_form": form, "case_legs": [_view(leg, policy) for leg in legs],
        "case_line": timeline_of(stretches, calendar),
    }  # fmt: skip


def _stretch(leg: Leg, policy: Policy) -> Stretch:
    return Stretch(
        name=name_of(STAGES, str(leg.stage)), start=leg.start, anchor=leg.start, due=leg.end, mark=leg.due_at,
        zone=policy.zone, clock_changes=tuple(clock_changes(leg.start, leg.end, policy.zone)),
        old=leg.stage is Stage.CLOSED,
    )  # fmt: skip


def _view(leg: Leg, policy: Policy) -> LegView:
    return LegView(
        stage=name_of(STAGES, str(leg.stage)), start=leg.start, due_at=leg.due_at,
        event=event_in_words(leg.event, policy) if leg.event else "",
        deadline=deadline_in_words(leg.deadline, policy) if leg.deadline else "",
        otherwise=lapse_of(policy.deadlines[leg.deadline], policy) if leg.deadline else "",
    )  # fmt: skip
