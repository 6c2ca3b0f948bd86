"""Walking through every situation a case can reach, each kept once.

Time jumps to one minute before the next deadline and to the deadline itself; in between parties do whatever the
policy lets them. Two states are one when stage, living facts, ages of living anchors and what is left of each
deadline agree, all times rounded to the grid. Of states that agree in who is awaited, in all that decides the
deadlines of their stage and in what is left of each, one is followed for every value of every other living
fact; the combinations of those values are not. Targets and reminders change no right and are left out.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from rules.engine.calendar import Calendar
from rules.engine.decide import apply, decide, settle
from rules.engine.draft import Draft
from rules.engine.errors import SettleRunaway
from rules.engine.events import Event, Refusal, Step
from rules.engine.policy import DeadlineRule, Policy
from rules.engine.soundness_events import Candidate, Choices
from rules.engine.soundness_reading import (
    Names,
    alive_by_stage,
    anchor_reads,
    condition_reads,
    longest_reading,
    timed_in,
)
from rules.engine.soundness_states import Space, State, awaited, looking, staff_maximum
from rules.engine.types import BLANK, CaseSnapshot, DeadlineKind, Fact, Party, Stage
from rules.engine.vocabulary import ANCHORS

GRID = timedelta(hours=1)
"""What is left of running deadlines is told apart in hours, the age of other moments in days."""
DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)
MOST_STATES = 200_000
TOLD_EVERY = 250
LEFT_OUT = (DeadlineKind.TARGET, DeadlineKind.NOTICE)


_VERSIONS = ("answered_version", "request_version")
_PEOPLE = frozenset({"first_arbitrator", "ruled_by"})
_LOOKING = Event(kind="look", party=Party.PLATFORM, at=datetime.min.replace(tzinfo=UTC))


STAFF_LATE = "staff come to their maximum"


class TooManyStates(Exception):
    """The policy tells more situations apart than can be explored."""


def without_targets(policy: Policy) -> Policy:
    """The policy as exploring needs it: no targets, no reminders."""
    kept = {
        stage: tuple(rule for rule in rules if rule.kind not in LEFT_OUT) for stage, rules in policy.by_stage.items()
    }
    return replace(policy, by_stage=kept)


def explore(
    policy: Policy, calendar: Calendar, start: datetime, *, tell: Callable[[int, int], None] | None = None
) -> Space:
    """Every reachable state, breadth first, so that the first way to each is a shortest one.

    `tell` hears now and then how many states were looked at, and of how many. Raises TooManyStates.
    """
    space = Space(policy=policy, plain=without_targets(policy), calendar=calendar)
    walk = _Walk(space, start)
    walk.file()
    while walk.waiting:
        walk.expand(space.states[walk.waiting.popleft()])
        looked_at = len(space.states) - len(walk.waiting)
        if tell is not None and looked_at % TOLD_EVERY == 0:
            tell(looked_at, len(space.states))
    return space


class _Walk:
    """The exploring itself: what was seen and what is still to be looked at."""

    def __init__(self, space: Space, start: datetime) -> None:
        self.space = space
        self.start = start
        self.choices = Choices(space.policy)
        self.alive = alive_by_stage(space.plain)
        self.asked = {stage: timed_in(space.plain, stage) for stage in Stage}
        self.longest = longest_reading(space.policy)
        self.caps = _counter_caps(space.policy)
        self.readers = _readers(space.plain)
        self.told: dict[Hashable, dict[Hashable, int]] = {}
        self.seen: dict[Hashable, int] = {}
        self.waiting: deque[int] = deque()
        self.offered: dict[Stage, list[Candidate]] = {}

    def file(self) -> None:
        for candidate in self.choices.filings(self.start):
            self._try(None, BLANK, candidate, self.start)

    def expand(self, state: State) -> None:
        for candidate in self._offered(state.stage):
            for snapshot in self._with_offers(state.snapshot, candidate):
                reached = self._try(state, snapshot, candidate, state.now)
                if reached is not None and candidate.party is Party.PLATFORM:
                    state.staff.append(reached)
        state.silent = self._wait(state)

    def _with_offers(self, snapshot: CaseSnapshot, candidate: Candidate) -> Iterator[CaseSnapshot]:
        """A proposal may have held any terms, so agreeing to it is tried with each kind of them."""
        name = f"{candidate.data.get('offer', '')}_offer"
        if name == "buyer_offer" or name not in snapshot.facts:
            yield snapshot
            return
        for offer in self.choices.offers():
            yield replace(snapshot, facts={**snapshot.facts, name: offer})

    def _try(self, state: State | None, snapshot: CaseSnapshot, candidate: Candidate, now: datetime) -> int | None:
        step = self._decide(snapshot, candidate, now)
        return None if isinstance(step, Refusal) else self._arrive(state, apply(snapshot, step), now, str(candidate))

    def _decide(self, snapshot: CaseSnapshot, candidate: Candidate, now: datetime) -> Step | Refusal:
        event = Event(kind=candidate.kind, party=candidate.party, actor=candidate.actor, at=now, data=candidate.data)
        return decide(self.space.plain, self.space.calendar, snapshot, event, now=now)

    def _wait(self, state: State) -> int | None:
        """Let time pass: to a minute before the next deadline, to the deadline, or until staff must have acted."""
        wakes = [other.wakes_at for other in state.snapshot.deadlines.values() if other.pending]
        due = min(wakes, default=None)
        if due is not None and (state.staff_due is None or due <= state.staff_due or state.staff_due <= state.now):
            name = min((s.wakes_at, s.name) for s in state.snapshot.deadlines.values() if s.pending)[1]
            early = due - state.now > GRID
            moment, event = (due - MINUTE, f"a minute before {name}") if early else (due, f"{name} passes")
            state.waited = moment - state.now
            return self._arrive(state, state.snapshot, moment, event)
        if state.staff_due is None or state.staff_due <= state.now:
            return None
        state.waited = state.staff_due - state.now
        late = replace(state.snapshot, facts={**state.snapshot.facts, "platform_late": True})
        return self._arrive(state, late, state.staff_due, STAFF_LATE)

    def _arrive(self, origin: State | None, snapshot: CaseSnapshot, now: datetime, event: str) -> int:
        runaway = False
        try:
            snapshot = settle(self.space.plain, self.space.calendar, snapshot, now=now).snapshot
        except SettleRunaway:
            runaway = True
        here, told = self._keys(snapshot, now)
        number = self.seen.get((here, told))
        if number is not None:
            return number
        known = self.told.setdefault(here, {})
        if known and told <= known.keys():
            number = known[None]
        else:
            number = self._remember(origin, snapshot, now, event, runaway=runaway)
            for item in (None, *told):
                known.setdefault(item, number)
        self.seen[here, told] = number
        return number

    def _remember(
        self, origin: State | None, snapshot: CaseSnapshot, now: datetime, event: str, *, runaway: bool
    ) -> int:
        number = len(self.space.states)
        if number >= MOST_STATES:
            raise TooManyStates(self.space.policy.pack)
        state = State(
            number=number, snapshot=snapshot, now=now, came_from=origin.number if origin else None, event=event,
            filed_at=origin.filed_at if origin else now, runaway=runaway,
        )  # fmt: skip
        draft = looking(self.space, snapshot, now)
        state.awaited = awaited(draft)
        state.staff_due = staff_maximum(draft) if state.awaited == "platform" else None
        self.space.states.append(state)
        if not runaway:
            self.waiting.append(number)
        return number

    def _keys(self, snapshot: CaseSnapshot, now: datetime) -> tuple[Hashable, frozenset[Hashable]]:
        """What the stage itself asks for, and what else may be asked later."""
        if self._over(snapshot, now):
            return snapshot.stage, frozenset()
        asked, alive = self.asked[snapshot.stage], self.alive[snapshot.stage]
        states = snapshot.deadlines.values()
        running = frozenset((s.name, rounded(s.due_at - now) if s.pending else s.status) for s in states)
        queued = frozenset((queued.action, queued.party) for queued in snapshot.queued)
        here = (snapshot.stage, running, queued, self._known(asked, snapshot, now))
        return here, self._known(alive - asked, snapshot, now)

    def _known(self, names: Names, snapshot: CaseSnapshot, now: datetime) -> frozenset[Hashable]:
        facts = snapshot.facts
        known: set[Hashable] = {
            (name, self._value(name, facts[name])) for name in names if name in facts and name not in _VERSIONS
        }
        known |= {self._age(name, snapshot, now) for name in names if name[0] == "@" and name[1:] in snapshot.anchors}
        if "answered_version" in names and facts.get("answered_version", 0) == facts.get("request_version", 0):
            known.add("answered")
        return frozenset(known)

    def _over(self, snapshot: CaseSnapshot, now: datetime) -> bool:
        """Whether the case is closed and nothing can happen to it any more."""
        if snapshot.stage is not Stage.CLOSED or any(state.pending for state in snapshot.deadlines.values()):
            return False
        return all(
            isinstance(self._decide(snapshot, candidate, now), Refusal)
            for candidate in self._offered(Stage.CLOSED)
            if candidate.party is not Party.MARKETPLACE
        )

    def _offered(self, stage: Stage) -> list[Candidate]:
        if stage not in self.offered:
            self.offered[stage] = list(self.choices.candidates(stage, self.start))
        return self.offered[stage]

    def _value(self, name: str, value: Fact) -> Hashable:
        if name in ("reason", "ruled_reason"):
            return self.choices.reason_class(value)
        if name in ("remedy", "agreed_remedy", "ruled_remedy"):
            return self.choices.remembered_remedy(value, agreed=name != "remedy")
        if name.endswith("_offer"):
            return "made"
        if isinstance(value, int) and not isinstance(value, bool) and name not in _PEOPLE:
            return min(value, self.caps.get(name, 0))
        return tuple(value) if isinstance(value, list) else value

    def _age(self, name: str, snapshot: CaseSnapshot, now: datetime) -> Hashable:
        """How old a moment is, in days; else whether its clocks are over, or only that it is known."""
        anchor, rules = name[1:], self.readers[name[1:]]
        if not rules:
            return name
        if all(rule.order_clock for rule in rules):
            draft = Draft(self.space.plain, self.space.calendar, snapshot, _LOOKING, now)
            return name, tuple(now >= (rule.due_from_anchor(draft) or now) for rule in rules)
        return name, min(round((now - snapshot.anchors[anchor]) / DAY), self.longest[anchor])


def rounded(length: timedelta) -> int:
    """Whole steps of the grid, the nearest."""
    return round(length / GRID)


def _counter_caps(policy: Policy) -> dict[str, int]:
    """How far counting matters: the largest limit each counter is compared with."""
    caps: dict[str, int] = {"seller_share": 100}

    def look(node: object) -> None:
        if isinstance(node, Mapping):
            for word, value in node.items():
                if word == "fewer_than" and isinstance(value, Mapping):
                    for name, limit in value.items():
                        for counter in condition_reads(policy, {"fewer_than": {name: limit}}):
                            caps[counter] = max(caps.get(counter, 0), policy.number(limit))
                look(value)
        elif isinstance(node, (list, tuple)):
            for item in node:
                look(item)

    look(policy.document)
    return caps


def _readers(policy: Policy) -> dict[str, tuple[DeadlineRule, ...]]:
    """The deadlines and order clocks that count from each anchor."""
    kept = [rule for rule in policy.deadlines.values() if rule.kind not in LEFT_OUT]
    return {name: tuple(rule for rule in kept if f"@{name}" in anchor_reads(rule)) for name in ANCHORS}
