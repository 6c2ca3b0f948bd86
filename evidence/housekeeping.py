"""The whole vault at once: is everything in it that should be, and nothing else?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Final
from uuid import UUID

from django.db import transaction

from contract.clock import database_now
from evidence import custody, storage
from evidence.models import Derivative, StoredFile

#: Nobody is still sending a file after this long.
ABANDONED_AFTER: Final = timedelta(days=1)


def every_file() -> Iterator[UUID]:
    """Ids of all received files, oldest first."""
    yield from StoredFile.objects.order_by("pk").values_list("pk", flat=True).iterator()


def orphans() -> list[str]:
    """Places that hold bytes no row knows: left by a process killed between disk and commit."""
    return [key for key in storage.stored_keys() if not _is_known(key)]


def remove_orphan(key: str) -> bool:
    """Remove bytes that no row knows. False when a row has come to know them meanwhile."""
    with transaction.atomic():
        custody.lock(f"content:{key.rsplit('/', 1)[-1]}")
        if _is_known(key):
            return False
        storage.remove(key)
    return True


def remove_abandoned_arrivals() -> int:
    """Remove temporary files of processes that died while receiving. Answers how many."""
    before = (database_now() - ABANDONED_AFTER).timestamp()
    paths = list(storage.abandoned_arrivals(before=before))
    for path in paths:
        storage.discard(path)
    return len(paths)


def _is_known(key: str) -> bool:
    return StoredFile.objects.filter(storage_key=key).exists() or Derivative.objects.filter(storage_key=key).exists()
