"""Platforms, packs and their rules as administrators read them. Frozen, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.selectors import is_administrator
from disputes.labels.words import CONFIDENCE, KINDS, PARTIES, PLATFORMS, REMEDIES, STAGES, name_of
from disputes.selectors.feeds import platforms_with_feeds
from disputes.selectors.machinery import open_cases_by_version
from disputes.selectors.stops import StopView, open_stops
from rules import wording
from rules.circumstances import listed
from rules.engine.lengths import Unit
from rules.engine.policy import DeadlineRule, Policy, Reason
from rules.engine.types import Stage
from rules.selectors import VersionView, packs_in_force, versions_of


@dataclass(frozen=True, slots=True, kw_only=True)
class PackView:
    """One pack of a platform."""

    pack: str
    label: str
    number: int
    """The version in force."""
    effective_from: datetime
    scheduled_number: int | None
    """A version that takes effect later."""
    scheduled_from: datetime | None
    open_cases: int
    """Open cases under any version of it."""
    numbers: int
    provisional: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PlatformView:
    """A marketplace with its packs."""

    code: str
    label: str
    packs: tuple[PackView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleView:
    """One deadline in words."""

    name: str
    row_id: str
    label: str
    sentence: str
    applies: str
    """Under which condition it runs; empty when it always does."""
    feed: str
    """While which data do not arrive it stands still; empty when it relies on none."""
    lapse: str
    length: str
    anchor: str
    unit: str
    kind: str
    kind_code: str
    party: str
    reminders: str
    source: str
    confidence: str
    provisional: bool
    also_in: str
    """Further stages it lives in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleGroup:
    """The deadlines of one stage, or the clocks of the order."""

    code: str
    label: str
    rules: tuple[RuleView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonView:
    """One reason of the catalogue."""

    code: str
    label: str
    other_label: str
    """In the other language."""
    burden: str
    remedies: str
    counts: bool
    source: str
    confidence: str
    provisional: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class StopLine:
    """A pack whose automatic outcomes are stopped, to one administrator."""

    stop: StopView
    label: str
    zone: str
    mine: bool
    """Whether the reader stopped it, and so cannot resume it."""


def platforms_of(user: User) -> tuple[PlatformView, ...]:
    """The platforms somebody administers."""
    running = open_cases_by_version()
    found: dict[str, list[PackView]] = {}
    for version in packs_in_force():
        if is_administrator(user, version.policy.platform):
            found.setdefault(version.policy.platform, []).append(_pack(version, running))
    return tuple(
        PlatformView(code=code, label=name_of(PLATFORMS, code), packs=tuple(packs)) for code, packs in found.items()
    )


def platform_codes_of(user: User) -> tuple[str, ...]:
    """The codes of the platforms with rules that somebody administers."""
    return tuple(platform for platform in platforms_with_feeds() if is_administrator(user, platform))


def stops_of(user: User, pack: str = "") -> tuple[StopLine, ...]:
    """Which packs somebody administers are stopped, or whether the one named is."""
    mine = {
        version.pack: version.policy for version in packs_in_force()
        if pack in ("", version.pack) and is_administrator(user, version.policy.platform)
    }  # fmt: skip
    return tuple(
        StopLine(
            stop=stop, label=pack_label(mine[stop.pack]), zone=mine[stop.pack].zone, mine=stop.by_id == user.pk
        )
        for stop in open_stops(list(mine))
    )  # fmt: skip


def rule_groups(policy: Policy) -> tuple[RuleGroup, ...]:
    """Every number of a pack, by the stage it first lives in; the clocks of an order last."""
    by_stage: dict[Stage | None, list[RuleView]] = {}
    for rule in declared(policy):
        stages = wording.stages_of(rule)
        by_stage.setdefault(stages[0] if stages else None, []).append(rule_view(rule, policy))
    order: list[Stage | None] = [*Stage, None]
    return tuple(
        RuleGroup(
            code=str(stage or "order"), rules=tuple(by_stage[stage]),
            label=name_of(STAGES, str(stage)) if stage else _("Clocks of an order without a case"),
        )
        for stage in order if stage in by_stage
    )  # fmt: skip


def declared(policy: Policy) -> tuple[DeadlineRule, ...]:
    """The deadlines and order clocks a pack declares, without the reminders derived from them."""
    return tuple(rule for rule in policy.deadlines.values() if not rule.reminds_of)


def rule_view(rule: DeadlineRule, policy: Policy) -> RuleView:
    """One deadline in words."""
    origin, stages = rule.provenance, wording.stages_of(rule)
    return RuleView(
        name=rule.name, row_id=" ".join(origin.ids) or "–", sentence=wording.sentence_of(rule, policy),
        label=wording.label_of(origin.labels, get_language() or "", rule.name), applies=wording.applies_when(rule),
        feed=wording.feed_of(rule),
        lapse=wording.lapse_of(rule, policy), length=wording.lengths_in_words(rule), unit=_unit(rule),
        anchor=wording.anchor_in_words(rule.anchor), kind=name_of(KINDS, str(rule.kind)), kind_code=str(rule.kind),
        party=name_of(PARTIES, rule.party), reminders=wording.reminders_in_words(rule.reminders), source=origin.source,
        confidence=name_of(CONFIDENCE, origin.confidence), provisional=origin.provisional,
        also_in=listed(name_of(STAGES, str(stage)) for stage in stages[1:]),
    )  # fmt: skip


def _unit(rule: DeadlineRule) -> str:
    """The unit in words, where the length alone leaves open what a day is."""
    plain = {term.length.unit for term in rule.terms} <= {Unit.MINUTES, Unit.HOURS}
    return "" if plain else wording.unit_in_words(rule)


def reason_views(policy: Policy) -> tuple[ReasonView, ...]:
    """The reasons a buyer may give."""
    return tuple(_reason(reason, policy) for reason in policy.reasons.values())


def pack_label(policy: Policy) -> str:
    """What a pack is called in the reader's language."""
    return wording.label_of(policy.labels, get_language() or "", policy.pack)


def _pack(version: VersionView, running: Mapping[int, int]) -> PackView:
    versions, rules = versions_of(version.pack), declared(version.policy)
    newest = versions[0]
    later = newest if newest.effective_from > version.effective_from and newest.number != version.number else None
    return PackView(
        pack=version.pack, label=pack_label(version.policy), number=version.number,
        effective_from=version.effective_from, scheduled_number=later.number if later else None,
        scheduled_from=later.effective_from if later else None, numbers=len(rules),
        open_cases=sum(running.get(each.id, 0) for each in versions),
        provisional=sum(rule.provenance.provisional for rule in rules),
    )  # fmt: skip


def _reason(reason: Reason, policy: Policy) -> ReasonView:
    language = get_language() or ""
    other = "en" if language.startswith("zh") else "zh"
    burdens = {**PARTIES, "none": _("Nobody; the seller decides")}
    return ReasonView(
        code=reason.code, label=wording.label_of(reason.labels, language, reason.code),
        other_label=reason.labels.get(other, ""), burden=name_of(burdens, reason.burden),
        remedies=listed(_remedy(policy, remedy) for remedy in reason.remedies), counts=reason.counts,
        source=reason.provenance.source, confidence=name_of(CONFIDENCE, reason.provenance.confidence),
        provisional=reason.provenance.provisional,
    )  # fmt: skip


def _remedy(policy: Policy, code: str) -> str:
    labels = policy.remedies.get(code, {}).get("labels") or {}
    return wording.label_of(labels, get_language() or "", code) if labels else name_of(REMEDIES, code)
