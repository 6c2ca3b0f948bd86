"""What somebody types or sends to choose cases, as a query: names looked up, and what is unknown pointed at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import Shop, User
from contract.bodies import FieldsInvalid
from contract.errors import FieldProblem
from disputes.selectors.bulk import CaseQuery
from disputes.selectors.numbers import unknown_numbers
from disputes.services.bulk_starting import own_platforms
from rules.selectors import versions_of

Told = Mapping[str, Any]
MOST_NUMBERS: Final = 1000
"""Case numbers that one query can name."""


def query_asked(user: User, told: Told) -> CaseQuery:
    """The query of these fields. Raises Forbidden for whoever administers nothing, FieldsInvalid."""
    mine = own_platforms(user)
    platform, numbers = told.get("platform") or "", tuple(dict.fromkeys(told.get("cases") or ()))
    if platform and platform not in mine:
        raise _wrong("platform", "invalid_choice", _("Choose one of: %(choices)s.") % {"choices": ", ".join(mine)})
    check_numbers(numbers, mine)
    after, before = told.get("due_after"), told.get("due_before")
    if after and before and before <= after:
        raise _wrong("due_before", "before_start", _("This is not after the moment it begins with."))
    return CaseQuery(
        platforms=(platform,) if platform else mine, pack=told.get("pack") or "", policy=_policy(told),
        stage=told.get("stage") or "", deadline=told.get("deadline") or "", due_after=after, due_before=before,
        reason=told.get("reason") or "", shop=_shop(told, mine), held=told.get("held") or "", numbers=numbers,
        held_by_run=told.get("held_by_run"),
    )  # fmt: skip


def _policy(told: Told) -> int | None:
    """The id of a version named by its pack and number."""
    number, pack = told.get("version"), told.get("pack") or ""
    if number is None:
        return None
    found = next((version.id for version in versions_of(pack) if version.number == number), None)
    if found is None:
        raise _wrong("version", "unknown_version", _("These rules have no such version. Choose the rules, too."))
    return found


def _shop(told: Told, platforms: Sequence[str]) -> int | None:
    """The id of a shop, given itself or found by what the shop is called (`shop_named`)."""
    name = told.get("shop_named")
    if not name:
        return told.get("shop")
    shops = Shop.objects.filter(Q(name__iexact=name) | Q(outside_id=name), platform__in=platforms)
    found = list(shops.values_list("pk", flat=True)[:2])
    if len(found) != 1:
        words = _("Several shops are called that; enter the number.") if found else _("There is no such shop.")
        raise _wrong("shop_named", "unknown_shop", words)
    return found[0]


def check_numbers(numbers: Sequence[str], platforms: Sequence[str], pointer: str = "/query/cases") -> None:
    """Raises FieldsInvalid for too many, and for those that no case of these platforms has."""
    if len(numbers) > MOST_NUMBERS:
        words = _("Name at most %(most)d cases.") % {"most": MOST_NUMBERS}
        raise FieldsInvalid(fields=[FieldProblem(pointer=pointer, code="too_many", detail=words)])
    unknown = unknown_numbers(numbers, platforms)
    if unknown:
        words = _("There is no such case: %(numbers)s.") % {"numbers": ", ".join(unknown[:20])}
        raise FieldsInvalid(fields=[FieldProblem(pointer=pointer, code="unknown_case", detail=words)])


def _wrong(name: str, code: str, words: str) -> FieldsInvalid:
    return FieldsInvalid(fields=[FieldProblem(pointer=f"/query/{name}", code=code, detail=words)])
