from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from disputes.services.indexing import BATCH, index_batch


class Command(BaseCommand):
    help = (
        "Writes what cases are found by: for those that have nothing yet, or what an older version wrote; with --all"
        " for every case. Stop it at any time: it goes on where it was, with --all behind the case given by --after."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--all", action="store_true", dest="every", help="every case, not only those that lack it")
        parser.add_argument("--after", type=int, default=0, metavar="ID", help="begin behind this case's id")
        parser.add_argument("--batch", type=int, default=BATCH, metavar="N", help="cases a transaction")

    def handle(self, *_args: Any, every: bool, after: int, batch: int, **_options: Any) -> None:
        total = 0
        while True:
            count, after = index_batch(after=after, every=every, limit=batch)
            if not count:
                break
            total += count
            self.stdout.write(f"{total} cases, up to id {after}")
        self.stdout.write(f"{total} cases indexed")
