"""Flat CSV of orders (one row a line of an order) and of refunds (one row a refund).

The first row names the columns: those of the native format, the fields of an order's line with `line_` before them, or
the Chinese names in `CHINESE`. Comma, semicolon and tab are understood, UTF-8 with and without a byte order mark,
UTF-16 with one, and GB18030. Times without an offset are in the platform's zone. A row's number is the line of a
spreadsheet in which the header is line 1.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from functools import partial
from typing import Final

from disputes.feeds.gathering import Gatherer
from disputes.feeds.native_orders import LINE_FIELDS, ORDER_FIELDS, read_order
from disputes.feeds.native_refunds import REFUND_FIELDS, read_refund
from disputes.feeds.reading import PACIFIC, SHANGHAI, Manner, Row
from disputes.feeds.records import ParseError
from disputes.feeds.values import kind_of, nearest_word, shown

CHINA: Final = Manner(zone=SHANGHAI, counts_as_text=True)
OVERSEAS: Final = Manner(zone=PACIFIC, counts_as_text=True)
PREFIX: Final = "line_"

ORDER_COLUMNS: Final = (ORDER_FIELDS - {"lines"}) | {PREFIX + name for name in LINE_FIELDS - {"listing"}}
REFUND_COLUMNS: Final = REFUND_FIELDS - {"aliases", "proposals", "journal"}
NEEDED_FOR_ORDERS: Final = ("order_id", "status", "created_at", "paid", "line_id", "line_title", "line_paid")
NEEDED_FOR_REFUNDS: Final = ("refund_id", "order_id", "stage", "remedy", "requested", "created_at")

CHINESE: Final = {
    "平台": "platform",
    "订单编号": "order_id",
    "退款编号": "refund_id",
    "买家昵称": "buyer_nick",
    "卖家昵称": "seller_nick",
    "店铺名称": "shop_name",
    "订单状态": "status",
    "币种": "currency",
    "实付款": "paid",
    "运费": "freight",
    "下单时间": "created_at",
    "付款时间": "paid_at",
    "发货时间": "shipped_at",
    "完成时间": "completed_at",
    "物流公司": "carrier",
    "物流单号": "tracking",
    "子订单编号": "line_id",
    "商品标题": "line_title",
    "数量": "line_quantity",
    "单价": "line_unit_price",
    "商品实付": "line_paid",
    "商品类型": "line_goods_type",
    "退款金额": "requested",
    "退款原因": "reason",
    "退款说明": "description",
    "申请时间": "created_at",
    "修改时间": "modified_at",
    "截止时间": "due_at",
}
"""Columns by their Chinese names; what a name means follows from the file, so 数量 of a refund is its quantity."""
CHINESE_OF_REFUNDS: Final = {
    "数量": "quantity",
    "商品标题": "title",
    "商品类型": "goods_type",
    "订单状态": "order_status",
}

_EXCEL_TEXT = re.compile(r'="(.*)"', re.DOTALL)


def gather(payload: object, gatherer: Gatherer) -> None:
    """Read the rows of a CSV file.

    Raises ParseError: `not_text`, `unknown_encoding`, `no_header`, `unknown_column`, `duplicate_column`,
    `missing_columns` or `not_csv` when the file as a whole cannot be read.
    """
    if not isinstance(payload, str | bytes):
        raise ParseError("not_text", format="csv", seen=kind_of(payload))
    table = _table(decode(payload))
    names = _names(next(table, (1, []))[1])
    if "refund_id" in names:
        _gather_refunds(names, table, gatherer)
    else:
        _gather_orders(names, table, gatherer)


def decode(payload: str | bytes) -> str:
    """The text of the file, whichever of the usual encodings a spreadsheet has saved it in."""
    if isinstance(payload, str):
        return payload.removeprefix("\ufeff")
    marked = payload.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ("utf-16",) if marked else ("utf-8-sig", "gb18030"):
        try:
            return payload.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise ParseError("unknown_encoding", format="csv")


def _table(text: str) -> Iterator[tuple[int, list[str]]]:
    """The file's non-empty rows, each with the number a spreadsheet shows."""
    header = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=header.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        for number, cells in enumerate(reader, start=1):
            if any(cell.strip() for cell in cells):
                yield number, [_cell(cell) for cell in cells]
    except csv.Error as error:
        raise ParseError("not_csv", format="csv", reason=str(error)) from error


def _cell(text: str) -> str:
    """A cell without the marks spreadsheets put round numbers to keep them text."""
    text = text.strip()
    match = _EXCEL_TEXT.fullmatch(text)
    if match:
        return match.group(1)
    return text[1:] if text.startswith("'") and text[1:].isdigit() else text


def _names(header: list[str]) -> list[str]:
    """The columns' names in our words."""
    raw = [cell.strip() for cell in header]
    if not any(raw):
        raise ParseError("no_header", format="csv")
    refunds = "refund_id" in raw or "退款编号" in raw
    words = CHINESE | CHINESE_OF_REFUNDS if refunds else CHINESE
    names = [words.get(name, name) for name in raw]
    columns, needed = (REFUND_COLUMNS, NEEDED_FOR_REFUNDS) if refunds else (ORDER_COLUMNS, NEEDED_FOR_ORDERS)
    for name in names:
        if name and name not in columns:
            raise ParseError("unknown_column", format="csv", column=shown(name), nearest=nearest_word(name, columns))
        if name and names.count(name) > 1:
            raise ParseError("duplicate_column", format="csv", column=name)
    missing = [name for name in needed if name not in names]
    if missing:
        raise ParseError("missing_columns", format="csv", columns=", ".join(missing))
    return names


def _row(names: list[str], number: int, cells: list[str]) -> Row:
    values = {name: cell for name, cell in zip(names, cells, strict=False) if name}
    values["platform"] = values.get("platform") or "taobao"
    manner = OVERSEAS if values["platform"] == "aliexpress" else CHINA
    row = Row(values, number=number, pointer=f"/{number}", manner=manner)
    if any(cells[len(names) :]):
        row.refuse("", "too_many_cells", columns=str(len(names)), cells=str(len(cells)))
    return row


def _gather_refunds(names: list[str], table: Iterator[tuple[int, list[str]]], gatherer: Gatherer) -> None:
    for number, cells in table:
        gatherer.add_refund(_row(names, number, cells), read_refund)


def _gather_orders(names: list[str], table: Iterator[tuple[int, list[str]]], gatherer: Gatherer) -> None:
    """Rows of one order are put together, wherever in the file they stand."""
    groups: dict[tuple[object, object], list[Row]] = {}
    for number, cells in table:
        row = _row(names, number, cells)
        key = (row.values["platform"], row.values.get("order_id") or number)
        groups.setdefault(key, []).append(row)
    for rows in groups.values():
        for row in rows[1:]:
            _join(rows[0], row)
        gatherer.add_order(rows[0], partial(read_order, lines=rows, prefix=PREFIX))


def _join(first: Row, row: Row) -> None:
    """Let a further row of an order share the first one's fate; what it says of the order has to agree."""
    first.problems |= row.problems
    row.problems = first.problems
    for name in ORDER_FIELDS & row.values.keys():
        if row.values[name] and row.values[name] != first.values.get(name):
            row.refuse(name, "contradicts_first_row", seen=shown(row.values[name]), first=str(first.number))
