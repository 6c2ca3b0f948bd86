"""How one proposal differs from another, as a sentence."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from contract.money import Money

Words = str | Promise

AMOUNTS: Mapping[tuple[str, str], Words] = {
    ("own", "less"): _("%(amount)s less than yours"),
    ("own", "more"): _("%(amount)s more than yours"),
    ("own", "same"): _("The same amount as yours"),
    ("buyer", "less"): _("%(amount)s less than the buyer asks for"),
    ("buyer", "more"): _("%(amount)s more than the buyer asks for"),
    ("buyer", "same"): _("The amount the buyer asks for"),
}
WITH_REMEDY = _("%(difference)s, as “%(remedy)s”")
"""Said when the kind of solution differs too."""


def difference(mine: Money, theirs: Money, remedy: str, *, whose: str) -> str:
    """`whose` is own, or buyer for staff; `remedy` is the other's kind of solution where it differs, else empty."""
    kind = "same" if mine == theirs else "less" if theirs < mine else "more"
    gap = mine - theirs if theirs < mine else theirs - mine
    sentence = str(AMOUNTS[whose, kind]) % {"amount": gap} if kind != "same" else str(AMOUNTS[whose, kind])
    return str(WITH_REMEDY) % {"difference": sentence, "remedy": remedy} if remedy else sentence
