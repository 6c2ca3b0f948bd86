"""Django's ORM in a loop: one transaction a case, the house's own models, every rule written into the loop."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from bench.peers.protocol import job, serve, set_up_django

JOB = job()


def work() -> None:
    from django.db import transaction

    for case in JOB.ids:
        with transaction.atomic():
            lapse(case)


def lapse(number: int) -> None:
    """The two lapses of the measurement, as a Django tutorial would write them."""
    import hashlib
    import json

    from contract.clock import database_now
    from disputes.models import Case, CaseEvent, Deadline, LedgerEntry, Payout, PendingRelay

    case = Case.objects.select_for_update(no_key=True).get(pk=number)
    now = max(database_now(), case.recorded_at)
    running = list(Deadline.objects.filter(case=case, status="pending"))
    lapsing = min((d for d in running if d.kind == "auto"), key=lambda d: d.due_at)
    silent = case.stage == "WAIT_SELLER"
    told = {"data": {"deadline": lapsing.name, "rung": 0}, "deadlines": {}}
    for deadline in running:
        deadline.status = "cancelled"
        deadline.save(update_fields=["status"])
        told["deadlines"][deadline.name] = {"status": "cancelled", "due_at": deadline.due_at.isoformat()}
    case.version += 1
    at = lapsing.due_at.isoformat()
    if silent:
        case.stage, case.outcome, case.waiting_on = "CLOSED", "refunded_by_silence", "none"
        case.facts |= {"payout": "ordered", "paid_amount": case.facts["amount"]}
        case.anchors |= {"closed": at, "first_closed": at, "stage_entered": at}
        case.closed_at, case.wake_at = lapsing.due_at, None
    else:
        case.stage, case.waiting_on = "REVIEW", "platform"
        case.anchors |= {"review_started": at, "stage_entered": at}
        for name, rule, wait in (("pick_up", "T8b", 2), ("opinion", "T9", 4)):
            due = lapsing.due_at + timedelta(days=wait)
            Deadline.objects.create(
                case=case, name=name, kind="target", party="platform", rule=rule, anchor=at, started_at=lapsing.due_at,
                due_at=due, wakes_at=due, status="pending",
            )  # fmt: skip
        case.wake_at = lapsing.due_at + timedelta(days=2)
    case.buyer_due_at = case.seller_due_at = None
    case.platform_due_at = case.due_at = case.wake_at
    case.recorded_at = now
    digest = hashlib.sha256(bytes(case.head_digest) + json.dumps(told).encode()).digest()
    event = CaseEvent.objects.create(
        case=case, sequence=case.version, kind="lapsed", at=lapsing.due_at, recorded_at=now, party="platform",
        via="timer", rule=lapsing.rule, material=True, stage=case.stage, outcome=case.outcome, facts=told,
        digest=digest,
    )  # fmt: skip
    PendingRelay.objects.create(event_id=event.pk, case_id=case.pk, sequence=case.version)
    if silent:
        LedgerEntry.objects.create(
            case=case, sequence=case.version, position=0, kind="refund", payer="seller", payee="buyer",
            amount=Decimal(case.facts["amount"]), currency=case.currency, basis="requested", at=lapsing.due_at,
            recorded_at=now,
        )  # fmt: skip
        Payout.objects.create(
            case=case, sequence=case.version, payer="seller", payee="buyer", amount=Decimal(case.facts["amount"]),
            currency=case.currency, status="ordered", ordered_at=now,
        )  # fmt: skip
    case.head_digest = digest
    case.save()


if __name__ == "__main__":
    set_up_django(JOB)
    serve(schedule=lambda: None, work=work)
