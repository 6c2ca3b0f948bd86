"""An example case under a policy: declined, taken to the platform, ruled; everybody else lets their time run out.

Every step is decided by the engine, as for a real case. Nothing is stored.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import product

from rules.engine.calendar import Calendar
from rules.engine.decide import apply, decide, settle
from rules.engine.events import Event, Refusal
from rules.engine.policy import Policy
from rules.engine.soundness_events import ASKED, MAXIMUM, Candidate, Choices
from rules.engine.soundness_orders import moments
from rules.engine.types import BLANK, CaseSnapshot, DeadlineKind, DeadlineState, Party, Stage

DAY = timedelta(days=1)
MOST_TURNS = 60
GROUP = "not_as_described"
"""The kind of reason that shows most of a procedure."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """What somebody does in a stage."""

    kind: str
    party: str
    after: timedelta
    """After the stage began; of the platform: when its target runs out, where it has one."""


PLAN: Mapping[Stage, Planned] = {
    Stage.WAIT_SELLER: Planned(kind="refuse", party="seller", after=DAY),
    Stage.SELLER_REFUSED: Planned(kind="request_intervention", party="buyer", after=DAY),
    Stage.INTERVENTION_REQUESTED: Planned(kind="admit", party="platform", after=DAY),
    Stage.EVIDENCE: Planned(kind="submit_exhibit", party="buyer", after=DAY),
    Stage.REVIEW: Planned(kind="rule", party="platform", after=2 * DAY),
    Stage.RULED: Planned(kind="approve_ruling", party="platform", after=timedelta(hours=4)),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Leg:
    """How long the case stood in a stage, and what ended that."""

    stage: Stage
    start: datetime
    end: datetime
    event: str
    """What ended it, in the words of a proof's path; empty for a closed case."""
    deadline: str
    """What would have ended it, or alerts staff; empty where nothing runs."""
    due_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Turn:
    snapshot: CaseSnapshot
    now: datetime
    event: str


def example_case(policy: Policy, calendar: Calendar, start: datetime) -> tuple[Leg, ...]:
    """The legs of the case; none where the policy takes no such case. Raises EngineError beyond the calendar's end."""
    choices = Choices(policy)
    filed = _first(policy, calendar, BLANK, _filings(policy, start), start)
    return tuple(_legs(policy, calendar, choices, filed)) if filed else ()


def _filings(policy: Policy, start: datetime) -> Iterator[Candidate]:
    """What a buyer may file, first about goods that arrived and are not as they should be, for money alone."""
    reasons = sorted(policy.reasons.values(), key=lambda reason: reason.group != GROUP)
    _unshipped, on_the_way, arrived, completed = moments(start)
    for (facts, anchors), reason in product((arrived, completed, on_the_way), reasons):
        order = {"facts": {"maximum": MAXIMUM, **facts}, "anchors": anchors}
        for remedy in sorted(reason.remedies, key=lambda remedy: remedy != "refund_only"):
            data = {"order": order, "reason": reason.code, "remedy": remedy, "amount": ASKED}
            yield Candidate(kind="file", party=Party.BUYER, actor=1, data=data)


def _legs(policy: Policy, calendar: Calendar, choices: Choices, turn: _Turn) -> Iterator[Leg]:
    entered, promised, acted = turn.now, _promised(policy, turn.snapshot), False
    for _turn in range(MOST_TURNS):
        stage = turn.snapshot.stage
        if stage is Stage.CLOSED:
            break
        after = None if acted else _acted(policy, calendar, choices, turn, entered)
        acted = acted or after is not None
        after = after or _waited(policy, calendar, turn)
        if after is None:
            return
        if after.snapshot.stage is not stage:
            yield _leg(stage, entered, after.now, after.event, promised)
            entered, promised, acted = after.now, _promised(policy, after.snapshot), False
        turn = after
    last = max((state.due_at for state in turn.snapshot.deadlines.values() if state.pending), default=entered)
    yield _leg(turn.snapshot.stage, entered, last, "", promised)


def _acted(
    policy: Policy, calendar: Calendar, choices: Choices, turn: _Turn, entered: datetime
) -> _Turn | None:
    """What is planned for the stage, if nothing ends it before and it is allowed then."""
    planned = PLAN.get(turn.snapshot.stage)
    if planned is None:
        return None
    targets = [state.due_at for name, state in turn.snapshot.deadlines.items()
               if state.pending and policy.deadlines[name].kind is DeadlineKind.TARGET]  # fmt: skip
    moment = min(targets) if planned.party == "platform" and targets else entered + planned.after
    moment = max(moment, turn.now)
    settled = settle(policy, calendar, turn.snapshot, now=moment)
    if settled.snapshot.stage is not turn.snapshot.stage:
        return None
    wanted = (candidate for candidate in choices.candidates(turn.snapshot.stage, moment)
              if (candidate.kind, candidate.party) == (planned.kind, planned.party))  # fmt: skip
    return _first(policy, calendar, settled.snapshot, wanted, moment)


def _first(
    policy: Policy, calendar: Calendar, snapshot: CaseSnapshot, candidates: Iterable[Candidate], now: datetime
) -> _Turn | None:
    """The case after the first of these events that is allowed."""
    for candidate in candidates:
        event = Event(kind=candidate.kind, party=candidate.party, actor=candidate.actor, at=now, data=candidate.data)
        step = decide(policy, calendar, snapshot, event, now=now)
        if not isinstance(step, Refusal):
            return _Turn(snapshot=apply(snapshot, step), now=now, event=str(candidate))
    return None


def _waited(policy: Policy, calendar: Calendar, turn: _Turn) -> _Turn | None:
    """The case when its next deadline has passed; None where none runs."""
    pending = [state for state in turn.snapshot.deadlines.values() if state.pending]
    if not pending:
        return None
    next_one = min(pending, key=lambda state: (state.wakes_at, state.name))
    settled = settle(policy, calendar, turn.snapshot, now=next_one.wakes_at)
    return replace(turn, snapshot=settled.snapshot, now=next_one.wakes_at, event=f"{next_one.name} passes")


def _promised(policy: Policy, snapshot: CaseSnapshot) -> DeadlineState | None:
    """What ends the stage by itself first, else the first target; of a closed case the first window."""
    for kind in (DeadlineKind.AUTO, DeadlineKind.TARGET, DeadlineKind.WINDOW):
        found = [state for name, state in snapshot.deadlines.items()
                 if state.pending and policy.deadlines[name].kind is kind and not policy.deadlines[name].reminds_of
                 and (snapshot.stage is not Stage.CLOSED or kind is DeadlineKind.WINDOW)]  # fmt: skip
        if found:
            return min(found, key=lambda state: state.due_at)
    return None


def _leg(stage: Stage, start: datetime, end: datetime, event: str, promised: DeadlineState | None) -> Leg:
    return Leg(
        stage=stage, start=start, end=end, event=event, deadline=promised.name if promised else "",
        due_at=promised.due_at if promised else None,
    )  # fmt: skip
