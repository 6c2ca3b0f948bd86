"""The source files of the house, parsed once."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
LAYERS = ("contract", "accounts", "rules", "evidence", "disputes", "notifications", "studio", "config")
"""From low to high; rules and evidence are neighbours."""
BESIDE = ("run",)
CHECKING = ("model", "model_walks")
"""What only tries the house, and is no part of what is installed."""


def files(*packages: str) -> list[Path]:
    """The Python files of the packages, migrations left out."""
    found = [path for package in packages for path in (CHECKOUT / package).rglob("*.py")]
    return sorted(path for path in found if "migrations" not in path.parts)


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_bytes(), filename=str(path))


def name_of(path: Path) -> str:
    return path.relative_to(CHECKOUT).as_posix()


def imported_names(path: Path) -> Iterator[str]:
    """Every module that the file imports, and every name that it imports from one, dotted."""
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node
