"""A resolved document becomes a policy. Every word is checked; an unknown one is refused with its path."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from rules.engine.compiling_deadlines import compile_deadlines
from rules.engine.conditions import Condition, always, compile_condition, mentions_event, parse_party, parse_stage
from rules.engine.effects import compile_effects, elapsed
from rules.engine.errors import DocumentError
from rules.engine.fields import (
    BRANCH_KEYS,
    PARTIES,
    at,
    branches_of,
    condition_of,
    each,
    labels_of,
    listed,
    mapping,
    numbered,
    one_of,
    only,
    provenance_of,
    section,
    stages_of,
    text_of,
)
from rules.engine.policy import ActionRule, DeadlineRule, FieldRule, Guard, Policy, Reason, StageRule
from rules.engine.types import Party, Stage
from rules.engine.vocabulary import BUILTIN_EVENTS, FIELD_TYPES, PREDICATES, REMEDIES

FORMAT = 1

TOP_LEVEL = frozenset(
    "format pack abstract inherits platform goods labels timezone calendar currency effective settings stages reasons"
    " remedies refusals rejections deadlines order_clocks order_actions actions routes evidence notes remove"
    " version".split()
)
ACTION_KEYS = frozenset(
    "id by in guards fields branches when effects to to_fact outcome route queueable material confirm hidden source"
    " confidence labels note".split()
)
REASON_KEYS = frozenset(
    "id labels burden group received remedies counts when slots source confidence note freight metric deviation".split()
)
REMEDY_KEYS = frozenset("id labels leads_to returns_goods money source confidence note".split())
STAGE_KEYS = frozenset("awaits enter labels note".split())
AWAITED = (*PARTIES, "none")


def compile_policy(document: Mapping[str, Any]) -> Policy:
    """Compile a resolved document (inheritance merged, plain values).

    Raises DocumentError whose `path` leads to the offending field.
    """
    only(document, TOP_LEVEL)
    if document.get("format") != FORMAT:
        raise DocumentError("unknown format", path=("format",), word=document.get("format"), choices=(str(FORMAT),))
    settings = dict(section(document, "settings"))
    routes = each(document, "routes", lambda name, value: branches_of(value))
    stages = {rule.stage: rule for rule in each(document, "stages", _stage).values()}
    reasons = each(document, "reasons", _reason)
    deadlines = compile_deadlines(document)
    actions = each(document, "actions", numbered(_action))
    order_actions = each(document, "order_actions", numbered(_order_action))
    policy = Policy(
        format=FORMAT, pack=text_of(document, "pack"), platform=text_of(document, "platform"),
        goods=text_of(document, "goods"), labels=labels_of(document), zone=text_of(document, "timezone"),
        calendar=text_of(document, "calendar"), currency=text_of(document, "currency"), settings=settings,
        late_tolerance=_span(settings, "late_tolerance", "10min"),
        minimum_notice=_span(settings, "minimum_notice", "24h"),
        stages=stages, reasons=reasons, deadlines=deadlines, by_stage=_by_stage(deadlines), actions=actions,
        order_actions=order_actions, refusals=each(document, "refusals", _refusal),
        rejections=each(document, "rejections", _refusal), remedies=each(document, "remedies", _remedy),
        routes=routes, evidence=section(document, "evidence"), document=document,
    )  # fmt: skip
    _check_references(policy)
    return policy


def _span(settings: Mapping[str, Any], name: str, default: str) -> timedelta:
    return at("settings", lambda value: at(name, elapsed, value), settings.get(name, default))


def _stage(name: str, value: Any) -> StageRule:
    source = mapping(value)
    only(source, STAGE_KEYS)
    awaits = tuple(at("awaits", _awaited, item) for item in listed(source.get("awaits")))
    return StageRule(stage=parse_stage(name), awaits=awaits, enter=at("enter", compile_effects, source.get("enter")))


def _awaited(value: Any) -> tuple[Condition, str]:
    if isinstance(value, str):
        return always, one_of({"party": value}, "party", AWAITED)
    source = mapping(value)
    return condition_of(source), one_of(source, "party", AWAITED)


def _reason(name: str, value: Any) -> Reason:
    source = mapping(value)
    only(source, REASON_KEYS)
    remedies = tuple(listed(source.get("remedies")))
    for remedy in remedies:
        if remedy not in REMEDIES:
            raise DocumentError("unknown remedy", path=("remedies",), word=remedy, choices=tuple(sorted(REMEDIES)))
    slots = {party: tuple(listed(names)) for party, names in section(source, "slots").items()}
    return Reason(
        code=name, labels=labels_of(source), burden=one_of(source, "burden", ("buyer", "seller", "both", "none")),
        group=str(source.get("group", "")), received=_received(source), remedies=remedies,
        counts=bool(source.get("counts", False)), when=condition_of(source), slots=slots,
        provenance=provenance_of(source), source=source,
    )  # fmt: skip


def _received(source: Mapping[str, Any]) -> bool | None:
    told = source.get("received")
    if told is not None and not isinstance(told, bool):
        raise DocumentError("either true or false", path=("received",), word=told)
    return told


def _action(name: str, value: Any, position: int) -> ActionRule:
    source = mapping(value)
    only(source, ACTION_KEYS)
    if name in BUILTIN_EVENTS:
        raise DocumentError("this action belongs to the engine", word=name)
    branches = source["branches"] if "branches" in source else [{k: source[k] for k in BRANCH_KEYS if k in source}]
    confirm = source.get("confirm")
    return ActionRule(
        name=name, by=frozenset(at("by", parse_party, item) for item in listed(source.get("by"))),
        stages=stages_of(source) or frozenset(Stage), guards=at("guards", _guards, source.get("guards")),
        fields=_fields(source),
        branches=at("branches", branches_of, branches), queueable=bool(source.get("queueable", False)),
        material=bool(source.get("material", True)), hidden=bool(source.get("hidden", False)),
        confirm=None if confirm is None else always if confirm is True else at("confirm", compile_condition, confirm),
        position=position, provenance=provenance_of(source), source=source,
    )  # fmt: skip


def _order_action(name: str, value: Any, position: int) -> ActionRule:
    """An action on an order moves no case, so it has no stages and only one way to go."""
    for word in ("in", "to", "to_fact", "outcome", "route", "branches", "queueable"):
        if word in mapping(value):
            raise DocumentError("an action on an order moves no case", path=(word,), word=word)
    return replace(_action(name, value, position), stages=frozenset({Stage.NEW}))


def _refusal(name: str, value: Any) -> Mapping[str, str]:
    source = mapping(value)
    only(source, frozenset({"labels", "advice", "source", "confidence", "note"}))
    provenance_of(source)
    return labels_of(source)


def _remedy(name: str, value: Any) -> Mapping[str, Any]:
    source = mapping(value)
    only(source, REMEDY_KEYS)
    if name not in REMEDIES:
        raise DocumentError("unknown remedy", word=name, choices=tuple(sorted(REMEDIES)))
    for stage in listed(source.get("leads_to")):
        at("leads_to", parse_stage, stage)
    provenance_of(source)
    return source


def _fields(source: Mapping[str, Any]) -> dict[str, FieldRule]:
    built = {}
    for name, value in section(source, "fields").items():
        try:
            built[name] = _field(name, value)
        except DocumentError as error:
            raise error.under("fields", name) from None
    return built


def _guards(value: Any) -> tuple[Guard, ...]:
    return tuple(at(position, _guard, item) for position, item in enumerate(listed(value)))


def _guard(value: Any) -> Guard:
    if isinstance(value, str):
        if value not in PREDICATES:
            raise DocumentError("unknown guard", word=value, choices=tuple(sorted(PREDICATES)))
        value = {value: True}
    source = dict(mapping(value))
    code = str(source.pop("code", next(iter(source))))
    return Guard(
        code=code, test=compile_condition(source), needs_event=mentions_event(source), gate=_named(source, "gate"),
        window=_named(source, "within"),
    )  # fmt: skip


def _named(condition: Any, word: str) -> str:
    """The gate or window a condition asks for, also when it is one way of several: its time answers «from when?»."""
    if isinstance(condition, Mapping):
        if isinstance(condition.get(word), str):
            return str(condition[word])
        found = (_named(value, word) for key, value in condition.items() if key != "not")
        return next(filter(None, found), "")
    if isinstance(condition, (list, tuple)):
        return next(filter(None, (_named(item, word) for item in condition)), "")
    return ""


def _field(name: str, value: Any) -> FieldRule:
    source = value if isinstance(value, Mapping) else {"type": value}
    only(source, frozenset({"type", "required", "choices", "capped", "zero"}))
    kind = one_of(source, "type", tuple(sorted(FIELD_TYPES)))
    return FieldRule(
        name=name, type=kind, required=bool(source.get("required", True)),
        choices=tuple(str(item) for item in listed(source.get("choices"))), capped=bool(source.get("capped", False)),
        zero=_zero(source.get("zero", False)),
    )  # fmt: skip


def _zero(value: Any) -> frozenset[Party]:
    """Who may give an amount of nothing: everybody, nobody, or the parties named."""
    return frozenset(Party if value else ()) if isinstance(value, bool) else frozenset(map(parse_party, listed(value)))


def _by_stage(deadlines: Mapping[str, DeadlineRule]) -> dict[Stage, tuple[DeadlineRule, ...]]:
    return {
        stage: tuple(rule for rule in deadlines.values() if stage in rule.stages and not rule.order_clock)
        for stage in Stage
    }


def _check_references(policy: Policy) -> None:
    """Every deadline, route and gate that is named must exist."""
    for path, kind, name in _references(policy.document, ()):
        known = policy.deadlines if kind == "deadline" else policy.routes
        if name not in known:
            raise DocumentError(f"unknown {kind}", path=path, word=name, choices=tuple(known))
    for action in policy.actions.values():
        if Party.PLATFORM in action.by and action.queueable:
            raise DocumentError("only a party can queue an action", path=("actions", action.name, "queueable"))


def _references(node: Any, path: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], str, str]]:
    if isinstance(node, Mapping):
        for word, value in node.items():
            here = (*path, str(word))
            if word in ("gate", "within", "open") and isinstance(value, str):
                yield here, "deadline", value
            elif word == "extend" and isinstance(value, Mapping) and "deadline" in value:
                yield (*here, "deadline"), "deadline", value["deadline"]
            elif word == "route" and isinstance(value, str):
                yield here, "route", value
            yield from _references(value, here)
    elif isinstance(node, (list, tuple)):
        for position, item in enumerate(node):
            yield from _references(item, (*path, position))
