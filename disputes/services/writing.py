"""Writing decided steps: for one case or a thousand, in the same few statements.

The SQL text is constant and every table's rows travel as one array a column, so neither the planner nor the driver
does work per row. Nothing here decides anything.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from operator import attrgetter, itemgetter
from typing import Any, cast

from disputes.services.columns import Columns, Row, write_rows
from disputes.services.consequences import write_consequences
from disputes.services.indexing import index_changes
from disputes.services.loading import LockedCase
from disputes.snapshot import (
    FIRST_DIGEST,
    canonical,
    digest_of,
    queued_to,
    row_of,
)
from rules.engine.events import Step
from rules.engine.pins import MIGRATED, pin_before
from rules.engine.policy import DeadlineRule
from rules.engine.records import record
from rules.engine.standing import standing, wake_at
from rules.engine.types import CaseSnapshot, DeadlineState, Stage
from rules.selectors import policy_of

EVENT = Columns(
    "case_id bigint, sequence int, kind text, at timestamptz, recorded_at timestamptz, party text, actor_id bigint,"
    " via text, rule text, material bool, stage text, outcome text, facts json, digest bytea"
)
INSERT_EVENTS = f"""
WITH events AS (
    INSERT INTO disputes_caseevent ({EVENT.names}) SELECT {EVENT.values} FROM {EVENT.rows}
    RETURNING id, case_id, sequence
)
INSERT INTO disputes_pendingrelay (event_id, case_id, sequence) SELECT id, case_id, sequence FROM events
"""  # noqa: S608  (constant text, as all below)

DEADLINE = Columns(
    "case_id bigint, name text, kind text, party text, rule text, anchor text, started_at timestamptz,"
    " due_at timestamptz, wakes_at timestamptz, status text, rung int, paused_at timestamptz, pause_reason text,"
    " stated bool"
)
_as_told = attrgetter(*(name for name, _kind in DEADLINE.pairs[5:]))
UPSERT_DEADLINES = f"""
INSERT INTO disputes_deadline AS d ({DEADLINE.names}) SELECT {DEADLINE.values} FROM {DEADLINE.rows}
ON CONFLICT (case_id, name) DO UPDATE SET anchor = excluded.anchor, started_at = excluded.started_at,
    kind = excluded.kind, party = excluded.party, rule = excluded.rule, due_at = excluded.due_at,
    wakes_at = excluded.wakes_at, status = excluded.status, rung = excluded.rung,
    paused_at = excluded.paused_at, pause_reason = excluded.pause_reason, stated = excluded.stated
"""  # noqa: S608

WRITTEN = Columns(
    "version int, stage text, outcome text, waiting_on text, buyer_due_at timestamptz, seller_due_at timestamptz,"
    " platform_due_at timestamptz, due_at timestamptz, wake_at timestamptz, reason text, remedy text, amount numeric,"
    " maximum numeric, arbitrator_id bigint, held text, closed_at timestamptz, recorded_at timestamptz, facts jsonb,"
    " anchors jsonb, queued jsonb, head_digest bytea"
)
"""The writer-owned columns of a case."""
_in_order = itemgetter(*(name for name, _kind in WRITTEN.pairs[:-1]))
MOVED_CASE = Columns("id bigint, whole bool") + WRITTEN
_PATCHED = {name: f"CASE WHEN r.whole THEN r.{name} ELSE c.{name} || r.{name} END" for name in ("facts", "anchors")}
"""A step tells what it changed. Only one that removes something has the documents written anew."""
UPDATE_CASES = (
    "UPDATE disputes_case c SET "  # noqa: S608
    + ", ".join(f"{name} = {_PATCHED.get(name) or WRITTEN.value(name)}" for name, _kind in WRITTEN.pairs)
    + f", retry_at = NULL FROM {MOVED_CASE.rows} WHERE c.id = r.id"
)
PINNED = Columns("id bigint, policy_id bigint, calendar_id bigint")
PIN_CASES = (
    f"UPDATE disputes_case c SET policy_id = r.policy_id, calendar_id = r.calendar_id FROM {PINNED.rows}"  # noqa: S608
    " WHERE c.id = r.id"
)
"""Only for cases whose journal tells that they go on under other rules."""
NEW_CASE = WRITTEN + Columns(
    "id bigint, number text, platform text, pack text, policy_id bigint, calendar_id bigint, order_id bigint,"
    " buyer_id bigint, shop_id bigint, currency text, opened_at timestamptz"
)
INSERT_CASE = f"INSERT INTO disputes_case ({NEW_CASE.names}) SELECT {NEW_CASE.values} FROM {NEW_CASE.rows}"  # noqa: S608


@record
class Change:
    """What is to be written of one case: its steps in order, and the case after them."""

    case: LockedCase
    """As it was read; after a migration under the rules it goes on with."""
    steps: tuple[Step, ...]
    after: CaseSnapshot


def write_changes(changes: Sequence[Change]) -> None:
    """Write events, relay, deadlines, case rows and consequences of changed cases. One transaction is around it."""
    moved = [change for change in changes if change.steps]
    if not moved:
        return
    journal, cases = _Journal(), []
    for change in moved:
        digest = journal.add(change)
        cases.append((change.case.id, *_moved_row(change), digest.hex()))
    write_rows(UPDATE_CASES, MOVED_CASE, cases)
    write_rows(PIN_CASES, PINNED, [_pinned(change.case) for change in moved if migrations(change)])
    journal.write()
    write_consequences(moved)
    index_changes(moved)


def write_new_case(change: Change) -> None:
    """Write a case that was not there before."""
    case = change.case
    own = (
        case.id, case.number, case.platform, case.pack, case.policy_id, case.calendar_id, case.order_id, case.buyer_id,
        case.shop_id, case.currency, case.opened_at,
    )  # fmt: skip
    journal = _Journal()
    digest = journal.add(change)
    write_rows(INSERT_CASE, NEW_CASE, [(*_case_row(change), digest.hex(), *own)])
    journal.write()
    write_consequences([change])


class _Journal:
    """The rows of events, and of the deadlines they tell of, gathered over many cases."""

    def __init__(self) -> None:
        self.events: list[Row] = []
        self.deadlines: list[Row] = []

    def add(self, change: Change) -> bytes:
        """Add a change's steps, each chained to the one before; the last digest."""
        digest, sequence = change.case.head_digest or FIRST_DIGEST, change.case.snapshot.version
        latest: dict[str, DeadlineState] = {}
        for step in change.steps:
            sequence += 1
            row = row_of(step, sequence)
            facts = canonical(row.facts)
            digest = digest_of(digest, change.case.id, row, facts)
            latest.update(step.deadlines)
            self.events.append((
                change.case.id, sequence, row.kind, row.at, row.recorded_at, row.party,
                row.actor_id, row.via, row.rule, row.material, row.stage, row.outcome, facts.decode(), digest.hex(),
            ))  # fmt: skip
        if migrations(change):
            latest = {**change.after.deadlines, **latest}
        self.deadlines += [_deadline_row(change, state) for state in latest.values()]
        return digest

    def write(self) -> None:
        write_rows(INSERT_EVENTS, EVENT, self.events)
        write_rows(UPSERT_DEADLINES, DEADLINE, self.deadlines)


def migrations(change: Change) -> tuple[Step, ...]:
    """The steps that put the case under other rules; after them every deadline's row says what those say of it."""
    return tuple([step for step in change.steps if step.kind == MIGRATED])


def _pinned(case: LockedCase) -> Row:
    return case.id, case.policy_id, case.calendar_id


def _deadline_row(change: Change, state: DeadlineState) -> Row:
    """A deadline as the journal tells of it, with what its rule says."""
    rule = change.case.policy.deadlines.get(state.name) or _former_rule(change, state.name)
    ids = rule.provenance.ids
    return change.case.id, state.name, rule.kind, rule.party, ids[0] if ids else "", *_as_told(state)


def _former_rule(change: Change, name: str) -> DeadlineRule:
    """The rule of a deadline that ended because the rules the case goes on with do not know it."""
    policies = [policy_of(pin_before(step).policy) for step in migrations(change)]
    return next(policy.deadlines[name] for policy in policies if name in policy.deadlines)


def _moved_row(change: Change) -> Row:
    """Whether the documents are whole, and the writer-owned columns but the digest."""
    facts = {name: value for step in change.steps for name, value in step.facts.items()}
    anchors = {name: at for step in change.steps for name, at in step.anchors.items()}
    whole = None in facts.values() or None in anchors.values()
    return (whole, *(_case_row(change) if whole else _in_order(_columns(change, facts, anchors))))


def _case_row(change: Change) -> Row:
    """The writer-owned columns but the digest, as they are written."""
    return cast(Row, _in_order(case_columns(change)))


def case_columns(change: Change) -> dict[str, Any]:
    """The writer-owned columns of a case, all derived from its snapshot."""
    return _columns(change, change.after.facts, change.after.anchors)


def _columns(change: Change, told: Mapping[str, Any], moments: Mapping[str, datetime | None]) -> dict[str, Any]:
    case, after = change.case, change.after
    stands = standing(case.policy, case.calendar, after)
    facts = after.facts
    return {
        "version": after.version, "stage": after.stage, "outcome": after.outcome, "waiting_on": stands.waiting_on,
        "buyer_due_at": stands.buyer_due_at, "seller_due_at": stands.seller_due_at,
        "platform_due_at": stands.platform_due_at, "due_at": stands.due_at,
        "wake_at": wake_at(after), "reason": facts.get("reason", ""), "remedy": facts.get("remedy", ""),
        "amount": facts.get("amount", "0"), "maximum": facts.get("maximum"), "arbitrator_id": facts.get("arbitrator"),
        "held": facts.get("held") or "", "recorded_at": after.recorded_at, "facts": dict(told),
        "closed_at": after.anchors.get("closed") if after.stage is Stage.CLOSED else None,
        "anchors": dict(moments), "queued": queued_to(after.queued),
    }  # fmt: skip
