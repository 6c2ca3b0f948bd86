"""Reading what is kept of one file again: its bytes, its drawings and its row, against what was sealed on receipt."""

from __future__ import annotations

from collections.abc import Iterator

from evidence import storage
from evidence.models import CustodyEvent, Derivative, Inspection, StoredFile


def bytes_are_intact(stored: StoredFile) -> bool:
    """Whether the original still has the hash taken on receipt."""
    return stored.storage_key == storage.key_for(stored.sha256) and _hash_at(stored.storage_key) == stored.sha256


def _hash_at(key: str) -> str | None:
    """The sha256 of what lies there; None when nothing does, and where nothing can."""
    try:
        return storage.hash_of(key)
    except ValueError:
        return None


def wrong_drawings(stored: StoredFile) -> list[str]:
    """The variants people would see other than they were drawn. One that is missing is drawn again, and not wrong."""
    sealed = _sealed(stored, CustodyEvent.Action.DERIVED)
    drawn = {(variant, str(sha256)) for detail in sealed for variant, sha256 in detail.items()}
    found = Derivative.objects.filter(file_id=stored.pk).order_by("variant", "pk")
    rows = {(row.variant, row.sha256): row for row in found}
    missing = {variant for variant, sha256 in drawn - set(rows)}
    return sorted(missing | {row.variant for key, row in rows.items() if key not in drawn or not _is_as_drawn(row)})


def _is_as_drawn(row: Derivative) -> bool:
    place = storage.key_for(row.sha256)
    return row.storage_key == place and _hash_at(place) in (None, row.sha256)


def changed_columns(stored: StoredFile) -> list[str]:
    """The columns of a file's row that do not say what its custody log and its inspection say."""
    received = CustodyEvent.objects.filter(file_id=stored.pk, action=CustodyEvent.Action.RECEIVED).first()
    inspection = Inspection.objects.filter(file_id=stored.pk).first()
    if received is None or inspection is None:
        return ["inspection" if received else "custody log"]
    detail = received.detail if isinstance(received.detail, dict) else {}
    sealed = {name: detail.get(name) for name in ("sha256", "size")}
    sealed |= {"uploaded_by_id": received.actor_id, "received_at": received.at}
    told = {name: getattr(inspection, name) for name in ("sha256", "size", "name", "media_type", "uploaded_by_id")}
    told["received_at"] = inspection.inspected_at
    return sorted({name for said in (sealed, told) for name, value in said.items() if getattr(stored, name) != value})


def _sealed(stored: StoredFile, action: CustodyEvent.Action) -> Iterator[dict[str, object]]:
    entries = CustodyEvent.objects.filter(file_id=stored.pk, action=action)
    yield from (detail for detail in entries.values_list("detail", flat=True) if isinstance(detail, dict))
