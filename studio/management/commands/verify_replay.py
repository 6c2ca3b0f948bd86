from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from disputes.selectors.histories import Chosen
from studio.lab.running import finished, start_verification
from studio.models import LabDifference, LabRun


class Command(BaseCommand):
    help = (
        "Replays every history under the version and the calendar its case names. Steps and due times must come out the"
        " same; names each case, event and field that differs, and ends with 1. The run is kept in the rule lab."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--platform", action="append", default=[], help="only this platform; may be repeated")
        parser.add_argument("--pack", default="", help="only this pack")
        parser.add_argument("--status", choices=["open", "closed"], default="", help="only open or only closed cases")

    def handle(self, *_args: Any, platform: list[str], pack: str, status: str, **_options: Any) -> None:
        chosen = Chosen(platforms=tuple(platform), pack=pack, status=status)
        run = finished(start_verification(chosen, by_id=None))
        for found in LabDifference.objects.filter(run=run).order_by("case_id"):
            self.stdout.write(sentence(found))
        if run.state != LabRun.State.FINISHED:
            raise CommandError(f"Run {run.pk} ended as {run.state}: {run.failure}")
        different = run.done - run.totals["buckets"].get("identical", 0) if run.done else 0
        told = f"{run.done} histories replayed in {run.seconds:.1f} s, {different} different (run {run.pk})"
        if different:
            raise CommandError(told)
        self.stdout.write(told)


def sentence(found: LabDifference) -> str:
    """One difference in a line."""
    if found.bucket == "broken":
        return f"Case {found.number} cannot be replayed: {found.after.get('value')}."
    before, after = found.before.get("value"), found.after.get("value")
    return f"Case {found.number}, event {found.sequence}: {found.subject} is {before!r}, but should be {after!r}."
