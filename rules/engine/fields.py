"""Fields of a document, read strictly: every reader refuses what it does not know, with the path to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from rules.engine.conditions import Condition, always, compile_condition, parse_stage
from rules.engine.effects import compile_effects
from rules.engine.errors import DocumentError
from rules.engine.policy import Branch, Provenance
from rules.engine.types import Stage
from rules.engine.vocabulary import FACTS, OUTCOMES

T = TypeVar("T")

BRANCH_KEYS = frozenset("when effects to to_fact outcome route note".split())
CONFIDENCES = ("seed", "A", "B", "C", "sdk", "assumed")
PARTIES = ("buyer", "seller", "both", "platform")


def only(source: Mapping[str, Any], allowed: frozenset[str]) -> None:
    for word in source:
        if word not in allowed:
            raise DocumentError("unknown field", path=(word,), word=word, choices=tuple(sorted(allowed)))


def section(source: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = source.get(name) or {}
    if not isinstance(value, Mapping):
        raise DocumentError("a map is needed here", path=(name,), word=value)
    return value


def text_of(source: Mapping[str, Any], name: str) -> str:
    value = source.get(name)
    if not isinstance(value, str) or not value:
        raise DocumentError(f"`{name}` is missing", path=(name,), word=value)
    return value


def each(document: Mapping[str, Any], name: str, build: Callable[[str, Any], T]) -> dict[str, T]:
    built = {}
    for key, value in section(document, name).items():
        try:
            built[key] = build(key, value)
        except DocumentError as error:
            raise error.under(name, key) from None
    return built


def numbered(build: Callable[[str, Any, int], T]) -> Callable[[str, Any], T]:
    """Give each entry its position, the order among equals."""
    counter = iter(range(100_000))
    return lambda name, value: build(name, value, next(counter))


def at(name: str | int, build: Callable[[Any], T], value: Any) -> T:
    try:
        return build(value)
    except DocumentError as error:
        raise error.under(name) from None


def mapping(value: Any) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise DocumentError("a map is needed here", word=value)
    return value


def listed(value: Any) -> list[Any]:
    if value is None:
        return []
    return list(value) if isinstance(value, (list, tuple)) else [value]


def one_of(source: Mapping[str, Any], name: str, choices: tuple[str, ...], default: str | None = None) -> str:
    value = source.get(name, default)
    if value not in choices:
        raise DocumentError(f"unknown or missing {name}", path=(name,), word=value, choices=choices)
    return str(value)


def labels_of(source: Mapping[str, Any]) -> Mapping[str, str]:
    labels = section(source, "labels")
    for language in labels:
        if language not in ("zh", "en"):
            raise DocumentError("unknown language", path=("labels", language), word=language, choices=("zh", "en"))
    return {language: str(text) for language, text in labels.items()}


def provenance_of(source: Mapping[str, Any]) -> Provenance:
    return Provenance(
        ids=tuple(str(item) for item in listed(source.get("id"))), source=str(source.get("source", "")),
        confidence=one_of(source, "confidence", CONFIDENCES, "assumed"), labels=labels_of(source),
    )  # fmt: skip


def stages_of(source: Mapping[str, Any]) -> frozenset[Stage]:
    return frozenset(at("in", parse_stage, item) for item in listed(source.get("in")))


def condition_of(source: Mapping[str, Any], name: str = "when") -> Condition:
    return at(name, compile_condition, source.get(name)) if name in source else always


def _branch(value: Any) -> Branch:
    source = mapping(value)
    only(source, BRANCH_KEYS)
    outcome = source.get("outcome")
    if outcome is not None and outcome not in OUTCOMES:
        raise DocumentError("unknown outcome", path=("outcome",), word=outcome, choices=tuple(sorted(OUTCOMES)))
    to_fact = source.get("to_fact")
    if to_fact is not None and to_fact not in FACTS:
        raise DocumentError("unknown fact", path=("to_fact",), word=to_fact, choices=tuple(sorted(FACTS)))
    return Branch(
        when=condition_of(source), effects=at("effects", compile_effects, source.get("effects")),
        to=at("to", parse_stage, source["to"]) if "to" in source else None, to_fact=to_fact, outcome=outcome,
        route=source.get("route"), source=source,
    )  # fmt: skip


def branches_of(value: Any) -> tuple[Branch, ...]:
    return tuple(at(position, _branch, item) for position, item in enumerate(listed(value)))
