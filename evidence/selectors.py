"""What others may know of files: frozen views, never rows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from evidence.errors import FileUnknown
from evidence.inspection.findings import IMAGE
from evidence.models import Derivative, StoredFile


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredFileView:
    """One received file as pages and the API show it. Never changes after receipt, but for `has_preview`."""

    id: UUID
    #: Of the original bytes, hexadecimal.
    sha256: str
    #: Bytes.
    size: int
    #: image, video, document or text.
    kind: str
    #: By content.
    media_type: str
    #: Cleaned for display; may hold any script.
    name: str
    received_at: datetime
    uploaded_by_id: int
    #: Whether there is a picture to show; false for films, documents and texts.
    has_preview: bool
    #: Pixels, before turning by EXIF; None where the kind has no such thing.
    width: int | None
    height: int | None
    pages: int | None
    #: Milliseconds.
    duration_ms: int | None


def file_by_id(file_id: UUID) -> StoredFileView:
    """Raises FileUnknown."""
    try:
        return files_by_id([file_id])[file_id]
    except KeyError:
        raise FileUnknown from None


def files_by_id(file_ids: Iterable[UUID]) -> dict[UUID, StoredFileView]:
    """The files among `file_ids` that exist, in one statement."""
    return {file.pk: _view(file) for file in _files().filter(pk__in=list(file_ids))}


def pictures_without_preview() -> tuple[UUID, ...]:
    """Pictures nothing was drawn of, oldest first."""
    previews = Derivative.objects.filter(file=OuterRef("pk"), variant=Derivative.Variant.PREVIEW)
    return tuple(StoredFile.objects.filter(~Exists(previews), kind=IMAGE).order_by("pk").values_list("pk", flat=True))


def _files() -> QuerySet[StoredFile]:
    return StoredFile.objects.select_related("inspection")


def _view(file: StoredFile) -> StoredFileView:
    return StoredFileView(
        id=file.pk,
        sha256=file.sha256,
        size=file.size,
        kind=file.kind,
        media_type=file.media_type,
        name=file.name,
        received_at=file.received_at,
        uploaded_by_id=file.uploaded_by_id,
        has_preview=file.kind == IMAGE,
        width=file.inspection.width,
        height=file.inspection.height,
        pages=file.inspection.pages,
        duration_ms=file.inspection.duration_ms,
    )
