"""Who may look at the studio: administrators, of one platform or of all. Anybody else finds nothing here."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse

from accounts.models import StaffRole, User
from accounts.selectors import is_administrator
from rules.selectors import NoPolicy, VersionView, version_in_force, versions_of

View = Callable[..., HttpResponse]


def administrators_only(view: View) -> View:
    """Strangers log in first; whoever administers nothing gets a 404, as does an address nothing can be kept under."""

    @login_required
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **captured: Any) -> HttpResponse:
        if not is_administrator(administrator(request)) or "\0" in request.path:
            raise Http404
        return view(request, *args, **captured)

    return guarded


def administrator(request: HttpRequest) -> User:
    """Who asks."""
    assert isinstance(request.user, User), "only people who are logged in come here"
    return request.user


def administers_everything(user: User) -> bool:
    """Whether somebody administers every platform, and so people and shops too."""
    return user.staff_roles.filter(
        kind=StaffRole.Kind.ADMINISTRATOR, platform=StaffRole.EVERY_PLATFORM
    ).exists()


def pack_for(user: User, pack: str, number: int | None = None) -> VersionView:
    """A version of a pack somebody administers: by its number, else the one in force. Raises Http404."""
    try:
        found = _version(pack, number)
    except NoPolicy:
        raise Http404 from None
    if found is None or not is_administrator(user, found.policy.platform):
        raise Http404
    return found


def newest_for(user: User, pack: str) -> VersionView:
    """The newest version of a pack, in force or not: what a change builds on. Raises Http404."""
    return pack_for(user, pack, next((version.number for version in versions_of(pack)), 0))


def _version(pack: str, number: int | None) -> VersionView | None:
    if number is None:
        return version_in_force(pack)
    return next((version for version in versions_of(pack) if version.number == number), None)
