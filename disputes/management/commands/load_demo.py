"""Loads the demo marketplace. Running it again changes nothing."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from disputes.demo.loading import NotHere, load


class Command(BaseCommand):
    help = "Loads the demo marketplace: people, orders and disputes in every stage of every platform."

    def handle(self, *_args: Any, **_options: Any) -> None:
        try:
            loaded = load()
        except NotHere as refused:
            raise CommandError(str(refused)) from refused
        word = "loaded" if loaded.new else "already there"
        self.stdout.write(f"{word}: {loaded.people} people, {loaded.orders} orders, {loaded.cases} cases")
