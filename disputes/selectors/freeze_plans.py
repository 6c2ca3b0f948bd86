"""Freezes as administrators see them: planned, going on and over; and what one would do that is only thought of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import connection
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from contract.clock import database_now
from contract.paging import CursorPage, PageRequest, page_of
from disputes.labels.words import KINDS, PARTIES, PLATFORMS, name_of
from disputes.models import Case, Deadline, Freeze
from disputes.selectors.cases import pack_word
from disputes.selectors.clocks import deadline_label
from disputes.selectors.freezes import reason_of
from disputes.selectors.rows import Settled, settled_cases
from disputes.selectors.windows import freezes_now
from disputes.selectors.wording import Worded
from rules.engine.reconciling import FROZEN
from rules.engine.windows import Window, foreseen
from rules.selectors import packs_in_force

FREEZES: Final = "freezes"
"""The name of the list in cursors."""
MOST_SHOWN: Final = 50
"""Cases of a preview shown one by one; all are counted."""

STATES: Final = {
    "planned": _("Planned"), "running": _("Clocks stand still"), "over": _("Over"), "ended": _("Ended early"),
    "called_off": _("Called off"),
}  # fmt: skip
CLOCKS: Final = {
    "automatic": _("Automatic outcomes"), "parties": _("Periods of both sides"), "staff": _("Targets of the platform")
}  # fmt: skip

COUNT = """
SELECT d.kind, count(*), count(DISTINCT d.case_id) FROM disputes_deadline d JOIN disputes_case c ON c.id = d.case_id
WHERE d.status = 'pending' AND d.kind = ANY(%(kinds)s) AND d.wakes_at > %(since)s AND c.platform = %(platform)s
    AND (%(pack)s = '' OR c.pack = %(pack)s)
GROUP BY GROUPING SETS ((d.kind), ())
"""
FIRST = """
SELECT d.case_id FROM disputes_deadline d JOIN disputes_case c ON c.id = d.case_id
WHERE d.status = 'pending' AND d.kind = ANY(%(kinds)s) AND d.wakes_at > %(since)s AND c.platform = %(platform)s
    AND (%(pack)s = '' OR c.pack = %(pack)s)
GROUP BY d.case_id ORDER BY min(d.wakes_at), d.case_id LIMIT %(most)s
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class FreezeView:
    """One freeze."""

    id: int
    platform: Worded
    pack: Worded | None
    """None for every pack of the platform."""
    begins_at: datetime
    ends_at: datetime
    """As planned."""
    over_at: datetime
    """When it ends, or ended."""
    clocks: tuple[Worded, ...]
    """automatic, parties, staff: what stands still."""
    reason: str
    reason_zh: str
    reason_en: str
    planned_by: str
    planned_at: datetime
    ended_by: str
    """Empty where nobody ended it before its time."""
    ended_at: datetime | None
    state: Worded
    """planned, running, over, ended or called_off."""
    told: bool
    """Whether every case knows how it stands."""

    @property
    def may_end(self) -> bool:
        return self.state.code in ("planned", "running")


@dataclass(frozen=True, slots=True, kw_only=True)
class Moving:
    """One deadline that would stand still."""

    number: str
    """The case."""
    label: str
    kind: Worded
    party: Worded
    before: datetime
    """When it is due."""
    after: datetime
    """When it would be due, if nothing else happens."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What a freeze would do as things stand."""

    cases: int
    deadlines: int
    by_kind: tuple[tuple[Worded, int], ...]
    moving: tuple[Moving, ...]
    """Of the first cases, the earliest first."""
    more: bool
    """Whether there are further cases."""


def freezes_for(platforms: Sequence[str], page: PageRequest) -> CursorPage[FreezeView]:
    """The freezes of platforms, the one that begins last first. Cursor: `FREEZES`."""
    rows = Freeze.objects.filter(platform__in=platforms).select_related("planned_by", "ended_by")
    if page.after is not None:
        begins, last = page.after
        rows = rows.filter(Q(begins_at__lt=begins) | Q(begins_at=begins, pk__lt=last))
    found = list(rows.order_by("-begins_at", "-pk")[: page.limit + 1])
    now = database_now()
    cut = page_of(found, page.limit, lambda row: (row.begins_at, row.pk), of=FREEZES)
    return cut.shown_as(lambda row: _view(row, now))


def freeze_view(freeze_id: int, platforms: Sequence[str]) -> FreezeView | None:
    """A freeze of one of these platforms; None when there is none."""
    rows = Freeze.objects.select_related("planned_by", "ended_by").filter(platform__in=platforms)
    found = rows.filter(pk=freeze_id).first()
    return _view(found, database_now()) if found else None


def standing_still(freeze_id: int) -> int:
    """In how many cases a clock stands still for a freeze."""
    paused = Deadline.objects.filter(status="paused", pause_reason=FROZEN, case__facts__frozen__freeze=freeze_id)
    return paused.values("case_id").distinct().count()


def preview_of(platform: str, pack: str, window: Window) -> Preview:
    """What a freeze would do to the cases as they are now."""
    wanted: dict[str, Any] = {
        "kinds": [str(kind) for kind in window.kinds], "since": window.since, "platform": platform, "pack": pack,
        "most": MOST_SHOWN + 1,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(COUNT, wanted)
        counts = {kind: (deadlines, cases) for kind, deadlines, cases in cursor.fetchall()}
        cursor.execute(FIRST, wanted)
        ids = [case_id for (case_id,) in cursor.fetchall()]
    deadlines, cases = counts.pop(None, (0, 0))
    shown = Case.objects.in_bulk(ids[:MOST_SHOWN])
    settled = settled_cases([shown[case_id] for case_id in ids[:MOST_SHOWN]], database_now(), freezes_now())
    return Preview(
        cases=cases, deadlines=deadlines, more=len(ids) > MOST_SHOWN,
        by_kind=tuple((_kind(kind), counts[kind][0]) for kind in wanted["kinds"] if kind in counts),
        moving=tuple(sorted((each for case in settled for each in _moving(case, window)), key=lambda one: one.before)),
    )  # fmt: skip


def _moving(case: Settled, window: Window) -> Iterator[Moving]:
    for name, (before, after) in foreseen(case.policy, case.calendar, case.snapshot, window).items():
        rule = case.policy.deadlines[name]
        yield Moving(
            number=case.case.number, label=deadline_label(rule), kind=_kind(rule.kind), before=before, after=after,
            party=Worded(code=rule.party, text=name_of(PARTIES, rule.party)),
        )  # fmt: skip


def _kind(kind: str) -> Worded:
    return Worded(code=str(kind), text=name_of(KINDS, str(kind)))


def _view(row: Freeze, now: datetime) -> FreezeView:
    state = _state(row, now)
    packs = {view.pack: view.policy for view in packs_in_force()}
    return FreezeView(
        id=row.pk, platform=Worded(code=row.platform, text=name_of(PLATFORMS, row.platform)),
        pack=pack_word(packs[row.pack]) if row.pack in packs else None,
        begins_at=row.begins_at, ends_at=row.ends_at, over_at=row.over_at,
        clocks=tuple(Worded(code=code, text=str(words)) for code, words in CLOCKS.items() if getattr(row, code)),
        reason=reason_of(row), reason_zh=row.reason_zh, reason_en=row.reason_en, planned_by=str(row.planned_by),
        planned_at=row.planned_at, ended_by=str(row.ended_by) if row.ended_by else "", ended_at=row.ended_at,
        state=Worded(code=state, text=str(STATES[state])),
        told=row.finished or (state == "running" and row.told) or state == "planned",
    )  # fmt: skip


def _state(row: Freeze, now: datetime) -> str:
    if row.called_off:
        return "called_off"
    if row.over_at <= now:
        return "ended" if row.ended_at else "over"
    return "planned" if row.begins_at > now else "running"
