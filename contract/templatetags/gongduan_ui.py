"""What every page shows the same way: money, moments, time left, parties and icons.

No tag reads a clock. The present moment is the view's to give, as ``now`` in the context.
"""

from collections.abc import Mapping
from datetime import datetime
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any, Final

from django import template
from django.template import Context
from django.templatetags.static import static
from django.utils.html import format_html, json_script
from django.utils.safestring import SafeString
from django.utils.translation import gettext, gettext_lazy, pgettext

from contract.moments import local_moment, moment_in_words, time_left_in_words, time_left_patterns

register = template.Library()

_SYMBOLS: Final[Mapping[str, str]] = {
    "CNY": "¥",
    "USD": "US$",
    "EUR": "€",
    "GBP": "£",
    "HKD": "HK$",
    "TWD": "NT$",
    "SGD": "S$",
    "AUD": "A$",
    "CAD": "C$",
    "BRL": "R$",
    "JPY": "JP¥",
    "KRW": "₩",
    "INR": "₹",
    "RUB": "₽",
}
_WITHOUT_CENTS: Final = frozenset({"JPY", "KRW", "VND", "CLP", "ISK"})
_THREE_DECIMALS: Final = frozenset({"BHD", "JOD", "KWD", "OMR", "TND"})

_PARTY_NAMES: Final = {
    "buyer": gettext_lazy("Buyer"),
    "seller": gettext_lazy("Seller"),
    "platform": gettext_lazy("Platform"),
    "clock": gettext_lazy("Clock"),
}
_ROLE_NAMES: Final = {
    "buyer": gettext_lazy("Buyer"),
    "seller": gettext_lazy("Seller"),
    "arbitrator": gettext_lazy("Arbitrator"),
    "administrator": gettext_lazy("Administrator"),
}
_PARTY_ICONS: Final = {"buyer": "buyer", "seller": "shop", "platform": "scales", "clock": "clock"}
_TONE_ICONS: Final = {"soon": "clock", "late": "warning", "good": "check", "info": "info"}


def _decimals(currency: str) -> int:
    if currency in _WITHOUT_CENTS:
        return 0
    return 3 if currency in _THREE_DECIMALS else 2


def money_text(amount: Decimal, currency: str) -> str:
    """``¥1,280.00``, ``US$6.30``, ``−¥68.00``; a currency without a symbol keeps its code."""
    places = _decimals(currency)
    rounded = abs(amount).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_EVEN)
    sign = "−" if amount < 0 and rounded else ""
    return f"{sign}{_SYMBOLS.get(currency, currency + chr(0xA0))}{rounded:,.{places}f}"


@register.simple_tag
def money(amount: Any, currency: str = "") -> SafeString | str:
    """Show an amount: a ``Decimal`` with its currency, or one value that holds both; a dash for none."""
    if amount is None or amount == "":
        return "—"
    code = currency or str(getattr(amount, "currency", ""))
    number = Decimal(getattr(amount, "amount", amount))
    return format_html('<data class="money" value="{} {}">{}</data>', code, number, money_text(number, code))


@register.simple_tag(takes_context=True)
def due(context: Context, moment: datetime | None, zone: Any = None) -> SafeString | str:
    """Show a moment as local time with the zone in words; the year goes only if ``now`` shares it."""
    if moment is None:
        return ""
    local = local_moment(moment, zone or context.get("zone"))
    words = moment_in_words(local, now=context.get("now"), with_zone=True)
    return format_html('<time datetime="{}">{}</time>', local.isoformat(), words)


@register.simple_tag(takes_context=True)
def at(context: Context, moment: datetime | None, zone: Any = None) -> SafeString | str:
    """Show a moment shortly, for lists and histories; the zone is in the title."""
    if moment is None:
        return ""
    local = local_moment(moment, zone or context.get("zone"))
    now = context.get("now")
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        local.isoformat(),
        moment_in_words(local, now=None, with_zone=True),
        moment_in_words(local, now=now, with_zone=False),
    )


@register.simple_tag
def left(seconds: float | None) -> str:
    """Say how long is left, in whole minutes, rounded down; past zero, that time is up."""
    return "" if seconds is None else time_left_in_words(int(seconds))


@register.simple_tag
def party_chip(party: str, viewer: str = "", who: str = "", title: str = "") -> SafeString:
    """Name a party with its icon and colour; the viewer's own side reads "You"; a title stands for the name."""
    name = gettext("You") if viewer and party == viewer else _PARTY_NAMES.get(party, party)
    label = title or (f"{name} {who}" if who and party != viewer else name)
    shape = icon(_PARTY_ICONS.get(party, "info"))
    return format_html('<span class="party party--{}">{}{}</span>', party, shape, label)


@register.simple_tag
def party_name(party: str) -> str:
    """Name a party in words; an unknown code is shown as it is."""
    return str(_PARTY_NAMES.get(party, party))


@register.simple_tag
def role_name(role: str) -> str:
    """Name what a person acts as; an unknown code is shown as it is."""
    return str(_ROLE_NAMES.get(role, role))


@register.simple_tag
def icon(name: str) -> SafeString:
    """Draw one symbol of the sprite, hidden from screen readers: the words beside it speak."""
    source = static("gongduan/icons.svg")
    return format_html('<svg class="icon" aria-hidden="true"><use href="{}#{}"></use></svg>', source, name)


@register.simple_tag
def tone_icon(tone: str) -> SafeString | str:
    """Draw the symbol that goes with a tone, so that colour never speaks alone."""
    return icon(_TONE_ICONS[tone]) if tone in _TONE_ICONS else ""


@register.filter
def note_for(notes: Mapping[Any, Any] | None, key: Any) -> Any:
    """Look a note up by the value it belongs to; empty where there is none."""
    return (notes or {}).get(str(key), "")


@register.simple_tag
def interface_words() -> SafeString:
    """Hand the page's script its sentences, so that the script holds no language of its own."""
    return json_script({**time_left_patterns(), **_script_words()}, "gd-words")


def _script_words() -> dict[str, str]:
    return {
        "overdue": gettext("Time is up, being recorded"),
        "refresh": gettext("Refresh the page"),
        "copied": gettext("Copied"),
        "restored": gettext("What you typed was kept and is back in place."),
        "remove": gettext("Remove %(name)s"),
        "one_file": gettext("1 file chosen"),
        "files": gettext("%(count)s files chosen"),
        "too_many": gettext("At most %(count)s files; the rest was left out."),
        "too_large": gettext("%(name)s is larger than allowed and was left out."),
        "shortcuts": gettext("Keyboard shortcuts"),
        "shortcuts_on": gettext("Use single-key shortcuts"),
        "close": gettext("Close"),
        "selected": gettext("%(count)s selected"),
        "key_j": gettext("Next one"),
        "key_k": gettext("Previous one"),
        "key_x": gettext("Select it"),
        "key_o": gettext("Open it"),
        "then": pgettext("between two keys pressed in turn", "then"),
    }
