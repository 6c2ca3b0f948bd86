"""What the house promises: each promise names tests that exist, and one module alone writes a case."""

from __future__ import annotations

import ast
import re

import pytest

from tests.architecture.sources import CHECKOUT, files, functions, name_of, parsed

PROMISES = 12
ROW = re.compile(r"^\| (?P<number>\d+)\. [^|]+ \| (?P<tests>[^|]+) \|$", re.MULTILINE)
NAMED = re.compile(r"`(?P<file>tests/[\w/]+\.py)::(?P<name>\w+)`")

TABLES = "case caseevent deadline ledgerentry metricentry pendingrelay".split()
STATEMENT = re.compile(rf"\b(UPDATE|INSERT INTO|DELETE FROM)\s+disputes_({'|'.join(TABLES)})\b(?P<rest>[^;]*)")
WRITER = frozenset(f"disputes/services/{name}.py" for name in ("writing", "consequences", "following", "paying"))
"""The writer, and what follows from its steps in the same transaction."""
HINTS = re.compile(r"(c )?SET (c\.)?(retry_at|wake_at) = [^=]*(, (retry_at|wake_at) = [^=]*)?(FROM|WHERE)")
"""When to look at a case next is a hint: a sweep may correct it and nothing else."""
MODELS = frozenset({"Case", "CaseEvent", "Deadline", "LedgerEntry", "MetricEntry", "PendingRelay"})
WRITES = frozenset("update create bulk_create bulk_update delete get_or_create update_or_create".split())


def promised() -> dict[int, list[tuple[str, str]]]:
    text = (CHECKOUT / "docs" / "architecture.md").read_text(encoding="utf-8")
    return {int(row["number"]): NAMED.findall(row["tests"]) for row in ROW.finditer(text)}


@pytest.mark.parametrize("number", range(1, PROMISES + 1))
def test_every_promise_has_a_test(number: int) -> None:
    tests = promised()[number]
    assert tests
    for file, name in tests:
        assert name in {function.name for function in functions(CHECKOUT / file)}, f"{file} has no {name}"


def texts(path: object) -> list[str]:
    """The strings of a module, with what is put into them left out."""
    found = []
    for node in ast.walk(parsed(path)):  # type: ignore[arg-type]
        if isinstance(node, ast.JoinedStr):
            found.append("".join(str(part.value) for part in node.values if isinstance(part, ast.Constant)))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            found.append(node.value)
    return found


def test_one_module_writes_cases_and_their_journal() -> None:
    strays = []
    for path in files("disputes", "notifications", "studio", "evidence", "config"):
        for text in [] if name_of(path) in WRITER else texts(path):
            for statement in STATEMENT.finditer(" ".join(text.split())):
                told = statement["rest"].strip()
                forgets = (statement[1], statement[2]) == ("DELETE FROM", "pendingrelay")
                if not (forgets or (statement[2] == "case" and HINTS.match(told))):
                    strays.append((name_of(path), statement[0][:120]))
    assert strays == []


def test_no_row_of_a_case_is_written_by_hand() -> None:
    """A case given to whom it always belonged keeps its journal: whose account it is stands in no event."""
    strays = []
    for path in files("disputes", "notifications", "studio"):
        for node in ast.walk(parsed(path)):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in WRITES):
                continue
            written = ast.unparse(node)
            if written.split(".objects")[0] in MODELS and {word.arg for word in node.keywords} != {"buyer_id"}:
                strays.append((name_of(path), written[:120]))
    assert strays == []
