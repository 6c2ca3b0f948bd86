"""An administrator's work: read a rule, change its number, see what would happen, publish; on a desk and a phone."""

from __future__ import annotations

from typing import Any

import pytest

from rules.selectors import policy_of
from tests.browser.conftest import NARROW, WIDE

pytestmark = pytest.mark.browser
PAGES = (
    "", "packs/taobao.general/", "packs/aliexpress/", "packs/aliexpress/versions/",
    "packs/taobao.general/deadlines/opinion/", "packs/taobao.general/deadlines/return_receipt/explain/", "timers/",
    "feeds/", "feeds/taobao/orders/on/", "imports/", "people/",
)  # fmt: skip


@pytest.fixture(autouse=True)
def versions_of_this_database() -> None:
    """Each of these tests has a database of its own, whose versions bear the numbers of those before."""
    policy_of.cache_clear()


def test_a_deadline_is_changed_with_the_sentence_before_ones_eyes(
    marketplace: Any, root: Any, logged_in: Any, fits: Any
) -> None:
    page = logged_in(root, WIDE)
    page.goto("/studio/")
    fits(page)
    page.get_by_role("link", name="淘宝 · 一般商品").click()
    fits(page)
    assert page.get_by_role("img", name="流转图：淘宝 · 一般商品").is_visible()
    page.locator("#seller_response").get_by_role("link", name="修改").click()
    page.get_by_label("时长", exact=True).fill("6")
    page.get_by_text("自最近一次申请起 6 天内").wait_for()
    page.get_by_label("新数值的来源").fill("平台公告 2026-11")
    page.get_by_role("button", name="预览").click()
    assert page.locator("del").first.inner_text().startswith("自最近一次申请起 5 天内")
    assert page.locator("ins").first.inner_text().startswith("自最近一次申请起 6 天内")
    fits(page)
    page.get_by_role("button", name="返回修改").click()
    assert page.get_by_label("时长", exact=True).input_value() == "6"
    page.get_by_role("button", name="预览").click()
    page.get_by_role("button", name="发布（仅适用于新售后单）").click()
    page.get_by_text("已发布 淘宝 · 一般商品 第 2 版").wait_for()
    assert "5 天" in page.locator("del").first.inner_text()
    fits(page)


def test_the_same_works_without_any_script(marketplace: Any, root: Any, logged_in: Any) -> None:
    page = logged_in(root, NARROW, java_script_enabled=False)
    page.goto("/studio/packs/taobao.general/deadlines/evidence/")
    page.get_by_label("时长", exact=True).fill("0")
    page.get_by_label("新数值的来源").fill("平台公告")
    page.get_by_role("button", name="预览").click()
    assert page.get_by_text("时限不能为零或负数").first.is_visible()
    page.get_by_label("时长", exact=True).fill("4")
    page.get_by_role("button", name="预览").click()
    page.get_by_role("button", name="发布（仅适用于新售后单）").click()
    assert page.get_by_text("第 2 版").first.is_visible()


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_page_fits_a_phone(marketplace: Any, root: Any, logged_in: Any, fits: Any, language: str) -> None:
    page = logged_in(root, NARROW)
    for address in PAGES:
        page.goto(f"/studio/{address}?lang={language}")
        fits(page)
