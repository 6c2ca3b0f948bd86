"""What two lists of a document say differently, item by item, in the reader's language."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from disputes.labels.words import OUTCOMES, PARTIES, REMEDIES, STAGES, name_of
from rules.circumstances import condition_in_words, listed, readable
from rules.drafts_changes import Path, value_at
from rules.engine.errors import EngineError
from rules.engine.lengths import LENGTH_FORM, parse_length
from rules.engine.policy import Policy
from rules.wording import label_of, length_in_words, reminders_in_words
from studio.guard_words import guard_in_words

TABLES: Mapping[str, Mapping[str, Any]] = {
    "in": STAGES, "leads_to": STAGES, "by": PARTIES, "to": STAGES, "outcome": OUTCOMES, "remedies": REMEDIES,
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemChange:
    """One item that only one of two lists has, or that the second states otherwise."""

    before: str
    """Empty for one that was added."""
    after: str
    """Empty for one that was removed."""

    @property
    def told(self) -> str:
        """The whole in words."""
        if not self.before:
            return _("added: %(item)s") % {"item": self.after}
        if not self.after:
            return _("removed: %(item)s") % {"item": self.before}
        return _("instead of %(before)s: %(after)s") % {"before": self.before, "after": self.after}


def item_changes(before: Any, after: Any, path: Path, policy: Policy) -> tuple[ItemChange, ...]:
    """What was added, removed and stated otherwise; nothing for what are no lists, or differ in their order alone."""
    if not (isinstance(before, Sequence) and isinstance(after, Sequence)) or isinstance(before, str | bytes):
        return ()
    if isinstance(after, str | bytes):
        return ()
    old, new = ([json.dumps(item, sort_keys=True) for item in items] for items in (before, after))
    if sorted(old) == sorted(new):
        return (ItemChange(before="", after=_("the same in another order")),) if old != new else ()
    return tuple(_changes(before, after, old, new, path, policy))


def _changes(
    before: Sequence[Any], after: Sequence[Any], old: list[str], new: list[str], path: Path, policy: Policy
) -> Iterator[ItemChange]:
    for word, first, last, from_, to in SequenceMatcher(a=old, b=new, autojunk=False).get_opcodes():
        gone = [item_in_words(item, path, policy) for item in before[first:last]] if word != "equal" else []
        come = [item_in_words(item, path, policy) for item in after[from_:to]] if word != "equal" else []
        maps = any(isinstance(item, Mapping) for item in (*before[first:last], *after[from_:to]))
        both = min(len(gone), len(come)) if maps else 0
        yield from (ItemChange(before=one, after=other) for one, other in zip(gone[:both], come[:both], strict=True))
        yield from (ItemChange(before=one, after="") for one in gone[both:])
        yield from (ItemChange(before="", after=other) for other in come[both:])


def item_in_words(item: Any, path: Path, policy: Policy) -> str:
    """One item of a list at a path of the document."""
    if isinstance(item, Mapping) and path[-1:] == ("guards",) and "code" in item:
        return guard_in_words(item, policy)
    if isinstance(item, Mapping):
        return _map_in_words(item, policy)
    if isinstance(item, list):
        return listed(item_in_words(one, path, policy) for one in item)
    if isinstance(item, bool):
        return _("Yes") if item else _("No")
    text = str(item)
    if "remind" in path:
        return _reminder(text)
    if "slots" in path:
        return _labelled(("evidence", "slots", text), text, policy)
    if "remedies" in path and text in policy.remedies:
        return _labelled(("remedies", text), text, policy)
    table = TABLES.get(str(path[-1]), PARTIES if text in PARTIES else {})
    return name_of(table, text) if text in table else _length(text)


def _map_in_words(item: Mapping[str, Any], policy: Policy) -> str:
    """The fields of an item, its condition as the middle of a sentence."""
    told = []
    for word, value in item.items():
        if word == "when":
            told.append(_("where %(condition)s") % {"condition": condition_in_words(value)})
        elif word == "is":
            told.append(item_in_words(value, ("is",), policy))
        else:
            words = {"what": _word(word), "value": item_in_words(value, (word,), policy)}
            told.append(_("%(what)s: %(value)s") % words)
    return pgettext("between facts", ", ").join(told)


def _word(word: str) -> str:
    words = {
        "to": _("goes to"), "outcome": _("outcome"), "effects": _("does"), "code": _("refused as"),
        "by": _("who acts"), "in": _("the stage"), "id": _("number of the rule"), "source": _("source"),
        "confidence": _("how sure it is"), "set": _("sets"), "mark": _("marks"), "clear": _("clears"),
    }  # fmt: skip
    return words.get(word, readable(word))


def _labelled(path: tuple[str, ...], code: str, policy: Policy) -> str:
    labels = value_at(policy.document, (*path, "labels"))
    return label_of(labels, get_language() or "", code) if isinstance(labels, Mapping) else readable(code)


def _reminder(text: str) -> str:
    try:
        return reminders_in_words((text,))
    except EngineError:
        return text


def _length(text: str) -> str:
    if not LENGTH_FORM.fullmatch(text):
        return text
    try:
        return length_in_words(parse_length(text))
    except EngineError:
        return text
