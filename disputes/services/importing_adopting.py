"""A refund that already ran at a marketplace, taken over as a case of its own."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db.models import F

from disputes.feeds import RefundRecord
from disputes.models import Case, CaseAlias, Order, OrderLine, UnmappedReason
from disputes.selectors.order_facts import line_cap, order_facts
from disputes.services.importing_orders import make_line
from disputes.services.importing_people import PLATFORMS_OF_FEED
from disputes.services.importing_records import description_of, journal_of
from disputes.services.importing_rows import Note, RowRefused
from disputes.services.importing_terms import moved, terms_of
from disputes.services.loading import LockedCase
from disputes.services.opening import moment_of_opening, new_case, refusal_error, write_opening
from disputes.services.writer import Done
from rules.engine.decide import apply, decide
from rules.engine.events import Event, Refusal, Via
from rules.engine.policy import Policy
from rules.engine.standing import standing, stands_still
from rules.engine.types import BLANK, CaseSnapshot, DeadlineKind, Party, Stage
from rules.engine.windows import in_force
from rules.selectors import NoPolicy, VersionView, version_in_force

OTHER = "OTHER"


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What the importer chose."""

    overdue: str
    """What becomes of a case whose time has passed on arrival: hold, lapse or fresh."""
    pack: str | None


def adopt(refund: RefundRecord, order: Order, now: datetime, options: Options) -> tuple[Done, tuple[Note, ...]]:
    """Open a case that stands where the refund stands. Raises RowRefused, NoPolicy, FieldsRefused."""
    if max(refund.created_at, moved(refund)) > now:
        raise RowRefused("in_the_future", field="created_at")
    line = _line(refund, order, options)
    if refund.status == "running":
        _check_free(line)
    version = _version(refund, _pack(refund, line, options), now)
    refund = in_stage_of(refund, version.policy)
    quantity = min(refund.quantity, line.quantity)
    maximum = refund.maximum or max(line_cap(line, quantity), refund.requested)
    facts = order_facts(order, [line], version.policy, maximum=maximum)
    reason, notes = reason_of(refund, version.policy)
    statement = description_of(refund, order)
    terms = terms_of(refund, reason, statement=str(statement.pk) if statement else None)
    data = terms.data(order=facts, overdue=options.overdue)
    case = replace(new_case(order, version, moment_of_opening()), opened_at=refund.created_at)
    data |= _frozen(case) | stated(case, BLANK, "adopt", refund, data)
    step = decide(case.policy, case.calendar, BLANK, _event("adopt", refund, data), now=case.now)
    if isinstance(step, Refusal):
        raise refusal_error(step)
    records = [*([statement] if statement else []), *journal_of(refund, order, reason=reason), *_aliases(refund)]
    done = write_opening(case, step, records, [(line, quantity, maximum)])
    return done, (*notes, *held_note(done.after))


def _frozen(case: LockedCase) -> dict[str, Any]:
    """The freeze that is going on: what stood still has not passed on arrival."""
    window = in_force(case.windows, case.now)
    return {"frozen": window.told} if window else {}


def _line(refund: RefundRecord, order: Order, options: Options) -> OrderLine:
    """The line the refund names; Taobao leaves it out where an order has one line."""
    lines = list(order.lines.all())
    named = next((line for line in lines if line.outside_id == refund.line_outside_id), None)
    if named is not None:
        return named
    if len(lines) == 1 and refund.line_outside_id == refund.order_outside_id:
        return lines[0]
    return make_line(order, refund.order.lines[0], options.pack or refund.pack_hint)


def _check_free(line: OrderLine) -> None:
    """One open case a line. Raises RowRefused."""
    open_case = Case.objects.filter(lines__line=line).exclude(stage=Stage.CLOSED).first()
    if open_case is not None:
        raise RowRefused("line_disputed", number=open_case.number)


def _pack(refund: RefundRecord, line: OrderLine, options: Options) -> str:
    """The importer's choice, else what the row says, else what the order's line says."""
    return options.pack or refund.pack_hint or line.pack


def _version(refund: RefundRecord, pack: str, now: datetime) -> VersionView:
    """The rules of the day of the request, or today's when none are known for that day."""
    try:
        version = version_in_force(pack, refund.created_at)
    except NoPolicy:
        version = version_in_force(pack, now)
    if version.policy.platform not in PLATFORMS_OF_FEED[refund.platform]:
        raise RowRefused("other_platform", field="pack", pack=pack)
    return version


def in_stage_of(refund: RefundRecord, policy: Policy) -> RefundRecord:
    """The refund in a stage its pack has: where nobody reviews a call for the platform, evidence is taken at once.

    Raises RowRefused for a stage the pack knows nothing like (a return of virtual goods).
    """
    if Stage(refund.stage) in policy.stages:
        return refund
    if refund.stage == "INTERVENTION_REQUESTED":
        return replace(refund, stage="EVIDENCE")
    raise RowRefused("other_stage", field="status", pack=policy.pack)


def reason_of(refund: RefundRecord, policy: Policy) -> tuple[str, tuple[Note, ...]]:
    """The code the reason opens under. What no table maps is listed and opens as OTHER, unless somebody mapped it."""
    code = refund.reason_code
    if not refund.needs_mapping and code in policy.reasons:
        return code, ()
    if not refund.reason_raw:
        return OTHER, ()
    listed, is_new = UnmappedReason.objects.get_or_create(platform=refund.platform, text=refund.reason_raw[:200])
    if listed.mapped_to in policy.reasons:
        return listed.mapped_to, ()
    if not is_new:
        UnmappedReason.objects.filter(pk=listed.pk).update(times_seen=F("times_seen") + 1)
    return OTHER, (Note(code="reason_unmapped", data={"reason": refund.reason_raw}),)


def stated(
    case: LockedCase, before: CaseSnapshot, kind: str, refund: RefundRecord, data: dict[str, Any]
) -> dict[str, Any]:
    """The due time the marketplace states, given to the deadline that decides whose turn it is in that stage."""
    if refund.stated_deadline is None:
        return {}
    trial = {**data, "overdue": "lapse"}
    before = replace(before, facts={k: v for k, v in before.facts.items() if k not in ("held", "feeds_stalled")})
    step = decide(case.policy, case.calendar, before, _event(kind, refund, trial), now=case.now)
    if isinstance(step, Refusal):
        return {}
    name = _deciding(case, apply(before, step))
    return {"stated": {name: refund.stated_deadline.isoformat()}} if name else {}


def _deciding(case: LockedCase, after: CaseSnapshot) -> str:
    """The deadline the sentence over the door speaks of; where the platform is awaited, its last target."""
    name, rules = standing(case.policy, case.calendar, after).deadline, case.policy.deadlines
    if not name or rules[name].kind is not DeadlineKind.TARGET:
        return name
    targets = [state for state in after.deadlines.values() if rules[state.name].kind is DeadlineKind.TARGET]
    return max(targets, key=lambda state: state.due_at).name


def _event(kind: str, refund: RefundRecord, data: dict[str, Any]) -> Event:
    return Event(kind=kind, party=Party.MARKETPLACE, at=moved(refund), via=Via.IMPORT, data=data)


def _aliases(refund: RefundRecord) -> list[CaseAlias]:
    names = dict.fromkeys((refund.outside_id, *refund.aliases))
    return [CaseAlias(platform=refund.platform, outside_id=name) for name in names]


def held_note(after: CaseSnapshot) -> tuple[Note, ...]:
    return (Note(code="held"),) if stands_still(after) else ()
