"""A marketplace in miniature, and what its people were told."""

from __future__ import annotations

import re
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.translation import override
from PIL import Image

from accounts.models import Membership
from disputes.models import CaseEvent
from disputes.selectors.access import case_for
from disputes.services.acting import perform
from disputes.services.exhibiting import draft_exhibit
from notifications.models import Notification
from notifications.render import render
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
def everybody(
    shop: Any, ming: Any, lan: Any, zhou: Any, wu: Any, root: Any, eve: Any, person: Callable[..., Any]
) -> Any:
    """The whole cast; Fang works in Lan's shop."""
    Membership.objects.create(user=person("fang"), shop=shop, role="agent")
    return shop


@pytest.fixture
def told() -> Callable[[], Told]:
    """Let the relay run; who was told what since the last time, as (name, kind).

    Whatever was told was told by the rules of the house: see `keeps_the_rules`.
    """
    seen: set[int] = set()

    def run() -> Told:
        relay_until_done()
        fresh = Notification.objects.exclude(pk__in=seen).select_related("recipient")
        for row in fresh:
            keeps_the_rules(row)
        found = {(row.recipient.username, row.kind) for row in fresh}
        seen.update(Notification.objects.values_list("pk", flat=True))
        return found

    return run


def keeps_the_rules(row: Notification) -> None:
    """Nobody is told what he did himself, and words are whole in both languages and name nobody."""
    event = CaseEvent.objects.get(case_id=row.case_id, sequence=row.sequence)
    assert event.actor_id != row.recipient_id or event.via in ("queue", "timer"), row
    sides = {"buyer": {"ming"}, "seller": {"lan", "fang"}, "platform": {"zhou", "wu", "root"}}
    assert row.recipient.username in sides[row.role], row
    for language, foreign in (("en", r"[一-鿿]"), ("zh-hans", r"[A-Za-z]{4,}")):
        with override(language):
            words = render(row.kind, role=row.role, number=row.number, facts=row.facts, zone="Asia/Shanghai")
        text = f"{words.title} {words.sentence}"
        assert not re.search(foreign, text), text
        assert not re.search(r"%|  |: \.|：。|。。|^ | $", text), text


@pytest.fixture
def acts() -> Callable[..., Any]:
    """Somebody acts as on a page: `acts(lan, number, "refuse", refusal=..., statement=...)`."""

    def run(somebody: Any, number: str, action: str, *, when_allowed: bool = False, **data: Any) -> Any:
        return perform(case_for(somebody, number), action, data, when_allowed=when_allowed)

    return run


@pytest.fixture
def drafts(settings: Any, tmp_path: Path) -> Callable[..., str]:
    """Somebody prepares a piece of evidence: a picture of one colour."""
    settings.EVIDENCE_ROOT = tmp_path / "vault"

    def run(somebody: Any, number: str, colour: str = "blue") -> str:
        body = BytesIO()
        Image.new("RGB", (64, 48), colour).save(body, "PNG")
        upload = SimpleUploadedFile("photo.png", body.getvalue(), content_type="image/png")
        access = case_for(somebody, number)
        return str(draft_exhibit(access, uploads=[upload], description="what it shows").exhibit_id)

    return run
