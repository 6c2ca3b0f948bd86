"""A short slice of each trial of the whole house. The long forms are commands (docs/operations.md)."""

from __future__ import annotations

import subprocess
import sys

import pytest

from run.places import CHECKOUT

pytestmark = [
    pytest.mark.slow, pytest.mark.timeout(300),
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="processes are found through /proc"),
]  # fmt: skip


@pytest.mark.parametrize(
    "command",
    [
        "trials.chaos --cases 80 --kills 6 --seconds 12 --seed 7 --verify 40",
        "trials.doubles --cases 80 --seconds 10 --frozen 3 --seed 7",
    ],
    ids=lambda command: command.partition(" ")[0],
)
def test_a_short_trial_finds_nothing(command: str) -> None:
    module, *options = command.split()
    done = subprocess.run(
        [sys.executable, "-m", module, *options], cwd=CHECKOUT, capture_output=True, text=True, timeout=280, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert ", 0 failed" in done.stdout
