"""An arbitrator's work with the keyboard: take, read both sides, rule, next. And the same without any script."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Browser, Page, expect

from accounts.models import Membership, Shop
from contract.clock import database_now
from disputes.models import Case, Order, OrderLine, Ruling
from rules.calendar_publishing import publish_shipped_calendars
from rules.services import publish_shipped_packs
from tests.disputes.pages.cases_on_the_bench import in_review

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def waiting(ming: Any, lan: Any) -> list[str]:
    """Two cases that have to be decided, the first one due first."""
    publish_shipped_calendars()
    publish_shipped_packs()
    shop = Shop.objects.create(platform="taobao", name="Lan Home", outside_id="lan-home")
    Membership.objects.create(user=lan, shop=shop)
    return [in_review(order_at(shop, ming, name), ming, lan) for name in ("order-1", "order-2")]


def order_at(shop: Shop, buyer: Any, name: str) -> Order:
    now = database_now()
    order = Order.objects.create(
        platform="taobao",
        outside_id=name,
        buyer=buyer,
        shop=shop,
        status="shipped",
        currency="CNY",
        paid=Decimal("128.00"),
        created_at=now - timedelta(days=12),
        paid_at=now - timedelta(days=12),
        shipped_at=now - timedelta(days=11),
        signed_at=now - timedelta(days=10),
    )
    OrderLine.objects.create(
        order=order,
        outside_id="1",
        title="Glazed mug",
        quantity=1,
        paid=Decimal("128.00"),
        pack="taobao.general",
        goods_type="general",
    )
    return order


def at_the_desk(browser: Browser, address: str, person: Any, **settings: Any) -> Page:
    """A browser in which this person is logged in, reading English."""
    person.language = "en"
    person.save()
    client = Client()
    client.force_login(person)
    context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **settings})
    context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": address}])
    page = context.new_page()
    page.goto(f"{address}/bench/")
    return page


def test_a_case_is_taken_read_and_decided_with_the_keyboard(
    browser: Browser, live_server: Any, waiting: list[str], zhou: Any
) -> None:
    page = at_the_desk(browser, live_server.url, zhou)
    page.keyboard.press("n")
    expect(page.get_by_text("This case is yours.")).to_be_visible()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_contain_text("To the ruling")
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    expect(page.locator("[data-claim].is-current")).to_be_focused()
    page.keyboard.press("1")
    expect(page.locator("input[name=outcome][value=buyer_refund_only]")).to_be_checked()
    missing = page.locator("[data-unanswered] li")
    expect(missing).to_have_count(2)
    for place, field in enumerate(page.locator("textarea[name^=finding_]").all()):
        field.fill("It shows what it is said to show: 1, 2, n, i.")
        expect(missing).to_have_count(1 - place)
    page.get_by_label("Who is at fault").select_option("seller")
    page.get_by_label("Reasons both sides read").fill("Cracked on arrival.")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", name="What both sides will read")).to_be_visible()
    page.get_by_role("button", name="中文", exact=True).click()
    expect(page.locator("article.ruling")).to_contain_text("支持买家")
    assert Ruling.objects.count() == 0
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("Decided and told to both sides.")).to_be_visible()
    page.keyboard.press("n")
    page.wait_for_url(f"**/{waiting[1]}/")
    assert list(Case.objects.order_by("pk").values_list("stage", flat=True)) == ["CLOSED", "REVIEW"]
    page.context.close()


def test_keys_are_asleep_while_somebody_types_or_composes_and_can_be_switched_off(
    browser: Browser, live_server: Any, waiting: list[str], zhou: Any
) -> None:
    page = at_the_desk(browser, live_server.url, zhou)
    page.keyboard.press("n")
    expect(page.get_by_text("This case is yours.")).to_be_visible()
    page.keyboard.press("i")
    note = page.get_by_label("Only staff read this")
    expect(note).to_be_focused()
    page.keyboard.type("n1e?")
    expect(note).to_have_value("n1e?")
    assert page.locator("input[name=outcome]:checked").count() == 0
    note.evaluate("field => field.blur()")
    composing = (
        "document.body.dispatchEvent(new KeyboardEvent('keydown', {key: '1', bubbles: true, isComposing: true}))"
    )
    page.evaluate(composing)
    assert page.locator("input[name=outcome]:checked").count() == 0
    page.keyboard.press("?")
    page.get_by_label("Use single-key shortcuts").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("1")
    assert page.locator("input[name=outcome]:checked").count() == 0
    page.context.close()


def test_a_case_is_decided_on_a_phone_and_without_a_script(
    browser: Browser, live_server: Any, waiting: list[str], zhou: Any
) -> None:
    phone = {"viewport": {"width": 390, "height": 844}, "java_script_enabled": False}
    page = at_the_desk(browser, live_server.url, zhou, **phone)
    page.get_by_role("button", name="Take the next case").click()
    fits(page)
    page.locator("input[name=outcome][value=seller]").check()
    page.get_by_label("Who is at fault").select_option("buyer")
    page.get_by_role("button", name="See what both sides will read").click()
    expect(page.get_by_role("alert")).to_contain_text("Please check 3 things")
    fits(page)
    expect(page.locator("input[name=outcome][value=seller]")).to_be_checked()
    for field in page.locator("textarea[name^=finding_]").all():
        field.fill("It does not show the parcel.")
    page.get_by_label("Reasons both sides read").fill("Nothing shows the damage.")
    page.get_by_role("button", name="See what both sides will read").click()
    fits(page)
    page.get_by_role("button", name="Issue it").click()
    expect(page.get_by_text("Decided and told to both sides.")).to_be_visible()
    assert Case.objects.get(number=waiting[0]).outcome == "ruled_no_refund"
    page.context.close()


def fits(page: Page) -> None:
    """Nothing has to be scrolled sideways."""
    wide = page.locator("body").bounding_box()
    assert wide is not None
    assert wide["width"] <= 390
