"""Uploads on their way in: kept in a file without a name, which is gone with the process, however that ends."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Callable, Iterator
from typing import Any, NoReturn

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler

from evidence.errors import StorageFull, StorageUnavailable
from evidence.storage import saying_when_full


class NamelessUploadHandler(FileUploadHandler):
    """For what is too large for memory, in the place of Django's handler with a named temporary file.

    Where the disk fails nothing is raised, because no view could answer yet: whoever reads the upload is told.
    """

    def new_file(self, *arguments: Any, **named: Any) -> None:
        super().new_file(*arguments, **named)
        self.fault: StorageFull | StorageUnavailable | None = None
        self.file: Any = None
        self._try(self._open)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self._try(lambda: self.file.write(raw_data))

    def file_complete(self, file_size: int) -> UploadedFile:
        self._try(lambda: self.file.seek(0))
        told = (self.file_name, self.content_type, file_size, self.charset, self.content_type_extra)
        return Lost(self.fault, *told) if self.fault else UploadedFile(self.file, *told)

    def upload_interrupted(self) -> None:
        if getattr(self, "file", None):
            with contextlib.suppress(OSError):  # what it still held does not fit either
                self.file.close()

    def _open(self) -> None:
        self.file = tempfile.TemporaryFile(dir=settings.FILE_UPLOAD_TEMP_DIR)  # noqa: SIM115 - whoever reads the upload closes it

    def _try(self, do: Callable[[], Any]) -> None:
        """Do it, unless the disk has failed this upload already."""
        if self.fault is None:
            try:
                with saying_when_full():
                    do()
            except (StorageFull, StorageUnavailable) as fault:
                self.fault = fault
                self.upload_interrupted()


class Lost(UploadedFile):
    """An upload the disk failed: reading it raises StorageFull or StorageUnavailable."""

    def __init__(self, fault: Exception, *told: Any) -> None:
        super().__init__(None, *told)
        self.fault = fault

    def read(self, *_: Any) -> NoReturn:
        raise self.fault

    def chunks(self, chunk_size: int | None = None) -> Iterator[bytes]:
        raise self.fault
