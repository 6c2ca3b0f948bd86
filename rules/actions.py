"""The audit trail of the rules: who did what to a pack, when, and what it was before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from rules.models import RuleAction

Told = Mapping[str, Any]
Kind = RuleAction.Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionView:
    """One thing somebody did."""

    id: int
    pack: str
    draft_id: int | None
    kind: str
    label: str
    by: str
    """Who; empty for the house itself."""
    at: datetime
    before: Told | None
    after: Told | None


def record(
    kind: RuleAction.Kind, *, pack: str, actor_id: int | None, draft_id: int | None = None, before: Told | None = None,
    after: Told | None = None,
) -> None:  # fmt: skip
    """Write down an action, in the transaction that does it. `before` and `after` are what JSON can hold."""
    RuleAction.objects.create(
        kind=kind, pack=pack, actor_id=actor_id, draft_id=draft_id, before=before, after=after
    )


def actions_on(pack: str, *, draft_id: int | None = None, before: int | None = None, limit: int) -> list[ActionView]:
    """What was done to a pack or to one of its drafts, the newest first; `before` is the id the list goes on from."""
    rows = RuleAction.objects.filter(pack=pack).select_related("actor").order_by("-pk")
    if draft_id is not None:
        rows = rows.filter(draft_id=draft_id)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return [_view(row) for row in rows[:limit]]


def _view(row: RuleAction) -> ActionView:
    return ActionView(
        id=row.pk, pack=row.pack, draft_id=row.draft_id, kind=row.kind, label=str(row.get_kind_display()),
        by=str(row.actor) if row.actor else "", at=row.at, before=row.before, after=row.after,
    )  # fmt: skip
