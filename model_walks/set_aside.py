"""Mutants that no model written from the rules can catch, each with the reason. They are counted apart and printed."""

from __future__ import annotations

from collections.abc import Mapping

EVERYWHERE: Mapping[str, str] = {
    "file: guard other_pack": "which pack a listing belongs to is no lifecycle",
    "extend_return_receipt: guard not_offered": "the switch is on, so the guard never speaks",
    "appeal: guard not_ruled": "without a ruling no window of appeal runs: the same answer",
    "correct_ruling: guard appeal_open": "while an appeal is open the case is in another stage: the same answer",
    "order_second_review: guard appeal_open": "while an appeal is open the case is in another stage: the same answer",
    "correct_ruling: guard not_ruled": "without a ruling there is no arbitrator who could correct it: the same answer",
    "appeal: guard receipt_dispute": "whether its first window outlives a receipt dispute is not said (10.1/2)",
    "urge: guard not_late_yet": "urging outside the second review is the product's own (M10 knows only M9)",
    "propose: guard return_before_shipping": "which offers fit an order that was not shipped is not said",
    "submit_exhibit: guard perishable_evidence_closed": "perishable goods are not drawn",
    "refund_without_return: guard no_return_asked": "of exchange and repair the rules do not say (10.2/18)",
}
OF_PACK: Mapping[str, Mapping[str, str]] = {
    "aliexpress": {
        "appeal_evidence_": "A9 names no time for evidence",
        "liability_counts": "A9 names no time after which liability counts",
        "platform_steps_in_after_transit": "when A3 comes once the reason is no longer the transit is not said",
        "late_evidence_answer": "evidence stays open, so none is late",
        "rule: guard answer_pending": "evidence stays open, so none is late",
        "urge": "A10 knows no urging",
    },
}


def reason(pack: str, name: str) -> str:
    """Why this mutant cannot be caught; empty when it has to be."""
    beginnings = {**EVERYWHERE, **OF_PACK.get(pack, {})}
    return next((why for beginning, why in beginnings.items() if name.startswith(beginning)), "")
