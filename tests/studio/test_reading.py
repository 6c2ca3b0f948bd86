"""Reading the rules: sentences with sources, a drawing, versions compared, worked examples."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from rules.loader import load_policy, pack_names
from rules.models import PolicyVersion
from studio.diagram import diagram_of, wrapped
from studio.examples import examples_of
from studio.selectors import declared, rule_groups
from studio.settings_words import NAMES, VALUES, setting_rows

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("pack", pack_names())
def test_every_number_of_a_pack_stands_on_its_page_with_its_source(studio: Client, pack: str) -> None:
    words = studio.get(f"/studio/packs/{pack}/").content.decode()
    for group in rule_groups(load_policy(pack)):
        for rule in group.rules:
            assert f'id="{rule.name}"' in words
    assert "Provisional" in words
    assert "If the seller" in words


@pytest.mark.parametrize("pack", pack_names())
def test_every_setting_of_a_pack_has_words(pack: str) -> None:
    policy = load_policy(pack)
    assert set(policy.settings) <= set(NAMES)
    texts = {value for value in policy.settings.values() if isinstance(value, str)}
    assert {text for text in texts if "_" in text and "/" not in text} <= set(VALUES)
    assert len(setting_rows(policy)) == len(policy.settings) + 3


@pytest.mark.parametrize("pack", pack_names())
def test_no_two_stages_of_a_drawing_cover_each_other_and_every_line_fits(pack: str) -> None:
    with translation.override("en"):
        drawing = diagram_of(load_policy(pack))
    assert len({(node.x, node.y) for node in drawing.nodes}) == len(drawing.nodes)
    assert all(len(line) <= 22 for node in drawing.nodes for _height, line in node.lines)
    assert all(node.x >= 0 and node.x + 188 <= drawing.width for node in drawing.nodes)
    assert drawing.edges
    assert drawing.rows


def test_long_names_are_wrapped_at_words_and_chinese_anywhere() -> None:
    assert wrapped("Waiting for the seller to confirm") == ["Waiting for the seller", "to confirm"]
    assert wrapped("等待卖家确认收到退回的商品", 12) == ["等待卖家确认", "收到退回的商", "品"]


def test_open_cases_are_counted_at_their_pack(studio: Client, order_of: Any, file: Any) -> None:
    file(order_of())
    assert "1 open case" in studio.get("/studio/packs/taobao.general/").content.decode()


def test_two_versions_are_compared_number_by_number(studio: Client) -> None:
    assert PolicyVersion.objects.filter(pack="aliexpress").count() == 2
    words = studio.get("/studio/packs/aliexpress/versions/?from=1&to=2").content.decode()
    assert "day 16" in words
    assert "7 days" in words
    assert "Escalation possible" in words
    assert "15 days after the first request" in words
    same = studio.get("/studio/packs/aliexpress/versions/?from=2&to=2").content.decode()
    assert "All numbers are the same" in same


def test_a_deadline_is_explained_with_the_days_that_do_not_count(studio: Client) -> None:
    page = studio.get("/studio/packs/taobao.general/deadlines/opinion/explain/", {"start": "2026-09-29T14:30"})
    words = page.content.decode()
    assert "2026-10-01 National Day" in words
    assert "10 Oct 2026, 14:30" in words
    assert "13 Oct 2026, 14:30" in words


def test_a_worked_example_begins_now_unless_somebody_says_otherwise(studio: Client) -> None:
    page = studio.get("/studio/packs/aliexpress/deadlines/seller_response/explain/?version=1")
    assert page.status_code == 200
    assert page.context["form"].errors == {}
    assert len(page.context["examples"]) == 1


def test_an_unreadable_start_is_refused_in_words(studio: Client) -> None:
    page = studio.get("/studio/packs/taobao.general/deadlines/opinion/explain/", {"start": "soon"})
    assert "Enter a date and a time" in page.content.decode()


@pytest.mark.parametrize("pack", pack_names())
def test_every_deadline_can_be_reckoned(published: None, pack: str) -> None:
    from datetime import UTC, datetime

    policy = load_policy(pack)
    start = datetime(2026, 9, 29, 6, 30, tzinfo=UTC)
    for rule in declared(policy):
        assert len(examples_of(policy, rule, start)) == len(rule.terms), rule.name


def test_an_example_case_is_drawn_with_its_dates_holidays_and_clock_changes(studio: Client) -> None:
    words = studio.get("/studio/packs/taobao.general/?start=2026-09-25T10:00").content.decode()
    assert "Waiting for the seller: 25 Sep 2026, 10:00 → 26 Sep 2026, 10:00" in words
    assert "National Day" in words
    assert "Seller declined the request: Not agreed between us" in words
    words = studio.get("/studio/packs/aliexpress/?start=2026-10-28T10:00").content.decode()
    assert "clocks change by -1 h" in words


def test_an_example_beyond_the_calendar_or_with_no_date_is_told_in_words(studio: Client) -> None:
    far = studio.get("/studio/packs/taobao.general/?start=2199-01-01T10:00").content.decode()
    assert "the calendar of working days does not reach that far" in far
    assert "Enter a date and a time" in studio.get("/studio/packs/taobao.general/?start=soon").content.decode()
