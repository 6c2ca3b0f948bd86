"""As whom the database runs, whoever starts it."""

import os
import subprocess
import sys

import pytest

from run.identity import Identity, as_ordinary_user, as_ourselves, has_a_name, unprivileged_identity

LINUX = sys.platform.startswith("linux")
WHO = "import os; print(os.geteuid())"


def asked(script: str, *, unprivileged: bool) -> str:
    prepare = as_ordinary_user() if unprivileged else as_ourselves()
    answer = subprocess.run(
        [sys.executable, "-c", script], preexec_fn=prepare, capture_output=True, text=True, check=True
    )
    return answer.stdout.strip()


@pytest.mark.skipif(unprivileged_identity() is Identity.NOBODY, reason="namespaces are refused here")
def test_the_database_never_believes_itself_to_be_root() -> None:
    user = int(asked(WHO, unprivileged=True))
    assert user != 0
    assert has_a_name(user)


def test_other_programs_keep_our_identity() -> None:
    assert int(asked(WHO, unprivileged=False)) == os.geteuid()


@pytest.mark.skipif(not LINUX, reason="the kernel's word on a parent's death is Linux's")
@pytest.mark.parametrize("unprivileged", [False, True])
def test_a_child_is_told_of_its_parents_death_whoever_it_became(unprivileged: bool) -> None:
    script = "import ctypes; n = ctypes.c_int(); ctypes.CDLL(None).prctl(2, ctypes.byref(n), 0, 0, 0); print(n.value)"
    assert asked(script, unprivileged=unprivileged) == "15"


def test_a_number_that_the_system_does_not_know_has_no_name() -> None:
    assert has_a_name(os.geteuid()) or os.geteuid() != 0
    assert not has_a_name(2_000_000_001)
