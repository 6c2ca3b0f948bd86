"""How the house is written: what no linter of others knows."""

import ast
import re

import pytest

from tests.architecture.sources import BESIDE, CHECKING, CHECKOUT, LAYERS, files, functions, name_of, parsed

SOURCES = files(*LAYERS, *BESIDE, *CHECKING)
LONGEST_FUNCTION = 60
LONGEST_FILE = 500
EMPTY_NAMES = {"utils", "util", "helpers", "helper", "common", "misc", "base_utils"}


def test_no_module_has_a_name_that_says_nothing() -> None:
    assert [name_of(path) for path in SOURCES if {path.stem, path.parent.name} & EMPTY_NAMES] == []


def test_no_function_is_longer_than_a_page() -> None:
    lengths = {
        f"{name_of(path)}:{node.lineno} {node.name}": (node.end_lineno or 0) - node.lineno + 1
        for path in SOURCES
        for node in functions(path)
    }
    assert {place: length for place, length in lengths.items() if length > LONGEST_FUNCTION} == {}


def test_no_file_has_grown_too_long_to_read() -> None:
    lengths = {name_of(path): len(path.read_text().splitlines()) for path in SOURCES}
    assert {name: length for name, length in lengths.items() if length > LONGEST_FILE} == {}


@pytest.mark.parametrize("word", ["eta", "countdown"])
def test_nothing_is_scheduled_in_the_broker(word: str) -> None:
    """A deadline is a row; a message that waits in Redis is lost with it."""
    found = [
        f"{name_of(path)}:{node.lineno}"
        for path in SOURCES
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Call) and any(keyword.arg == word for keyword in node.keywords)
    ]
    assert found == []


def test_only_beat_and_the_standby_ring_by_interval() -> None:
    """Crontab schedules know daylight saving; intervals in UTC do not need to."""
    assert [name_of(path) for path in SOURCES if "celery.schedules" in path.read_text()] == []


def test_every_module_says_what_it_is_for() -> None:
    silent = [
        name_of(path)
        for path in SOURCES
        if path.name not in {"__init__.py", "apps.py", "urls.py", "api_urls.py"}
        and parsed(path).body
        and not ast.get_docstring(parsed(path))
        and "management" not in path.parts
    ]
    assert silent == []


def test_no_template_trusts_a_string() -> None:
    templates = [path for folder in ("templates", *LAYERS) for path in (CHECKOUT / folder).rglob("*.html")]
    assert [name_of(path) for path in templates if re.search(r"\|\s*safe\b|autoescape off", path.read_text())] == []
