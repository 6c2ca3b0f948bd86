"""The command that says when a deadline falls, and why: without a database, without a server."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command


def told(*words: str) -> list[str]:
    out = StringIO()
    call_command("explain_deadline", *words, stdout=out)
    return out.getvalue().splitlines()


@pytest.mark.parametrize(
    ("words", "first"),
    [
        (("taobao.general", "T7", "2026-09-29T14:30:00+08:00"), ["due 2026-10-02T14:30:00+08:00"]),
        (
            ("taobao.general", "T9", "2026-09-28T10:00:00+08:00"),
            ["target 2026-10-09T10:00:00+08:00", "due 2026-10-12T10:00:00+08:00"],
        ),
        (
            ("taobao.general", "opinion", "2026-09-23T10:00:00+08:00"),
            ["target 2026-09-30T10:00:00+08:00", "due 2026-10-09T10:00:00+08:00"],
        ),
        (("aliexpress", "A2", "2026-03-06T10:00:00-08:00"), ["due 2026-03-11T11:00:00-07:00"]),
        (("taobao.general", "T16", "2026-11-10T15:00:00+08:00"), ["closes 2026-11-18T00:00:00+08:00"]),
        (("taobao.virtual", "V2", "2026-11-10T09:00:00+08:00"), ["opens 2026-11-13T09:00:00+08:00"]),
        (("taobao.virtual", "V3", "2026-11-10T09:10:00+08:00"), ["due 2026-11-13T09:10:00+08:00"]),
        (("tmall", "M8", "2026-11-11T05:00:00+08:00"), ["due 2026-11-11T17:00:00+08:00"]),
        (
            ("tmall", "M9", "2026-11-11T11:00:00+08:00"),
            ["target 2026-11-12T23:00:00+08:00", "due 2026-11-14T11:00:00+08:00"],
        ),
        (("tmall", "M10", "2026-11-11T11:00:00+08:00"), ["opens 2026-11-12T11:00:00+08:00"]),
        (("tmall", "M11", "2026-11-10T09:00:00+08:00"), ["due 2026-11-13T09:00:00+08:00"]),
        (
            ("taobao.general", "T6", "2026-11-10T09:00:00+08:00", "--fact", "return_carrier=post"),
            ["due 2026-12-10T09:00:00+08:00"],
        ),
    ],
)
def test_the_first_lines_are_the_moments(words: tuple[str, ...], first: list[str]) -> None:
    assert told(*words)[: len(first)] == first


def test_the_reasoning_names_rule_source_confidence_and_days_off() -> None:
    text = "\n".join(told("taobao.general", "T9", "2026-09-28T10:00:00+08:00"))
    assert "rule T9" in text
    assert "seed:002" in text
    assert "confidence seed" in text
    assert "2026-10-01 not counted: national_day" in text
    assert "2026-10-10 counted: a make-up working day" in text


def test_a_year_that_is_not_announced_is_said_to_be_provisional() -> None:
    assert any("2027 is provisional" in line for line in told("taobao.general", "T9", "2026-12-28T10:00:00+08:00"))


def test_what_relies_on_a_feed_says_so() -> None:
    assert any(
        "feed of orders is stalled" in line for line in told("taobao.general", "T1", "2026-09-29T14:30:00+08:00")
    )
    assert not any("stalled" in line for line in told("taobao.general", "T7", "2026-09-29T14:30:00+08:00"))


def test_a_change_of_the_clocks_is_told() -> None:
    assert any("clocks change" in line for line in told("aliexpress", "A2", "2026-03-06T10:00:00-08:00"))


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        (("taobao.generl", "T7", "2026-09-29T14:30:00+08:00"), "taobao.general"),
        (("taobao.general", "evidenc", "2026-09-29T14:30:00+08:00"), "“evidence”"),
        (("taobao.general", "T7", "tomorrow"), "ISO time"),
        (("taobao.general", "T7", "2026-09-29T14:30:00"), "no offset"),
        (("taobao.general", "T6", "2026-09-29T14:30:00+08:00", "--fact", "return_carier=post"), "return_carrier"),
    ],
)
def test_a_mistake_is_named_with_the_nearest_word(words: tuple[str, ...], wanted: str) -> None:
    with pytest.raises(CommandError, match=wanted):
        told(*words)


def test_a_resolved_pack_can_be_printed() -> None:
    out = StringIO()
    call_command("show_pack", "taobao.virtual", stdout=out)
    assert "intervention_gate" in out.getvalue()
    assert "return_receipt" in out.getvalue() or "seller_response" in out.getvalue()
