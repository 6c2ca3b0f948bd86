"""The gate: what is received is looked at by a confined child process before it may stay."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from evidence import storage
from evidence.errors import FileRefused, InspectionUnavailable, StorageFull, refusal
from evidence.inspection.findings import Found, found_from_json
from evidence.kinds import MEDIA_TYPES, Limits, kind_of, promised_kind

_CHILD: Final = Path(__file__).parent / "inspection" / "child.py"
_MEBIBYTE: Final = 1024 * 1024
#: Kernel limits of the child: a photo of 108 million pixels needs 0.9 GB and about 6 seconds of computing.
CONFINEMENT: Final = {"memory_bytes": 1536 * _MEBIBYTE, "cpu_seconds": 25, "written_bytes": 32 * _MEBIBYTE}
#: Seconds by the wall; longer than the computing time, because the machine may be busy.
_PATIENCE: Final = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnFile:
    """A drawing the child left, waiting to be placed."""

    variant: str
    path: Path
    width: int
    height: int
    tool: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Passed:
    """A file that may stay, and its drawings."""

    found: Found
    drawings: tuple[DrawnFile, ...]


@contextlib.contextmanager
def inspected(path: Path, *, name: str, declared_type: str, size: int, limits: Limits) -> Iterator[Passed]:
    """Look at a received file. The drawings last as long as the context.

    Raises FileRefused with the reason, StorageFull, InspectionUnavailable when no child can be run.
    """
    with _scratch() as directory:
        answer = _ask(path, directory, limits)
        if "no_room" in answer:
            raise StorageFull
        if "refused" in answer:
            raise _refusal(answer, name=name, declared_type=declared_type, limits=limits)
        found = found_from_json(answer["found"])
        _check_promise(found, name=name, declared_type=declared_type)
        if size > limits.max_bytes_of(found.kind):
            raise refusal("file_too_large", name=name, max_bytes=limits.max_bytes_of(found.kind))
        drawings = tuple(DrawnFile(path=directory / told["variant"], **told) for told in answer["drawings"])
        yield Passed(found=found, drawings=drawings)


@contextlib.contextmanager
def _scratch() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(dir=storage.scratch_directory(), prefix="drawing-") as directory:
        yield Path(directory)


def _refusal(answer: dict[str, Any], *, name: str, declared_type: str, limits: Limits) -> FileRefused:
    code, data = answer["refused"], answer["data"]
    if code == "file_type_not_accepted":
        promised = promised_kind(name, declared_type)
        if promised in {kind_of(one) for one in limits.types} and data["found"] not in MEDIA_TYPES:
            code = "file_disguised"
        else:
            data["accepted"] = sorted(limits.types)
    return refusal(code, name=name, **data)


def _check_promise(found: Found, *, name: str, declared_type: str) -> None:
    """A name of another kind than the content is a disguise; a wrong extension of the same kind is daily life."""
    promised = promised_kind(name, declared_type)
    if promised not in {None, found.kind}:
        raise refusal("file_disguised", name=name, found=found.media_type)


def _ask(path: Path, directory: Path, limits: Limits) -> dict[str, Any]:
    request = {
        "path": str(path.resolve()),
        "drawings": str(directory.resolve()),
        "types": sorted(limits.types),
        "bounds": {field: getattr(limits.bounds, field) for field in limits.bounds.__dataclass_fields__},
        "confinement": CONFINEMENT,
    }
    status, output = _run(json.dumps(request), directory)
    if status == 0:
        return json.loads(output)
    if status is None or status < 0:
        return {"refused": "file_too_heavy", "data": {"detail": _ending(status)}}
    raise InspectionUnavailable


def _run(request: str, directory: Path) -> tuple[int | None, bytes]:
    """Exit status and answer of the child; None when patience ran out. A negative status is a signal."""
    command = [sys.executable, "-I", str(_CHILD), request]
    environment = {"LANG": "C.UTF-8", "MALLOC_ARENA_MAX": "2", "OMP_NUM_THREADS": "1"}
    try:
        child = subprocess.Popen(
            command,
            cwd=directory,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except OSError as error:
        raise InspectionUnavailable from error
    with child:
        try:
            output, _ = child.communicate(timeout=_PATIENCE)
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, signal.SIGKILL)
            return None, b""
    return child.returncode, output


def _ending(status: int | None) -> str:
    return "out of time" if status is None else signal.Signals(-status).name
