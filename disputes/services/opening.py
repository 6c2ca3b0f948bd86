"""Opening a case: a buyer files, under the order's lock."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import connection, transaction
from django.db.models import Model

from contract.clock import database_now
from contract.errors import DomainError, NotFound
from contract.idempotency import Call, Replay
from disputes.models import Case, Order, OrderLine, RequestLine
from disputes.selectors.order_facts import line_cap, order_facts
from disputes.selectors.windows import freezes_now, windows_in
from disputes.services.indexing import index_cases
from disputes.services.loading import LockedCase, lock_windows
from disputes.services.numbering import case_number
from disputes.services.refusing import fields_refused, refused
from disputes.services.stalled import kept_from_running
from disputes.services.writer import (
    Answer,
    Done,
    Refused,
    answered,
    one_transaction,
    save_records,
    settle_cases,
)
from disputes.services.writing import Change, write_new_case
from disputes.signals import journal_grew
from disputes.snapshot import FIRST_DIGEST
from rules.engine.decide import apply, decide, settle
from rules.engine.events import Event, Refusal, Step, Via
from rules.engine.types import BLANK, Party, Stage
from rules.selectors import VersionView, newest_calendar_id, version_in_force

LOCK_ORDER = "SELECT id, gongduan_clock() FROM (SELECT id FROM disputes_order WHERE id = %s FOR NO KEY UPDATE) locked"

ClaimedPart = tuple[OrderLine, int, Decimal]
"""A line, how many of it, and the most that can be refunded for them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimedLine:
    """A line of the order and how much of it the claim is about."""

    line_id: int
    quantity: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Filing:
    """What a buyer files."""

    order_id: int
    lines: Sequence[ClaimedLine]
    actor_id: int
    data: dict[str, Any]
    """reason, remedy, amount, goods_received, statement (the id of its message)."""
    via: Via = Via.PAGE
    records: Sequence[Model] = ()


def open_case(filing: Filing, *, call: Call | None = None, answer: Answer | None = None) -> Done | Replay:
    """File a dispute on an order.

    Raises NotFound, ActionRefused (a window is closed, a line is already disputed, ...), FieldsRefused.
    """
    with one_transaction():
        slot = call.begin() if call else None
        if isinstance(slot, Replay):
            return slot
        result = answered(slot, _opened(filing), answer=answer, told=None)
    journal_grew.send(sender=Filing)
    if isinstance(result, Refused):
        raise result.error
    return result


def _opened(filing: Filing) -> Done | Refused:
    """The case, or why not: a value, so that what was settled in the order's other cases stays."""
    order, _now = lock_order(filing.order_id)
    if order.buyer_id != filing.actor_id:
        raise NotFound
    settle_cases(order.cases.exclude(stage=Stage.CLOSED).values_list("pk", flat=True))
    try:
        with transaction.atomic():
            return _open(filing, order)
    except DomainError as error:
        return Refused(error=error)


def _open(filing: Filing, order: Order) -> Done:
    lines = _claimed(order, filing.lines)
    _check_undisputed(lines)
    now = moment_of_opening()
    version = version_in_force(lines[0][0].pack, now)
    maximum = sum((cap for _line, _quantity, cap in lines), Decimal())
    data = {
        **filing.data,
        "order": order_facts(order, [line for line, _q, _c in lines], version.policy, maximum=maximum),
    }
    event = Event(kind="file", party=Party.BUYER, at=now, actor=filing.actor_id, via=filing.via, data=data)
    case = new_case(order, version, now)
    return _written(case, event, filing.records, lines)


def lock_order(order_id: int) -> tuple[Order, datetime]:
    """Lock an order (always before its cases) and read the clock after the wait. Raises NotFound."""
    with connection.cursor() as cursor:
        cursor.execute(LOCK_ORDER, [order_id])
        row = cursor.fetchone()
    if row is None:
        raise NotFound
    return Order.objects.select_related("shop").get(pk=order_id), row[1]


def moment_of_opening() -> datetime:
    """The clock, when no freeze can begin any more that a case of this moment would not see."""
    lock_windows()
    return database_now()


def new_case(order: Order, version: VersionView, now: datetime) -> LockedCase:
    """A case that is about to be written: its id is taken, its journal is empty."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('disputes_case', 'id'))")
        (case_id,) = cursor.fetchone()
    return LockedCase(
        id=case_id,
        number=case_number(version.policy.platform, now),
        platform=version.policy.platform,
        pack=version.pack,
        policy_id=version.id,
        calendar_id=newest_calendar_id(version.policy.calendar),
        order_id=order.pk,
        buyer_id=order.buyer_id,
        shop_id=order.shop_id,
        currency=order.currency,
        opened_at=now,
        snapshot=BLANK,
        head_digest=FIRST_DIGEST,
        now=now,
        windows=windows_in(freezes_now(), version.policy.platform, version.pack),
    )


def _written(case: LockedCase, event: Event, records: Sequence[Model], lines: Sequence[ClaimedPart]) -> Done:
    step = decide(case.policy, case.calendar, BLANK, event, now=case.now)
    if isinstance(step, Refusal):
        raise refusal_error(step)
    return write_opening(case, step, records, lines)


def write_opening(case: LockedCase, step: Step, records: Sequence[Model], lines: Sequence[ClaimedPart]) -> Done:
    """Write a new case with its first step and whatever is due at once, unless something keeps it from happening."""
    kept, opened = kept_from_running(case, BLANK, apply(BLANK, step))
    settled = settle(case.policy, case.calendar, opened, now=case.now)
    steps = (step, *kept, *settled.steps)
    save_records(records, case_id=case.id, sequence=1, now=case.now)
    write_new_case(Change(case=case, steps=steps, after=settled.snapshot))
    RequestLine.objects.bulk_create(
        RequestLine(case_id=case.id, line=line, quantity=quantity, maximum=cap) for line, quantity, cap in lines
    )
    index_cases([case.id])
    return Done(
        case_id=case.id, number=case.number, version=settled.snapshot.version, before=BLANK, after=settled.snapshot,
        steps=steps, now=case.now,
    )  # fmt: skip


def refusal_error(refusal: Refusal) -> Exception:
    if refusal.problems:
        return fields_refused([{"field": p.field, "code": p.code, "data": dict(p.data)} for p in refusal.problems])
    at = {"available_from": refusal.available_from, "available_until": refusal.available_until}
    return refused(
        refusal.code, action=refusal.action, stage=str(refusal.stage), available_actions=[],
        **{name: moment.isoformat() if moment else None for name, moment in at.items()},
    )  # fmt: skip


def _claimed(order: Order, claims: Sequence[ClaimedLine]) -> list[ClaimedPart]:
    """The lines with quantities and caps. Raises FieldsRefused or ActionRefused (`line_disputed`, `several_packs`)."""
    lines = {line.pk: line for line in OrderLine.objects.filter(order=order)}
    found = []
    for position, claim in enumerate(claims):
        line = lines.get(claim.line_id)
        if line is None or not 1 <= claim.quantity <= line.quantity:
            code = "unknown_line" if line is None else "not_a_quantity"
            raise fields_refused([{"field": f"lines/{position}", "code": code}])
        found.append((line, claim.quantity, line_cap(line, claim.quantity)))
    if not found or len({line.pk for line, _q, _c in found}) < len(found):
        raise fields_refused([{"field": "lines", "code": "required" if not found else "line_twice"}])
    if len({line.pack for line, _q, _c in found}) > 1:
        raise refused("several_packs", available_actions=[])
    return found


def _check_undisputed(lines: Sequence[ClaimedPart]) -> None:
    """One open case a line. Raises ActionRefused (`line_disputed`) naming the case."""
    running = Case.objects.filter(lines__line__in=[line for line, _q, _c in lines]).exclude(stage=Stage.CLOSED)
    number = running.values_list("number", flat=True).first()
    if number is not None:
        raise refused("line_disputed", number=number, available_actions=[])
