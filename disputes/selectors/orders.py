"""One order as its reader sees it: lines, clocks computed for this moment, and what may be done with it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from django.db.models import Prefetch
from django.utils.translation import get_language

from contract.clock import database_now
from contract.money import Money
from disputes.labels.actions import action_name, field_help, field_name
from disputes.labels.words import GOODS, ORDER_EVENTS, name_of, pack_words
from disputes.models import Case, Order, OrderEvent, OrderLine, RequestLine
from disputes.selectors.access import OrderAccess
from disputes.selectors.action_views import ActionView, FieldView
from disputes.selectors.actions import unavailable_view
from disputes.selectors.cases import platform_word
from disputes.selectors.clocks import deadline_label
from disputes.selectors.order_facts import order_policy, order_snapshot
from disputes.selectors.order_times import why_of_order
from disputes.selectors.order_views import OrderClock, OrderEventView, OrderLineView, OrderView
from disputes.selectors.records import listing_view, order_summary
from disputes.selectors.wording import Worded
from rules.engine.calendar import Calendar
from rules.engine.draft import Draft
from rules.engine.events import Allowed, Event
from rules.engine.orders import allowed_on_order
from rules.engine.policy import DeadlineRule, Policy
from rules.engine.types import CaseSnapshot, DeadlineKind, Party, Stage


def order_view(access: OrderAccess, *, now: datetime | None = None) -> OrderView:
    """The order of that access, under the rules in force now, in the active language."""
    moment = now or database_now()
    order = read_order(access.order_id)
    policy, calendar = order_policy(order, moment)
    snapshot = order_snapshot(order, policy)
    may = allowed_on_order(policy, calendar, snapshot, Party(access.party), now=moment)
    cases = list(Case.objects.filter(order=order).order_by("-pk"))
    return OrderView(
        summary=order_summary(order), platform=platform_word(order.platform), zone=policy.zone, now=moment,
        viewer=access.party, buyer=order.buyer.get_full_name(), shop=order.shop.name, destination=order.destination,
        delivery=Worded(code=order.delivery, text=order.get_delivery_display()),
        shipping_carrier=Worded(code=order.shipping_carrier, text=order.get_shipping_carrier_display()),
        booked_at=order.booked_at, digital_delivered_at=order.digital_delivered_at, code_viewed_at=order.code_viewed_at,
        received_at=order.received_at, promise_ends_at=order.promise_ends_at, receipt_ends_at=order.receipt_ends_at,
        lines=tuple(_lines(order, cases)), clocks=tuple(_clocks(policy, calendar, snapshot, moment, held=_held(cases))),
        available_actions=_available(policy, may),
        unavailable_actions=tuple(unavailable_view(policy, item, access.party, set()) for item in may.unavailable),
        events=_events(order, {case.pk: case.number for case in cases}),
    )  # fmt: skip


def read_order(order_id: int) -> Order:
    """An order with its buyer, shop, lines and listing snapshots: two statements."""
    lines = Prefetch("lines", OrderLine.objects.select_related("listing").order_by("pk"))
    return Order.objects.select_related("buyer", "shop").prefetch_related(lines).get(pk=order_id)


def _held(cases: Sequence[Case]) -> bool:
    return any(case.stage != Stage.CLOSED for case in cases)


def _lines(order: Order, cases: Sequence[Case]) -> Iterator[OrderLineView]:
    about: dict[int, list[str]] = {}
    numbers = {case.pk: case.number for case in cases}
    for line_id, case_id in (
        RequestLine.objects.filter(case_id__in=numbers).order_by("-case_id").values_list("line_id", "case_id")
    ):
        about.setdefault(line_id, []).append(numbers[case_id])
    for line in order.lines.all():
        yield OrderLineView(
            id=line.pk, title=line.title, sku=line.sku, quantity=line.quantity, paid=Money(line.paid, order.currency),
            goods_type=Worded(code=line.goods_type, text=name_of(GOODS, line.goods_type)), pack=line.pack,
            listing=listing_view(line), cases=tuple(about.get(line.pk, ())),
        )  # fmt: skip


def _clocks(
    policy: Policy, calendar: Calendar, order: CaseSnapshot, now: datetime, *, held: bool
) -> Iterator[OrderClock]:
    """The order's clocks that have begun, the next first; those over come last."""
    draft = Draft(policy, calendar, order, Event(kind="", party=Party.PLATFORM, at=now), now)
    clocks = [
        clock for rule in policy.deadlines.values() if rule.order_clock and (clock := _clock(rule, draft, held=held))
    ]
    yield from sorted(clocks, key=lambda clock: (clock.over, clock.at))


def _clock(rule: DeadlineRule, draft: Draft, *, held: bool) -> OrderClock | None:
    due = rule.due_from_anchor(draft) if rule.when(draft) and not rule.reminds_of else None
    if due is None or (rule.name in UNTIL_SHIPPED and draft.facts.get("shipped")):
        return None
    origin = rule.provenance
    return OrderClock(
        name=rule.name, id=origin.ids[0] if origin.ids else "", label=deadline_label(rule), kind=str(rule.kind), at=due,
        over=rule.wakes(due) <= draft.now, held=held and rule.kind is DeadlineKind.AUTO, source=origin.source,
        confidence=origin.confidence, provisional=origin.provisional, why=tuple(why_of_order(rule, draft, due)),
    )  # fmt: skip


UNTIL_SHIPPED = frozenset({"unpaid_close"})
"""Clocks that mean nothing once the order is shipped."""


def _available(policy: Policy, may: Allowed) -> tuple[ActionView, ...]:
    return tuple(
        ActionView(
            action=item.action, until=item.until, fields=tuple(_fields(policy, item.action)),
            label=pack_words(
                policy.order_actions[item.action].provenance.labels, get_language() or "", action_name(item.action)
            ),
        )
        for item in may.available
    )  # fmt: skip


def _fields(policy: Policy, action: str) -> Iterator[FieldView]:
    for field in policy.order_actions[action].fields.values():
        yield FieldView(
            name=field.name, label=field_name(field.name), type=field.type, required=field.required,
            help=field_help(field.name),
        )  # fmt: skip


def _events(order: Order, numbers: dict[int, str]) -> tuple[OrderEventView, ...]:
    rows = OrderEvent.objects.filter(order=order).order_by("-pk").values_list("kind", "at", "case_id")
    return tuple(
        OrderEventView(
            kind=Worded(code=kind, text=name_of(ORDER_EVENTS, kind)), at=at, case=numbers.get(case_id or 0, "")
        )
        for kind, at, case_id in rows
    )
