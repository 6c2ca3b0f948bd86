"""The disputes of the demo: every stage of every pack, and the endings."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import cycle
from typing import Final

from disputes.demo import goods
from disputes.demo.plots import SETTINGS, Plot, Setting

Telling = Callable[[Plot], Plot]


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """A plot, and how many hours ago its last move was."""

    plot: Plot
    ended: float

    def start(self, now: datetime) -> datetime:
        """When it begins, so that its last move lies where it shall."""
        return now - timedelta(hours=self.ended) - self.plot.moves[-1].after


def _refused(plot: Plot) -> Plot:
    return plot.file().refuse()


def _agreed_return(plot: Plot) -> Plot:
    plot.file("return_and_refund").agree()
    if plot.setting.pack in ("tmall", "aliexpress"):
        plot.wait(3).does("seller", "set_return_address", address="浙江省示例市样本路 9 号 兰记退货仓")
    return plot


STAGES: Final[Mapping[str, tuple[Telling, float]]] = {
    "WAIT_SELLER": (lambda plot: plot.file(), 30),
    "SELLER_REFUSED": (_refused, 21),
    "INTERVENTION_REQUESTED": (lambda plot: _refused(plot).ask(), 11),
    "EVIDENCE": (lambda plot: _refused(plot).evidence(), 26),
    "SELLER_FOLLOWUP": (lambda plot: _refused(plot).followup(), 9),
    "REVIEW": (lambda plot: _refused(plot).review(), 50),
    "RULED": (lambda plot: _refused(plot).rule(), 2),
    "APPEAL_EVIDENCE": (lambda plot: _refused(plot).rule_for_seller().appeal(), 6),
    "RE_REVIEW": (lambda plot: _refused(plot).rule_for_seller().hand_in_appeal(), 14),
    "WAIT_BUYER_RETURN": (_agreed_return, 40),
    "WAIT_SELLER_RECEIPT": (lambda plot: _agreed_return(plot).send_back().wait(9).told("return_scanned"), 52),
    "WAIT_REPLACEMENT": (lambda plot: plot.to_replacement(), 10),
    "WAIT_BUYER_CHECK": (lambda plot: plot.to_check(), 18),
    "CLOSED": (lambda plot: _refused(plot).rule(amount="").paid(), 10),
}
"""How a case gets to each stage, and how long ago it did."""

NEGOTIATED: Final = (
    "WAIT_SELLER",
    "SELLER_REFUSED",
    "EVIDENCE",
    "REVIEW",
    "RULED",
    "APPEAL_EVIDENCE",
    "RE_REVIEW",
    "CLOSED",
)
RETURNED: Final = ("WAIT_BUYER_RETURN", "WAIT_SELLER_RECEIPT")
REPLACED: Final = ("WAIT_REPLACEMENT", "WAIT_BUYER_CHECK")
STAGES_OF: Final[Mapping[str, tuple[str, ...]]] = {
    "taobao.general": (*NEGOTIATED, "SELLER_FOLLOWUP", *RETURNED, *REPLACED),
    "taobao.virtual": (*NEGOTIATED, "SELLER_FOLLOWUP", *REPLACED),
    "tmall": (*NEGOTIATED, "INTERVENTION_REQUESTED", "SELLER_FOLLOWUP", *RETURNED, *REPLACED),
    "xianyu.general": (*NEGOTIATED, "SELLER_FOLLOWUP", *RETURNED, *REPLACED),
    "xianyu.virtual": (*NEGOTIATED, "SELLER_FOLLOWUP", *REPLACED),
    "aliexpress": (*NEGOTIATED, *RETURNED),
}
"""Every stage a case of a pack can be in."""

BUYERS: Final = ("ming", "qiu", "ming", "tang", "ming", "olive")


def every_stage() -> Iterator[Story]:
    """One case in each stage of each pack."""
    buyers = cycle(BUYERS)
    for pack, stages in STAGES_OF.items():
        for stage in stages:
            telling, ended = STAGES[stage]
            plot = Plot(SETTINGS[pack], buyer=next(buyers))
            if stage == "RULED":
                plot.product = plot.setting.dear
            yield Story(plot=telling(plot), ended=ended)


def _plot(pack: str, buyer: str = "ming", **changes: object) -> Plot:
    return Plot(SETTINGS[pack], buyer=buyer, **changes)  # type: ignore[arg-type]


def due_soon() -> Iterator[Story]:
    """Cases whose time is up today and tomorrow."""
    yield Story(plot=_plot("taobao.general").file(), ended=5 * 24 - 2)
    yield Story(plot=_plot("taobao.virtual", "qiu").file(), ended=3 * 24 - 5)
    yield Story(plot=_plot("xianyu.general", "tang").file(), ended=5 * 24 - 23)
    yield Story(plot=_refused(_plot("taobao.general")), ended=7 * 24 - 3)
    yield Story(
        plot=_plot("aliexpress", "olive").file(text="The clamp is plastic, the listing says aluminium."),
        ended=5 * 24 - 4,
    )
    unshipped = _plot("taobao.general", "tang", order={"shipped_at": None, "signed_at": None})
    yield Story(plot=unshipped.file(reason="OUT_OF_STOCK", text="说缺货，一直没发。"), ended=44)


def special() -> Iterator[Story]:
    """What only some cases show: a queued request, a standing offer, a missing address, an objection, late text."""
    yield Story(
        plot=_refused(_plot("taobao.virtual")).wait(2).does("buyer", "queues", action="request_intervention"), ended=20
    )
    offer = _refused(_plot("taobao.general", "qiu")).wait(3)
    offer.does("seller", "propose", remedy="partial_refund", amount="40.00", statement="补偿 40 元，您留着用可以吗？")
    yield Story(plot=offer.wait(2).does("buyer", "message", text="我想一想，明天答复。"), ended=16)
    yield Story(plot=_plot("tmall", "tang").file("return_and_refund").agree(), ended=20)
    objection = _agreed_return(_plot("taobao.general", "qiu")).send_back().wait(20).told("return_scanned").wait(20)
    objection.told("return_signed").wait(5).does(
        "seller",
        "object_return",
        statement="收到时杯口有缺口，不是我们发出的样子。",
        shows=("crack", "拆包时拍的照片。"),
    )
    yield Story(plot=objection, ended=12)
    late = (
        _refused(_plot("taobao.general", "tang")).review().wait(10).shows("buyer", "detail", "又找到一张当天的照片。")
    )
    yield Story(plot=late, ended=8)
    transit = _plot("aliexpress", "olive", order={"signed_at": None, "promise_ends_at": 24 * 9, "shipped_at": -24 * 14})
    yield Story(plot=transit.file(reason="IN_TRANSIT", text="Still on its way after two weeks."), ended=60)
    outside = _refused(_plot("xianyu.general", "qiu")).ask().wait(5)
    yield Story(
        plot=outside.does("buyer", "record_external_escalation", body="示例市消费者协会", reference="D-2026-001"),
        ended=15,
    )


def three_proposals() -> Iterator[Story]:
    """All three ways out stand side by side: the buyer's, the seller's counter-offer, and the platform's."""
    ming = _plot("aliexpress", product=goods.TENT)
    ming.file(text="Rain came through the outer tent in the first night; the listing says 3000 mm.")
    _countered(ming, "20.00", "It was a heavy storm. We can give back a part.")
    _platform_proposes(ming, "55.00", "The listing promises 3000 mm. Keep the tent, and 55 dollars go back.")
    yield Story(plot=ming, ended=7)
    olive = _plot("aliexpress", "olive").file(text="The clamp is plastic, the listing says aluminium.")
    _countered(olive, "12.00", "The frame itself is aluminium; only the clamp is not.")
    _platform_proposes(olive, "30.00", "The clamp is part of what was sold. Keep it, and 30 dollars go back.")
    yield Story(plot=olive, ended=13)
    mug = _plot("taobao.general").file(text="收到时杯口有一道裂纹，和详情页写的不一样，附上照片。")
    _countered(mug, "60.00", "发货前逐件检查过，裂纹可能是途中造成的。愿意补偿一半左右，商品您留着。")
    _platform_proposes(mug, "90.00", "照片显示裂纹在杯口，详情页未提及。建议部分退款，商品由买家保留。")
    yield Story(plot=mug, ended=4)


def _countered(plot: Plot, amount: str, text: str) -> Plot:
    refusal = "OTHER_SOLUTION" if plot.aliexpress else "AS_DESCRIBED"
    return plot.wait(20).does(
        "seller", "refuse", refusal=refusal, remedy="partial_refund", amount=amount, statement=text
    )


def _platform_proposes(plot: Plot, amount: str, text: str) -> Plot:
    return plot.evidence().wait(9).does("wu", "propose", remedy="partial_refund", amount=amount, statement=text)


def endings() -> Iterator[Story]:
    """Closed cases: by silence, agreement, withdrawal, return, ruling, second review; payouts in each state."""
    yield Story(plot=_plot("taobao.general").file().wait(5 * 24 + 1).paid(), ended=30)
    yield Story(
        plot=_plot("xianyu.general", "tang").file().agree().paid(succeeded=False, reason="收款账户已注销"), ended=9
    )
    yield Story(plot=_plot("taobao.general", "qiu").file().agree(), ended=3)
    yield Story(plot=_plot("tmall").file().wait(9).does("buyer", "withdraw"), ended=33)
    returned = (
        _agreed_return(_plot("tmall", "qiu")).send_back().wait(12).told("return_scanned").wait(24).told("return_signed")
    )
    yield Story(plot=returned.wait(8).does("seller", "confirm_return").paid(), ended=22)
    yield Story(plot=_plot("xianyu.virtual").to_check().wait(5).does("buyer", "confirm_replacement"), ended=40)
    changed = _refused(_plot("taobao.general")).rule_for_seller().hand_in_appeal().wait(20)
    changed.does(
        "he", "decide_appeal", decision="change", outcome="buyer_refund_only", amount=changed.goods.price,
        liable="seller", reasons="新的检查记录说明问题在发货前就有，改判退款。",
    )  # fmt: skip
    yield Story(plot=changed, ended=5)
    upheld = _refused(_plot("aliexpress", "olive")).rule_for_seller().hand_in_appeal().wait(30)
    upheld.does(
        "he", "decide_appeal", decision="uphold", reasons="The new record concerns another item; the ruling stands."
    )
    yield Story(plot=upheld, ended=26)
    approved = _refused(_plot("xianyu.general", product=SETTINGS["xianyu.general"].dear)).rule().wait(2)
    yield Story(plot=approved.does("zhou", "approve_ruling").paid(), ended=19)
    expired = _refused(_plot("taobao.virtual", "tang")).wait(3 * 24 + 2).does("marketplace", "time_passes")
    yield Story(plot=expired, ended=28)


def _between_people() -> Iterator[Story]:
    """Ning buys from Lan and sells to Ming; Shen sells beside Lan."""
    yield Story(plot=_plot("taobao.general", "ning").file(), ended=47)
    shelf = _elsewhere("xianyu.general", shop="ning-shelf", seller="ning")
    yield Story(plot=_refused(Plot(shelf)), ended=30)
    alley = _elsewhere("taobao.general", shop="shen-alley", seller="shen")
    yield Story(plot=_refused(Plot(alley, buyer="qiu")).review(), ended=27)


def _elsewhere(pack: str, *, shop: str, seller: str) -> Setting:
    known = SETTINGS[pack]
    return Setting(
        pack=pack, platform=known.platform, shop=shop, seller=seller, cheap=known.cheap, dear=known.dear,
        reason=known.reason, goods_type=known.goods_type, replacement=known.replacement,
    )  # fmt: skip


def all_stories() -> tuple[Story, ...]:
    return (*every_stage(), *due_soon(), *special(), *three_proposals(), *endings(), *_between_people())
