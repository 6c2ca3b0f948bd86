"""Tables for spreadsheets."""

from __future__ import annotations

import csv
from io import StringIO

import pytest

from studio.tables import as_table, csv_text


@pytest.mark.parametrize("formula", ["=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "-", "=HYPERLINK(\"x\")"])
def test_what_a_spreadsheet_would_compute_is_quoted(formula: str) -> None:
    (row,) = read(csv_text(("what",), [(formula,)]))
    assert row["what"] == f"'{formula}"


@pytest.mark.parametrize("value", ["", "Mug", "-12.30", 7, -7, "2026-11-22T10:00:00+00:00", "a=b"])
def test_everything_else_stays_as_it_is(value: object) -> None:
    (row,) = read(csv_text(("what",), [(value,)]))
    assert row["what"] == str(value)


def test_a_file_says_that_it_is_unicode_and_what_it_is_called() -> None:
    answer = as_table("bulk-run-7", ("原因",), [("停机",)])
    assert answer.content.startswith(b"\xef\xbb\xbf")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="bulk-run-7.csv"'
    assert read(answer.content.decode()) == [{"原因": "停机"}]


def read(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(text.removeprefix("\ufeff"), newline="")))
