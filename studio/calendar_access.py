"""Who may read and change a calendar: it serves every platform whose rules count by it."""

from __future__ import annotations

from django.http import Http404

from accounts.models import User
from accounts.selectors import is_administrator
from rules.calendar_editions import countries, platforms_using
from studio.access import administers_everything


def may_change(user: User, country: str) -> bool:
    """Whether somebody administers every platform that counts by a calendar."""
    platforms = platforms_using(country)
    if not platforms:
        return administers_everything(user)
    return all(is_administrator(user, platform) for platform in platforms)


def known_country(country: str) -> str:
    """Raises Http404."""
    if country not in countries():
        raise Http404
    return country


def changeable(user: User, country: str) -> str:
    """A country whose calendar somebody may change. Raises Http404."""
    if not may_change(user, known_country(country)):
        raise Http404
    return country
