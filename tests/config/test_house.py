"""The whole house, started and ended as a person would: with its servers, and in every way it can end."""

import os
import signal
import sys
from collections.abc import Callable, Iterator

import pytest

from run.supervisor import Child, Program, ending_in_words
from trials.house import House, database, free_port

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]
LINUX = sys.platform.startswith("linux")


@pytest.fixture
def start(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[], House]]:
    """Start the house in a folder of this test's own; whatever is left of it is ended with the test."""
    data = tmp_path_factory.mktemp("h") / "data"
    port = free_port()
    houses: list[House] = []

    def begin() -> House:
        houses.append(House(data, port))
        houses[-1].log.write_text("")
        return houses[-1]

    yield begin
    for house in houses:
        house.end()


@pytest.mark.skipif(not LINUX, reason="processes are found through /proc")
def test_the_house_keeps_what_it_was_told_however_it_ends(start: Callable[[], House]) -> None:
    house = start()
    house.wait_until_ready()
    assert house.is_healthy()
    assert "Log in as ming (buyer), lan (seller)" in house.said()
    with database(house.places) as cursor:
        cursor.execute("CREATE TABLE promise AS SELECT 1 AS kept")

    house.process.kill()  # the supervisor is gone, without a word to anybody
    house.process.wait()
    house.wait_until(lambda: not house.processes(), 30)

    house = start()
    house.wait_until_ready()
    with database(house.places) as cursor:
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


@pytest.mark.timeout(420)
@pytest.mark.skipif(not LINUX, reason="processes are found through /proc")
def test_a_frozen_worker_is_replaced_and_the_standby_meets_its_deadlines(start: Callable[[], House]) -> None:
    house = start()
    house.wait_until_ready()
    house.wait_until(lambda: working_programs(house) >= {"beat", "deadlines", "default", "ringer"}, 60)
    healthy = {program: set(house.processes_of(program)) for program in ("beat", "default", "ringer")}
    before = house.process_of("--queues deadlines")
    moved = swept_by(house, "standby")
    os.kill(before, signal.SIGSTOP)
    with database(house.places) as cursor:  # the demo's next deadlines come at once
        cursor.execute("INSERT INTO contract_clock_offset (id, ahead_by) VALUES (1, '8 days')")
    house.wait_until(lambda: swept_by(house, "standby") > moved, 30)
    assert house.process_of("--queues deadlines") == before, "it is given more time than the standby needs"
    house.wait_until(lambda: another_runs(house, "--queues deadlines", before), 120)
    assert "deadlines makes no progress (no sign of life in 9 rounds of beat); ending it" in house.said()
    signed = signs_of(house, "deadlines")
    house.wait_until(lambda: signs_of(house, "deadlines") > signed + 1, 60)
    assert {program: set(house.processes_of(program)) for program in healthy} == healthy
    house.stop()


def working_programs(house: House) -> set[str]:
    with database(house.places) as cursor:
        cursor.execute("SELECT program FROM contract_programsign WHERE works > 0")
        return {program for (program,) in cursor.fetchall()}


def signs_of(house: House, program: str) -> int:
    with database(house.places) as cursor:
        cursor.execute("SELECT sum(signs) FROM contract_programsign WHERE program = %s", [program])
        return int(cursor.fetchone()[0])  # type: ignore[index]


def swept_by(house: House, sweeper: str) -> int:
    with database(house.places) as cursor:
        cursor.execute("SELECT coalesce(sum(cases_moved), 0) FROM disputes_sweeprecord WHERE sweeper = %s", [sweeper])
        return int(cursor.fetchone()[0])  # type: ignore[index]


def another_runs(house: House, word: str, before: int) -> bool:
    return any(number != before and word in command for number, command in house.processes().items())


def test_an_end_is_told_in_words() -> None:
    assert ending_in_words(-signal.SIGKILL) == "signal SIGKILL"
    assert ending_in_words(3) == "exit code 3"


def test_who_fails_by_itself_is_started_again_less_and_less_often() -> None:
    child = Child(Program(name="web", command=["web"], rank=0))
    assert [child.pause_after(1) for _ in range(8)] == [0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 12.8, 15.0]


def test_who_was_killed_is_started_again_at_once_however_often() -> None:
    child = Child(Program(name="web", command=["web"], rank=0))
    assert {child.pause_after(-signal.SIGKILL) for _ in range(50)} == {0.2}
    assert child.pause_after(-signal.SIGSEGV) == 0.2
    assert child.pause_after(-signal.SIGSEGV) == 0.4
