"""Four at once, around a deadline: exactly one side wins, the others hear why, and nobody meets a deadlock.

    python -m trials.races [--rounds 300] [--only PAIR ...] [--seed N]

A database of its own. In every round a case is opened through the services and led to where both sides may act; then
four threads, two of each side, meet at a barrier and act a few thousandths of a second apart, as the seed has it: every
second round through the services, every second one through the interface. Time runs out in the midst of it.

accept/timeout  the seller accepts, or the time to answer has passed: one refund, by agreement or by silence
rule/rule       two arbitrators rule: one ruling is made
withdraw/rule   the buyer withdraws, or the case is ruled: nothing is paid, or what was ruled
evidence/close  evidence comes before its period ends and the case goes on, or it is kept as a note, or refused
edit/refuse     the request that was seen is changed or refused, or the time passed first: it is answered once
publish/open    two publish new rules, two file on the same order: one version, one case, under what was in force

Whoever does not win hears a refusal in so many words (409; 412 where the case was not what was seen). Who won how often
is printed, and a side that never wins fails the trial: then nothing raced.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from trials.checks import Report, check_journal
from trials.meeting import Meeting
from trials.pairs import PAIRS
from trials.rounds import Pair
from trials.stage import Stage, database


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=300, help="of each pair")
    parser.add_argument("--only", nargs="+", choices=sorted(PAIRS), default=list(PAIRS), metavar="PAIR")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    options = parser.parse_args()
    print(f"races: seed {options.seed}, {options.rounds} rounds of four threads for each pair", flush=True)
    with database("races") as folder:
        return run(Stage.set(), options.only, options.rounds, options.seed).end(Path(folder) / "house.log")


def run(stage: Stage, names: Sequence[str], rounds: int, seed: int) -> Report:
    """Race every pair, and look at what is left of it."""
    report = Report()
    for name in names:
        raced = race(stage, PAIRS[name], rounds, seed)
        told = ", ".join(f"{side} {raced.won[side]}" for side in PAIRS[name].sides)
        never = [side for side in PAIRS[name].sides if not raced.won[side]]
        report.check(f"{name}: who won", told, not never)
        report.check(f"{name}: rounds that ended as none may", raced.wrong[:3] or 0, not raced.wrong)
        print(f"  {name}: losers heard {dict(raced.heard)}", flush=True)
        check_journal(report, raced.cases)
    return report


@dataclass(slots=True, kw_only=True)
class Raced:
    """What became of the rounds of one pair."""

    won: Counter[str] = field(default_factory=Counter)
    heard: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    """Rounds that ended in a way that is not legal, with what is wrong."""
    cases: list[int] = field(default_factory=list)


def race(stage: Stage, pair: Pair, rounds: int, seed: int, said: Callable[[str], None] = lambda _line: None) -> Raced:
    """So many rounds of one pair."""
    raced, chance = Raced(), random.Random(f"{seed}/{pair.name}")
    with Meeting(4) as meeting:
        for number in range(rounds):
            started = pair.start(stage, chance, by_interface=number % 2 == 1)
            answers = meeting.meet([way for _side, way in started.ways], delays=started.delays(chance))
            told = list(zip([side for side, _way in started.ways], answers, strict=True))
            raced.heard.update(f"{answer.status} {answer.code}" for _side, answer in told if not answer.taken)
            try:
                raced.won[pair.judge(stage, started, told)] += 1
            except AssertionError as error:
                raced.wrong.append(f"round {number}: {error}, told {told}")
            raced.cases += started.case_ids()
            said(f"{pair.name} {number}")
    return raced


if __name__ == "__main__":
    sys.exit(main())
