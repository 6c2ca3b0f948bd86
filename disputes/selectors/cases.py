"""One case as its reader sees it, after settling in memory. Reading never writes."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.utils.translation import get_language

from contract.money import Money
from disputes.labels.turns import FROZEN
from disputes.labels.words import GOODS, HOLDS, OUTCOMES, PLATFORMS, name_of, pack_words
from disputes.selectors.access import CaseAccess
from disputes.selectors.actions import (
    allowed_in,
    available_actions,
    queued_views,
    reason_label,
    rejection_advice,
    rejection_label,
    remedy_label,
    unavailable_actions,
)
from disputes.selectors.case_views import Advised, CaseView, FreezeNow, People, Refund, Somebody
from disputes.selectors.clocks import deadline_views, progress, waits_for
from disputes.selectors.doors import Turn, door_of, final_at, is_final, stage_label, turn_of
from disputes.selectors.evidence import evidence_view
from disputes.selectors.freezes import freeze_now, paused_until
from disputes.selectors.reading import CaseRead, read_case
from disputes.selectors.records import (
    claim_lines,
    escalations,
    messages,
    order_summary,
    parcels,
    payouts,
    proposals,
    return_address,
)
from disputes.selectors.rulings import appeals, rulings
from disputes.selectors.wording import Worded
from rules.engine.events import Allowed
from rules.engine.policy import Policy
from rules.engine.types import Party


def case_view(access: CaseAccess, *, now: datetime | None = None) -> CaseView:
    """The case of that access, at `now` (the one clock's moment by default), in the active language."""
    return view_of(read_case(access, now=now))


def view_of(read: CaseRead) -> CaseView:
    """The view of a case that was read already."""
    turn = turn_of(
        read.policy, read.calendar, read.snapshot, viewer=read.viewer, currency=read.case.currency, now=read.now,
        overdue=read.overdue,
    )  # fmt: skip
    answer = allowed_in(read)
    available = available_actions(read, answer, awaited=turn.awaited)
    may = {action.action for action in available}
    facts, snapshot, freeze = read.facts, read.snapshot, freeze_now(read.snapshot)
    reason = read.policy.reasons.get(str(facts.get("reason", "")))
    return CaseView(
        number=read.case.number, platform=platform_word(read.case.platform), pack=pack_word(read.policy),
        policy_version=read.policy_number, zone=read.policy.zone, now=read.now, viewer=read.viewer,
        staff=read.access.staff, version=read.case.version, settled_in_memory=read.overdue,
        stage=Worded(code=str(snapshot.stage), text=stage_label(read.policy, snapshot, turn)),
        outcome=Worded(code=snapshot.outcome, text=name_of(OUTCOMES, snapshot.outcome)) if snapshot.outcome else None,
        waiting_on=turn.standing.waiting_on, next_for_you=turn.words,
        door=door_of(
            turn, snapshot, pack=read.policy.pack, viewer=read.viewer, overdue=read.overdue,
            payout=read.money(facts.get("paid_amount")), frozen=_frozen_words(read, freeze),
        ),
        due_at=turn.standing.due_at, on_timeout=turn.lapse.worded(read.viewer) if turn.lapse else None,
        final=is_final(snapshot), final_at=final_at(snapshot), created_at=read.case.opened_at,
        closed_at=_closed_at(read), refund=_refund(read), payouts=payouts(read),
        reason=Worded(code=reason.code, text=reason_label(reason)) if reason else _reason_unknown(read),
        remedy=_remedy(read), goods_type=_goods_type(read), goods_received=facts.get("goods_received"),
        burden=reason.burden if reason else "both", order=order_summary(read.case.order), lines=claim_lines(read),
        proposals=proposals(read, may_accept="accept_proposal" in may), deadlines=deadline_views(read),
        available_actions=available, unavailable_actions=unavailable_actions(read, answer),
        queued=queued_views(read, answer), steps=progress(read.policy, snapshot), people=_people(read),
        held=_held(read), freeze=freeze, waits_for=waits_for(snapshot), rejection=_rejection(read),
        platform_late=bool(facts.get("platform_late")), evidence=evidence_view(read, answer), rulings=rulings(read),
        appeals=appeals(read), parcels=parcels(read), return_address=return_address(read), messages=messages(read),
        escalations=escalations(read), cost_of_accepting=_cost(read, turn, answer),
    )  # fmt: skip


def platform_word(platform: str) -> Worded:
    return Worded(code=platform, text=name_of(PLATFORMS, platform))


def pack_word(policy: Policy) -> Worded:
    return Worded(code=policy.pack, text=pack_words(policy.labels, get_language() or "", policy.pack))


def _reason_unknown(read: CaseRead) -> Worded:
    code = str(read.facts.get("reason", ""))
    return Worded(code=code, text=code)


def _remedy(read: CaseRead) -> Worded:
    code = str(read.facts.get("remedy", ""))
    return Worded(code=code, text=remedy_label(read.policy, code))


def _goods_type(read: CaseRead) -> Worded:
    code = str(read.facts.get("goods_type", ""))
    return Worded(code=code, text=name_of(GOODS, code))


def _closed_at(read: CaseRead) -> datetime | None:
    return read.snapshot.anchors.get("closed") if read.snapshot.stage == "CLOSED" else None


def _refund(read: CaseRead) -> Refund:
    ruled = None if read.facts.get("approval_needed") and not read.staff else read.facts.get("ruled_amount")
    agreed = read.facts.get("agreed_amount") or ruled
    return Refund(
        requested=read.money(read.facts.get("amount")) or Money(Decimal(), read.case.currency),
        maximum=read.money(read.facts.get("maximum")), agreed=read.money(agreed),
        paid=read.money(read.facts.get("paid_amount")),
    )  # fmt: skip


def _people(read: CaseRead) -> People:
    buyer = read.people.get(read.case.buyer_id)
    arbitrator = read.people.get(read.facts.get("arbitrator") or 0) if read.staff else None
    return People(
        buyer=Somebody(id=read.case.buyer_id, name=buyer.name if buyer else ""),
        shop=Somebody(id=read.case.shop_id, name=read.case.shop.name),
        arbitrator=Somebody(id=arbitrator.id, name=arbitrator.name) if arbitrator else None,
    )


def _held(read: CaseRead) -> Worded | None:
    code = read.facts.get("held")
    return Worded(code=str(code), text=name_of(HOLDS, str(code))) if code else None


def _frozen_words(read: CaseRead, freeze: FreezeNow | None) -> str:
    """That the platform's clocks stand still, until when and why; empty while they run."""
    if freeze is None:
        return ""
    return str(FROZEN) % {"until": paused_until(freeze.until, read.policy.zone, read.now), "reason": freeze.reason}


def _rejection(read: CaseRead) -> Advised | None:
    """For whoever called the platform in vain, until the next call or the end."""
    facts, code = read.facts, str(read.facts.get("reject_reason") or "")
    if not code or facts.get("intervention_by") != read.viewer or read.snapshot.stage == "CLOSED":
        return None
    return Advised(code=code, text=rejection_label(read.policy, code), advice=rejection_advice(read.policy, code))


def _cost(read: CaseRead, turn: Turn, answer: Allowed) -> Money | None:
    if read.viewer != Party.SELLER or not any(item.action == "accept" for item in answer.available):
        return None
    return read.money(read.facts.get("amount"))
