"""What must hold in every explored state, and what is told where it does not."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator
from datetime import timedelta

from rules.engine.decide import settle
from rules.engine.soundness_exploring import STAFF_LATE
from rules.engine.soundness_reading import mentioned_stages
from rules.engine.soundness_states import Space, State, looking, running_targets
from rules.engine.types import DeadlineKind, Stage

PARTIES = ("buyer", "seller", "both")
LAST_PART = 10
"""A gate is a trap when it opens in the last tenth of the deadline that ends its stage."""

MOST_IN_A_ROW = 48
"""No sound policy lets so many deadlines follow each other without anybody acting."""

Found = tuple[str, str, State | None]
"""Kind, what it is about, and the state that shows it."""


def judge(space: Space) -> Iterator[Found]:
    """Every violation, each kind and subject once, at the state nearest to filing."""
    seen: set[tuple[str, str]] = set()
    judges: tuple[Callable[[Space], Iterator[Found]], ...] = (
        _runaways, _awaited_parties, _awaited_platform, _timer_cycles, _unreached, _traps, _never_closing,
    )  # fmt: skip
    for find in judges:
        for kind, subject, state in find(space):
            if (kind, subject) not in seen:
                seen.add((kind, subject))
                yield kind, subject, state


def _runaways(space: Space) -> Iterator[Found]:
    for state in space.states:
        if state.runaway:
            yield "settle_runaway", str(state.stage), state


def _awaited_parties(space: Space) -> Iterator[Found]:
    """Where buyer or seller is awaited, an automatic outcome must end the stage if nobody does anything."""
    for state in space.states:
        if state.awaited in PARTIES and not state.runaway and _left(space, state) is None:
            yield "no_automatic_end", f"{state.stage}:{state.awaited}", state


def _left(space: Space, state: State) -> State | None:
    """The first state of another stage that time alone leads to."""
    passed, current = set(), state
    while current.silent is not None and current.number not in passed:
        passed.add(current.number)
        before, current = current, space.states[current.silent]
        if before.awaited == "platform" and before.staff_due is not None and current.event == STAFF_LATE:
            return None
        if current.stage is not state.stage:
            return current
    return None


def _awaited_platform(space: Space) -> Iterator[Found]:
    """Where only the platform is awaited, a target must run whose ladder ends with the parties being told."""
    for state in space.states:
        if state.awaited != "platform" or state.stage is Stage.CLOSED or state.runaway:
            continue
        targets = running_targets(looking(space, state.snapshot, state.now))
        if not any(all(term.maximum is not None for term in rule.terms) for rule in targets):
            yield "no_target_ladder", str(state.stage), state


def _timer_cycles(space: Space) -> Iterator[Found]:
    """Time alone must never lead back to where a case stood."""
    settled: set[int] = set()
    for state in space.states:
        way: dict[int, None] = {}
        current: State | None = state
        while current is not None and current.number not in settled:
            if current.number in way:
                if not runs_forever(space, current):
                    break
                yield "timer_cycle", str(current.stage), current
                break
            way[current.number] = None
            onward = current.silent
            current = None if onward is None or onward == current.number else space.states[onward]
        settled.update(way)


def runs_forever(space: Space, state: State) -> bool:
    """Whether timers alone still move the case after more deadlines than any sound policy has in a row."""
    snapshot = state.snapshot
    for _ in range(MOST_IN_A_ROW):
        wakes = [other.wakes_at for other in snapshot.deadlines.values() if other.pending]
        if not wakes:
            return False
        snapshot = settle(space.plain, space.calendar, snapshot, now=min(wakes)).snapshot
    return True


def _unreached(space: Space) -> Iterator[Found]:
    """A stage that an action or a deadline has for its own must be reachable."""
    reached = {state.stage for state in space.states} | {Stage.NEW}
    for stage, name in sorted(mentioned_stages(space.policy).items()):
        if stage not in reached:
            yield "unreachable_stage", f"{stage}:{name}", None


def _traps(space: Space) -> Iterator[Found]:
    """A permission that opens when hardly any time is left to use it, because a deadline ends the stage."""
    for state in space.states:
        running = [other for other in state.snapshot.deadlines.values() if other.pending]
        rules = space.policy.deadlines
        for gate in (other for other in running if rules[other.name].kind is DeadlineKind.GATE):
            for end in (other for other in running if rules[other.name].kind is DeadlineKind.AUTO):
                whole = end.due_at - end.started_at
                if gate.due_at <= end.due_at - whole / LAST_PART or not _kills(space, end.name, gate.name, state.stage):
                    continue
                yield "trap", f"{gate.name}:{end.name}:{state.stage}", state


def _kills(space: Space, end: str, gate: str, stage: Stage) -> bool:
    """Whether the deadline's outcome leads out of every stage the gate lives in."""
    gate_stages = space.policy.deadlines[gate].stages
    ways = [branch.to for branch in space.policy.deadlines[end].lapse]
    return stage in gate_stages and all(to is not None and to not in gate_stages for to in ways)


def _never_closing(space: Space) -> Iterator[Found]:
    for state, longest in zip(space.states, silent_times(space), strict=True):
        if longest is None and not state.runaway:
            yield "never_closes", str(state.stage), state


def silent_bound(space: Space) -> timedelta | None:
    """The longest a case stays open when no party acts and staff act at their maximum; None when some never closes.

    Wherever staff have several decisions, the one that keeps the case open longest is taken; asking for more,
    which brings the case back to the same desk, is no decision.
    """
    times = silent_times(space)
    known = [time for time in times if time is not None]
    return max(known) if len(known) == len(times) and known else None


def silent_times(space: Space) -> list[timedelta | None]:
    """For each state the time to closing when no party acts; None where it never closes."""
    onward = [_onward(space, state) for state in space.states]
    return _worst(onward, _soonest(space, onward))


def _onward(space: Space, state: State) -> list[tuple[int, timedelta]]:
    """Where a case goes if no party acts: on with time, or by what staff do once their time is up."""
    if state.stage is Stage.CLOSED:
        return []
    wakes = [other.wakes_at for other in state.snapshot.deadlines.values() if other.pending]
    if state.staff_due is not None and state.staff_due <= min(wakes, default=state.staff_due):
        wait = max(state.staff_due - state.now, timedelta())
        decisions = [number for number in dict.fromkeys(state.staff) if number != state.number]
        ahead = [number for number in decisions if not _comes_back(space, space.states[number], state)]
        return [(number, wait) for number in ahead or decisions]
    if state.silent is None or state.silent == state.number:
        return []
    return [(state.silent, state.waited)]


def _comes_back(space: Space, state: State, origin: State) -> bool:
    """Whether a decision only asks again: time alone leads back to staff, where they were or were before."""
    passed: set[int] = set()
    current = state
    while current.silent is not None and current.number not in passed and current.awaited != "platform":
        passed.add(current.number)
        current = space.states[current.silent]
    if current.awaited != "platform":
        return False
    return current.stage is origin.stage or (current is state and current.number < origin.number)


def _soonest(space: Space, onward: list[list[tuple[int, timedelta]]]) -> list[timedelta | None]:
    """The shortest time to closing from each state, with staff choosing well."""
    back: list[list[tuple[int, timedelta]]] = [[] for _ in onward]
    for number, ways in enumerate(onward):
        for to, wait in ways:
            back[to].append((number, wait))
    best: list[timedelta | None] = [None] * len(onward)
    heap = [(timedelta(), state.number) for state in space.states if state.stage is Stage.CLOSED]
    while heap:
        time, number = heapq.heappop(heap)
        if best[number] is not None:
            continue
        best[number] = time
        for origin, wait in back[number]:
            if best[origin] is None:
                heapq.heappush(heap, (time + wait, origin))
    return best


def _worst(onward: list[list[tuple[int, timedelta]]], soonest: list[timedelta | None]) -> list[timedelta | None]:
    """The longest time, each situation visited once on the way; where nothing closes, None stays."""
    worst: list[timedelta | None] = [None] * len(onward)
    done: set[int] = set()
    for start in range(len(onward)):
        stack, on_way = [(start, iter(onward[start]))], {start}
        while stack and start not in done:
            number, ways = stack[-1]
            following = next((to for to, _ in ways if to not in done and to not in on_way), None)
            if following is not None:
                on_way.add(following)
                stack.append((following, iter(onward[following])))
                continue
            stack.pop()
            on_way.discard(number)
            done.add(number)
            worst[number] = _longest(onward[number], worst, on_way, soonest[number])
    return worst


def _longest(
    ways: list[tuple[int, timedelta]], worst: list[timedelta | None], on_way: set[int], soonest: timedelta | None
) -> timedelta | None:
    times = [time + wait for to, wait in ways if to not in on_way and (time := worst[to]) is not None]
    return soonest if soonest is None else max([soonest, *times])
