from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from contract.database import NoSuchRole, application_role, prepare, role_may_change_anything


class Command(BaseCommand):
    help = "Gives the application's role its rights on the migrated tables. Run as their owner, after migrate."
    requires_system_checks = ()  # it repairs what the checks find

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--role", default=None, help="the application's role, else GONGDUAN_APP_ROLE")
        parser.add_argument("--database", default="default", help="alias of the database")

    def handle(self, *_args: Any, role: str | None, database: str, verbosity: int, **_options: Any) -> None:
        role = role or application_role()
        for line in self._prepared(role, database):
            if verbosity > 1:
                self.stdout.write(line)
        if role_may_change_anything(role, using=database):
            self.stderr.write(
                f"Warning: the application connects as {role}, which owns the tables or is a superuser. "
                "Only the triggers guard the append-only tables; set DATABASE_OWNER_URL to another role."
            )

    def _prepared(self, role: str, alias: str) -> list[str]:
        try:
            return prepare(role, using=alias)
        except NoSuchRole as error:
            raise CommandError(f"The role {role} does not exist. Create it: CREATE ROLE {role} LOGIN;") from error
