"""Gongduan's own import format, version 1: JSON, strict, every fact the desk can hold.

    {"format": "gongduan", "version": 1, "platform": "taobao", "orders": [...], "refunds": [...],
     "parcels": [...]}

`docs/native-format.md` lists every field. Amounts are decimal texts, times carry an offset, ids are texts or whole
numbers, and an unknown field is refused with the nearest known one. `platform` at the top is the default of rows
without one. The flat CSV form has the same names and is read by the same builders.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from disputes.feeds.gathering import Gatherer
from disputes.feeds.native_orders import ORDER_FIELDS, PLATFORMS, read_order
from disputes.feeds.native_parcels import PARCEL_FIELDS, read_parcel
from disputes.feeds.native_refunds import REFUND_FIELDS, read_refund
from disputes.feeds.reading import Manner, Row
from disputes.feeds.records import OrderRecord, ParseError
from disputes.feeds.values import kind_of, nearest_word, shown

MANNER: Final = Manner(zone=None)
TOP_FIELDS: Final = frozenset({"format", "version", "platform", "orders", "refunds", "parcels"})
LISTS: Final = {"orders": ORDER_FIELDS, "refunds": REFUND_FIELDS, "parcels": PARCEL_FIELDS}
NAME: Final = "gongduan"
VERSION: Final = 1


def gather(payload: object, gatherer: Gatherer) -> None:
    """Read the document's orders, refunds and parcels.

    Raises ParseError: `unknown_shape` when it is no such document, `unknown_version`, `unknown_field` or `not_a_list`
    when its frame is wrong; rows are refused one by one.
    """
    if not isinstance(payload, Mapping) or payload.keys().isdisjoint(LISTS):
        raise ParseError("unknown_shape", format="native", seen=kind_of(payload))
    _check_frame(payload)
    for name in LISTS:
        _gather_list(payload, name, gatherer)


def _check_frame(payload: Mapping[str, object]) -> None:
    unknown = sorted(str(name) for name in payload if name not in TOP_FIELDS)
    if unknown:
        first = unknown[0]
        raise ParseError("unknown_field", format="native", field=shown(first), nearest=nearest_word(first, TOP_FIELDS))
    if payload.get("format", NAME) != NAME:
        raise ParseError("unknown_shape", format="native", seen=shown(payload["format"]))
    version = payload.get("version", VERSION)
    if isinstance(version, bool) or version != VERSION:
        raise ParseError("unknown_version", format="native", seen=shown(version), known=str(VERSION))


def _gather_list(payload: Mapping[str, object], name: str, gatherer: Gatherer) -> None:
    items = payload.get(name)
    if items is not None and not isinstance(items, list):
        raise ParseError("not_a_list", format="native", field=name, seen=kind_of(items))
    platform = PLATFORMS.get(str(payload.get("platform")))
    if items == [] and platform and name != "refunds":
        gatherer.nothing_new.add((platform, name))
    for index, item in enumerate(items or []):
        number, pointer = gatherer.next_number(), f"/{name}/{index}"
        if not isinstance(item, Mapping):
            gatherer.refuse(number, pointer, "not_an_object", seen=kind_of(item))
            continue
        row = Row({"platform": payload.get("platform"), **item}, number=number, pointer=pointer, manner=MANNER)
        row.refuse_unknown(LISTS[name])
        if name == "orders":
            gatherer.add_order(row, _order_with_lines)
        elif name == "refunds":
            gatherer.add_refund(row, read_refund)
        else:
            gatherer.add_parcel(row, read_parcel)


def _order_with_lines(row: Row) -> OrderRecord:
    return read_order(row, row.children("lines"))
