"""On what the numbers of the packs rest: the short names in their `source` fields, in words.

A source reads `seed:004; restart: B:ssopdot 35242`: the letters before a colon say what kind of page it is, `decision`
that no page said it and what was decided instead.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Words = Mapping[str, str | Promise]

ARTICLES: Final[Words] = {
    "seed:000": _("Xianyu: how customer service settles disputes"),
    "seed:001": _("Tmall: how the platform steps in"),
    "seed:002": _("Taobao: how the platform steps in"),
    "seed:003": _("Xianyu: gift cards and other virtual goods"),
    "seed:004": _("AliExpress: disputes"),
}
"""The articles this product was asked to follow. They bind it."""

KINDS: Final[Words] = {
    "A": _("The platform's own page, or its description of an interface."),
    "B": _("Somebody else's page that quotes the platform's rule; at least one other page agrees."),
    "C": _("A single page of somebody else; nothing else was found."),
    "sdk": _("Names in the platform's published software kits: sure of the names, silent about times."),
    "statute": _("The law."),
    "product choice": _("Chosen for this product: platforms state nothing about it."),
    "assumed": _("Nothing was found; a default that is meant to be changed."),
}

DECISIONS: Final[Words] = {
    "10.1.1": _(
        "Once a return is agreed, the seller has 48 hours (assumed) to give an address; without one the refund is paid."
        " The buyer's time to send the item back counts from when the address is shown, and anew when it changes."
    ),
    "10.1.3": _(
        "Where the platform is awaited no time ever issues a ruling. Staff have a target and a maximum of twice that;"
        " past it administrators are alerted and both sides are told a new date. Procedural steps alone may pass by"
        " themselves: a Tmall application nobody examined for 48 hours is admitted."
    ),
    "10.1.4": _(
        "Tmall: the preliminary review takes 24 hours; the seller's evidence period counts from admission. Asking the"
        " platform in needs a statement and an exhibit. A buyer who is asked for more and sends nothing lets the case"
        " expire; a rejected application lets the buyer's days start anew."
    ),
    "10.1.5": _(
        "Who bears the burden of proof gives evidence; the seller always may. Both may declare theirs complete, which"
        " ends the period early. Until the ruling both sides may go on talking, propose, accept and withdraw."
    ),
    "10.1.6": _(
        "After the evidence period AliExpress still takes evidence while the case is open. Elsewhere it is kept as a"
        " late message, which the arbitrator may admit; the other side then has 24 hours to answer."
    ),
    "10.1.7": _(
        "A ruling above a limit waits for a second person: 4 hours as a target, 24 at most. Only a case that was ruled"
        " has a second review, once for each side that was not granted everything, with an exhibit that is new, by"
        " somebody else. A buyer who was paid keeps the money."
    ),
    "10.1.9": _(
        "Exchange, repair and sending again: the seller has 72 hours to send, 24 for a card; the buyer 7 days to check,"
        " 3 for a card. A silent seller pays the refund, a silent buyer has accepted."
    ),
    "10.1.11": _(
        "AliExpress: a seller's silence of 5 days pays what was asked; the platform decides 7 days after the first"
        " request, whatever was edited since. Before shipping the seller has 48 hours to cancel. The buyer must wait"
        " 10 days only with “not received”."
    ),
    "10.1.13": _(
        "Xianyu shares Taobao's times but not its no-reason return, and has its own for evidence, opinion and second"
        " review. A gift card the buyer has opened is not refunded by silence: the platform decides."
    ),
    "10.1.15": _(
        "Filing again: at most three times for a line of an order, never after a ruling, nor for the reason with which"
        " the platform's help was withdrawn."
    ),
    "10.2.19": _("A clerical error in a ruling is corrected by whoever ruled, before the payout was answered."),
    "10.2.20": _(
        "Clocks of an order without a case are computed when somebody looks. The receipt period may be extended once,"
        " by 30 days, where fewer than 5 are left and delivery is slow."
    ),
    "10.2.22": _(
        "A refund after a return needs one scan by the carrier: with none after 72 hours the buyer is asked again, with"
        " none at the end the platform decides. The seller may take 3 more days once while the parcel travels."
    ),
    "10.2.23": _(
        "A case that comes from a marketplace keeps the times stated there; what is past on arrival stands still until"
        " somebody lets it go."
    ),
}
"""What was decided where no page said anything, or pages disagreed; numbered as in the list it was decided in."""

_KNOWN = re.compile(
    r"(?P<seed>seed:\d{3})|(?P<decision>decision (?P<number>10\.\d\.\d+))|\b(?P<kind>[ABC]):"
    r"|\b(?P<word>sdk|statute|product choice|assumed)\b"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A part of a source: plain text, or a short name that stands in the list of sources."""

    text: str
    entry: str = ""
    """The name under which it is listed; empty for plain text."""
    meaning: str | Promise = ""

    @property
    def anchor(self) -> str:
        """Where it stands in the list."""
        return anchor_of(self.entry)


def anchor_of(entry: str) -> str:
    """The name of an entry as a part of an address."""
    return re.sub("[^a-zA-Z0-9.]+", "-", entry)


def pieces_of(source: str) -> Iterator[Piece]:
    """A source, taken apart at every short name of it that is listed."""
    end = 0
    for found in _KNOWN.finditer(source):
        if found.start() > end:
            yield Piece(text=source[end : found.start()])
        yield _piece(found)
        end = found.end()
    if end < len(source):
        yield Piece(text=source[end:])


def _piece(found: re.Match[str]) -> Piece:
    entry = found["seed"] or found["number"] or found["kind"] or found["word"]
    meaning = {**ARTICLES, **KINDS, **DECISIONS}.get(entry, "")
    return Piece(text=found[0], entry=entry if meaning else "", meaning=meaning)
