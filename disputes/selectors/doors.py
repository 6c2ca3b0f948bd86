"""The sentence over the door, for pages and lists alike: whose turn, until when, what happens by itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from contract.money import Money
from disputes.labels import turns
from disputes.labels.platform_terms import in_terms_of
from disputes.labels.words import HOLDS, OUTCOMES, name_of, stage_name
from disputes.selectors.case_views import Door
from disputes.selectors.wording import Worded
from rules.engine.calendar import Calendar
from rules.engine.events import Step
from rules.engine.policy import Policy
from rules.engine.reconciling import STALLED
from rules.engine.standing import Standing, preview_lapse, standing, stands_still
from rules.engine.types import CaseSnapshot, DeadlineKind, DeadlineStatus, Stage

SOON = timedelta(hours=24)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lapse:
    """What the passing of one deadline would do."""

    code: str
    """The outcome, the stage it leads to (`to_review`), or what it orders."""
    amount: Money | None
    """What is refunded by it."""
    final: bool
    """Whether it could not be changed afterwards."""
    party: str
    """Whose silence brings it about."""
    stage: str
    """Where the case stands before it."""
    pack: str
    """Whose terms it is said in."""

    def worded(self, viewer: str) -> Worded:
        amount = str(self.amount) if self.amount else ""
        said = turns.timeout_sentence(
            self.code, party=self.party, viewer=viewer, amount=amount, stage=self.stage
        )
        return Worded(code=self.code, text=in_terms_of(self.pack, said))


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """Where a settled case stands, to one reader."""

    standing: Standing
    lapse: Lapse | None
    """What happens at the due time; None where nothing does."""
    awaited: bool
    """Whether the reader is awaited."""
    words: Worded
    """Whose turn it is."""
    tone: str
    left_seconds: int | None


def turn_of(
    policy: Policy,
    calendar: Calendar,
    snapshot: CaseSnapshot,
    *,
    viewer: str,
    currency: str,
    now: datetime,
    overdue: bool,
) -> Turn:
    """Whose turn it is in a settled case, to this reader."""
    where = standing(policy, calendar, snapshot)
    awaited = where.waiting_on in (viewer, "both" if viewer != "platform" else viewer)
    left = None if where.due_at is None else max(0, int((where.due_at - now).total_seconds()))
    return Turn(
        standing=where, awaited=awaited, left_seconds=left,
        words=_whose_turn(policy, snapshot, where.waiting_on, viewer, awaited),
        lapse=lapse_of(policy, calendar, snapshot, where.deadline, currency) if where.deadline else None,
        tone=_tone(snapshot, awaited=awaited, left=left, overdue=overdue),
    )  # fmt: skip


def lapse_of(policy: Policy, calendar: Calendar, snapshot: CaseSnapshot, name: str, currency: str) -> Lapse | None:
    """What would happen if this deadline passed now; None for clocks without an outcome or that stand still."""
    rule, state = policy.deadlines[name], snapshot.deadlines[name]
    if rule.kind is not DeadlineKind.AUTO or state.status is not DeadlineStatus.PENDING:
        return None
    step = preview_lapse(policy, calendar, snapshot, name)
    paid = sum((Decimal(str(e.data["amount"])) for e in step.emissions if e.name == "refund"), Decimal())
    return Lapse(
        code=_lapse_code(snapshot, step), amount=Money(paid, currency) if paid else None, party=rule.party,
        final=step.stage is Stage.CLOSED and paid > 0, stage=str(snapshot.stage), pack=policy.pack,
    )  # fmt: skip


def _lapse_code(snapshot: CaseSnapshot, step: Step) -> str:
    if step.stage is Stage.CLOSED and snapshot.stage in (Stage.APPEAL_EVIDENCE, Stage.RE_REVIEW):
        return "to_closed"
    if step.stage is Stage.CLOSED and snapshot.stage is not Stage.CLOSED:
        return step.outcome
    if step.stage is not snapshot.stage:
        return f"to_{step.stage.lower()}"
    return next((e.name for e in step.emissions if e.name in turns.CONSEQUENCES), "nothing")


def _whose_turn(policy: Policy, snapshot: CaseSnapshot, waiting_on: str, viewer: str, awaited: bool) -> Worded:
    if snapshot.stage is Stage.CLOSED:
        return Worded(code="closed", text=turns.closed_sentence(name_of(OUTCOMES, snapshot.outcome)))
    code = _turn_code(snapshot, waiting_on, awaited)
    return Worded(code=code, text=in_terms_of(policy.pack, turns.turn_sentence(code, viewer)))


def stage_label(policy: Policy, snapshot: CaseSnapshot, turn: Turn) -> str:
    """The name of the stage, by whom it waits for."""
    return in_terms_of(policy.pack, stage_name(snapshot.stage, turn.standing.waiting_on))


def _turn_code(snapshot: CaseSnapshot, waiting_on: str, awaited: bool) -> str:
    if stands_still(snapshot):
        return "held"
    match snapshot.stage:
        case Stage.WAIT_BUYER_RETURN if waiting_on == "seller":
            return "wait_return_address"
        case Stage.SELLER_REFUSED if waiting_on == "both":
            return "seller_refused_both"
        case Stage.EVIDENCE | Stage.APPEAL_EVIDENCE:
            return f"{snapshot.stage.lower()}_{'you' if awaited else 'other'}"
    return snapshot.stage.lower()


def _tone(snapshot: CaseSnapshot, *, awaited: bool, left: int | None, overdue: bool) -> str:
    if snapshot.stage is Stage.CLOSED:
        return "settled"
    if overdue or (snapshot.facts.get("platform_late") and not stands_still(snapshot)):
        return "late"
    return "soon" if awaited and left is not None and left < SOON.total_seconds() else "calm"


def door_of(
    turn: Turn, snapshot: CaseSnapshot, *, pack: str, viewer: str, overdue: bool, payout: Money | None,
    frozen: str = "",
) -> Door:  # fmt: skip
    """The head of a case page; `frozen` says until when the platform's clocks stand still, and why."""
    then = in_terms_of(pack, _then(turn, snapshot, viewer, payout, frozen))
    return Door(
        what=turn.words.text, then=then, due_at=turn.standing.due_at, left_seconds=turn.left_seconds, late=overdue,
        tone=turn.tone, final=turn.lapse.final if turn.lapse else is_final(snapshot),
        nothing_sentence=then if turn.awaited and viewer != "platform" else "", deadline=turn.standing.deadline,
    )  # fmt: skip


def _then(turn: Turn, snapshot: CaseSnapshot, viewer: str, payout: Money | None, frozen: str) -> str:
    if snapshot.stage is Stage.CLOSED:
        return _after_closing(snapshot, payout)
    if stands_still(snapshot):
        return str(turns.NOTHING_UNTIL_RESUMED)
    if turn.standing.waiting_on == "platform":
        late = [turns.PLATFORM_LATE] if snapshot.facts.get("platform_late") else []
        return turns.after_one_another([*([frozen] if frozen else late), turns.NOTHING_BY_ITSELF])
    if turn.lapse is None:
        return _why_nothing_happens(snapshot, frozen)
    sentences = [turn.lapse.worded(viewer).text]
    if turn.lapse.final:
        sentences.append(str(turns.FINAL))
    elif turn.lapse.code in ("expired", "return_not_sent", "cancelled"):
        sentences.append(str(turns.MAY_FILE_AGAIN))
    return turns.after_one_another(sentences)


def _why_nothing_happens(snapshot: CaseSnapshot, frozen: str) -> str:
    if snapshot.facts.get("held"):
        return str(turns.AUTOMATIC_STOPPED)
    if frozen:
        return frozen
    waiting = [state.pause_reason for state in snapshot.deadlines.values() if state.pause_reason.startswith(STALLED)]
    return str(turns.FEED_STALLED) % {"why": name_of(HOLDS, waiting[0])} if waiting else str(turns.NO_CLOCK)


def _after_closing(snapshot: CaseSnapshot, payout: Money | None) -> str:
    answered = {"succeeded": turns.PAYOUT_DONE, "failed": turns.PAYOUT_FAILED}
    status = snapshot.facts.get("payout")
    sentences = [str(answered[status])] if status in answered else []
    if status == "ordered" and payout:
        sentences.append(str(turns.PAYOUT_RUNS) % {"amount": payout})
    sentences.append(str(turns.OVER if is_final(snapshot) else turns.APPEAL_POSSIBLE))
    return turns.after_one_another(sentences)


def is_final(snapshot: CaseSnapshot) -> bool:
    """Whether nothing can change the outcome any more: closed, and no second review can be asked for."""
    return snapshot.stage is Stage.CLOSED and _appeal_until(snapshot) is None


def final_at(snapshot: CaseSnapshot) -> datetime | None:
    """When a closed case becomes, or became, final; None while it is open."""
    if snapshot.stage is not Stage.CLOSED:
        return None
    state = snapshot.deadlines.get("appeal_window")
    return state.due_at if state else snapshot.anchors.get("closed")


def _appeal_until(snapshot: CaseSnapshot) -> datetime | None:
    state = snapshot.deadlines.get("appeal_window")
    return state.due_at if state and state.status is not DeadlineStatus.PASSED else None
