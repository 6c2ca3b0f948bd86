import re
from argparse import ArgumentParser
from datetime import datetime, timedelta
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError

from contract import clock

UNITS: Final = {"w": "weeks", "d": "days", "h": "hours", "m": "minutes", "s": "seconds"}
DELTA: Final = re.compile(r"(?P<sign>[+-])(?P<parts>(\d+[wdhms])+)")


class Command(BaseCommand):
    help = "Moves the clock of a development database: +3d, -1h30m, to 2026-10-02T14:30:00+08:00, reset, show."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("where", nargs="+", help="+3d | -1h30m | to MOMENT | reset | show")

    def run_from_argv(self, argv: list[str]) -> None:
        super().run_from_argv([*argv[:2], "--", *argv[2:]] if self._is_backwards(argv) else argv)

    def handle(self, *_args: Any, where: list[str], **_options: Any) -> None:
        try:
            now = self._moved(where)
        except (clock.TimeTravelRefused, ValueError, OverflowError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(now.isoformat())

    def _is_backwards(self, argv: list[str]) -> bool:
        return len(argv) > 2 and DELTA.fullmatch(argv[2]) is not None

    def _moved(self, where: list[str]) -> datetime:
        match where:
            case ["show"]:
                return clock.database_now()
            case ["reset"]:
                return clock.reset()
            case ["to", moment]:
                return clock.travel(to=datetime.fromisoformat(moment))
            case [text] if step := DELTA.fullmatch(text):
                return clock.travel(self._delta(step))
        raise ValueError("say +3d, -1h30m, to 2026-10-02T14:30:00+08:00, reset or show")

    def _delta(self, step: re.Match[str]) -> timedelta:
        parts = re.findall(r"(\d+)([wdhms])", step["parts"])
        size = sum((timedelta(**{UNITS[unit]: int(count)}) for count, unit in parts), timedelta())
        return -size if step["sign"] == "-" else size
