"""Walk through the packs at random for as long as wished, checking what must always hold."""

from __future__ import annotations

import time
from random import Random
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from rules.calendar_loader import load_calendar
from rules.loader import load_policy, pack_names
from rules.walking import Ground, Walk
from rules.walking_checks import WalkFailed


class Command(BaseCommand):
    requires_system_checks = ()  # only the packs matter, whatever the rest of the house says
    help = "Walk cases of every pack at random; tell each walk that broke what must hold, with its events."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--steps", type=int, default=100_000, help="how many steps to take, over all packs")
        parser.add_argument("--seed", type=int, default=0, help="the first walk's seed; the following count up")
        parser.add_argument("--pack", action="append", choices=pack_names(), help="walk this pack only")

    def handle(self, *args: Any, **options: Any) -> None:
        names = options["pack"] or pack_names()
        began, steps, passed, failed = time.process_time(), 0, 0, 0
        policies = [load_policy(name) for name in names]
        grounds = [Ground(policy, load_calendar(policy.calendar)) for policy in policies]
        seed = options["seed"]
        while steps < options["steps"]:
            ground = grounds[seed % len(grounds)]
            walk = Walk(ground, Random(seed))  # noqa: S311 - a seed must repeat a walk
            try:
                steps += walk.run() or 1
                passed += 1
            except WalkFailed as problem:
                steps, failed = steps + len(walk.steps) + 1, failed + 1
                self.stdout.write(f"{ground.policy.pack}, seed {seed}: {problem}")
            seed += 1
        seconds = time.process_time() - began
        self.stdout.write(f"{steps} steps, {steps / seconds:.0f} per CPU second")
        self.stdout.write(f"{passed} passed, {failed} failed")
        if failed:
            raise CommandError("some walks failed")
