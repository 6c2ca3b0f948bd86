import signal
from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand

from contract import signs
from disputes.services.standing_by import Standby
from disputes.services.sweeping import BATCH, sweep_until_done
from disputes.services.warming import warm_up

GRACE = 2.0
"""Seconds a standby leaves to the workers."""


class Command(BaseCommand):
    help = "Settles every case whose time has come: once, or for ever as the standby that needs no broker."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--forever", action="store_true", help="go on until SIGTERM")
        parser.add_argument("--grace", type=float, help=f"seconds left to others ({GRACE:g} with --forever, else 0)")
        parser.add_argument("--batch", type=int, default=BATCH, help="cases in one transaction")
        parser.add_argument("--name", default="standby", help="the name its signs of life are left under")

    def handle(self, *_args: Any, forever: bool, grace: float | None, batch: int, name: str, **_options: Any) -> None:
        if not forever:
            swept = sweep_until_done(sweeper=name, limit=batch, grace=timedelta(seconds=grace or 0))
            self.stdout.write(f"{swept.moved} cases moved in {swept.steps} steps, {swept.parked} parked")
            return
        standby = Standby(sweeper=name, grace=timedelta(seconds=GRACE if grace is None else grace), batch=batch)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: standby.stop())
        warm_up()
        signs.begin_as("ringer")
        standby.run()
