"""Asked again under the lock: is this person still who they were when the page was drawn?

An access is made before the lock. Between the two somebody may have left the shop, lost a role, or become a party.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Protocol

from disputes.models import Order
from disputes.selectors.access import CaseAccess, OrderAccess, party_in, staff_kinds
from disputes.services.loading import LockedCase
from disputes.services.refusing import refused
from rules.engine.types import CaseSnapshot, Party


class Locked(Protocol):
    """Whose a case or an order is."""

    @property
    def buyer_id(self) -> int: ...

    @property
    def shop_id(self) -> int: ...

    @property
    def platform(self) -> str: ...


def access_now(access: CaseAccess, case: Locked, *, stage: str = "") -> CaseAccess:
    """The same access with the staff roles of this moment.

    Raises ActionRefused (`not_your_action`) for whoever is another party now, or none.
    """
    _check(access.user_id, access.party, case, stage=stage)
    staff = staff_kinds(access.user_id, case.platform) if access.party == Party.PLATFORM else frozenset()
    return replace(access, staff=staff)


def check_party(access: CaseAccess) -> Callable[[LockedCase, CaseSnapshot], None]:
    """A check for the writer: whether this person is that party now."""

    def check(case: LockedCase, snapshot: CaseSnapshot) -> None:
        _check(access.user_id, access.party, case, stage=str(snapshot.stage))

    return check


def check_on_order(access: OrderAccess, order: Order, *, user_id: int) -> None:
    """Whether this person is that party of a locked order now. Raises ActionRefused (`not_your_action`)."""
    _check(user_id, access.party, order, stage="")


def _check(user_id: int, party: str, of: Locked, *, stage: str) -> None:
    now = party_in(user_id, buyer_id=of.buyer_id, shop_id=of.shop_id, platform=of.platform)
    if now != party:
        raise refused("not_your_action", **({"stage": stage} if stage else {}), available_actions=[])
