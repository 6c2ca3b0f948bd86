"""Checking that the rows still are what the journal says: folds, digests, and verification replay."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from disputes.models import Case, CaseEvent, Deadline
from disputes.services.loading import LockedCase, read_cases
from disputes.services.writing import Change, case_columns
from disputes.snapshot import FIRST_DIGEST, EventRow, as_stored, deadline_to, digest_of, step_from
from rules.engine.decide import apply
from rules.engine.pins import Pin, first_pin, last_pin
from rules.engine.types import BLANK, CaseSnapshot
from rules.engine.verification import mismatch_of
from rules.selectors import rules_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Something that is not as the journal says."""

    case: str
    sequence: int
    what: str
    stored: str
    expected: str


def rows_of(case_id: int) -> list[EventRow]:
    """The journal of a case, in order."""
    return [_event_row(row) for row in CaseEvent.objects.filter(case_id=case_id).order_by("sequence")]


def _event_row(row: CaseEvent) -> EventRow:
    return EventRow(
        sequence=row.sequence, kind=row.kind, at=row.at, recorded_at=row.recorded_at, party=row.party,
        actor_id=row.actor_id, via=row.via, rule=row.rule, material=row.material, stage=row.stage,
        outcome=row.outcome, facts=row.facts, digest=bytes(row.digest),
    )  # fmt: skip


def fold(rows: Iterable[EventRow]) -> CaseSnapshot:
    """The case as its journal alone tells it."""
    snapshot = BLANK
    for row in rows:
        snapshot = apply(snapshot, step_from(row))
    return snapshot


def compare_rows(case_id: int) -> list[Difference]:
    """Rows against the fold of the journal: the snapshot, the derived columns, the deadlines."""
    (case,) = read_cases([case_id])
    rows = rows_of(case_id)
    folded = fold(rows)
    found = [] if case.snapshot == folded else [difference(case, "snapshot", case.snapshot, folded)]
    pinned = last_pin([step_from(row) for row in rows])
    if pinned not in (None, case.pin):
        found.append(difference(case, "pin", case.pin, pinned))
    expected = case_columns(Change(case=case, steps=(), after=folded))
    stored = case_columns(Change(case=case, steps=(), after=case.snapshot))
    row = Case.objects.get(pk=case_id)
    for name, value in expected.items():
        if name == "wake_at" and row.retry_at:
            continue
        actual = getattr(row, name)
        if stored[name] != value or not _is_same(actual, value):
            found.append(difference(case, name, actual, value))
    return found + list(_deadline_differences(case, folded))


def _is_same(actual: object, value: object) -> bool:
    """Whether a column holds a value. Documents are compared as the engine reads them, by their snapshots."""
    if isinstance(actual, (dict, list)):
        return True
    return actual == value if value is None or isinstance(value, datetime) else str(actual) == str(value)


def _deadline_differences(case: LockedCase, folded: CaseSnapshot) -> Iterator[Difference]:
    rows = {row.name: row for row in Deadline.objects.filter(case_id=case.id).exclude(status="cancelled")}
    if set(rows) != set(folded.deadlines):
        yield difference(case, "deadlines", sorted(rows), sorted(folded.deadlines))
    for name, state in folded.deadlines.items():
        for field, value in deadline_to(state).items():
            actual = getattr(rows[name], field) if name in rows else None
            if not _is_same(actual, value):
                yield difference(case, f"deadline {name}.{field}", actual, value)
        rule = case.policy.deadlines.get(name)
        if rule is not None and name in rows and (rows[name].kind, rows[name].party) != (rule.kind, rule.party):
            told = f"{rows[name].kind} {rows[name].party}", f"{rule.kind} {rule.party}"
            yield difference(case, f"deadline {name}.kind", *told)


def difference(case: LockedCase, what: str, stored: object, expected: object) -> Difference:
    """Something of a case that is not as its journal, to its end, says."""
    return Difference(
        case=case.number,
        sequence=case.snapshot.version,
        what=what,
        stored=str(stored)[:2000],
        expected=str(expected)[:2000],
    )


def verify_digests(case_id: int, number: str = "") -> Difference | None:
    """The first event whose digest does not follow from its predecessor and its own text; None when all do."""
    digest, sequence = FIRST_DIGEST, 0
    for row in rows_of(case_id):
        sequence += 1
        expected = digest_of(digest, case_id, row)
        if row.sequence != sequence or row.digest != expected:
            return Difference(
                case=number or str(case_id), sequence=row.sequence, what="digest", stored=row.digest.hex(),
                expected=expected.hex(),
            )  # fmt: skip
        digest = expected
    head = Case.objects.values_list("head_digest", "version").get(pk=case_id)
    if bytes(head[0]) != digest or head[1] != sequence:
        return Difference(
            case=number or str(case_id),
            sequence=sequence,
            what="head",
            stored=bytes(head[0]).hex(),
            expected=digest.hex(),
        )
    return None


def replay(case_id: int) -> Difference | None:
    """Verification replay of one case: the first difference, or None. See `rules.engine.verification`."""
    policy_id, calendar_id, number = Case.objects.values_list("policy_id", "calendar_id", "number").get(pk=case_id)
    history = [step_from(row) for row in rows_of(case_id)]
    start = first_pin(history, Pin(policy=policy_id, calendar=calendar_id))
    found = mismatch_of(start, rules_of, history, as_stored)
    if found is None:
        return None
    return Difference(
        case=number, sequence=found.sequence, what=found.field, stored=found.stored, expected=found.expected
    )
