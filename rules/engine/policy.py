"""A compiled policy: what one version of one pack promises, ready to be asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from rules.engine.anchors import Anchor
from rules.engine.clock import Length, due_at
from rules.engine.conditions import Condition, always
from rules.engine.draft import Draft
from rules.engine.terms import Effect
from rules.engine.types import DeadlineKind, DeadlineState, Fact, Party, Stage

INCLUSIVE_MARGIN = timedelta(microseconds=1)
"""An inclusive deadline is past only after its due time; settling looks one microsecond later."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """Where a rule comes from."""

    ids: tuple[str, ...] = ()
    """Row ids of the platform rules, the first one names the rule in the journal."""
    source: str = ""
    confidence: str = "assumed"
    """seed, A, B, C, sdk or assumed; anything but seed and A is shown as provisional."""
    labels: Mapping[str, str] = field(default_factory=dict)
    """Names by language, `zh` and `en`."""

    @property
    def provisional(self) -> bool:
        return self.confidence not in ("seed", "A")


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    """One way a step can go. In a list the first whose condition holds is taken."""

    when: Condition
    effects: tuple[Effect, ...] = ()
    to: Stage | None = None
    to_fact: str | None = None
    """Instead of `to`: the fact that holds the stage to go to."""
    outcome: str | None = None
    route: str | None = None
    """Continue with the named list of branches."""
    source: Mapping[str, Any] = field(default_factory=dict)
    """The branch as the document has it, for explanations and diagrams."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """One alternative of a deadline's length."""

    when: Condition
    length: Length
    maximum: Length | None = None
    """For targets: the second rung."""
    source: Mapping[str, Any] | str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadlineRule:
    """One declared deadline."""

    name: str
    kind: DeadlineKind
    party: str
    """buyer, seller, both or platform: whose time runs."""
    stages: frozenset[Stage]
    when: Condition
    anchor: Anchor
    terms: tuple[Term, ...]
    inclusive: bool
    lapse: tuple[Branch, ...]
    position: int
    provenance: Provenance
    reminders: tuple[str, ...] = ()
    reminds_of: str = ""
    """For a reminder: the deadline it belongs to."""
    cut_anchor: Anchor | None = None
    cut_length: Length | None = None
    """The due time is no later than this length after this moment, once it is known."""
    order_clock: bool = False
    """A clock of the order, computed on demand and never swept."""
    feed: str = ""
    """The outside feed an automatic outcome relies on, where `feed_when` holds."""
    feed_when: Condition = always
    source: Mapping[str, Any] = field(default_factory=dict)

    @property
    def row(self) -> str:
        """What the journal calls the rule: its first row id, else its name."""
        return self.provenance.ids[0] if self.provenance.ids else self.name

    def waits_for_feed(self, draft: Draft) -> bool:
        """Whether it may not run now, because the feed it relies on is stalled."""
        return self.feed in (draft.facts.get("feeds_stalled") or ()) and self.feed_when(draft)

    def anchor_value(self, draft: Draft) -> datetime | None:
        return self.anchor.value(draft.anchors, draft.policy.zone)

    def cut_value(self, draft: Draft) -> datetime | None:
        return self.cut_anchor.value(draft.anchors, draft.policy.zone) if self.cut_anchor else None

    def term(self, draft: Draft) -> Term:
        """The alternative that applies; the last one when none does (documents end with an unconditional one)."""
        for term in self.terms:
            if term.when(draft):
                return term
        return self.terms[-1]

    def due(self, draft: Draft, start: datetime) -> datetime:
        due = due_at(start, self.term(draft).length, zone=draft.policy.zone, calendar=draft.calendar)
        cut = self.cut_value(draft)
        if cut is not None and self.cut_length is not None:
            return min(due, due_at(cut, self.cut_length, zone=draft.policy.zone, calendar=draft.calendar))
        return due

    def due_from_anchor(self, draft: Draft) -> datetime | None:
        start = self.anchor_value(draft)
        return None if start is None else self.due(draft, start)

    def wakes(self, due: datetime) -> datetime:
        return due + INCLUSIVE_MARGIN if self.inclusive else due

    def state_now(self, draft: Draft) -> DeadlineState:
        """A state for this deadline as if it started with this event."""
        start = self.anchor_value(draft) or draft.event.at
        due = self.due(draft, start)
        return DeadlineState(
            name=self.name, anchor=self.signature(draft), started_at=start, due_at=due, wakes_at=self.wakes(due)
        )

    def signature(self, draft: Draft) -> str:
        """The anchor values as text; a running deadline survives while this stays the same."""
        start, cut = self.anchor_value(draft), self.cut_value(draft)
        return f"{start.isoformat() if start else ''}{'|' + cut.isoformat() if cut else ''}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Guard:
    """A condition of an action with the code its refusal carries."""

    code: str
    test: Condition
    needs_event: bool
    """Whether only the event's own data can answer it."""
    gate: str = ""
    window: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldRule:
    """One field an action takes."""

    name: str
    type: str
    required: bool
    choices: tuple[str, ...] = ()
    capped: bool = False
    """An amount that may not exceed the case's maximum refund."""
    zero: frozenset[Party] = frozenset()
    """Who may give an amount of nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionRule:
    """Something a party may do, or a fact the marketplace may report."""

    name: str
    by: frozenset[Party]
    stages: frozenset[Stage]
    guards: tuple[Guard, ...]
    fields: Mapping[str, FieldRule]
    branches: tuple[Branch, ...]
    queueable: bool
    material: bool
    confirm: Condition | None
    """When it holds, the event must carry `confirm: true`."""
    hidden: bool
    """Never offered as a button."""
    position: int
    provenance: Provenance
    source: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class StageRule:
    """What a stage means."""

    stage: Stage
    awaits: tuple[tuple[Condition, str], ...]
    """Who is awaited: buyer, seller, both, platform or none; the first that applies."""
    enter: tuple[Effect, ...]
    """What happens whenever the stage is entered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One reason of a pack's catalogue."""

    code: str
    labels: Mapping[str, str]
    burden: str
    """Who must prove: buyer, seller, both or none."""
    group: str
    remedies: tuple[str, ...]
    counts: bool
    """Whether a ruling against the seller counts in the dispute rate."""
    received: bool | None = None
    """What the reason itself says of the goods; None leaves it open."""
    when: Condition
    slots: Mapping[str, tuple[str, ...]]
    """Evidence asked for, by party."""
    provenance: Provenance
    source: Mapping[str, Any] = field(default_factory=dict)

    def attribute(self, name: str) -> Any:
        return {"burden": self.burden, "group": self.group, "counts": self.counts}.get(name, self.source.get(name))


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """One published version of one pack, compiled."""

    format: int
    pack: str
    platform: str
    goods: str
    labels: Mapping[str, str]
    zone: str
    calendar: str
    currency: str
    settings: Mapping[str, Any]
    late_tolerance: timedelta
    minimum_notice: timedelta
    stages: Mapping[Stage, StageRule]
    reasons: Mapping[str, Reason]
    deadlines: Mapping[str, DeadlineRule]
    """Deadlines, order clocks and the reminders derived from them, by name."""
    by_stage: Mapping[Stage, tuple[DeadlineRule, ...]]
    actions: Mapping[str, ActionRule]
    order_actions: Mapping[str, ActionRule]
    """What buyer and seller may do to an order without a case, by name."""
    refusals: Mapping[str, Mapping[str, str]]
    """The reasons a seller may refuse for: code to names by language."""
    rejections: Mapping[str, Mapping[str, str]]
    """What a preliminary review may reject a request for: code to names by language."""
    remedies: Mapping[str, Mapping[str, Any]]
    """What may be asked for, proposed or ruled in this pack, and the stages it leads through."""
    routes: Mapping[str, tuple[Branch, ...]]
    evidence: Mapping[str, Any]
    document: Mapping[str, Any]
    """The resolved canonical document."""

    def value(self, word: Any) -> Any:
        """A number itself, or the setting of that name."""
        return self.settings.get(word, word) if isinstance(word, str) else word

    def number(self, word: Any) -> int:
        return int(self.value(word))

    def named(self, word: str) -> DeadlineRule:
        """The deadline of that name or row id. Raises KeyError."""
        if word in self.deadlines:
            return self.deadlines[word]
        for rule in self.deadlines.values():
            if word in rule.provenance.ids and not rule.reminds_of:
                return rule
        raise KeyError(word)

    @property
    def feeds(self) -> frozenset[str]:
        """The feeds that any of its automatic outcomes relies on."""
        return frozenset(rule.feed for rule in self.deadlines.values() if rule.feed)

    def fact(self, name: str) -> Fact:
        return self.document.get(name)
