"""Every short name in a pack's sources stands for something that is told."""

from __future__ import annotations

import re
from typing import Any

import pytest

from rules.loader import load_version_policy, pack_names, pack_versions
from rules.sources import ARTICLES, DECISIONS, KINDS, pieces_of

REFERENCES = re.compile(r"seed:\w+|decision [\w.]*\w")


def sources_in(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [found for key, item in value.items() for found in ([item] if key == "source" else sources_in(item))]
    return [found for item in value for found in sources_in(item)] if isinstance(value, list) else []


SOURCES = sorted(
    {
        source
        for pack in pack_names()
        for version in pack_versions(pack)
        for source in sources_in(load_version_policy(version).document)
    }
)


def test_packs_state_sources() -> None:
    assert len(SOURCES) > 50


@pytest.mark.parametrize("source", SOURCES)
def test_every_article_and_decision_a_pack_names_is_listed(source: str) -> None:
    told = {piece.text for piece in pieces_of(source) if piece.entry}
    assert set(REFERENCES.findall(source)) <= told


def test_nothing_is_listed_that_no_pack_rests_on() -> None:
    used = {piece.entry for source in SOURCES for piece in pieces_of(source)}
    assert {*ARTICLES, *DECISIONS} <= used
    assert {*KINDS} - used <= {"assumed"}


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("seed:004; burden: C:other", [("seed:004", "seed:004"), ("; burden: ", ""), ("C:", "C"), ("other", "")]),
        ("anchor: decision 10.1.1", [("anchor: ", ""), ("decision 10.1.1", "10.1.1")]),
        ("seed:999, tableau:3", [("seed:999", ""), (", tableau:3", "")]),
        ("", []),
    ],
)  # fmt: skip
def test_a_source_is_taken_apart_where_something_is_listed(source: str, expected: list[tuple[str, str]]) -> None:
    assert [(piece.text, piece.entry) for piece in pieces_of(source)] == expected
