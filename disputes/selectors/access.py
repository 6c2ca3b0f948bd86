"""Who is who in a case. `case_for` is the only entrance: a stranger learns nothing, not even that it exists."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from django.db.models import Q

from accounts.models import Membership, StaffRole
from contract.errors import NotFound
from disputes.models import Case, Order
from rules.engine.types import Party


class Somebody(Protocol):
    """A logged-in person."""

    pk: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseAccess:
    """That a person may see a case, and as whom."""

    case_id: int
    number: str
    party: str
    """buyer, seller or platform."""
    user_id: int
    staff: frozenset[str]
    """As what somebody of the platform works: arbitrator, lead, administrator."""


def case_for(user: Somebody, number: str, *, acting_as: str | None = None) -> CaseAccess:
    """The case of that number, if this person has anything to do with it.

    Buyer and seller are roles in the case, so nobody is both; somebody of the platform who is a party, or acts
    for the shop, is only that. Raises NotFound for everybody else.
    """
    row = Case.objects.filter(number=number).values("id", "number", "buyer_id", "shop_id", "platform").first()
    if row is None:
        raise NotFound
    party = party_in(user.pk, buyer_id=row["buyer_id"], shop_id=row["shop_id"], platform=row["platform"])
    if party is None:
        raise NotFound
    staff = staff_kinds(user.pk, row["platform"]) if party == Party.PLATFORM else frozenset()
    return CaseAccess(case_id=row["id"], number=row["number"], party=party, user_id=user.pk, staff=staff)


def seen_as(user_id: int, case_id: int) -> str | None:
    """What this person is in a case; None for a stranger, or where there is no such case."""
    row = Case.objects.filter(pk=case_id).values("buyer_id", "shop_id", "platform").first()
    return party_in(user_id, **row) if row else None


def party_in(user_id: int, *, buyer_id: int, shop_id: int, platform: str) -> str | None:
    """What this person is in a case with these parties; None for a stranger."""
    if user_id == buyer_id:
        return str(Party.BUYER)
    if Membership.objects.filter(user_id=user_id, shop_id=shop_id).exists():
        return str(Party.SELLER)
    return str(Party.PLATFORM) if staff_kinds(user_id, platform) else None


def staff_kinds(user_id: int, platform: str) -> frozenset[str]:
    """As what a person works for one platform."""
    everywhere = Q(platform=platform) | Q(platform=StaffRole.EVERY_PLATFORM)
    return frozenset(StaffRole.objects.filter(everywhere, user_id=user_id).values_list("kind", flat=True))


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderAccess:
    """That a person may see an order, and as whom."""

    order_id: int
    party: str


def order_for(user: Somebody, order_id: int) -> OrderAccess:
    """The order of that id, for its buyer, its shop and the platform. Raises NotFound for everybody else."""
    row = Order.objects.filter(pk=order_id).values("id", "buyer_id", "shop_id", "platform").first()
    if row is None:
        raise NotFound
    party = party_in(user.pk, buyer_id=row["buyer_id"], shop_id=row["shop_id"], platform=row["platform"])
    if party is None:
        raise NotFound
    return OrderAccess(order_id=row["id"], party=party)
