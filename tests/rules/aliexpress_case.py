"""A case of AliExpress told on the wall clock of its marketplace: Pacific time, 2026 unless said otherwise."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from rules.calendar_loader import load_calendar
from rules.engine.decide import allowed, apply, decide, settle
from rules.engine.events import Allowed, Event, Refusal, Step
from rules.engine.policy import Policy
from rules.engine.types import BLANK, CaseSnapshot, Party
from rules.loader import load_policy

PACIFIC = ZoneInfo("America/Los_Angeles")
CALENDAR = load_calendar("cn")
TODAY = load_policy("aliexpress")
PEOPLE = {"buyer": 1, "seller": 2, "platform": 3, "marketplace": None}


def moment(text: str) -> datetime:
    """`13 Nov 09:00` in 2026, or a local ISO time of another year."""
    if text[:4].isdigit():
        return datetime.fromisoformat(text).replace(tzinfo=PACIFIC)
    return datetime.strptime(f"2026 {text}", "%Y %d %b %H:%M").replace(tzinfo=PACIFIC)


def told(at: datetime) -> str:
    return at.astimezone(PACIFIC).strftime("%d %b %H:%M").lstrip("0")


class Case:
    """What happened to one case so far. Everybody's moves settle the case first, as the writer does."""

    def __init__(self, policy: Policy = TODAY) -> None:
        self.policy = policy
        self.snapshot: CaseSnapshot = BLANK
        self.steps: list[Step] = []

    def wait(self, until: str | datetime) -> Case:
        """Let time pass with somebody looking at every due time."""
        end = moment(until) if isinstance(until, str) else until
        while (coming := self._next_wake(end)) is not None:
            self.looked_at(coming)
        return self.looked_at(end)

    def looked_at(self, at: str | datetime) -> Case:
        """Look only now: what passed before is noticed late."""
        now = moment(at) if isinstance(at, str) else at
        settlement = settle(self.policy, CALENDAR, self.snapshot, now=now)
        self.snapshot = settlement.snapshot
        self.steps.extend(settlement.steps)
        return self

    def _next_wake(self, end: datetime) -> datetime | None:
        wakes = [state.wakes_at for state in self.snapshot.deadlines.values() if state.pending]
        latest = self.snapshot.recorded_at
        return min((wake for wake in wakes if wake <= end and (latest is None or wake > latest)), default=None)

    def does(
        self, party: str, kind: str, at: str, *, actor: int | None = None, recorded: str = "", **data: Any
    ) -> Case:
        answer = self.tries(party, kind, at, actor=actor, recorded=recorded, **data)
        assert isinstance(answer, Step), answer
        self.snapshot = apply(self.snapshot, answer)
        self.steps.append(answer)
        return self

    def tries(
        self, party: str, kind: str, at: str, *, actor: int | None = None, recorded: str = "", **data: Any
    ) -> Step | Refusal:
        now = moment(recorded or at)
        if self.snapshot is not BLANK:
            self.wait(now)
        event = Event(kind=kind, party=Party(party), at=moment(at), actor=actor or PEOPLE[party], data=data)
        return decide(self.policy, CALENDAR, self.snapshot, event, now=now)

    def refusal(self, party: str, kind: str, at: str, *, actor: int | None = None, **data: Any) -> Refusal:
        answer = self.tries(party, kind, at, actor=actor, **data)
        assert isinstance(answer, Refusal), answer
        return answer

    def may(self, party: str, at: str) -> Allowed:
        self.wait(at)
        return allowed(self.policy, CALENDAR, self.snapshot, Party(party), now=moment(at), actor=PEOPLE[party])

    def offered(self, party: str, at: str) -> set[str]:
        return {item.action for item in self.may(party, at).available}

    @property
    def ends(self) -> tuple[str, str]:
        return str(self.snapshot.stage), self.snapshot.outcome

    @property
    def stage(self) -> str:
        return str(self.snapshot.stage)

    @property
    def clocks(self) -> dict[str, str]:
        """What runs, without reminders: the first row id and the local due time."""
        return {
            self.policy.deadlines[state.name].provenance.ids[0]: told(state.due_at)
            for state in self.snapshot.deadlines.values()
            if state.pending and not state.name.endswith(".reminder")
        }

    @property
    def rules_fired(self) -> list[str]:
        """The row ids of the timers that ended something, in order."""
        return [step.rule for step in self.steps if step.kind == "lapsed"]

    @property
    def emitted(self) -> list[str]:
        return [emission.name for step in self.steps for emission in step.emissions]


def filed(
    at: str = "10 Nov 09:00", *, policy: Policy = TODAY, reason: str = "DAMAGED", remedy: str = "refund_only",
    amount: str = "50.00", facts: dict[str, Any] | None = None, anchors: dict[str, str] | None = None,
) -> Case:  # fmt: skip
    """A buyer's request on a parcel shipped on 20 October, at most 66.65 USD."""
    return Case(policy).does(
        "buyer", "file", at, reason=reason, remedy=remedy, amount=amount, order=an_order(facts, anchors)
    )


def an_order(facts: dict[str, Any] | None = None, anchors: dict[str, str] | None = None) -> dict[str, Any]:
    moments = {"shipped": "20 Oct 09:00", **(anchors or {})}
    return {
        "facts": {"shipped": True, "maximum": "66.65", "currency": "USD", **(facts or {})},
        "anchors": {name: moment(text).isoformat() for name, text in moments.items() if text},
    }


def refused(case: Case | None = None, at: str = "11 Nov 09:00") -> Case:
    return (case or filed()).does("seller", "refuse", at, refusal="AS_DESCRIBED", statement="It was packed well.")


def in_return(remedy_amount: str = "50.00", at: str = "11 Nov 09:00") -> Case:
    """The seller agreed to a return and has a default address."""
    case = filed(remedy="return_and_refund", amount=remedy_amount, facts={"default_return_address": True})
    return case.does("seller", "accept", at)


def returned(at: str = "12 Nov 09:00") -> Case:
    return in_return().does("buyer", "ship_return", at, tracking="LX123")


def in_review(**options: Any) -> Case:
    """The platform stepped in after the seller refused."""
    return refused(filed(**options)).does("platform", "step_in", "12 Nov 09:00")


def asked_for_evidence(party: str, **options: Any) -> Case:
    """The arbitrator asks one side, or both, for evidence."""
    asked: dict[str, Any] = {"from": party}
    return in_review(**options).does(
        "platform", "request_evidence", "12 Nov 10:00", statement="Please show it.", **asked
    )


def ruled(
    outcome: str = "buyer_refund_only",
    amount: str = "50.00",
    liable: str = "seller",
    at: str = "13 Nov 09:00",
    **data: Any,
) -> Case:
    remedy = {"buyer_return_and_refund": "return_and_refund", "buyer_partial_refund": "partial_refund"}.get(outcome)
    extra: dict[str, Any] = (
        {"remedy": remedy} if remedy else {"remedy": "refund_only"} if outcome.startswith("buyer") else {}
    )
    return in_review().does(
        "platform", "rule", at, outcome=outcome, amount=amount, liable=liable, ruling=1, **extra, **data
    )
