"""Who lives in the demo. Every name is invented."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from accounts.identities import link_identity
from accounts.memberships import join_shop
from accounts.models import Shop, User
from accounts.services import appoint, change_password, create_person, open_shop


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """Somebody, and what they work as."""

    name: str
    display_name: str
    works_as: tuple[str, ...] = ()
    language: str = "zh-hans"
    time_zone: str = "Asia/Shanghai"
    is_superuser: bool = False


CAST: Final = (
    Role(name="ming", display_name="小明"),
    Role(name="lan", display_name="兰掌柜"),
    Role(name="zhou", display_name="周评议", works_as=("arbitrator", "lead")),
    Role(name="wu", display_name="吴评议", works_as=("arbitrator",)),
    Role(name="he", display_name="何评议", works_as=("arbitrator",)),
    Role(name="root", display_name="值守", works_as=("administrator",), is_superuser=True),
    Role(name="eve", display_name="路过的伊芙"),
    Role(name="qiu", display_name="秋雨"),
    Role(name="tang", display_name="糖糖"),
    Role(name="olive", display_name="Olive Example", language="en", time_zone="America/Los_Angeles"),
    Role(name="shen", display_name="深巷铺子"),
    Role(name="ning", display_name="宁宁二手"),
)
"""Ning buys from Lan and sells to Ming; Shen sells beside Lan; the others buy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopOf:
    """A shop and its owner."""

    platform: str
    outside_id: str
    name: str
    owner: str
    return_address: str = ""


ADDRESS: Final = "浙江省示例市湖滨区样本路 1 号 2 栋 · 兰掌柜收 · 000-0000-0001"
SHOPS: Final = (
    ShopOf(platform="taobao", outside_id="lan-home", name="兰的家居铺", owner="lan", return_address=ADDRESS),
    ShopOf(platform="tmall", outside_id="lan-flagship", name="兰记旗舰店", owner="lan"),
    ShopOf(platform="xianyu", outside_id="lan-attic", name="兰的阁楼", owner="lan", return_address=ADDRESS),
    ShopOf(platform="aliexpress", outside_id="lan-global", name="Lan Global Store", owner="lan"),
    ShopOf(platform="taobao", outside_id="shen-alley", name="深巷铺子", owner="shen"),
    ShopOf(platform="xianyu", outside_id="ning-shelf", name="宁宁的书架", owner="ning", return_address=ADDRESS),
)
SANDBOX: Final = {"sandbox_c_1": "lan", "sandbox_c_12": "ming", "sandbox_cilai_c": "tang"}
"""Whom the names in the sample payloads stand for here."""


@dataclass(frozen=True, slots=True)
class People:
    """The cast and its shops, by name."""

    users: dict[str, User]
    shops: dict[str, Shop]


def gather_people(password: str) -> People:
    """Everybody with their shops, made where missing; passwords are set anew only where they do not match."""
    users = {role.name: _person(role, password) for role in CAST}
    shops = {shop.outside_id: _shop(shop, users[shop.owner]) for shop in SHOPS}
    for name, user in users.items():
        for platform in ("taobao", "xianyu", "aliexpress"):
            link_identity(platform, name, user)
    for outside_id, name in SANDBOX.items():
        link_identity("taobao", outside_id, users[name])
    return People(users, shops)


def _person(role: Role, password: str) -> User:
    user = User.objects.filter(username__iexact=role.name).first()
    if user is None:
        user = create_person(
            role.name, password=password, display_name=role.display_name, email=f"{role.name}@example.org",
            language=role.language, time_zone=role.time_zone, is_superuser=role.is_superuser,
        )  # fmt: skip
    elif not user.check_password(password):
        change_password(user, password)
    for kind in role.works_as:
        appoint(user, kind)
    return user


def _shop(told: ShopOf, owner: User) -> Shop:
    shop = Shop.objects.filter(platform=told.platform, outside_id=told.outside_id).first()
    if shop is None:
        shop = open_shop(told.platform, told.name, outside_id=told.outside_id, return_address=told.return_address)
    join_shop(owner, shop)
    return shop
