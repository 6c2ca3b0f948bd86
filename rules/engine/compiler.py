"""A resolved document becomes a policy. Every word is checked; an unknown one is refused with its path."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any, TypeVar

from rules.engine.clock import Length, parse_length
from rules.engine.conditions import Condition, always, compile_condition, mentions_event, parse_party, parse_stage
from rules.engine.effects import compile_effects, elapsed
from rules.engine.errors import DocumentError
from rules.engine.policy import (
    ActionRule,
    Anchor,
    Branch,
    DeadlineRule,
    FieldRule,
    Guard,
    Policy,
    Provenance,
    Reason,
    StageRule,
    Term,
)
from rules.engine.types import DeadlineKind, Party, Stage
from rules.engine.vocabulary import ANCHORS, BUILTIN_EVENTS, FACTS, FIELD_TYPES, OUTCOMES, PREDICATES, REMEDIES

FORMAT = 1
T = TypeVar("T")

TOP_LEVEL = frozenset(
    "format pack abstract inherits platform goods labels timezone calendar currency effective settings stages reasons"
    " remedies refusals rejections deadlines order_clocks order_actions actions routes evidence notes remove"
    " version".split()
)
DEADLINE_KEYS = frozenset(
    "id kind party in when from length end on_lapse remind cut feed source confidence labels calendar note".split()
)
ACTION_KEYS = frozenset(
    "id by in guards fields branches when effects to to_fact outcome route queueable material confirm hidden source"
    " confidence labels note".split()
)
BRANCH_KEYS = frozenset("when effects to to_fact outcome route note".split())
REASON_KEYS = frozenset(
    "id labels burden group remedies counts when slots source confidence note freight metric deviation".split()
)
REMEDY_KEYS = frozenset("id labels leads_to returns_goods money source confidence note".split())
STAGE_KEYS = frozenset("awaits enter labels note".split())
CONFIDENCES = ("seed", "A", "B", "C", "sdk", "assumed")
PARTIES = ("buyer", "seller", "both", "platform")
AWAITED = (*PARTIES, "none")


def compile_policy(document: Mapping[str, Any]) -> Policy:
    """Compile a resolved document (inheritance merged, plain values).

    Raises DocumentError whose `path` leads to the offending field.
    """
    _only(document, TOP_LEVEL)
    if document.get("format") != FORMAT:
        raise DocumentError("unknown format", path=("format",), word=document.get("format"), choices=(str(FORMAT),))
    settings = dict(_map(document, "settings"))
    routes = _each(document, "routes", lambda name, value: _branches(value))
    stages = {rule.stage: rule for rule in _each(document, "stages", _stage).values()}
    reasons = _each(document, "reasons", _reason)
    deadlines = _deadlines(document)
    actions = _each(document, "actions", _numbered(_action))
    order_actions = _each(document, "order_actions", _numbered(_order_action))
    policy = Policy(
        format=FORMAT, pack=_text(document, "pack"), platform=_text(document, "platform"),
        goods=_text(document, "goods"), labels=_labels(document), zone=_text(document, "timezone"),
        calendar=_text(document, "calendar"), currency=_text(document, "currency"), settings=settings,
        late_tolerance=_at("settings", elapsed, settings.get("late_tolerance", "10min")),
        minimum_notice=_at("settings", elapsed, settings.get("minimum_notice", "24h")),
        stages=stages, reasons=reasons, deadlines=deadlines, by_stage=_by_stage(deadlines), actions=actions,
        order_actions=order_actions, refusals=_each(document, "refusals", _refusal),
        rejections=_each(document, "rejections", _refusal), remedies=_each(document, "remedies", _remedy),
        routes=routes, evidence=_map(document, "evidence"), document=document,
    )  # fmt: skip
    _check_references(policy)
    return policy


def _only(source: Mapping[str, Any], allowed: frozenset[str]) -> None:
    for word in source:
        if word not in allowed:
            raise DocumentError("unknown field", path=(word,), word=word, choices=tuple(sorted(allowed)))


def _map(source: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = source.get(name) or {}
    if not isinstance(value, Mapping):
        raise DocumentError("a map is needed here", path=(name,), word=value)
    return value


def _text(source: Mapping[str, Any], name: str) -> str:
    value = source.get(name)
    if not isinstance(value, str) or not value:
        raise DocumentError(f"`{name}` is missing", path=(name,), word=value)
    return value


def _each(document: Mapping[str, Any], section: str, build: Callable[[str, Any], T]) -> dict[str, T]:
    built = {}
    for name, value in _map(document, section).items():
        try:
            built[name] = build(name, value)
        except DocumentError as error:
            raise error.under(section, name) from None
    return built


def _numbered(build: Callable[[str, Any, int], T]) -> Callable[[str, Any], T]:
    """Give each entry its position, the order among equals."""
    counter = iter(range(100_000))
    return lambda name, value: build(name, value, next(counter))


def _at(name: str | int, build: Callable[[Any], T], value: Any) -> T:
    try:
        return build(value)
    except DocumentError as error:
        raise error.under(name) from None


def _mapping(value: Any) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise DocumentError("a map is needed here", word=value)
    return value


def _list(value: Any) -> list[Any]:
    if value is None:
        return []
    return list(value) if isinstance(value, (list, tuple)) else [value]


def _one_of(source: Mapping[str, Any], name: str, choices: tuple[str, ...], default: str | None = None) -> str:
    value = source.get(name, default)
    if value not in choices:
        raise DocumentError(f"unknown or missing {name}", path=(name,), word=value, choices=choices)
    return str(value)


def _labels(source: Mapping[str, Any]) -> Mapping[str, str]:
    labels = _map(source, "labels")
    for language in labels:
        if language not in ("zh", "en"):
            raise DocumentError("unknown language", path=("labels", language), word=language, choices=("zh", "en"))
    return {language: str(text) for language, text in labels.items()}


def _provenance(source: Mapping[str, Any]) -> Provenance:
    return Provenance(
        ids=tuple(str(item) for item in _list(source.get("id"))), source=str(source.get("source", "")),
        confidence=_one_of(source, "confidence", CONFIDENCES, "assumed"), labels=_labels(source),
    )  # fmt: skip


def _stages(source: Mapping[str, Any]) -> frozenset[Stage]:
    return frozenset(_at("in", parse_stage, item) for item in _list(source.get("in")))


def _when(source: Mapping[str, Any], name: str = "when") -> Condition:
    return _at(name, compile_condition, source.get(name)) if name in source else always


def _branch(value: Any) -> Branch:
    source = _mapping(value)
    _only(source, BRANCH_KEYS)
    outcome = source.get("outcome")
    if outcome is not None and outcome not in OUTCOMES:
        raise DocumentError("unknown outcome", path=("outcome",), word=outcome, choices=tuple(sorted(OUTCOMES)))
    to_fact = source.get("to_fact")
    if to_fact is not None and to_fact not in FACTS:
        raise DocumentError("unknown fact", path=("to_fact",), word=to_fact, choices=tuple(sorted(FACTS)))
    return Branch(
        when=_when(source), effects=_at("effects", compile_effects, source.get("effects")),
        to=_at("to", parse_stage, source["to"]) if "to" in source else None, to_fact=to_fact, outcome=outcome,
        route=source.get("route"), source=source,
    )  # fmt: skip


def _branches(value: Any) -> tuple[Branch, ...]:
    return tuple(_at(position, _branch, item) for position, item in enumerate(_list(value)))


def _stage(name: str, value: Any) -> StageRule:
    source = _mapping(value)
    _only(source, STAGE_KEYS)
    awaits = tuple(_at("awaits", _awaited, item) for item in _list(source.get("awaits")))
    return StageRule(stage=parse_stage(name), awaits=awaits, enter=_at("enter", compile_effects, source.get("enter")))


def _awaited(value: Any) -> tuple[Condition, str]:
    if isinstance(value, str):
        return always, _one_of({"party": value}, "party", AWAITED)
    source = _mapping(value)
    return _when(source), _one_of(source, "party", AWAITED)


def _reason(name: str, value: Any) -> Reason:
    source = _mapping(value)
    _only(source, REASON_KEYS)
    remedies = tuple(_list(source.get("remedies")))
    for remedy in remedies:
        if remedy not in REMEDIES:
            raise DocumentError("unknown remedy", path=("remedies",), word=remedy, choices=tuple(sorted(REMEDIES)))
    slots = {party: tuple(_list(names)) for party, names in _map(source, "slots").items()}
    return Reason(
        code=name, labels=_labels(source), burden=_one_of(source, "burden", ("buyer", "seller", "both", "none")),
        group=str(source.get("group", "")), remedies=remedies, counts=bool(source.get("counts", False)),
        when=_when(source), slots=slots, provenance=_provenance(source), source=source,
    )  # fmt: skip


def _deadlines(document: Mapping[str, Any]) -> dict[str, DeadlineRule]:
    numbered = _numbered(_deadline)
    declared = _each(document, "deadlines", numbered)
    clocks = _each(document, "order_clocks", numbered)
    for name in clocks:
        if name in declared:
            raise DocumentError("an order clock has the name of a deadline", path=("order_clocks", name), word=name)
    every = {**declared, **{name: _as_order_clock(rule) for name, rule in clocks.items()}}
    for rule in list(declared.values()):
        if rule.reminders:
            every[f"{rule.name}.reminder"] = _reminder(rule)
    return every


def _deadline(name: str, value: Any, position: int) -> DeadlineRule:
    source = _mapping(value)
    _only(source, DEADLINE_KEYS)
    kind = DeadlineKind(_one_of(source, "kind", tuple(DeadlineKind)))
    cut = _map(source, "cut")
    rule = DeadlineRule(
        name=name, kind=kind, party=_one_of(source, "party", PARTIES), stages=_stages(source), when=_when(source),
        anchor=_at("from", _anchor, source.get("from")), terms=_at("length", _terms, source.get("length")),
        inclusive=_one_of(source, "end", ("exclusive", "inclusive"), "exclusive") == "inclusive",
        lapse=_at("on_lapse", _branches, source.get("on_lapse")), position=position, provenance=_provenance(source),
        reminders=tuple(str(item) for item in _list(source.get("remind"))),
        cut_anchor=_at("cut", _anchor, cut["from"]) if cut else None,
        cut_length=_at("cut", _length, cut.get("length")) if cut else None,
        feed=str(source.get("feed", "")), source=source,
    )  # fmt: skip
    _check_deadline(rule)
    return rule


def _check_deadline(rule: DeadlineRule) -> None:
    if rule.kind is DeadlineKind.AUTO and not rule.lapse and rule.stages:
        raise DocumentError("an automatic deadline needs an outcome", path=("on_lapse",))
    if rule.kind is not DeadlineKind.AUTO and rule.lapse:
        raise DocumentError("only an automatic deadline has an outcome", path=("on_lapse",), word=rule.kind)
    if any(term.maximum for term in rule.terms) and rule.kind is not DeadlineKind.TARGET:
        raise DocumentError("only a target has a maximum", path=("length",), word=rule.kind)


def _as_order_clock(rule: DeadlineRule) -> DeadlineRule:
    return _copy(rule, order_clock=True)


def _copy(rule: DeadlineRule, **changes: Any) -> DeadlineRule:
    return replace(rule, **changes)


def _reminder(rule: DeadlineRule) -> DeadlineRule:
    for text in rule.reminders:
        _at("remind", _check_reminder, text)
    return _copy(rule, name=f"{rule.name}.reminder", kind=DeadlineKind.NOTICE, lapse=(), reminds_of=rule.name)


def _check_reminder(text: str) -> None:
    if text.endswith("%") and text[:-1].isdigit() and 0 < int(text[:-1]) < 100:
        return
    if text.startswith("-"):
        elapsed(text[1:])
        return
    raise DocumentError("a reminder is a share like 80% or a time before like -2h", word=text)


def _anchor(value: Any) -> Anchor:
    if isinstance(value, str):
        return Anchor(names=(_anchor_name(value),))
    source = _mapping(value)
    _only(source, frozenset({"anchor", "latest", "first_of", "plus", "minus", "next_midnight"}))
    names, plus = [], {}
    for item in _list(source.get("anchor") or source.get("latest") or source.get("first_of")):
        name = item if isinstance(item, str) else item.get("anchor")
        names.append(_anchor_name(name))
        if isinstance(item, Mapping) and "plus" in item:
            plus[str(name)] = elapsed(item["plus"])
    if "plus" in source:
        plus = {name: elapsed(source["plus"]) for name in names}
    if "minus" in source:
        plus = {name: -elapsed(source["minus"]) for name in names}
    midnight = bool(source.get("next_midnight", False))
    return Anchor(names=tuple(names), plus=plus, midnight=midnight, any_of="first_of" in source)


def _anchor_name(name: Any) -> str:
    if name not in ANCHORS:
        raise DocumentError("unknown anchor", word=name, choices=tuple(sorted(ANCHORS)))
    return str(name)


def _length(value: Any) -> Length:
    source = value if isinstance(value, Mapping) else {"is": value}
    try:
        length = parse_length(str(source.get("is")))
    except ValueError as error:
        raise DocumentError(str(error), word=source.get("is")) from None
    if "make_up_counts" in source:
        length = replace(length, make_up_counts=bool(source["make_up_counts"]))
    return length


def _terms(value: Any) -> tuple[Term, ...]:
    if value is None:
        raise DocumentError("`length` is missing")
    items = list(value) if isinstance(value, (list, tuple)) else [value]
    terms = tuple(_at(position, _term, item) for position, item in enumerate(items))
    if isinstance(items[-1], Mapping) and "when" in items[-1]:
        raise DocumentError("the last alternative of a length applies always; leave its `when` out", word=items[-1])
    return terms


def _term(value: Any) -> Term:
    if not isinstance(value, Mapping):
        return Term(when=always, length=_length(value), source=str(value))
    _only(value, frozenset({"when", "is", "target", "max", "make_up_counts"}))
    if "target" not in value:
        return Term(when=_when(value), length=_length(value), source=value)
    options = {"make_up_counts": value["make_up_counts"]} if "make_up_counts" in value else {}
    target = _length({"is": value["target"], **options})
    maximum = _length({"is": value["max"], **options}) if "max" in value else _double(target)
    if maximum.unit is target.unit and maximum.amount < target.amount:
        raise DocumentError("the maximum is shorter than the target", path=("max",), word=value.get("max"))
    return Term(when=_when(value), length=target, maximum=maximum, source=value)


def _double(length: Length) -> Length:
    return replace(length, amount=2 * length.amount)


def _action(name: str, value: Any, position: int) -> ActionRule:
    source = _mapping(value)
    _only(source, ACTION_KEYS)
    if name in BUILTIN_EVENTS:
        raise DocumentError("this action belongs to the engine", word=name)
    branches = source["branches"] if "branches" in source else [{k: source[k] for k in BRANCH_KEYS if k in source}]
    confirm = source.get("confirm")
    return ActionRule(
        name=name, by=frozenset(_at("by", parse_party, item) for item in _list(source.get("by"))),
        stages=_stages(source) or frozenset(Stage), guards=_at("guards", _guards, source.get("guards")),
        fields=_fields(source),
        branches=_at("branches", _branches, branches), queueable=bool(source.get("queueable", False)),
        material=bool(source.get("material", True)), hidden=bool(source.get("hidden", False)),
        confirm=None if confirm is None else always if confirm is True else _at("confirm", compile_condition, confirm),
        position=position, provenance=_provenance(source), source=source,
    )  # fmt: skip


def _order_action(name: str, value: Any, position: int) -> ActionRule:
    """An action on an order moves no case, so it has no stages and only one way to go."""
    for word in ("in", "to", "to_fact", "outcome", "route", "branches", "queueable"):
        if word in _mapping(value):
            raise DocumentError("an action on an order moves no case", path=(word,), word=word)
    return replace(_action(name, value, position), stages=frozenset({Stage.NEW}))


def _refusal(name: str, value: Any) -> Mapping[str, str]:
    source = _mapping(value)
    _only(source, frozenset({"labels", "advice", "source", "confidence", "note"}))
    _provenance(source)
    return _labels(source)


def _remedy(name: str, value: Any) -> Mapping[str, Any]:
    source = _mapping(value)
    _only(source, REMEDY_KEYS)
    if name not in REMEDIES:
        raise DocumentError("unknown remedy", word=name, choices=tuple(sorted(REMEDIES)))
    for stage in _list(source.get("leads_to")):
        _at("leads_to", parse_stage, stage)
    _provenance(source)
    return source


def _fields(source: Mapping[str, Any]) -> dict[str, FieldRule]:
    built = {}
    for name, value in _map(source, "fields").items():
        try:
            built[name] = _field(name, value)
        except DocumentError as error:
            raise error.under("fields", name) from None
    return built


def _guards(value: Any) -> tuple[Guard, ...]:
    return tuple(_at(position, _guard, item) for position, item in enumerate(_list(value)))


def _guard(value: Any) -> Guard:
    if isinstance(value, str):
        if value not in PREDICATES:
            raise DocumentError("unknown guard", word=value, choices=tuple(sorted(PREDICATES)))
        value = {value: True}
    source = dict(_mapping(value))
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
    _only(source, frozenset({"type", "required", "choices", "capped", "zero"}))
    kind = _one_of(source, "type", tuple(sorted(FIELD_TYPES)))
    return FieldRule(
        name=name, type=kind, required=bool(source.get("required", True)),
        choices=tuple(str(item) for item in _list(source.get("choices"))), capped=bool(source.get("capped", False)),
        zero=bool(source.get("zero", False)),
    )  # fmt: skip


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
