"""Rows of the database as the engine's records, and back: the only translation between the two."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from operator import itemgetter
from typing import Any

import orjson

from rules.engine.events import Emission, Step, Via
from rules.engine.records import record
from rules.engine.types import CaseSnapshot, DeadlineState, DeadlineStatus, Party, QueuedAction, Stage

Json = Any

FIRST_DIGEST = b""
"""What the first event of a case is chained to."""

_STATUSES = {str(status): status for status in DeadlineStatus}


def moment(text: str) -> datetime:
    """A moment in UTC from its stored text."""
    at = datetime.fromisoformat(text)
    return at if at.tzinfo is UTC else at.astimezone(UTC)


def moment_text(at: datetime) -> str:
    """A moment as stored text: UTC, always with microseconds, so that equal moments are equal texts.

    A case is written with a dozen of them, and `isoformat` is slow about zones.
    """
    if at.tzinfo is not UTC:
        at = at.astimezone(UTC)
    text = orjson.dumps(at)[1:-1].decode()
    return text if at.microsecond else f"{text[:19]}.000000+00:00"


def canonical(value: Json) -> bytes:
    """The one text of a JSON value, in UTF-8: what digests are computed over. Keys are sorted, nothing is padded.

    Moments in UTC become text here, without a fraction of a second where they have none. Raises TypeError for what is
    no JSON value and no moment, among it integers beyond 64 bits.
    """
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


def anchors_from(stored: Mapping[str, str]) -> dict[str, datetime]:
    return {name: moment(text) for name, text in stored.items()}


DEADLINE_FIELDS = (
    "name", "anchor", "started_at", "due_at", "wakes_at", "status", "rung", "paused_at", "pause_reason", "stated",
)  # fmt: skip
_fields_of = itemgetter(*DEADLINE_FIELDS)


def deadline_from(stored: Mapping[str, Json]) -> DeadlineState:
    """A deadline from its row or its place in an event (times as text)."""
    return deadline_of(*_fields_of(stored))


def deadline_of(
    name: str, anchor: str, started_at: str, due_at: str, wakes_at: str, status: str, rung: int, paused_at: str | None,
    pause_reason: str, stated: bool,
) -> DeadlineState:  # fmt: skip
    """A deadline from its stored fields, in the order of `DEADLINE_FIELDS` (times as text)."""
    return DeadlineState(
        name=name, anchor=anchor, started_at=moment(started_at), due_at=moment(due_at), wakes_at=moment(wakes_at),
        status=_STATUSES[status], rung=rung, paused_at=moment(paused_at) if paused_at else None,
        pause_reason=pause_reason, stated=stated,
    )  # fmt: skip


def deadline_to(state: DeadlineState) -> dict[str, Json]:
    """What is stored of a deadline; its moments become text in `canonical`."""
    return {
        "name": state.name, "anchor": state.anchor, "started_at": state.started_at, "due_at": state.due_at,
        "wakes_at": state.wakes_at, "status": state.status, "rung": state.rung, "paused_at": state.paused_at,
        "pause_reason": state.pause_reason, "stated": state.stated,
    }  # fmt: skip


def queued_from(stored: list[Mapping[str, Json]]) -> tuple[QueuedAction, ...]:
    return tuple(
        QueuedAction(
            action=item["action"], party=Party(item["party"]), actor=item["actor"], data=item["data"],
            queued_at=moment(item["queued_at"]),
        )
        for item in stored
    )  # fmt: skip


def queued_to(queued: tuple[QueuedAction, ...]) -> list[dict[str, Json]]:
    return [
        {
            "action": item.action, "party": str(item.party), "actor": item.actor, "data": dict(item.data),
            "queued_at": item.queued_at,
        }
        for item in queued
    ]  # fmt: skip


def snapshot_from(row: Mapping[str, Json]) -> CaseSnapshot:
    """A case's row, with its deadlines under `deadlines`, as the engine sees it."""
    return CaseSnapshot(
        version=row["version"], stage=Stage(row["stage"]), outcome=row["outcome"], facts=row["facts"],
        anchors=anchors_from(row["anchors"]), queued=queued_from(row["queued"]), recorded_at=row["recorded_at"],
        deadlines={item["name"]: deadline_from(item) for item in row["deadlines"] or ()},
    )  # fmt: skip


def step_facts(step: Step) -> dict[str, Json]:
    """What the journal keeps of a step beyond its columns, moments among it; empty parts are left out."""
    parts = {
        "data": dict(step.data),
        "set": dict(step.facts),
        "anchors": dict(step.anchors),
        "deadlines": {name: deadline_to(state) for name, state in step.deadlines.items()},
        "emits": [{"name": item.name, **item.data} for item in step.emissions],
    }
    kept: dict[str, Json] = {name: part for name, part in parts.items() if part}
    if step.queued is not None:
        kept["queued"] = queued_to(step.queued)
    return kept


@record
class EventRow:
    """One row of the journal, as stored."""

    sequence: int
    kind: str
    at: datetime
    recorded_at: datetime
    party: str
    actor_id: int | None
    via: str
    rule: str
    material: bool
    stage: str
    outcome: str
    facts: Mapping[str, Json]
    digest: bytes = b""


def step_from(row: EventRow) -> Step:
    """The step an event tells of: what `apply` folds."""
    facts = row.facts
    return Step(
        kind=row.kind,
        party=Party(row.party),
        at=row.at.astimezone(UTC),
        recorded_at=row.recorded_at.astimezone(UTC),
        actor=row.actor_id,
        via=Via(row.via),
        rule=row.rule,
        material=row.material,
        data=facts.get("data", {}),
        stage=Stage(row.stage),
        outcome=row.outcome,
        facts=facts.get("set", {}),
        anchors={name: moment(text) if text else None for name, text in facts.get("anchors", {}).items()},
        deadlines={name: deadline_from(item) for name, item in facts.get("deadlines", {}).items()},
        queued=queued_from(facts["queued"]) if "queued" in facts else None,
        emissions=tuple(
            Emission(name=e["name"], data={k: v for k, v in e.items() if k != "name"}) for e in facts.get("emits", ())
        ),
    )


def row_of(step: Step, sequence: int) -> EventRow:
    return EventRow(
        sequence=sequence, kind=step.kind, at=step.at, recorded_at=step.recorded_at, party=str(step.party),
        actor_id=step.actor, via=str(step.via), rule=step.rule, material=step.material, stage=str(step.stage),
        outcome=step.outcome, facts=step_facts(step),
    )  # fmt: skip


def as_stored(step: Step) -> Step:
    """A step as it reads after a journey through the journal."""
    row = row_of(step, 0)
    return step_from(replace(row, facts=orjson.loads(canonical(row.facts))))


def digest_of(previous: bytes, case_id: int, row: EventRow, facts: bytes | None = None) -> bytes:
    """SHA-256 over the previous digest and the canonical text of one event; `facts` is theirs if it is at hand."""
    head = canonical([
        case_id, row.sequence, row.kind, moment_text(row.at), moment_text(row.recorded_at), row.party, row.actor_id,
        row.via, row.rule, row.material, row.stage, row.outcome,
    ])  # fmt: skip
    told = canonical(row.facts) if facts is None else facts
    return hashlib.sha256(b"%b%b,%b]" % (previous, head[:-1], told)).digest()
