"""Orders of the native and CSV formats."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final, get_args

from disputes.feeds.hints import pack_hint
from disputes.feeds.reading import Row
from disputes.feeds.records import (
    Delivery,
    GoodsType,
    LineRecord,
    ListingRecord,
    OrderRecord,
    OrderStatus,
    OutsidePerson,
    Platform,
    ShippingCarrier,
)
from disputes.feeds.values import storable

PLATFORMS: Final[dict[str, Platform]] = {
    "taobao": "taobao",
    "tmall": "taobao",
    "xianyu": "xianyu",
    "aliexpress": "aliexpress",
}
"""Tmall's orders live on Taobao's platform under the same ids; naming Tmall says what the seller is."""
STATUSES: Final[dict[str, OrderStatus]] = {status: status for status in get_args(OrderStatus)}
DELIVERIES: Final[dict[str, Delivery]] = {kind: kind for kind in get_args(Delivery)}
SHIPPING_CARRIERS: Final[dict[str, ShippingCarrier]] = {kind: kind for kind in get_args(ShippingCarrier)}
GOODS_TYPES: Final[dict[str, GoodsType]] = {kind: kind for kind in get_args(GoodsType)}
SELLER_TYPES: Final = {"B": "B", "C": "C"}
PACKS: Final = {
    name: name
    for name in ("taobao.general", "taobao.virtual", "tmall", "xianyu.general", "xianyu.virtual", "aliexpress")
}
COUNTRY: Final = re.compile("[A-Z]{2}")
CURRENCY: Final = re.compile("[A-Z]{3}")

ORDER_FIELDS: Final = frozenset(
    "platform order_id buyer_id buyer_nick seller_id seller_nick shop_name status currency paid freight created_at"
    " paid_at shipped_at signed_at completed_at received_at promise_ends_at receipt_ends_at carrier tracking"
    " delivery shipping_carrier booked_at digital_delivered_at code_viewed_at destination_country"
    " lines".split()
)
LINE_FIELDS: Final = frozenset(
    "id title quantity unit_price paid status goods_type product_id sku seller_type pack listing".split()
)
LISTING_FIELDS: Final = frozenset(
    "title description attributes condition disclosed_flaws promises images captured_at".split()
)


def read_order(row: Row, lines: list[Row], *, prefix: str = "") -> OrderRecord:
    """One order with its lines; `prefix` is what the names of the lines' fields begin with."""
    status = row.choice("status", STATUSES)
    row.require("status")
    if not lines:
        row.refuse("lines", "missing")
    platform = read_platform(row)
    records = tuple(read_line(line, platform, row, prefix=prefix) for line in lines)
    _refuse_repeated(lines, records, f"{prefix}id")
    return OrderRecord(
        row=row.number,
        pointer=row.pointer,
        platform=platform,
        outside_id=row.required_identifier("order_id"),
        buyer=read_person(row, "buyer"),
        seller=read_person(row, "seller"),
        shop_name=row.text("shop_name"),
        status=status,
        currency=read_currency(row),
        paid=row.required_money("paid"),
        freight=row.money("freight") or Decimal("0.00"),
        created_at=row.required_moment("created_at"),
        paid_at=row.moment("paid_at"),
        shipped_at=row.moment("shipped_at"),
        signed_at=row.moment("signed_at"),
        completed_at=row.moment("completed_at"),
        received_at=row.moment("received_at"),
        promise_ends_at=row.moment("promise_ends_at"),
        receipt_ends_at=row.moment("receipt_ends_at"),
        carrier=row.text("carrier", limit=64),
        tracking=row.text("tracking", limit=64),
        delivery=row.choice("delivery", DELIVERIES),
        shipping_carrier=row.choice("shipping_carrier", SHIPPING_CARRIERS),
        booked_at=row.moment("booked_at"),
        digital_delivered_at=row.moment("digital_delivered_at"),
        code_viewed_at=row.moment("code_viewed_at"),
        destination_country=_country(row),
        lines=records,
    )


def read_line(row: Row, platform: Platform, order: Row, *, prefix: str = "") -> LineRecord:
    """One line; its pack is the one named, else follows from platform, seller and kind of goods."""
    if not prefix:
        row.refuse_unknown(LINE_FIELDS)
    goods_type = row.choice(f"{prefix}goods_type", GOODS_TYPES)
    seller_type = row.choice(f"{prefix}seller_type", SELLER_TYPES) or (
        "B" if order.value("platform") == "tmall" else ""
    )
    pack = row.choice(f"{prefix}pack", PACKS)
    return LineRecord(
        outside_id=row.required_identifier(f"{prefix}id"),
        title=row.required_text(f"{prefix}title"),
        quantity=row.count(f"{prefix}quantity"),
        unit_price=row.money(f"{prefix}unit_price"),
        paid=row.required_money(f"{prefix}paid"),
        status=row.choice(f"{prefix}status", STATUSES),
        goods_type=goods_type,
        product_id=row.identifier(f"{prefix}product_id"),
        sku=row.text(f"{prefix}sku"),
        seller_type=seller_type,
        pack_hint=pack or pack_hint(platform, seller_type=seller_type, goods_type=goods_type),
        snapshot=_listing(row, f"{prefix}listing"),
    )


def read_platform(row: Row) -> Platform:
    row.require("platform")
    return row.choice("platform", PLATFORMS) or "taobao"


def read_currency(row: Row) -> str:
    currency = row.text("currency", limit=16) or "CNY"
    if not CURRENCY.fullmatch(currency):
        row.refuse("currency", "not_a_currency", seen=currency)
    return currency


def read_person(row: Row, who: str) -> OutsidePerson:
    """A person by id and nick; the nick stands for an id that is not given, as on Taobao."""
    nick = row.text(f"{who}_nick", limit=64)
    outside_id = row.text(f"{who}_id", limit=64) or nick
    if not outside_id and row.value(f"{who}_id") is None:
        row.refuse(f"{who}_id", "missing")
    return OutsidePerson(outside_id=outside_id, nick=nick or outside_id)


def _country(row: Row) -> str:
    country = row.text("destination_country", limit=64)
    if country and not COUNTRY.fullmatch(country):
        row.refuse("destination_country", "not_a_country", seen=country)
    return country


def _listing(row: Row, name: str) -> ListingRecord | None:
    listing = row.child(name)
    if listing is None:
        return None
    listing.refuse_unknown(LISTING_FIELDS)
    return ListingRecord(
        title=listing.required_text("title"),
        description=listing.text("description", limit=100_000),
        attributes=_attributes(listing),
        condition=listing.text("condition"),
        disclosed_flaws=listing.text("disclosed_flaws", limit=20_000),
        promises=listing.texts("promises"),
        images=listing.texts("images"),
        captured_at=listing.moment("captured_at"),
    )


def _attributes(listing: Row) -> tuple[tuple[str, str], ...]:
    attributes = listing.child("attributes")
    if attributes is None:
        return ()
    return tuple((storable(str(name)), attributes.text(str(name))) for name in attributes.values)


def _refuse_repeated(rows: list[Row], lines: tuple[LineRecord, ...], field: str) -> None:
    seen: set[str] = set()
    for row, line in zip(rows, lines, strict=True):
        if line.outside_id and line.outside_id in seen:
            row.refuse(field, "duplicate_line", seen=line.outside_id)
        seen.add(line.outside_id)
