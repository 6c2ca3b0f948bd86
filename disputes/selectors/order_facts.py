"""What an order says to the engine: caps of its lines, facts and moments; for filing and for eligibility alike."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import ROUND_DOWN, Decimal
from typing import Any

from django.db.models import Sum

from disputes.models import Appeal, Case, Listing, Order, OrderEvent, OrderLine, RequestLine
from disputes.snapshot import anchors_from, moment_text
from rules.engine.calendar import Calendar
from rules.engine.policy import Policy
from rules.engine.types import CaseSnapshot
from rules.selectors import calendar_edition, newest_calendar_id, version_in_force

CENT = Decimal("0.01")


def line_cap(line: OrderLine, quantity: int) -> Decimal:
    """The most a claim about this many units can bring: the allocated payment's share, less what was paid already.

    Cents are rounded down; the last units carry the remainder (platform-rules 10.2, item 17).
    """
    share = (
        line.paid if quantity == line.quantity else (line.paid * quantity / line.quantity).quantize(CENT, ROUND_DOWN)
    )
    return max(Decimal(), min(share, line.paid - claimed_before(line)))


def claimed_before(line: OrderLine) -> Decimal:
    """What earlier claims on this line were paid, each by its part of the claim's maximum."""
    paid = Decimal()
    claims = RequestLine.objects.filter(line=line).select_related("case").annotate(whole=Sum("case__lines__maximum"))
    for claim in claims:
        amount = Decimal(str(claim.case.facts.get("paid_amount") or 0))
        paid += (amount * claim.maximum / claim.whole).quantize(CENT) if claim.whole else Decimal()
    return paid


def _earlier(order: Order, lines: Sequence[OrderLine]) -> dict[str, Any]:
    """What earlier cases mean for a new one (platform-rules 10.1, item 15): the pack's guards look at these facts."""
    cases = list(Case.objects.filter(lines__line__in=lines).distinct())
    withdrawn = {c.reason for c in cases if c.outcome == "withdrawn" and "intervention_requested" in c.anchors}
    appeals = Appeal.objects.filter(case__order=order, submitted_at__isnull=False).count()
    return {
        "refilings": len(cases) or None, "earlier_ruling": True if any(c.facts.get("ruled") for c in cases) else None,
        "withdrawn_reasons": sorted(withdrawn) or None, "order_appeals": appeals or None,
    }  # fmt: skip


def order_facts(order: Order, lines: Sequence[OrderLine], policy: Policy, *, maximum: Decimal) -> dict[str, Any]:
    """What the journal is told about the order when a case opens: facts and anchors the engine understands."""
    promises = [p for line in lines for p in _promises(line)]
    facts: dict[str, Any] = {
        "goods_type": lines[0].goods_type, "maximum": str(maximum), "currency": order.currency,
        "shipped": order.shipped_at is not None or order.status in (Order.Status.SHIPPED, Order.Status.COMPLETED),
        "completed": order.completed_at is not None or order.status == Order.Status.COMPLETED,
        "default_return_address": bool(order.shop.return_address), "destination": order.destination or None,
        "low_value": maximum <= Decimal(str(policy.settings.get("low_value", 0))),
        "no_reason_promised": "no_reason_return" in promises,
        "slow_country": order.destination in (policy.settings.get("slow_countries") or ()),
        "promise_days": _promised_days(order), "delivery": order.delivery or None,
        "shipping_carrier": order.shipping_carrier or None, "code_viewed": order.code_viewed_at is not None or None,
        "digital_delivered": bool(order.digital_delivered_at or order.code_viewed_at) or None,
        **_earlier(order, lines), **_own_events(order),
    }  # fmt: skip
    moments = {
        "paid": order.paid_at, "shipped": order.shipped_at, "completed": order.completed_at,
        "received": order.received_at, "carrier_signed": order.signed_at, "promise_ends": order.promise_ends_at,
        "receipt_ends": order.receipt_ends_at, "booked": order.booked_at,
    }  # fmt: skip
    return {
        "facts": {name: value for name, value in facts.items() if value is not None},
        "anchors": {name: moment_text(at) for name, at in moments.items() if at},
    }


def _promised_days(order: Order) -> int | None:
    """How many whole days of delivery the seller promised, from shipping (or payment) on."""
    start = order.shipped_at or order.paid_at
    if order.promise_ends_at is None or start is None:
        return None
    return max((order.promise_ends_at - start).days, 0)


def _own_events(order: Order) -> dict[str, Any]:
    """The facts that the order's own events left (extensions asked for and given)."""
    facts: dict[str, Any] = {}
    for told in OrderEvent.objects.filter(order=order).order_by("pk").values_list("facts", flat=True):
        facts.update(told.get("set", {}))
    return facts


def _promises(line: OrderLine) -> list[str]:
    listing = Listing.objects.filter(line=line).first()
    return list(listing.promises) if listing else []


def order_policy(order: Order, now: datetime) -> tuple[Policy, Calendar]:
    """The rules an order without a case stands under at a moment: its first line's pack. Raises NoPolicy."""
    pack = order.lines.order_by("pk").values_list("pack", flat=True).first()
    version = version_in_force(str(pack), now)
    return version.policy, calendar_edition(newest_calendar_id(version.policy.calendar))


def order_snapshot(order: Order, policy: Policy) -> CaseSnapshot:
    """An order as the engine sees it: its row, and what its own events changed."""
    told = order_facts(order, list(order.lines.all()), policy, maximum=order.paid)
    return CaseSnapshot(facts=told["facts"], anchors=anchors_from(told["anchors"]))
