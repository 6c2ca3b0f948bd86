"""People, their roles and shops, as administrators look after them. Frozen."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q, QuerySet

from accounts.models import Membership, OutsideIdentity, Shop, StaffRole, User
from contract.errors import NotFound
from disputes.labels.words import PLATFORMS, name_of

ON_A_PAGE = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleView:
    """One appointment."""

    kind: str
    label: str
    platform: str
    platform_label: str
    """Empty for every platform."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberView:
    """One membership in a shop."""

    shop: str
    platform: str
    role: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityView:
    """What a marketplace calls somebody."""

    platform: str
    name: str
    link_id: int | None
    """The link that can be undone; None where the account only stands for the name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonView:
    """Somebody with an account."""

    id: int
    username: str
    name: str
    email: str
    suspended: bool
    can_log_in: bool
    roles: tuple[RoleView, ...]
    shops: tuple[MemberView, ...]
    identities: tuple[IdentityView, ...]


def people(query: str) -> tuple[PersonView, ...]:
    """Those whose user name, name, address or outside name contains the query; everybody without one."""
    users = User.objects.all()
    if query:
        named = OutsideIdentity.objects.filter(outside_id__icontains=query).values("user_id")
        users = users.filter(
            Q(username__icontains=query) | Q(display_name__icontains=query) | Q(email__icontains=query)
            | Q(pk__in=named)
        )  # fmt: skip
    return tuple(_person(user) for user in _with_all(users).order_by("username")[:ON_A_PAGE])


def person(user_id: int) -> PersonView:
    """Raises NotFound."""
    found = _with_all(User.objects.filter(pk=user_id)).first()
    if found is None:
        raise NotFound
    return _person(found)


def shops() -> tuple[tuple[int, str], ...]:
    """All shops by platform and name, for choosing one."""
    rows = Shop.objects.order_by("platform", "name", "pk").values_list("pk", "platform", "name")
    return tuple((pk, f"{name_of(PLATFORMS, platform)} · {name}") for pk, platform, name in rows)


def _with_all(users: QuerySet[User]) -> QuerySet[User]:
    return users.prefetch_related("staff_roles", "memberships__shop", "outside_identities__links")


def _person(user: User) -> PersonView:
    return PersonView(
        id=user.pk, username=user.username, name=user.get_full_name(), email=user.email, suspended=user.is_suspended,
        can_log_in=user.has_usable_password() and not user.is_suspended,
        roles=tuple(_role(role) for role in user.staff_roles.all()),
        shops=tuple(_member(membership) for membership in user.memberships.all()),
        identities=tuple(_identity(each) for each in user.outside_identities.all()),
    )  # fmt: skip


def _role(role: StaffRole) -> RoleView:
    label = name_of(PLATFORMS, role.platform) if role.platform else ""
    return RoleView(kind=role.kind, label=role.get_kind_display(), platform=role.platform, platform_label=label)


def _identity(identity: OutsideIdentity) -> IdentityView:
    link_id = next((link.pk for link in identity.links.all() if link.undone_at is None), None)
    return IdentityView(platform=name_of(PLATFORMS, identity.platform), name=identity.outside_id, link_id=link_id)


def _member(membership: Membership) -> MemberView:
    shop = membership.shop
    return MemberView(shop=shop.name, platform=name_of(PLATFORMS, shop.platform), role=membership.get_role_display())
