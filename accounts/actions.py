"""Writing down what administrators do, where no other row keeps it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from accounts.action_models import AdministratorAction
from accounts.models import User

Told = Mapping[str, Any]


def record_action(
    kind: str, *, by: User | None, person: User | None = None, subject: str = "", platform: str = "",
    before: Told | None = None, after: Told | None = None,
) -> None:  # fmt: skip
    """Write down an action, in the transaction that does it. `before` and `after` are what JSON can hold."""
    AdministratorAction.objects.create(
        kind=kind, actor=by, person=person, subject=subject[:200], platform=platform, before=before, after=after
    )
