"""A pack as one text: written out whole, and read back with the line and field of every mistake."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from contract.errors import FieldProblem, Invalid
from rules import loader
from rules.documents import Document, PackError, explain_error, nearest_of
from rules.drafting import LONGEST, MOST_WORKING_DAYS, roughly, traps_of
from rules.drafts_changes import NOTHING, changes_between, value_at
from rules.drafts_numbers import is_zone, wrong_numbers
from rules.drafts_words import problem_in_words
from rules.engine.clock import Length, Unit
from rules.engine.compiler import compile_policy
from rules.engine.errors import DocumentError
from rules.engine.policy import DeadlineRule, Policy

FILE = "document"
LONGEST_TEXT = 1_000_000
"""Characters; the longest shipped pack has a fifth of that when it is written out whole."""
DEEPEST = 40
"""Maps and lists within each other, more than any pack has."""
MOST_MISTAKES = 100
FIXED = ("format", "pack", "platform", "goods")
"""A draft changes what a pack says, never whose pack it is."""
_OPENING = (yaml.BlockMappingStartToken, yaml.BlockSequenceStartToken, yaml.FlowMappingStartToken,
            yaml.FlowSequenceStartToken)  # fmt: skip
_CLOSING = (yaml.BlockEndToken, yaml.FlowMappingEndToken, yaml.FlowSequenceEndToken)
_CONFUSED = (AttributeError, IndexError, KeyError, TypeError, ValueError, RecursionError)
"""What compiling raises for a value of a kind no field was ever made for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistake:
    """One thing wrong with a document."""

    line: int
    """The first line is 1."""
    field: str
    """The path to it, parts divided by dots; empty for the whole."""
    problem: str
    """In the reader's language."""
    nearest: str = ""
    """The known word it may stand for."""

    def as_json(self) -> dict[str, Any]:
        return {"line": self.line, "field": self.field, "problem": self.problem, "nearest": self.nearest}


class WrongDocument(Invalid):
    """A text that cannot be taken as a pack's document; `mistakes` names line and field of each mistake."""

    code = "wrong_document"
    outward = (*Invalid.outward, "mistakes")

    def __init__(self, mistakes: tuple[Mistake, ...]) -> None:
        told = [mistake.as_json() for mistake in mistakes]
        fields = [
            FieldProblem(pointer="/text", code=self.code, detail=f"{one.line}: {one.field}: {one.problem}")
            for one in mistakes
        ]
        super().__init__(fields=fields, mistakes=told)
        self.mistakes = mistakes

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.mistakes,)


def as_text(document: Mapping[str, Any]) -> str:
    """A resolved document as the text `read_text` reads back to the same."""
    return str(yaml.safe_dump(dict(document), allow_unicode=True, sort_keys=False, width=120))


def read_text(text: str, *, base: Policy) -> dict[str, Any]:
    """The resolved document a text states, for a pack that says `base` so far.

    It may inherit from the packs that came with this release. Raises WrongDocument with every mistake.
    """
    try:
        _check_form(text)
        document = loader.merge_text(text, file=FILE)
    except PackError as error:
        raise WrongDocument((_mistake(error),)) from None
    mistakes = tuple(_mistakes(document, base))
    if mistakes:
        raise WrongDocument(tuple(sorted(mistakes, key=lambda one: one.line))[:MOST_MISTAKES])
    return document.values


def check_document(values: Mapping[str, Any], *, base: Policy) -> None:
    """The same for a document that was never a text. Raises WrongDocument."""
    read_text(as_text(values), base=base)


def mistakes_in(values: Mapping[str, Any], *, base: Policy) -> tuple[Mistake, ...]:
    """What is wrong with a document that was never a text: every line is the first. For a look; it writes nothing."""
    return tuple(_mistakes(Document(values=dict(values)), base))


def _check_form(text: str) -> None:
    """Raises PackError for what would take for ever to read."""
    if len(text) > LONGEST_TEXT:
        raise PackError("this text is too long", file=FILE, line=1)
    depth = 0
    try:
        for token in yaml.scan(text, Loader=yaml.SafeLoader):
            depth += isinstance(token, _OPENING) - isinstance(token, _CLOSING)
            if isinstance(token, (yaml.AliasToken, yaml.AnchorToken)) or depth > DEEPEST:
                problem = "nested too deeply" if depth > DEEPEST else "anchors and aliases of YAML are not read here"
                raise PackError(problem, file=FILE, line=token.start_mark.line + 1)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise PackError(f"not valid YAML: {error.problem}", file=FILE, line=line) from None
    except yaml.YAMLError as error:
        raise PackError(f"not valid YAML: {error}", file=FILE, line=1) from None


def _mistakes(document: Document, base: Policy) -> Iterator[Mistake]:
    """Whatever is wrong: after each mistake the field is read as it was before, and the rest is looked at."""
    values = copy.deepcopy(document.values)
    for name in FIXED:
        if values.get(name) != base.document.get(name):
            yield _told(document, DocumentError("this draft is of another pack", path=(name,), word=values.get(name)))
            values[name] = base.document.get(name)
    for _round in range(MOST_MISTAKES):
        try:
            policy = compile_policy(values)
        except DocumentError as error:
            path = error.path
            yield _told(document, error)
        except _CONFUSED:
            path = _guilty(values, base.document)
            yield _told(document, DocumentError("this cannot be understood", path=path))
        else:
            yield from (_told(document, error) for error in contradictions(policy, base))
            return
        if not path or not _mended(values, path, base.document):
            return


def _mended(values: dict[str, Any], path: tuple[str | int, ...], base: Mapping[str, Any]) -> bool:
    """Put back what the base says at the path, or at the nearest one above it that says something else there."""
    for length in range(len(path), 0, -1):
        here, old = path[:length], value_at(base, path[:length])
        now = value_at(values, here)
        if now is old or (now is not NOTHING and now == old):
            continue
        holder = value_at(values, here[:-1])
        if old is NOTHING and isinstance(holder, dict):
            del holder[here[-1]]
        elif old is not NOTHING and isinstance(holder, dict | list):
            holder[here[-1]] = copy.deepcopy(old)  # type: ignore[index]
        else:
            continue
        return True
    return False


def _guilty(values: dict[str, Any], base: Mapping[str, Any]) -> tuple[str | int, ...]:
    """The changed field without which compiling gets further."""
    for change in changes_between(base, values):
        tried = copy.deepcopy(values)
        _mended(tried, change.path, base)
        try:
            compile_policy(tried)
        except _CONFUSED:
            continue
        except DocumentError:
            return change.path
        return change.path
    return ()


def contradictions(policy: Policy, base: Policy) -> Iterator[DocumentError]:
    """Numbers that no sound pack states, unless it stated them before."""
    for rule in policy.deadlines.values():
        if not rule.reminds_of:
            yield from _wrong_lengths(rule, base.deadlines.get(rule.name))
    for trap in sorted(traps_of(policy) - traps_of(base), key=lambda one: (one.gate, one.expiry)):
        problem = "this opens only after what it is needed for is over"
        yield DocumentError(problem, path=(_section(policy, trap.gate), trap.gate, "length"), word=trap.expiry)
    yield from wrong_numbers(policy.document, {**base.settings, **loader.known_settings()})
    yield from _wrong_places(policy)


def _wrong_lengths(rule: DeadlineRule, before: DeadlineRule | None) -> Iterator[DocumentError]:
    zero_before = before is not None and any(term.length.amount == 0 for term in before.terms)
    for position, term in enumerate(rule.terms):
        first = "is" if term.maximum is None else "target"
        for word, length in ((first, term.length), ("max", term.maximum)):
            problem = _wrong_length(length, zero_allowed=zero_before) if length else ""
            if problem:
                yield DocumentError(problem, path=_place(rule, position, word), word=str(length))
        if term.maximum and roughly(term.maximum) < roughly(term.length):
            yield DocumentError("the maximum is shorter than the target", path=_place(rule, position, "max"))


def _place(rule: DeadlineRule, position: int, word: str) -> tuple[str | int, ...]:
    """Where in the document a number of a length stands, whichever of its forms the length has."""
    stated = rule.source["length"]
    item = stated[position] if isinstance(stated, list) else stated
    among = (position,) if isinstance(stated, list) else ()
    inside = (word,) if isinstance(item, Mapping) and word in item else ()
    return ("order_clocks" if rule.order_clock else "deadlines", rule.name, "length", *among, *inside)


def _wrong_length(length: Length, *, zero_allowed: bool) -> str:
    if length.amount == 0 and length.unit is not Unit.CALENDAR_DAYS and not zero_allowed:
        return "a deadline needs some time"
    if roughly(length) > LONGEST or (length.unit is Unit.WORKING_DAYS and length.amount > MOST_WORKING_DAYS):
        return "this is too long"
    return ""


def _wrong_places(policy: Policy) -> Iterator[DocumentError]:
    if not is_zone(policy.zone):
        yield DocumentError("unknown time zone", path=("timezone",), word=policy.zone)
    if policy.calendar not in loader.known_calendars():
        choices = loader.known_calendars()
        yield DocumentError("unknown calendar", path=("calendar",), word=policy.calendar, choices=choices)


def _section(policy: Policy, name: str) -> str:
    return "order_clocks" if policy.deadlines[name].order_clock else "deadlines"


def _told(document: Document, error: DocumentError) -> Mistake:
    if document.places:
        error.path = _written(document, error.path)
    return _mistake(explain_error(error, document, file=FILE), nearest=nearest_of(error))


def _written(document: Document, path: tuple[str | int, ...]) -> tuple[str | int, ...]:
    """The path without the positions of only alternatives, which the text does not write as lists."""
    found: tuple[str | int, ...] = ()
    for part in path:
        if not isinstance(part, int) or (*found, part) in document.places:
            found = (*found, part)
    return found


def _mistake(error: PackError, nearest: str = "") -> Mistake:
    field = ".".join(str(part) for part in error.path)
    problem = problem_in_words(error.problem)
    return Mistake(line=error.line, field=field, problem=problem, nearest=nearest or error.nearest)
