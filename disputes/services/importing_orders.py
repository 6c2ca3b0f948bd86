"""Orders of an import: made, brought up to date, and their news told to the cases they concern."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from contract.clock import Clock
from disputes.feeds import LineRecord, OrderFacts, OrderKey, OrderRecord
from disputes.models import Case, Listing, Order, OrderLine
from disputes.services.importing_people import PLATFORMS_OF_FEED, Importer, buyer_of, check_sides, known_shop, shop_of
from disputes.services.importing_rows import Note, Result, RowRefused
from disputes.services.indexing import index_cases_of
from disputes.services.opening import lock_order
from disputes.services.writer import tell_cases
from disputes.snapshot import moment_text
from rules.engine.types import Stage

DEFAULT_PACKS: Final = {"taobao": "taobao.general", "xianyu": "xianyu.general", "aliexpress": "aliexpress"}

FIELDS: Final = {
    "status": "status", "paid": "paid", "freight": "freight", "paid_at": "paid_at", "shipped_at": "shipped_at",
    "signed_at": "signed_at", "completed_at": "completed_at", "received_at": "received_at",
    "promise_ends_at": "promise_ends_at", "receipt_ends_at": "receipt_ends_at", "carrier": "carrier",
    "tracking": "tracking", "destination": "destination_country", "delivery": "delivery",
    "shipping_carrier": "shipping_carrier", "booked_at": "booked_at", "digital_delivered_at": "digital_delivered_at",
    "code_viewed_at": "code_viewed_at",
}  # fmt: skip
"""Columns that later imports bring up to date, and where the record has them."""

TOLD: Final = {
    "signed_at": "carrier_signed", "digital_delivered_at": "digital_delivered", "code_viewed_at": "code_viewed",
}  # fmt: skip
"""Moments that open cases are told of when they are new, and as what."""

STATUS_ORDER: Final = [Order.Status.UNSHIPPED, Order.Status.SHIPPED, Order.Status.COMPLETED, Order.Status.CLOSED]


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """A fact about an order that its open cases are told."""

    kind: str
    at: datetime
    data: dict[str, Any]


def take_order(record: OrderRecord, who: Importer, *, pack: str | None) -> tuple[Result, tuple[Note, ...]]:
    """Make the order or bring it up to date. Raises RowRefused and what opening a shop raises."""
    order = Order.objects.filter(platform=record.platform, outside_id=record.outside_id).first()
    if order is None:
        make_order(record, who, pack=pack)
        return "created", ()
    order, now = lock_order(order.pk)
    check_same(order, record, who)
    news = news_of(order, record, now)
    if news and open_cases(order) and not who.administers(record.platform):
        raise RowRefused("only_administrators")
    changed = _update(order, record) | _update_lines(order, record, pack)
    told = tell(order, news)
    if changed:
        index_cases_of(order.pk)
    notes = (Note(code="cases_told", data={"count": told}),) if told else ()
    return ("updated" if changed else "unchanged"), notes


def make_order(record: OrderRecord, who: Importer, *, pack: str | None) -> Order:
    """A new order with its people, lines and listings. Raises RowRefused."""
    buyer, shop = buyer_of(record), shop_of(record, pack or record.lines[0].pack_hint or "", who)
    check_sides(buyer, shop)
    values = {column: _told(record, name) for column, name in FIELDS.items()}
    order = Order(
        platform=record.platform, outside_id=record.outside_id, buyer=buyer, buyer_outside_id=record.buyer.outside_id,
        shop=shop, currency=record.currency, created_at=record.created_at,
        **{name: value for name, value in values.items() if value is not None},
    )  # fmt: skip
    order.status = record.status or Order.Status.UNSHIPPED
    if order.paid is None:
        order.paid = sum((line.paid or 0 for line in record.lines), start=0)
    order.save()
    for line in record.lines:
        make_line(order, line, pack)
    return order


def make_line(order: Order, record: LineRecord, pack: str | None) -> OrderLine:
    """A line under the pack the importer chose, else the one its row points at, else the platform's ordinary one."""
    chosen = pack or record.pack_hint or DEFAULT_PACKS[order.platform]
    line = OrderLine.objects.create(
        order=order, outside_id=record.outside_id, title=record.title[:300], sku=record.sku[:300],
        product_id=record.product_id, quantity=record.quantity, unit_price=record.unit_price,
        paid=order.paid if record.paid is None else record.paid, pack=chosen,
        goods_type=record.goods_type or ("virtual" if chosen.endswith(".virtual") else "general"),
    )  # fmt: skip
    if record.snapshot is not None:
        _keep_listing(line, record)
    return line


def _keep_listing(line: OrderLine, record: LineRecord) -> None:
    told = record.snapshot
    assert told is not None
    Listing.objects.create(
        line=line, title=told.title[:300], description=told.description, condition=told.condition[:100],
        attributes=[list(pair) for pair in told.attributes], disclosed_flaws=told.disclosed_flaws,
        promises=list(told.promises), images=list(told.images), captured_at=told.captured_at,
    )  # fmt: skip


def check_same(order: Order, record: OrderRecord, who: Importer) -> None:
    """The known order is the one the row means, and the importer's to change. Raises RowRefused."""
    who.check_shop(order.shop, record.platform)
    if record.seller is not None:
        shop = known_shop(record.platform, record.seller)
        if shop is not None and shop.pk != order.shop_id:
            raise RowRefused("other_shop", field="seller")
    if buyer_of(record).pk != order.buyer_id:
        raise RowRefused("other_buyer", field="buyer")


def news_of(order: Order, record: OrderRecord, now: datetime) -> list[News]:
    """What the record tells of the order that its open cases do not know yet, in order of time."""
    found = []
    if _later(order.status, record.status) and record.status in ("shipped", "completed"):
        if order.status == Order.Status.UNSHIPPED and (record.shipped_at or record.status == "shipped"):
            found.append(News(kind="order_shipped", at=record.shipped_at or now, data={}))
        if record.status == "completed":
            found.append(News(kind="order_completed", at=record.completed_at or now, data={}))
    for name, kind in TOLD.items():
        at = getattr(record, name)
        if at and at != getattr(order, name):
            found.append(News(kind=kind, at=at, data={}))
    if record.promise_ends_at and record.promise_ends_at != order.promise_ends_at:
        found.append(News(kind="promise_changed", at=now, data={"promise_ends": moment_text(record.promise_ends_at)}))
    return sorted(found, key=lambda news: news.at)


def _later(before: str, after: str | None) -> bool:
    return after is not None and STATUS_ORDER.index(Order.Status(after)) > STATUS_ORDER.index(Order.Status(before))


def open_cases(order: Order) -> list[int]:
    """The unfinished cases of an order. What a shop imports never moves one: that is the marketplace's word."""
    return list(Case.objects.filter(order=order).exclude(stage=Stage.CLOSED).values_list("pk", flat=True))


def tell(order: Order, news: Sequence[News]) -> int:
    """Tell every unfinished case of a locked order; how many took any of it."""
    ids = open_cases(order) if news else []
    return max((tell_cases(ids, kind=each.kind, at=each.at, data=each.data) for each in news), default=0) if ids else 0


def _update(order: Order, record: OrderRecord) -> bool:
    """Take over what the record tells; what it leaves out stays, and a status never goes back."""
    changed = []
    for column, name in FIELDS.items():
        value = _told(record, name)
        if value is None or value == getattr(order, column) or (column == "status" and not _later(order.status, value)):
            continue
        setattr(order, column, value)
        changed.append(column)
    if changed:
        order.updated_at = Clock()
        order.save(update_fields=[*changed, "updated_at"])
    return bool(changed)


def _told(record: OrderRecord, name: str) -> Any:
    value = getattr(record, name, None)
    return None if value == "" else value


def _update_lines(order: Order, record: OrderRecord, pack: str | None) -> bool:
    known = {line.outside_id: line for line in order.lines.all()}
    changed = False
    for line in record.lines:
        if line.outside_id not in known:
            make_line(order, line, pack)
            changed = True
        else:
            changed |= _update_line(known[line.outside_id], line)
    return changed


def _update_line(line: OrderLine, record: LineRecord) -> bool:
    """The allocated payment may change and a listing may come later; what was bought does not."""
    changed = False
    if record.paid is not None and record.paid != line.paid:
        line.paid = record.paid
        line.save(update_fields=["paid"])
        changed = True
    if record.snapshot is not None and not Listing.objects.filter(line=line).exists():
        _keep_listing(line, record)
        changed = True
    return changed


def known_orders(keys: frozenset[OrderKey]) -> dict[OrderKey, OrderFacts]:
    """What the desk knows about orders that refund rows do not tell enough of."""
    rows = Order.objects.filter(
        platform__in=PLATFORMS_OF_FEED, outside_id__in=[outside_id for _platform, outside_id in keys]
    )
    return {
        (row.platform, row.outside_id): OrderFacts(status=row.status, promise_ends_at=row.promise_ends_at)  # type: ignore[arg-type]
        for row in rows
        if (row.platform, row.outside_id) in keys
    }
