"""`python -m model_walks`: engine and model through the same random cases, on every core."""

from __future__ import annotations

import argparse
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from functools import partial

from model.terms import PLATFORMS
from model_walks import coverage
from model_walks.comparing import Ground
from model_walks.walking import Tally, walk
from rules.calendar_loader import load_calendar
from rules.loader import load_policy

PORTION = 25_000
"""Steps one process takes at a time."""


def portion(pack: str, steps: int, seed: int) -> Tally:
    return walk(seed, steps, Ground(pack, load_policy(pack), load_calendar("cn")))


def main() -> int:
    parser = argparse.ArgumentParser(prog="model_walks", description=__doc__)
    parser.add_argument("--steps", type=int, default=5_000_000, help="of all packs together")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--processes", type=int, default=None)
    parser.add_argument("--pack", action="append", choices=list(PLATFORMS))
    options = parser.parse_args()
    packs = options.pack or list(PLATFORMS)
    totals = {pack: Tally() for pack in packs}
    began = time.monotonic()
    with ProcessPoolExecutor(options.processes) as pool:
        share = options.steps // len(packs)
        portions = range(max(1, share // PORTION))
        for pack in packs:
            do = partial(portion, pack, min(share, PORTION))
            for tally in pool.map(do, [options.seed * 1_000_000 + number for number in portions]):
                totals[pack].add(tally)
    return _report(totals, time.monotonic() - began, options.seed)


def _report(totals: dict[str, Tally], seconds: float, seed: int) -> int:
    whole = Tally()
    for pack, tally in totals.items():
        whole.add(tally)
        print(f"{pack}: {tally.steps:,} steps in {tally.cases:,} cases; "
              f"{coverage.report(load_policy(pack), tally.edges)}")  # fmt: skip
    for heading, counter in (("no opinion", whole.silences), ("known, not settled", whole.known)):
        for what, times in counter.most_common():
            print(f"{heading}: {what} ({times:,} times)")
    for failure in whole.failures:
        print(failure)
    for signature, times in whole.signatures.most_common():
        print(f"FAILED {times:,} times: {signature}")
    print(f"seed {seed}: {whole.steps:,} steps in {seconds:.0f} s, {whole.steps / seconds:,.0f} steps/s")
    print(f"{whole.cases - whole.failed:,} passed, {whole.failed:,} failed")
    return 1 if whole.failed else 0


if __name__ == "__main__":
    sys.exit(main())
