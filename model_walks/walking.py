"""Walks: many cases, each followed until the two disagree or enough has happened."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random

from model_walks.comparing import Ground, Pair
from model_walks.known import Difference, known
from model_walks.steps import Drawer, Start, Step, draw_start

STEPS_A_CASE = 40
ASKED_EVERY = 4
"""What each party may do is compared after every fourth step, one party at a time."""
PERSONS = {"buyer": 1, "seller": 2, "platform": 3}


@dataclass(slots=True)
class Failure:
    """A walk on which engine and model parted, as short as it could be made."""

    seed: str
    start: Start
    steps: Sequence[Step]
    differences: Sequence[Difference]

    def __str__(self) -> str:
        lines = [f"seed {self.seed}, {self.start.pack}", f"  {self.start.filed:%Y-%m-%d %H:%M} file {self.start.form}"]
        lines += [f"  {step}" for step in self.steps]
        return "\n".join([*lines, *[f"  -> {difference}" for difference in self.differences]])


@dataclass(slots=True)
class Tally:
    """What a number of walks met."""

    steps: int = 0
    cases: int = 0
    edges: set[tuple[str, str, str]] = field(default_factory=set)
    silences: Counter[str] = field(default_factory=Counter)
    known: Counter[str] = field(default_factory=Counter)
    failures: list[Failure] = field(default_factory=list)
    failed: int = 0
    signatures: Counter[str] = field(default_factory=Counter)

    def add(self, other: Tally) -> None:
        self.steps += other.steps
        self.cases += other.cases
        self.failed += other.failed
        self.edges |= other.edges
        self.known.update(other.known)
        self.silences.update(other.silences)
        self.signatures.update(other.signatures)
        known = {failure.differences[0].signature for failure in self.failures}
        self.failures += [item for item in other.failures if item.differences[0].signature not in known]


def walk_case(seed: str, ground: Ground, tally: Tally) -> Failure | None:
    """One case from its filing on. The failure is not yet shortened."""
    random = Random(seed)
    start = draw_start(random, ground.pack, ground.policy)
    pair, drawer, steps = Pair(start, ground), Drawer(random, ground.choices), list[Step]()
    found = pair.file(start)
    while not found and goes_on(pair, len(steps)):
        step = drawer.step(pair.snapshot, pair.now)
        steps.append(step)
        found = pair.take(step)
        if not found and not pair.case.lost and len(steps) % ASKED_EVERY == 0:
            who = random.choice(list(PERSONS))
            found = _unknown(list(pair.permissions(who, PERSONS[who])), tally)
    found = _unknown(found, tally)
    tally.steps += len(steps) + 1
    tally.cases += 1
    tally.edges |= pair.edges
    tally.silences.update(pair.case.silences)
    return Failure(seed, start, steps, found) if found else None


def goes_on(pair: Pair, steps: int) -> bool:
    """Nothing more can come of a case that closed without a ruling, once its first steps after it were refused."""
    case = pair.case
    if case.stage == "NEW" or case.lost or steps >= STEPS_A_CASE:
        return False
    pair.closed_for = pair.closed_for + 1 if case.stage == "CLOSED" else 0
    return pair.closed_for < (12 if case.ruling else 3)


def _unknown(found: list[Difference], tally: Tally) -> list[Difference]:
    """The differences that nobody knows of yet; the others are counted."""
    tally.known.update(question for item in found if (question := known(item)))
    return [item for item in found if not known(item)]


def walk(seed: int, count: int, ground: Ground, *, most_failures: int | None = None) -> Tally:
    """At least so many steps. With `most_failures` it ends early, as trials of mutants do."""
    tally, number = Tally(), 0
    while tally.steps < count:
        number += 1
        failure = walk_case(f"{seed}/{ground.pack}/{number}", ground, tally)
        if failure is None:
            continue
        tally.failed += 1
        signature = failure.differences[0].signature
        tally.signatures[signature] += 1
        if tally.signatures[signature] == 1 and most_failures is None:
            tally.failures.append(shorten(failure, ground))
        if most_failures is not None and tally.failed >= most_failures:
            break
    return tally


def replay(start: Start, steps: Sequence[Step], ground: Ground) -> list[Difference]:
    pair = Pair(start, ground)
    if (found := pair.file(start)) or pair.case.stage == "NEW":
        return found
    for step in steps:
        if (found := pair.take(step)) or pair.case.lost:
            return found
    if pair.case.lost:
        return []
    asked = (item for who, person in PERSONS.items() for item in pair.permissions(who, person))
    return [item for item in asked if not known(item)]


def shorten(failure: Failure, ground: Ground) -> Failure:
    """Leave out every step without which the first difference still shows."""
    wanted, steps = failure.differences[0].signature, list(failure.steps)
    position = len(steps) - 1
    while position >= 0:
        fewer = steps[:position] + steps[position + 1 :]
        found = replay(failure.start, fewer, ground)
        if any(item.signature == wanted for item in found):
            steps = fewer
        position -= 1
    found = [item for item in replay(failure.start, steps, ground) if item.signature == wanted]
    return Failure(failure.seed, failure.start, steps, found or failure.differences)
