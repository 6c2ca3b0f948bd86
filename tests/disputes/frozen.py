"""A freeze that is planned and touches nothing for a long time."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from disputes.models import Freeze
from disputes.services.freezing import Plan, plan


def a_freeze(actor: Any, platform: str = "taobao") -> Freeze:
    """A week in 2098."""
    begins, ends = (datetime(2098, 2, day, tzinfo=UTC) for day in (1, 8))
    words = {"reason_zh": "春节", "reason_en": "Spring Festival"}
    made, _followed = plan(Plan(platform=platform, begins_at=begins, ends_at=ends, **words), actor=actor)
    return made
