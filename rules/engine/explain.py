"""Why a deadline falls when it falls: the rule, its source, the calendar, as data for pages and commands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from rules.engine.calendar import Calendar
from rules.engine.clock import Length, TimeExplanation, explain
from rules.engine.draft import Draft
from rules.engine.events import Event
from rules.engine.policy import DeadlineRule, Policy
from rules.engine.types import CaseSnapshot, Fact, Party


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadlineExplanation:
    """One deadline of a policy, reckoned from a given moment."""

    rule: DeadlineRule
    anchor: datetime
    """The moment it counts from, after any shift or following midnight."""
    length: Length
    due: TimeExplanation
    """The due time; for a target its maximum."""
    target: TimeExplanation | None
    """The first rung of a target; None for the other kinds."""

    @property
    def due_at(self) -> datetime:
        return self.due.due_at


def explain_deadline(
    policy: Policy, calendar: Calendar, rule: DeadlineRule, start: datetime, *,
    facts: Mapping[str, Fact] | None = None, anchors: Mapping[str, datetime] | None = None,
) -> DeadlineExplanation:  # fmt: skip
    """Reckon a deadline from `start`, with the facts its alternatives look at.

    `anchors` gives further moments where it counts from several; one that is not given does not decide.
    """
    event = Event(kind="", party=Party.PLATFORM, at=start)
    known = {**_anchors(rule, start), **(anchors or {})}
    draft = Draft(policy, calendar, CaseSnapshot(facts=dict(facts or {}), anchors=known), event, start)
    anchor = rule.anchor_value(draft) or start
    term = rule.term(draft)
    length = term.maximum or term.length

    def reckoned(chosen: Length) -> TimeExplanation:
        return explain(anchor, chosen, zone=policy.zone, calendar=calendar)

    return DeadlineExplanation(
        rule=rule, anchor=anchor, length=length, due=reckoned(length),
        target=reckoned(term.length) if term.maximum else None,
    )  # fmt: skip


def _anchors(rule: DeadlineRule, start: datetime) -> dict[str, datetime]:
    """The first moment a deadline counts from is `start`; the others lie so that they do not decide."""
    first, *others = rule.anchor.names
    shift = rule.anchor.plus.get(first, timedelta())
    return {first: start, **{name: start + shift - rule.anchor.plus.get(name, timedelta()) for name in others}}
