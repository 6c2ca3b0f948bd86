"""From a fresh clone to an environment that can start the house, with nothing but a Python that has pip."""

import hashlib
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from run.places import CHECKOUT, Places, data_folder
from run.preflight import check_before_starting
from run.problems import CannotStart

ENVIRONMENT = CHECKOUT / ".venv"
PYTHON = ENVIRONMENT / "bin" / "python"
TOOLS = CHECKOUT / ".bootstrap"
RUNTIME_LOCK = CHECKOUT / "requirements.lock"
DEVELOPMENT_LOCK = CHECKOUT / "requirements-dev.lock"
"""Everything of the runtime's lock, in the same versions, and the tools of the tests."""

UV_CONFIGURATIONS = (Path("/etc/uv/uv.toml"), Path.home() / ".config" / "uv" / "uv.toml")


def main(arguments: Sequence[str]) -> int:
    """Set up; then, unless `--set-up` or `--set-up-development` is given, become the supervisor."""
    development = "--set-up-development" in arguments
    only_set_up = development or "--set-up" in arguments
    try:
        if not only_set_up:
            check_before_starting(Places(data=data_folder()))
        set_up(DEVELOPMENT_LOCK if development else RUNTIME_LOCK)
    except CannotStart as problem:
        print(f"gongduan: {problem}", file=sys.stderr)
        return 1
    if not only_set_up:
        sys.stdout.flush()
        os.execv(PYTHON, [str(PYTHON), "-m", "run.house"])
    return 0


def set_up(lock: Path) -> None:
    """Make the environment hold what the lock names, and the translations be readable; quick when they are."""
    stamp = ENVIRONMENT / f".{lock.stem}.stamp"
    wanted = fingerprint(lock)
    if not (PYTHON.exists() and stamp.exists() and stamp.read_text() == wanted):
        progress(f"Installing {lock.name} into .venv (once)")
        install(lock)
        stamp.write_text(wanted)
    call([str(PYTHON), "-m", "run.translations"], "The translations could not be compiled")


def progress(message: str) -> None:
    print(f"gongduan | {message} ...", flush=True)


def fingerprint(lock: Path) -> str:
    version = ".".join(map(str, sys.version_info[:3]))
    return f"{version} {hashlib.sha256(lock.read_bytes()).hexdigest()}\n"


def install(lock: Path) -> None:
    uv = str(find_or_install_uv())
    environment = uv_environment()
    if not environment_fits():
        arguments = [uv, "venv", "--quiet", "--clear", "--python", sys.executable, str(ENVIRONMENT)]
        call(arguments, "The virtual environment could not be made", environment)
    call(
        [
            *(uv, "pip", "install", "--quiet", "--python", str(PYTHON), "--require-hashes", "--compile-bytecode"),
            *("--requirements", str(lock)),
        ],
        f"The packages of {lock.name} could not be installed",
        environment,
    )


def environment_fits() -> bool:
    """Whether .venv is of this Python's version and works."""
    if not PYTHON.exists():
        return False
    asked = subprocess.run(
        [str(PYTHON), "-c", "import sys; print(sys.version_info[:2])"], capture_output=True, text=True, check=False
    )
    return asked.stdout.strip() == str(sys.version_info[:2])


def find_or_install_uv() -> Path:
    """The installer, kept inside the checkout: no other program of the machine is needed or changed."""
    uv = TOOLS / "bin" / "uv"
    if uv.exists() and subprocess.run([str(uv), "--version"], capture_output=True, check=False).returncode == 0:
        return uv
    if subprocess.run([sys.executable, "-m", "pip", "--version"], capture_output=True, check=False).returncode != 0:
        raise CannotStart(
            f"{sys.executable} has no pip: install it (on Debian and Ubuntu: apt install python3-pip), "
            "or name another Python, as in `make run PYTHON=python3.12`."
        )
    quiet = ("--quiet", "--disable-pip-version-check", "--root-user-action=ignore", "--no-input")
    call(
        [sys.executable, "-m", "pip", "install", *quiet, "--upgrade", "--target", str(TOOLS), "uv"],
        "The installer uv could not be fetched",
    )
    return uv


def uv_environment() -> dict[str, str]:
    """uv's surroundings: no Python but ours, no environment but ours, and the package index that pip is told."""
    environment = {**os.environ, "UV_PYTHON_DOWNLOADS": "never"}
    environment.pop("VIRTUAL_ENV", None)
    told = {"UV_DEFAULT_INDEX", "UV_INDEX_URL", "UV_CONFIG_FILE"} & environment.keys()
    if not told and not any(path.exists() for path in UV_CONFIGURATIONS):
        index = pips_index()
        if index:
            environment["UV_DEFAULT_INDEX"] = index
    return environment


def pips_index() -> str:
    """The package index of pip's configuration, which uv does not read, or nothing."""
    asked = subprocess.run(
        [sys.executable, "-m", "pip", "config", "get", "global.index-url"], capture_output=True, text=True, check=False
    )
    return os.environ.get("PIP_INDEX_URL") or asked.stdout.strip()


def call(command: list[str], failure: str, environment: dict[str, str] | None = None) -> None:
    """Run a step; CannotStart with the last line it said."""
    result = subprocess.run(command, cwd=CHECKOUT, env=environment, capture_output=True, text=True, check=False)
    if result.returncode != 0:
        said = (result.stderr.strip() or result.stdout.strip() or "it said nothing").splitlines()
        raise CannotStart(f"{failure}: {why(said)}")


def why(said: Sequence[str]) -> str:
    """One line of many: what a newcomer can act on."""
    for line in said:
        if "No space left on device" in line:
            return f"the disk that holds {CHECKOUT} is full."
        if "Permission denied" in line:
            return f"{CHECKOUT} is not writable for you."
    return said[-1].strip()
