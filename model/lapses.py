"""What happens by itself when a clock has run out, row by row."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from model import appeals, hearing, moving
from model.case import Case, Clock, ring
from model.terms import NOTICE, TOLERANCE

Lapse = Callable[[Case, datetime, datetime], None]


def seller_silent(case: Case, at: datetime, heard: datetime) -> None:
    """T2, V1, A2: refund of what was asked. T3: for all that is not only money, agreement is deemed reached."""
    if case.terms.global_site:
        moving.close(case, "refunded_by_silence", at, heard, pay=case.amount)
    elif case.reason == "GC_BUYER_REASON" and case.code_viewed:
        hearing.review(case, at, heard)
    else:
        moving.agree(case, case.remedy, case.amount, at, heard, "refunded_by_silence")


def refunded(case: Case, at: datetime, heard: datetime) -> None:
    """T1, A-1, E2: the requested amount."""
    moving.close(case, "refunded_by_silence", at, heard, pay=case.amount)


def no_address(case: Case, at: datetime, heard: datetime) -> None:
    """T3a: refund without return, of what was agreed."""
    moving.close(case, "refunded", at, heard, pay=_agreed(case))


def receipt_silent(case: Case, at: datetime, heard: datetime) -> None:
    """T6, A7: paid only if the return was ever scanned."""
    if case.scanned is None:
        case.lost = "T6 of a corrected tracking number"
    elif case.scanned:
        moving.close(case, "refunded_after_return", at, heard, pay=_agreed(case))
    else:
        hearing.review(case, at, heard)


def _agreed(case: Case) -> int:
    return case.agreed[1] if case.agreed else case.amount


def close_as(outcome: str) -> Lapse:
    return lambda case, at, heard: moving.close(case, outcome, at, heard)


def gate_opened(case: Case, at: datetime, heard: datetime) -> None:
    """V2: whoever's gate was noticed late has at least the minimum notice to use it."""
    closing = case.clocks.get("T4")
    if closing and closing.due and heard - at > TOLERANCE:
        closing.due = max(closing.due, heard + min(NOTICE, case.terms.after_refusal or NOTICE))


def appeal_lapsed(who: str) -> Lapse:
    """M8: no submission in time, no appeal; the right is spent only when the window has ended too (10.1/7)."""

    def lapse(case: Case, at: datetime, heard: datetime) -> None:
        case.drafts.discard(who)
        if "M7" in case.clocks:
            case.appeals[who] -= 1
        if case.stage == "APPEAL_EVIDENCE" and not case.drafts:
            appeals.nobody_drafts(case, at, heard)

    return lapse


def counted(case: Case, at: datetime, heard: datetime) -> None:
    case.moments["counted"] = at


def nothing(case: Case, at: datetime, heard: datetime) -> None:
    """A permission opened or closed; the staff were told; the buyer was asked again."""


def step_in(case: Case, at: datetime, heard: datetime) -> None:
    hearing.review(case, at, heard)


def admitted(case: Case, at: datetime, heard: datetime) -> None:
    """M3 is anchored on the admission, and asks the seller (10.1/4)."""
    hearing.hear_evidence(case, frozenset({"seller"}), at, heard)


LAPSES: Mapping[str, Lapse] = {
    "T1": refunded, "T2": seller_silent, "T4": close_as("expired"), "T3a": no_address,
    "T5": close_as("return_not_sent"), "T6": receipt_silent, "T6s": nothing, "E2": refunded,
    "E3": close_as("exchanged"), "E3b": step_in, "T7": hearing.evidence_over, "T8": step_in,
    "M2b": admitted, "V2": gate_opened, "A3": step_in, "A4": step_in, "A4g": nothing, "M7": nothing,
    "E24": nothing, "M8": appeal_lapsed("buyer"), "M8s": appeal_lapsed("seller"), "M11": counted,
}  # fmt: skip


def run_out(case: Case, clock: Clock, heard: datetime) -> None:
    """One clock has passed: its outcome, as of its due time."""
    assert clock.due is not None
    if clock.kind == "alarm":
        ring(clock, heard)
        return
    del case.clocks[clock.row]
    LAPSES[clock.row](case, clock.due, heard)


def pass_time(case: Case, now: datetime) -> None:
    """All that ran out until now, in the order in which it ran out."""
    while (clock := case.next_passed(now)) is not None:
        run_out(case, clock, now)
