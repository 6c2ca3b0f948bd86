"""A preview of a migration as its page shows it: each time that would move, how far, and what it takes back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from disputes.selectors.wording import Worded
from disputes.services.bulk_previewing import Preview, TriedCase
from disputes.services.bulk_reading import TONES, MovedView, ResultLabel

NEEDS_CONFIRMATION = "needs_confirmation"
Words = str | Promise


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveRow:
    """One deadline."""

    label: str
    before_at: datetime | None
    after_at: datetime | None
    difference: Words
    worse: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseRow:
    """One case."""

    number: str
    version: int
    stage: Worded
    result: str
    tone: str
    sentence: str
    moves: tuple[MoveRow, ...]
    loses: str
    """The names of what has to be confirmed, with blanks between; empty where nothing has to be."""

    @property
    def plain(self) -> bool:
        """Whether it would go on, and no time moves: nothing to look at."""
        return not (self.sentence or self.moves)


def case_rows(preview: Preview) -> tuple[CaseRow, ...]:
    """The cases of the part of the set that is looked at."""
    return tuple(_case(case) for case in preview.sample)


def count_rows(preview: Preview) -> tuple[ResultLabel, ...]:
    """What would come of the cases that were tried out, in the page's own words."""
    return tuple(replace(each, label=_result(each.result, each.code)) for each in preview.results)


def _case(case: TriedCase) -> CaseRow:
    asked = case.code == NEEDS_CONFIRMATION
    return CaseRow(
        number=case.number, version=case.version, stage=case.stage, result=_result(case.result.code, case.code),
        sentence=case.sentence, tone=TONES.get(case.result.code, ""), moves=tuple(_moves(case.moved)),
        loses=" ".join(moved.name for moved in case.moved if moved.worse) if asked else "",
    )  # fmt: skip


def _result(result: str, code: str) -> str:
    if code == NEEDS_CONFIRMATION:
        return _("Would be set aside")
    return {
        "done": _("Would go on"), "already": _("Is so already"), "changed": _("Is no longer one of them"),
        "refused": _("Cannot go on"),
    }.get(result, _("Failed"))  # fmt: skip


def _moves(moved: tuple[MovedView, ...]) -> Iterator[MoveRow]:
    for move in moved:
        if move.before_at != move.after_at:
            yield MoveRow(
                label=move.label, before_at=move.before_at, after_at=move.after_at,
                difference=difference_in_words(move.before_at, move.after_at), worse=move.worse,
            )  # fmt: skip


def difference_in_words(before: datetime | None, after: datetime | None) -> str:
    """How much later or sooner; that it begins or ends where one side is missing."""
    if before is None:
        return _("begins")
    if after is None:
        return _("ends")
    span = _span(abs(after - before))
    return (_("%(span)s later") if after > before else _("%(span)s sooner")) % {"span": span}


def _span(span: timedelta) -> str:
    """The two largest of days, hours and minutes, rounded to whole minutes."""
    minutes = round(span.total_seconds() / 60)
    counted = ((_("%(n)s d"), minutes // 1440), (_("%(n)s h"), minutes % 1440 // 60), (_("%(n)s min"), minutes % 60))
    return " ".join([words % {"n": count} for words, count in counted if count][:2]) or _("%(n)s min") % {"n": 0}
