"""Each time that a migration would move, as a table for spreadsheets."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from disputes.services.bulk_previewing import TriedCase
from disputes.services.bulk_reading import MovedView

COLUMNS = ("case", "stage", "result", "code", "deadline", "before", "after", "shortens_a_promise")


def rows_of(cases: Iterable[TriedCase]) -> Iterator[tuple[str, ...]]:
    """A line for every time, and one for each case in which none moves; times in UTC."""
    for case in cases:
        told = (case.number, case.stage.code, case.result.code, case.code)
        for moved in [move for move in case.moved if move.before_at != move.after_at] or (None,):
            yield (*told, *_moved(moved))


def _moved(moved: MovedView | None) -> tuple[str, str, str, str]:
    if moved is None:
        return "", "", "", ""
    before, after = (at.isoformat() if at else "" for at in (moved.before_at, moved.after_at))
    return moved.name, before, after, "yes" if moved.worse else ""
