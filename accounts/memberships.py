"""Acting for a shop: joining, leaving, removing somebody. A shop is never left without an owner who can log in."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership, MembershipRecord, Shop, User
from contract.errors import Conflict, Forbidden, NotFound

Change = MembershipRecord.Change


class LastOwner(Conflict):
    """Nobody could look after the shop any more."""

    code = "last_owner"
    sentence = _("A shop needs an owner. Make somebody else owner first.")


def change_return_address(user: User, shop_id: int, address: str) -> None:
    """Say where returns to a shop go by default; anybody who acts for it may. Raises NotFound."""
    if not Shop.objects.filter(pk=shop_id, members=user).update(return_address=address.strip()):
        raise NotFound


@transaction.atomic
def join_shop(user: User, shop: Shop, role: str = Membership.Role.OWNER, *, by: User | None = None) -> None:
    """Let the person act for the shop; a second time changes only the role. Raises LastOwner (409)."""
    _locked(shop.pk)
    held = Membership.objects.filter(user=user, shop=shop).first()
    if held is None:
        held = Membership.objects.create(user=user, shop=shop, role=role)
        _record(held, Change.JOINED, by)
    elif held.role != role:
        _check_owner_stays(held)
        held.role = role
        held.save(update_fields=["role"])
        _record(held, Change.ROLE_CHANGED, by)


@transaction.atomic
def end_membership(shop_id: int, user_id: int, *, by: User) -> None:
    """Leave a shop, or as its owner take somebody out of it; from then on they see nothing of it.

    Raises NotFound for whoever does not act for the shop or is to be taken out without being in it, Forbidden for
    whoever is no owner, LastOwner (409).
    """
    _locked(shop_id)
    members = {held.user_id: held for held in Membership.objects.filter(shop_id=shop_id).select_related("user")}
    if by.pk not in members:
        raise NotFound
    if by.pk != user_id and members[by.pk].role != Membership.Role.OWNER:
        raise Forbidden
    if user_id not in members:
        raise NotFound
    _check_owner_stays(members[user_id])
    _record(members[user_id], Change.LEFT if by.pk == user_id else Change.REMOVED, by)
    members[user_id].delete()


@transaction.atomic
def move_membership(shop_id: int, *, of: int, to: int, by: User) -> bool:
    """Hand a membership over with a marketplace's name; whether there was one, and the other had none."""
    _locked(shop_id)
    held = Membership.objects.filter(shop_id=shop_id, user_id=of).first()
    if held is None or Membership.objects.filter(shop_id=shop_id, user_id=to).exists():
        return False
    _record(held, Change.REMOVED, by)
    held.user_id = to
    held.save(update_fields=["user"])
    _record(held, Change.JOINED, by)
    return True


def _locked(shop_id: int) -> None:
    """One change of a shop's members at a time. Raises NotFound."""
    if not Shop.objects.select_for_update(no_key=True).filter(pk=shop_id).exists():
        raise NotFound


def _check_owner_stays(leaving: Membership) -> None:
    """Raises LastOwner when no other owner could log in and act."""
    if leaving.role != Membership.Role.OWNER:
        return
    others = Membership.objects.filter(shop_id=leaving.shop_id, role=Membership.Role.OWNER).exclude(pk=leaving.pk)
    owners = [held.user for held in others.select_related("user")]
    if not any(owner.has_usable_password() and not owner.is_suspended for owner in owners):
        raise LastOwner


def _record(held: Membership, change: Change, by: User | None) -> None:
    MembershipRecord.objects.create(user_id=held.user_id, shop_id=held.shop_id, change=change, role=held.role, by=by)
