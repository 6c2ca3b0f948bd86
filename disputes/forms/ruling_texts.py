"""Beginnings for the reasons of a ruling, in both languages: to be finished by whoever decides."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

TEXTS: Mapping[str, tuple[Promise | str, Promise | str]] = {
    "buyer_proved": (
        _("The buyer proved it"),
        _(
            "The buyer states: %(reason)s. The evidence submitted by the buyer shows it; the seller submitted nothing"
            " that says otherwise. The buyer's request is therefore granted."
        ),
    ),
    "seller_did_not_prove": (
        _("The seller had to prove it and did not"),
        _(
            "The buyer states: %(reason)s. Under the rules the seller has to prove the opposite; the evidence submitted"
            " by the seller does not. The buyer's request is therefore granted."
        ),
    ),
    "buyer_did_not_prove": (
        _("The buyer had to prove it and did not"),
        _(
            "The buyer states: %(reason)s. Under the rules the buyer has to prove this; the evidence submitted by the"
            " buyer does not show it. The buyer's request is therefore not granted."
        ),
    ),
    "nobody_proved": (
        _("Neither side proved anything"),
        _(
            "The buyer states: %(reason)s. Neither side submitted evidence that decides it, so the burden of"
            " proof decides."
        ),
    ),
    "both": (
        _("Both are liable"),
        _(
            "The buyer states: %(reason)s. The evidence shows that both sides contributed to the damage. The refund is"
            " divided accordingly."
        ),
    ),
}
"""A name for the list, and the text itself."""

LANGUAGES = ("zh-hans", "en")


@dataclass(frozen=True, slots=True, kw_only=True)
class Beginning:
    """A text that can be put into the reasons with one press."""

    value: str
    """What its button sends."""
    name: str
    """What it is for, in the reader's language."""
    language: str
    """The language of the text itself."""


def beginnings() -> Iterator[Beginning]:
    """Every text in both languages."""
    for code, (name, _text) in TEXTS.items():
        for language in LANGUAGES:
            yield Beginning(value=f"{code}:{language}", name=str(name), language=language)


def beginning(value: str, reasons: Mapping[str, str]) -> str:
    """The text a button stands for, with the reason of the case by language; empty for an unknown one."""
    code, _separator, language = value.partition(":")
    if code not in TEXTS or language not in LANGUAGES:
        return ""
    with translation.override(language):
        return str(TEXTS[code][1]) % {"reason": reasons.get(language, "")}
