"""The whole house, started and ended as a person would: with its servers, and in every way it can end."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg2
import pytest

from run.places import CHECKOUT, OWNER_ROLE, Places
from run.supervisor import ending_in_words

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]
LINUX = sys.platform.startswith("linux")


class House:
    """One start of `make run`, from after the set-up."""

    def __init__(self, data: Path, port: int) -> None:
        self.places = Places(data=data)
        self.address = f"http://127.0.0.1:{port}"
        self.log = data.parent / "house.log"
        surroundings = {name: value for name, value in os.environ.items() if not name.startswith(("DATABASE", "REDIS"))}
        surroundings.pop("MAKELEVEL", None)
        surroundings |= {"GONGDUAN_DATA": str(data), "PORT": str(port)}
        surroundings["DJANGO_SETTINGS_MODULE"] = "config.settings.development"
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "run.house"],
                cwd=CHECKOUT,
                env=surroundings,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def said(self) -> str:
        return self.log.read_text(errors="replace")

    def wait_until(self, true: Callable[[], bool], seconds: float = 90) -> None:
        end = time.monotonic() + seconds
        while not true():
            assert time.monotonic() < end, self.said()
            time.sleep(0.1)

    def wait_until_ready(self) -> None:
        def ready_or_dead() -> bool:
            assert self.process.poll() is None, self.said()
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
                told = (folder / "environ").read_bytes() + (folder / "cmdline").read_bytes()
                command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
                if marker in told and command:
                    found[int(folder.name)] = command
        return found

    def process_of(self, word: str) -> int:
        return next(number for number, command in self.processes().items() if word in command)


@pytest.fixture
def start(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[], House]]:
    """Start the house in a folder of this test's own; whatever is left of it is ended with the test."""
    data = tmp_path_factory.mktemp("h") / "data"
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    houses: list[House] = []

    def begin() -> House:
        houses.append(House(data, port))
        houses[-1].log.write_text("")
        return houses[-1]

    yield begin
    for house in houses:
        with suppress(ProcessLookupError):
            house.process.kill()
        house.process.wait()
    for number in houses[-1].processes() if houses else ():
        with suppress(ProcessLookupError):
            os.kill(number, signal.SIGKILL)


@contextmanager
def database(house: House) -> Iterator[psycopg2.extensions.cursor]:
    connection = psycopg2.connect(house.places.database_url(OWNER_ROLE))
    try:
        with connection, connection.cursor() as cursor:
            yield cursor
    finally:
        connection.close()


@pytest.mark.skipif(not LINUX, reason="processes are found through /proc")
def test_the_house_keeps_what_it_was_told_however_it_ends(start: Callable[[], House]) -> None:
    house = start()
    house.wait_until_ready()
    assert house.is_healthy()
    assert "Log in as ming (buyer), lan (seller)" in house.said()
    with database(house) as cursor:
        cursor.execute("CREATE TABLE promise AS SELECT 1 AS kept")

    house.process.kill()  # the supervisor is gone, without a word to anybody
    house.process.wait()
    house.wait_until(lambda: not house.processes(), 30)

    house = start()
    house.wait_until_ready()
    with database(house) as cursor:
        cursor.execute("SELECT kept FROM promise")
        assert cursor.fetchone() == (1,)

    house.process.send_signal(signal.SIGINT)
    assert house.process.wait(timeout=60) == 0
    assert "Stopped in" in house.said()
    assert house.processes() == {}


@pytest.mark.skipif(not LINUX, reason="processes are found through /proc")
def test_whatever_is_killed_is_started_again(start: Callable[[], House]) -> None:
    house = start()
    house.wait_until_ready()
    for word in ("valkey-server", "postgres -D", "granian", "--queues deadlines", "run.watchman"):
        before = house.process_of(word)
        os.kill(before, signal.SIGKILL)
        house.wait_until(lambda word=word, before=before: another_runs(house, word, before), 60)  # type: ignore[misc]
    house.wait_until(house.is_healthy, 60)
    house.process.send_signal(signal.SIGTERM)
    assert house.process.wait(timeout=60) == 0
    assert house.processes() == {}


def another_runs(house: House, word: str, before: int) -> bool:
    return any(number != before and word in command for number, command in house.processes().items())


def test_an_end_is_told_in_words() -> None:
    assert ending_in_words(-signal.SIGKILL) == "signal SIGKILL"
    assert ending_in_words(3) == "exit code 3"
