"""Text taken apart into the words that are searched."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from disputes.selectors.lexemes import (
    LONGEST_WORD,
    MOST_ASKED,
    any_of,
    words_asked,
    words_of,
    words_of_number,
)


def test_chinese_gives_characters_and_pairs_and_everything_else_gives_words() -> None:
    assert set(words_of("收到的杯子碎了, broken MUG!")) == {
        "收", "到", "的", "杯", "子", "碎", "了", "收到", "到的", "的杯", "杯子", "子碎", "碎了", "broken", "mug",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("退款", ("退款",)),
        ("退款申请", ("退款", "款申", "申请")),
        ("碎", ("碎",)),
        ("退款 TB-2026", ("退款", "tb", "2026")),
        ("T恤", ("t", "恤")),
        ("ＴＢ－２０２６　Ｍug", ("tb", "2026", "mug")),
        ("mug MUG mug", ("mug",)),
        ("Straße", ("strasse",)),
        ("😡🔥", ()),
        ("  ", ()),
        ("-_'\\", ()),
        ("𠮷野家", ("𠮷野", "野家")),
    ],
)
def test_a_query_looks_for_words_and_pairs(query: str, words: tuple[str, ...]) -> None:
    assert words_asked(query) == words


def test_a_very_long_query_is_cut() -> None:
    assert len(words_asked("退款不退货" * 4000)) <= MOST_ASKED
    assert words_asked("x" * 100_000) == ("x" * LONGEST_WORD,)


def test_a_number_is_found_by_how_its_parts_begin_and_how_it_ends() -> None:
    found = set(words_of_number("SF1234567890"))
    assert {"sf", "sf12345", "sf1234567890", "7890"} <= found
    assert not {"s", "1234", "567890"} & found


def test_what_postgresql_reads_in_a_query_is_quoted() -> None:
    assert any_of(["it's", "back\\slash"]) == "('it''s' | 'back\\\\slash')"


@given(st.text())
def test_whatever_is_asked_in_a_text_is_among_its_words(text: str) -> None:
    assert set(words_asked(text)) <= set(words_of(text))
