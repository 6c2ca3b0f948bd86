"""Imports a file of orders and refunds, and says row by row what became of it."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.models import StaffRole, User
from contract.errors import DomainError, Invalid
from disputes.feeds import FORMATS
from disputes.services.importing import OVERDUE, run_import
from disputes.services.importing_rows import ImportReport, RowResult


class Command(BaseCommand):
    help = "Imports orders and refunds from a file; bad rows are refused and named, the rest goes in."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="JSON as the platform answered, the native format, or CSV")
        parser.add_argument("--format", required=True, choices=[*FORMATS], help="whose format the file has")
        parser.add_argument("--dry-run", action="store_true", help="report the same and keep nothing")
        parser.add_argument(
            "--overdue",
            choices=OVERDUE,
            default="hold",
            help="what becomes of cases whose time passed before they came",
        )
        parser.add_argument("--pack", help="under which rules cases open, when the rows shall not decide")
        parser.add_argument("--shop", type=int, help="whose the rows without a seller are (the shop's number here)")
        parser.add_argument("--as", dest="username", help="who imports; the first administrator by default")

    def handle(self, *_args: Any, file: Path, **options: Any) -> None:
        try:
            payload = file.read_bytes()
        except OSError as error:
            raise CommandError(f"{file}: {error.strerror}") from error
        try:
            report = run_import(
                self._importer(options["username"]).pk, format=options["format"], payload=payload,
                overdue=options["overdue"], pack=options["pack"], shop_id=options["shop"], dry_run=options["dry_run"],
            )  # fmt: skip
        except DomainError as error:
            raise CommandError(_in_words(error)) from error
        self._tell(report)

    def _importer(self, username: str | None) -> User:
        if username:
            found = User.objects.filter(username__iexact=username).first()
        else:
            role = (
                StaffRole.objects.filter(kind=StaffRole.Kind.ADMINISTRATOR)
                .order_by("pk")
                .select_related("user")
                .first()
            )
            found = role.user if role else None
        if found is None:
            raise CommandError("there is nobody of that name" if username else "there is no administrator yet")
        return found

    def _tell(self, report: ImportReport) -> None:
        for row in report.rows:
            self.stdout.write(_line(row))
            for problem in row.errors:
                self.stdout.write(f"      {problem.pointer}  {problem.code}: {problem.sentence}")
            for note in row.notes:
                self.stdout.write(f"      {note.sentence}")
        counted = ", ".join(f"{count} {result}" for result, count in report.counts.items())
        self.stdout.write(f"{'would have been ' if report.dry_run else ''}{counted}")


def _line(row: RowResult) -> str:
    return f"{row.row:>4}  {row.result:<9}  {row.kind or 'row':<6}  {row.outside_id}  {row.number}".rstrip()


def _in_words(error: DomainError) -> str:
    if isinstance(error, Invalid) and error.fields:
        return " ".join(f"{found.pointer} {found.detail}".strip() for found in error.fields)
    return error.message()
