"""Each time that a migration would move, as a table for spreadsheets."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from io import StringIO

from disputes.services.bulk_previewing import TriedCase
from disputes.services.bulk_reading import MovedView

COLUMNS = ("case", "stage", "result", "code", "deadline", "before", "after", "shortens_a_promise")


def csv_of(cases: Iterable[TriedCase]) -> str:
    """With a header, a line for every time, and one for each case in which none moves; times in UTC."""
    text = StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for case in cases:
        told = (case.number, case.stage.code, case.result.code, case.code)
        for moved in [move for move in case.moved if move.before_at != move.after_at] or (None,):
            writer.writerow([*told, *_moved(moved)])
    return f"\ufeff{text.getvalue()}"


def _moved(moved: MovedView | None) -> tuple[str, str, str, str]:
    if moved is None:
        return "", "", "", ""
    before, after = (at.isoformat() if at else "" for at in (moved.before_at, moved.after_at))
    return moved.name, before, after, "yes" if moved.worse else ""
