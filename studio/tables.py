"""Tables as files for spreadsheets: their letters open right, and nothing in them is computed."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from io import StringIO

from django.http import HttpResponse

Row = Iterable[object]


def as_table(name: str, columns: Sequence[str], rows: Iterable[Row]) -> HttpResponse:
    """A table to be kept as `name.csv`."""
    answer = HttpResponse(csv_text(columns, rows), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return answer


def csv_text(columns: Sequence[str], rows: Iterable[Row]) -> str:
    """With a header, and the mark by which spreadsheets know UTF-8. What one would compute is quoted."""
    text = StringIO()
    writer = csv.writer(text)
    writer.writerow(columns)
    writer.writerows([harmless(value) for value in row] for row in rows)
    return f"\ufeff{text.getvalue()}"


def harmless(value: object) -> object:
    """A text that no spreadsheet takes for a formula; amounts may begin with a minus."""
    text = str(value)
    is_number = text.lstrip("-").replace(".", "", 1).isdecimal()
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") and not is_number else value
