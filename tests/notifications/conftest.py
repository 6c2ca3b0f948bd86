"""A marketplace in miniature, and what its people were told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from accounts.models import Membership
from notifications.models import Notification
from notifications.services.relay import relay_until_done
from tests.disputes.conftest import (
    does,
    file,
    order_of,
    published,
    shop,
    the_journal_tells_everything,
)

__all__ = ["does", "file", "order_of", "published", "shop", "the_journal_tells_everything"]

Told = set[tuple[str, str]]


@pytest.fixture
def everybody(shop: Any, ming: Any, lan: Any, zhou: Any, wu: Any, root: Any, eve: Any, person: Callable[..., Any]) -> Any:
    """The whole cast; Fang works in Lan's shop."""
    Membership.objects.create(user=person("fang"), shop=shop, role="agent")
    return shop


@pytest.fixture
def told() -> Callable[[], Told]:
    """Let the relay run; who was told what since the last time, as (name, kind)."""
    seen: set[int] = set()

    def run() -> Told:
        relay_until_done()
        fresh = Notification.objects.exclude(pk__in=seen).select_related("recipient")
        found = {(row.recipient.username, row.kind) for row in fresh}
        seen.update(Notification.objects.values_list("pk", flat=True))
        return found

    return run
