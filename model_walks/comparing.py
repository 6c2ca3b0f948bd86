"""Engine and model side by side: one step for both, and where they differ afterwards."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from model import lifecycle
from model.case import LIVES, Clock
from model.doing import Doing
from model.terms import PLATFORMS
from model_walks.known import Difference
from model_walks.steps import Choices, Start, Step
from rules.engine.calendar import Calendar
from rules.engine.decide import allowed, apply, decide, settle
from rules.engine.events import Emission, Event, Refusal
from rules.engine.events import Step as Taken
from rules.engine.policy import Policy
from rules.engine.standing import awaited
from rules.engine.types import BLANK, CaseSnapshot, DeadlineKind, DeadlineState, Party

MONEY_WORDS = frozenset({"amount", "owed", "paid"})


def money(emission: Emission) -> int:
    """By how much an order changes what the buyer is to have, in cents."""
    data = {name: int(Decimal(str(value)) * 100) for name, value in emission.data.items() if name in MONEY_WORDS}
    if emission.name == "settle_difference":
        return data["owed"] - data["paid"]
    return {"refund": data.get("amount", 0), "cancel_payout": -data.get("amount", 0)}.get(emission.name, 0)


class Ground:
    """What all walks of one pack share."""

    def __init__(self, pack: str, policy: Policy, calendar: Calendar) -> None:
        self.pack, self.policy, self.calendar = pack, policy, calendar
        ids = {rule.name: rule.provenance.ids for rule in policy.deadlines.values() if not rule.reminds_of}
        row = PLATFORMS[pack].row
        self.rows = {name: one for one in LIVES for name, rows in ids.items() if row(one) in rows}
        self.rows |= {"liability_counts_after_review": "M11", "platform_steps_in_after_transit": "A3"}
        self.choices = Choices(policy)
        self.remedies = {code: frozenset(reason.remedies) for code, reason in policy.reasons.items()}


class Pair:
    """The same case twice: as the engine's snapshot, and as the model's case."""

    def __init__(self, start: Start, ground: Ground) -> None:
        self.policy, self.calendar, self.rows = ground.policy, ground.calendar, ground.rows
        self.snapshot: CaseSnapshot = BLANK
        self.case = lifecycle.new_case(start.pack, ground.remedies, start.form.get("order", {}))
        self.now, self.steps = start.filed, list[Taken]()
        self.before, self.act = "NEW", "file"
        self.closed_for = self.total = 0
        self.data: Mapping[str, Any] = {}
        self.edges: set[tuple[str, str, str]] = set()

    def file(self, start: Start) -> list[Difference]:
        taken = self._decide(Event(kind="file", party=Party.BUYER, actor=1, at=start.filed, data=start.form))
        opinion = lifecycle.may_file(self.case, start.form, start.filed)
        if opinion is None:
            self.case.silent("whether it may be filed")
        elif opinion is not taken:
            return [self._difference("taken", taken or self.refusal, opinion)]
        if taken:
            lifecycle.file(self.case, start.form, start.filed)
        return list(self.differences()) if taken else []

    def take(self, step: Step) -> list[Difference]:
        """Both take one step; empty when they agree."""
        self.now, self.steps = step.now, []
        self.before, self.act, self.data = str(self.snapshot.stage), "", {}
        self._settle()
        lifecycle.pass_time(self.case, self.now)
        if (found := list(self.differences())) or not step.act or self.case.lost:
            return found
        self.before, self.act, self.data = str(self.snapshot.stage), step.act, step.data
        self.steps = []
        return self._tell(step) if step.who == "marketplace" else self._do(step)

    def _tell(self, step: Step) -> list[Difference]:
        at = step.at or step.now
        event = Event(kind=step.act, party=Party.MARKETPLACE, at=at, data=step.data)
        if self._decide(event):
            lifecycle.tell(self.case, step.act, step.data, at, step.now)
            lifecycle.pass_time(self.case, self.now)
        return list(self.differences())

    def _do(self, step: Step) -> list[Difference]:
        doing = Doing(step.act, step.who, step.person, step.data, step.now, step.now)
        opinion = lifecycle.judge(self.case, doing)
        event = Event(kind=step.act, party=Party(step.who), actor=step.person, at=step.now, data=step.data)
        taken = self._decide(event)
        if opinion is None:
            self.case.silent(f"whether {step.act} is taken")
        elif opinion is not taken:
            return [self._difference("taken", taken or self.refusal, opinion)]
        if taken:
            lifecycle.carry_out(self.case, doing)
            lifecycle.pass_time(self.case, self.now)
        return list(self.differences())

    def _decide(self, event: Event) -> bool:
        result = decide(self.policy, self.calendar, self.snapshot, event, now=self.now)
        if isinstance(result, Refusal):
            self.refusal = result
            return False
        self._record(result)
        self.snapshot = apply(self.snapshot, result)
        self._settle()
        return True

    def _settle(self) -> None:
        settlement = settle(self.policy, self.calendar, self.snapshot, now=self.now)
        self.snapshot = settlement.snapshot
        for step in settlement.steps:
            self._record(step)

    def _record(self, step: Taken) -> None:
        self.steps.append(step)
        for emission in step.emissions:
            self.total += money(emission)
        word = step.data.get("deadline", step.kind) if step.kind != "reminder_due" else step.kind
        self.edges.add((self.before, str(word), str(step.stage)))
        self.before = str(step.stage)

    def _difference(self, what: str, engine: Any, model: Any, row: str = "") -> Difference:
        case = self.case
        told = {
            "settled again": case.settled_again,
            "decided again": case.decided_again,
            "asked money": case.ruling is not None and case.ruling.asked[0] in ("partial_refund", "refund_keep_goods"),
        }
        words = {word for word, true in told.items() if true} | ({case.ruling.outcome} if case.ruling else set())
        return Difference(what, engine, model, row, self.before, self.act, self.data, frozenset(words))

    def differences(self) -> Iterator[Difference]:
        case, snapshot = self.case, self.snapshot
        if case.lost:
            case.silent(case.lost)
            return
        if str(snapshot.stage) != case.stage:
            yield self._difference("stage", str(snapshot.stage), case.stage)
            return
        if case.stage == "CLOSED" and snapshot.outcome not in case.outcome.split("|"):
            yield self._difference("outcome", snapshot.outcome, case.outcome)
        if self.total != case.paid:
            yield self._difference("refund", self.total, case.paid)
        yield from self._clocks()
        yield from self._waiting()

    def _clocks(self) -> Iterator[Difference]:
        running = self.case.clocks
        for name, state in self.snapshot.deadlines.items():
            row = self.rows.get(name)
            if row in self.case.unsure:
                continue
            kind = self.policy.deadlines[name].kind
            if not state.pending or kind is DeadlineKind.NOTICE:
                continue
            clock = running.get(row) if row else None
            if clock is not None:
                yield from self._same_due(clock, state)
            elif kind in (DeadlineKind.AUTO, DeadlineKind.TARGET):
                yield self._difference("clock", f"{name} due {state.due_at}", None, row or name)
        for row, clock in running.items():
            if clock.kind in ("auto", "alarm") and row not in self.case.unsure and not self._runs(row):
                yield self._difference("clock", None, f"due {clock.due}", row)

    def _runs(self, row: str) -> bool:
        return any(state.pending and self.rows.get(name) == row for name, state in self.snapshot.deadlines.items())

    def _same_due(self, clock: Clock, state: DeadlineState) -> Iterator[Difference]:
        if clock.due is None:
            self.case.silent(f"the length of {clock.row}")
            clock.due = state.due_at
        elif clock.due != state.due_at:
            yield self._difference("due", state.due_at, clock.due, clock.row)

    def _waiting(self) -> Iterator[Difference]:
        opinion = lifecycle.waiting_for(self.case)
        if opinion is None:
            self.case.silent("who is awaited")
            return
        engine = awaited(self.policy, self.calendar, self.snapshot)
        if engine != opinion:
            yield self._difference("waiting for", engine, opinion)

    def permissions(self, who: str, person: int) -> Iterator[Difference]:
        """What a party may do now, as each of the two sees it."""
        answer = allowed(self.policy, self.calendar, self.snapshot, Party(who), now=self.now, actor=person)
        engine = {item.action for item in answer.available}
        codes = {item.action: item.code for item in answer.unavailable}
        model = dict(lifecycle.offered(self.case, who, person, self.now))
        for act in sorted(engine | set(model)):
            opinion = model.get(act, False)
            if opinion is not None and opinion != (act in engine):
                self.act = act
                yield self._difference("allowed", f"{who} {act in engine} {codes.get(act, '')}", opinion)
