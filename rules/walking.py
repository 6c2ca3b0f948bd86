"""Random walks through a policy: everybody does anything at any time, and what must always hold is checked.

A walk files a case and then makes moves: time jumps (to a deadline, a microsecond beside it, over dead days),
settling, and an event, legal or not, of any party or from outside. The choices come from a `random.Random`, so
a seed repeats a walk.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from random import Random

from rules.engine.calendar import Calendar
from rules.engine.decide import allowed, apply, decide, settle
from rules.engine.errors import EngineError
from rules.engine.events import Event, Refusal, Step
from rules.engine.freezing import thaws_at
from rules.engine.policy import Policy
from rules.engine.soundness_events import ARBITRATORS, Candidate, Choices
from rules.engine.types import BLANK, CaseSnapshot, Party, Stage
from rules.walking_checks import WalkFailed, check_case, check_offers, check_settled, check_step

START = datetime(2026, 3, 2, 2, 13, 7, 123456, tzinfo=UTC)
MOVES = 40
"""Moves of one walk."""
OFFERS_ASKED = 8
"""Every so many moves all parties' offers are tried."""
FILINGS_TRIED = 30
"""How often filing is tried before a walk is given up."""
CLOSINGS_UNSAID = 0.85
"""Which part of the events that would close a case is left unsaid, so that walks become long."""
ENDINGS = 0.15
"""How often a walk ends at each move after closing."""
SENSIBLE = 0.5
"""How often a party does what it is offered, rather than anything at all."""
_ENDLESS = frozenset({"submit_exhibit", "edit_request", "propose"})
"""Actions that can be repeated for ever and lead nowhere new."""
DEAD_PERIODS, AT_DEADLINES = 0.04, 0.2
"""How often nothing runs for days, and how often time jumps to a deadline."""
_TINY = timedelta(microseconds=1)
_BUILTINS: tuple[tuple[str, Party, dict[str, object]], ...] = (
    ("message", Party.BUYER, {}), ("message", Party.SELLER, {}), ("note", Party.PLATFORM, {}),
    ("pause", Party.PLATFORM, {}), ("pause", Party.PLATFORM, {"kinds": ["auto"]}),
    ("pause", Party.PLATFORM, {"kinds": ["auto"], "reason": "automatic_stopped", "stop": 1}),
    ("resume", Party.PLATFORM, {"stop": 1}),
    ("feed_stalled", Party.PLATFORM, {"feed": "orders"}), ("feed_stalled", Party.PLATFORM, {"feed": "parcels"}),
    ("feed_returned", Party.PLATFORM, {"feed": "orders"}), ("feed_returned", Party.PLATFORM, {"feed": "parcels"}),
    ("freeze", Party.PLATFORM, {"kinds": ["auto"]}), ("thaw", Party.PLATFORM, {}),
    ("freeze", Party.PLATFORM, {"kinds": ["gate", "auto", "window", "target"]}),
    ("resume", Party.PLATFORM, {}), ("resume", Party.PLATFORM, {"mode": "fresh"}), ("resume", Party.PLATFORM, {}),
    ("cancel_queued", Party.BUYER, {}), ("assign", Party.PLATFORM, {"arbitrator": 10}),
    ("payout_succeeded", Party.MARKETPLACE, {}), ("payout_failed", Party.MARKETPLACE, {}),
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """One event from outside the engine and when it was recorded."""

    event: Event | None
    """None when the case was only looked at."""
    now: datetime


class Ground:
    """A policy with its calendar and everything that may be tried in it, shared by many walks."""

    def __init__(self, policy: Policy, calendar: Calendar) -> None:
        self.policy = policy
        self.calendar = calendar
        self._choices = Choices(policy)
        self._by_stage: dict[Stage, list[Candidate]] = {}
        self._by_kind: dict[Stage, dict[str, list[Candidate]]] = {}

    @cached_property
    def filings(self) -> list[Candidate]:
        return list(self._choices.filings(START))

    def candidates(self, stage: Stage) -> list[Candidate]:
        if stage not in self._by_stage:
            self._by_stage[stage] = list(self._choices.candidates(stage, START))
        return self._by_stage[stage]

    def kinds(self, stage: Stage) -> dict[str, list[Candidate]]:
        """What may be tried in a stage, by action; filing again where there is nothing."""
        if stage not in self._by_kind:
            grouped: dict[str, list[Candidate]] = {}
            for candidate in self.candidates(stage) or self.filings:
                grouped.setdefault(candidate.kind, []).append(candidate)
            self._by_kind[stage] = grouped
        return self._by_kind[stage]


class Walk:
    """One case from filing on."""

    def __init__(self, ground: Ground, random: Random) -> None:
        self.ground = ground
        self.random = random
        self.now = START
        self.snapshot: CaseSnapshot = BLANK
        self.steps: list[Step] = []
        self.heard: list[Heard] = []

    def run(self, moves: int = MOVES) -> int:
        """Walk and check; the number of steps taken. Raises WalkFailed."""
        try:
            if self._file():
                for number in range(moves):
                    if self.snapshot.stage is Stage.CLOSED and self.random.random() < ENDINGS:
                        break
                    self._move(number)
                self._check_history()
        except (AssertionError, EngineError, ValueError, KeyError, TypeError, ArithmeticError) as error:
            raise WalkFailed(f"{type(error).__name__}: {error}", tuple(self._story())) from error
        return len(self.steps)

    def _file(self) -> bool:
        for _ in range(FILINGS_TRIED):
            self._hear(self._event(self.random.choice(self.ground.filings)))
            if self.snapshot.stage is not Stage.NEW:
                return True
        return False

    def _move(self, number: int) -> None:
        self._jump()
        self._settle()
        if self.random.random() < 0.9:
            self._hear(self._any_event())
        if number % OFFERS_ASKED == 0:
            check_offers(self.ground.policy, self.ground.calendar, self.snapshot, self._tries(), now=self.now)

    def _tries(self) -> list[Event]:
        return [self._event(candidate) for candidate in self.ground.candidates(self.snapshot.stage)]

    def _jump(self) -> None:
        wakes = sorted({state.wakes_at for state in self.snapshot.deadlines.values() if state.pending})
        wakes += [thaws] if (thaws := thaws_at(self.snapshot)) else []
        near = [moment + shift for moment in wakes[:3] for shift in (timedelta(), -_TINY, _TINY)]
        lengths = (timedelta(), timedelta(seconds=1), timedelta(minutes=9), timedelta(minutes=11), timedelta(hours=3))
        chance = self.random.random()
        if chance < DEAD_PERIODS:
            moments = [self.now + timedelta(days=self.random.randint(1, 9))]
        else:
            moments = near if chance < DEAD_PERIODS + AT_DEADLINES else [self.now + length for length in lengths]
        self.now = self.random.choice([moment for moment in moments if moment >= self.now] or [self.now])

    def _any_event(self) -> Event:
        if self.random.random() < 0.12:
            kind, party, data = self.random.choice(_BUILTINS)
            if kind == "freeze":
                until = self.now + timedelta(hours=self.random.randint(1, 300))
                data = {**data, "freeze": 1, "since": self.now.isoformat(), "until": until.isoformat()}
            return Event(kind=kind, party=party, actor=_ACTORS.get(party), at=self.now, data=data)
        if self.random.random() < SENSIBLE and (offered := self._offered()):
            return self._event(self.random.choice(offered))
        stage = self.snapshot.stage if self.random.random() < 0.85 else self.random.choice(list(Stage))
        kinds = self.ground.kinds(stage)
        return self._event(self.random.choice(kinds[self.random.choice(list(kinds))]))

    def _offered(self) -> list[Candidate]:
        """Ways to take one of the actions offered to one of the parties."""
        party = self.random.choice((Party.BUYER, Party.SELLER, Party.PLATFORM))
        actor = self.random.choice(ARBITRATORS) if party is Party.PLATFORM else _ACTORS[party]
        offer = allowed(self.ground.policy, self.ground.calendar, self.snapshot, party, now=self.now, actor=actor)
        kinds = [available.action for available in offer.available if available.action not in _ENDLESS]
        ways = self.ground.kinds(self.snapshot.stage).get(self.random.choice(kinds), []) if kinds else []
        return [way for way in ways if way.party is party and way.actor in (actor, ARBITRATORS[0])]

    def _event(self, candidate: Candidate) -> Event:
        late = candidate.party is Party.MARKETPLACE and self.random.random() < 0.5
        at = self.now - timedelta(hours=self.random.randint(1, 300)) if late else self.now
        return Event(kind=candidate.kind, party=candidate.party, actor=candidate.actor, at=at, data=candidate.data)

    def _settle(self) -> None:
        policy, calendar = self.ground.policy, self.ground.calendar
        settlement = settle(policy, calendar, self.snapshot, now=self.now)
        check_settled(policy, calendar, self.snapshot, settlement, now=self.now)
        self.heard.append(Heard(event=None, now=self.now))
        for step in settlement.steps:
            self._take(step)

    def _hear(self, event: Event) -> None:
        result = decide(self.ground.policy, self.ground.calendar, self.snapshot, event, now=self.now)
        closes = isinstance(result, Step) and result.stage is Stage.CLOSED is not self.snapshot.stage
        if closes and self.random.random() < CLOSINGS_UNSAID:
            return
        self.heard.append(Heard(event=event, now=self.now))
        if isinstance(result, Refusal):
            return
        self._take(result)
        self._settle()

    def _take(self, step: Step) -> None:
        before, self.snapshot = self.snapshot, apply(self.snapshot, step)
        self.steps.append(step)
        check_step(self.ground.policy, self.ground.calendar, before, step, self.snapshot)
        check_case(self.ground.policy, self.ground.calendar, self.snapshot, self.steps, now=self.now)

    def _check_history(self) -> None:
        """The journal alone rebuilds the case, and the same events at the same times give the same journal."""
        rebuilt = BLANK
        for step in self.steps:
            rebuilt = apply(rebuilt, step)
        assert rebuilt == self.snapshot, "the journal does not rebuild the case"
        assert list(self._replayed()) == self.steps, "the same events give another journal"

    def _replayed(self) -> Iterator[Step]:
        policy, calendar, snapshot = self.ground.policy, self.ground.calendar, BLANK
        for heard in self.heard:
            if heard.event is None:
                settlement = settle(policy, calendar, snapshot, now=heard.now)
                snapshot = settlement.snapshot
                yield from settlement.steps
                continue
            result = decide(policy, calendar, snapshot, heard.event, now=heard.now)
            if isinstance(result, Step):
                snapshot = apply(snapshot, result)
                yield result

    def _story(self) -> Iterator[str]:
        for heard in self.heard:
            if heard.event is not None:
                event = heard.event
                yield f"{heard.now.isoformat()} {event.party} {event.kind} at {event.at.isoformat()} {dict(event.data)}"
        yield f"{self.now.isoformat()} now in {self.snapshot.stage}"


_ACTORS = {Party.BUYER: 1, Party.SELLER: 2, Party.PLATFORM: 10}
