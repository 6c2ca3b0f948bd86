"""What every page of cases does first: who is it, and what do they see?"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from contract.idempotency import Call, digest_of


def reader(request: HttpRequest) -> User:
    """The person who asks; pages are only for people who are logged in."""
    assert isinstance(request.user, User), "only people who are logged in come here"
    return request.user


def call_of(request: HttpRequest) -> Call | None:
    """The sending of this form, so that a second click is answered and not done; None without a key."""
    key = request.POST.get("once", "").strip()
    if not key:
        return None
    said = {name: values for name, values in request.POST.lists() if name not in ("csrfmiddlewaretoken", "version")}
    return Call(
        user_id=reader(request).pk,
        key=key[:80],
        method="POST",
        path=request.path,
        body_digest=digest_of(said, files=request.FILES),
    )


def crumbs(number: str, viewer: str) -> list[dict[str, Any]]:
    """The way back from a page of a case: to the list of whoever reads it, then to the case."""
    lists = {"buyer": ("disputes:cases", _("My cases")), "seller": ("disputes:shop-cases", _("Cases"))}
    name, label = lists.get(viewer, ("disputes:home", _("Queue")))
    return [{"url": reverse(name), "label": label}, {"url": reverse("disputes:case", args=[number]), "label": number}]
