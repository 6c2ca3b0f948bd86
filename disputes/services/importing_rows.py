"""What an import says of each row: what became of it, and why not."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from contract.errors import DomainError, Invalid
from disputes.feeds import RowError
from disputes.services.importing_sentences import note_sentence, problem_sentence

Result = Literal["created", "updated", "unchanged", "refused"]
Kind = Literal["order", "refund", "parcel", ""]
RESULTS: tuple[Result, ...] = ("created", "updated", "unchanged", "refused")


@dataclass(frozen=True, slots=True, kw_only=True)
class RowProblem:
    """One thing wrong with a row."""

    pointer: str
    """JSON Pointer into the payload."""
    field: str
    """As the payload spells it; empty when the whole row is meant."""
    code: str
    data: Mapping[str, Any] = dataclasses.field(default_factory=dict)

    @property
    def sentence(self) -> str:
        """In the language active now."""
        return problem_sentence(self.code, self.data)


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """Something worth saying about a row that was taken."""

    code: str
    data: Mapping[str, Any] = dataclasses.field(default_factory=dict)

    @property
    def sentence(self) -> str:
        """In the language active now."""
        return note_sentence(self.code, self.data)


@dataclass(frozen=True, slots=True, kw_only=True)
class RowResult:
    """What became of one row."""

    row: int
    pointer: str
    kind: Kind
    """Empty when the row was too broken to tell."""
    outside_id: str
    result: Result
    number: str = ""
    """The case's number, for a refund or parcel that has one."""
    errors: tuple[RowProblem, ...] = ()
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportReport:
    """What became of a payload."""

    run_id: int
    format: str
    dry_run: bool
    rows: tuple[RowResult, ...]

    def count(self, result: Result) -> int:
        return sum(row.result == result for row in self.rows)

    @property
    def counts(self) -> dict[Result, int]:
        return {result: self.count(result) for result in RESULTS}


class RowRefused(Exception):
    """This row is not taken; nothing of it was written."""

    def __init__(self, code: str, field: str = "", **data: Any) -> None:
        super().__init__(code)
        self.code, self.field, self.data = code, field, data


def refused_by_parser(errors: Iterable[RowError]) -> list[RowResult]:
    """Rows the parser refused, each with everything wrong with it."""
    rows: dict[int, list[RowError]] = {}
    for error in errors:
        rows.setdefault(error.row, []).append(error)
    return [_unreadable(found) for found in rows.values()]


def _unreadable(errors: list[RowError]) -> RowResult:
    problems = tuple(RowProblem(pointer=e.pointer, field=e.field, code=e.code, data=dict(e.detail)) for e in errors)
    first = errors[0]
    return RowResult(
        row=first.row,
        pointer=first.row_pointer,
        kind=first.kind,
        outside_id=first.outside_id,
        result="refused",
        errors=problems,
    )


def problem_of(pointer: str, error: RowRefused | DomainError) -> tuple[RowProblem, ...]:
    """A service's refusal, as what is wrong with the row."""
    if isinstance(error, Invalid) and error.fields:
        return tuple(
            RowProblem(pointer=pointer + found.pointer, field=found.pointer.strip("/"), code=found.code)
            for found in error.fields
        )
    name = getattr(error, "field", "")
    data = {key: value for key, value in error.data.items() if isinstance(value, (str, int))}
    return (RowProblem(pointer=f"{pointer}/{name}" if name else pointer, field=name, code=error.code, data=data),)


def stored(row: RowResult) -> dict[str, Any]:
    """A row as the record of the run keeps it: codes, no sentences."""
    problems = [{"pointer": p.pointer, "field": p.field, "code": p.code, "data": dict(p.data)} for p in row.errors]
    notes = [{"code": note.code, "data": dict(note.data)} for note in row.notes]
    return {
        "row": row.row, "pointer": row.pointer, "kind": row.kind, "outside_id": row.outside_id, "result": row.result,
        "number": row.number, "errors": problems, "notes": notes,
    }  # fmt: skip


def row_from(kept: Mapping[str, Any]) -> RowResult:
    """A row as it was stored."""
    errors = tuple(RowProblem(**problem) for problem in kept["errors"])
    notes = tuple(Note(**note) for note in kept["notes"])
    return RowResult(**{**kept, "errors": errors, "notes": notes})
