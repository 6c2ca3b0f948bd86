"""Bytes and rows of a file that passed the gate: both are kept, or neither."""

from __future__ import annotations

import contextlib
import secrets
import uuid
from collections.abc import Iterable, Iterator
from datetime import datetime
from uuid import UUID

from django.db import transaction

from contract.clock import database_now
from evidence import custody, gate, storage
from evidence.inspection.findings import Found
from evidence.models import CustodyEvent, Derivative, Inspection, StoredFile


def keep(incoming: storage.Incoming, passed: gate.Passed, *, name: str, declared_type: str, uploader_id: int) -> UUID:
    """Bytes and rows together, or neither."""
    with transaction.atomic(), taken_back_on_failure() as placed:
        now = database_now()
        stored = StoredFile(
            id=new_file_id(now),
            sha256=incoming.sha256,
            size=incoming.size,
            kind=passed.found.kind,
            media_type=passed.found.media_type,
            name=name,
            declared_type=declared_type,
            storage_key=storage.key_for(incoming.sha256),
            received_at=now,
            uploaded_by_id=uploader_id,
        )
        _lock_contents([incoming.sha256])
        stored.save(force_insert=True)
        _record_acceptance(stored, passed.found)
        if storage.place(incoming):
            placed.append(stored.storage_key)
        detail = {"sha256": incoming.sha256, "size": incoming.size}
        custody.record(stored.pk, CustodyEvent.Action.RECEIVED, actor_id=uploader_id, at=now, detail=detail)
        keep_drawings(stored.pk, passed.drawings, placed, now)
    return stored.pk


@contextlib.contextmanager
def taken_back_on_failure() -> Iterator[list[str]]:
    """Places newly filled; emptied again when the transaction around fails, while its locks still hold."""
    placed: list[str] = []
    try:
        yield placed
    except BaseException:
        for key in placed:
            storage.remove(key)
        raise


def _lock_contents(hashes: Iterable[str]) -> None:
    for sha256 in sorted(hashes):
        custody.lock(f"content:{sha256}")


def keep_drawings(file_id: UUID, drawings: Iterable[gate.DrawnFile], placed: list[str], now: datetime) -> None:
    made = {}
    for drawing in drawings:
        body = drawing.path.read_bytes()
        sha256, is_new = _place_drawing(body)
        if is_new:
            placed.append(storage.key_for(sha256))
        made[drawing.variant] = sha256
        derivative = Derivative(
            file_id=file_id,
            variant=drawing.variant,
            sha256=sha256,
            size=len(body),
            width=drawing.width,
            height=drawing.height,
            tool=drawing.tool,
            storage_key=storage.key_for(sha256),
            derived_at=now,
        )
        Derivative.objects.bulk_create([derivative], ignore_conflicts=True)
    if made:
        custody.record(file_id, CustodyEvent.Action.DERIVED, actor_id=None, at=now, detail=made)


def _place_drawing(body: bytes) -> tuple[str, bool]:
    with storage.receiving([body], name="", max_bytes=len(body)) as incoming:
        _lock_contents([incoming.sha256])
        return incoming.sha256, storage.place(incoming)


def _record_acceptance(stored: StoredFile, found: Found) -> None:
    Inspection.objects.create(
        file=stored,
        verdict=Inspection.Verdict.ACCEPTED,
        detail={"remarks": list(found.remarks)} if found.remarks else {},
        sha256=stored.sha256,
        size=stored.size,
        name=stored.name,
        media_type=found.media_type,
        width=found.width,
        height=found.height,
        frames=found.frames,
        pages=found.pages,
        duration_ms=found.duration_ms,
        inspected_at=stored.received_at,
        uploaded_by_id=stored.uploaded_by_id,
    )


def new_file_id(now: datetime) -> UUID:
    """A UUID of version 7 (RFC 9562): milliseconds of the one clock, then 74 random bits."""
    milliseconds = int(now.timestamp() * 1000)
    random = secrets.randbits(74)
    return uuid.UUID(int=milliseconds << 80 | 0x7 << 76 | (random >> 62) << 64 | 0b10 << 62 | random & (1 << 62) - 1)
