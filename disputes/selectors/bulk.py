"""Sets of cases chosen by a query: found by the database, and asked again of a single case under its lock."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Final

from django.db import connection

from disputes.selectors.ranges import OPEN
from disputes.snapshot import moment
from rules.engine.policy import Policy
from rules.engine.reconciling import STOPPED
from rules.engine.types import CaseSnapshot, DeadlineKind, DeadlineState, DeadlineStatus, Stage

HELD, RUNNING, EITHER = "held", "running", ""
"""Whether the clocks of a case stand still; a stop of automatic outcomes alone does not count."""
STATUSES: Final[Mapping[str, tuple[DeadlineStatus, ...]]] = {
    HELD: (DeadlineStatus.PAUSED,), RUNNING: (DeadlineStatus.PENDING,),
    EITHER: (DeadlineStatus.PENDING, DeadlineStatus.PAUSED),
}  # fmt: skip
"""In which state a deadline is looked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseQuery:
    """Which cases; empty means all that are open on these platforms."""

    platforms: tuple[str, ...]
    """Never more than who asks administers."""
    pack: str = ""
    policy: int | None = None
    """The id of the version they run under."""
    not_policy: int | None = None
    """The id of a version they do not run under."""
    calendar_before: int | None = None
    """The id of a calendar edition: they run under an older one of the same country."""
    stage: str = ""
    deadline: str = ""
    """The name of one that runs in them; of a held case, one that stands still."""
    due_after: datetime | None = None
    """A deadline (the named one, or any but reminders) is due then or later."""
    due_before: datetime | None = None
    """Before this moment."""
    reason: str = ""
    """The buyer's."""
    shop: int | None = None
    held: str = EITHER
    numbers: tuple[str, ...] = ()
    """These cases only, whatever their stage."""
    held_by_run: int | None = None
    """Those an earlier run held, and that nobody held or let run since."""

    @property
    def by_deadline(self) -> bool:
        return bool(self.deadline or self.due_after or self.due_before)

    @property
    def only_open(self) -> bool:
        """Closed cases are meant where they are named, or asked for."""
        return not (self.stage or self.numbers or self.held_by_run)

    def as_json(self) -> dict[str, Any]:
        """As a run keeps it; what is empty is left out."""
        told = _values(self).items()
        return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in told}


def query_from(stored: Mapping[str, Any]) -> CaseQuery:
    """The query again."""
    told = dict(stored)
    for name in ("platforms", "numbers"):
        told[name] = tuple(told.get(name, ()))
    for name in ("due_after", "due_before"):
        if name in told:
            told[name] = moment(told[name])
    return CaseQuery(**told)


HELD_BY: Final = """
SELECT b.case_id FROM disputes_bulkresult b WHERE b.run_id = %(held_by_run)s AND b.result = 'done' AND NOT EXISTS (
    SELECT FROM disputes_caseevent e
    WHERE e.case_id = b.case_id AND e.sequence > b.sequence AND e.kind IN ('pause', 'resume'))
"""
OLDER_CALENDARS: Final = """
SELECT e.id FROM rules_calendaredition e JOIN rules_calendaredition t ON t.country = e.country AND e.number < t.number
WHERE t.id = %(calendar_before)s
"""
BY_VALUE: Final[Mapping[str, str]] = {
    "platforms": "c.platform = ANY(%(platforms)s)", "pack": "c.pack = %(pack)s", "policy": "c.policy_id = %(policy)s",
    "stage": "c.stage = %(stage)s", "reason": "c.reason = %(reason)s", "shop": "c.shop_id = %(shop)s",
    "not_policy": "c.policy_id <> %(not_policy)s", "calendar_before": f"c.calendar_id IN ({OLDER_CALENDARS})",
    "numbers": "c.number = ANY(%(numbers)s)", "held_by_run": f"c.id IN ({HELD_BY})",
}  # fmt: skip
STILL_HELD_BY: Final = f"{HELD_BY} AND b.case_id = ANY(%(ids)s)"
OF_DEADLINE: Final = "EXISTS (SELECT FROM disputes_deadline d WHERE d.case_id = c.id AND {conditions})"


def conditions(query: CaseQuery) -> tuple[str, dict[str, Any]]:
    """What stands behind `FROM disputes_case c WHERE`, and its values: our words, their values apart."""
    values = {name: list(value) if isinstance(value, tuple) else value for name, value in _values(query).items()}
    texts = [BY_VALUE[name] for name in values if name in BY_VALUE]
    if query.held:
        texts.append(f"c.held {'NOT ' if query.held == HELD else ''}IN ('', '{STOPPED}')")
    if query.only_open:
        texts.append("c.stage = ANY(%(open)s)")
        values["open"] = list(OPEN)
    if query.by_deadline:
        texts.append(OF_DEADLINE.format(conditions=deadline_conditions(query)))
    return " AND ".join(texts), values


def _values(query: CaseQuery) -> dict[str, Any]:
    """The fields that say something; platforms always do."""
    told = {each.name: getattr(query, each.name) for each in fields(query)}
    return {name: value for name, value in told.items() if value not in (None, "", ()) or name == "platforms"}


def deadline_conditions(query: CaseQuery) -> str:
    """What a deadline `d` of a case has to be."""
    statuses = ", ".join(f"'{status}'" for status in STATUSES[query.held])
    texts = [f"d.status IN ({statuses})"]
    texts.append("d.name = %(deadline)s" if query.deadline else "d.kind <> 'notice'")
    if query.due_after:
        texts.append("d.wakes_at >= %(due_after)s")
    if query.due_before:
        texts.append("d.wakes_at < %(due_before)s")
    return " AND ".join(texts)


def still_held_by(run_id: int, ids: Collection[int]) -> frozenset[int]:
    """Those of these cases that nobody held or let run since that run held them."""
    with connection.cursor() as cursor:
        cursor.execute(STILL_HELD_BY, {"held_by_run": run_id, "ids": list(ids)})
        return frozenset(row[0] for row in cursor.fetchall())


def still_matches(query: CaseQuery, snapshot: CaseSnapshot, policy: Policy, policy_id: int) -> bool:
    """Whether a settled case is still one of those the query asks for. What never changes is not asked again."""
    held = snapshot.facts.get("held") not in (None, STOPPED)
    if query.held and held is not (query.held == HELD):
        return False
    if query.stage and snapshot.stage != query.stage:
        return False
    if query.only_open and snapshot.stage is Stage.CLOSED:
        return False
    if query.policy not in (None, policy_id) or query.reason not in ("", snapshot.facts.get("reason")):
        return False
    return not query.by_deadline or any(_fits(query, state, policy) for state in snapshot.deadlines.values())


def _fits(query: CaseQuery, state: DeadlineState, policy: Policy) -> bool:
    named = state.name == query.deadline if query.deadline else policy.deadlines[state.name].kind != DeadlineKind.NOTICE
    after = query.due_after is None or state.wakes_at >= query.due_after
    before = query.due_before is None or state.wakes_at < query.due_before
    return named and after and before and state.status in STATUSES[query.held]
