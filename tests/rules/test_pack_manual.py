"""The manual of packs explains every word, and nothing that is not one; all it shows compiles."""

from __future__ import annotations

import re
from collections.abc import Collection
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from textwrap import indent

import pytest

from rules import engine
from rules.engine import vocabulary
from rules.engine.lengths import SUFFIXES
from rules.engine.types import DeadlineKind, Stage
from rules.loader import DATED, PACKS, load_policy, pack_versions

MANUAL = (Path(__file__).resolve().parents[2] / "docs" / "adding-a-platform.md").read_text(encoding="utf-8")
SECTION = re.compile(r"^#{2,3} (?P<title>.+?)\n(?P<text>.*?)(?=^#{2,3} |\Z)", re.MULTILINE | re.DOTALL)
FIRST_CELL = re.compile(r"^\| (`[^|]*`) \|", re.MULTILINE)
WORD = re.compile(r"`([^`]+)`")
EXAMPLE = re.compile(r"^```yaml\n(.*?)^```", re.MULTILINE | re.DOTALL)
WHOLE = re.compile(r"# (?P<file>\S+\.yaml)\n")
PART = re.compile(r"# a part of a pack that inherits (?P<parent>\S+)\n")


def declared() -> dict[str, Collection[str]]:
    """The engine's sets of words, by the name of their constant, in whichever of its modules they stand."""
    modules = [import_module(f"rules.engine.{found.name}") for found in iter_modules(engine.__path__)]
    return {name: words for module in modules for name, words in vars(module).items() if name.isupper()}


KEYS = declared()
EXPLAINED: dict[str, Collection[str]] = {
    "Sections of a pack": KEYS["TOP_LEVEL"],
    "Keys of a reason": KEYS["REASON_KEYS"],
    "Keys of a remedy": KEYS["REMEDY_KEYS"],
    "Confidence": KEYS["CONFIDENCES"],
    "Stages": [stage.value for stage in Stage],
    "Keys of a stage": KEYS["STAGE_KEYS"],
    "Keys of a deadline": KEYS["DEADLINE_KEYS"],
    "Kinds of deadline": [kind.value for kind in DeadlineKind],
    "Units of length": [*SUFFIXES, "day"],
    "Feeds": vocabulary.FEEDS,
    "Anchors": vocabulary.ANCHORS,
    "Keys of an action": KEYS["ACTION_KEYS"],
    "Types of field": vocabulary.FIELD_TYPES,
    "Keys of a branch": KEYS["BRANCH_KEYS"],
    "Condition words": vocabulary.CONDITION_WORDS,
    "Predicates": vocabulary.PREDICATES,
    "Facts": vocabulary.FACTS,
    "Effects": vocabulary.EFFECT_WORDS,
    "Emissions": vocabulary.EMISSIONS,
    "Outcomes": vocabulary.OUTCOMES,
    "Events of the engine": vocabulary.BUILTIN_EVENTS,
}
"""The manual's sections, and the words that each of them must explain."""


def sections() -> dict[str, str]:
    return {found["title"]: found["text"] for found in SECTION.finditer(MANUAL)}


def words(section: str) -> list[str]:
    """What stands in the first column of the section's table."""
    return [word for cell in FIRST_CELL.findall(sections()[section]) for word in WORD.findall(cell)]


@pytest.mark.parametrize("section", EXPLAINED)
def test_every_word_is_explained_once_and_no_other(section: str) -> None:
    assert sorted(words(section)) == sorted(EXPLAINED[section])


def test_every_set_of_words_has_its_section() -> None:
    """A set that is new in the vocabulary is missed here."""
    told = {word for section in EXPLAINED for word in EXPLAINED[section]}
    sets = {name: value for name, value in vars(vocabulary).items() if name.isupper()}
    assert [name for name, value in sets.items() if not set(value) <= told | vocabulary.REMEDIES] == []


def test_every_map_of_a_pack_has_its_section() -> None:
    """A map with keys of its own that is new in the compiler is missed here."""
    told = [sorted(words) for words in EXPLAINED.values()]
    assert [name for name, words in KEYS.items() if name.endswith("_KEYS") and sorted(words) not in told] == []


def test_every_remedy_is_named() -> None:
    assert set(WORD.findall(sections()["Keys of a remedy"])) >= vocabulary.REMEDIES


def test_every_counter_is_called_one() -> None:
    rows = [row for row in sections()["Facts"].splitlines() if "count)" in row or "counts)" in row]
    assert {word for row in rows for word in WORD.findall(row)} >= vocabulary.COUNTED_FACTS


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The shipped packs, with the whole packs of the manual beside them."""
    (tmp_path / DATED).mkdir()
    for path in PACKS.glob("*.yaml"):
        (tmp_path / path.name).write_text(path.read_text(encoding="utf-8"), encoding="utf-8")
    for example in EXAMPLE.findall(MANUAL):
        if whole := WHOLE.match(example):
            (tmp_path / whole["file"]).write_text(example, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("example", [text for text in EXAMPLE.findall(MANUAL) if not WHOLE.match(text)])
def test_a_part_compiles_in_the_pack_it_speaks_of(example: str, folder: Path) -> None:
    part = PART.match(example)
    parent = part["parent"] if part else "taobao.general"
    head = f"format: 1\npack: part\ninherits: [{parent}]\n"
    (folder / "part.yaml").write_text(head + example, encoding="utf-8")
    assert load_policy("part", folder).pack == "part", indent(example, "  ")


def test_the_whole_pack_and_its_earlier_text_compile(folder: Path) -> None:
    earlier, present = pack_versions("bazaar", folder)
    lengths = [str(load_policy(text.name, folder).named("B2").terms[0].length) for text in (earlier, present)]
    assert lengths == ["5d", "3d"]
