"""Who is ended for making no progress, and who never is; judged by counts alone."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from django.db import connection

from run.alone import STUCK, attend
from run.places import CHECKOUT
from run.watching import ANSWER_WITHIN, BIRTH, IDLE, SILENCE, UNBORN, UNHEARD, Counts, Judge, Memory, Watch

ALL = ("beat@here", "ringer@here", "deadlines@here", "default@here")
EVERY = 5.0
"""Seconds between two looks of these tests, in which everybody who lives signs once."""


@dataclass
class Town:
    """A judge and what it is shown, one look after the other."""

    judge: Judge = field(default_factory=Judge)
    rows: dict[str, Counts] = field(default_factory=lambda: {name: Counts(signs=900, works=900) for name in ALL})
    now: float = 1000.0

    def look(
        self, times: int = 1, *, silent: tuple[str, ...] = (), idle: tuple[str, ...] = (), broker: bool = True
    ) -> dict[str, str]:
        """Whoever is found stuck first, within so many looks."""
        for _ in range(times):
            self.now += EVERY
            for name in set(ALL) - set(silent):
                row = self.rows[name]
                works = name not in idle and (broker or name == "ringer@here")
                self.rows[name] = Counts(signs=row.signs + 1, works=row.works + works)
            if found := self.judge.stuck(ALL, self.rows, self.now):
                return found
        return {}


@pytest.fixture
def town() -> Town:
    """Everybody has signed once under the judge's eyes."""
    made = Town()
    assert made.look(3) == {}
    return made


def test_a_quiet_night_condemns_nobody(town: Town) -> None:
    assert town.look(20_000) == {}


@pytest.mark.parametrize("name", ["beat@here", "ringer@here"])
def test_a_program_that_needs_only_the_database_is_known_by_its_silence(town: Town, name: str) -> None:
    assert town.look(int(SILENCE / EVERY), silent=(name,)) == {}
    assert list(town.look(silent=(name,))) == [name]


@pytest.mark.parametrize("name", ["deadlines@here", "default@here"])
def test_a_worker_whose_loop_stands_still_lets_nine_rounds_pass(town: Town, name: str) -> None:
    assert town.look(UNHEARD - 1, silent=(name,)) == {}
    assert list(town.look(silent=(name,))) == [name]


def test_a_worker_whose_loop_turns_but_takes_nothing_is_found_after_the_longest_task(town: Town) -> None:
    assert town.look(IDLE - 1, idle=("default@here",)) == {}
    assert list(town.look(idle=("default@here",))) == ["default@here"]


def test_a_beat_that_begins_to_count_anew_turns_no_round_back(town: Town) -> None:
    """As after a day without beat, when its row was forgotten."""
    assert town.look(3, silent=("deadlines@here",)) == {}
    town.rows["beat@here"] = Counts(signs=1, works=1)
    assert list(town.look(UNHEARD, silent=("deadlines@here",))) == ["deadlines@here"]


def test_a_worker_that_is_seldom_rung_may_have_nothing_to_do() -> None:
    town = Town()
    for _ in range(2 * IDLE):
        row = town.rows["evidence@here"] = Counts(signs=town.rows["beat@here"].signs, works=0)
        assert town.look(idle=("evidence@here",)) == {}
        assert town.judge.stuck(["evidence@here"], {**town.rows, "evidence@here": row}, town.now) == {}


def test_no_worker_is_blamed_for_a_broker_that_is_away(town: Town) -> None:
    workers = ("deadlines@here", "default@here")
    assert town.look(5000, silent=workers, broker=False) == {}
    assert town.look(UNHEARD - 1, silent=workers) == {}, "it has as long as ever once the broker is back"
    assert set(town.look(silent=workers)) == set(workers)


def test_while_beat_stands_still_beat_alone_is_blamed(town: Town) -> None:
    assert list(town.look(50, silent=("beat@here", "deadlines@here"))) == ["beat@here"]


def test_after_an_absence_of_the_database_everybody_is_judged_anew(town: Town) -> None:
    town.judge.forget()
    town.now += 3600
    assert town.look(50) == {}


def test_who_was_silent_before_the_absence_is_found_after_it(town: Town) -> None:
    town.judge.forget()
    assert list(town.look(int(BIRTH / EVERY) + 2, silent=("ringer@here",))) == ["ringer@here"]


def test_who_was_started_just_now_has_longer_until_the_first_sign(town: Town) -> None:
    town.judge.forget("deadlines@here")
    assert town.look(UNBORN, silent=("deadlines@here",)) == {}
    assert list(town.look(silent=("deadlines@here",))) == ["deadlines@here"]


def test_who_never_signed_at_all_is_found_too() -> None:
    town = Town()
    del town.rows["ringer@here"]
    town.rows["ringer@there"] = Counts(signs=1, works=1)
    found = {}
    while not found:
        town.now += EVERY
        found = town.judge.stuck(["ringer@here"], town.rows, town.now)
        assert town.now < 1000 + 2 * BIRTH
    assert list(found) == ["ringer@here"]


def test_rounds_are_those_of_the_busiest_beat(town: Town) -> None:
    """A second beat, which only rings twice, halves nobody's patience; one that dies takes no round back."""
    town.rows["beat@there"] = Counts(signs=5, works=5)
    before = town.judge.round
    for _ in range(UNHEARD - 2):
        there = town.rows["beat@there"]
        town.rows["beat@there"] = Counts(signs=there.signs + 1, works=there.works + 1)
        assert town.look(silent=("deadlines@here",)) == {}
    del town.rows["beat@there"]
    assert town.look(silent=("deadlines@here",)) == {}
    assert town.judge.round == before + UNHEARD - 1


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """A database that takes every call and never answers."""
    with socket.socket() as taking:
        taking.bind(("127.0.0.1", 0))
        taking.listen(50)
        yield taking


def test_a_database_that_never_answers_is_given_up_and_nobody_waits_for_it(listener: socket.socket) -> None:
    watch = Watch(address=f"postgresql://nobody@127.0.0.1:{listener.getsockname()[1]}/none")
    watch.judge.memories["beat@here"] = Memory(counts=None, signed_at=0, signed_in=0, worked_in=0)
    assert watch.look(ALL) == {}
    assert watch.asked_at is not None
    watch.asked_at -= ANSWER_WITHIN + 1
    began = time.monotonic()
    assert watch.look(ALL) == {}
    assert time.monotonic() - began < 1
    assert (watch.connection, watch.judge.memories) == (None, {})


def test_a_watcher_that_was_frozen_itself_judges_nobody(listener: socket.socket) -> None:
    watch = Watch(address=f"postgresql://nobody@127.0.0.1:{listener.getsockname()[1]}/none")
    watch.judge.memories["beat@here"] = Memory(counts=None, signed_at=0, signed_in=0, worked_in=0)
    watch.looked_at -= ANSWER_WITHIN + 1
    assert watch.look(ALL) == {}
    assert watch.judge.memories == {}


@pytest.mark.django_db(transaction=True)
def test_a_program_alone_that_never_signs_is_ended_with_all_it_started() -> None:
    watch = Watch(address=address_of_the_database(), judge=Judge(birth=0.5))
    program = "import subprocess, sys; subprocess.Popen([sys.executable, '-c', 'input()'], stdin=-1).wait()"
    process = subprocess.Popen([sys.executable, "-c", program], start_new_session=True)
    assert attend(process, "ringer@nowhere", watch) == STUCK
    assert process.returncode == -signal.SIGKILL


@pytest.mark.django_db(transaction=True)
def test_a_program_alone_that_ends_takes_its_container_along_with_its_own_code() -> None:
    for ending, code in (("sys.exit(3)", 3), ("os.kill(os.getpid(), 9)", 137)):
        process = subprocess.Popen([sys.executable, "-c", f"import os, sys; {ending}"], start_new_session=True)
        assert attend(process, "ringer@nowhere", Watch(address=address_of_the_database())) == code


def test_a_request_to_end_reaches_the_program() -> None:
    program = "import signal, sys; signal.signal(15, lambda *_: sys.exit(7)); print('up', flush=True); signal.pause()"
    command = [sys.executable, "-m", "run.alone", "ringer", sys.executable, "-c", program]
    environment = {**os.environ, "DATABASE_URL": "postgresql://nobody@/none?host=/nowhere"}
    with subprocess.Popen(command, cwd=CHECKOUT, env=environment, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"up\n"
        process.terminate()
        assert process.wait(30) == 7


def address_of_the_database() -> str:
    given = connection.settings_dict
    return f"postgresql://{given['USER']}:{given['PASSWORD']}@/{given['NAME']}?host={given['HOST']}"
