"""The rule lab on a phone and on a desk: start a replay, watch it, read what it came to."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest

from disputes.services.opening import ClaimedLine, Filing, open_case
from disputes.services.sweeping import sweep_until_done
from rules.selectors import version_in_force
from studio.lab.running import work
from tests.browser.conftest import NARROW, WIDE

pytestmark = pytest.mark.browser


def shorter() -> str:
    document = copy.deepcopy(dict(version_in_force("taobao.general").policy.document))
    document["deadlines"]["seller_response"]["length"] = "3d"
    return json.dumps(document, ensure_ascii=False)


@pytest.mark.parametrize(("size", "language"), [(NARROW, "zh-hans"), (WIDE, "en")])
def test_a_replay_is_started_watched_and_read(
    marketplace: Any, root: Any, ming: Any, logged_in: Any, fits: Any, travel: Any, size: Any, language: str
) -> None:
    root.language = language
    root.save(update_fields=["language"])
    lines = [ClaimedLine(line_id=marketplace.lines.get().pk, quantity=1)]
    data = {"reason": "DAMAGED", "remedy": "refund_only", "amount": "128.00", "goods_received": True}
    open_case(Filing(order_id=marketplace.pk, lines=lines, actor_id=ming.pk, data=data))
    travel(days=6)
    sweep_until_done(sweeper="test")
    page = logged_in(root, size)
    page.goto("/studio/lab/")
    fits(page)
    page.select_option("[name=rules]", "document")
    page.fill("[name=document]", shorter())
    page.click(".form .btn--main")
    assert page.get_by_role("progressbar").get_attribute("aria-valuenow") == "0"
    work(seconds=30)
    page.reload()
    assert page.get_by_role("progressbar").get_attribute("aria-valuenow") == "100"
    assert page.locator("#differences tbody tr").count() == 1
    assert page.locator(".lab-bars rect").count() > 1
    fits(page)
