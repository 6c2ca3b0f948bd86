"""Whom a marketplace means by a name: found, made, linked to a person, and let go again.

Whoever keeps orders and cases hands them over in the same transaction: see `disputes.services.linking`.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import uuid4

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import IdentityLink, OutsideIdentity, User
from contract.clock import Clock
from contract.errors import Conflict, NotFound

HOLDER = "SELECT user_id FROM accounts_outsideidentity WHERE platform = %s AND outside_id = %s FOR SHARE"
"""Locked, so that no order is made for an account whose orders are being handed over."""


class IdentityTaken(Conflict):
    """Another person has this name already."""

    code = "identity_taken"
    sentence = _("This name belongs to another person already. Undo that link first.")


class NotLinked(Conflict):
    """The link was undone before."""

    code = "not_linked"
    sentence = _("This link was undone already.")


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityLinked:
    """What a link, or its end, changed, so that whoever keeps orders and cases can hand them over."""

    platform: str
    outside_id: str
    previous_holder_id: int | None
    """The account that stood for the person until now; None when the name was new, or nothing changed."""
    holder_id: int
    link_id: int


@transaction.atomic
def find_or_create_person(platform: str, outside_id: str, *, display_name: str = "") -> User:
    """Whom the platform means; a name never seen gets an account without a login.

    Two imports at once get the same account.
    """
    found = _holder(platform, outside_id)
    if found:
        return found
    try:
        return _stand_in(platform, outside_id, display_name or outside_id)
    except IntegrityError:
        # Somebody else was faster; what they committed can be seen now, and is locked like any other.
        found = _holder(platform, outside_id)
        if found is None:
            raise
        return found


@transaction.atomic
def link_identity(platform: str, outside_id: str, person: User, *, by: User | None = None) -> IdentityLinked:
    """Say who the platform's name really is; later imports find that person.

    A second time changes nothing. Raises IdentityTaken (409) for the name of anybody who can log in, or to whom it
    was linked.
    """
    identity, is_new = OutsideIdentity.objects.select_for_update(no_key=True).get_or_create(
        platform=platform, outside_id=outside_id, defaults={"user": person}
    )
    link = IdentityLink.objects.filter(identity=identity, undone_at=None).first()
    previous = None if is_new or identity.user_id == person.pk else identity.user
    if previous is not None and (link is not None or previous.has_usable_password()):
        raise IdentityTaken
    if link is None:
        link = IdentityLink.objects.create(identity=identity, person=person, previous=previous, linked_by=by)
    if previous is not None:
        identity.user = person
        identity.save(update_fields=["user"])
    return _told(link, previous.pk if previous else None)


@transaction.atomic
def unlink_identity(link_id: int, *, by: User) -> IdentityLinked:
    """Undo a link: the name goes back to the account that stood for it, or to a new one. Raises NotFound, NotLinked."""
    link = IdentityLink.objects.select_for_update(no_key=True).filter(pk=link_id).first()
    if link is None:
        raise NotFound
    identity = OutsideIdentity.objects.select_for_update(no_key=True).get(pk=link.identity_id)
    if link.undone_at is not None:
        raise NotLinked
    before = identity.user_id
    identity.user = link.previous or _account_without_login(identity.platform, identity.outside_id)
    identity.save(update_fields=["user"])
    link.undone_by, link.undone_at = by, Clock()
    link.save(update_fields=["undone_by", "undone_at"])
    link.identity = identity
    return _told(link, before)


def _told(link: IdentityLink, previous_id: int | None) -> IdentityLinked:
    identity = link.identity
    return IdentityLinked(
        platform=identity.platform, outside_id=identity.outside_id, previous_holder_id=previous_id,
        holder_id=identity.user_id, link_id=link.pk,
    )  # fmt: skip


@transaction.atomic
def _stand_in(platform: str, outside_id: str, display_name: str) -> User:
    """An account for somebody known only by the platform's name; all of it or, if the name is taken, nothing."""
    user = _account_without_login(platform, display_name)
    OutsideIdentity.objects.create(platform=platform, outside_id=outside_id, user=user)
    return user


def _account_without_login(platform: str, display_name: str) -> User:
    return User.objects.create_user(f"{platform}-{uuid4().hex[:12]}", display_name=display_name[:150])


def _holder(platform: str, outside_id: str) -> User | None:
    with connection.cursor() as cursor:
        cursor.execute(HOLDER, [platform, outside_id])
        found = cursor.fetchone()
    return User.objects.get(pk=found[0]) if found else None
