"""Histories in, findings and sums out. Nothing is read or written here, and equal histories give equal findings."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from disputes.selectors.histories import History
from disputes.snapshot import as_stored
from rules.engine.counterfactual import suppose
from rules.engine.pins import first_pin, last_pin
from rules.engine.policy import Policy
from rules.engine.records import record
from rules.engine.suppositions import Bucket, Due, End, Supposed
from rules.engine.verification import Mismatch, mismatch_of
from rules.selectors import rules_of

IDENTICAL, DIFFERENT, BROKEN = "identical", "different", "broken"
VERIFICATION_BUCKETS = (DIFFERENT, BROKEN, IDENTICAL)
COUNTERFACTUAL_BUCKETS = (*(str(bucket) for bucket in Bucket), BROKEN)
NOT_KEPT = frozenset({IDENTICAL, str(Bucket.NOT_AFFECTED)})
"""Buckets without a point of difference."""


@record
class Finding:
    """What one case came to."""

    case_id: int
    number: str
    bucket: str
    currency: str
    sequence: int = 0
    """The recorded event at which the first difference shows; 0 where there is none."""
    cause: str = ""
    subject: str = ""
    """The deadline, the event or the field it is about."""
    before: Mapping[str, str]
    after: Mapping[str, str]
    amount: Decimal | None = None
    """How much more would be refunded; None where nobody can know."""
    dues_before: tuple[Due, ...] = ()
    dues_after: tuple[Due, ...] = ()


def verified(history: History) -> Finding:
    """Whether a history follows from the versions and the calendar editions its case and its events name."""
    try:
        found = _mismatch(history) if history.steps else None
    except Exception as error:  # a history that cannot be replayed is a finding, not a failure
        return _broken(history, repr(error))
    if not history.steps:
        return _broken(history, history.unreadable)
    if found is None:
        return _finding(history, IDENTICAL)
    return _finding(
        history, DIFFERENT, sequence=found.sequence, cause="step", subject=found.field,
        before={"value": found.stored}, after={"value": found.expected},
    )  # fmt: skip


def _mismatch(history: History) -> Mismatch | None:
    """The first difference, be it that the case runs under other rules than its journal says."""
    last = last_pin(history.steps)
    if last is not None and last != history.pin:
        return Mismatch(sequence=len(history.steps), field="pin", stored=str(history.pin), expected=str(last))
    return mismatch_of(first_pin(history.steps, history.pin), rules_of, history.steps, as_stored)


def supposed(history: History, policy: Policy, *, until: datetime) -> Finding:
    """What a policy would have made of a case by a moment."""
    if not history.steps:
        return _broken(history, history.unreadable)
    try:
        told = suppose(policy, history.calendar, history.steps, until=until)
    except Exception as error:  # rules nobody has published may fail in any way: that belongs into the result
        return _broken(history, repr(error))
    return _told(history, told)


def _told(history: History, told: Supposed) -> Finding:
    place = {} if told.difference is None else {
        "sequence": told.difference.sequence, "cause": str(told.difference.cause), "subject": told.difference.subject,
    }  # fmt: skip
    after = _end(told.after)
    if told.difference is not None:
        after |= {"at": told.difference.at.isoformat(), "detail": told.difference.detail}
    return _finding(
        history, str(told.bucket), before=_end(told.before), after=after, amount=told.refund_moved,
        dues_before=told.dues_before, dues_after=told.dues_after, **place,
    )  # fmt: skip


def _end(end: End) -> dict[str, str]:
    return {"stage": str(end.stage), "outcome": end.outcome, "refund": f"{end.refund:.2f}"}


def _broken(history: History, why: str) -> Finding:
    return _finding(history, BROKEN, cause=BROKEN, after={"value": why[:2000]})


def _finding(history: History, bucket: str, **told: Any) -> Finding:
    return Finding(
        case_id=history.id, number=history.number, bucket=bucket, currency=history.currency,
        **{"before": {}, "after": {}, **told},
    )  # fmt: skip


class Tally:
    """Sums over findings, as they are kept between two slices of a run."""

    def __init__(self, kept: Mapping[str, Any] | None = None) -> None:
        told = kept or {}
        self.buckets: Counter[str] = Counter(told.get("buckets", {}))
        self.money = {code: Decimal(amount) for code, amount in told.get("money", {}).items()}
        """What would be refunded more, by currency."""
        self.unknown: int = told.get("unknown", 0)
        """Cases of which nobody can know what would be refunded."""
        self.days_before: Counter[str] = Counter(told.get("days_before", {}))
        self.days_after: Counter[str] = Counter(told.get("days_after", {}))
        self.digest: str = told.get("digest", "")
        """SHA-256 over all findings in order: equal runs have equal ones."""

    def add(self, finding: Finding, zone: ZoneInfo) -> None:
        """Count a finding. Days are those of the zone."""
        self.buckets[finding.bucket] += 1
        if finding.amount is None:
            self.unknown += 1
        elif finding.amount:
            self.money[finding.currency] = self.money.get(finding.currency, Decimal()) + finding.amount
        self.days_before.update(_day(at, zone) for _name, at in finding.dues_before)
        self.days_after.update(_day(at, zone) for _name, at in finding.dues_after)
        self.digest = hashlib.sha256(f"{self.digest}\n{_line(finding)}".encode()).hexdigest()

    def kept(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "buckets": dict(self.buckets), "money": {code: f"{amount:.2f}" for code, amount in self.money.items()},
            "unknown": self.unknown, "days_before": dict(self.days_before), "days_after": dict(self.days_after),
            "digest": self.digest,
        }  # fmt: skip


def _day(at: datetime, zone: ZoneInfo) -> str:
    return at.astimezone(zone).date().isoformat()


def _line(finding: Finding) -> str:
    dues = [f"{name} {at.isoformat()}" for name, at in sorted(finding.dues_after)]
    parts = (
        finding.number, finding.bucket, finding.sequence, finding.cause, finding.subject, dict(finding.before),
        dict(finding.after), finding.amount, dues,
    )  # fmt: skip
    return repr(parts)
