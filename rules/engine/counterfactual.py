"""Counterfactual replay: what would have become of a recorded case under other rules, as far as anybody can know.

Each deadline passes exactly when it is due. What people and the marketplace did is offered again at the moment it was
recorded. Nobody's answer is guessed: at the first event that is refused, at the first turn that nobody ever had to
answer, and where somebody would have had longer to answer than they had, the replay stops. That a case was put under
other rules on its way is not offered again: it runs under the supposed ones from its beginning.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from decimal import Decimal

from rules.engine.calendar import Calendar
from rules.engine.decide import apply, decide, settle
from rules.engine.draft import as_money
from rules.engine.errors import UnknownEvent
from rules.engine.events import Refusal, Step, Via
from rules.engine.pins import MIGRATED
from rules.engine.policy import Policy
from rules.engine.standing import wake_at
from rules.engine.suppositions import Bucket, Cause, Difference, Due, End, Supposed
from rules.engine.types import BLANK, DeadlineStatus, Fact, Stage
from rules.engine.verification import event_of
from rules.engine.windows import NOTICED

LAPSED = "lapsed"
"""The journal's word for an automatic outcome."""
REMINDER = ".reminder"


def suppose(policy: Policy, calendar: Calendar, history: Sequence[Step], *, until: datetime) -> Supposed:
    """What this policy would have made of a recorded case by the moment `until`. `history` is not empty.

    Raises what the engine raises.
    """
    replay = _Replay(policy, calendar, history)
    stopped = replay.run(until)
    before, after = _recorded_end(history), replay.end()
    known = _dues_of(history[: replay.position])
    if stopped is None:
        stopped = _compared(history, until, before, after, known, replay.dues)
    bucket, difference = stopped or (Bucket.NOT_AFFECTED, None)
    return Supposed(
        bucket=bucket, difference=difference, before=before, after=after,
        refund_moved=_refund_moved(bucket, before, after), dues_before=tuple(known), dues_after=tuple(replay.dues),
    )  # fmt: skip


Stopped = tuple[Bucket, Difference]


class _Replay:
    """One history on its way through other rules."""

    __slots__ = ("policy", "calendar", "history", "snapshot", "position", "dues", "met")

    def __init__(self, policy: Policy, calendar: Calendar, history: Sequence[Step]) -> None:
        self.policy = policy
        self.calendar = calendar
        self.history = history
        self.snapshot = BLANK
        self.position = 0
        """The next recorded step."""
        self.dues: dict[Due, None] = {}
        self.met = -1
        """The last recorded automatic outcome that came here too, perhaps at another time."""

    def run(self, until: datetime) -> Stopped | None:
        """Where it stops and why; None when everything recorded was taken and nothing else happens."""
        for position, step in enumerate(self.history):
            self.position = position
            if step.kind == MIGRATED:
                continue
            if step.via is Via.TIMER:
                stopped = self._expect(step) if step.kind == LAPSED else None
            else:
                stopped = self._offer(step) if step.via is not Via.QUEUE else None
            if stopped:
                return stopped
        self.position = len(self.history)
        return self._let_pass(until)

    def end(self) -> End:
        known = self.snapshot
        return End(stage=known.stage, outcome=known.outcome, refund=_refund(known.facts.get))

    def _let_pass(self, until: datetime) -> Stopped | None:
        """Let every deadline pass that is due by then, each at its own moment."""
        while (wakes := wake_at(self.snapshot)) is not None and wakes <= until:
            if stopped := self._settle(max(wakes, self.snapshot.recorded_at or wakes)):
                return stopped
        return self._settle(until) if self.snapshot.queued else None

    def _settle(self, now: datetime) -> Stopped | None:
        for step in settle(self.policy, self.calendar, self.snapshot, now=now).steps:
            self._take(step)
            if step.via is Via.TIMER and step.kind == LAPSED and (stopped := self._lapsed(step)):
                return stopped
        return None

    def _take(self, step: Step) -> None:
        self.snapshot = apply(self.snapshot, step)
        _note(self.dues, step)

    def _lapsed(self, step: Step) -> Stopped | None:
        """Whether the same automatic outcome was recorded, with the same end."""
        name = step.data["deadline"]
        met = self._recorded_lapse(name)
        if met is None:
            return self._stop(Bucket.WOULD_HAVE_LAPSED, Cause.NEW_LAPSE, name, step.at)
        self.met = met
        if (step.stage, step.outcome) == (self.history[met].stage, self.history[met].outcome):
            return None
        return self._other_way(name, step)

    def _recorded_lapse(self, name: str) -> int | None:
        """The position of the recorded outcome of that deadline in the turn that is played; None when it never came."""
        first = max(self.position, self.met + 1)
        turn = self.history[first - 1].stage
        for position in range(first, len(self.history)):
            step = self.history[position]
            if step.via is Via.TIMER and step.kind == LAPSED and step.data["deadline"] == name:
                return position
            if step.stage is not turn:
                return None
        return None

    def _expect(self, recorded: Step) -> Stopped | None:
        """An automatic outcome was recorded: by now it must have come here too."""
        stopped = self._let_pass(recorded.recorded_at) if self.position > self.met else None
        if stopped or self.position <= self.met:
            return stopped
        name = recorded.data["deadline"]
        running = self.snapshot.deadlines.get(name)
        if running is None or not running.pending:
            return self._stop(Bucket.DIVERGED, Cause.NO_LAPSE, name, recorded.at)
        return self._stop(Bucket.DIVERGED, Cause.MORE_TIME, name, recorded.at, running.due_at.isoformat())

    def _offer(self, recorded: Step) -> Stopped | None:
        """Somebody did something: whether they could, and whether it leads where it led."""
        now = recorded.recorded_at
        if stopped := self._let_pass(recorded.at if recorded.kind in NOTICED else now):
            return stopped
        stage = self.snapshot.stage
        try:
            result = decide(self.policy, self.calendar, self.snapshot, event_of(recorded), now=now)
        except UnknownEvent:
            return self._stop(Bucket.DIVERGED, Cause.UNKNOWN_EVENT, recorded.kind, recorded.at)
        if isinstance(result, Refusal):
            return self._stop(Bucket.DIVERGED, Cause.REFUSED, recorded.kind, recorded.at, _why(result))
        self._take(result)
        if stopped := self._compare(recorded, stage, result):
            return stopped
        self.position += 1
        return self._let_pass(now)

    def _compare(self, recorded: Step, stage: Stage, result: Step) -> Stopped | None:
        known = self.history[self.position - 1].stage if self.position else Stage.NEW
        moved = recorded.stage is not known or result.stage is not stage
        if moved and (result.stage, result.outcome) != (recorded.stage, recorded.outcome):
            return self._other_way(recorded.kind, result)
        if recorded.facts.get("held") != result.facts.get("held"):
            return self._stop(Bucket.DIVERGED, Cause.HELD, recorded.kind, recorded.at)
        return None

    def _other_way(self, subject: str, step: Step) -> Stopped:
        """An end is known; a turn that nobody ever had to answer is where knowing ends."""
        if step.stage is Stage.CLOSED:
            return self._stop(Bucket.OTHER_OUTCOME, Cause.OTHER_END, subject, step.at)
        return self._stop(Bucket.DIVERGED, Cause.NEW_TURN, subject, step.at)

    def _stop(self, bucket: Bucket, cause: Cause, subject: str, at: datetime, detail: str = "") -> Stopped:
        sequence = min(self.position + 1, len(self.history))
        return bucket, Difference(cause=cause, sequence=sequence, at=at, subject=subject, detail=detail)


def _compared(
    history: Sequence[Step], until: datetime, before: End, after: End, known: dict[Due, int], supposed: dict[Due, None]
) -> Stopped | None:
    """What remains different when everything recorded was taken."""
    last = len(history)
    if before != after:
        told = Difference(cause=Cause.OTHER_END, sequence=last, at=until, subject=history[-1].kind)
        return Bucket.OTHER_OUTCOME, told
    if known.keys() == supposed.keys():
        return None
    name, due = next(iter([due for due in known if due not in supposed] or [d for d in supposed if d not in known]))
    instead = next((at for other, at in supposed if other == name and (name, at) not in known), None)
    return Bucket.UNCHANGED, Difference(
        cause=Cause.OTHER_TIME, sequence=known.get((name, due), last), at=due, subject=name,
        detail=instead.isoformat() if instead else "",
    )  # fmt: skip


def _why(refusal: Refusal) -> str:
    fields = ", ".join(f"{problem.field}: {problem.code}" for problem in refusal.problems)
    return f"{refusal.code} ({fields})" if fields else refusal.code


def _note(dues: dict[Due, None], step: Step) -> None:
    for name, state in step.deadlines.items():
        if state.status is DeadlineStatus.PENDING and not name.endswith(REMINDER):
            dues[name, state.due_at] = None


def _dues_of(history: Sequence[Step]) -> dict[Due, int]:
    """What was promised, each with the number of the event that did."""
    found: dict[Due, int] = {}
    for sequence, step in enumerate(history, start=1):
        for name, state in step.deadlines.items():
            if state.status is DeadlineStatus.PENDING and not name.endswith(REMINDER):
                found.setdefault((name, state.due_at), sequence)
    return found


def _recorded_end(history: Sequence[Step]) -> End:
    told: dict[str, Fact] = {}
    for step in history:
        if "payout" in step.facts or "paid_amount" in step.facts:
            told |= step.facts
    return End(stage=history[-1].stage, outcome=history[-1].outcome, refund=_refund(told.get))


def _refund(fact: Callable[[str], Fact]) -> Decimal:
    """What the buyer is granted by the case's facts."""
    return (as_money(fact("paid_amount")) or Decimal()) if fact("payout") else Decimal()


def _refund_moved(bucket: Bucket, before: End, after: End) -> Decimal | None:
    if bucket is Bucket.DIVERGED or (bucket is Bucket.WOULD_HAVE_LAPSED and after.stage is not Stage.CLOSED):
        return None
    return after.refund - before.refund
