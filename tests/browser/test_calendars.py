"""The month of a calendar as only a browser shows it: by keyboard and finger, on a phone and a desk."""

from __future__ import annotations

from typing import Any

import pytest

from rules.calendar_drafts import begin_calendar_draft, calendar_draft
from tests.browser.conftest import NARROW, WIDE

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("size", [NARROW, WIDE], ids=["phone", "desk"])
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_no_page_of_a_calendar_scrolls_sideways(
    logged_in: Any, fits: Any, marketplace: Any, root: Any, size: dict[str, int], language: str
) -> None:
    draft = begin_calendar_draft("cn", author_id=root.pk)
    page = logged_in(root, size)
    for address in ("", "cn/", "cn/2027/2/", "cn/editions/", f"cn/drafts/{draft.id}/", f"cn/drafts/{draft.id}/2027/2/",
                    f"cn/drafts/{draft.id}/file/"):  # fmt: skip
        page.goto(f"/studio/calendars/{address}?lang={language}")
        fits(page)


def test_days_are_chosen_by_keyboard_and_in_a_row(logged_in: Any, marketplace: Any, root: Any) -> None:
    draft = begin_calendar_draft("cn", author_id=root.pk)
    page = logged_in(root, WIDE)
    page.goto(f"/studio/calendars/cn/drafts/{draft.id}/2027/2/?lang=en")
    page.focus("[value='2027-02-10']")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Space")
    assert page.inner_text("[data-chosen]") == "Days chosen: 2"
    page.keyboard.press("Space")
    page.click("[value='2027-02-11']")
    page.click("[value='2027-02-11']")
    page.click("[value='2027-02-12']", modifiers=["Shift"])
    assert page.inner_text("[data-chosen]") == "Days chosen: 2"
    page.select_option("[name=group]", "spring_festival")
    page.get_by_role("button", name="Keep in the draft").click()
    assert [change.day.day for change in calendar_draft("cn", draft.id).changes().days] == [11, 12]
    assert page.problems == []
