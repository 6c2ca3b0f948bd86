"""Changing a number of a pack: a published document in, a changed one out. Nothing is stored here."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from rules.engine.clock import Length, Unit
from rules.engine.compiler import compile_policy
from rules.engine.policy import DeadlineRule, Policy
from rules.engine.types import DeadlineKind, Stage

LONGEST = timedelta(days=1000)
MOST_WORKING_DAYS = 90
"""Calendars of working days are announced for a year at most; a longer promise could not be reckoned."""

ROUGHLY = {
    Unit.MINUTES: timedelta(minutes=1), Unit.HOURS: timedelta(hours=1), Unit.DAYS: timedelta(days=1),
    Unit.CALENDAR_DAYS: timedelta(days=1), Unit.WORKING_DAYS: timedelta(days=1.4), Unit.ORDINAL_DAYS: timedelta(days=1),
    Unit.BUSINESS_HOURS: timedelta(hours=3.7), Unit.BUSINESS_MINUTES: timedelta(minutes=3.7),
}  # fmt: skip
"""How long a unit takes on the whole, to compare lengths that are counted differently."""


class Undeclared(LookupError):
    """The document has no deadline or order clock of that name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTerm:
    """One alternative of a length, as it shall be."""

    length: Length
    maximum: Length | None = None
    """For targets: the second rung."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Why a new length cannot be; the caller finds the words."""

    code: str
    """`not_positive`, `too_long` or `target_above_maximum`."""
    position: int
    """Which alternative."""
    field: str
    """`length` or `maximum`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trap:
    """A permission that would open only when what it is needed for is already over."""

    gate: str
    expiry: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One number that two versions state differently. None where a version does not have it."""

    name: str
    before: DeadlineRule | None
    after: DeadlineRule | None


def problems_of(rule: DeadlineRule, terms: Sequence[NewTerm]) -> tuple[Problem, ...]:
    """What is wrong with new lengths for a deadline; nothing may become zero that was not."""
    return tuple(
        problem
        for position, (old, new) in enumerate(zip(rule.terms, terms, strict=True))
        for problem in _problems(position, new, zero_allowed=old.length.amount == 0)
    )


def with_lengths(
    document: Mapping[str, Any], name: str, terms: Sequence[NewTerm], *, source: str, confidence: str = "assumed"
) -> dict[str, Any]:
    """The document with other lengths for one deadline, and where they come from.

    Conditions, outcomes and everything else stay. Raises Undeclared, and DocumentError when the result is no policy.
    """
    changed: dict[str, Any] = copy.deepcopy(dict(document))
    entry = _entry(changed, name)
    entry["length"] = _rewritten(entry["length"], terms)
    entry["source"], entry["confidence"] = source, confidence
    compile_policy(changed)
    return changed


def same_lengths(rule: DeadlineRule, terms: Sequence[NewTerm]) -> bool:
    """Whether nothing would change."""
    return [(term.length, term.maximum) for term in rule.terms] == [(term.length, term.maximum) for term in terms]


def traps_of(policy: Policy) -> frozenset[Trap]:
    """Gates that open after a deadline which ends the case against the very party they open for."""
    return frozenset(
        Trap(gate=gate.name, expiry=expiry.name)
        for gate in policy.deadlines.values() if gate.kind is DeadlineKind.GATE and not gate.order_clock
        for expiry in policy.deadlines.values()
        if _ends_it(expiry) and _same_people(gate, expiry) and gate.stages & expiry.stages
        and _longest(gate) > _shortest(expiry)
    )  # fmt: skip


def differences(before: Policy, after: Policy) -> Iterator[Difference]:
    """Every deadline and order clock that ends at another time, in the order of the pack."""
    for name in {**before.deadlines, **after.deadlines}:
        old, new = before.deadlines.get(name), after.deadlines.get(name)
        if name.endswith(".reminder"):
            continue
        if old is None or new is None or _stated(old) != _stated(new):
            yield Difference(name=name, before=old, after=new)


def roughly(length: Length) -> timedelta:
    """About how long a length takes."""
    return length.amount * ROUGHLY[length.unit]


def _problems(position: int, term: NewTerm, *, zero_allowed: bool) -> Iterator[Problem]:
    for field, length in (("length", term.length), ("maximum", term.maximum)):
        if length is None:
            continue
        if length.amount == 0 and not zero_allowed:
            yield Problem(code="not_positive", position=position, field=field)
        if roughly(length) > LONGEST or (length.unit is Unit.WORKING_DAYS and length.amount > MOST_WORKING_DAYS):
            yield Problem(code="too_long", position=position, field=field)
    if term.maximum is not None and roughly(term.maximum) < roughly(term.length):
        yield Problem(code="target_above_maximum", position=position, field="maximum")


def _entry(document: dict[str, Any], name: str) -> dict[str, Any]:
    for section in ("deadlines", "order_clocks"):
        entry = (document.get(section) or {}).get(name)
        if entry is not None:
            return _map(entry)
    raise Undeclared(name)


def _map(value: Any) -> dict[str, Any]:
    assert isinstance(value, dict), "a canonical document declares deadlines as maps"
    return value


def _rewritten(stated: Any, terms: Sequence[NewTerm]) -> Any:
    """The `length` field in the form it had: one value, or a list of alternatives."""
    if isinstance(stated, list):
        return [_one(item, term) for item, term in zip(stated, terms, strict=True)]
    (only,) = terms
    return _one(stated, only)


def _one(stated: Any, term: NewTerm) -> Any:
    if not isinstance(stated, dict):
        return str(term.length)
    if "target" in stated:
        return {**stated, "target": str(term.length), "max": str(term.maximum or term.length)}
    return {**stated, "is": str(term.length)}


def _ends_it(rule: DeadlineRule) -> bool:
    return rule.kind is DeadlineKind.AUTO and any(
        branch.to is Stage.CLOSED and branch.outcome == "expired" for branch in rule.lapse
    )


def _same_people(gate: DeadlineRule, expiry: DeadlineRule) -> bool:
    return "both" in (gate.party, expiry.party) or gate.party == expiry.party


def _longest(rule: DeadlineRule) -> timedelta:
    return max(roughly(term.length) for term in rule.terms)


def _shortest(rule: DeadlineRule) -> timedelta:
    return min(roughly(term.length) for term in rule.terms)


def _stated(rule: DeadlineRule) -> tuple[Any, ...]:
    terms = [(_condition(term.source), term.length, term.maximum) for term in rule.terms]
    return rule.anchor, rule.inclusive, terms


def _condition(source: Any) -> Any:
    return source.get("when") if isinstance(source, Mapping) else None
