"""A notification in words: title, sentence and link, in the language and zone of whoever reads it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import get_language

from contract.moments import local_moment, moment_in_words
from contract.templatetags.gongduan_ui import money_text
from disputes.labels.platform_terms import in_terms_of
from disputes.labels.words import FEEDS, name_of, pack_words
from disputes.services.numbering import platform_of
from notifications.reading import DUTIES
from notifications.sentences import ENDED, ENDINGS, EXPECTED_BY, KINDS, NEXT, RESPOND_BY, RULED, Pair


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """What a person reads."""

    title: str
    sentence: str
    path: str
    """Where the link leads, without the site's address."""
    why_path: str
    """Where it says why the time that is named is that time; empty where none is."""


def render(
    kind: str, *, role: str, number: str, facts: Mapping[str, Any], zone: str | tzinfo | None = None
) -> Rendered:
    """The words of a notification in the active language, moments in `zone` or else in the active one."""
    values = _values(facts, zone)
    title, sentence = pair_of(kind, role, facts)
    parts = [str(sentence) % values, *_next(facts, values, told_due="%(due)s" in str(sentence))]
    platform, path = platform_of(number), reverse("disputes:case", args=[number])
    return Rendered(
        title=in_terms_of(platform, str(title) % values), sentence=in_terms_of(platform, _joined(parts)), path=path,
        why_path=reverse("disputes:why", args=[number]) if values["due"] else "",
    )


def pair_of(kind: str, role: str, facts: Mapping[str, Any]) -> Pair:
    """Title and sentence of a kind, the most particular ones there are."""
    keys = (f"{kind}.{facts.get('decision')}", f"{kind}.{role}", f"{kind}.by_{facts.get('by')}", kind)
    return next((KINDS[key] for key in keys if key in KINDS), KINDS["case_moved"])


def _values(facts: Mapping[str, Any], zone: str | tzinfo | None) -> dict[str, str]:
    due, amount = facts.get("due_at"), facts.get("amount")
    return {
        "amount": money_text(Decimal(str(amount)), str(facts.get("currency", ""))) if amount is not None else "",
        "before": moment_words(datetime.fromisoformat(facts["before"]), zone) if facts.get("before") else "",
        "due": moment_words(datetime.fromisoformat(due), zone) if due else "",
        "label": pack_words(facts.get("label"), get_language() or settings.LANGUAGE_CODE),
        "ruled": name_of(RULED, str(facts.get("ruled", ""))), "feed": name_of(FEEDS, str(facts.get("feed", ""))),
    }


def moment_words(at: datetime, zone: str | tzinfo | None) -> str:
    """An absolute time with its zone, the year always with it: a notification is read whenever."""
    return moment_in_words(local_moment(at, zone), now=None, with_zone=True)


def _next(facts: Mapping[str, Any], values: Mapping[str, str], *, told_due: bool) -> list[str]:
    """What is to be done, or how it ended, and by when."""
    code = str(facts.get("next", ""))
    if code == "closed":
        ending = str(ENDINGS.get(str(facts.get("outcome", "")), ENDED))
        return [ending % values if values["amount"] or "%(amount)s" not in ending else str(ENDED)]
    parts = [str(NEXT[code])] if code in NEXT else []
    if parts and values["due"] and not told_due:
        parts.append(str(RESPOND_BY if code in DUTIES else EXPECTED_BY) % values)
    return parts


def _joined(parts: list[str]) -> str:
    """Sentences after one another; Chinese puts nothing between them."""
    chinese = (get_language() or settings.LANGUAGE_CODE).startswith("zh")
    return ("" if chinese else " ").join(parts)


def site_address() -> str:
    """The site's own address for links in mails: `SITE_URL`, else the first host it answers to."""
    named = str(getattr(settings, "SITE_URL", ""))
    if named:
        return named.rstrip("/")
    host = next((host for host in settings.ALLOWED_HOSTS if host.strip(".*")), "localhost").lstrip(".*")
    return f"http{'s' if getattr(settings, 'SECURE_SSL_REDIRECT', False) else ''}://{host}"
