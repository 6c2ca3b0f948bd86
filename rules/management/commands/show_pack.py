"""`manage.py show_pack PACK`: the resolved document, ancestors merged."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

import yaml
from django.core.management.base import BaseCommand, CommandError

from rules.documents import PackError
from rules.loader import load_document, load_policy, pack_names


class Command(BaseCommand):
    help = "Print a pack as it is used: ancestors merged, what was removed left out."
    requires_system_checks: list[str] = []  # noqa: RUF012  (Django's own way to say so)

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("pack", nargs="?", help="a pack, such as taobao.general; without one the packs are listed")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["pack"]:
            self.stdout.write("\n".join(pack_names()))
            return
        try:
            load_policy(options["pack"])
            document = load_document(options["pack"]).values
        except PackError as error:
            raise CommandError(str(error)) from None
        self.stdout.write(yaml.safe_dump(document, allow_unicode=True, sort_keys=False, width=120))
