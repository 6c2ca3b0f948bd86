"""The documents: what they promise a newcomer, and that every link leads somewhere."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.sources import CHECKOUT, name_of

LINK = re.compile(r"\[[^\]]*\]\((?P<target>[^)\s]+)\)")
FENCED = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
HEADING = re.compile(r"^#{1,6} (.+)$", re.MULTILINE)
OUTSIDE = ("http://", "https://", "mailto:")
DOOR = "An open case always says whose turn it is, until when, and what happens by itself if nothing is done."
READERS = ("README.md", "README.zh-CN.md")


def documents() -> list[Path]:
    """The documents of the project, not those of what it installed."""
    hidden = {path.name for path in CHECKOUT.iterdir() if path.name.startswith(".")} | {"node_modules", "test-results"}
    found = CHECKOUT.rglob("*.md")
    return sorted(path for path in found if path.relative_to(CHECKOUT).parts[0] not in hidden)


def text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def anchors_of(path: Path) -> set[str]:
    """The names a document's headings can be linked by."""
    titles = HEADING.findall(FENCED.sub("", text_of(path)))
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def broken_links(path: Path) -> list[str]:
    broken = []
    for found in LINK.finditer(FENCED.sub("", text_of(path))):
        file, _, anchor = found["target"].partition("#")
        if file.startswith(OUTSIDE):
            continue
        target = (path.parent / file).resolve() if file else path
        if not target.exists() or (anchor and anchor not in anchors_of(target)):
            broken.append(found["target"])
    return broken


@pytest.mark.parametrize("path", documents(), ids=name_of)
def test_every_relative_link_leads_somewhere(path: Path) -> None:
    assert broken_links(path) == []


@pytest.mark.parametrize("name", READERS)
def test_a_newcomer_is_told_both_commands(name: str) -> None:
    commands = FENCED.findall(text_of(CHECKOUT / name))[0]
    assert re.findall(r"^make \w+", commands, re.MULTILINE) == ["make run", "make test"]


def test_the_sentence_over_the_door_stands_in_the_readme() -> None:
    assert DOOR in text_of(CHECKOUT / "README.md")


@pytest.mark.parametrize("name", READERS)
def test_the_readme_shows_what_the_command_says(name: str) -> None:
    """The example of `explain_deadline`, run."""
    session = next(block for block in FENCED.findall(text_of(CHECKOUT / name)) if block.startswith("```console"))
    command, output = session.removeprefix("```console\n").removesuffix("```").split("\n", 1)
    words = command.removeprefix("$ .venv/bin/python ").split()
    said = subprocess.run([sys.executable, *words], capture_output=True, text=True, cwd=CHECKOUT, check=True)
    assert said.stdout == output
