"""Which pack a line's disputes fall under, from what its row says (platform-rules 10.2, item 23)."""

from __future__ import annotations

from disputes.feeds.records import GoodsType, Platform


def pack_hint(platform: Platform, *, seller_type: str = "", goods_type: GoodsType | None = None) -> str | None:
    """The pack's name, or None when the row does not tell; virtual only when the row or its listing says so.

    On Taobao the seller's letter decides first (B is a Tmall shop, and Tmall has no pack of its own for virtual goods).
    """
    not_goods = goods_type in ("virtual", "gift_card")
    if platform == "aliexpress":
        return "aliexpress"
    if platform == "xianyu":
        return "xianyu.virtual" if not_goods else "xianyu.general"
    if seller_type == "B":
        return "tmall"
    if not_goods:
        return "taobao.virtual"
    return "taobao.general" if seller_type == "C" or goods_type == "general" else None
