"""What is sold in the demo: invented products with what their listings said."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """A product as its listing described it."""

    title: str
    price: str
    description: str
    attributes: dict[str, str] = field(default_factory=dict)
    condition: str = "全新"
    disclosed_flaws: str = ""
    promises: tuple[str, ...] = ()

    def listing(self, captured_at: str) -> dict[str, Any]:
        """The listing snapshot in the native format."""
        return {
            "title": self.title, "description": self.description, "attributes": self.attributes,
            "condition": self.condition, "disclosed_flaws": self.disclosed_flaws, "promises": list(self.promises),
            "images": [], "captured_at": captured_at,
        }  # fmt: skip


MUG: Final = Product(
    title="手作釉面马克杯 云纹 380ml",
    price="128.00",
    description="高温釉，容量约 380 毫升，可进洗碗机。每只花纹略有不同。",
    attributes={"材质": "陶瓷", "容量": "380 ml", "产地": "示例窑"},
    promises=("no_reason_return",),
)
COAT: Final = Product(
    title="羊毛混纺长外套 驼色",
    price="1599.00",
    description="羊毛含量 70%，里布为铜氨丝。",
    attributes={"面料": "羊毛 70%", "颜色": "驼色", "尺码": "M"},
    promises=("no_reason_return",),
)
KETTLE: Final = Product(
    title="恒温电热水壶 1.5L",
    price="219.00",
    description="保温 12 小时，304 不锈钢内胆。",
    attributes={"容量": "1.5 L", "内胆": "304 不锈钢"},
    promises=("no_reason_return",),
)
COURSE: Final = Product(
    title="在线课程兑换码：水彩入门 24 讲",
    price="199.00",
    description="付款后发送兑换码，兑换后永久有效。",
    attributes={"形式": "兑换码", "课时": "24"},
)
STUDIO: Final = Product(
    title="设计软件终身授权码",
    price="1280.00",
    description="一机一码，支持离线激活。",
    attributes={"形式": "授权码", "设备": "1 台"},
)
CAMERA: Final = Product(
    title="二手胶片相机 机械快门",
    price="1268.00",
    description="功能正常，取景器有一处霉点。",
    attributes={"年份": "1984", "镜头": "50 mm"},
    condition="九成新",
    disclosed_flaws="机背有一道划痕，取景器有霉点",
)
CHAIR: Final = Product(
    title="闲置 藤编餐椅 一把",
    price="160.00",
    description="用了半年，椅面完好。",
    attributes={"材质": "藤"},
    condition="八成新",
    disclosed_flaws="一条椅腿有磕碰",
)
GIFT_CARD: Final = Product(
    title="示例商城礼品卡 面值 500 元",
    price="470.00",
    description="卡密发送后三个月内有效。",
    attributes={"面值": "500 元", "有效期": "三个月"},
)
BIG_GIFT_CARD: Final = Product(
    title="示例航司礼品卡 面值 2000 元",
    price="1880.00",
    description="卡密一次性使用，不找零。",
    attributes={"面值": "2000 元"},
)
PHONE_CAGE: Final = Product(
    title="Universal phone cage with side handle",
    price="66.65",
    description="Aluminium, fits phones from 60 to 85 mm. Ships within 72 hours.",
    attributes={"Material": "Aluminium", "Width": "60-85 mm"},
    condition="New",
)
PROJECTOR: Final = Product(
    title="Pocket projector, 720p, tripod included",
    price="189.90",
    description="Native 720p, 200 ANSI lumens, battery for two hours.",
    attributes={"Resolution": "720p", "Brightness": "200 ANSI lumens"},
    condition="New",
)
TENT: Final = Product(
    title="Two-person tent, 1.9 kg",
    price="92.40",
    description="Two layers, 3000 mm water column, packs to 45 cm.",
    attributes={"Weight": "1.9 kg", "Persons": "2"},
    condition="New",
)
