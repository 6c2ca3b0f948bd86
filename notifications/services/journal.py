"""Events waiting to be told, claimed in order and read with what the journal said of their cases by then."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.db import connection

from notifications.reading import WANTED_FACTS, Declared, Told
from rules.selectors import policy_of

CLAIM = """
WITH free AS MATERIALIZED (
    SELECT event_id, case_id, sequence FROM disputes_pendingrelay ORDER BY event_id LIMIT %s FOR UPDATE SKIP LOCKED
)
SELECT f.event_id, f.case_id, f.sequence FROM free f
WHERE NOT EXISTS (
    SELECT FROM disputes_pendingrelay p
    WHERE p.case_id = f.case_id AND p.sequence < f.sequence AND p.event_id NOT IN (SELECT event_id FROM free)
)
ORDER BY f.case_id, f.sequence
"""
"""What another relay holds is passed over, and so is everything later of the same case."""

READ = """
WITH claimed AS (
    SELECT case_id, sequence FROM json_to_recordset(%(claimed)s::json) AS r(case_id bigint, sequence int)
), entries AS (
    SELECT c.case_id, c.sequence, part.name AS part, entry.key, entry.value, e.sequence AS told_at
    FROM claimed c
    JOIN disputes_caseevent e ON e.case_id = c.case_id AND e.sequence <= c.sequence
    CROSS JOIN LATERAL (VALUES ('facts', e.facts -> 'set'), ('deadlines', e.facts -> 'deadlines')) part(name, body)
    CROSS JOIN LATERAL jsonb_each(coalesce(part.body, '{}')) entry
    WHERE part.name = 'deadlines' OR entry.key = ANY(%(wanted)s)
), latest AS (
    SELECT DISTINCT ON (case_id, sequence, part, key) case_id, sequence, part, key, value
    FROM entries ORDER BY case_id, sequence, part, key, told_at DESC
), folded AS (
    SELECT case_id, sequence,
        jsonb_object_agg(key, value) FILTER (WHERE part = 'facts') AS facts,
        jsonb_object_agg(key, value -> 'due_at') FILTER (WHERE part = 'deadlines' AND value ->> 'status' = 'pending')
            AS running
    FROM latest GROUP BY case_id, sequence
)
SELECT c.case_id, c.sequence, k.number, k.platform, k.policy_id, k.buyer_id, k.shop_id, k.currency,
    e.kind, e.at, e.recorded_at, e.party, e.actor_id, e.via, e.stage, e.outcome, e.facts,
    coalesce(b.stage, '') AS stage_before, f.facts AS folded, f.running
FROM claimed c
JOIN disputes_case k ON k.id = c.case_id
JOIN disputes_caseevent e ON e.case_id = c.case_id AND e.sequence = c.sequence
LEFT JOIN disputes_caseevent b ON b.case_id = c.case_id AND b.sequence = c.sequence - 1
LEFT JOIN folded f ON f.case_id = c.case_id AND f.sequence = c.sequence
ORDER BY c.case_id, c.sequence
"""
"""Facts and deadlines are folded up to each event, so that a late relay tells what an early one would have told."""

FORGET = "DELETE FROM disputes_pendingrelay WHERE event_id = ANY(%s)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """A row of the outbox, locked by this transaction."""

    event_id: int
    case_id: int
    sequence: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseOf:
    """Whose case an event belongs to."""

    case_id: int
    number: str
    platform: str
    buyer_id: int
    shop_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An event to be told, and whose it is."""

    case: CaseOf
    told: Told
    recorded_at: datetime


def claim(limit: int) -> list[Claimed]:
    """Lock up to `limit` waiting events, never one before an earlier one of its case. A transaction is open."""
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, [limit])
        return [Claimed(event_id=e, case_id=c, sequence=s) for e, c, s in cursor.fetchall()]


def forget(claimed: Sequence[Claimed]) -> None:
    """Take told events out of the outbox."""
    with connection.cursor() as cursor:
        cursor.execute(FORGET, [[item.event_id for item in claimed]])


def read(claimed: Sequence[Claimed]) -> list[Entry]:
    """The claimed events in order, each with the case as it stood after it."""
    wanted = json.dumps([{"case_id": item.case_id, "sequence": item.sequence} for item in claimed])
    with connection.cursor() as cursor:
        cursor.execute(READ, {"claimed": wanted, "wanted": list(WANTED_FACTS)})
        names = [column.name for column in cursor.description]
        return [_entry(dict(zip(names, row, strict=True))) for row in cursor.fetchall()]


def _entry(row: Mapping[str, Any]) -> Entry:
    facts, folded, running = _loaded(row["facts"]), _loaded(row["folded"]), _loaded(row["running"])
    told = Told(
        sequence=row["sequence"], kind=row["kind"], at=row["at"], party=row["party"], actor=row["actor_id"],
        via=row["via"], stage_before=row["stage_before"], stage=row["stage"], outcome=row["outcome"],
        data=facts.get("data", {}), changed=facts.get("set", {}), emissions=tuple(facts.get("emits", ())),
        facts={name: value for name, value in folded.items() if value is not None},
        running={name: datetime.fromisoformat(due) for name, due in running.items()},
        clocks=frozenset(facts.get("deadlines", ())), declared=declared_in(row["policy_id"]), currency=row["currency"],
    )  # fmt: skip
    case = CaseOf(**{name: row[name] for name in ("case_id", "number", "platform", "buyer_id", "shop_id")})
    return Entry(case=case, told=told, recorded_at=row["recorded_at"])


def _loaded(value: Any) -> Mapping[str, Any]:
    """A JSON column as Django's raw cursors give it: text, or nothing at all."""
    if value is None:
        return {}
    return json.loads(value) if isinstance(value, str) else value


@lru_cache(maxsize=512)
def declared_in(policy_id: int) -> Mapping[str, Declared]:
    """What a published policy says of its deadlines; it never changes."""
    return {
        name: Declared(
            kind=str(rule.kind), party=rule.party, labels=dict(rule.provenance.labels), reminds_of=rule.reminds_of
        )
        for name, rule in policy_of(policy_id).deadlines.items()
    }
