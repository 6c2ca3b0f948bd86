"""Years and days of a calendar from a file: our own YAML, or CSV with a day a line; and back into one.

A YAML document says a whole year; a file may hold several, divided by `---`. A line of CSV says one day and leaves
the others as they are; the kind `ordinary` makes a day what its weekday makes it. Wrong files are refused with line and
field of every mistake: of each line of CSV, and of the first in each document of YAML.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from contract.errors import FieldProblem, Invalid
from rules.calendar_documents import DayKind, DayMark, Years, marks_of, text_of, with_marks
from rules.calendar_editing import LONGEST_SOURCE, problems_of
from rules.calendar_file_words import problem_in_words
from rules.calendar_loader import CalendarDocumentError, YearDocument, read_year

LONGEST_TEXT = 200_000
"""Characters; twelve years have a tenth of that."""
COLUMNS = ("date", "kind", "group", "zh", "en")
ORDINARY = "ordinary"
MOST_MISTAKES = 100
FILE = "file"
FIELD_FORM = re.compile(r"(?P<indent>\s*)(?P<name>\w+)\s*:")


@dataclass(frozen=True, slots=True, kw_only=True)
class FileMistake:
    """One thing wrong with a file."""

    line: int
    """The first line is 1."""
    field: str
    problem: str
    """In the reader's language."""

    def as_json(self) -> dict[str, Any]:
        return {"line": self.line, "field": self.field, "problem": self.problem}


class WrongFile(Invalid):
    """A file that cannot be taken into a calendar; `mistakes` names line and field of each mistake."""

    code = "wrong_file"
    outward = (*Invalid.outward, "mistakes")

    def __init__(self, mistakes: tuple[FileMistake, ...]) -> None:
        told = [mistake.as_json() for mistake in mistakes]
        fields = [
            FieldProblem(pointer="/text", code=self.code, detail=f"{one.line}: {one.field}: {one.problem}")
            for one in mistakes
        ]
        super().__init__(fields=fields, mistakes=told)
        self.mistakes = mistakes

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.mistakes,)


def read_file(text: str, *, into: Years) -> dict[int, YearDocument]:
    """The years a file would change in a calendar, each as a whole. Raises WrongFile with every mistake."""
    if len(text) > LONGEST_TEXT:
        raise _wrong(1, "", _("This text is too long."))
    text = text.lstrip("\ufeff")
    if not text.strip():
        raise _wrong(1, "", _("There is nothing in it."))
    first = text.lstrip().splitlines()[0]
    return _read_csv(text.lstrip(), into) if "," in first and ":" not in first else _read_yaml(text, into)


def _read_yaml(text: str, into: Years) -> dict[int, YearDocument]:
    found: dict[int, YearDocument] = {}
    mistakes: list[FileMistake] = []
    for first_line, part in _documents(text):
        try:
            document = read_year(part, file=FILE)
        except CalendarDocumentError as error:
            line, field = first_line + (error.line or 1) - 1, _field_at(part, error.line or 1)
            mistakes.append(FileMistake(line=line, field=field, problem=problem_in_words(error.problem)))
            continue
        except RecursionError:
            mistakes.append(FileMistake(line=first_line, field="", problem=_("This is nested too deeply.")))
            continue
        problem = _misfit(document, into, found)
        if problem:
            mistakes.append(FileMistake(line=first_line, field=problem[0], problem=problem[1]))
        found[document.year] = replace(document, file=f"{document.calendar}/{document.year}.yaml")
    if mistakes:
        raise WrongFile(tuple(mistakes[:MOST_MISTAKES]))
    _check_gap(into, found)
    return found


def _documents(text: str) -> Iterator[tuple[int, str]]:
    """Each document with the number of its first line."""
    first, lines = 1, list[str]()
    for number, line in enumerate(text.splitlines(), start=1):
        if line.rstrip() == "---":
            if any(each.strip() for each in lines):
                yield first, "\n".join(lines)
            first, lines = number + 1, []
        else:
            lines.append(line)
    if any(each.strip() for each in lines):
        yield first, "\n".join(lines)


def _field_at(text: str, line: int) -> str:
    """The field of a document that a line belongs to, with the group where it is in one."""
    field = group = ""
    for each in text.splitlines()[:line]:
        found = FIELD_FORM.match(each)
        if found and not found["indent"]:
            field, group = found["name"], ""
        elif found:
            group = found["name"]
    return f"{field}.{group}" if group else field


def _misfit(document: YearDocument, into: Years, found: Years) -> tuple[str, str] | None:
    """Field and reason why a document does not belong into a calendar."""
    like = next(iter(into.values()))
    for name in ("calendar", "zone", "weekend"):
        if getattr(document, name) != getattr(like, name):
            return name, _("This is another calendar's; “%(name)s” differs.") % {"name": name}
    if document.year in found:
        return "year", _("This year stands in the file twice.")
    if len(document.source) > LONGEST_SOURCE or not document.source.isprintable():
        return "source", _("The source is one line of at most %(most)d characters.") % {"most": LONGEST_SOURCE}
    return None


def _check_gap(into: Years, found: Years) -> None:
    there = {*into, *found}
    missing = next((year for year in range(min(there), max(there)) if year not in there), None)
    if missing is not None:
        raise _wrong(1, "year", _("The year %(year)s would be missing in between.") % {"year": missing})


def _read_csv(text: str, into: Years) -> dict[int, YearDocument]:
    rows = csv.reader(io.StringIO(text), strict=True)
    marks: dict[date, DayMark | None] = {}
    mistakes: list[FileMistake] = []
    try:
        header = _checked_header(next(rows))
        for row in rows:
            if any(cell.strip() for cell in row):
                wrong = _take_row(dict(zip(header, row, strict=False)), len(row) > len(header), into, marks)
                mistakes += [FileMistake(line=rows.line_num, field=field, problem=why) for field, why in wrong]
    except csv.Error as error:
        raise _wrong(rows.line_num, "", _("This is not valid CSV: %(told)s") % {"told": error}) from None
    if mistakes:
        raise WrongFile(tuple(mistakes[:MOST_MISTAKES]))
    return dict(_with_days(into, marks))


def _checked_header(names: list[str]) -> list[str]:
    """Raises WrongFile."""
    header = [name.strip() for name in names]
    known = set(header) <= set(COLUMNS) and {"date", "kind"} <= set(header)
    if not known or len(set(header)) != len(header):
        raise _wrong(1, "", _("The columns are: %(columns)s.") % {"columns": ", ".join(COLUMNS)})
    return header


def _take_row(
    row: dict[str, str], too_long: bool, into: Years, marks: dict[date, DayMark | None]
) -> list[tuple[str, str]]:  # fmt: skip
    """Field and reason of each mistake of a line; a right one is put among the marks."""
    row = {name: value.strip() for name, value in row.items()}
    if too_long:
        return [("", _("This line has more cells than there are columns."))]
    try:
        day = date.fromisoformat(row.get("date", ""))
    except ValueError:
        return [("date", _("This is no date like 2026-10-01 that exists."))]
    if day in marks:
        return [("date", _("This day stands in the file twice."))]
    kind = row.get("kind", "")
    if kind not in (*DayKind, ORDINARY):
        known = ", ".join((*DayKind, ORDINARY))
        return [("kind", _("A kind is one of: %(known)s.") % {"known": known})]
    mark = None if kind == ORDINARY else _mark(DayKind(kind), row)
    marks[day] = mark
    fields = {"no_such_year": "date", "wrong_group": "group", "not_a_weekend_day": "kind"}
    return [(fields.get(each.code, "zh, en"), str(each.detail)) for each in problems_of(into, day, mark)]


def _mark(kind: DayKind, row: dict[str, str]) -> DayMark:
    if kind in (DayKind.OFF, DayKind.WORKED):
        return DayMark(kind=kind, group=row.get("group", ""))
    return DayMark(kind=kind, zh=row.get("zh", ""), en=row.get("en", ""))


def _with_days(into: Years, marks: dict[date, DayMark | None]) -> Iterator[tuple[int, YearDocument]]:
    for year in sorted({day.year for day in marks}):
        said = {**marks_of(into[year]), **{day: mark for day, mark in marks.items() if day.year == year}}
        yield year, with_marks(into[year], {day: mark for day, mark in said.items() if mark is not None})


def as_yaml(years: Years) -> str:
    """Years as one text that is read back to the same."""
    return "---\n".join(text_of(document) for _year, document in sorted(years.items()))


def as_csv(years: Years) -> str:
    """Every day of which something is said, a line each."""
    written = io.StringIO()
    rows = csv.writer(written, lineterminator="\n")
    rows.writerow(COLUMNS)
    for _year, document in sorted(years.items()):
        for day, mark in marks_of(document).items():
            rows.writerow([day.isoformat(), mark.kind, mark.group, mark.zh, mark.en])
    return written.getvalue()


def _wrong(line: int, field: str, problem: str) -> WrongFile:
    return WrongFile((FileMistake(line=line, field=field, problem=problem),))
