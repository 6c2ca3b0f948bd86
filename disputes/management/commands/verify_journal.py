from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from disputes.services import rooting
from disputes.services.auditing import first_difference, first_stray, numbers_of_cases
from disputes.services.verifying import Difference


class Command(BaseCommand):
    help = (
        "Verifies that nobody changed the journal: digests, rows, money and rulings against the journal, every history"
        " replayed, and the roots kept outside the database. Names the first wrong row and ends with 1."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--case", metavar="NUMBER", help="only this case")
        parser.add_argument("--root", action="store_true", help="write a root of the journal and verify nothing")

    def handle(self, *_args: Any, case: str | None, root: bool, **_options: Any) -> None:
        if root:
            self.stdout.write(str(rooting.write_root()))
            return
        verified = 0
        for number in [case] if case else numbers_of_cases():
            self._verify(number)
            verified += 1
        if not case and (stray := first_stray()):
            raise CommandError(f"There is no case with the id {stray[0]}, but there is its {stray[1]}.")
        if not case and (wrong := rooting.wrong_roots()):
            raise CommandError(f"The journal is not the one of the root {wrong[0]}.")
        self.stdout.write(f"{verified} cases verified")

    def _verify(self, number: str) -> None:
        try:
            found = first_difference(number)
        except LookupError as error:
            raise CommandError(f"There is no case {number}.") from error
        if found:
            raise CommandError(_sentence(found))


def _sentence(found: Difference) -> str:
    where = f"Case {found.case}, event {found.sequence}"
    return f"{where}: {found.what} is {found.stored!r}, but should be {found.expected!r}."
