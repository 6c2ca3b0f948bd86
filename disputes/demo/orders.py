"""The demo's orders, in the native import format: those disputes are about, and those nobody disputes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from disputes.demo.goods import Product
from disputes.demo.people import People
from disputes.demo.plots import SETTINGS, Setting
from disputes.demo.stories import Story

FIRST: Final = "DEMO-0001"
LEAD: Final = timedelta(minutes=10)
"""How long before its day begins a batch of orders comes in."""
USUAL: Final[dict[str, float | None]] = {
    "created_at": -24 * 9,
    "paid_at": -24 * 9,
    "shipped_at": -24 * 8,
    "signed_at": -24 * 3,
}
OVERSEAS: Final[dict[str, float | None]] = {
    "created_at": -24 * 30, "paid_at": -24 * 30, "shipped_at": -24 * 28, "signed_at": -24 * 4,
    "promise_ends_at": 24 * 20, "receipt_ends_at": 24 * 30,
}  # fmt: skip
"""Hours from a story's first move at which things happen to its order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Orders imported together."""

    at: datetime
    payload: dict[str, Any]


def order_number(index: int) -> str:
    return f"DEMO-{index + 1:04}"


def batches(stories: list[Story], people: People, now: datetime) -> list[Batch]:
    """The stories' orders by the day they begin on, imported before the first of that day; the quiet ones now."""
    days: dict[Any, list[tuple[datetime, dict[str, Any]]]] = {}
    for index, story in enumerate(stories):
        start = story.start(now)
        told = _order(
            order_number(index), story.plot.setting, story.plot.goods, story.plot.buyer, start, story.plot.order
        )
        days.setdefault(start.date(), []).append((start, told))
    found = [_batch(min(at for at, _told in day) - LEAD, [told for _at, told in day]) for day in days.values()]
    quiet = [_quiet(len(stories) + position, each, now) for position, each in enumerate(QUIET)]
    return [*found, _batch(now - timedelta(hours=1), quiet)]


def _batch(at: datetime, orders: Iterable[dict[str, Any]]) -> Batch:
    return Batch(at=at, payload={"format": "gongduan", "version": 1, "orders": list(orders)})


def _order(
    number: str, setting: Setting, product: Product, buyer: str, start: datetime, changes: dict[str, Any]
) -> dict[str, Any]:
    usual = OVERSEAS if setting.platform == "aliexpress" else USUAL
    if setting.goods_type != "general":
        usual = {**usual, "signed_at": None}
    hours = {**usual, **changes}
    times = {name: (start + timedelta(hours=value)).isoformat() for name, value in hours.items() if value is not None}
    status = "completed" if "completed_at" in times else "shipped" if "shipped_at" in times else "unshipped"
    line = {
        "id": f"{number}-1", "title": product.title, "quantity": 1, "unit_price": product.price, "paid": product.price,
        "goods_type": setting.goods_type, "pack": setting.pack, "listing": product.listing(times["created_at"]),
    }  # fmt: skip
    parcel = {"carrier": "示例快递", "tracking": f"YT{number[5:]}"} if status != "unshipped" else {}
    country = "US" if setting.currency == "USD" else "CN"
    return {
        "platform": setting.platform, "order_id": number, "buyer_id": buyer, "seller_id": setting.shop,
        "status": status, "currency": setting.currency, "paid": product.price, "destination_country": country,
        "lines": [line], **parcel, **times,
    }  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class QuietOrder:
    """An order nobody disputes: what may be filed on it differs."""

    pack: str
    buyer: str = "ming"
    ordered: float
    """Days ago; so for the others. Negative is to come."""
    shipped: float | None = None
    signed: float | None = None
    completed: float | None = None
    promised: float | None = None
    confirms_itself: float | None = None

    @property
    def hours(self) -> dict[str, float | None]:
        days = {
            "created_at": self.ordered, "paid_at": self.ordered, "shipped_at": self.shipped, "signed_at": self.signed,
            "completed_at": self.completed, "promise_ends_at": self.promised, "receipt_ends_at": self.confirms_itself,
        }  # fmt: skip
        return {name: None if value is None else -24 * value for name, value in days.items()}


QUIET: Final = (
    QuietOrder(pack="taobao.general", ordered=1),
    QuietOrder(pack="taobao.general", ordered=4, shipped=3),
    QuietOrder(pack="taobao.general", ordered=6, shipped=5, signed=2),
    QuietOrder(pack="tmall", ordered=9, shipped=8, signed=4, completed=2),
    QuietOrder(pack="xianyu.general", ordered=40, shipped=39, signed=35, completed=30),
    QuietOrder(pack="taobao.virtual", ordered=2, shipped=1.9),
    QuietOrder(pack="xianyu.virtual", buyer="qiu", ordered=3, shipped=2.9),
    QuietOrder(pack="aliexpress", buyer="olive", ordered=8, shipped=6, promised=-12, confirms_itself=-40),
    QuietOrder(pack="aliexpress", buyer="olive", ordered=28, shipped=26, promised=-2, confirms_itself=-4),
    QuietOrder(pack="taobao.general", buyer="ning", ordered=5, shipped=4, signed=1),
)
"""Not shipped, on the way, signed for, completed within and after the window, codes sent, a parcel in transit."""


def _quiet(index: int, quiet: QuietOrder, now: datetime) -> dict[str, Any]:
    setting = SETTINGS[quiet.pack]
    return _order(order_number(index), setting, setting.cheap, quiet.buyer, now, quiet.hours)
