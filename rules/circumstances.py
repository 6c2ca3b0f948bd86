"""The conditions of a pack in words, and how words are strung together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from rules import phrases


def condition_in_words(source: Any) -> str:
    """A condition of the document as the middle of a sentence."""
    holds, fails = list(_holding(source)), list(failing(source))
    words = _all_of(holds) if holds else _("nothing else applies")
    if not fails:
        return words
    unless = any_of(fails)
    if not holds:
        return _("it is not so that %(condition)s") % {"condition": unless}
    return _("%(condition)s, unless %(exception)s") % {"condition": words, "exception": unless}


def _holding(source: Mapping[str, Any]) -> Iterator[str]:
    for word, value in source.items():
        if word == "all":
            yield from (condition_in_words(item) for item in value)
        elif word == "any":
            yield any_of([condition_in_words(item) for item in value])
        elif word != "not":
            yield _leaf(word, value)


def failing(source: Mapping[str, Any]) -> Iterator[str]:
    """What must not hold, each part as a phrase."""
    denied = source.get("not")
    if denied is None:
        return
    parts = denied["any"] if set(denied) == {"any"} else [denied]
    yield from (condition_in_words(part) for part in parts)


def _leaf(word: str, value: Any) -> str:
    if word == "under":
        return str(phrases.AT_MOST) % {"limit": value["limit"]}
    if isinstance(value, Mapping):
        return _all_of([_named(f"{word}:{name}", item) for name, item in value.items()])
    return _named(word, value)


def _named(word: str, value: Any) -> str:
    values = value if isinstance(value, (list, tuple)) else [value]
    if len(values) > 1 and (together := phrases.CONDITIONS.get(f"{word}:{'|'.join(map(str, values))}")):
        return str(together)
    return any_of([str(phrases.CONDITIONS.get(_key(word, item), readable(_key(word, item)))) for item in values])


def _key(word: str, value: Any) -> str:
    return f"{word}:{str(value).lower() if isinstance(value, bool) else value}"


def _all_of(parts: Iterable[str]) -> str:
    return _(" and ").join(parts)


def any_of(parts: Iterable[str]) -> str:
    """`A or B`."""
    return _(" or ").join(parts)


def listed(parts: Iterable[str | Promise]) -> str:
    """`A, B`."""
    return pgettext("between things listed", ", ").join(map(str, parts))


def readable(code: str) -> str:
    """A code nobody has put into words yet, without its underscores."""
    return code.replace("_", " ").replace(":", " ").lower()
