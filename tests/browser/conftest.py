"""A marketplace in miniature, seen through a browser."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from contract.clock import database_now
from rules.calendar_publishing import publish_shipped_calendars
from rules.services import publish_shipped_packs

NARROW = {"width": 360, "height": 740}
WIDE = {"width": 1280, "height": 900}
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture
def marketplace(transactional_db: None, ming: Any, lan: Any) -> Any:
    """Published packs, Lan's shop, and an order of Ming's: a broken mug at 128.00."""
    from accounts.memberships import join_shop
    from accounts.services import open_shop
    from disputes.models import Listing, Order, OrderLine

    publish_shipped_calendars()
    publish_shipped_packs()
    shop = open_shop("taobao", "兰心家居", outside_id="lan-home")
    join_shop(lan, shop)
    now = database_now()
    order = Order.objects.create(
        platform="taobao", outside_id="2918736400001", buyer=ming, shop=shop, status="shipped", currency="CNY",
        paid=Decimal("128.00"), created_at=now - timedelta(days=6), paid_at=now - timedelta(days=6),
        shipped_at=now - timedelta(days=5), signed_at=now - timedelta(days=2), carrier="YTO", tracking="YT8801220355",
    )  # fmt: skip
    line = OrderLine.objects.create(
        order=order, outside_id="1", title="手作釉下彩马克杯", quantity=1, paid=Decimal("128.00"), pack="taobao.general"
    )
    Listing.objects.create(line=line, title="手作釉下彩马克杯", description="釉下彩，可进微波炉。")
    return order


@pytest.fixture
def logged_in(live_server: Any, browser: Any, client: Any) -> Callable[..., Any]:
    """A page of somebody's, at the width of a phone or a desk."""
    contexts = []

    def open_page(somebody: Any, size: dict[str, int], **options: Any) -> Any:
        client.force_login(somebody)
        context = browser.new_context(viewport=size, base_url=live_server.url, **options)
        context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}])
        contexts.append(context)
        page = context.new_page()
        problems: list[str] = []
        page.on("console", lambda message: problems.append(message.text) if is_a_problem(message) else None)
        page.problems = problems
        return page

    yield open_page
    for context in contexts:
        context.close()


def is_a_problem(message: Any) -> bool:
    """An error of a page; that a form was not accepted is an answer."""
    return message.type == "error" and "with a status of 4" not in message.text


@pytest.fixture
def fits() -> Callable[[Any], None]:
    """Nothing is wider than the screen, and nothing was refused by the content security policy."""

    def check(page: Any) -> None:
        page.wait_for_function("document.documentElement !== null")
        assert page.evaluate(OVERFLOW) <= 0, page.url
        assert page.problems == [], page.url

    return check
