"""Effects of a document, compiled once into functions that change a draft."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from rules.engine.clock import Unit, parse_length
from rules.engine.conditions import compile_condition
from rules.engine.draft import Draft
from rules.engine.errors import DocumentError
from rules.engine.terms import TERM_EFFECTS, Effect
from rules.engine.types import DeadlineStatus, Fact
from rules.engine.vocabulary import ANCHORS, COUNTED_FACTS, EFFECT_WORDS, EMISSIONS, FACTS


def compile_effects(source: object) -> tuple[Effect, ...]:
    """Turn a list of single-word maps into functions, in order.

    Raises DocumentError with the position and the unknown word.
    """
    if source is None:
        return ()
    if not isinstance(source, (list, tuple)):
        raise DocumentError("effects are a list", word=source)
    effects = []
    for position, item in enumerate(source):
        try:
            effects.append(_compile_effect(item))
        except DocumentError as error:
            raise error.under(position) from None
    return tuple(effects)


def _compile_effect(item: object) -> Effect:
    if not isinstance(item, Mapping) or not item:
        raise DocumentError("an effect is a map of one word", word=item, choices=EFFECT_WORDS)
    if "if" in item:
        return _conditional(item)
    if len(item) != 1:
        raise DocumentError("an effect is a map of one word", word=tuple(item), choices=EFFECT_WORDS)
    ((word, value),) = item.items()
    if word not in _BUILDERS:
        raise DocumentError("unknown effect", path=(str(word),), word=word, choices=EFFECT_WORDS)
    try:
        return _BUILDERS[word](value)
    except DocumentError as error:
        raise error.under(str(word)) from None


def _conditional(item: Mapping[str, Any]) -> Effect:
    if set(item) - {"if", "then", "else"}:
        raise DocumentError("a conditional effect has `if`, `then` and perhaps `else`", word=tuple(item))
    test = compile_condition(item["if"])
    chosen, otherwise = compile_effects(item.get("then")), compile_effects(item.get("else"))

    def run(draft: Draft) -> None:
        for effect in chosen if test(draft) else otherwise:
            effect(draft)

    return run


def _names(value: Any, words: frozenset[str], kind: str) -> tuple[str, ...]:
    names = tuple(value) if isinstance(value, (list, tuple)) else (value,)
    for name in names:
        if name not in words:
            raise DocumentError(f"unknown {kind}", word=name, choices=tuple(sorted(words)))
    return names


def _set(value: Any) -> Effect:
    if not isinstance(value, Mapping):
        raise DocumentError("`set` needs a map of fact to value", word=value)
    _names(tuple(value), FACTS, "fact")
    readers = {name: _reader(source) for name, source in value.items()}

    def run(draft: Draft) -> None:
        for name, read in readers.items():
            draft.set(name, read(draft))

    return run


def _reader(source: Any) -> Callable[[Draft], Fact]:
    """A value: a literal, `{event: field}`, `{fact: name}`, `{actor: true}` or `{party: true}`."""
    if not isinstance(source, Mapping):
        return lambda draft: source
    if len(source) != 1:
        raise DocumentError("a value is a literal or one of event, fact, actor, party, stage", word=source)
    ((kind, name),) = source.items()
    readers: dict[str, Callable[[Draft], Fact]] = {
        "event": lambda draft: draft.event.data.get(name),
        "fact": lambda draft: draft.facts.get(name),
        "actor": lambda draft: draft.event.actor,
        "party": lambda draft: str(draft.event.party),
        "stage": lambda draft: str(draft.stage),
        "was_stage": lambda draft: str(draft.before.stage),
        "at": lambda draft: draft.event.at.isoformat(),
    }
    if kind not in readers:
        raise DocumentError("unknown source of a value", word=kind, choices=tuple(readers))
    return readers[kind]


def _clear(value: Any) -> Effect:
    names = _names(value, FACTS, "fact")

    def run(draft: Draft) -> None:
        for name in names:
            draft.set(name, None)

    return run


def _count(value: Any) -> Effect:
    names = (value,) if isinstance(value, str) else tuple(value)
    if set(names) - {"appeals_of_party", "exhibits_of_party"}:
        _names([name for name in names if not name.endswith("_of_party")], COUNTED_FACTS, "counter")

    def run(draft: Draft) -> None:
        for name in names:
            counter = name.replace("appeals_of_party", f"appeals_{draft.event.party}")
            counter = counter.replace("exhibits_of_party", f"{draft.event.party}_exhibits")
            draft.set(counter, draft.facts.get(counter, 0) + 1)

    return run


def _mark(value: Any) -> Effect:
    names = _names(value, ANCHORS, "anchor")

    def run(draft: Draft) -> None:
        for name in names:
            draft.mark(name, draft.event.at)

    return run


def _mark_once(value: Any) -> Effect:
    names = _names(value, ANCHORS, "anchor")

    def run(draft: Draft) -> None:
        for name in names:
            if name not in draft.anchors:
                draft.mark(name, draft.event.at)

    return run


def _unmark(value: Any) -> Effect:
    names = _names(value, ANCHORS, "anchor")

    def run(draft: Draft) -> None:
        for name in names:
            draft.mark(name, None)

    return run


def _take(value: Any) -> Effect:
    """Copy fields of the event into facts of the same name; a missing field changes nothing."""
    names = _names(value, FACTS, "fact")

    def run(draft: Draft) -> None:
        for name in names:
            if name in draft.event.data:
                draft.set(name, draft.event.data[name])

    return run


def _emit(value: Any) -> Effect:
    names = _names(value, EMISSIONS, "emission")

    def run(draft: Draft) -> None:
        for name in names:
            draft.emit(name)

    return run


def _extend(value: Any) -> Effect:
    """Move a running deadline later by a fixed elapsed length, or by the event's own number of hours."""
    if not isinstance(value, Mapping) or not set(value) <= {"deadline", "by"} or "deadline" not in value:
        raise DocumentError("`extend` needs `deadline` and `by`", word=value)
    name, by = str(value["deadline"]), elapsed(value["by"])

    def run(draft: Draft) -> None:
        state = draft.deadlines.get(name)
        if state is not None and state.status in (DeadlineStatus.PENDING, DeadlineStatus.PAUSED):
            draft.put(replace(state, due_at=state.due_at + by, wakes_at=state.wakes_at + by))

    return run


def elapsed(text: object) -> timedelta:
    """An elapsed length (minutes, hours, 24-hour days) as a timedelta. Raises DocumentError for any other unit."""
    try:
        length = parse_length(str(text))
    except ValueError as error:
        raise DocumentError(str(error), word=text) from None
    minutes = {Unit.MINUTES: 1, Unit.HOURS: 60, Unit.DAYS: 1440}.get(length.unit)
    if minutes is None:
        raise DocumentError("only minutes, hours and elapsed days can be used here", word=text)
    return timedelta(minutes=minutes * length.amount)


def _open(value: Any) -> Effect:
    """Open a gate now, whatever it counts from."""
    name = str(value)

    def run(draft: Draft) -> None:
        rule = draft.policy.deadlines[name]
        state = draft.deadlines.get(name) or rule.state_now(draft)
        draft.put(replace(state, status=DeadlineStatus.PASSED, due_at=min(state.due_at, draft.event.at)))

    return run


def _mark_at(value: Any) -> Effect:
    """Set anchors to moments the event carries: `{anchor: field}`, the field holding an ISO time."""
    if not isinstance(value, Mapping):
        raise DocumentError("`mark_at` needs a map of anchor to field", word=value)
    _names(tuple(value), ANCHORS, "anchor")

    def run(draft: Draft) -> None:
        for anchor, field in value.items():
            moment = draft.event.data.get(field)
            if isinstance(moment, str) and moment:
                draft.mark(anchor, datetime.fromisoformat(moment))

    return run


def _shift(value: Any) -> Effect:
    """Move a known anchor later by an elapsed length."""
    if not isinstance(value, Mapping) or set(value) != {"anchor", "by"}:
        raise DocumentError("`shift` needs `anchor` and `by`", word=value)
    (name,), by = _names(value["anchor"], ANCHORS, "anchor"), elapsed(value["by"])

    def run(draft: Draft) -> None:
        if name in draft.anchors:
            draft.mark(name, draft.anchors[name] + by)

    return run


_BUILDERS: dict[str, Callable[[Any], Effect]] = {
    "set": _set, "clear": _clear, "count": _count, "mark": _mark, "mark_once": _mark_once, "mark_at": _mark_at,
    "unmark": _unmark, "shift": _shift, "take": _take, "emit": _emit, "extend": _extend, "open": _open, **TERM_EFFECTS,
}  # fmt: skip
