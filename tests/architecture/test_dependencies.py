"""The lock files: complete, pinned, checked by digest, and without any address."""

import re
import tomllib
from pathlib import Path

import pytest

from tests.architecture.sources import CHECKOUT

RUNTIME = CHECKOUT / "requirements.lock"
DEVELOPMENT = CHECKOUT / "requirements-dev.lock"
PINNED = re.compile(r"^([a-z0-9][a-z0-9._-]*)==([^\s;\\]+)", re.MULTILINE)


def pins(path: Path) -> dict[str, str]:
    return dict(PINNED.findall(path.read_text()))


def named(requirements: list[str]) -> set[str]:
    return {
        re.split(r"[\[<>=;~! ]", requirement, maxsplit=1)[0].lower().replace("_", "-") for requirement in requirements
    }


@pytest.mark.parametrize("path", [RUNTIME, DEVELOPMENT], ids=lambda path: path.name)
def test_a_lock_holds_no_address(path: Path) -> None:
    assert "://" not in path.read_text()


@pytest.mark.parametrize("path", [RUNTIME, DEVELOPMENT], ids=lambda path: path.name)
def test_every_package_is_pinned_and_has_a_digest(path: Path) -> None:
    blocks = re.split(r"\n(?=\S)", path.read_text().strip())
    assert [block.splitlines()[0] for block in blocks if not PINNED.match(block) or "--hash=sha256:" not in block] == []


def test_the_locks_hold_what_the_project_names() -> None:
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())
    assert named(project["project"]["dependencies"]) <= pins(RUNTIME).keys()
    assert named(project["dependency-groups"]["dev"]) <= pins(DEVELOPMENT).keys()


def test_tests_run_with_the_versions_that_run() -> None:
    assert pins(RUNTIME).items() <= pins(DEVELOPMENT).items()
