"""Who may import what, and which shop and which people a row means."""

from __future__ import annotations

from dataclasses import dataclass, field

from accounts.identities import find_or_create_person
from accounts.memberships import join_shop
from accounts.models import Membership, Shop, User
from accounts.selectors import acts_for_shop, shop_of_outside_id, staff_kinds
from accounts.services import open_shop
from contract.errors import Forbidden, NotFound
from disputes.feeds import OrderRecord, OutsidePerson
from disputes.services.importing_rows import RowRefused

PLATFORMS_OF_FEED = {"taobao": ("taobao", "tmall"), "xianyu": ("xianyu",), "aliexpress": ("aliexpress",)}
"""The platforms whose rules a marketplace's rows may fall under: Tmall's orders travel among Taobao's."""


@dataclass(slots=True)
class Importer:
    """Somebody who imports, with the shop that rows without a seller belong to."""

    user: User
    shop: Shop | None
    options_are_default: bool
    """Whether overdue cases are held; only administrators may choose otherwise."""
    _administered: dict[str, bool] = field(default_factory=dict)

    def administers(self, platform: str) -> bool:
        """Whether the person administers any platform the feed's rows fall under."""
        if platform not in self._administered:
            names = PLATFORMS_OF_FEED.get(platform, (platform,))
            self._administered[platform] = any("administrator" in staff_kinds(self.user, name) for name in names)
        return self._administered[platform]

    def check_shop(self, shop: Shop, platform: str) -> None:
        """Raises RowRefused unless the person may import for the shop."""
        if self.administers(platform):
            return
        if not (self.options_are_default and acts_for_shop(self.user, shop.pk)):
            raise RowRefused("not_your_shop")


def importer(user_id: int, *, shop_id: int | None, overdue: str) -> Importer:
    """Raises Forbidden for somebody who neither administers a platform nor acts for a shop, NotFound.

    Members of a shop import for their own shop, and what is overdue on arrival is then held: deciding otherwise
    would decide against the other side.
    """
    user = User.objects.filter(pk=user_id, is_suspended=False).first()
    shop = Shop.objects.filter(pk=shop_id).first() if shop_id else None
    if user is None or (shop_id and shop is None):
        raise NotFound
    administrator = "administrator" in staff_kinds(user)
    members = Membership.objects.filter(user=user)
    is_member = members.filter(shop=shop).exists() if shop else members.exists()
    if not administrator and (overdue != "hold" or not is_member):
        raise Forbidden
    return Importer(user, shop, overdue == "hold")


def buyer_of(record: OrderRecord) -> User:
    """The buyer's account; a name never seen gets one without a login."""
    return _account(record.platform, record.buyer)


def shop_of(record: OrderRecord, pack: str, who: Importer) -> Shop:
    """The seller's shop, opened when the platform's name is new. Raises RowRefused."""
    if record.seller is None:
        if who.shop is None:
            raise RowRefused("shop_needed", field="seller")
        who.check_shop(who.shop, record.platform)
        return who.shop
    known = known_shop(record.platform, record.seller)
    if known is not None:
        who.check_shop(known, record.platform)
        return known
    if not who.administers(record.platform):
        raise RowRefused("not_your_shop")
    return _opened(record, record.seller, pack)


def known_shop(platform: str, seller: OutsidePerson) -> Shop | None:
    """The shop a marketplace calls so; Tmall's shops are known under Taobao's names."""
    found = (shop_of_outside_id(name, seller.outside_id) for name in PLATFORMS_OF_FEED.get(platform, (platform,)))
    shop_id = next((each for each in found if each is not None), None)
    return Shop.objects.get(pk=shop_id) if shop_id else None


def _opened(record: OrderRecord, seller: OutsidePerson, pack: str) -> Shop:
    platform = "tmall" if pack == "tmall" else record.platform
    shop = open_shop(platform, record.shop_name or seller.nick, outside_id=seller.outside_id)
    join_shop(_account(record.platform, seller), shop)
    return shop


def _account(platform: str, named: OutsidePerson) -> User:
    return find_or_create_person(platform, named.outside_id, display_name=named.nick)


def check_sides(buyer: User, shop: Shop) -> None:
    """Nobody is buyer and seller of one order. Raises RowRefused."""
    if acts_for_shop(buyer, shop.pk):
        raise RowRefused("buyer_is_seller")
