"""What the orders of explored cases say."""

from __future__ import annotations

from datetime import datetime, timedelta

from rules.engine.types import Fact
from rules.engine.vocabulary import ANCHORS

PROCEDURAL = frozenset(
    "withdrawn_reasons answered_version request_version buyer_offer seller_offer platform_offer agreed_remedy"
    " agreed_amount agreed_with appeals_buyer appeals_seller buyer_exhibits seller_exhibits edits refilings"
    " evidence_round platform_late".split()
)
"""Facts that no order tells: the procedure itself counts and keeps them."""


def moments(at: datetime) -> tuple[tuple[dict[str, Fact], dict[str, str]], ...]:
    """How far the order has come: unshipped, on its way, signed for, completed."""
    ages = {
        "paid": 120, "shipped": 96, "carrier_signed": 30, "received": 30, "completed": 24,
        "promise_ends": -48, "receipt_ends": -240,
    }  # fmt: skip
    told = {name: (at - timedelta(hours=hours)).isoformat() for name, hours in ages.items() if name in ANCHORS}
    ends = ("paid", "promise_ends", "receipt_ends")
    progress: tuple[tuple[dict[str, Fact], tuple[str, ...]], ...] = (
        ({"shipped": False}, ends),
        ({"shipped": True}, (*ends, "shipped")),
        ({"shipped": True}, (*ends, "shipped", "carrier_signed", "received")),
        ({"shipped": True, "completed": True}, (*ends, "shipped", "carrier_signed", "received", "completed")),
    )
    return tuple((facts, {name: told[name] for name in names}) for facts, names in progress)
