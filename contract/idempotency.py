"""A request repeated under the same ``Idempotency-Key`` is done once and answered twice.

The key and its answer are written in the action's own transaction, so there is never an action without its
answer or an answer without its action::

    with transaction.atomic():
        slot = begin(user_id, key, method, path, body_digest)
        if isinstance(slot, Replay):
            return slot                      # done before: give the first answer again
        ...                                  # do it
        finish(slot, status=201, body=answer, headers={"Location": address})

Whoever comes while the first still runs is refused at once (:class:`StillRunning`, 409); whoever comes after
its commit gets the first answer; after its rollback, starts anew. Refusals may be kept like any other answer:
call ``finish`` with their status and body.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.core.files.uploadedfile import UploadedFile
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connections
from django.db.transaction import TransactionManagementError
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext_lazy as _

from contract.errors import Conflict, Invalid, Malformed
from contract.models import IdempotencyKey

HEADER: Final = "Idempotency-Key"
REPLAY_HEADER: Final = "Idempotency-Replayed"
LONGEST_KEY: Final = 255
KEPT_FOR: Final = timedelta(hours=48)
"""At least the 24 hours that are promised, with a day to spare."""


class BadKey(Malformed):
    code = "bad_idempotency_key"
    sentence = _("An idempotency key is 1 to 255 visible ASCII characters.")


class KeyReused(Invalid):
    code = "idempotency_key_reused"
    sentence = _("This idempotency key was used before, for another request.")


class StillRunning(Conflict):
    code = "idempotency_key_in_use"
    sentence = _("The first request under this idempotency key is still running.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """The answer given the first time."""

    status: int
    body: Any
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fresh:
    """Nobody came before under this key; until this transaction ends nobody else will."""

    user_id: int
    route: str
    key: str
    body_digest: str
    using: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A request that names a key, as it travels from the entry point to the service that acts."""

    user_id: int
    key: str
    method: str
    path: str
    body_digest: str

    def begin(self, *, using: str = "default") -> Replay | Fresh:
        return begin(self.user_id, self.key, self.method, self.path, self.body_digest, using=using)


def begin(
    user_id: int, key: str, method: str, path: str, body_digest: str, *, using: str = "default"
) -> Replay | Fresh:
    """Ask whether this request is a repetition; call it first in the transaction that acts.

    ``path`` is without the query string, which belongs into ``body_digest`` (64 hexadecimal digits, as
    :func:`digest_of` gives them). Waits for nobody.

    Raises BadKey (400), KeyReused (422: the first request under the key had another body), StillRunning (409:
    the first has not ended), TransactionManagementError outside ``transaction.atomic``.
    """
    _require_transaction(using)
    slot = Fresh(user_id=user_id, route=f"{method} {path}", key=_checked(key), body_digest=body_digest, using=using)
    _reserve(slot)
    kept = _kept(slot)
    if kept is None:
        return slot
    if kept.body_digest != body_digest:
        raise KeyReused
    return Replay(status=kept.answer_status, body=json.loads(kept.answer_body), headers=dict(kept.answer_headers))


def finish(slot: Fresh, *, status: int, body: Any, headers: Mapping[str, str] | None = None) -> None:
    """Keep the answer, in the same transaction as the action; ``body`` is what JSON can hold."""
    _require_transaction(slot.using)
    IdempotencyKey.objects.using(slot.using).create(
        user_id=slot.user_id,
        route=slot.route,
        key=slot.key,
        body_digest=slot.body_digest,
        answer_status=status,
        answer_body=json.dumps(body, cls=DjangoJSONEncoder, ensure_ascii=False),
        answer_headers=dict(headers or {}),
    )


def call_of(request: HttpRequest, data: Any = None) -> Call | None:
    """The request as a Call, or None when it names no key; ``data`` is its parsed body.

    Works for Django's requests and the REST framework's. Raises BadKey (400).
    """
    key = request.headers.get(HEADER)
    if key is None:
        return None
    user_id = request.user.pk
    if user_id is None:
        return None
    digest = digest_of(data, files=request.FILES, query=request.META.get("QUERY_STRING", ""))
    return Call(user_id=user_id, key=_checked(key), method=request.method or "", path=request.path, body_digest=digest)


def digest_of(data: Any, *, files: Mapping[str, Any] | None = None, query: str = "") -> str:
    """SHA-256 over the meaning of a request: its query, its parsed body and the bytes of its files.

    Not over the raw body: a repeated multipart form has another boundary.
    """
    digest = hashlib.sha256()
    for part in _parts(data, files or {}, query):
        digest.update(hashlib.sha256(part).digest())
    return digest.hexdigest()


def forget_old_keys(now: datetime, *, using: str = "default") -> int:
    """Delete the answers nobody is promised any more; the number deleted."""
    deleted, _by_model = IdempotencyKey.objects.using(using).filter(created_at__lt=now - KEPT_FOR).delete()
    return deleted


def _parts(data: Any, files: Mapping[str, Any], query: str) -> Iterator[bytes]:
    yield query.encode()
    if isinstance(data, QueryDict):
        data = {name: values for name, values in data.lists() if name not in files}
    yield json.dumps(data, cls=DjangoJSONEncoder, sort_keys=True).encode()
    for name in sorted(files):
        listed = files.getlist(name) if hasattr(files, "getlist") else [files[name]]
        for file in listed:
            yield f"{name}/{file.name}".encode()
            yield _file_digest(file)


def _file_digest(file: UploadedFile) -> bytes:
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    file.seek(0)
    return digest.digest()


def _checked(key: str) -> str:
    if 1 <= len(key) <= LONGEST_KEY and all("!" <= character <= "~" for character in key):
        return key
    raise BadKey


def _reserve(slot: Fresh) -> None:
    """Take the key for this transaction, by a lock that vanishes with it, however it ends."""
    name = "\0".join(("contract.idempotency", str(slot.user_id), slot.route, slot.key))
    number = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], signed=True)
    with connections[slot.using].cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [number])
        (reserved,) = cursor.fetchone()
    if not reserved:
        raise StillRunning


def _kept(slot: Fresh) -> IdempotencyKey | None:
    """Read after the lock, in a statement of its own: its snapshot then holds what the last holder committed."""
    rows = IdempotencyKey.objects.using(slot.using)
    return rows.filter(user_id=slot.user_id, route=slot.route, key=slot.key).first()


def _require_transaction(using: str) -> None:
    if not connections[using].in_atomic_block:
        raise TransactionManagementError("an idempotency key lives in the transaction of its action")
