"""What happens in one dispute of the demo: a list of moves, each some hours after the first."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final, Self

from disputes.demo import goods
from disputes.demo.goods import Product


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """Where the disputes of a pack happen and what they are about."""

    pack: str
    platform: str
    shop: str
    seller: str
    cheap: Product
    dear: Product
    """Above the amount for which a ruling needs a second person."""
    reason: str
    goods_type: str = "general"
    currency: str = "CNY"
    replacement: str = ""
    """The remedy that sends something again; empty where the platform knows none."""
    returns: bool = True


SETTINGS: Final = {
    setting.pack: setting
    for setting in (
        Setting(
            pack="taobao.general", platform="taobao", shop="lan-home", seller="lan", cheap=goods.MUG, dear=goods.COAT,
            reason="NOT_AS_DESCRIBED", replacement="exchange",
        ),
        Setting(
            pack="taobao.virtual", platform="taobao", shop="lan-home", seller="lan", cheap=goods.COURSE,
            dear=goods.STUDIO, reason="NOT_AS_DESCRIBED", goods_type="virtual", replacement="replacement_card",
            returns=False,
        ),
        Setting(
            pack="tmall", platform="tmall", shop="lan-flagship", seller="lan", cheap=goods.KETTLE, dear=goods.COAT,
            reason="NOT_AS_DESCRIBED", replacement="exchange",
        ),
        Setting(
            pack="xianyu.general", platform="xianyu", shop="lan-attic", seller="lan", cheap=goods.CHAIR,
            dear=goods.CAMERA, reason="NOT_AS_DESCRIBED", replacement="exchange",
        ),
        Setting(
            pack="xianyu.virtual", platform="xianyu", shop="lan-attic", seller="lan", cheap=goods.GIFT_CARD,
            dear=goods.BIG_GIFT_CARD, reason="GC_UNUSABLE", goods_type="gift_card", replacement="replacement_card",
            returns=False,
        ),
        Setting(
            pack="aliexpress", platform="aliexpress", shop="lan-global", seller="lan", cheap=goods.PHONE_CAGE,
            dear=goods.PROJECTOR, reason="NOT_AS_DESCRIBED", currency="USD",
        ),
    )
}  # fmt: skip


FILED: Final = "收到的东西和详情页写的不一样，附上照片，请看一下。"
REFUSED: Final = "发出前逐件检查过，与描述一致，不同意退款。"
ASKED: Final = "协商不成，请平台看一下双方的凭证。"
FOR_BUYER: Final = "买家的照片拍得清楚，与详情页的说明对不上；卖家的材料没有说明这一处差别，因此支持退款。"
FOR_SELLER: Final = "卖家的材料与详情页一致，买家的照片看不出差别，因此不支持退款。"


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """One thing somebody does, or the marketplace tells."""

    after: timedelta
    """Since the story's first move."""
    who: str
    action: str
    data: dict[str, Any]


@dataclass(slots=True)
class Plot:
    """A story being told, move by move; the time goes on between them."""

    setting: Setting
    buyer: str = "ming"
    product: Product | None = None
    order: dict[str, Any] = field(default_factory=dict)
    """Hours after the first move at which something happened to the order, by field; None for never."""
    moves: list[Move] = field(default_factory=list)
    hours: float = 0

    @property
    def goods(self) -> Product:
        return self.product or self.setting.cheap

    @property
    def virtual(self) -> bool:
        return not self.setting.returns

    @property
    def aliexpress(self) -> bool:
        return self.setting.pack == "aliexpress"

    def words(self, chinese: str, english: str) -> str:
        """What people of this platform would write."""
        return english if self.aliexpress else chinese

    def wait(self, hours: float) -> Self:
        self.hours += hours
        return self

    def until(self, hours: float) -> Self:
        """Wait until so many hours after the first move, if that is still to come."""
        self.hours = max(self.hours, hours)
        return self

    def does(self, who: str, action: str, /, **data: Any) -> Self:
        """Somebody by name, or `buyer` or `seller`, acts; the next move comes a little later."""
        name = {"buyer": self.buyer, "seller": self.setting.seller}.get(who, who)
        self.moves.append(Move(after=timedelta(hours=self.hours), who=name, action=action, data=data))
        return self.wait(0.05)

    def told(self, kind: str, **data: Any) -> Self:
        """The marketplace tells a fact about the parcel or the goods."""
        return self.does("marketplace", "told", kind=kind, data=data)

    # The usual moves

    def file(self, remedy: str = "refund_only", *, reason: str = "", amount: str = "", text: str = "") -> Self:
        return self.does(
            "buyer", "file", remedy=remedy, reason=reason or self.setting.reason, amount=amount or self.goods.price,
            text=text or self.words(FILED, "What arrived is not what the listing shows."),
        )  # fmt: skip

    def refuse(self) -> Self:
        text = self.words(REFUSED, "Every piece is checked before it leaves, and this one was as described.")
        refusal = "AS_DESCRIBED" if not self.aliexpress else "OTHER_SOLUTION"
        return self.wait(20).does("seller", "refuse", refusal=refusal, statement=text)

    def ask(self, who: str = "buyer") -> Self:
        """Ask the platform in: virtual goods must wait for the gate three days after filing, Tmall wants evidence."""
        if self.virtual and who == "buyer":
            self.until(73)
        shows = ("detail", self.words("图中标出的地方与详情页不同。", "The marked spot differs from the listing."))
        return self.wait(4).does(
            who,
            "request_intervention",
            statement=self.words(ASKED, "We cannot agree. Please look at what both of us have."),
            shows=None if self.aliexpress else shows,
        )

    def evidence(self) -> Self:
        """Up to the evidence period."""
        self.ask()
        if self.setting.pack == "tmall":
            self.wait(5).does("wu", "admit", statement="材料齐全，受理。")
        if self.aliexpress:
            self.wait(6).does(
                "wu", "request_evidence", **{"from": "both", "statement": "Please both show what you have."}
            )
        return self

    def followup(self) -> Self:
        """Up to the seller's day after the buyer alone had to prove."""
        self.evidence()
        if self.setting.pack in ("tmall", "xianyu.virtual"):
            self.wait(2).does("wu", "change_evidence_from", **{"from": "buyer", "statement": "先由买家举证。"})
        text = "兑换页面的录屏截图。" if self.virtual else "详情页截图，与实物不同的地方已标出。"
        return self.wait(5).shows("buyer", "screen", text).wait(1).does("buyer", "complete_evidence")

    def review(self) -> Self:
        """Up to the platform's opinion."""
        if self.aliexpress:
            return self.ask()
        if self.setting.pack == "tmall":
            return (
                self.evidence().wait(8).shows("seller", "report", "出厂质检报告。").does("seller", "complete_evidence")
            )
        if self.setting.pack == "xianyu.virtual":
            self.evidence().wait(6).does("buyer", "complete_evidence")
            return self.wait(3).shows("seller", "screen", "发码记录。").does("seller", "complete_evidence")
        self.followup().wait(6).shows("seller", "packing", "打包时的照片，商品与详情页一致。")
        return self.does("seller", "complete_evidence")

    def rule(self, outcome: str = "buyer_refund_only", amount: str = "", **more: Any) -> Self:
        """Up to the ruling."""
        told = {
            "outcome": outcome, "amount": amount or self.goods.price, "liable": "seller", "clause": "示例规则 3.2",
            "reasons": self.words(FOR_BUYER, "The buyer shows clearly what differs; the seller does not explain it."),
        }  # fmt: skip
        return self.review().wait(7).does("wu", "rule", **{**told, **more})

    def rule_for_seller(self) -> Self:
        reasons = self.words(FOR_SELLER, "The seller's record agrees with the listing; no difference is shown.")
        return self.rule("seller", "0.00", liable="buyer", reasons=reasons)

    def appeal(self, who: str = "buyer") -> Self:
        return self.wait(5).does(
            who, "appeal", statement=self.words("有新的材料，请复审。", "There is something new. Please look again.")
        )

    def hand_in_appeal(self, who: str = "buyer") -> Self:
        return (
            self.appeal(who)
            .wait(4)
            .does(
                who,
                "submit_appeal",
                statement=self.words("这份新材料上次没有。", "This was not there before."),
                shows=("second", self.words("第三方的检查记录。", "A third party's record of the inspection.")),
            )
        )

    def shows(self, who: str, subject: str, text: str, slot: str = "") -> Self:
        return self.does(who, "shows", shows=(subject, text), slot=slot)

    def agree(self, **data: Any) -> Self:
        return self.wait(15).does("seller", "accept", **data)

    def send_back(self) -> Self:
        return self.wait(20).does(
            "buyer", "ship_return", tracking="YT0000000001", carrier="示例快递", return_carrier="express"
        )

    def to_replacement(self) -> Self:
        """Up to the seller sending something again: an exchange travels back first."""
        remedy = self.setting.replacement
        self.file(remedy).agree()
        if remedy == "exchange":
            if self.setting.pack == "tmall":
                self.wait(3).does("seller", "set_return_address", address="浙江省示例市样本路 9 号 兰记退货仓")
            self.send_back().wait(20).told("return_scanned").wait(30).told("return_signed")
            self.wait(4).does("seller", "confirm_return")
        return self

    def to_check(self) -> Self:
        """Up to the buyer looking at what was sent again."""
        self.to_replacement().wait(6)
        tracking = {} if self.virtual else {"tracking": "YT0000000002", "carrier": "示例快递"}
        self.does("seller", "send_replacement", **tracking)
        return self if self.virtual else self.wait(30).told("replacement_signed")

    def paid(self, *, succeeded: bool = True, reason: str = "") -> Self:
        """The marketplace answers the payout."""
        return self.wait(2).does("root", "paid", succeeded=succeeded, reason=reason, reference="DEMO-PAYOUT")
