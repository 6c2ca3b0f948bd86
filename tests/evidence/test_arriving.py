"""Uploads too large for memory, on their way in."""

import resource
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadhandler import MemoryFileUploadHandler
from django.http import HttpRequest
from django.test import RequestFactory

from evidence.arriving import Lost, NamelessUploadHandler
from evidence.errors import StorageFull, StorageUnavailable

LARGE = b"0123456789abcdef" * 200_000


@pytest.fixture
def temporary(settings: Any, tmp_path: Path) -> Path:
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path)
    return tmp_path


def sent(body: bytes = LARGE) -> HttpRequest:
    file = BytesIO(body)
    file.name = "film.mp4"
    request = RequestFactory().post("/", {"files": file})
    request.upload_handlers = [MemoryFileUploadHandler(request), NamelessUploadHandler(request)]
    return request


@contextmanager
def room_for(largest: int) -> Iterator[None]:
    """No file may grow beyond `largest` bytes, as on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (largest, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_large_upload_arrives_whole_and_has_no_name_on_the_disk(temporary: Path) -> None:
    request = sent()
    upload = request.FILES["files"]
    assert list(temporary.iterdir()) == []
    assert (upload.name, upload.size) == ("film.mp4", len(LARGE))
    assert b"".join(upload.chunks()) == LARGE
    assert b"".join(upload.chunks()) == LARGE
    request.close()


def test_a_small_upload_stays_in_memory(temporary: Path) -> None:
    upload = sent(b"small").FILES["files"]
    assert upload.read() == b"small"
    assert not isinstance(upload.file, tempfile._TemporaryFileWrapper)


@pytest.mark.parametrize("largest", [0, 100_000, len(LARGE) - 1])
def test_an_upload_without_room_says_so_to_whoever_reads_it(temporary: Path, largest: int) -> None:
    with room_for(largest):
        upload = sent().FILES["files"]
    assert isinstance(upload, Lost)
    with pytest.raises(StorageFull):
        next(upload.chunks())
    with pytest.raises(StorageFull):
        upload.read()


def test_a_folder_that_is_gone_is_unavailable(temporary: Path) -> None:
    temporary.rmdir()
    with pytest.raises(StorageUnavailable):
        sent().FILES["files"].read()
