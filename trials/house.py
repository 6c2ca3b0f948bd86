"""The whole house as a person starts it, watched and wounded from outside: found and killed through `/proc`."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg2

from run.places import CHECKOUT, OWNER_ROLE, Places

PROGRAMS = {
    "web": "granian", "deadlines": "--queues deadlines", "default": "--queues default", "beat": " beat ",
    "ringer": "sweep --forever", "valkey": "valkey-server", "postgres": "postgres -D",
}  # fmt: skip
"""What a program's command line holds and no other's does."""


class HouseDied(AssertionError):
    """The supervisor ended when nobody asked it to, or did not come up; with everything that was said."""


class House:
    """One start of `make run`, from after the set-up."""

    def __init__(
        self, data: Path, port: int, *, settings: str = "config.settings.development", **environment: str
    ) -> None:
        self.places = Places(data=data)
        self.port = port
        self.address = f"http://127.0.0.1:{port}"
        self.log = data.parent / "house.log"
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "run.house"],
                cwd=CHECKOUT, env=surroundings(data, port, settings) | environment, stdout=log, stderr=log,
                start_new_session=True,
            )  # fmt: skip

    def said(self) -> str:
        return self.log.read_text(errors="replace")

    def wait_until(self, true: Callable[[], bool], seconds: float = 90) -> None:
        """Raises HouseDied when it does not come true in time."""
        end = time.monotonic() + seconds
        while not true():
            if time.monotonic() > end:
                raise HouseDied(self.said())
            time.sleep(0.1)

    def wait_until_ready(self) -> None:
        def ready_or_dead() -> bool:
            if self.process.poll() is not None:
                raise HouseDied(self.said())
            return "Gongduan is ready" in self.said()

        self.wait_until(ready_or_dead)

    def is_healthy(self) -> bool:
        with suppress(OSError), urllib.request.urlopen(f"{self.address}/healthz/", timeout=5) as answer:
            return bool(answer.status == 200)
        return False

    def processes(self) -> dict[int, str]:
        """Whatever runs with this house's data folder in its environment or command, by process id."""
        marker = os.fsencode(self.places.data)
        found = {}
        for folder in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                command = (folder / "cmdline").read_bytes()
                if command and marker in (folder / "environ").read_bytes() + command:
                    found[int(folder.name)] = command.replace(b"\0", b" ").decode(errors="replace")
        return found

    def process_of(self, word: str) -> int:
        """Raises StopIteration when there is none."""
        return next(number for number, command in self.processes().items() if word in command)

    def processes_of(self, program: str) -> list[int]:
        return [number for number, command in self.processes().items() if PROGRAMS[program] in command]

    def kill(self, program: str, number: int = signal.SIGKILL) -> int:
        """Send every process of a program a signal; how many there were."""
        found = self.processes_of(program)
        for process in found:
            with suppress(ProcessLookupError):
                os.kill(process, number)
        return len(found)

    def stop(self, seconds: float = 60) -> None:
        self.process.send_signal(signal.SIGINT)
        self.process.wait(timeout=seconds)

    def end(self) -> None:
        """Leave nothing of it, however it is."""
        with suppress(ProcessLookupError):
            self.process.kill()
        self.process.wait()
        for number in self.processes():
            with suppress(ProcessLookupError):
                os.kill(number, signal.SIGKILL)


def surroundings(data: Path, port: int, settings: str) -> dict[str, str]:
    """The environment of a house of its own: no server of somebody else's."""
    kept: Mapping[str, str] = {
        name: value for name, value in os.environ.items()
        if not name.startswith(("DATABASE", "REDIS")) and name != "MAKELEVEL"
    }  # fmt: skip
    return {**kept, "GONGDUAN_DATA": str(data), "PORT": str(port), "DJANGO_SETTINGS_MODULE": settings}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def database(places: Places) -> Iterator[psycopg2.extensions.cursor]:
    """A cursor of the owner of a house's database; one transaction."""
    connection = psycopg2.connect(places.database_url(OWNER_ROLE))
    try:
        with connection, connection.cursor() as cursor:
            yield cursor
    finally:
        connection.close()
