"""A buyer with a phone: from the order to the platform, with and without a script."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import expect

from disputes.models import Case, Exhibit
from disputes.selectors.access import case_for
from disputes.services.acting import perform
from disputes.services.filing import file_dispute
from tests.browser.conftest import NARROW

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

MAIN = ".form__acts .btn--main"


def answer_everything(page: Any, order: Any, fits: Callable[[Any], None], picture: Path | None = None) -> None:
    """From the list of orders to the check page."""
    page.goto("/orders/")
    fits(page)
    page.click(f"a.btn[href='/orders/{order.pk}/dispute/']")
    fits(page)
    page.click(MAIN)
    for choice in ("已收到货", "仅退款", "收到商品破损"):
        page.locator("label.choice", has=page.get_by_text(choice, exact=True)).click()
        fits(page)
        page.click(MAIN)
    page.fill("[name=amount]", "60")
    page.click(MAIN)
    page.fill("textarea[name=description]", "收到时杯身开裂。")
    fits(page)
    page.click(MAIN)
    fits(page)
    if picture is not None:
        page.set_input_files("[name=files]", picture)
        fits(page)
    page.click(MAIN)


@pytest.mark.parametrize("script", [True, False], ids=["with a script", "without a script"])
def test_a_buyer_files_by_answering_one_question_a_page(
    marketplace: Any, ming: Any, logged_in: Callable[..., Any], fits: Callable[[Any], None], script: bool,
    tmp_path: Path,
) -> None:  # fmt: skip
    page = logged_in(ming, NARROW, java_script_enabled=script)
    picture = tmp_path / "crack.png"
    Image.new("RGB", (60, 40), (120, 20, 20)).save(picture)
    answer_everything(page, marketplace, fits if script else lambda _page: None, picture)
    expect(page.locator("h1")).to_have_text("检查您的答案")
    expect(page.locator("main")).to_contain_text("¥60.00")
    expect(page.locator("main")).to_contain_text("crack.png")
    page.click(MAIN)
    number = Case.objects.values_list("number", flat=True).get()
    expect(page.locator("main")).to_contain_text(number)
    expect(page.locator("main")).to_contain_text("北京时间")
    expect(page.get_by_role("link", name="添加到日历")).to_be_visible()
    assert Exhibit.objects.get().status == "submitted"


def test_the_back_button_finds_every_answer_again(
    marketplace: Any, ming: Any, logged_in: Callable[..., Any], fits: Callable[[Any], None]
) -> None:
    page = logged_in(ming, NARROW)
    answer_everything(page, marketplace, fits)
    for _step in range(3):
        page.go_back()
    page.reload()
    expect(page.locator("[name=amount]")).to_have_value("60.00")
    page.click(MAIN)
    expect(page.locator("h1")).to_have_text("检查您的答案")


def test_what_was_sent_or_kept_is_not_put_back_into_its_field(
    marketplace: Any, ming: Any, logged_in: Callable[..., Any]
) -> None:
    line = marketplace.lines.get()
    number = file_dispute(
        ming.pk, order_id=marketplace.pk, lines=[{"line": line.pk, "quantity": 1}], reason="DAMAGED",
        remedy="refund_only", amount="128.00", goods_received=True, description="收到时杯身开裂。",
    ).number  # type: ignore[union-attr]  # fmt: skip
    page = logged_in(ming, NARROW)
    page.goto(f"/cases/{number}/")
    page.fill("#message-text", "请尽快答复。")
    page.reload()
    expect(page.locator("#message-text")).to_have_value("请尽快答复。")
    page.click("form[data-draft] button[type=submit]")
    expect(page.locator(".flow")).to_contain_text("请尽快答复。")
    expect(page.locator("#message-text")).to_have_value("")
    page.goto(f"/cases/{number}/evidence/")
    page.fill("textarea[name=description]", "杯底的裂纹在灯下可见。")
    page.click("button[name=keep]")
    expect(page.locator(".exhibit--draft")).to_contain_text("杯底的裂纹在灯下可见。")
    expect(page.locator("textarea[name=description]")).to_have_value("")


def test_a_buyer_uploads_compares_and_asks_the_platform(
    marketplace: Any, ming: Any, lan: Any, logged_in: Callable[..., Any], fits: Callable[[Any], None], tmp_path: Path
) -> None:
    line = marketplace.lines.get()
    number = file_dispute(
        ming.pk, order_id=marketplace.pk, lines=[{"line": line.pk, "quantity": 1}], reason="DAMAGED",
        remedy="refund_only", amount="128.00", goods_received=True, description="收到时杯身开裂。",
    ).number  # type: ignore[union-attr]  # fmt: skip
    offer = {"refusal": "AS_DESCRIBED", "statement": "发货前完好。", "remedy": "partial_refund", "amount": "60.00"}
    perform(case_for(lan, number), "refuse", offer)
    page = logged_in(ming, NARROW)
    page.goto(f"/cases/{number}/")
    fits(page)
    expect(page.locator(".offer--seller")).to_contain_text("¥60.00")
    expect(page.locator(".offer--seller")).to_contain_text("¥68.00")
    page.click(".acts__main .btn")
    fits(page)
    page.fill("textarea[name=statement]", "杯子已无法使用。")
    page.click(MAIN)
    expect(page.locator(".door__what")).to_be_visible()
    picture = tmp_path / "crack.png"
    Image.new("RGB", (60, 40), (120, 20, 20)).save(picture)
    page.goto(f"/cases/{number}/evidence/")
    page.set_input_files("[name=files]", picture)
    page.fill("textarea[name=description]", "这张图证明杯身开裂。")
    fits(page)
    page.click(MAIN)
    expect(page.locator("main")).to_contain_text("这张图证明杯身开裂。")
    assert Exhibit.objects.get().status == "submitted"
    expect(page.locator(".exhibit img").first).to_be_visible()
    fits(page)
