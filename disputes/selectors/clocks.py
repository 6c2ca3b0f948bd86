"""The clocks of a case and its progress, as views."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.utils.translation import get_language

from disputes.labels.platform_terms import in_terms_of
from disputes.labels.words import HOLDS, STEPS, name_of, pack_words
from disputes.selectors.case_views import DeadlineView, ProgressStep
from disputes.selectors.doors import lapse_of
from disputes.selectors.freezes import frozen_until, runs_on
from disputes.selectors.reading import CaseRead
from disputes.selectors.wording import Worded
from rules.engine.policy import DeadlineRule, Policy
from rules.engine.reconciling import FROZEN, STALLED
from rules.engine.types import CaseSnapshot, DeadlineState, Stage

STEP_OF_STAGE = {
    Stage.WAIT_SELLER: "seller", Stage.SELLER_REFUSED: "seller", Stage.WAIT_BUYER_RETURN: "return",
    Stage.WAIT_SELLER_RECEIPT: "return", Stage.WAIT_REPLACEMENT: "replacement", Stage.WAIT_BUYER_CHECK: "replacement",
    Stage.INTERVENTION_REQUESTED: "intervention", Stage.EVIDENCE: "evidence", Stage.SELLER_FOLLOWUP: "evidence",
    Stage.REVIEW: "ruling", Stage.RULED: "ruling", Stage.APPEAL_EVIDENCE: "second_review",
    Stage.RE_REVIEW: "second_review", Stage.CLOSED: "closed",
}  # fmt: skip
REACHED: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("filed", ("first_requested",)),
    ("seller", ("first_requested",)),
    ("intervention", ("intervention_requested",)),
    ("evidence", ("evidence_requested",)),
    ("ruling", ("ruled", "review_started")),
    ("return", ("return_agreed",)),
    ("replacement", ("replacement_sent",)),
    ("second_review", ("appeal_submitted", "appealed", "buyer_appealed", "seller_appealed")),
    ("closed", ("closed",)),
)
"""Each step and the moments that tell when it was reached."""
EXPECTED = frozenset({"filed", "seller", "closed"})
"""Shown before they are reached; the platform's steps too while both sides disagree."""
OF_PLATFORM = frozenset({"intervention", "evidence", "ruling"})


def deadline_views(read: CaseRead) -> tuple[DeadlineView, ...]:
    """Running clocks first, the earliest first; reminders are left out."""
    shown = [s for s in read.snapshot.deadlines.values() if not read.policy.deadlines[s.name].reminds_of]
    shown.sort(key=lambda state: (state.status == "passed", state.due_at, read.policy.deadlines[state.name].position))
    later = runs_on(read.policy, read.calendar, read.snapshot)
    return tuple(_deadline(read, state, later.get(state.name)) for state in shown)


def _deadline(read: CaseRead, state: DeadlineState, later: DeadlineState | None) -> DeadlineView:
    rule = read.policy.deadlines[state.name]
    origin = rule.provenance
    return DeadlineView(
        name=state.name, id=origin.ids[0] if origin.ids else "", label=deadline_label(rule), kind=str(rule.kind),
        party=rule.party, started_at=state.started_at, due_at=state.due_at, state=str(state.status),
        on_timeout=_on_timeout(read, state.name), source=origin.source, confidence=origin.confidence,
        provisional=origin.provisional, stated=state.stated, version=read.policy_number, paused=_paused(state),
        paused_at=state.paused_at,
        paused_until=frozen_until(read.snapshot) if state.pause_reason == FROZEN else None,
        moves_to=later.due_at if later and later.pending and state.pause_reason == FROZEN else None,
    )  # fmt: skip


def _paused(state: DeadlineState) -> Worded | None:
    code = state.pause_reason
    return Worded(code=code, text=name_of(HOLDS, code)) if state.paused_at is not None else None


def waits_for(snapshot: CaseSnapshot) -> tuple[Worded, ...]:
    """The stalled feeds for which something in the case waits."""
    reasons = sorted({state.pause_reason for state in snapshot.deadlines.values() if state.paused_at is not None})
    return tuple(Worded(code=code, text=name_of(HOLDS, code)) for code in reasons if code.startswith(STALLED))


def _on_timeout(read: CaseRead, name: str) -> Worded | None:
    lapse = lapse_of(read.policy, read.calendar, read.snapshot, name, read.case.currency)
    return lapse.worded(read.viewer) if lapse else None


def deadline_label(rule: DeadlineRule) -> str:
    """The clock's name from the pack."""
    return pack_words(rule.provenance.labels, get_language() or "", rule.name)


def progress(policy: Policy, snapshot: CaseSnapshot) -> tuple[ProgressStep, ...]:
    """The steps of a case: those it went through, the present one, and those that are sure to come."""
    current = STEP_OF_STAGE.get(snapshot.stage, "filed")
    codes = list(_steps(snapshot, current))
    position = codes.index(current)
    anchors = dict(REACHED)
    return tuple(
        ProgressStep(
            code=code, label=in_terms_of(policy.pack, name_of(STEPS, code)),
            state="current" if place == position else "done" if place < position else "to_come",
            at=_reached(snapshot, anchors[code]) if place <= position else None,
        )
        for place, code in enumerate(codes)
    )  # fmt: skip


def _reached(snapshot: CaseSnapshot, anchors: tuple[str, ...]) -> datetime | None:
    return min((snapshot.anchors[name] for name in anchors if name in snapshot.anchors), default=None)


def _steps(snapshot: CaseSnapshot, current: str) -> Iterator[str]:
    """In the order they are gone through; a return that was ruled comes after the ruling."""
    disputed = "settled" not in snapshot.anchors and snapshot.stage is not Stage.CLOSED
    for code, anchors in REACHED:
        if (
            code == current
            or code in EXPECTED
            or any(name in snapshot.anchors for name in anchors)
            or (code in OF_PLATFORM and disputed)
        ):
            yield code
