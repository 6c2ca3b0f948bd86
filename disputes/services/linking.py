"""Saying whose name a marketplace uses, and handing over what was imported under it: orders, cases, the shop.

The orders are locked first, then the name, then the cases: as an import does it. Every case notes in its journal
that its buyer is somebody else's account now; the link itself is kept, also when it is undone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.identities import IdentityLinked, link_identity, unlink_identity
from accounts.memberships import move_membership
from accounts.models import IdentityLink, Membership, Shop, User
from accounts.selectors import is_administrator
from contract.clock import Clock
from contract.errors import Conflict, Forbidden, NotFound
from disputes.models import Case, Message, Order
from disputes.services.importing_people import PLATFORMS_OF_FEED
from disputes.services.indexing import index_cases
from disputes.services.loading import lock_cases
from disputes.services.writer import one_transaction, save_records
from disputes.services.writing import Change, write_changes
from disputes.signals import journal_grew
from rules.engine.decide import apply, decide
from rules.engine.events import Event, Step, Via
from rules.engine.types import Party, Stage


class BothSides(Conflict):
    """The person would be buyer and seller of one order."""

    code = "buyer_is_seller"
    sentence = gettext_lazy("This person would be buyer and seller of the same order.")


class WorksOnTheCase(Conflict):
    """The person decides in one of the cases."""

    code = "conflict_of_interest"
    sentence = gettext_lazy("This person works on one of the cases; somebody else has to take it first.")


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedOver:
    """What a link, or its end, moved."""

    link_id: int
    holder_id: int
    orders: int
    cases: int
    shops: int


def link_person(platform: str, outside_id: str, person: User, *, actor: User, via: Via = Via.PAGE) -> HandedOver:
    """Say that a marketplace's name is this person, and give them what was imported under it.

    A second time changes nothing. Raises Forbidden for whoever does not administer the platform, IdentityTaken,
    BothSides, WorksOnTheCase (each 409).
    """
    _check_rights(actor, platform)
    with one_transaction():
        _lock_orders(platform, outside_id)
        linked = link_identity(platform, outside_id, person, by=actor)
        shops = _owned_by_name(linked)
        taken = [shop for shop in shops if _moved(shop, linked, actor)]
        _check_shops(taken, linked.holder_id)
        moved = _hand_over(linked, actor, via, shops=len(taken))
        if moved.orders or moved.shops:
            IdentityLink.objects.filter(pk=linked.link_id).update(orders=moved.orders, cases=moved.cases, shops=taken)
    journal_grew.send(sender=IdentityLink)
    return moved


def unlink_person(link_id: int, *, actor: User, via: Via = Via.PAGE) -> HandedOver:
    """Undo a link: everything of that name goes back to the account that stood for it.

    Raises NotFound, Forbidden, NotLinked (409).
    """
    link = IdentityLink.objects.select_related("identity").filter(pk=link_id).first()
    if link is None:
        raise NotFound
    _check_rights(actor, link.identity.platform)
    with one_transaction():
        _lock_orders(link.identity.platform, link.identity.outside_id)
        unlinked = unlink_identity(link_id, by=actor)
        taken = [shop for shop in link.shops if _moved(shop, unlinked, actor)]
        moved = _hand_over(unlinked, actor, via, shops=len(taken))
    journal_grew.send(sender=IdentityLink)
    return moved


def _check_rights(actor: User, platform: str) -> None:
    if not is_administrator(actor, platform):
        raise Forbidden


def _lock_orders(platform: str, outside_id: str) -> None:
    rows = Order.objects.select_for_update(no_key=True).filter(platform=platform, buyer_outside_id=outside_id)
    list(rows.order_by("pk").values_list("pk"))


def _owned_by_name(linked: IdentityLinked) -> list[int]:
    """The shops an import opened for this name."""
    names = PLATFORMS_OF_FEED.get(linked.platform, (linked.platform,))
    rows = Shop.objects.filter(platform__in=names, outside_id=linked.outside_id).exclude(outside_id="")
    return list(rows.order_by("pk").values_list("pk", flat=True))


def _moved(shop: int, linked: IdentityLinked, actor: User) -> bool:
    before = linked.previous_holder_id
    return before is not None and move_membership(shop, of=before, to=linked.holder_id, by=actor)


def _hand_over(linked: IdentityLinked, actor: User, via: Via, *, shops: int) -> HandedOver:
    """Give the orders of a name and their cases to its holder. Raises BothSides, WorksOnTheCase."""
    orders = Order.objects.filter(platform=linked.platform, buyer_outside_id=linked.outside_id)
    found = list(orders.exclude(buyer_id=linked.holder_id).order_by("pk").values_list("pk", flat=True))
    _check_sides(linked.holder_id)
    _check_orders(found, linked.holder_id)
    cases = list(Case.objects.filter(order_id__in=found).order_by("pk").values_list("pk", flat=True))
    _note(cases, linked, actor, via)
    Case.objects.filter(pk__in=cases).update(buyer_id=linked.holder_id)
    index_cases(cases)
    Order.objects.filter(pk__in=found).update(buyer_id=linked.holder_id, updated_at=Clock())
    return HandedOver(
        link_id=linked.link_id, holder_id=linked.holder_id, orders=len(found), cases=len(cases), shops=shops
    )


def _check_sides(holder_id: int) -> None:
    """A shop that came with the name must not be one the person bought from."""
    shops = Membership.objects.filter(user_id=holder_id).values("shop_id")
    if Order.objects.filter(buyer_id=holder_id, shop_id__in=shops).exists():
        raise BothSides


def _check_orders(orders: Sequence[int], holder_id: int) -> None:
    shops = Membership.objects.filter(user_id=holder_id).values("shop_id")
    if Order.objects.filter(pk__in=orders, shop_id__in=shops).exists():
        raise BothSides


def _check_shops(shops: Sequence[int], holder_id: int) -> None:
    """Nobody gets a shop whose cases they decide."""
    cases = Case.objects.filter(shop_id__in=shops, arbitrator_id=holder_id)
    if cases.exclude(stage=Stage.CLOSED).exists():
        raise WorksOnTheCase


def _note(cases: Sequence[int], linked: IdentityLinked, actor: User, via: Via) -> None:
    """One event in the journal of each case, after what was due in it; the words stay outside the journal.

    Raises WorksOnTheCase: asked under the lock, for somebody may just have taken the case.
    """
    changes = []
    for case in lock_cases(cases):
        settled = case.settled()
        if settled.snapshot.facts.get("arbitrator") == linked.holder_id and settled.snapshot.stage is not Stage.CLOSED:
            raise WorksOnTheCase
        message = Message(case_id=case.id, author=actor, party="platform", kind=Message.Kind.NOTE, text=_words(linked))
        data = {"message": str(message.id), "link": linked.link_id, "buyer": linked.holder_id}
        event = Event(kind="note", party=Party.PLATFORM, at=case.now, actor=actor.pk, via=via, data=data)
        step = decide(case.policy, case.calendar, settled.snapshot, event, now=case.now)
        assert isinstance(step, Step), "a note is never refused"
        sequence = case.snapshot.version + len(settled.steps) + 1
        save_records([message], case_id=case.id, sequence=sequence, now=case.now)
        changes.append(Change(case=case, steps=(*settled.steps, step), after=apply(settled.snapshot, step)))
    write_changes(changes)


def _words(linked: IdentityLinked) -> str:
    holder = User.objects.get(pk=linked.holder_id)
    named = {"name": linked.outside_id, "user": holder.username}
    return _("The buyer “%(name)s” of the marketplace is the account %(user)s from now on.") % named
