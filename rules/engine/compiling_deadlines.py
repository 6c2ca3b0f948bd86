"""The deadlines of a document: kinds, anchors, lengths, reminders."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from rules.engine.anchors import Anchor
from rules.engine.clock import Length, parse_length
from rules.engine.conditions import Condition, always
from rules.engine.effects import elapsed
from rules.engine.errors import DocumentError
from rules.engine.fields import (
    PARTIES,
    at,
    branches_of,
    condition_of,
    each,
    listed,
    mapping,
    numbered,
    one_of,
    only,
    provenance_of,
    section,
    stages_of,
)
from rules.engine.policy import DeadlineRule, Term
from rules.engine.types import DeadlineKind, Stage
from rules.engine.vocabulary import ANCHORS, FEEDS

DEADLINE_KEYS = frozenset(
    "id kind party in when from length end on_lapse remind cut feed source confidence labels calendar note".split()
)


def compile_deadlines(document: Mapping[str, Any]) -> dict[str, DeadlineRule]:
    build = numbered(_deadline)
    declared = each(document, "deadlines", build)
    clocks = each(document, "order_clocks", build)
    for name in clocks:
        if name in declared:
            raise DocumentError("an order clock has the name of a deadline", path=("order_clocks", name), word=name)
        if clocks[name].feed:
            raise DocumentError("a clock of an order is never paused", path=("order_clocks", name, "feed"))
    every = {**declared, **{name: _as_order_clock(rule) for name, rule in clocks.items()}}
    for rule in list(declared.values()):
        if rule.reminders:
            every[f"{rule.name}.reminder"] = _reminder(rule)
    return every


def _deadline(name: str, value: Any, position: int) -> DeadlineRule:
    source = mapping(value)
    only(source, DEADLINE_KEYS)
    kind = DeadlineKind(one_of(source, "kind", tuple(DeadlineKind)))
    cut = section(source, "cut")
    feed, feed_when = at("feed", _feed, source.get("feed"))
    rule = DeadlineRule(
        name=name, kind=kind, party=one_of(source, "party", PARTIES), stages=stages_of(source),
        when=condition_of(source), anchor=at("from", _anchor, source.get("from")),
        terms=at("length", _terms, source.get("length")),
        inclusive=one_of(source, "end", ("exclusive", "inclusive"), "exclusive") == "inclusive",
        lapse=at("on_lapse", branches_of, source.get("on_lapse")), position=position, provenance=provenance_of(source),
        reminders=tuple(str(item) for item in listed(source.get("remind"))),
        cut_anchor=at("cut", _anchor, cut["from"]) if cut else None,
        cut_length=at("cut", _length, cut.get("length")) if cut else None,
        feed=feed, feed_when=feed_when, source=source,
    )  # fmt: skip
    _check_deadline(rule)
    return rule


def _check_deadline(rule: DeadlineRule) -> None:
    if rule.kind is DeadlineKind.AUTO and not rule.lapse and rule.stages:
        raise DocumentError("an automatic deadline needs an outcome", path=("on_lapse",))
    if rule.kind is not DeadlineKind.AUTO and rule.lapse:
        raise DocumentError("only an automatic deadline has an outcome", path=("on_lapse",), word=rule.kind)
    if rule.feed and rule.kind is not DeadlineKind.AUTO:
        raise DocumentError("only an automatic outcome relies on a feed", path=("feed",), word=rule.kind)
    if rule.feed and Stage.CLOSED in rule.stages:
        raise DocumentError("a closed case hears of no feed", path=("feed",), word=rule.feed)
    if any(term.maximum for term in rule.terms) and rule.kind is not DeadlineKind.TARGET:
        raise DocumentError("only a target has a maximum", path=("length",), word=rule.kind)


def _as_order_clock(rule: DeadlineRule) -> DeadlineRule:
    return _copy(rule, order_clock=True)


def _copy(rule: DeadlineRule, **changes: Any) -> DeadlineRule:
    return replace(rule, **changes)


def _reminder(rule: DeadlineRule) -> DeadlineRule:
    for text in rule.reminders:
        try:
            _check_reminder(text)
        except DocumentError as error:
            raise error.under("deadlines", rule.name, "remind") from None
    return _copy(rule, name=f"{rule.name}.reminder", kind=DeadlineKind.NOTICE, lapse=(), reminds_of=rule.name, feed="")


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
    source = mapping(value)
    only(source, frozenset({"anchor", "latest", "first_of", "plus", "minus", "next_midnight"}))
    names, plus = [], {}
    for item in listed(source.get("anchor") or source.get("latest") or source.get("first_of")):
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


def _feed(value: Any) -> tuple[str, Condition]:
    """A feed's name, or the name with the cases in which the outcome relies on it."""
    if value is None:
        return "", always
    source = value if isinstance(value, Mapping) else {"is": value}
    only(source, frozenset({"is", "when"}))
    name = source.get("is")
    if name not in FEEDS:
        raise DocumentError("unknown feed", word=name, choices=tuple(sorted(FEEDS)))
    return str(name), condition_of(source)


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
    terms = tuple(at(position, _term, item) for position, item in enumerate(items))
    if isinstance(items[-1], Mapping) and "when" in items[-1]:
        raise DocumentError("the last alternative of a length applies always; leave its `when` out", word=items[-1])
    return terms


def _term(value: Any) -> Term:
    if not isinstance(value, Mapping):
        return Term(when=always, length=_length(value), source=str(value))
    only(value, frozenset({"when", "is", "target", "max", "make_up_counts"}))
    if "target" not in value:
        return Term(when=condition_of(value), length=_length(value), source=value)
    options = {"make_up_counts": value["make_up_counts"]} if "make_up_counts" in value else {}
    target = _length({"is": value["target"], **options})
    maximum = _length({"is": value["max"], **options}) if "max" in value else _double(target)
    if maximum.unit is target.unit and maximum.amount < target.amount:
        raise DocumentError("the maximum is shorter than the target", path=("max",), word=value.get("max"))
    return Term(when=condition_of(value), length=target, maximum=maximum, source=value)


def _double(length: Length) -> Length:
    return replace(length, amount=2 * length.amount)
