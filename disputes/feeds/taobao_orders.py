"""Orders as Taobao's open platform answers them: `taobao.trade.fullinfo.get` and `taobao.trades.sold.get`.

Amounts are yuan as text, or fen where a call gives whole numbers; times are Shanghai time without a zone. Receivers'
names, telephones and addresses are left where they are: the desk does not need them.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

from disputes.feeds.hints import pack_hint
from disputes.feeds.reading import SHANGHAI, Manner, Row
from disputes.feeds.records import GoodsType, LineRecord, OrderRecord, OrderStatus, OutsidePerson

MANNER: Final = Manner(zone=SHANGHAI, integers_are_cents=True)

ORDER_STATUS: Final[dict[str, OrderStatus]] = {
    "WAIT_SELLER_SEND_GOODS": "unshipped",
    "PAID_FORBID_CONSIGN": "unshipped",
    "SELLER_CONSIGNED_PART": "shipped",
    "WAIT_BUYER_CONFIRM_GOODS": "shipped",
    "TRADE_BUYER_SIGNED": "shipped",
    "TRADE_FINISHED": "completed",
    "TRADE_CLOSED": "closed",
    "TRADE_CLOSED_BY_TAOBAO": "closed",
}
UNPAID: Final = frozenset({"TRADE_NO_CREATE_PAY", "WAIT_BUYER_PAY", "PAY_PENDING", "WAIT_PRE_AUTH_CONFIRM"})
"""Nothing was paid yet, so nothing can be disputed."""
VIRTUAL_TRADES: Final = frozenset({"auto_delivery", "game_equipment"})
COUNTRY: Final = re.compile("[A-Z]{2}")


def person(row: Row, name: str) -> OutsidePerson:
    """Buyer or seller by nick, the only name all of Taobao's calls share."""
    nick = row.required_text(name, limit=64)
    return OutsidePerson(outside_id=nick, nick=nick)


def trade_status(row: Row, name: str) -> OrderStatus | None:
    """The order's status in our words; a row about an unpaid order is refused."""
    told = row.value(name)
    if isinstance(told, str) and told in UNPAID:
        row.refuse(name, "order_not_paid", seen=told)
        return None
    return row.choice(name, ORDER_STATUS)


def read_trade(row: Row) -> OrderRecord:
    """One trade; its lines under `orders`, or itself the only line when the call leaves them out."""
    status = trade_status(row, "status")
    row.require("status")
    goods_type: GoodsType | None = "virtual" if _is_virtual(row) else None
    lines = tuple(_read_line(line, goods_type) for line in row.children("orders", "order"))
    if not lines:
        row.refuse("orders", "missing")
    _refuse_repeated_lines(row, lines)
    carrier, tracking = _parcel(row)
    return OrderRecord(
        row=row.number,
        pointer=row.pointer,
        platform="taobao",
        outside_id=row.required_identifier("tid"),
        buyer=person(row, "buyer_nick"),
        seller=person(row, "seller_nick"),
        shop_name=row.text("title"),
        status=status,
        currency="CNY",
        paid=row.required_money("payment"),
        freight=row.money("post_fee") or Decimal("0.00"),
        created_at=row.required_moment("created"),
        paid_at=row.moment("pay_time"),
        shipped_at=row.moment("consign_time"),
        completed_at=row.moment("end_time") if status == "completed" else None,
        receipt_ends_at=row.moment("timeout_action_time") if status == "shipped" else None,
        carrier=carrier,
        tracking=tracking,
        destination_country=_country(row),
        lines=lines,
    )


def _is_virtual(row: Row) -> bool:
    return row.value("shipping_type") == "virtual" or row.text("type") in VIRTUAL_TRADES


def _country(row: Row) -> str:
    """The receiver's country where it is told as a code; a country's name in words is no fact to reckon with."""
    told = row.text("receiver_country", limit=64)
    return told if COUNTRY.fullmatch(told) else ""


def _read_line(row: Row, goods_type: GoodsType | None) -> LineRecord:
    """The allocated payment is `divide_order_fee`, else `payment`, which may hold freight and exceed `total_fee`."""
    seller_type = row.text("seller_type", limit=8)
    return LineRecord(
        outside_id=row.required_identifier("oid"),
        title=row.required_text("title"),
        quantity=row.count("num"),
        unit_price=row.money("price"),
        paid=row.required_money(row.first_told("divide_order_fee", "payment")),
        status=row.choice("status", ORDER_STATUS),
        goods_type=goods_type,
        product_id=row.identifier("num_iid"),
        sku=row.text("sku_properties_name"),
        seller_type=seller_type,
        pack_hint=pack_hint("taobao", seller_type=seller_type, goods_type=goods_type),
    )


def _refuse_repeated_lines(row: Row, lines: tuple[LineRecord, ...]) -> None:
    ids = [line.outside_id for line in lines]
    repeated = next((outside_id for outside_id in ids if outside_id and ids.count(outside_id) > 1), None)
    if repeated is not None:
        row.refuse("orders", "duplicate_line", seen=repeated)


def _parcel(row: Row) -> tuple[str, str]:
    """Carrier and tracking number of the first line that has one."""
    for line in row.children("orders", "order"):
        tracking = line.text("invoice_no", limit=64)
        if tracking:
            return line.text("logistics_company", limit=64), tracking
    return "", ""
