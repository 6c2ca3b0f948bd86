"""Explore the shipped packs and keep what was proved about them."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from rules.engine.soundness import Soundness
from rules.proofs import bound_in_days, keep_proof, provable_names, prove_pack


class Command(BaseCommand):
    requires_system_checks = ()  # only the packs matter, whatever the rest of the house says
    help = "Explore every reachable state of the packs, tell what is wrong, and write the proof files."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("packs", nargs="*", help="names of packs; all when none is given")
        parser.add_argument("--dry-run", action="store_true", help="write no proof files")

    def handle(self, *args: Any, **options: Any) -> None:
        names = options["packs"] or provable_names()
        unsound = []
        self.stdout.write(f"{'pack':32} {'states':>8} {'seconds':>8} {'closes within':>14}  result")
        for name in names:
            result = prove_pack(name)
            self._tell(result)
            if not options["dry_run"]:
                keep_proof(result)
            if not result.sound:
                unsound.append(name)
        if unsound:
            raise CommandError(f"not sound: {', '.join(unsound)}")

    def _tell(self, result: Soundness) -> None:
        days = bound_in_days(result)
        bound = "never" if days is None else f"{days} days"
        verdict = "sound" if result.sound else "NOT SOUND"
        self.stdout.write(f"{result.pack:32} {result.states:8} {result.seconds:8} {bound:>14}  {verdict}")
        for finding in result.findings:
            self.stdout.write(f"  {'warning' if finding.warning else 'error'}: {finding.kind} {finding.subject}")
            for moment, event in finding.path:
                self.stdout.write(f"    {moment:>12}  {event}")
