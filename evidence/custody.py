"""The custody log of a file: who touched it, when and how, each entry sealed over the one before."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db import connection

from evidence.models import CustodyEvent, CustodyHead, StoredFile


def record(
    file_id: UUID, action: str, *, actor_id: int | None, at: datetime, detail: dict[str, Any] | None = None
) -> CustodyEvent:
    """Append one entry. Runs inside the caller's transaction and serialises with others on the same file."""
    lock(f"custody:{file_id}")
    last = CustodyEvent.objects.filter(file_id=file_id).order_by("-sequence").first()
    event = CustodyEvent(
        file_id=file_id,
        sequence=last.sequence + 1 if last else 1,
        action=action,
        actor_id=actor_id,
        at=max(at, last.at) if last else at,
        detail=detail or {},
    )
    event.digest = digest_of(event, previous=last.digest if last else "")
    event.save(force_insert=True)
    head = CustodyHead(file_id=file_id, sequence=event.sequence, digest=event.digest)
    CustodyHead.objects.bulk_create(
        [head], update_conflicts=True, unique_fields=["file"], update_fields=["sequence", "digest"]
    )
    return event


def digest_of(event: CustodyEvent, *, previous: str) -> str:
    """SHA-256, in hexadecimal, over the previous digest and the event's own fields in one fixed writing."""
    fields = {
        "previous": previous,
        "file": str(event.file_id),
        "sequence": event.sequence,
        "action": event.action,
        "actor": event.actor_id,
        "at": event.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "detail": event.detail,
    }
    writing = json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(writing.encode("ascii")).hexdigest()


def first_wrong_entry(file_id: UUID) -> int | None:
    """The sequence number at which the log stops being what was written; None when it is whole."""
    previous, expected = "", 0
    for expected, event in enumerate(_entries(file_id), start=1):
        if event.sequence != expected or event.digest != digest_of(event, previous=previous):
            return expected
        previous = event.digest
    head = CustodyHead.objects.filter(file_id=file_id).values_list("sequence", "digest").first()
    return None if expected and head == (expected, previous) else expected + 1


def whose_file_is_gone() -> list[UUID]:
    """Files that a custody entry or the end of a log names, and that nobody received."""
    named = CustodyEvent.objects.values_list("file_id").union(CustodyHead.objects.values_list("file_id"))
    received = StoredFile.objects.values_list("pk")
    return sorted(file_id for (file_id,) in named.difference(received))


def _entries(file_id: UUID) -> Iterator[CustodyEvent]:
    return CustodyEvent.objects.filter(file_id=file_id).order_by("sequence").iterator()


def lock(name: str) -> None:
    """Hold a name until the transaction ends. The application may not lock rows of tables it cannot change."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"evidence:{name}"])
