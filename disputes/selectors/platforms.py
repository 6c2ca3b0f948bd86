"""Platforms, their packs, and what one version of a pack promises. Frozen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings

from contract.errors import NotFound
from disputes.models import Case
from disputes.selectors.access import CaseAccess
from disputes.selectors.actions import reason_label, remedy_label
from disputes.selectors.builtin_actions import BUILTIN_FIELDS
from disputes.selectors.cases import pack_word, platform_word
from disputes.selectors.clocks import deadline_label
from disputes.selectors.wording import Worded
from rules.engine.policy import DeadlineRule, Policy, Reason
from rules.selectors import NoPolicy, packs_in_force, policy_of, version_in_force


@dataclass(frozen=True, slots=True, kw_only=True)
class PackSummary:
    """The version of a pack that new cases are opened under."""

    pack: Worded
    """Its name."""
    goods: str
    """The kind of goods it is for."""
    version: int
    """Its number."""
    effective_from: datetime
    """Since when."""
    currency: str
    """Of its amounts."""
    zone: str
    """Of its times."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlatformView:
    """A platform with its packs."""

    platform: Worded
    """Its name."""
    packs: tuple[PackSummary, ...]
    """What is in force."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonView:
    """A reason of a pack's catalogue."""

    code: str
    """Its code."""
    label: str
    """Its name."""
    group: str
    """What it belongs to."""
    burden: str
    """Who must prove: buyer, seller, both or none."""
    counts: bool
    """Whether a ruling against the seller counts in the dispute rate."""
    remedies: tuple[str, ...]
    """What may be asked for with it."""
    source: str
    """Where that comes from."""
    confidence: str
    """seed, A, B, C, sdk or assumed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleView:
    """A deadline of a pack."""

    name: str
    """Its name."""
    id: str
    """The row id of the platform rule."""
    label: str
    """Its name in the reader's language."""
    kind: str
    """auto, window, gate or target."""
    party: str
    """Whose time runs."""
    lengths: tuple[str, ...]
    """Its lengths as the pack writes them; the first that applies counts."""
    source: str
    """Where the number comes from."""
    confidence: str
    """seed, A, B, C, sdk or assumed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyView:
    """One published version of a pack."""

    pack: Worded
    """Its name."""
    platform: Worded
    """Whose rules these are."""
    version: int
    """Its number."""
    effective_from: datetime
    """Since when."""
    zone: str
    """Of its times."""
    currency: str
    """Of its amounts."""
    reasons: tuple[ReasonView, ...]
    """The catalogue of reasons."""
    remedies: tuple[Worded, ...]
    """What may be asked for, proposed or ruled."""
    deadlines: tuple[RuleView, ...]
    """Its clocks, those of the order included."""
    document: Mapping[str, Any]
    """The resolved document."""


def platforms() -> tuple[PlatformView, ...]:
    """Every platform with its packs in force."""
    found: dict[str, list[PackSummary]] = {}
    for view in packs_in_force():
        policy = view.policy
        summary = PackSummary(
            pack=pack_word(policy), goods=policy.goods, version=view.number, effective_from=view.effective_from,
            currency=policy.currency, zone=policy.zone,
        )  # fmt: skip
        found.setdefault(policy.platform, []).append(summary)
    return tuple(PlatformView(platform=platform_word(name), packs=tuple(packs)) for name, packs in found.items())


def policy_view(pack: str, *, at: datetime | None = None) -> PolicyView:
    """The version of a pack in force at a moment, now by default. Raises NotFound."""
    try:
        view = version_in_force(pack, at)
    except NoPolicy as error:
        raise NotFound from error
    policy = view.policy
    return PolicyView(
        pack=pack_word(policy), platform=platform_word(policy.platform), version=view.number,
        effective_from=view.effective_from, zone=policy.zone, currency=policy.currency,
        reasons=tuple(_reason(reason) for reason in policy.reasons.values()),
        remedies=tuple(Worded(code=code, text=remedy_label(policy, code)) for code in policy.remedies),
        deadlines=tuple(_rules(policy)), document=policy.document,
    )  # fmt: skip


def _reason(reason: Reason) -> ReasonView:
    return ReasonView(
        code=reason.code, label=reason_label(reason), group=reason.group, burden=reason.burden, counts=reason.counts,
        remedies=reason.remedies, source=reason.provenance.source, confidence=reason.provenance.confidence,
    )  # fmt: skip


def _rules(policy: Policy) -> Iterator[RuleView]:
    for rule in policy.deadlines.values():
        if not rule.reminds_of:
            origin = rule.provenance
            yield RuleView(
                name=rule.name, id=origin.ids[0] if origin.ids else "", label=deadline_label(rule), kind=str(rule.kind),
                party=rule.party, lengths=_lengths(rule), source=origin.source, confidence=origin.confidence,
            )  # fmt: skip


def _lengths(rule: DeadlineRule) -> tuple[str, ...]:
    return tuple(f"{term.length} to {term.maximum}" if term.maximum else str(term.length) for term in rule.terms)


def zone_of_platform(platform: str) -> str:
    """The zone a platform's times are shown in, from its packs in force."""
    zones = (view.policy.zone for view in packs_in_force() if view.policy.platform == platform)
    return next(zones, settings.TIME_ZONE)


def zone_of_case(access: CaseAccess) -> str:
    """The zone of the rules a case was opened under."""
    return policy_of(Case.objects.values_list("policy_id", flat=True).get(pk=access.case_id)).zone


def pack_offers(access: CaseAccess, action: str) -> bool:
    """Whether the rules of a case know this action at all."""
    policy = policy_of(Case.objects.values_list("policy_id", flat=True).get(pk=access.case_id))
    return action in policy.actions or action in BUILTIN_FIELDS
