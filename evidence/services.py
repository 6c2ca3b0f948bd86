"""What may be done to the vault: receive, draw again, verify. Nothing changes what was received."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Protocol
from uuid import UUID

from django.db import transaction

from contract.clock import database_now
from evidence import custody, gate, rereading, storage
from evidence.errors import FileRefused, FileUnknown, NoPreview, TooManyFiles
from evidence.inspection.findings import IMAGE
from evidence.keeping import keep, keep_drawings, taken_back_on_failure
from evidence.kinds import Limits
from evidence.models import CustodyEvent, Derivative, Inspection, StoredFile
from evidence.names import display_name
from evidence.selectors import StoredFileView, file_by_id

#: The same person looking again at the same thing within this time is one look.
ONE_LOOK: Final = timedelta(minutes=15)

#: What is needed to draw a stored picture again: it passed the gate's numbers of its own day.
_ALREADY_ACCEPTED: Final = Limits(
    max_bytes_image=2**62, max_pixels=2**31, max_frames=100_000, max_pages=100_000, max_seconds=10**7
)


class Upload(Protocol):
    """What a form or the API hands over: Django's UploadedFile is one."""

    name: str | None
    content_type: str | None

    def chunks(self) -> Iterable[bytes]: ...


class Person(Protocol):
    """Anybody with a row among the users."""

    @property
    def pk(self) -> Any: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """The outcome of receiving several files: a bad one does not take the good ones with it."""

    files: tuple[StoredFileView, ...]
    refusals: tuple[FileRefused, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """What a re-reading of one file showed."""

    file_id: UUID
    #: Whether the original bytes still have the hash taken on receipt.
    bytes_intact: bool
    #: The first custody entry that is not what was written; None when the log is whole.
    first_wrong_entry: int | None
    #: Columns of its row that say something else than was recorded on receipt.
    changed_columns: tuple[str, ...] = ()
    #: Drawings that are not what was drawn.
    wrong_drawings: tuple[str, ...] = ()

    @property
    def is_sound(self) -> bool:
        whole = self.bytes_intact and self.first_wrong_entry is None
        return whole and not self.changed_columns and not self.wrong_drawings


def receive_files(*, uploads: Iterable[Upload], uploaded_by: Person, limits: Limits, already_given: int = 0) -> Receipt:
    """Receive each upload by itself. Raises TooManyFiles, StorageFull and the unavailable errors for all."""
    uploads = list(uploads)
    if already_given + len(uploads) > limits.max_files:
        raise TooManyFiles(max_files=limits.max_files)
    files, refusals = [], []
    for upload in uploads:
        try:
            files.append(receive_file(upload=upload, uploaded_by=uploaded_by, limits=limits))
        except FileRefused as refusal:
            refusals.append(refusal)
    return Receipt(files=tuple(files), refusals=tuple(refusals))


def receive_file(*, upload: Upload, uploaded_by: Person, limits: Limits) -> StoredFileView:
    """Hash, inspect and keep one file, and draw its preview.

    Takes about half a second; call it before opening a case's transaction, not inside.
    Raises FileRefused (recorded as an inspection), StorageFull, StorageUnavailable, InspectionUnavailable.
    """
    name, declared_type = display_name(upload.name or ""), (upload.content_type or "")[:100]
    with storage.receiving(upload.chunks(), name=name, max_bytes=limits.max_bytes) as incoming:
        try:
            with gate.inspected(
                incoming.path, name=name, declared_type=declared_type, size=incoming.size, limits=limits
            ) as passed:
                stored = keep(incoming, passed, name=name, declared_type=declared_type, uploader_id=uploaded_by.pk)
        except FileRefused as refusal:
            _record_refusal(refusal, incoming, name=name, uploader_id=uploaded_by.pk)
            raise
    return file_by_id(stored)


def _record_refusal(refusal: FileRefused, incoming: storage.Incoming, *, name: str, uploader_id: int) -> None:
    """A refused file leaves no bytes, but what was refused and why can be looked up later."""
    Inspection.objects.create(
        verdict=Inspection.Verdict.REFUSED,
        reason=refusal.code,
        detail={key: value for key, value in refusal.data.items() if key != "name"},
        sha256=incoming.sha256,
        size=incoming.size,
        name=name,
        media_type=str(refusal.data.get("found", ""))[:50],
        inspected_at=database_now(),
        uploaded_by_id=uploader_id,
    )


def record_view(file_id: UUID, *, viewer: Person, variant: str, now: datetime | None = None) -> None:
    """Note that somebody saw a file, once per `ONE_LOOK`. Raises FileUnknown."""
    _record_touch(file_id, CustodyEvent.Action.VIEWED, viewer, variant, now)


def record_download(file_id: UUID, *, viewer: Person, now: datetime | None = None) -> None:
    """Note that somebody took the original with them. Raises FileUnknown."""
    _record_touch(file_id, CustodyEvent.Action.DOWNLOADED, viewer, "original", now)


def _record_touch(
    file_id: UUID, action: CustodyEvent.Action, viewer: Person, variant: str, now: datetime | None
) -> None:
    now = now or database_now()
    with transaction.atomic():
        if not StoredFile.objects.filter(pk=file_id).exists():
            raise FileUnknown
        custody.lock(f"custody:{file_id}")
        if action == CustodyEvent.Action.VIEWED and _was_just_seen(file_id, viewer, variant, now):
            return
        custody.record(file_id, action, actor_id=viewer.pk, at=now, detail={"variant": variant})


def _was_just_seen(file_id: UUID, viewer: Person, variant: str, now: datetime) -> bool:
    return CustodyEvent.objects.filter(
        file_id=file_id,
        action=CustodyEvent.Action.VIEWED,
        actor_id=viewer.pk,
        at__gt=now - ONE_LOOK,
        detail__variant=variant,
    ).exists()


def derive_preview(file_id: UUID) -> None:
    """Draw preview and thumbnail again where their bytes are missing; does nothing where they are there.

    Raises FileUnknown, NoPreview for anything but a picture, OriginalMissing.
    """
    stored = StoredFile.objects.filter(pk=file_id).first()
    if stored is None:
        raise FileUnknown
    if stored.kind != IMAGE:
        raise NoPreview
    if _has_drawings(file_id):
        return
    storage.open_bytes(stored.storage_key).close()
    with (
        gate.inspected(
            storage.path_of(stored.storage_key),
            name=stored.name,
            declared_type="",
            size=stored.size,
            limits=_ALREADY_ACCEPTED,
        ) as passed,
        transaction.atomic(),
        taken_back_on_failure() as placed,
    ):
        keep_drawings(file_id, passed.drawings, placed, database_now())


def _has_drawings(file_id: UUID) -> bool:
    there = {
        derivative.variant
        for derivative in Derivative.objects.filter(file_id=file_id)
        if storage.path_of(derivative.storage_key).exists()
    }
    return there == set(Derivative.Variant.values)


def verify_file(file_id: UUID, *, actor: Person | None = None) -> Verification:
    """Read everything kept of a file again and compare; the outcome is itself a custody entry. Raises FileUnknown."""
    stored = StoredFile.objects.filter(pk=file_id).first()
    if stored is None:
        raise FileUnknown
    intact = rereading.bytes_are_intact(stored)
    with transaction.atomic():
        custody.lock(f"custody:{file_id}")  # else an entry made meanwhile would look like one too many
        found = Verification(
            file_id=file_id, bytes_intact=intact, first_wrong_entry=custody.first_wrong_entry(file_id),
            changed_columns=tuple(rereading.changed_columns(stored)),
            wrong_drawings=tuple(rereading.wrong_drawings(stored)),
        )  # fmt: skip
        if found.first_wrong_entry is None:
            action = CustodyEvent.Action.VERIFIED if found.is_sound else CustodyEvent.Action.FOUND_DAMAGED
            custody.record(file_id, action, actor_id=actor.pk if actor else None, at=database_now())
    return found
