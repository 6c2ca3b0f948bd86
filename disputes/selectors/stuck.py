"""Cases that could not be decided, for those who look after the house."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from disputes.models import StuckCase


@dataclass(frozen=True, slots=True, kw_only=True)
class StuckView:
    """A parked case."""

    number: str
    platform: str
    pack: str
    stage: str
    reason: str
    """The error's class and sentence."""
    detail: str
    """Where it happened: the end of the traceback."""
    attempts: int
    first_at: datetime
    last_at: datetime
    retry_at: datetime
    """When the sweep tries again by itself."""


def stuck_cases(limit: int = 200) -> tuple[StuckView, ...]:
    """Parked cases, those parked longest first."""
    rows = StuckCase.objects.select_related("case").order_by("first_at", "case_id")[:limit]
    return tuple(_view(row) for row in rows)


def stuck_count() -> int:
    return StuckCase.objects.count()


def _view(row: StuckCase) -> StuckView:
    return StuckView(
        number=row.case.number, platform=row.case.platform, pack=row.case.pack, stage=row.case.stage, reason=row.reason,
        detail=row.detail, attempts=row.attempts, first_at=row.first_at, last_at=row.last_at, retry_at=row.retry_at,
    )  # fmt: skip
