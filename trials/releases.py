"""A release of the house: its code in a folder of its own, its processes, and how they come and go."""

from __future__ import annotations

import io
import os
import shutil
import signal
import subprocess
import sys
import tarfile
import urllib.request
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from run.children import start_child
from run.house import background, web
from run.places import CHECKOUT
from run.postgres import wait_until

MIGRATIONS = ":(glob)*/migrations/[0-9]*.py"


def commit_before_newest_migration() -> str:
    """Of the history: the last commit without the newest migration. Raises CalledProcessError outside of one."""
    return _git("log", "--diff-filter=A", "--format=%H^", "--max-count=1", "--", MIGRATIONS).decode().strip()


def described(commit: str) -> str:
    return _git("log", "--format=%h (%s)", "--max-count=1", commit).decode().strip()


def migrations_since(commit: str) -> list[str]:
    """Files of migrations that a commit has not."""
    told = _git("diff", "--name-only", "--diff-filter=A", commit, "--", MIGRATIONS).decode()
    return [Path(line).stem for line in told.split()]


def export(commit: str, folder: Path) -> Path:
    """The code of a commit, with the trials of today, which know how to look at it."""
    with tarfile.open(fileobj=io.BytesIO(_git("archive", commit))) as archive:
        archive.extractall(folder, filter="data")
    shutil.rmtree(folder / "trials", ignore_errors=True)
    shutil.copytree(CHECKOUT / "trials", folder / "trials", ignore=shutil.ignore_patterns("__pycache__"))
    subprocess.run([sys.executable, "-m", "run.translations"], cwd=folder, check=True, capture_output=True)
    return folder


def _git(*words: str) -> bytes:
    return subprocess.run(["git", *words], cwd=CHECKOUT, check=True, capture_output=True).stdout


@dataclass(kw_only=True)
class Release:
    """One version of the code, run as the house would run it, without its supervisor."""

    name: str
    checkout: Path
    port: int
    environment: dict[str, str]
    log: Path
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def start(self) -> None:
        """Raises CannotStart when the web does not answer within a minute."""
        os.environ["PORT"] = str(self.port)
        for program in (web(), *background()):
            self.processes[program.name] = self._spawn(program.command, dict(program.environment))
        wait_until(self.answers, 60, name=f"the {self.name} web")

    def answers(self) -> bool:
        with suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz/", timeout=5) as answer:
            return bool(answer.status == 200)
        return False

    def call(self, *words: str, **environment: str) -> str:
        """Run a command of this release to its end; what it said. Raises CalledProcessError."""
        done = subprocess.run(
            [sys.executable, "-m", *words], cwd=self.checkout, env=self.environment | environment,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
        )  # fmt: skip
        if done.returncode:
            print(done.stdout[-3000:])
            done.check_returncode()
        return done.stdout

    def leave(self, seconds: float = 30) -> list[str]:
        """Ask every process to finish and end; the names of those that had to be killed."""
        for process in self.processes.values():
            process.send_signal(signal.SIGTERM)
        return [name for name, process in self.processes.items() if not _ended(process, seconds)]

    def end(self) -> None:
        """Leave nothing of it, however it is."""
        for process in self.processes.values():
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def _spawn(self, command: Sequence[str], more: dict[str, Any]) -> subprocess.Popen[bytes]:
        with self.log.open("ab") as log:
            return start_child(
                list(command), cwd=self.checkout, env=self.environment | {"PORT": str(self.port)} | more,
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip


def _ended(process: subprocess.Popen[bytes], seconds: float) -> bool:
    try:
        process.wait(timeout=seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        return False
    return True
