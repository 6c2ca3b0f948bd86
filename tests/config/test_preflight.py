"""What keeps the house from starting is said in one sentence, before anything is started."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from run.places import CHECKOUT, LONGEST_SOCKET_DIRECTORY, Places, data_folder
from run.preflight import check_port, check_room, hold_the_folder, port
from run.problems import CannotStart


@pytest.fixture
def places(tmp_path: Path) -> Places:
    return Places(data=tmp_path / "data")


def test_a_second_start_in_the_same_folder_is_refused(places: Places) -> None:
    with (
        hold_the_folder(places),
        pytest.raises(CannotStart, match=r"is running in .* already"),
        hold_the_folder(places),
    ):
        pass


def test_a_folder_is_free_again_after_its_holder(places: Places) -> None:
    with hold_the_folder(places):
        pass
    with hold_the_folder(places):
        pass


def test_a_start_waits_for_what_a_killed_one_left(places: Places) -> None:
    with hold_the_folder(places) as inherited:
        script = "import sys, time; sys.stdin.read(); time.sleep(0.3)"
        left = subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE, pass_fds=[inherited])
    assert left.stdin is not None
    left.stdin.close()
    with hold_the_folder(places):
        assert left.wait(timeout=5) == 0


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


def test_a_taken_port_is_named_with_a_way_out(taken_port: int) -> None:
    with pytest.raises(CannotStart, match=f"Port {taken_port} is taken .* PORT={taken_port + 1}"):
        check_port(taken_port)


@pytest.mark.parametrize("word", ["eight", "0", "70000", "-1"])
def test_a_port_is_a_number_that_exists(word: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", word)
    with pytest.raises(CannotStart, match="PORT"):
        port()


def test_a_full_disk_is_named(places: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    places.data.mkdir()
    monkeypatch.setattr("run.preflight.ROOM_FOR_A_NEW_CLUSTER", 1 << 62)
    with pytest.raises(CannotStart, match=r"The disk that holds .* is full"):
        check_room(places)


def test_a_file_in_the_place_of_the_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("")
    with pytest.raises(CannotStart, match="cannot be made"), hold_the_folder(Places(data=tmp_path / "data")):
        pass


@pytest.mark.skipif(os.getuid() == 0, reason="root may write everywhere")
def test_an_unwritable_folder_is_named(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(CannotStart, match="GONGDUAN_DATA"), hold_the_folder(Places(data=tmp_path / "data")):
        pass


def test_the_data_folder_is_inside_the_checkout_unless_named(tmp_path: Path) -> None:
    assert data_folder({}) == CHECKOUT / ".gongduan"
    assert data_folder({"GONGDUAN_DATA": str(tmp_path)}) == tmp_path


def test_sockets_leave_a_folder_whose_path_is_too_long_for_them(tmp_path: Path) -> None:
    deep = Places(data=tmp_path / ("long" * 30))
    assert len(os.fsencode(deep.sockets)) <= LONGEST_SOCKET_DIRECTORY
    assert Places(data=Path("/srv/gongduan")).sockets == Path("/srv/gongduan/sockets")
    assert deep.sockets != Places(data=tmp_path / ("lang" * 30)).sockets


def test_an_old_python_is_told_apart_from_a_broken_checkout() -> None:
    """Whatever runs before the version is looked at must be readable by any Python 3."""
    source = (CHECKOUT / "run" / "__main__.py").read_text()
    before, _, _ = source.partition("from run.bootstrap")
    assert 'f"' not in before
    assert "make run PYTHON=" in before
    assert (CHECKOUT / "run" / "__init__.py").read_text().strip().count("\n") < 6
