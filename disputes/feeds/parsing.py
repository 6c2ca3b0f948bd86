"""The entrance: which reader a payload goes to."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from disputes.feeds import aliexpress, csv_rows, native, taobao
from disputes.feeds.gathering import Gatherer, KnownOrders, no_known_orders
from disputes.feeds.records import ParseError, ParseResult
from disputes.feeds.values import nearest_word, shown

FORMATS: Final[Mapping[str, Callable[[object, Gatherer], None]]] = MappingProxyType(
    {
        "taobao": taobao.gather,
        "aliexpress": aliexpress.gather,
        "native": native.gather,
        "csv": csv_rows.gather,
    }
)
"""The readers by the name of their format; each finds out by itself which call answered."""


def parse(format_name: str, payload: object, *, known_orders: KnownOrders = no_known_orders) -> ParseResult:
    """Turn an outside payload into records and the errors of refused rows.

    `payload` is decoded JSON, or the JSON or CSV file itself as text or bytes. `known_orders` is asked at most once,
    for the orders of rows that leave out a fact our rule needs; rows that still lack one are refused naming the field.

    Raises ParseError, and nothing else, when the payload as a whole cannot be read: `unknown_format`, `not_json`,
    `unknown_shape`, or what the format's reader names.
    """
    reader = FORMATS.get(format_name)
    if reader is None:
        nearest = nearest_word(format_name, FORMATS)
        raise ParseError("unknown_format", format=shown(format_name), nearest=nearest, known=", ".join(FORMATS))
    gatherer = Gatherer()
    reader(payload if format_name == "csv" else _decoded(payload, format_name), gatherer)
    return gatherer.result(known_orders)


def _decoded(payload: object, format_name: str) -> object:
    if not isinstance(payload, str | bytes):
        return payload
    try:
        return json.loads(
            payload.removeprefix(b"\xef\xbb\xbf") if isinstance(payload, bytes) else payload.lstrip("\ufeff")
        )
    except (ValueError, RecursionError) as error:
        raise ParseError("not_json", format=format_name, reason=shown(str(error))) from error
