"""Many cases at once on a phone and on a desk: the timers, choosing, looking, confirming, what came of it."""

from __future__ import annotations

from typing import Any

import pytest

from disputes.models import Case
from disputes.services.bulk_running import work
from disputes.services.opening import ClaimedLine, Filing, open_case
from disputes.services.sweeping import sweep_until_done
from tests.browser.conftest import NARROW, WIDE

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(("size", "language"), [(NARROW, "zh-hans"), (WIDE, "en")])
def test_a_set_is_held_and_let_run_again(
    marketplace: Any, root: Any, ming: Any, logged_in: Any, fits: Any, travel: Any, size: Any, language: str
) -> None:
    root.language = language
    root.save(update_fields=["language"])
    lines = [ClaimedLine(line_id=marketplace.lines.get().pk, quantity=1)]
    data = {"reason": "DAMAGED", "remedy": "refund_only", "amount": "128.00", "goods_received": True}
    open_case(Filing(order_id=marketplace.pk, lines=lines, actor_id=ming.pk, data=data))
    travel(days=4, hours=23, minutes=30)
    sweep_until_done(sweeper="test")
    page = logged_in(root, size)
    page.goto("/studio/timers/")
    fits(page)
    assert page.locator(".due-plot rect").count() >= 2
    page.click("#due .btn")
    fits(page)
    page.check("[name=held_for][value=technical]")
    page.click(".form .btn--main")
    fits(page)
    assert page.locator(".bulk-moved li").count() >= 1
    page.click("#confirm [type=submit]")
    assert page.locator("#id_reason").get_attribute("aria-invalid") == "true"
    page.fill("[name=reason]", "停电" if language == "zh-hans" else "A power cut.")
    page.click("#confirm [type=submit]")
    assert page.get_by_role("progressbar").get_attribute("aria-valuenow") == "0"
    work(seconds=30)
    page.reload()
    assert page.get_by_role("progressbar").get_attribute("aria-valuenow") == "100"
    assert page.locator("#results tbody tr").count() == 1
    fits(page)
    page.click("#progress .btn")
    fits(page)
    page.check("[name=mode][value=moved]")
    page.click(".form .btn--main")
    page.fill("[name=reason]", "复电" if language == "zh-hans" else "Power is back.")
    page.click("#confirm [type=submit]")
    work(seconds=30)
    page.reload()
    assert page.get_by_role("progressbar").get_attribute("aria-valuenow") == "100"
    assert Case.objects.get().held == ""
