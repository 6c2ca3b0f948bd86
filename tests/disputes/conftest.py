"""A marketplace in miniature: published packs, Lan's shop, and orders of Ming's."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from contract.clock import database_now
from disputes.models import Case, Listing, Order, OrderLine
from disputes.services.opening import ClaimedLine, Filing, open_case
from disputes.services.recounting import first_miscount
from disputes.services.verifying import compare_rows, replay, verify_digests
from disputes.services.writer import Done, Intent, act
from rules.engine.types import Party


@pytest.fixture
def published(db: None) -> None:
    """Everything that ships is in force: the template of test databases has it (tests/servers.py)."""


@pytest.fixture
def shop(lan: Any, published: None) -> Any:
    """Lan's shop on Taobao."""
    from accounts.models import Membership, Shop

    made = Shop.objects.create(platform="taobao", name="Lan Home", outside_id="lan-home")
    Membership.objects.create(user=lan, shop=made)
    return made


@pytest.fixture
def order_of(ming: Any, shop: Any) -> Callable[..., Order]:
    """Orders of Ming's at Lan's: shipped ten days ago, one mug at 128.00, unless told otherwise."""

    def build(
        *, pack: str = "taobao.general", paid: str = "128.00", quantity: int = 1, platform: str = "taobao", **facts: Any
    ) -> Order:
        now = database_now()
        values: dict[str, Any] = {
            "status": "shipped",
            "currency": "CNY",
            "paid": Decimal(paid),
            "created_at": now - timedelta(days=12),
            "paid_at": now - timedelta(days=12),
            "shipped_at": now - timedelta(days=11),
            "signed_at": now - timedelta(days=10),
            **{k: v for k, v in facts.items() if k not in ("goods_type", "listing")},
        }
        outside = f"order-{Order.objects.count() + 1}"
        order = Order.objects.create(platform=platform, outside_id=outside, buyer=ming, shop=shop, **values)
        line = OrderLine.objects.create(
            order=order, outside_id="1", title="Glazed mug", quantity=quantity, paid=Decimal(paid), pack=pack,
            goods_type=facts.get("goods_type", "general"),
        )  # fmt: skip
        if "listing" in facts:
            Listing.objects.create(line=line, title="Glazed mug", promises=facts["listing"])
        return order

    return build


@pytest.fixture
def file(ming: Any) -> Callable[..., Done]:
    """Ming files on the whole order."""

    def run(
        order: Order, *, reason: str = "DAMAGED", remedy: str = "refund_only", amount: str = "128.00", **data: Any
    ) -> Done:
        lines = [ClaimedLine(line_id=line.pk, quantity=line.quantity) for line in order.lines.all()]
        filing = Filing(
            order_id=order.pk, lines=lines, actor_id=ming.pk,
            data={"reason": reason, "remedy": remedy, "amount": amount, **data},
        )  # fmt: skip
        done = open_case(filing)
        assert isinstance(done, Done)
        return done

    return run


@pytest.fixture
def does() -> Callable[..., Done]:
    """Somebody does something: `does(lan, "seller", number, "refuse", refusal=..., statement=...)`."""

    def run(person: Any, party: str, number: str, kind: str, *, seen: int | None = None, **data: Any) -> Done:
        actor = person.pk if person is not None else None
        done = act(
            Intent(number=number, kind=kind, party=Party(party), actor_id=actor, data=data, expected_version=seen)
        )
        assert isinstance(done, Done)
        return done

    return run


@pytest.fixture(autouse=True)
def the_journal_tells_everything(request: pytest.FixtureRequest) -> Iterator[None]:
    """After every test of services: rows are the fold of the journal, digests hold, histories replay, money follows."""
    yield
    if "published" not in request.fixturenames:
        return
    for case in Case.objects.order_by("pk")[:50]:
        assert compare_rows(case.pk) == [], case.number
        assert verify_digests(case.pk) is None
        assert replay(case.pk) is None
        assert first_miscount(case.pk) is None
