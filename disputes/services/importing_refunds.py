"""Refunds of an import: adopted as cases, and followed while they go on at the marketplace."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from disputes.feeds import RefundRecord
from disputes.models import Case, CaseAlias, CaseEvent, Order
from disputes.services.importing_adopting import Options, adopt, held_note, in_stage_of, reason_of, stated
from disputes.services.importing_orders import check_same, make_order
from disputes.services.importing_people import Importer
from disputes.services.importing_records import journal_of
from disputes.services.importing_rows import Note, Result, RowRefused
from disputes.services.importing_terms import Terms, moved, says_more, terms_of
from disputes.services.loading import lock_cases
from disputes.services.opening import lock_order
from disputes.services.writer import Done, Intent, act
from disputes.snapshot import moment
from rules.engine.events import Via
from rules.engine.types import CaseSnapshot, Party, Stage

TOLD_BY = ("adopt", "moved_outside")


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What became of a refund row."""

    result: Result
    number: str
    notes: tuple[Note, ...] = ()


def take_refund(refund: RefundRecord, who: Importer, options: Options) -> Taken:
    """Adopt the refund as a case, or follow what became of it since. Raises RowRefused and the writer's errors."""
    known = _case_of(refund)
    if known is not None:
        return _follow(refund, known, who, options)
    order, now, made = _order(refund, who, options)
    if (known := _case_of(refund)) is not None:
        return _follow(refund, known, who, options)
    done, notes = adopt(refund, order, now, options)
    if made:
        notes = (*notes, Note(code="order_created"))
    return Taken(result="created", number=done.number, notes=notes)


def _case_of(refund: RefundRecord) -> Case | None:
    names = (refund.outside_id, *refund.aliases)
    found = (
        CaseAlias.objects.filter(platform=refund.platform, outside_id__in=names)
        .select_related("case__order__shop")
        .first()
    )
    return found.case if found else None


def _order(refund: RefundRecord, who: Importer, options: Options) -> tuple[Order, datetime, bool]:
    """The refund's order under its lock, made from what the refund tells when it is unknown."""
    known = Order.objects.filter(platform=refund.platform, outside_id=refund.order_outside_id).first()
    if known is not None:
        order, now = lock_order(known.pk)
        check_same(order, refund.order, who)
        return order, now, False
    pack = options.pack or refund.pack_hint
    made = make_order(refund.order, who, pack=pack)
    order, now = lock_order(made.pk)
    return order, now, True


def _follow(refund: RefundRecord, case: Case, who: Importer, options: Options) -> Taken:
    """Take over what changed at the marketplace since the last import, as far as the case here still stands there."""
    who.check_shop(case.order.shop, refund.platform)
    lock_order(case.order_id)
    told = CaseEvent.objects.filter(case=case, kind__in=TOLD_BY).latest("sequence")
    before = told.facts["data"]["told"]
    case.refresh_from_db()
    if not says_more(refund, before):
        return Taken(result="unchanged", number=case.number)
    note = _why_not(refund, case, before)
    if note is not None:
        return Taken(result="unchanged", number=case.number, notes=(note,))
    if not who.administers(refund.platform):
        raise RowRefused("only_administrators")
    done = _moved(refund, case, options)
    code = "followed_to_its_end" if refund.status == "finished" else "followed"
    return Taken(result="updated", number=case.number, notes=(Note(code=code), *held_note(done.after)))


def _why_not(refund: RefundRecord, case: Case, before: dict[str, Any]) -> Note | None:
    """Why news of the marketplace cannot be taken over."""
    if case.stage == Stage.CLOSED:
        return Note(code="closed_here")
    if refund.status == "running" and before["modified"] and refund.requested_at < moment(before["modified"]):
        return Note(code="older_than_known")
    if refund.status == "running" and case.stage != before["stage"]:
        return Note(code="went_on_here")
    return None


def _moved(refund: RefundRecord, case: Case, options: Options) -> Done:
    (locked,) = lock_cases([case.pk])
    refund = in_stage_of(refund, locked.policy)
    before = locked.settled().snapshot
    reason, _notes = reason_of(refund, locked.policy)
    data = _terms(refund, reason, before).data(overdue=options.overdue)
    data |= stated(locked, before, "moved_outside", refund, data)
    done = act(
        Intent(
            number=case.number, kind="moved_outside", party=Party.MARKETPLACE, actor_id=None, via=Via.IMPORT, data=data,
            at=moved(refund), records=journal_of(refund, case.order, reason=reason, known_of=case.pk),
        )
    )  # fmt: skip
    assert isinstance(done, Done)
    return done


def _terms(refund: RefundRecord, reason: str, before: CaseSnapshot) -> Terms:
    """The row's terms now; a request that says something else than before is a new version of it."""
    facts = before.facts
    asked = {"reason": reason, "remedy": refund.remedy, "amount": str(refund.requested)}
    changed = any(facts.get(name) != value for name, value in asked.items())
    version = facts.get("request_version", 1) + changed
    return terms_of(refund, reason, statement=(facts.get("buyer_offer") or {}).get("statement"), version=version)
