"""`manage.py verify_evidence`: read every original and every custody log again."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError

from evidence import custody, housekeeping
from evidence.errors import FileUnknown
from evidence.services import Verification, verify_file


class Command(BaseCommand):
    """Names every file whose bytes or log are not what was written, and fails if there is one."""

    help = "Compare every original and preview with the hash taken of it, and every custody log with its seals."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="*", type=UUID, help="ids of files; all when none is given")
        parser.add_argument(
            "--remove-orphans", action="store_true", help="remove bytes that belong to no received file"
        )

    def handle(self, *args: Any, files: list[UUID], remove_orphans: bool, **options: Any) -> None:
        try:
            outcomes = [verify_file(file_id) for file_id in files or housekeeping.every_file()]
        except FileUnknown as error:
            raise CommandError("There is no such file.") from error
        unsound = [outcome for outcome in outcomes if not outcome.is_sound]
        for outcome in unsound:
            self.stderr.write(_in_words(outcome))
        self._tell_orphans(remove=remove_orphans)
        gone = [] if files else custody.whose_file_is_gone()
        for file_id in gone:
            self.stderr.write(f"{file_id}: there is a custody log, and no file")
        if unsound or gone:
            count, all_of_them = len(unsound) + len(gone), len(outcomes) + len(gone)
            raise CommandError(f"{count} of {all_of_them} files are not as they were received.")
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
    if outcome.changed_columns:
        faults.append(f"its row says something else than on receipt about {', '.join(outcome.changed_columns)}")
    if outcome.wrong_drawings:
        faults.append(f"the {' and the '.join(outcome.wrong_drawings)} is not what was drawn")
    return f"{outcome.file_id}: {'; '.join(faults)}"
