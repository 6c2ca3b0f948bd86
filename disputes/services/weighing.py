"""A ruling before it is made: what it orders in all, whom it needs, how far its amounts may go, what does not fit.

The form's second page shows the same that the engine will decide, and the services refuse what it warns of.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Q, Sum

from contract.money import Money
from disputes.models import Case, Ruling, RulingLine
from disputes.services.refusing import fields_refused
from rules.engine.policy import Policy
from rules.engine.terms import setting_of_money
from rules.engine.types import Stage
from rules.selectors import policy_of

CORRECTION, FALSE_EVIDENCE, COMPENSATION, AMOUNT = "correction", "false_evidence", "compensation", "amount"
"""Why a second person is needed."""

MOST_FREIGHT = Decimal("100.00")
"""Return shipping, or shipping the seller bore, at most, where the pack does not say (`most_freight`) [assumed]."""
COMPENSATION_TIMES, COMPENSATION_FLOOR = 3, Decimal("500.00")
"""Compensation at most: three times what was paid, at least 500.00, where the pack does not say (`compensation_times`,
`compensation_floor`). Consumer Protection Law art. 55 for fraud [B:cuoac]; as a cap for every platform [assumed]."""

GRANTS_BUYER = frozenset({"buyer_refund_only", "buyer_return_and_refund", "buyer_partial_refund", "buyer_exchange"})
ZERO = Decimal("0.00")
ALONE = "SELECT pg_advisory_xact_lock(hashtextextended('gongduan.ruling.' || %s, 0))"

Line = Mapping[str, Any]
"""A further amount: kind, payer, payee, amount (a Decimal), clause."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighed:
    """What a ruling amounts to."""

    total: Money
    """All it orders: the refund, shipping costs, compensation."""
    limit: Money | None
    """Above this amount a second person is needed; None when the pack names none."""
    second_person: tuple[str, ...]
    """Why a second person is needed: correction, false_evidence, compensation, amount; empty when nobody is."""
    contradictions: tuple[str, ...]
    """Codes of what does not fit together and has to be confirmed."""


def weigh(
    case_id: int, *, action: str, outcome: str, liable: str, refund: Decimal, lines: Sequence[Line], found_false: bool
) -> Weighed:
    """What a ruling with these words would amount to; a second review needs no second person."""
    policy_id, currency = Case.objects.values_list("policy_id", "currency").get(pk=case_id)
    limit = setting_of_money(policy_of(policy_id), "second_person_above")
    total = refund + extras(lines)
    reasons = {
        CORRECTION: action == "correct_ruling",
        FALSE_EVIDENCE: found_false,
        COMPENSATION: any(line["kind"] == RulingLine.Kind.COMPENSATION for line in lines),
        AMOUNT: limit is not None and total > limit,
    }
    return Weighed(
        total=Money(total, currency), limit=None if limit is None else Money(limit, currency),
        second_person=() if action == "decide_appeal" else tuple(code for code, holds in reasons.items() if holds),
        contradictions=tuple(contradictions(outcome, liable, lines)),
    )  # fmt: skip


def extras(lines: Sequence[Line]) -> Decimal:
    """What a ruling orders beyond the refund."""
    return sum((line["amount"] for line in lines), ZERO)


def contradictions(outcome: str, liable: str, lines: Sequence[Line]) -> Iterator[str]:
    """What in a ruling speaks against itself. Whoever is at fault pays (platform rules 1.3), unless it is confirmed."""
    if outcome in GRANTS_BUYER and liable == "buyer":
        yield "granted_though_buyer_liable"
    if outcome == "seller" and liable in ("seller", "shared"):
        yield "denied_though_seller_liable"
    if outcome == "shared" and liable != "shared":
        yield "shared_though_one_liable"
    if outcome == "not_admitted" and liable not in ("none", ""):
        yield "liable_though_not_admitted"
    innocent = {"seller": "buyer", "buyer": "seller"}.get(liable)
    if any(line["payer"] == innocent for line in lines):
        yield "paid_by_who_is_not_liable"


def check_limits(case_id: int, lines: Sequence[Line]) -> None:
    """Raises FieldsRefused naming each further amount above what its kind leaves for whom it is paid to."""
    if not lines:
        return
    case = Case.objects.select_related("order").get(pk=case_id)
    policy = policy_of(case.policy_id)
    problems, given = [], dict[tuple[str, str], Decimal]()
    for position, line in enumerate(lines):
        before = given.get((line["kind"], line["payee"]), ZERO)
        given[line["kind"], line["payee"]] = before + line["amount"]
        most = max(_most(case, policy, line) - before, ZERO)
        if line["amount"] > most:
            told = {"limit": f"{most:.2f}"}
            problems.append({"field": f"lines/{position}/amount", "code": "over_limit", "data": told})
    if problems:
        raise fields_refused(problems)


def check_limits_alone(case_id: int, order_id: int, lines: Sequence[Line]) -> None:
    """The same, while no other case of the order is ruled until this transaction ends.

    Whoever asks already holds the locks of its cases: this one comes behind them, so nobody waits in a circle.
    """
    if lines:
        with connection.cursor() as cursor:
            cursor.execute(ALONE, [order_id])
        check_limits(case_id, lines)


def _most(case: Case, policy: Policy, line: Line) -> Decimal:
    """The most one further amount may be."""
    if line["kind"] == RulingLine.Kind.COMPENSATION:
        times = Decimal(str(policy.settings.get("compensation_times", COMPENSATION_TIMES)))
        floor = setting_of_money(policy, "compensation_floor") or COMPENSATION_FLOOR
        return max(times * (case.maximum if case.maximum is not None else case.order.paid), floor)
    if line["kind"] == RulingLine.Kind.OUTBOUND_FREIGHT and line["payee"] == "buyer":
        return max(case.order.freight - _freight_elsewhere(case), ZERO)
    return setting_of_money(policy, "most_freight") or MOST_FREIGHT


def _freight_elsewhere(case: Case) -> Decimal:
    """What other cases of the order gave back of the shipping the buyer paid, or will if a second person approves.

    It is given back once per order (decision 10.2.17).
    """
    stands = Q(ruling__status=Ruling.Status.IN_FORCE)
    awaits = Q(ruling__status=Ruling.Status.AWAITING, ruling__case__stage=Stage.RULED)
    lines = RulingLine.objects.filter(
        stands | awaits, ruling__case__order_id=case.order_id, kind=RulingLine.Kind.OUTBOUND_FREIGHT, payee="buyer"
    ).exclude(ruling__case_id=case.pk)
    return lines.aggregate(given=Sum("amount"))["given"] or ZERO
