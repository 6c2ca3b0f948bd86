"""`python -m model_walks.mutating`: how many planted mutants of each pack the walks catch."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, field

from model.terms import PLATFORMS
from model_walks.comparing import Ground
from model_walks.mutants import caught, grounds
from model_walks.set_aside import reason
from rules.calendar_loader import load_calendar
from rules.loader import load_policy

GOAL = 0.95


@dataclass(slots=True)
class Score:
    """What became of the mutants of one pack."""

    pack: str
    walked: int = 0
    refused: int = 0
    """By the compiler, before any case could open under them."""
    survivors: list[str] = field(default_factory=list)
    set_aside: list[str] = field(default_factory=list)
    """Survived where the rules say nothing, or where the mutant behaves like the pack."""

    @property
    def share(self) -> float:
        return 1 - len(self.survivors) / self.walked if self.walked else 1.0

    def __str__(self) -> str:
        found = f"{self.walked - len(self.survivors)} of {self.walked} mutants caught ({self.share:.1%})"
        heading = f"{self.pack}: {found}, {self.refused} refused by the compiler,"
        heading += f" {len(self.set_aside)} set aside"
        lines = [f"  survived: {name}" for name in self.survivors]
        lines += [f"  set aside: {name}: {reason(self.pack, name)}" for name in self.set_aside]
        return "\n".join([heading, *lines])


def score(pack: str, steps: int, seed: int, part: int = 0, parts: int = 1) -> Score:
    """Every `parts`-th mutant of a pack, walked until caught or for so many steps."""
    result = Score(pack)
    for name, ground in grounds(pack, part, parts):
        if ground is None:
            result.refused += 1
            continue
        noticed = caught(ground, steps, seed)
        if not noticed and reason(pack, name):
            result.set_aside.append(name)
            continue
        result.walked += 1
        if not noticed:
            result.survivors.append(name)
    return result


def unchanged_passes(pack: str, steps: int, seed: int) -> bool:
    """Whether the pack itself survives what its mutants are put through."""
    return not caught(Ground(pack, load_policy(pack), load_calendar("cn")), steps, seed)


def together(scores: Sequence[Score]) -> Score:
    whole = Score(scores[0].pack)
    for item in scores:
        whole.walked += item.walked
        whole.refused += item.refused
        whole.survivors += item.survivors
        whole.set_aside += item.set_aside
    return whole


def main() -> int:
    parser = argparse.ArgumentParser(prog="model_walks.mutating", description=__doc__)
    parser.add_argument("--steps", type=int, default=40_000, help="at most, for each mutant")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--pack", action="append", choices=list(PLATFORMS))
    options = parser.parse_args()
    began, parts, missed = time.monotonic(), 8 * (os.cpu_count() or 1), 0
    with ProcessPoolExecutor() as pool:
        for pack in options.pack or list(PLATFORMS):
            tasks = [pool.submit(score, pack, options.steps, options.seed, part, parts) for part in range(parts)]
            whole = together([task.result() for task in as_completed(tasks)])
            sound = pool.submit(unchanged_passes, pack, options.steps, options.seed).result()
            missed += whole.share < GOAL or not sound
            print(whole if sound else f"{pack}: the unchanged pack fails already: no score", flush=True)
    print(f"seed {options.seed}: {time.monotonic() - began:.0f} s; goal {GOAL:.0%} of each pack")
    print(f"{len(options.pack or PLATFORMS) - missed} passed, {missed} failed")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
