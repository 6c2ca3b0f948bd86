"""Writing decided steps: for one case or a thousand, in the same few statements.

The SQL text is constant and every table's rows travel as one array a column, so neither the planner nor the driver
does work per row. Nothing here decides anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from disputes.services.columns import Columns, Row, write_rows
from disputes.services.consequences import write_consequences
from disputes.services.loading import LockedCase
from disputes.snapshot import (
    FIRST_DIGEST,
    anchors_to,
    canonical,
    digest_of,
    moment_text,
    queued_to,
    row_of,
)
from rules.engine.events import Step
from rules.engine.standing import standing, wake_at
from rules.engine.types import CaseSnapshot, DeadlineState, Stage

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
UPSERT_DEADLINES = f"""
INSERT INTO disputes_deadline AS d ({DEADLINE.names}) SELECT {DEADLINE.values} FROM {DEADLINE.rows}
ON CONFLICT (case_id, name) DO UPDATE SET anchor = excluded.anchor, started_at = excluded.started_at,
    due_at = excluded.due_at, wakes_at = excluded.wakes_at, status = excluded.status, rung = excluded.rung,
    paused_at = excluded.paused_at, pause_reason = excluded.pause_reason, stated = excluded.stated
"""  # noqa: S608

WRITTEN = Columns(
    "version int, stage text, outcome text, waiting_on text, buyer_due_at timestamptz, seller_due_at timestamptz,"
    " platform_due_at timestamptz, due_at timestamptz, wake_at timestamptz, reason text, remedy text, amount numeric,"
    " maximum numeric, arbitrator_id bigint, held text, closed_at timestamptz, recorded_at timestamptz, facts jsonb,"
    " anchors jsonb, queued jsonb, head_digest bytea"
)
"""The writer-owned columns of a case."""
MOVED_CASE = Columns("id bigint") + WRITTEN
UPDATE_CASES = (
    "UPDATE disputes_case c SET "  # noqa: S608
    + ", ".join(f"{name} = {WRITTEN.value(name)}" for name, _kind in WRITTEN.pairs)
    + f", retry_at = NULL FROM {MOVED_CASE.rows} WHERE c.id = r.id"
)
NEW_CASE = WRITTEN + Columns(
    "id bigint, number text, platform text, pack text, policy_id bigint, calendar_id bigint, order_id bigint,"
    " buyer_id bigint, shop_id bigint, currency text, opened_at timestamptz"
)
INSERT_CASE = f"INSERT INTO disputes_case ({NEW_CASE.names}) SELECT {NEW_CASE.values} FROM {NEW_CASE.rows}"  # noqa: S608


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What is to be written of one case: its steps in order, and the case after them."""

    case: LockedCase
    steps: tuple[Step, ...]
    after: CaseSnapshot


def write_changes(changes: Sequence[Change]) -> None:
    """Write events, relay, deadlines, case rows and consequences of changed cases. One transaction is around it."""
    moved = [change for change in changes if change.steps]
    if not moved:
        return
    events: list[Row] = []
    cases: list[Row] = []
    for change in moved:
        digest = _add_events(events, change)
        cases.append((change.case.id, *_case_row(change), digest.hex()))
    write_rows(UPDATE_CASES, MOVED_CASE, cases)
    _write_journal(moved, events)


def write_new_case(change: Change) -> None:
    """Write a case that was not there before."""
    case = change.case
    own = (
        case.id, case.number, case.platform, case.pack, case.policy_id, case.calendar_id, case.order_id, case.buyer_id,
        case.shop_id, case.currency, moment_text(case.opened_at),
    )  # fmt: skip
    events: list[Row] = []
    digest = _add_events(events, change)
    write_rows(INSERT_CASE, NEW_CASE, [(*_case_row(change), digest.hex(), *own)])
    _write_journal([change], events)


def _write_journal(moved: Sequence[Change], events: list[Row]) -> None:
    write_rows(INSERT_EVENTS, EVENT, events)
    write_rows(UPSERT_DEADLINES, DEADLINE, [row for change in moved for row in _deadline_rows(change)])
    write_consequences(moved)


def _add_events(events: list[Row], change: Change) -> bytes:
    """Add the rows of a change's steps, each chained to the one before; the last digest."""
    digest, sequence = change.case.head_digest or FIRST_DIGEST, change.case.snapshot.version
    for step in change.steps:
        sequence += 1
        row = row_of(step, sequence)
        facts = canonical(row.facts)
        digest = digest_of(digest, change.case.id, row, facts)
        events.append((
            change.case.id, sequence, row.kind, moment_text(row.at), moment_text(row.recorded_at), row.party,
            row.actor_id, row.via, row.rule, row.material, row.stage, row.outcome, facts, digest.hex(),
        ))  # fmt: skip
    return digest


def _deadline_rows(change: Change) -> Iterable[Row]:
    latest: dict[str, DeadlineState] = {}
    for step in change.steps:
        latest.update(step.deadlines)
    for name, state in latest.items():
        rule = change.case.policy.deadlines[name]
        ids = rule.provenance.ids
        yield (
            change.case.id, name, rule.kind.value, rule.party, ids[0] if ids else "", state.anchor,
            moment_text(state.started_at), moment_text(state.due_at), moment_text(state.wakes_at), state.status.value,
            state.rung, _text(state.paused_at), state.pause_reason, state.stated,
        )  # fmt: skip


def _case_row(change: Change) -> Row:
    """The writer-owned columns but the digest, as they are written."""
    columns = case_columns(change)
    return tuple(columns[name] for name, _kind in WRITTEN.pairs[:-1])


def case_columns(change: Change) -> dict[str, Any]:
    """The writer-owned columns of a case, all derived from its snapshot."""
    case, after = change.case, change.after
    stands = standing(case.policy, case.calendar, after)
    facts = after.facts
    return {
        "version": after.version, "stage": str(after.stage), "outcome": after.outcome, "waiting_on": stands.waiting_on,
        "buyer_due_at": _text(stands.buyer_due_at), "seller_due_at": _text(stands.seller_due_at),
        "platform_due_at": _text(stands.platform_due_at), "due_at": _text(stands.due_at),
        "wake_at": _text(wake_at(after)), "reason": facts.get("reason", ""), "remedy": facts.get("remedy", ""),
        "amount": facts.get("amount", "0"), "maximum": facts.get("maximum"), "arbitrator_id": facts.get("arbitrator"),
        "held": facts.get("held") or "", "recorded_at": _text(after.recorded_at), "facts": dict(facts),
        "closed_at": _text(after.anchors.get("closed")) if after.stage is Stage.CLOSED else None,
        "anchors": anchors_to(after.anchors), "queued": queued_to(after.queued),
    }  # fmt: skip


def _text(at: datetime | None) -> str | None:
    return moment_text(at) if at else None
