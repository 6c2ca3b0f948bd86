"""Writing decided steps: for one case or a thousand, in the same few statements.

The SQL text is constant and every table's rows travel as one JSON parameter, so neither the planner nor the
driver does work per row. Nothing here decides anything.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import connection

from disputes.services.consequences import write_consequences
from disputes.services.loading import LockedCase
from disputes.snapshot import (
    FIRST_DIGEST,
    EventRow,
    anchors_to,
    deadline_to,
    digest_of,
    moment_text,
    queued_to,
    row_of,
)
from rules.engine.events import Step
from rules.engine.standing import standing, wake_at
from rules.engine.types import CaseSnapshot, DeadlineState, Stage

INSERT_EVENTS = """
WITH events AS (
    INSERT INTO disputes_caseevent (case_id, sequence, kind, at, recorded_at, party, actor_id, via, rule, material,
        stage, outcome, facts, digest)
    SELECT case_id, sequence, kind, at, recorded_at, party, actor_id, via, rule, material, stage, outcome, facts,
        decode(digest, 'hex')
    FROM json_to_recordset(%s::json) AS r(case_id bigint, sequence int, kind text, at timestamptz,
        recorded_at timestamptz, party text, actor_id bigint, via text, rule text, material bool, stage text,
        outcome text, facts jsonb, digest text)
    ORDER BY case_id, sequence
    RETURNING id, case_id, sequence
)
INSERT INTO disputes_pendingrelay (event_id, case_id, sequence) SELECT id, case_id, sequence FROM events
"""

UPSERT_DEADLINES = """
INSERT INTO disputes_deadline AS d (case_id, name, kind, party, rule, anchor, started_at, due_at, wakes_at, status,
    rung, paused_at, pause_reason, stated)
SELECT case_id, name, kind, party, rule, anchor, started_at, due_at, wakes_at, status, rung, paused_at, pause_reason,
    stated
FROM json_to_recordset(%s::json) AS r(case_id bigint, name text, kind text, party text, rule text, anchor text,
    started_at timestamptz, due_at timestamptz, wakes_at timestamptz, status text, rung int, paused_at timestamptz,
    pause_reason text, stated bool)
ON CONFLICT (case_id, name) DO UPDATE SET anchor = excluded.anchor, started_at = excluded.started_at,
    due_at = excluded.due_at, wakes_at = excluded.wakes_at, status = excluded.status, rung = excluded.rung,
    paused_at = excluded.paused_at, pause_reason = excluded.pause_reason, stated = excluded.stated
"""

_CASE_COLUMNS = (
    "version int, stage text, outcome text, waiting_on text, buyer_due_at timestamptz, seller_due_at timestamptz,"
    " platform_due_at timestamptz, due_at timestamptz, wake_at timestamptz, reason text, remedy text, amount numeric,"
    " maximum numeric, arbitrator_id bigint, held text, closed_at timestamptz, recorded_at timestamptz, facts jsonb,"
    " anchors jsonb, queued jsonb"
)
_CASE_NAMES = tuple(column.split()[0] for column in _CASE_COLUMNS.split(", "))
UPDATE_CASES = (
    "UPDATE disputes_case c SET "
    + ", ".join(f"{name} = r.{name}" for name in _CASE_NAMES)
    + ", retry_at = NULL, head_digest = decode(r.head_digest, 'hex')"
    + f" FROM json_to_recordset(%s::json) AS r(id bigint, {_CASE_COLUMNS}, head_digest text) WHERE c.id = r.id"
)
INSERT_CASE = (
    "INSERT INTO disputes_case (id, number, platform, pack, policy_id, calendar_id, order_id, buyer_id, shop_id,"
    f" currency, opened_at, {', '.join(_CASE_NAMES)}, head_digest)"
    " SELECT id, number, platform, pack, policy_id, calendar_id, order_id, buyer_id, shop_id, currency, opened_at,"
    f" {', '.join(_CASE_NAMES)}, decode(head_digest, 'hex')"
    " FROM json_to_recordset(%s::json) AS r(id bigint, number text, platform text, pack text, policy_id bigint,"
    " calendar_id bigint, order_id bigint, buyer_id bigint, shop_id bigint, currency text, opened_at timestamptz,"
    f" {_CASE_COLUMNS}, head_digest text)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What is to be written of one case: its steps in order, and the case after them."""

    case: LockedCase
    steps: tuple[Step, ...]
    after: CaseSnapshot


def write_changes(changes: Sequence[Change]) -> None:
    """Write events, relay, deadlines, case rows and consequences of changed cases. One transaction is around it."""
    _write(changes, UPDATE_CASES, lambda change: {"id": change.case.id})


def write_new_case(change: Change) -> None:
    """Write a case that was not there before."""
    case = change.case
    own = {
        "id": case.id, "number": case.number, "platform": case.platform, "pack": case.pack,
        "policy_id": case.policy_id, "calendar_id": case.calendar_id, "order_id": case.order_id,
        "buyer_id": case.buyer_id, "shop_id": case.shop_id, "currency": case.currency,
        "opened_at": moment_text(case.opened_at),
    }  # fmt: skip
    _write([change], INSERT_CASE, lambda _change: own)


def _write(changes: Sequence[Change], case_statement: str, own: Any) -> None:
    moved = [change for change in changes if change.steps]
    if not moved:
        return
    events, cases = [], []
    for change in moved:
        rows = list(_event_rows(change))
        events.extend(_event_json(change.case.id, row) for row in rows)
        cases.append({**own(change), **case_columns(change), "head_digest": rows[-1].digest.hex()})
    _run(case_statement, cases)
    _run(INSERT_EVENTS, events)
    _run(UPSERT_DEADLINES, [row for change in moved for row in _deadline_rows(change)])
    write_consequences(moved)


def _run(statement: str, rows: list[dict[str, Any]]) -> None:
    if rows:
        with connection.cursor() as cursor:
            cursor.execute(statement, [json.dumps(rows, ensure_ascii=False)])


def _event_rows(change: Change) -> Iterable[EventRow]:
    digest, sequence = change.case.head_digest or FIRST_DIGEST, change.case.snapshot.version
    for step in change.steps:
        sequence += 1
        row = row_of(step, sequence)
        digest = digest_of(digest, change.case.id, row)
        yield replace(row, digest=digest)




def _event_json(case_id: int, row: EventRow) -> dict[str, Any]:
    return {
        "case_id": case_id, "sequence": row.sequence, "kind": row.kind, "at": moment_text(row.at),
        "recorded_at": moment_text(row.recorded_at), "party": row.party, "actor_id": row.actor_id, "via": row.via,
        "rule": row.rule, "material": row.material, "stage": row.stage, "outcome": row.outcome, "facts": row.facts,
        "digest": row.digest.hex(),
    }  # fmt: skip


def _deadline_rows(change: Change) -> Iterable[dict[str, Any]]:
    latest: dict[str, DeadlineState] = {}
    for step in change.steps:
        latest.update(step.deadlines)
    for name, state in latest.items():
        rule = change.case.policy.deadlines[name]
        ids = rule.provenance.ids
        yield {
            **deadline_to(state), "case_id": change.case.id, "kind": str(rule.kind), "party": rule.party,
            "rule": ids[0] if ids else "",
        }  # fmt: skip


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
