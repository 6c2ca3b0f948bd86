"""Who may ask the studio's part of the interface: administrators of the pack's platform."""

from __future__ import annotations

from django.http import Http404
from rest_framework.request import Request

from accounts.models import User
from accounts.selectors import is_administrator
from contract.errors import Forbidden, NotFound
from disputes.api.base import person
from rules.selectors import VersionView, versions_of
from studio.access import pack_for


def pack_asked(request: Request, pack: str, number: int | None = None) -> VersionView:
    """A version of the pack, the newest unless one is named. Raises NotFound, and Forbidden for whom it is not."""
    newest = next(iter(versions_of(pack)), None)
    if newest is None:
        raise NotFound
    if not is_administrator(person(request), newest.policy.platform):
        raise Forbidden
    try:
        return newest if number is None else pack_for(person(request), pack, number)
    except Http404:
        raise NotFound from None


def administrator_of(request: Request, pack: str) -> User:
    """Who asks, having been let in. Raises as `pack_asked`."""
    pack_asked(request, pack)
    return person(request)
