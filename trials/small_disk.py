"""A folder whose room can be taken away and given back while the house runs."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

ROOMY = "size=4g"


@dataclass(frozen=True, slots=True, kw_only=True)
class SmallDisk:
    """A file system in memory of its own, shrunk to what it holds."""

    folder: Path

    def fill(self, *, left: int) -> None:
        """Leave so many bytes."""
        _mount("-o", f"remount,size={shutil.disk_usage(self.folder).used + left}", self.folder)

    def make_room(self) -> None:
        _mount("-o", f"remount,{ROOMY}", self.folder)


@dataclass(frozen=True, slots=True, kw_only=True)
class SmallFiles:
    """Where nobody may mount: the kernel lets no file of these processes grow, and says so as a full disk does."""

    processes: Callable[[], Iterable[int]]

    def fill(self, *, left: int) -> None:
        """No file may have more bytes."""
        self._limit(left)

    def make_room(self) -> None:
        self._limit(resource.RLIM_INFINITY)

    def _limit(self, most: int) -> None:
        for process in self.processes():
            with suppress(ProcessLookupError):
                _, hard = resource.prlimit(process, resource.RLIMIT_FSIZE)
                resource.prlimit(process, resource.RLIMIT_FSIZE, (most, hard))


def may_mount(folder: Path) -> bool:
    """Whether file systems can be mounted here, tried once."""
    tried = folder / "mount-tried"
    tried.mkdir(exist_ok=True)
    try:
        _mount("-t", "tmpfs", "-o", "size=1m", "tmpfs", tried)
    except (OSError, subprocess.CalledProcessError):
        return False
    _unmount(tried)
    return True


@contextmanager
def mounted(folder: Path) -> Iterator[SmallDisk]:
    """A roomy file system in a new folder; nothing of it is left afterwards."""
    folder.mkdir(mode=0o700, parents=True)
    _mount("-t", "tmpfs", "-o", f"{ROOMY},mode=0700", "tmpfs", folder)
    try:
        yield SmallDisk(folder=folder)
    finally:
        _unmount(folder)


def _mount(*words: str | Path) -> None:
    subprocess.run(["mount", *map(os.fspath, words)], check=True, capture_output=True)


def _unmount(folder: Path) -> None:
    subprocess.run(["umount", "--lazy", os.fspath(folder)], check=True, capture_output=True)
