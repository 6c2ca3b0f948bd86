"""The platforms' own reasons and the codes of our packs (platform-rules 2.4, 5.1 and 6.3).

Keys are folded by `fold`: without spaces, punctuation, letter case and the level AliExpress appends after an @.
What is not here opens as OTHER and is listed for an administrator to map.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import Final

OTHER: Final = "OTHER"


def fold(raw: str) -> str:
    """A reason's text reduced to letters, digits and ideographs, so that spelling variants meet."""
    plain = unicodedata.normalize("NFKC", raw).partition("@")[0].casefold()
    return "".join(letter for letter in plain if letter.isalnum())


def _table(groups: Mapping[str, str]) -> Mapping[str, str]:
    return {fold(raw): code for code, reasons in groups.items() for raw in reasons.split("|")}


TAOBAO: Final = _table(
    {
        "NO_REASON_7D": (
            "七天无理由退换货|七天无理由退货|七天无理由|7天无理由退换货|7天无理由退货|7天无理由|7天无理由退款"
        ),
        "CHANGE_OF_MIND": (
            "不想要了|不喜欢/不想要|不喜欢|拍错了|多拍/拍错/不想要|多拍/错拍/不想要|拍错/多拍/不想要|我不想要了"
            "|信息填写错误|地址/电话信息填写错误|拍错/多拍|拍多了|不喜欢/效果不好|尺寸拍错/不喜欢/效果差"
        ),
        "MUTUAL": ("协商一致退款|与卖家协商一致退款|协商一致|与商家协商一致退款"),
        "LATE_SHIPMENT": (
            "未按约定时间发货|卖家未按约定时间发货|未按约定时间发货/缺货|商家未按约定时间发货|卖家发货太慢|一直未发货"
        ),
        "OUT_OF_STOCK": ("缺货|卖家缺货|商家缺货|商品缺货"),
        "NOT_RECEIVED": (
            "未收到货|没有收到货|空包裹|快递一直未送达|快递/物流一直未送到|快递/物流无跟踪记录|空包裹/未收到货"
            "|快递丢失|包裹丢失|物流一直未更新|虚假发货"
        ),
        "NOT_AS_DESCRIBED": (
            "商品与描述不符|收到商品描述不符|描述不符|大小/尺寸与商品描述不符|颜色/款式/图案与描述不符"
            "|材质与商品描述不符|颜色/图案/款式与商品描述不符|功能/效果不符|生产日期/保质期描述不符"
            "|材质/面料与商品描述不符|大小尺寸与商品描述不符|重量与描述不符|材质不符|尺码不符|颜色不符"
            "|收到商品与描述不符"
        ),
        "QUALITY": (
            "质量问题|商品质量问题|商品变质/发霉/有异物|变质|做工粗糙/有瑕疵|做工瑕疵|性能故障|功能故障|褪色|缩水"
            "|有瑕疵|食品变质"
        ),
        "DAMAGED": (
            "商品破损|收到商品破损|收到商品时有划痕或破损|包装/商品破损/污渍|包装/商品破损|商品破损/少件|破损"
            "|污渍|货物破损已拒签"
        ),
        "MISSING_WRONG": ("少件/漏发|卖家发错货|商品错发/漏发|少发|漏发|发错货|少件|配件破损/少件|商家发错货|商品少件"),
        "COUNTERFEIT": ("假冒品牌|收到假货|假货|非正品|商品假冒"),
        "INVOICE": ("发票问题|未提供发票|未开发票|卖家不开发票"),
        "FREIGHT": ("退运费|运费退还|邮费退还|退邮费|退还运费"),
        "REPAIR": ("维修|商品维修|需要维修"),
        "OTHER": ("其他|其它|其他原因|其它原因"),
    }
)

GIFT_CARDS: Final = _table(
    {
        "GC_AUTHENTICITY": ("对真伪有疑问|来源不明|真伪问题|怀疑卡券来源|卡券来源不明"),
        "GC_UNUSABLE": ("卡券已过期|无法兑换|卡券无法使用|卡密无效|已过期|卡密无法使用|卡券过期"),
        "GC_VALUE": ("面值不符|余额不符|与描述价值不符|卡券面值不符|余额不足"),
        "GC_BUYER_REASON": ("个人原因|拍错了|不想要了|多拍/拍错/不想要|不喜欢/不想要"),
        "GC_OTHER": ("修改地址|更改收货地址|其他|其它|其他原因"),
    }
)

ALIEXPRESS: Final = _table(
    {
        "IN_TRANSIT": (
            "In transit|Package in transit|Goods still in transit|The package is still in transit"
            "|Shipment in transit|货物仍然在运输途中|运输途中|包裹在途"
        ),
        "TRACKING_NOT_FOUND": (
            "Tracking not found|No tracking information|Tracking number not found|The tracking number is invalid"
            "|运单号无法查询到物流信息|无法查询物流信息"
        ),
        "LOST": ("Package lost|Parcel lost|Lost|Lost package|Goods lost|货物丢失|包裹丢失"),
        "RETURNED": ("Returned|Package returned|Returned to seller|Goods returned to sender|包裹退回|货物被退回"),
        "WRONG_ADDRESS": ("Wrong address|Delivered to wrong address|Sent to a wrong address|发错地址|发往错误地址"),
        "CUSTOMS": ("Customs|Customs problem|Held by customs|Customs clearance problem|Customs detention|海关扣关"),
        "NOT_AS_DESCRIBED": (
            "Description differs|Not as described|Product not as described|Color not as described"
            "|Size not as described|Material not as described|Style not as described|Image not as described"
            "|货不对版|与描述不符"
        ),
        "SHORT_QUANTITY": (
            "Quantity shortage|Short quantity|Missing items|Less quantity|Quantity not as described|数量不符|货物短装"
        ),
        "DAMAGED": ("Damaged|Product damaged|Damaged goods|Package damaged|货物破损|破损"),
        "NOT_WORKING": (
            "Not working|Product not working|Does not work|Product does not work properly|无法使用|产品不能正常工作"
        ),
        "QUALITY": ("Quality|Quality problem|Poor quality|Low quality|质量问题"),
        "COUNTERFEIT": ("Counterfeit|Fake|Counterfeit goods|Imitation|假货|销售假货"),
        "PERSONAL_REASONS": ("PersonalReasons|Personal reasons|Personal reason|No longer needed|个人原因"),
        "EASY_RETURN": ("Easyreturn|Easy return|Free return|无忧退货"),
        "SHIPPING_METHOD": ("Shippingmethodwasnotasdescribed|Shipping method was not as described|运输方式与描述不符"),
        "OTHER": ("Other|Others|其他"),
    }
)


CODES: Final = frozenset({*TAOBAO.values(), *GIFT_CARDS.values(), *ALIEXPRESS.values()})
"""Every code a reason can become; a row may state one of them instead of a platform's words."""


def reason_code(platform: str, raw: str, *, gift_card: bool = False) -> tuple[str, bool]:
    """The pack's code of a raw reason, and whether somebody has to map it (told, but unknown)."""
    if not raw or raw in CODES:
        return raw or OTHER, False
    tables = [ALIEXPRESS] if platform == "aliexpress" else [GIFT_CARDS, TAOBAO] if gift_card else [TAOBAO]
    known = next((table[fold(raw)] for table in tables if fold(raw) in table), None)
    return (OTHER, True) if known is None else (known, False)
