"""What import-linter cannot say about who may know whom."""

import sys
import tomllib
from pathlib import Path

import pytest

from tests.architecture.sources import BESIDE, CHECKING, CHECKOUT, LAYERS, files, imported_names, name_of

ENGINE = files("rules/engine")
FRONT = [
    path
    for path in files("disputes")
    if path.relative_to(CHECKOUT).parts[1] in {"views", "views.py", "api", "tasks.py", "forms", "forms.py"}
]


def test_every_package_has_its_floor() -> None:
    packages = {path.parent.name for path in CHECKOUT.glob("*/__init__.py")} - {"tests", "bench", "trials"}
    assert packages == {*LAYERS, *BESIDE, *CHECKING}


def test_import_linter_knows_the_same_floors() -> None:
    settings = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())["tool"]["importlinter"]
    floors = [name for layer in settings["contracts"][0]["layers"] for name in layer.split(" | ")]
    assert set(floors) == set(LAYERS)
    assert set(settings["root_packages"]) == {*LAYERS, *BESIDE, *CHECKING}


@pytest.mark.parametrize("path", ENGINE, ids=name_of)
def test_the_engine_imports_the_standard_library_only(path: Path) -> None:
    foreign = {
        name
        for name in imported_names(path)
        if name.split(".")[0] not in sys.stdlib_module_names and not name.startswith("rules.engine")
    } - {"rules"}
    assert foreign == set()


@pytest.mark.parametrize("path", ENGINE, ids=name_of)
def test_the_engine_touches_nothing_outside_itself(path: Path) -> None:
    world = {
        "os",
        "io",
        "socket",
        "subprocess",
        "random",
        "time",
        "pathlib",
        "threading",
        "urllib",
        "logging",
        "sqlite3",
    }
    assert {name.split(".")[0] for name in imported_names(path)} & world == set()


@pytest.mark.parametrize("path", FRONT, ids=name_of)
def test_what_faces_people_asks_services_and_selectors(path: Path) -> None:
    names = set(imported_names(path))
    reached = {name for name in names if name.startswith(("disputes.models", "rules.engine", "rules.models"))}
    assert reached == set()
