"""`manage.py verify_evidence`: read every original and every custody log again."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError

from evidence import housekeeping
from evidence.services import Verification, verify_file


class Command(BaseCommand):
    """Names every file whose bytes or log are not what was written, and fails if there is one."""

    help = "Compare every original with the hash taken on receipt, and every custody log with its seals."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="*", type=UUID, help="ids of files; all when none is given")
        parser.add_argument(
            "--remove-orphans", action="store_true", help="remove bytes that belong to no received file"
        )

    def handle(self, *args: Any, files: list[UUID], remove_orphans: bool, **options: Any) -> None:
        outcomes = [verify_file(file_id) for file_id in files or housekeeping.every_file()]
        unsound = [outcome for outcome in outcomes if not outcome.is_sound]
        for outcome in unsound:
            self.stderr.write(_in_words(outcome))
        self._tell_orphans(remove=remove_orphans)
        if unsound:
            raise CommandError(f"{len(unsound)} of {len(outcomes)} files are not as they were received.")
        self.stdout.write(f"{len(outcomes)} files are as they were received.")

    def _tell_orphans(self, *, remove: bool) -> None:
        for key in housekeeping.orphans():
            removed = remove and housekeeping.remove_orphan(key)
            self.stdout.write(f"{'removed' if removed else 'belongs to no file'}: {key}")
        if remove and (count := housekeeping.remove_abandoned_arrivals()):
            self.stdout.write(f"removed {count} arrivals that were never finished")


def _in_words(outcome: Verification) -> str:
    faults = []
    if not outcome.bytes_intact:
        faults.append("the bytes are missing or changed")
    if outcome.first_wrong_entry is not None:
        faults.append(f"custody entry {outcome.first_wrong_entry} is not what was written")
    return f"{outcome.file_id}: {'; '.join(faults)}"
