"""Which facts and anchors are still read from a stage on: the projection that keeps exploring small.

A name is alive in a stage if some condition, length or effect of the stage reads it, or if it is alive in a
stage that can follow and no effect on the way surely overwrites it. Anchors are written `@name`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from rules.engine.anchors import Anchor
from rules.engine.policy import ActionRule, Branch, DeadlineRule, Policy
from rules.engine.types import DeadlineKind, Stage
from rules.engine.vocabulary import FACTS

Names = frozenset[str]
NONE: Names = frozenset()

PREDICATE_READS: Mapping[str, str] = {
    "current_version_answered": "answered_version request_version",
    "remedy_of_reason": "reason remedy replacement_rejected",
    "reason_open_here": "",
    "withdrawn_with_this_reason": "withdrawn_reasons",
    "granted_in_full": "not_granted",
    "appeal_open": "buyer_appeal seller_appeal",
    "approval_pending": "approval_needed",
    "event_changes_request": "reason remedy amount",
    "appellant_acts": "buyer_appeal seller_appeal",
    "own_evidence_complete": "buyer_complete seller_complete",
    "counts_against_seller": "reason ruled_reason seller_share",
}
"""The facts behind each predicate. A reason once given stays good, so its own condition matters at filing alone."""

_RULING = frozenset(
    "ruled ruling ruled_outcome ruled_amount ruled_remedy liable seller_share not_granted approval_needed".split()
)
_AGREED = frozenset({"agreed_remedy", "agreed_amount", "agreed_with", "@settled"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """One way through a list of branches."""

    reads: Names
    writes: Names
    """What is surely overwritten on the way."""
    to: Stage | None
    """The stage it leads to; None stays."""


def alive_by_stage(policy: Policy) -> dict[Stage, Names]:
    """For each stage the facts and anchors whose values can still matter."""
    own = {stage: read_in(policy, stage) for stage in Stage}
    passages = {stage: tuple(_passages_from(policy, stage)) for stage in Stage}
    alive = dict(own)
    changed = True
    while changed:
        changed = False
        for stage in Stage:
            wider = own[stage].union(*(_through(passage, alive, stage) for passage in passages[stage]))
            changed = changed or wider != alive[stage]
            alive[stage] = wider
    return alive


def _through(passage: Passage, alive: Mapping[Stage, Names], stage: Stage) -> Names:
    return passage.reads | (alive[passage.to or stage] - passage.writes)


def asked_in(policy: Policy, stage: Stage) -> Names:
    """What is read while a case stands in the stage, or on the way out of it."""
    return read_in(policy, stage).union(*(passage.reads for passage in _passages_from(policy, stage)))


def timed_in(policy: Policy, stage: Stage) -> Names:
    """What decides who is awaited in the stage and which of its deadlines run."""
    document = policy.document.get("stages") or {}
    reads = set(condition_reads(policy, (document.get(stage) or {}).get("awaits")))
    for rule in policy.by_stage[stage]:
        reads |= condition_reads(policy, rule.source.get("when"))
    return frozenset(reads)


def read_in(policy: Policy, stage: Stage) -> Names:
    """What is read while a case stands in the stage."""
    reads = set(timed_in(policy, stage))
    for rule in policy.by_stage[stage]:
        reads |= deadline_reads(policy, rule)
    for action in policy.actions.values():
        if stage in action.stages:
            reads |= condition_reads(policy, action.source.get("guards"))
            reads |= condition_reads(policy, action.source.get("confirm"))
    return frozenset(reads)


def deadline_reads(policy: Policy, rule: DeadlineRule) -> Names:
    reads = condition_reads(policy, rule.source.get("when")) | condition_reads(policy, rule.source.get("length"))
    return reads | anchor_reads(rule)


def anchor_reads(rule: DeadlineRule) -> Names:
    """The anchors a deadline counts from or is cut by."""
    return _moments(rule.anchor) | (_moments(rule.cut_anchor) if rule.cut_anchor else NONE)


def _moments(anchor: Anchor) -> Names:
    return frozenset(f"@{name}" for name in anchor.names)


def condition_reads(policy: Policy, source: Any) -> Names:
    """The facts and anchors a condition, guard, length or list of them can look at."""
    if isinstance(source, str):
        return _word_reads(policy, source, None)
    if isinstance(source, Mapping):
        return NONE.union(*(_word_reads(policy, str(word), value) for word, value in source.items()))
    if isinstance(source, (list, tuple)):
        return NONE.union(*(condition_reads(policy, item) for item in source))
    return NONE


def _word_reads(policy: Policy, word: str, value: Any) -> Names:
    if word in ("all", "any", "not", "when"):
        return condition_reads(policy, value)
    if word in ("present", "absent", "same_person"):
        return frozenset(_items(value))
    if word == "anchored":
        return frozenset(f"@{name}" for name in _items(value))
    if word == "under" and isinstance(value, Mapping):
        return frozenset({str(value["fact"])})
    if word == "fewer_than" and isinstance(value, Mapping):
        return NONE.union(*(_counted(str(name)) for name in value))
    if word == "reason_is":
        return frozenset({"reason"})
    if word in ("gate", "within") and isinstance(value, str):
        return deadline_reads(policy, policy.deadlines[value])
    return _predicate_reads(policy, word)


def _predicate_reads(policy: Policy, word: str) -> Names:
    if word in PREDICATE_READS:
        return frozenset(PREDICATE_READS[word].split())
    return frozenset({word}) if word in FACTS else NONE


def _counted(name: str) -> Names:
    if name == "appeals_of_party":
        return frozenset({"appeals_buyer", "appeals_seller"})
    if name == "exhibits_of_party":
        return frozenset({"buyer_exhibits", "seller_exhibits"})
    return frozenset({name})


def _items(value: Any) -> list[str]:
    return [str(item) for item in value] if isinstance(value, (list, tuple)) else [str(value)]


def _passages_from(policy: Policy, stage: Stage) -> Iterator[Passage]:
    for action in policy.actions.values():
        if stage in action.stages:
            yield from passages(policy, action.branches)
    for rule in policy.by_stage[stage]:
        if rule.kind is DeadlineKind.AUTO:
            yield from passages(policy, rule.lapse)


def passages(
    policy: Policy, branches: tuple[Branch, ...], reads: Names = NONE, writes: Names = NONE, depth: int = 0
) -> Iterator[Passage]:
    """Every way through a list of branches, named routes followed."""
    for branch in branches if depth <= 8 else ():
        reads = reads | (condition_reads(policy, branch.source.get("when")) - writes)
        here, done = _effects(policy, branch.source.get("effects"), reads, writes)
        if branch.route is not None:
            yield from passages(policy, policy.routes[branch.route], here, done, depth + 1)
        else:
            yield from _arrivals(policy, branch, here, done)
        if not branch.source.get("when"):
            return
    yield Passage(reads=reads, writes=writes, to=None)


def _arrivals(policy: Policy, branch: Branch, reads: Names, writes: Names) -> Iterator[Passage]:
    stages = tuple(Stage) if branch.to_fact is not None else (branch.to,)
    if branch.to_fact is not None:
        reads = reads | {branch.to_fact}
    for stage in stages:
        if stage is None:
            yield Passage(reads=reads, writes=writes, to=None)
            continue
        document = (policy.document.get("stages") or {}).get(stage) or {}
        here, done = _effects(policy, document.get("enter"), reads, writes)
        yield Passage(reads=here, writes=done | {"@stage_entered"}, to=stage)


def _effects(policy: Policy, effects: Any, reads: Names, writes: Names) -> tuple[Names, Names]:
    for effect in effects or ():
        if "if" in effect:
            reads = reads | (condition_reads(policy, effect["if"]) - writes)
            then_reads, then_writes = _effects(policy, effect.get("then"), reads, writes)
            else_reads, else_writes = _effects(policy, effect.get("else"), reads, writes)
            reads, writes = then_reads | else_reads, then_writes & else_writes
            continue
        ((word, value),) = effect.items()
        reads, writes = reads | (_effect_reads(word, value) - writes), writes | _effect_writes(word, value)
    return reads, writes


def _effect_reads(word: str, value: Any) -> Names:
    if word == "set":
        return frozenset(str(item["fact"]) for item in value.values() if isinstance(item, Mapping) and "fact" in item)
    return {
        "answer": frozenset({"request_version"}),
        "new_version": frozenset({"remedy", "amount", "reason", "request_version"}),
        "offer": NONE,
        "agree": _agree_reads(str(value)),
        "refund": frozenset({{"requested": "amount", "agreed": "agreed_amount"}.get(str(value), "ruled_amount")}),
        "ruling": frozenset({"amount", "remedy", "reason"}),
    }.get(word, NONE)


def _agree_reads(value: str) -> Names:
    if value == "ruling":
        return frozenset({"ruled_remedy", "ruled_amount"})
    offers = {"buyer_offer", "seller_offer", "platform_offer"} if value == "offer" else set()
    return frozenset({"remedy", "amount", *offers})


def _effect_writes(word: str, value: Any) -> Names:
    if word == "set":
        return frozenset(value)
    if word == "clear":
        return frozenset(_items(value))
    if word in ("mark", "unmark"):
        return frozenset(f"@{name}" for name in _items(value))
    requested = frozenset({"buyer_offer", "@last_requested"} if value == "always" else {"buyer_offer"})
    plain = {"answer": frozenset({"answered_version", "first_answered"}), "agree": _AGREED, "new_version": requested}
    if word == "ruling":
        named = {"first": frozenset({"first_arbitrator", "ruled_reason"}), "appeal": frozenset({"ruled_reason"})}
        return _RULING | named.get(str(value), NONE)
    return plain.get(word, NONE)


def told_by(action: ActionRule) -> Names:
    """The facts and anchors an action may write itself."""
    names: set[str] = set()
    for branch in action.branches:
        for effect in branch.source.get("effects") or ():
            for word, value in effect.items():
                names |= _effect_writes("mark" if word in ("mark_once", "mark_at") else word, value)
    return frozenset(names)


def written_facts(policy: Policy) -> Names:
    """The facts some effect of the policy or of the engine itself writes; the rest only the order can tell."""
    by_engine = {"first_arbitrator", "ruled_reason", "payout", "paid_amount", "held", "arbitrator"}
    return frozenset(_written(policy.document)) | _RULING | by_engine


def _written(node: Any) -> Iterator[str]:
    if isinstance(node, Mapping):
        for word, value in node.items():
            if word in ("set", "clear", "take", "count") and isinstance(value, (Mapping, list, str)):
                yield from value if isinstance(value, Mapping) else _items(value)
            yield from _written(value)
    elif isinstance(node, (list, tuple)):
        for item in node:
            yield from _written(item)


def longest_reading(policy: Policy) -> dict[str, int]:
    """For each anchor the length, in days, after which no deadline tells one age from another."""
    longest: dict[str, int] = {}
    for rule in policy.deadlines.values():
        days = max(_days(term) for term in rule.terms)
        for name in (*rule.anchor.names, *(rule.cut_anchor.names if rule.cut_anchor else ())):
            longest[name] = max(longest.get(name, 0), days)
    return longest


def _days(term: Any) -> int:
    """A generous bound of a length in days: working days take at most two weeks each five."""
    length = term.maximum or term.length
    unit = {"minutes": 1, "hours": 1, "days": 24, "business_hours": 14, "business_minutes": 1}.get(length.unit, 72)
    return int(length.amount * unit) // 24 + 2


def mentioned_stages(policy: Policy) -> dict[Stage, str]:
    """The stages the pack's own deadlines and actions live in alone, each with who says so."""
    mentioned: dict[Stage, str] = {}
    for rule in policy.deadlines.values():
        if not rule.order_clock and not rule.reminds_of and len(rule.stages) == 1:
            mentioned.setdefault(next(iter(rule.stages)), rule.name)
    for action in policy.actions.values():
        if len(action.stages) == 1:
            mentioned.setdefault(next(iter(action.stages)), action.name)
    return mentioned
