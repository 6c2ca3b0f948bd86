"""The one writer. Whoever touches a case takes its lock, settles it, acts, and writes: here and nowhere else.

The order of answers is fixed: what has passed is settled first; what is no longer allowed is refused (409);
what is allowed but was decided on an older, materially different case is refused as stale (412); then the
event happens. A refusal is a value inside the transaction, so that the settlement before it stays.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from django.db import OperationalError, connection, transaction

from contract.errors import DomainError, NotFound
from contract.idempotency import Call, Fresh, Replay, finish, keep_refusal
from disputes.errors import CaseBusy, CaseChanged
from disputes.models import CaseEvent
from disputes.services.loading import LockedCase, lock_case, lock_cases
from disputes.services.refusing import fields_refused, refused
from disputes.services.stalled import kept_from_running
from disputes.services.writing import Change, write_changes
from disputes.signals import journal_grew
from rules.engine.decide import allowed, apply, decide, settle
from rules.engine.events import Event, Refusal, Step, Via
from rules.engine.types import CaseSnapshot, Party

LOCK_TIMEOUT = "5s"

Answer = Callable[["Done"], tuple[int, Any]]
Told = Callable[[DomainError], DomainError]
"""What a refusal says outward, asked in its transaction."""


class Saved(Protocol):
    """A row, or a change of rows, that belongs to an event."""

    def save(self) -> None: ...


def _nothing_more(case: LockedCase, after: CaseSnapshot) -> tuple[Event, ...]:
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """What somebody wants to do to one case."""

    number: str
    kind: str
    party: Party
    actor_id: int | None
    data: dict[str, Any] = field(default_factory=dict)
    via: Via = Via.PAGE
    expected_version: int | None = None
    """The version the person saw; None when they did not say."""
    at: datetime | None = None
    """For facts: when it happened. What people do happens now."""
    records: Sequence[Saved] = ()
    """Rows that belong to the event; their `sequence` and `at` are filled in here."""
    check: Callable[[LockedCase, CaseSnapshot], None] | None = None
    """Asked on the settled case before the event; raises a DomainError."""
    first: Callable[[], Sequence[tuple[str, dict[str, Any]]]] = tuple
    """Asked after the check: events of the same actor that come before, when they are not refused (taking the case,
    for example)."""
    then: Callable[[LockedCase, CaseSnapshot], Iterable[Event]] = _nothing_more
    """Asked after the event, in its transaction: what the outside world had told before and the case takes now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What became of an intent."""

    case_id: int
    number: str
    version: int
    before: CaseSnapshot
    after: CaseSnapshot
    steps: tuple[Step, ...]
    """All that was recorded, the settlement first."""
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """A refusal as a value, so that what was settled before it is committed."""

    error: DomainError


def act(
    intent: Intent, *, call: Call | None = None, answer: Answer | None = None, told: Told | None = None
) -> Done | Replay:
    """Do one thing to one case.

    With `call` the answer, a refusal in the words of `told` too, is kept in the same transaction and given again to
    repetitions. Raises NotFound, ActionRefused (409), FieldsRefused (422), CaseChanged (412), CaseBusy (503) and what
    `intent.check` raises.
    """
    with one_transaction():
        slot = call.begin() if call else None
        if isinstance(slot, Replay):
            return slot
        result = answered(slot, _act(intent), answer=answer, told=told)
    journal_grew.send(sender=Intent)
    if isinstance(result, Refused):
        raise result.error
    return result


def answered(slot: Fresh | None, result: Done | Refused, *, answer: Answer | None, told: Told | None) -> Done | Refused:
    """The result, its answer kept under the key there is."""
    if isinstance(result, Refused):
        result = Refused(error=told(result.error)) if told else result
        if slot is not None:
            keep_refusal(slot, result.error)
    elif slot is not None and answer is not None:
        status, body = answer(result)
        finish(slot, status=status, body=body)
    return result


@contextmanager
def one_transaction() -> Iterator[None]:
    """A transaction that does not wait for a lock longer than LOCK_TIMEOUT. Raises CaseBusy."""
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'")
            yield
    except OperationalError as error:
        if "lock timeout" in str(error):
            raise CaseBusy from error
        raise


def _act(intent: Intent) -> Done | Refused:
    case = lock_case(intent.number)
    if case is None:
        raise NotFound
    settled = case.settled()
    steps, snapshot = list(settled.steps), settled.snapshot
    error = _refused_by_check(intent, case, snapshot)
    for kind, data in () if error else intent.first():
        result = decide(case.policy, case.calendar, snapshot, _event(intent, case, kind, data), now=case.now)
        if isinstance(result, Step):
            steps.append(result)
            snapshot = apply(snapshot, result)
    if error is None:
        result = decide(
            case.policy, case.calendar, snapshot, _event(intent, case, intent.kind, intent.data), now=case.now
        )
        error = _error(intent, case, snapshot, result) or _staleness(intent, case, settled.steps)
    if error is not None:
        _write(case, settled.steps, settled.snapshot)
        return Refused(error=error)
    assert isinstance(result, Step)
    return _finish(intent, case, [*steps, result], apply(snapshot, result))


def _finish(intent: Intent, case: LockedCase, steps: list[Step], snapshot: CaseSnapshot) -> Done:
    sequence = case.snapshot.version + len(steps)
    snapshot = _hear(intent, case, steps, snapshot)
    kept, snapshot = kept_from_running(case, case.snapshot, snapshot)
    steps.extend(kept)
    again = settle(case.policy, case.calendar, snapshot, now=case.now)
    steps.extend(again.steps)
    save_records(intent.records, case_id=case.id, sequence=sequence, now=case.now)
    _write(case, tuple(steps), again.snapshot)
    return Done(
        case_id=case.id, number=case.number, version=again.snapshot.version, before=case.snapshot,
        after=again.snapshot, steps=tuple(steps), now=case.now,
    )  # fmt: skip


def _hear(intent: Intent, case: LockedCase, steps: list[Step], snapshot: CaseSnapshot) -> CaseSnapshot:
    """The case after what is told to it behind the event; what its rules do not take is left out."""
    for event in intent.then(case, snapshot):
        result = decide(case.policy, case.calendar, snapshot, event, now=case.now)
        if isinstance(result, Step):
            steps.append(result)
            snapshot = apply(snapshot, result)
    return snapshot


def _write(case: LockedCase, steps: tuple[Step, ...], after: CaseSnapshot) -> None:
    write_changes([Change(case=case, steps=steps, after=after)])


def save_records(records: Sequence[Saved], *, case_id: int, sequence: int, now: datetime) -> None:
    """Save the rows that belong to an event, in order."""
    for record in records:
        for name, value in (("case_id", case_id), ("sequence", sequence), ("at", now)):
            if hasattr(record, name) and getattr(record, name) is None:
                setattr(record, name, value)
        record.save()


def _event(intent: Intent, case: LockedCase, kind: str, data: dict[str, Any]) -> Event:
    at = min(intent.at, case.now) if intent.at else case.now
    return Event(kind=kind, party=intent.party, at=at, actor=intent.actor_id, via=intent.via, data=data)


def _refused_by_check(intent: Intent, case: LockedCase, snapshot: CaseSnapshot) -> DomainError | None:
    if intent.check is None:
        return None
    try:
        intent.check(case, snapshot)
    except DomainError as error:
        return error
    return None


def _error(intent: Intent, case: LockedCase, snapshot: CaseSnapshot, result: Step | Refusal) -> DomainError | None:
    if isinstance(result, Step):
        return None
    if result.problems:
        return fields_refused([{"field": p.field, "code": p.code, "data": dict(p.data)} for p in result.problems])
    may = allowed(case.policy, case.calendar, snapshot, intent.party, now=case.now, actor=intent.actor_id)
    return refused(
        result.code, action=result.action, stage=str(result.stage), available_actions=[a.action for a in may.available],
        available_from=_iso(result.available_from), available_until=_iso(result.available_until), number=case.number,
    )  # fmt: skip


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def _staleness(intent: Intent, case: LockedCase, steps: Sequence[Step]) -> DomainError | None:
    """Whether something material happened since the version the person saw, the settlement of this moment included."""
    if intent.expected_version is None or intent.expected_version >= case.snapshot.version + len(steps):
        return None
    since = CaseEvent.objects.filter(case_id=case.id, sequence__gt=intent.expected_version, material=True)
    changed = [
        {"sequence": s, "kind": kind, "party": party}
        for s, kind, party in since.order_by("sequence").values_list("sequence", "kind", "party")
    ]
    changed += [
        {"sequence": sequence, "kind": step.kind, "party": str(step.party)}
        for sequence, step in enumerate(steps, start=case.snapshot.version + 1) if step.material
    ]  # fmt: skip
    if not changed:
        return None
    return CaseChanged(differences=changed, version=case.snapshot.version + len(steps), number=case.number)


def settle_cases(ids: Iterable[int]) -> None:
    """Write what has passed in these cases, in the transaction already open, before anything asks how they stand."""
    changes = []
    for case in lock_cases(ids):
        settled = case.settled()
        changes.append(Change(case=case, steps=settled.steps, after=settled.snapshot))
    write_changes(changes)


def tell_cases(
    ids: Sequence[int], *, kind: str, at: datetime, data: dict[str, Any] | None = None, via: Via = Via.IMPORT
) -> int:
    """Tell several cases a fact from outside, in the transaction already open; how many took it."""
    changes = []
    for case in lock_cases(ids):
        settled = case.settled()
        event = Event(kind=kind, party=Party.MARKETPLACE, at=min(at, case.now), via=via, data=data or {})
        result = decide(case.policy, case.calendar, settled.snapshot, event, now=case.now)
        if isinstance(result, Refusal):
            changes.append(Change(case=case, steps=settled.steps, after=settled.snapshot))
            continue
        again = settle(case.policy, case.calendar, apply(settled.snapshot, result), now=case.now)
        changes.append(Change(case=case, steps=(*settled.steps, result, *again.steps), after=again.snapshot))
    write_changes(changes)
    return sum(1 for change in changes if any(step.kind == kind for step in change.steps))
