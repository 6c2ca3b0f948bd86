"""A seller at a desk and with a phone: what lapses first, and an answer before it does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from disputes.models import Case
from disputes.services.filing import file_dispute
from tests.browser.conftest import NARROW, WIDE

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def number(marketplace: Any, ming: Any) -> str:
    line = marketplace.lines.get()
    done = file_dispute(
        ming.pk, order_id=marketplace.pk, lines=[{"line": line.pk, "quantity": 1}], reason="DAMAGED",
        remedy="refund_only", amount="128.00", goods_received=True, description="收到时杯身开裂。",
    )  # fmt: skip
    return str(done.number)  # type: ignore[union-attr]


@pytest.mark.parametrize("size", [NARROW, WIDE], ids=["phone", "desk"])
def test_a_seller_finds_the_case_that_lapses_first_and_declines_it(
    number: str, lan: Any, logged_in: Callable[..., Any], fits: Callable[[Any], None], size: dict[str, int]
) -> None:
    page = logged_in(lan, size)
    page.goto("/")
    fits(page)
    expect(page.locator("main")).to_contain_text(number)
    page.click("td a.strong")
    expect(page.locator(".door")).to_contain_text("¥128.00")
    fits(page)
    page.click(f"a[href='/cases/{number}/do/refuse/']")
    page.get_by_label("商品与描述一致").check(force=True)
    page.click(".form__acts .btn--main")
    expect(page.locator(".errors")).to_be_visible()
    page.fill("textarea[name=statement]", "发货前完好。")
    page.get_by_label("部分退款").check(force=True)
    page.fill("[name=amount]", "60")
    fits(page)
    page.click(".form__acts .btn--main")
    expect(page.locator(".offer--seller")).to_contain_text("¥60.00")
    assert Case.objects.get().stage == "SELLER_REFUSED"


def test_a_seller_agrees_only_after_a_check_page(
    number: str, lan: Any, logged_in: Callable[..., Any], fits: Callable[[Any], None]
) -> None:
    page = logged_in(lan, NARROW)
    page.goto(f"/cases/{number}/")
    page.click(".acts__main .btn")
    expect(page.locator("main")).to_contain_text("接受后纠纷立即完结")
    assert Case.objects.get().stage == "WAIT_SELLER"
    page.click(".form__acts .btn--main")
    expect(page.locator(".door--settled")).to_be_visible()
    fits(page)


def test_a_typed_statement_survives_a_reload(number: str, lan: Any, logged_in: Callable[..., Any]) -> None:
    page = logged_in(lan, NARROW)
    page.goto(f"/cases/{number}/do/refuse/")
    page.fill("textarea[name=statement]", "发货前完好。")
    page.wait_for_timeout(500)
    page.reload()
    expect(page.locator("textarea[name=statement]")).to_have_value("发货前完好。")
