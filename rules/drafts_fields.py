"""What of a document forms can change: every entry with its fields, read off the document itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from rules.drafts_changes import NOTHING, DeepPath, value_at
from rules.drafts_endings import ending_of, possible_endings
from rules.drafts_settings import CHOICES, GROUPS, LIMITS, MONEY
from rules.engine.lengths import LENGTH_FORM, SUFFIXES, WORKING
from rules.loader import known_calendars

Values = Mapping[str, Any]
Entries = dict[str, "Entry"]


class Kind(StrEnum):
    """What a field holds, and so how it is asked for."""

    LENGTH = "length"
    """`5d`, `4wd`."""
    WHOLE = "whole"
    MONEY = "money"
    """A decimal as text."""
    FLAG = "flag"
    CHOICE = "choice"
    CHOICES = "choices"
    """Some of those listed."""
    WORDS = "words"
    """A list of codes, free."""
    REMINDERS = "reminders"
    TEXT = "text"
    ENDING = "ending"
    """What happens by itself: a whole branch."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One thing a form can change."""

    path: DeepPath
    """Where it stands in the document as `opened` lays it out."""
    kind: Kind
    value: Any
    """What the document says, or means where it says nothing."""
    choices: tuple[str, ...] = ()
    required: bool = True
    elapsed: bool = False
    """A length that counts in minutes, hours or days only."""
    about: Any = None
    """The condition under which it applies, as the document has it; None: always."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What one form changes together."""

    section: str
    name: str
    prefix: DeepPath
    """Where it stands; empty where it is gathered from several places."""
    fields: tuple[Field, ...]

    def key(self, field: Field) -> str:
        """The name of a field in a form."""
        return "-".join(map(str, field.path[len(self.prefix) :]))

    def group(self, path: DeepPath) -> DeepPath:
        """What a source speaks of: all numbers of one field of an entry have one."""
        return path[: len(self.prefix) + 1] if self.prefix else path[:2]

    def group_of(self, path: DeepPath) -> DeepPath:
        """The group that a path of the document belongs to; empty for a path this entry does not change."""
        groups = (self.group(field.path) for field in self.fields)
        return next((group for group in groups if path[: len(group)] == group), ())


FieldsOf = Callable[[Values, DeepPath, Values], Iterator[Field]]
"""From an entry, where it stands and the whole document."""


def opened(document: Values) -> dict[str, Any]:
    """The document with every length of a deadline as a list of maps, whatever shorter form it has.

    Nothing else is copied: change it by `rules.drafts_filling` only.
    """
    changed = dict(document)
    for section in DATED:
        entries = document.get(section) or {}
        changed[section] = {
            name: {**entry, "length": opened_length(entry["length"])} if "length" in entry else entry
            for name, entry in entries.items()
        }
    return changed


def opened_length(stated: Any) -> list[dict[str, Any]]:
    """A length as a list of maps."""
    items = stated if isinstance(stated, list) else [stated]
    return [dict(item) if isinstance(item, Mapping) else {"is": item} for item in items]


def entries_of(document: Values, section: str) -> Entries:
    """Everything forms can change in a section, by name. Raises KeyError for an unknown section."""
    build = SECTIONS[section]
    return {entry.name: entry for entry in build(opened(document)) if entry.fields}


def _each(section: str, fields: FieldsOf) -> Callable[[Values], Iterator[Entry]]:
    """Every entry of a section of the document."""

    def build(document: Values) -> Iterator[Entry]:
        for name, entry in (document.get(section) or {}).items():
            prefix = (section, name)
            yield Entry(section=section, name=name, prefix=prefix, fields=tuple(fields(entry, prefix, document)))

    return build


def _deadline(entry: Values, at: DeepPath, document: Values) -> Iterator[Field]:
    yield from _lengths(entry, (*at, "length"))
    yield from _offsets(entry.get("from"), (*at, "from"))
    cut = entry.get("cut") or {}
    if isinstance(cut.get("length"), str):
        yield Field(path=(*at, "cut", "length"), kind=Kind.LENGTH, value=cut["length"])
    yield Field(
        path=(*at, "end"), kind=Kind.CHOICE, value=entry.get("end", "exclusive"), choices=("exclusive", "inclusive")
    )
    for position, branch in enumerate(entry.get("on_lapse") or ()):
        choices = possible_endings(entry, branch, document)
        if choices:
            place = (*at, "on_lapse", position)
            yield Field(
                path=place, kind=Kind.ENDING, value=ending_of(branch), choices=choices, about=branch.get("when")
            )
    if at[0] == "deadlines" and entry.get("kind") in ("auto", "window") and entry.get("party") != "platform":
        yield Field(path=(*at, "remind"), kind=Kind.REMINDERS, value=entry.get("remind") or [], required=False)
    yield from _labels(entry, at)


def _lengths(entry: Values, at: DeepPath) -> Iterator[Field]:
    for position, term in enumerate(entry.get("length") or ()):
        here, about = (*at, position), term.get("when")
        for word in ("is", "target", "max"):
            if word in term:
                yield Field(path=(*here, word), kind=Kind.LENGTH, value=term[word], about=about)
        if any(_works(term.get(word)) for word in ("is", "target", "max")):
            yield Field(
                path=(*here, "make_up_counts"), kind=Kind.FLAG, value=term.get("make_up_counts", True), about=about
            )
        bound = value_at(term, ("when", "under", "limit"))
        if isinstance(bound, int) and not isinstance(bound, bool):
            yield Field(path=(*here, "when", "under", "limit"), kind=Kind.WHOLE, value=bound, about=about)


def _works(length: Any) -> bool:
    """Whether a length counts working time."""
    match = LENGTH_FORM.fullmatch(str(length))
    return match is not None and SUFFIXES.get(match["suffix"] or "") in WORKING


def _offsets(anchor: Any, at: DeepPath) -> Iterator[Field]:
    """Lengths by which the moment it counts from is moved."""
    if not isinstance(anchor, Mapping):
        return
    for word in ("plus", "minus"):
        if word in anchor:
            yield Field(path=(*at, word), kind=Kind.LENGTH, value=anchor[word], elapsed=True)
    for word in ("latest", "first_of"):
        for position, item in enumerate(anchor.get(word) or ()):
            if isinstance(item, Mapping) and "plus" in item:
                yield Field(path=(*at, word, position, "plus"), kind=Kind.LENGTH, value=item["plus"], elapsed=True)


def _labels(entry: Values, at: DeepPath, *words: str) -> Iterator[Field]:
    for word in words or ("labels",):
        stated = entry.get(word) or {}
        for language in ("zh", "en"):
            yield Field(
                path=(*at, word, language), kind=Kind.TEXT, value=stated.get(language, ""), required=language in stated
            )


def _reason(entry: Values, at: DeepPath, document: Values) -> Iterator[Field]:
    yield from _labels(entry, at)
    parties = ("buyer", "seller", "both", "none")
    yield Field(path=(*at, "burden"), kind=Kind.CHOICE, value=entry.get("burden"), choices=parties)
    yield Field(path=(*at, "counts"), kind=Kind.FLAG, value=bool(entry.get("counts", False)))
    remedies, slots = tuple(document.get("remedies") or {}), tuple(value_at(document, ("evidence", "slots")) or {})
    yield Field(path=(*at, "remedies"), kind=Kind.CHOICES, value=list(entry.get("remedies") or ()), choices=remedies)
    for party in ("buyer", "seller"):
        asked = list((entry.get("slots") or {}).get(party) or ())
        yield Field(path=(*at, "slots", party), kind=Kind.CHOICES, value=asked, choices=slots, required=False)


def _named(entry: Values, at: DeepPath, document: Values) -> Iterator[Field]:
    yield from _labels(entry, at)


def _moves(entry: Values, at: DeepPath, document: Values) -> Iterator[Field]:
    """By how much an action moves a due time or a moment."""
    for position, effect in enumerate(entry.get("effects") or ()):
        for word in ("extend", "shift"):
            by = value_at(effect, (word, "by"))
            if isinstance(by, str):
                yield Field(path=(*at, "effects", position, word, "by"), kind=Kind.LENGTH, value=by, elapsed=True)


def _evidence(document: Values) -> Iterator[Entry]:
    evidence, at = document.get("evidence") or {}, ("evidence",)
    limits = [
        Field(path=(*at, name), kind=Kind.WHOLE, value=evidence[name]) for name in LIMITS if name in evidence
    ]  # fmt: skip
    after = value_at(document, ("settings", "evidence_after_window"))
    if after is not NOTHING:
        limits.append(_setting("evidence_after_window", after))
    yield Entry(section="evidence", name="limits", prefix=(), fields=tuple(limits))
    for name, slot in (evidence.get("slots") or {}).items():
        prefix = (*at, "slots", name)
        fields = tuple(_labels(slot, prefix, "labels", "help"))
        yield Entry(section="evidence", name=name, prefix=prefix, fields=fields)


def _settings(document: Values) -> Iterator[Entry]:
    stated = document.get("settings") or {}
    placed = {name for names in GROUPS.values() for name in names} | {"evidence_after_window"}
    groups = {**GROUPS, "other": tuple(name for name in stated if name not in placed)}
    for group, names in groups.items():
        fields = [_setting(name, stated[name]) for name in names if name in stated]
        if group == "places":
            fields = _places(document)
        yield Entry(section="settings", name=group, prefix=(), fields=tuple(fields))


def _places(document: Values) -> list[Field]:
    calendars = known_calendars()
    return [
        Field(path=("calendar",), kind=Kind.CHOICE, value=document.get("calendar"), choices=calendars),
        Field(path=("timezone",), kind=Kind.TEXT, value=document.get("timezone")),
    ]


def _setting(name: str, value: Any) -> Field:
    path = ("settings", name)
    if name in CHOICES:
        return Field(path=path, kind=Kind.CHOICE, value=value, choices=CHOICES[name])
    if isinstance(value, bool):
        return Field(path=path, kind=Kind.FLAG, value=value)
    if isinstance(value, int):
        return Field(path=path, kind=Kind.WHOLE, value=value)
    if isinstance(value, list):
        return Field(path=path, kind=Kind.WORDS, value=value, required=False)
    if name in MONEY:
        return Field(path=path, kind=Kind.MONEY, value=value)
    if LENGTH_FORM.fullmatch(str(value)):
        return Field(path=path, kind=Kind.LENGTH, value=value, elapsed=True)
    return Field(path=path, kind=Kind.TEXT, value=value)


DATED = ("deadlines", "order_clocks")
SECTIONS: Mapping[str, Callable[[Values], Iterator[Entry]]] = {
    "deadlines": _each("deadlines", _deadline), "order_clocks": _each("order_clocks", _deadline),
    "reasons": _each("reasons", _reason), "evidence": _evidence, "settings": _settings,
    "actions": _each("actions", _moves), "order_actions": _each("order_actions", _moves),
    "remedies": _each("remedies", _named), "refusals": _each("refusals", _named),
    "rejections": _each("rejections", _named),
}  # fmt: skip
"""What a form can be made of, in the order an administrator looks for it."""
