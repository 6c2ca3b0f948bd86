"""A pack as a page of documentation: a diagram, then every number in a row with its source."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from rules.engine.policy import ActionRule, Branch, DeadlineRule, Policy
from rules.engine.types import DeadlineKind, Party, Stage
from rules.loader import PackVersion, digest

KIND = {
    DeadlineKind.AUTO: "happens by itself",
    DeadlineKind.WINDOW: "a permission closes",
    DeadlineKind.GATE: "a permission opens",
    DeadlineKind.TARGET: "staff are alerted",
    DeadlineKind.NOTICE: "reminder",
}


def page(policy: Policy, version: PackVersion) -> str:
    """The whole page, in Markdown. Made from the document alone: the same pack gives the same page."""
    return "\n".join(_lines(policy, version)) + "\n"


def _lines(policy: Policy, version: PackVersion) -> Iterator[str]:
    yield f"# {policy.labels.get('en', policy.pack)} · {policy.labels.get('zh', '')} (`{version.name}`)"
    yield ""
    yield "<!-- Written by `manage.py document_packs`; change the pack, not this page. -->"
    yield ""
    yield from _head(policy)
    yield "## How a case flows"
    yield ""
    yield "A clock (⏱) marks what a passed deadline does; everything else somebody does."
    yield ""
    yield from _diagram(policy)
    yield "## Deadlines"
    yield ""
    yield from _table(_deadline_head(), (_deadline_row(rule) for rule in _shown(policy, order_clock=False)))
    clocks = [_deadline_row(rule) for rule in _shown(policy, order_clock=True)]
    if clocks:
        yield "## Clocks of an order without a case"
        yield ""
        yield from _table(_deadline_head(), clocks)
    yield "## Reasons"
    yield ""
    yield from _table(_reason_head(), (_reason_row(policy, code) for code in policy.reasons))
    yield "## Actions"
    yield ""
    yield from _table(_action_head(), (_action_row(rule) for rule in policy.actions.values() if not rule.hidden))


def _head(policy: Policy) -> Iterator[str]:
    effective = policy.document.get("effective") or {}
    rows = [
        ("Time zone", policy.zone), ("Calendar of working days", policy.calendar), ("Currency", policy.currency),
        ("In force from", effective.get("from", "–")), ("In force until", effective.get("until", "–")),
        ("Late tolerance", str(policy.late_tolerance)), ("Minimum notice", str(policy.minimum_notice)),
        ("Evidence after the window", policy.settings.get("evidence_after_window", "–")),
        ("Second person above", f"{policy.settings.get('second_person_above', '–')} {policy.currency}"),
        ("Digest", f"`{digest(policy.document)[:16]}`"),
    ]  # fmt: skip
    yield from _table(("", ""), rows)


def _table(head: Iterable[str], rows: Iterable[Iterable[Any]]) -> Iterator[str]:
    head = tuple(head)
    yield f"| {' | '.join(head)} |"
    yield f"|{'---|' * len(head)}"
    for row in rows:
        yield f"| {' | '.join(str(cell).replace('|', '/') for cell in row)} |"
    yield ""


def _shown(policy: Policy, *, order_clock: bool) -> Iterator[DeadlineRule]:
    return (rule for rule in policy.deadlines.values() if rule.order_clock is order_clock and not rule.reminds_of)


def _deadline_head() -> tuple[str, ...]:
    return (
        "Row",
        "Deadline",
        "Whose time",
        "Length",
        "Counts from",
        "Lives in",
        "What happens then",
        "Source",
        "Confidence",
    )


def _deadline_row(rule: DeadlineRule) -> tuple[str, ...]:
    origin = rule.provenance
    return (
        ", ".join(origin.ids) or rule.name,
        f"{origin.labels.get('en', rule.name)}<br>{origin.labels.get('zh', '')}",
        rule.party,
        _length(rule),
        " / ".join(rule.anchor.names) + (", next midnight" if rule.anchor.midnight else ""),
        ", ".join(stage for stage in Stage if stage in rule.stages) or "order",
        _ending(rule),
        origin.source or "–",
        origin.confidence + (" (provisional)" if origin.provisional else ""),
    )


def _length(rule: DeadlineRule) -> str:
    texts = []
    for term in rule.terms:
        condition = term.source.get("when") if isinstance(term.source, Mapping) else None
        text = f"{term.length}–{term.maximum}" if term.maximum else str(term.length)
        texts.append(f"{text} ({_condition(condition)})" if condition else text)
    return "; ".join(texts) + (", last day included" if rule.inclusive else "")


def _condition(source: Any) -> str:
    if isinstance(source, Mapping):
        return ", ".join(f"{word} = {_condition(value)}" for word, value in source.items())
    return " or ".join(map(str, source)) if isinstance(source, (list, tuple)) else str(source)


def _ending(rule: DeadlineRule) -> str:
    if rule.kind is not DeadlineKind.AUTO:
        return KIND[rule.kind]
    ends = [_branch(branch) for branch in rule.lapse] or ["shown only"]
    return "; ".join([*ends, *([_feed(rule)] if rule.feed else [])])


def _feed(rule: DeadlineRule) -> str:
    source = rule.source["feed"]
    condition = source.get("when") if isinstance(source, Mapping) else None
    return f"paused while {rule.feed} data are stalled" + (f" ({_condition(condition)})" if condition else "")


def _branch(branch: Branch) -> str:
    where = branch.outcome or branch.to or branch.to_fact or (f"route {branch.route}" if branch.route else "stays")
    condition = branch.source.get("when")
    return f"{where} if {_condition(condition)}" if condition else str(where)


def _reason_head() -> tuple[str, ...]:
    return ("Code", "Reason", "Who must prove", "Remedies", "Counts against the seller", "Source", "Confidence")


def _reason_row(policy: Policy, code: str) -> tuple[str, ...]:
    reason = policy.reasons[code]
    origin = reason.provenance
    return (
        f"`{code}`",
        f"{reason.labels.get('en', '')}<br>{reason.labels.get('zh', '')}",
        reason.burden,
        ", ".join(reason.remedies),
        "yes" if reason.counts else "no",
        origin.source or "–",
        origin.confidence,
    )


def _action_head() -> tuple[str, ...]:
    return ("Action", "By", "In", "Guards")


def _action_row(rule: ActionRule) -> tuple[str, ...]:
    everywhere = rule.stages == frozenset(Stage)
    stages = "any" if everywhere else ", ".join(stage for stage in Stage if stage in rule.stages)
    return f"`{rule.name}`", ", ".join(sorted(rule.by)), stages, ", ".join(guard.code for guard in rule.guards) or "–"


def _diagram(policy: Policy) -> Iterator[str]:
    yield "```mermaid"
    yield "stateDiagram-v2"
    yield "    [*] --> WAIT_SELLER: file"
    known = set(policy.stages)
    for (stage, target, clock), names in sorted(_edges(policy).items(), key=_edge_order):
        if stage != target and {stage, target} <= known:
            yield f"    {stage} --> {target}: {'⏱ ' if clock else ''}{', '.join(dict.fromkeys(names))}"
    yield "```"
    yield ""


Edge = tuple[Stage, Stage, bool]
"""From, to, and whether a passed deadline leads there."""


def _edges(policy: Policy) -> dict[Edge, list[str]]:
    edges: dict[Edge, list[str]] = {}
    for action in policy.actions.values():
        told = frozenset({Stage.WAIT_SELLER}) if action.by == {Party.MARKETPLACE} else action.stages - {Stage.NEW}
        for stage in told:
            for target in _targets(policy, action.branches, stage):
                edges.setdefault((stage, Stage(target), False), []).append(action.name)
    for deadline in policy.deadlines.values():
        for stage in deadline.stages:
            for target in _targets(policy, deadline.lapse, stage):
                edges.setdefault((stage, Stage(target), True), []).append(deadline.row)
    return edges


def _edge_order(item: tuple[Edge, list[str]]) -> tuple[int, str, bool]:
    stage, target, clock = item[0]
    return list(Stage).index(stage), target, clock


def _targets(
    policy: Policy, branches: tuple[Branch, ...], stage: Stage, seen: frozenset[str] = frozenset()
) -> Iterator[str]:
    """Where branches can lead from a stage; those that name other stages in their condition are left out."""
    for branch in branches:
        if not _possible(branch, stage):
            continue
        if branch.to is not None:
            yield str(branch.to)
        if branch.route is not None and branch.route not in seen:
            yield from _targets(policy, policy.routes[branch.route], stage, seen | {branch.route})
        if "when" not in branch.source or set(branch.source["when"]) == {"stage"}:
            return


def _possible(branch: Branch, stage: Stage) -> bool:
    named = (branch.source.get("when") or {}).get("stage")
    return named is None or stage in (named if isinstance(named, list) else [named])
