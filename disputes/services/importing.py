"""Imports: what marketplaces send becomes orders and cases. Bad rows are refused, the rest goes in.

Every row is a transaction of its own, and importing a file again changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal

from django.db import DataError, IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from contract.errors import DomainError, FieldProblem, Invalid
from disputes.errors import CaseBusy
from disputes.feeds import OrderRecord, ParcelRecord, ParseError, ParseResult, RefundRecord, parse
from disputes.models import ImportRun
from disputes.services.importing_adopting import Options
from disputes.services.importing_hearing import heard
from disputes.services.importing_orders import known_orders, take_order
from disputes.services.importing_parcels import take_parcel
from disputes.services.importing_people import Importer, importer
from disputes.services.importing_refunds import take_refund
from disputes.services.importing_rows import (
    RESULTS,
    ImportReport,
    Kind,
    RowProblem,
    RowRefused,
    RowResult,
    problem_of,
    refused_by_parser,
    stored,
)
from disputes.services.importing_sentences import problem_sentence
from disputes.services.stalling import arrived
from disputes.services.writer import one_transaction
from disputes.signals import journal_grew
from rules.selectors import packs_in_force

Record = OrderRecord | RefundRecord | ParcelRecord
Overdue = Literal["hold", "lapse", "fresh"]
OVERDUE: tuple[Overdue, ...] = ("hold", "lapse", "fresh")


BATCHES = 20
"""Of cases let go while the importer waits; the workers do the rest."""


class Unreadable(Invalid):
    """The payload as a whole cannot be read."""

    code = "unreadable"
    sentence = _("This file cannot be read.")


@dataclass(frozen=True, slots=True)
class _Import:
    who: Importer
    options: Options


def run_import(
    user_id: int, *, format: str, payload: object, overdue: Overdue = "hold", pack: str | None = None,
    shop_id: int | None = None, dry_run: bool = False,
) -> ImportReport:  # fmt: skip
    """Import a payload: decoded JSON, or a JSON or CSV file as text or bytes.

    `overdue` says what becomes of cases whose time has passed on arrival, `pack` under which rules cases open when
    the rows' own hints shall not decide, `shop_id` whose the rows without a seller are. A dry run reports the same
    and keeps nothing but its record. Raises Forbidden, NotFound, Invalid.
    """
    who = importer(user_id, shop_id=shop_id, overdue=overdue)
    _check_choices(overdue, pack)
    parsed = _parsed(format, payload)
    with _all_or_nothing(dry_run):
        rows = _take(parsed, _Import(who, Options(overdue=overdue, pack=pack)))
    report = ImportReport(
        run_id=_record(user_id, format, overdue, dry_run, rows), format=format, dry_run=dry_run, rows=rows
    )
    if not dry_run and report.count("created") + report.count("updated"):
        journal_grew.send(sender=ImportReport)
    if not dry_run:
        _tell_feeds(parsed, rows, who)
    return report


def _tell_feeds(parsed: ParseResult, rows: Sequence[RowResult], who: Importer) -> None:
    """The rows are in: a case that is busy just now goes on with the next look, and fails no import."""
    with suppress(CaseBusy):
        arrived(heard(parsed, rows, who), batches=BATCHES)


def _check_choices(overdue: str, pack: str | None) -> None:
    packs = {version.pack for version in packs_in_force()}
    if overdue not in OVERDUE:
        raise Invalid(fields=[_unknown("overdue", OVERDUE)])
    if pack is not None and pack not in packs:
        raise Invalid(fields=[_unknown("pack", sorted(packs))])


def _unknown(name: str, choices: Sequence[str]) -> FieldProblem:
    detail = _("Choose one of: %(choices)s.") % {"choices": ", ".join(choices)}
    return FieldProblem(pointer=f"/{name}", code="unknown_choice", detail=detail)


def _parsed(format: str, payload: object) -> ParseResult:
    try:
        return parse(format, payload, known_orders=known_orders)
    except ParseError as error:
        sentence = problem_sentence(error.code, error.detail)
        raise Unreadable(fields=[FieldProblem(pointer="", code=error.code, detail=sentence)]) from error


@contextmanager
def _all_or_nothing(dry_run: bool) -> Iterator[None]:
    """Around all rows of a dry run, a transaction that is rolled back."""
    if not dry_run:
        yield
        return
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def _take(parsed: ParseResult, run: _Import) -> tuple[RowResult, ...]:
    """Orders first, because refunds and parcels name them; the report is in the payload's order."""
    rows = refused_by_parser(parsed.errors)
    rows += [_row(order, "order", partial(_take_order, order, run)) for order in parsed.orders]
    rows += [_row(refund, "refund", partial(_take_refund, refund, run)) for refund in parsed.refunds]
    rows += [_row(parcel, "parcel", partial(_take_parcel, parcel, run)) for parcel in parsed.parcels]
    return tuple(sorted(rows, key=lambda row: row.row))


def _take_order(order: OrderRecord, run: _Import) -> RowResult:
    result, notes = take_order(order, run.who, pack=run.options.pack)
    return RowResult(
        row=order.row, pointer=order.pointer, kind="order", outside_id=order.outside_id, result=result, notes=notes
    )


def _take_refund(refund: RefundRecord, run: _Import) -> RowResult:
    taken = take_refund(refund, run.who, run.options)
    return RowResult(
        row=refund.row, pointer=refund.pointer, kind="refund", outside_id=refund.outside_id, result=taken.result,
        number=taken.number, notes=taken.notes,
    )  # fmt: skip


def _take_parcel(parcel: ParcelRecord, run: _Import) -> RowResult:
    result, number, notes = take_parcel(parcel, run.who)
    return RowResult(
        row=parcel.row, pointer=parcel.pointer, kind="parcel", outside_id=parcel.tracking, result=result, number=number,
        notes=notes,
    )  # fmt: skip


def _row(record: Record, kind: Kind, take: Callable[[], RowResult]) -> RowResult:
    """One row in its own transaction. Whoever loses a race for the same key takes what the winner wrote."""
    try:
        return _attempt(take)
    except IntegrityError:
        pass
    except (RowRefused, DomainError) as error:
        return _refused(record, kind, problem_of(record.pointer, error))
    except DataError:
        return _refused(record, kind, (RowProblem(pointer=record.pointer, field="", code="cannot_be_stored"),))
    try:
        return _attempt(take)
    except (RowRefused, DomainError) as error:
        return _refused(record, kind, problem_of(record.pointer, error))
    except IntegrityError:
        return _refused(record, kind, (RowProblem(pointer=record.pointer, field="", code="cannot_be_stored"),))


def _attempt(take: Callable[[], RowResult]) -> RowResult:
    with one_transaction():
        return take()


def _refused(record: Record, kind: Kind, errors: tuple[RowProblem, ...]) -> RowResult:
    return RowResult(
        row=record.row, pointer=record.pointer, kind=kind, outside_id=record.outside_id, result="refused", errors=errors
    )


def _record(user_id: int, format: str, overdue: str, dry_run: bool, rows: Sequence[RowResult]) -> int:
    counts: dict[str, Any] = {result: sum(row.result == result for row in rows) for result in RESULTS}
    run = ImportRun.objects.create(
        format=format,
        dry_run=dry_run,
        overdue=overdue,
        started_by_id=user_id,
        results=[stored(row) for row in rows],
        **counts,
    )
    return int(run.pk)
