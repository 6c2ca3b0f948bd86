"""What every page shows the same way, read as a visitor would read it."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django import forms
from django.conf import settings
from django.template import Context, Template
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext

from contract.moments import time_left_in_words

DUE = datetime(2026, 11, 25, 6, 5, tzinfo=UTC)
NOW = datetime(2026, 11, 22, 2, 51, tzinfo=UTC)


def written(source: str, **context: Any) -> str:
    with translation.override(context.pop("language", "en")):
        return Template("{% load gongduan_ui %}" + source).render(Context(context))


@pytest.mark.parametrize(
    ("amount", "currency", "expected"),
    [
        (Decimal(128), "CNY", ">¥128.00<"),
        (Decimal("1280.5"), "CNY", ">¥1,280.50<"),
        (Decimal("6.3"), "USD", ">US$6.30<"),
        (Decimal(-68), "CNY", ">−¥68.00<"),
        (Decimal("-0.001"), "CNY", ">¥0.00<"),
        (Decimal(500), "JPY", ">JP¥500<"),
        (Decimal("1.5"), "KWD", ">KWD\N{NO-BREAK SPACE}1.500<"),
    ],
)
def test_an_amount_shows_its_currency_and_its_own_number_of_decimals(
    amount: Decimal, currency: str, expected: str
) -> None:
    assert expected in written("{% money amount currency %}", amount=amount, currency=currency)


def test_an_amount_that_is_not_known_is_a_dash() -> None:
    assert written("{% money amount %}", amount=None) == "—"


def test_a_value_that_holds_amount_and_currency_is_shown_alone() -> None:
    @dataclass(frozen=True)
    class Price:
        amount: Decimal
        currency: str

    assert ">¥60.00<" in written("{% money price %}", price=Price(Decimal(60), "CNY"))


def test_a_due_time_in_english_names_the_year_and_the_zone() -> None:
    shown = written("{% due moment zone %}", moment=DUE, zone="Asia/Shanghai", now=NOW)
    expected = '<time datetime="2026-11-25T14:05:00+08:00">25 Nov 2026, 14:05 (Beijing, UTC+8)</time>'
    assert shown == expected


@pytest.mark.parametrize(
    ("zone", "expected"),
    [
        ("America/Los_Angeles", "24 Nov 2026, 22:05 (Los Angeles, UTC−8)"),
        ("Asia/Kolkata", "25 Nov 2026, 11:35 (Kolkata, UTC+5:30)"),
        ("Africa/Dar_es_Salaam", "25 Nov 2026, 09:05 (Dar es Salaam, UTC+3)"),
        ("UTC", "25 Nov 2026, 06:05 (UTC)"),
    ],
)
def test_a_due_time_is_told_in_the_place_asked_for(zone: str, expected: str) -> None:
    assert expected in written("{% due moment zone %}", moment=DUE, zone=zone, now=NOW)


def test_a_moment_in_a_history_keeps_its_zone_in_the_title() -> None:
    shown = written("{% at moment %}", moment=DUE, zone="Asia/Shanghai", now=NOW)
    assert 'title="25 Nov 2026, 14:05 (Beijing, UTC+8)">25 Nov 2026, 14:05<' in shown


def test_no_moment_shows_nothing() -> None:
    assert written("{% due moment %}{% at moment %}{% left moment %}", moment=None) == ""


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (2 * 86_400 + 3 * 3_600 + 14 * 60 + 59, "2 d 3 h 14 min left"),
        (3 * 3_600 + 14 * 60, "3 h 14 min left"),
        (14 * 60, "14 min left"),
        (59, "less than a minute left"),
        (0, "Time is up"),
        (-5, "Time is up"),
    ],
)
def test_the_time_left_is_said_by_its_largest_unit_and_never_rounded_up(seconds: int, expected: str) -> None:
    with translation.override("en"):
        assert time_left_in_words(seconds) == expected


def test_a_party_never_speaks_by_colour_alone() -> None:
    shown = written('{% party_chip "seller" "buyer" "Lanxin <b>" %}')
    assert "Seller Lanxin &lt;b&gt;" in shown
    assert "#shop" in shown


def test_a_viewer_is_called_you() -> None:
    assert ">You<" in written('{% party_chip "buyer" "buyer" "Ming" %}').replace("</svg>", "</svg>>")


def test_the_page_script_gets_its_words_without_inline_code() -> None:
    shown = written("{% interface_words %}")
    assert 'type="application/json"' in shown
    assert "%(minutes)s min left" in shown


def door(**changes: Any) -> dict[str, Any]:
    return {
        "what": "Waiting for the seller",
        "then": "The refund is paid by itself.",
        "left_seconds": 270_840,
        "due_at": DUE,
        "late": False,
        "tone": "soon",
        "actions": [{"label": "Submit", "url": "/s", "main": True}, {"label": "Withdraw", "url": "/w", "danger": True}],
        "why_url": "#why",
        "nothing_sentence": "It closes.",
        "refused": [{"label": "Ask the platform", "detail": "From 3 December."}],
    } | changes


def shown_door(**changes: Any) -> str:
    with translation.override("en"):
        return render_to_string("components/door.html", {"door": door(**changes), "zone": "Asia/Shanghai", "now": NOW})


def test_the_door_says_who_until_when_what_then_and_what_may_be_done() -> None:
    shown = shown_door()
    for sentence in (
        "Waiting for the seller",
        "paid by itself",
        "14:05 (Beijing",
        "Submit",
        "From 3 December.",
        "It closes.",
    ):
        assert sentence in shown


def test_the_ticking_digits_are_hidden_from_screen_readers_and_the_due_time_is_not() -> None:
    shown = shown_door()
    assert 'aria-hidden="true" data-left="270840"' in shown
    assert '<time datetime="2026-11-25T14:05:00+08:00">' in shown


def test_a_door_whose_time_is_up_says_so_and_counts_no_more() -> None:
    shown = shown_door(late=True)
    assert "Time is up, being recorded" in shown
    assert "data-left" not in shown


def test_a_door_without_a_deadline_shows_no_clock() -> None:
    shown = shown_door(due_at=None, left_seconds=None)
    assert "<time" not in shown
    assert "data-left" not in shown


class Question(forms.Form):
    goods = forms.ChoiceField(label="Have you received it?", choices=[("no", "No")], widget=forms.RadioSelect)
    text = forms.CharField(label="Explain", help_text="Say when.", widget=forms.Textarea)


def test_an_error_is_in_the_summary_leads_to_its_field_and_is_read_with_it() -> None:
    with translation.override("en"):
        shown = render_to_string("components/form.html", {"form": Question({"goods": "no"}), "submit_label": "Go on"})
    assert 'href="#id_text"' in shown
    assert 'id="id_text_error"' in shown
    assert 'aria-describedby="id_text_helptext id_text_error"' in shown


def test_a_question_with_choices_is_a_group_with_a_name() -> None:
    with translation.override("en"):
        shown = render_to_string(
            "components/field.html", {"field": Question()["goods"], "choice_notes": {"no": "Not signed for"}}
        )
    assert "<fieldset" in shown
    assert "<legend>" in shown
    assert "Not signed for" in shown


@pytest.mark.parametrize("name", ["400.html", "403_csrf.html", "500.html"])
def test_error_pages_django_renders_without_a_request_ask_for_nothing(name: str) -> None:
    with translation.override("en"):
        assert "<h1>" in render_to_string(name)


@pytest.mark.parametrize("name", ["403.html", "404.html", "base.html"])
def test_the_frame_stands_without_any_context(name: str) -> None:
    with translation.override("en"):
        shown = render_to_string(name)
    assert '<html lang="en">' in shown
    assert " style=" not in shown
    assert "<script>" not in shown


@pytest.mark.parametrize(
    ("now", "expected"),
    [(NOW, ">11月25日 14:05（北京时间）<"), (None, ">2026年11月25日 14:05（北京时间）<")],
)
def test_a_due_time_in_chinese_leaves_the_year_out_only_if_it_is_this_one(now: datetime | None, expected: str) -> None:
    shown = written("{% due moment zone %}", moment=DUE, zone="Asia/Shanghai", now=now, language="zh-hans")
    assert expected in shown


def test_the_year_is_this_one_where_the_reader_lives() -> None:
    eve_in_london = datetime(2026, 12, 31, 16, 30, tzinfo=UTC)
    source = "{% due moment 'Asia/Shanghai' %}"
    assert "2027年" not in written(
        source, moment=datetime(2027, 1, 3, tzinfo=UTC), now=eve_in_london, language="zh-hans"
    )


def test_another_zone_is_named_in_chinese_with_its_offset() -> None:
    shown = written("{% due moment 'America/Los_Angeles' %}", moment=DUE, now=NOW, language="zh-hans")
    assert "11月24日 22:05（洛杉矶时间，UTC−8）" in shown


def test_the_time_left_in_chinese_reads_as_people_say_it() -> None:
    assert written("{% left seconds %}", seconds=184_440, language="zh-hans") == "还剩 2天3小时14分"


FRAME = Path(settings.BASE_DIR) / "templates"
PARTS = sorted([*FRAME.glob("*.html"), *(FRAME / "components").glob("*.html")])


@pytest.mark.parametrize("path", PARTS, ids=lambda path: path.name)
def test_every_sentence_of_the_frame_has_its_chinese(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    sentences = re.findall(r"{% translate [\"']([^\"']+)[\"']", source)
    with translation.override("zh-hans"):
        assert [sentence for sentence in sentences if gettext(sentence) == sentence] == []
