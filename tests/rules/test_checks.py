"""`manage.py check` refuses a pack that is invalid or not proven."""

from __future__ import annotations

from pathlib import Path

import pytest

from rules.checks import check_packs
from rules.documents import PackError
from rules.loader import PACKS, load_policy


def test_every_shipped_pack_is_valid_and_proven() -> None:
    assert check_packs(None) == []


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for path in PACKS.glob("*.yaml"):
        (tmp_path / path.name).write_text(path.read_text(encoding="utf-8"), encoding="utf-8")
    return tmp_path


def spoil(folder: Path, old: str, new: str, file: str = "taobao.general.yaml") -> int:
    """Put `new` for the first `old`; the line it stands on."""
    text = (folder / file).read_text(encoding="utf-8")
    assert old in text
    line = text[: text.index(old)].count("\n") + 1
    (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    return line


def test_an_unknown_word_is_named_with_file_line_field_and_nearest_word(folder: Path) -> None:
    line = spoil(folder, "length: 48h", "lenght: 48h")
    with pytest.raises(PackError) as refused:
        load_policy("taobao.general", folder)
    assert f"taobao.general.yaml, line {line}" in str(refused.value)
    assert "lenght" in str(refused.value)
    assert "“length”" in str(refused.value)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("length: 48h", "length: 48x", "48x"),
        ("kind: auto", "kind: automatic", "“auto”"),
        ("from: last_requested", "from: last_request", "“last_requested”"),
        ("outcome: refunded_by_silence", "outcome: refunded_by_silense", "“refunded_by_silence”"),
        ("goods: general", "goods: general\ngoods: general", "twice"),
    ],
)
def test_what_is_wrong_is_said(folder: Path, old: str, new: str, told: str) -> None:
    spoil(folder, old, new)
    with pytest.raises(PackError, match=told):
        load_policy("taobao.general", folder)


def test_packs_that_inherit_in_a_circle_are_refused(folder: Path) -> None:
    spoil(folder, "abstract: true", "abstract: true\ninherits: [tmall]", "common.yaml")
    with pytest.raises(PackError, match="circle"):
        load_policy("tmall", folder)
