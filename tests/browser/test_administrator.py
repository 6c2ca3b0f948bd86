"""An administrator's work: read a rule, tune it in a draft, see what would happen, publish; on a desk and a phone."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from accounts.services import appoint
from contract.clock import database_now
from disputes.services.bulk_running import work
from disputes.services.opening import ClaimedLine, Filing, open_case
from rules.drafts import begin_draft, drafts_of
from rules.models import DraftProof
from rules.selectors import pack_and_number, policy_of, version_in_force, versions_of
from rules.services import publish_version
from tests.browser.conftest import NARROW, WIDE

pytestmark = pytest.mark.browser
PAGES = (
    "", "packs/taobao.general/", "packs/aliexpress/", "packs/aliexpress/versions/",
    "packs/taobao.general/deadlines/opinion/", "packs/taobao.general/deadlines/return_receipt/explain/", "timers/",
    "feeds/", "feeds/taobao/orders/on/", "imports/", "people/",
)  # fmt: skip
TUNED = (
    "deadlines/", "deadlines/return_receipt/", "reasons/QUALITY/", "evidence/", "evidence/limits/", "settings/filing/",
)  # fmt: skip
WAY = [["+0d 00:00", "buyer file → WAIT_SELLER"], ["+5d 00:00", "evidence passes → REVIEW"]]


@pytest.fixture(autouse=True)
def versions_of_this_database() -> None:
    """Each of these tests has a database of its own, whose versions bear the numbers of those before."""
    policy_of.cache_clear()
    pack_and_number.cache_clear()


def proven(draft: Any, *findings: dict[str, Any]) -> None:
    """What a worker would have found; exploring a whole pack takes half a minute."""
    result = {"states": 18405, "seconds": 31.0, "silence_bound_days": 68.0, "findings": list(findings)}
    DraftProof.objects.filter(digest=draft.digest).update(state="done", result=result)


def test_a_length_is_tuned_proven_approved_and_published(
    marketplace: Any, root: Any, wu: Any, logged_in: Any, fits: Any
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
    page.get_by_role("button", name="存入草稿").click()
    page.get_by_text("修改已存入草稿").first.wait_for()
    page.get_by_role("link", name="时限", exact=True).click()
    page.locator("#evidence").get_by_role("link", name="修改").click()
    preview = page.locator("#preview")
    assert preview.get_by_role("img", name="时间轴上的示例").is_visible()
    page.get_by_label("时长", exact=True).fill("4")
    preview.get_by_text("4 天内").first.wait_for()
    assert preview.locator(".studio-flow__stage--changed").count() == 2
    fits(page)
    page.get_by_label("新数值的来源").first.fill("平台公告 2026-11")
    page.get_by_role("button", name="存入草稿").click()
    page.get_by_role("link", name="卖家处理：6 天").click()
    page.get_by_role("button", name="开始验证").click()
    (draft,) = drafts_of("taobao.general")
    proven(draft, {"kind": "trap", "subject": "urge_opens:evidence:EVIDENCE", "warning": True, "path": WAY})
    page.reload()
    fits(page)
    page.get_by_label("为何可以保留此陷阱？").fill("平台规则如此。")
    page.get_by_role("button", name="接受此陷阱").click()
    page.get_by_role("button", name="提交审批").click()
    appoint(wu, "administrator", "taobao")
    other = logged_in(wu, NARROW)
    other.goto(f"/studio/packs/taobao.general/drafts/{draft.id}/")
    fits(other)
    other.get_by_role("button", name="复核通过").click()
    other.get_by_role("button", name="发布", exact=True).click()
    other.get_by_text("草稿已发布").first.wait_for()
    other.goto("/studio/packs/taobao.general/versions/")
    assert [text.split("\n")[-1] for text in other.locator("del").all_inner_texts()] == ["3 天", "5 天"]


def test_an_unsound_draft_is_refused_with_the_path_that_shows_it(
    marketplace: Any, root: Any, logged_in: Any, fits: Any
) -> None:
    page = logged_in(root, NARROW)
    page.goto("/studio/packs/taobao.general/deadlines/evidence/")
    page.get_by_label("时长", exact=True).fill("4")
    page.get_by_label("新数值的来源").fill("平台公告")
    page.get_by_role("button", name="预览").click()
    page.get_by_role("button", name="存入草稿").click()
    page.get_by_role("button", name="开始验证").click()
    (draft,) = drafts_of("taobao.general")
    proven(draft, {"kind": "no_automatic_end", "subject": "EVIDENCE:seller", "warning": False, "path": WAY})
    page.reload()
    page.get_by_text("到达路径").click()
    assert "举证期" in page.locator(".studio-path").inner_text()
    assert page.get_by_role("button", name="提交审批").count() == 0
    assert page.get_by_text("此草稿未通过验证，不能发布").is_visible()
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
    page.get_by_role("button", name="存入草稿").click()
    page.get_by_role("link", name="设置", exact=True).click()
    page.locator("#appeals").get_by_role("link", name="修改").click()
    page.get_by_label("每方每案可申请复审的次数").fill("2")
    page.get_by_role("button", name="预览").click()
    assert page.locator("#preview ins").first.inner_text().endswith("2")
    page.get_by_role("button", name="存入草稿").click()
    assert page.get_by_text("修改已存入草稿").first.is_visible()


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_page_fits_a_phone(marketplace: Any, root: Any, logged_in: Any, fits: Any, language: str) -> None:
    draft = begin_draft(versions_of("taobao.general")[0], title="Six days", author_id=root.pk)
    sections = f"packs/taobao.general/drafts/{draft.id}/sections/"
    page = logged_in(root, NARROW)
    for address in (*PAGES, *(f"{sections}{part}" for part in TUNED)):
        page.goto(f"/studio/{address}?lang={language}")
        fits(page)


def test_each_time_that_would_move_fits_on_a_phone_and_one_case_is_confirmed_there(
    marketplace: Any, root: Any, ming: Any, logged_in: Any, fits: Any
) -> None:
    line = marketplace.lines.get()
    filing = Filing(
        order_id=marketplace.pk, lines=[ClaimedLine(line_id=line.pk, quantity=1)], actor_id=ming.pk,
        data={"reason": "DAMAGED", "remedy": "refund_only", "amount": "128.00"},
    )  # fmt: skip
    open_case(filing)
    document = copy.deepcopy(dict(version_in_force("taobao.general").policy.document))
    document["deadlines"]["seller_response"]["length"] = "3d"
    made = publish_version("taobao.general", source="", document=document, effective_from=database_now())
    page = logged_in(root, NARROW)
    page.goto(f"/studio/packs/taobao.general/migration/?to={made.number}")
    fits(page)
    page.get_by_text("提前 2 天").wait_for()
    page.get_by_text("为本单确认").click()
    fits(page)
    page.locator(".studio-moves").get_by_label("原因").fill("双方同意加快。")
    page.get_by_role("button", name="缩短本单时间").click()
    page.wait_for_url("**/studio/bulk-runs/*/")
    fits(page)
    work()
    page.reload()
    assert page.get_by_text("已完成").first.is_visible()
