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
its commit gets the first answer; after its rollback, starts anew. A refusal is kept by ``keep_refusal`` and raised
again by ``begin``; commit before raising it the first time.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.core.files.uploadedfile import UploadedFile
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connections
from django.db.transaction import TransactionManagementError
from django.http import HttpRequest, QueryDict
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from contract.errors import Conflict, DomainError, Forbidden, Invalid, Malformed, Stale
from contract.models import IdempotencyKey

HEADER: Final = "Idempotency-Key"
REPLAY_HEADER: Final = "Idempotency-Replayed"
LONGEST_KEY: Final = 255
KEPT_FOR: Final = timedelta(hours=48)
"""At least the 24 hours that are promised, with a day to spare."""


KEPT: Final = (Conflict, Forbidden, Stale)
"""Refusals that answer a request for good: decided as things stood. What was wrong with the request itself may be
mended under the same key, and what was out of order or too much at the time may be tried again."""


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
    keeps_refusals: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A request that names a key, as it travels from the entry point to the service that acts."""

    user_id: int
    key: str
    method: str
    path: str
    body_digest: str
    keeps_refusals: bool = False
    """Whether a refusal is an answer too. A page's key only tells a second click from the first: what is refused now
    may be sent again from the same page when it has become possible."""

    def begin(self, *, using: str = "default") -> Replay | Fresh:
        """As :func:`begin`."""
        _require_transaction(using)
        return _begun(self._slot(using))

    @contextmanager
    def reserved(self, *, using: str = "default") -> Iterator[Replay | None]:
        """Hold the key outside any transaction, for what is slow and comes before: nobody else begins meanwhile.

        Gives the first answer if there is one. The lock belongs to the connection, so `begin` may take the key too.
        Raises as :func:`begin`.
        """
        slot = self._slot(using)
        if not _lock("pg_try_advisory_lock", slot):
            raise StillRunning
        try:
            yield _answer_to(slot)
        finally:
            _lock("pg_advisory_unlock", slot)

    def _slot(self, using: str) -> Fresh:
        return Fresh(
            user_id=self.user_id, route=f"{self.method} {self.path}", key=_checked(self.key),
            body_digest=self.body_digest, using=using, keeps_refusals=self.keeps_refusals,
        )  # fmt: skip


def begin(
    user_id: int, key: str, method: str, path: str, body_digest: str, *, using: str = "default"
) -> Replay | Fresh:
    """Ask whether this request is a repetition; call it first in the transaction that acts.

    ``path`` is without the query string, which belongs into ``body_digest`` (64 hexadecimal digits, as
    :func:`digest_of` gives them). Waits for nobody.

    Raises BadKey (400), KeyReused (422: the first request under the key had another body), StillRunning (409:
    the first has not ended), TransactionManagementError outside ``transaction.atomic``; and the refusal that
    answered the first request, marked as ``replayed``.
    """
    call = Call(user_id=user_id, key=key, method=method, path=path, body_digest=body_digest)
    return call.begin(using=using)


def _begun(slot: Fresh) -> Replay | Fresh:
    if not _lock("pg_try_advisory_xact_lock", slot):
        raise StillRunning
    return _answer_to(slot) or slot


def _answer_to(slot: Fresh) -> Replay | None:
    kept = _kept(slot)
    if kept is None:
        return None
    if kept.body_digest != slot.body_digest:
        raise KeyReused
    if kept.refusal:
        raise _refusal(kept)
    return Replay(status=kept.answer_status, body=json.loads(kept.answer_body), headers=dict(kept.answer_headers))


def _refusal(kept: IdempotencyKey) -> DomainError:
    """The refusal as it was told, in the language it was told in."""
    told = json.loads(kept.answer_body)
    error: DomainError = import_string(kept.refusal)(told["code"], told["sentence"], **told["data"])
    error.replayed = True
    return error


def keep_refusal(slot: Fresh, error: DomainError) -> None:
    """Keep a refusal as the answer, in the transaction that settled what came before it; others leave the key free."""
    if not slot.keeps_refusals or not isinstance(error, KEPT):
        return
    told = {"code": error.code, "sentence": str(error.sentence), "data": dict(error.data)}
    _keep(slot, status=error.status, body=told, refusal=f"{type(error).__module__}.{type(error).__qualname__}")


def finish(slot: Fresh, *, status: int, body: Any, headers: Mapping[str, str] | None = None) -> None:
    """Keep the answer, in the same transaction as the action; ``body`` is what JSON can hold."""
    _keep(slot, status=status, body=body, headers=headers)


def _keep(slot: Fresh, *, status: int, body: Any, headers: Mapping[str, str] | None = None, refusal: str = "") -> None:
    _require_transaction(slot.using)
    IdempotencyKey.objects.using(slot.using).create(
        user_id=slot.user_id,
        route=slot.route,
        key=slot.key,
        body_digest=slot.body_digest,
        answer_status=status,
        answer_body=json.dumps(body, cls=DjangoJSONEncoder, ensure_ascii=False),
        answer_headers=dict(headers or {}),
        refusal=refusal,
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
    seen = request.headers.get("If-Match")
    query = request.META.get("QUERY_STRING", "") + (f"\nIf-Match: {seen}" if seen is not None else "")
    return Call(
        user_id=user_id, key=_checked(key), method=request.method or "", path=request.path,
        body_digest=digest_of(data, files=request.FILES, query=query), keeps_refusals=True,
    )  # fmt: skip


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


def _lock(function: str, slot: Fresh) -> bool:
    """Take or give back the key by a lock that vanishes with the transaction, or the connection, however that ends."""
    name = "\0".join(("contract.idempotency", str(slot.user_id), slot.route, slot.key))
    number = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], signed=True)
    with connections[slot.using].cursor() as cursor:
        cursor.execute(f"SELECT {function}(%s)", [number])
        (done,) = cursor.fetchone()
    return bool(done)


def _kept(slot: Fresh) -> IdempotencyKey | None:
    """Read after the lock, in a statement of its own: its snapshot then holds what the last holder committed."""
    rows = IdempotencyKey.objects.using(slot.using)
    return rows.filter(user_id=slot.user_id, route=slot.route, key=slot.key).first()


def _require_transaction(using: str) -> None:
    if not connections[using].in_atomic_block:
        raise TransactionManagementError("an idempotency key lives in the transaction of its action")
