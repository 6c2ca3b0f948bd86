"""What may be asked about people; answers are frozen and say nothing of passwords."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from accounts.models import IdentityLink, Membership, Shop, StaffRole, User
from contract.errors import NotFound


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody with an account here."""

    id: int
    username: str
    name: str
    """What to call them on pages: the display name, else the user name."""
    email: str
    """Empty when none is known."""
    language: str
    """``zh-hans`` or ``en``: the language of what is written to them."""
    time_zone: str
    """IANA name of the zone their times are shown in."""
    is_suspended: bool
    """A suspended person cannot log in; their cases go on."""
    can_log_in: bool
    """False for an account made by an import, until an administrator links it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopView:
    """A shop, as somebody who acts for it sees it."""

    id: int
    platform: str
    name: str
    outside_id: str
    return_address: str
    """Shown to buyers as soon as a return is agreed; empty when there is none."""
    role: str
    """``owner`` or ``agent``: what the person is in the shop."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberView:
    """Somebody who acts for a shop."""

    user_id: int
    username: str
    name: str
    role: str
    """``owner`` or ``agent``."""
    role_label: str
    can_log_in: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkView:
    """That a marketplace's name was said to be somebody."""

    id: int
    platform: str
    outside_id: str
    user_id: int
    username: str
    orders: int
    """Orders that came along when it was linked."""
    cases: int
    shops: tuple[int, ...]
    linked_by: int | None
    linked_at: datetime
    undone_by: int | None
    undone_at: datetime | None


def person(user_id: int) -> Person:
    """Raises NotFound."""
    return _person(_user(user_id))


def person_named(username: str) -> User | None:
    """Whose user name this is, whatever the case of its letters."""
    return User.objects.filter(username__iexact=username).first()


def platforms_administered(user: User) -> frozenset[str] | None:
    """The platforms somebody administers; None for all of them."""
    held = StaffRole.objects.filter(user=user, kind=StaffRole.Kind.ADMINISTRATOR).values_list("platform", flat=True)
    found = frozenset(held)
    return None if StaffRole.EVERY_PLATFORM in found else found


def people(user_ids: set[int]) -> dict[int, Person]:
    """Several people at once, by number; unknown numbers are left out."""
    return {user.pk: _person(user) for user in User.objects.filter(pk__in=user_ids)}


def staff_kinds(user: User, platform: str | None = None) -> frozenset[str]:
    """As what somebody works, on one platform or, without one, on any: arbitrator, lead, administrator."""
    held = StaffRole.objects.filter(user=user)
    if platform is not None:
        held = held.filter(Q(platform=platform) | Q(platform=StaffRole.EVERY_PLATFORM))
    return frozenset(held.values_list("kind", flat=True))


def is_lead(user: User, platform: str | None = None) -> bool:
    return StaffRole.Kind.LEAD in staff_kinds(user, platform)


def is_administrator(user: User, platform: str | None = None) -> bool:
    return StaffRole.Kind.ADMINISTRATOR in staff_kinds(user, platform)


def staff_of(kind: str, platform: str) -> tuple[Person, ...]:
    """Everybody who works as that on the platform and is not suspended, by number."""
    held = StaffRole.objects.filter(kind=kind, platform__in=[platform, StaffRole.EVERY_PLATFORM])
    users = User.objects.filter(pk__in=held.values("user_id"), is_suspended=False)
    return tuple(_person(user) for user in users.order_by("pk"))


def shops_of(user: User) -> tuple[ShopView, ...]:
    """The shops somebody acts for, by platform and name."""
    held = Membership.objects.filter(user=user).select_related("shop")
    return tuple(_shop(each) for each in held.order_by("shop__platform", "shop__name", "shop_id"))


def acts_for_shop(user: User, shop_id: int) -> bool:
    return Membership.objects.filter(user=user, shop_id=shop_id).exists()


def memberships_of(shop_id: int) -> tuple[MemberView, ...]:
    """Everybody who acts for the shop, owners first."""
    held = Membership.objects.filter(shop_id=shop_id).select_related("user").order_by("-role", "pk")
    return tuple(_member(each) for each in held)


def links_made(platforms: Collection[str] | None, *, before: int | None, limit: int) -> tuple[LinkView, ...]:
    """Links of names of these platforms (of all with None), the newest first, made before the one numbered `before`."""
    found = IdentityLink.objects.select_related("identity", "person").order_by("-pk")
    if platforms is not None:
        found = found.filter(identity__platform__in=platforms)
    if before is not None:
        found = found.filter(pk__lt=before)
    return tuple(_link(each) for each in found[:limit])


def link(link_id: int) -> LinkView:
    """Raises NotFound."""
    found = IdentityLink.objects.select_related("identity", "person").filter(pk=link_id).first()
    if found is None:
        raise NotFound
    return _link(found)


def shop_of_outside_id(platform: str, outside_id: str) -> int | None:
    """The number of the shop a platform calls so."""
    found = Shop.objects.filter(platform=platform, outside_id=outside_id).exclude(outside_id="")
    return found.values_list("pk", flat=True).first()


def _user(user_id: int) -> User:
    found = User.objects.filter(pk=user_id).first()
    if found is None:
        raise NotFound
    return found


def _person(user: User) -> Person:
    return Person(
        id=user.pk,
        username=user.username,
        name=user.get_full_name(),
        email=user.email,
        language=user.language,
        time_zone=user.time_zone,
        is_suspended=user.is_suspended,
        can_log_in=user.has_usable_password() and not user.is_suspended,
    )


def _member(held: Membership) -> MemberView:
    user = held.user
    return MemberView(
        user_id=user.pk, username=user.username, name=user.get_full_name(), role=held.role,
        role_label=held.get_role_display(), can_log_in=user.has_usable_password() and not user.is_suspended,
    )  # fmt: skip


def _link(made: IdentityLink) -> LinkView:
    return LinkView(
        id=made.pk, platform=made.identity.platform, outside_id=made.identity.outside_id, user_id=made.person_id,
        username=made.person.username, orders=made.orders, cases=made.cases, shops=tuple(made.shops),
        linked_by=made.linked_by_id, linked_at=made.linked_at, undone_by=made.undone_by_id, undone_at=made.undone_at,
    )  # fmt: skip


def _shop(held: Membership) -> ShopView:
    shop = held.shop
    return ShopView(
        id=shop.pk,
        platform=shop.platform,
        name=shop.name,
        outside_id=shop.outside_id,
        return_address=shop.return_address,
        role=held.role,
    )
