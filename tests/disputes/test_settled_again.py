"""A case that is agreed on more than once after it was ruled and paid: the engine's orders and the payouts say one."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from disputes.models import CaseEvent, LedgerEntry, Payout
from disputes.selectors.access import case_for
from disputes.services.acting import perform
from disputes.services.ordering import answer_payout
from disputes.services.writer import Done
from tests.disputes.test_acting import RULING, findings, in_review

pytestmark = pytest.mark.django_db

PARTIAL = {"outcome": "buyer_partial_refund", "amount": "30.01"}


def to_buyer() -> Decimal:
    """What the buyer was paid or is to be paid, less what was asked back."""
    rows = Payout.objects.exclude(status="cancelled")
    return sum((((row.payee == "buyer") - (row.payer == "buyer")) * row.amount for row in rows), Decimal())


def borne_by(party: str) -> Decimal:
    rows = LedgerEntry.objects.filter(payer=party), LedgerEntry.objects.filter(payee=party)
    return sum((row.amount for row in rows[0]), Decimal()) - sum((row.amount for row in rows[1]), Decimal())


def ordered() -> list[Decimal]:
    """By how much each order of the engine changed what the buyer is to have."""
    found = []
    for item in (item for event in CaseEvent.objects.order_by("sequence") for item in event.facts.get("emits", ())):
        if item["name"] == "refund":
            found.append(Decimal(item["amount"]))
        elif item["name"] == "settle_difference":
            found.append(Decimal(item["owed"]) - Decimal(item["paid"]))
    return found


@pytest.mark.parametrize(("amount", "net"), [("20.00", "30.01"), ("50.00", "50.00")])
def test_what_the_buyer_holds_is_not_paid_again_by_a_second_agreement(
    amount: str, net: str, order_of: Any, file: Any, ming: Any, lan: Any, zhou: Any, root: Any
) -> None:
    done = file(order_of())
    assert isinstance(done, Done)
    number = in_review(done, ming, lan)
    perform(case_for(zhou, number), "rule", {**RULING, **PARTIAL, "findings": findings(number)})
    answer_payout(case_for(root, number), succeeded=True)
    for agreed in ("0.01", amount):
        perform(case_for(zhou, number), "order_second_review", {"statement": "Once more."})
        offer = {"remedy": "partial_refund", "amount": agreed, "statement": "Let us end this."}
        perform(case_for(lan, number), "propose", offer)
        perform(case_for(ming, number), "accept_proposal", {"offer": "seller"})
    assert to_buyer() == Decimal(net)
    assert sum(ordered()) == Decimal(net)
    assert borne_by("seller") == Decimal(amount)
