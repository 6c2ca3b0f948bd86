"""«Why this time?» of a clock of an order: reckoned anew for each view, never stored."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.utils.translation import get_language

from contract.moments import local_moment, moment_in_words
from disputes.labels import times
from disputes.labels.words import name_of, pack_words
from disputes.selectors.clocks import deadline_label
from rules.engine.clock import explain
from rules.engine.draft import Draft
from rules.engine.policy import DeadlineRule


def why_of_order(rule: DeadlineRule, draft: Draft, due: datetime) -> Iterator[str]:
    """Sentences, in order: the rule, where counting began, when it ends, and where the number comes from."""
    policy, start = draft.policy, rule.anchor_value(draft) or draft.now
    reckoned = explain(start, rule.term(draft).length, zone=policy.zone, calendar=draft.calendar)

    def said(at: datetime) -> str:
        return moment_in_words(local_moment(at, reckoned.zone), now=draft.now, with_zone=True)

    anchor = times.anchor_in_words(rule.anchor.names, first_known=rule.anchor.any_of)
    length = times.length_in_words(str(reckoned.length.unit), reckoned.length.amount)
    yield str(times.RULE) % {"label": deadline_label(rule), "length": length, "anchor": anchor}
    yield str(times.FROM) % {"moment": said(start)}
    yield str(times.DUE) % {"moment": said(due)}
    if rule.kind in times.THEN:
        yield str(times.THEN[rule.kind])
    pack = pack_words(policy.labels, get_language() or "", policy.pack)
    origin = name_of(times.ORIGINS, rule.provenance.confidence)
    yield str(times.SOURCE_OF_ORDER) % {"id": rule.row, "pack": pack, "origin": origin}
