"""Publishing policy versions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Max

from rules import loader
from rules.engine.compiler import compile_policy
from rules.models import PolicyVersion

LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('gongduan.publish.' || %s, 0))"


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """What publishing did."""

    pack: str
    number: int
    new: bool


@transaction.atomic
def publish_version(
    pack: str, *, source: str, document: dict[str, Any], effective_from: datetime, published_by_id: int | None = None,
    note: str = "",
) -> Published:  # fmt: skip
    """Publish a resolved document as the next version of its pack, unless the newest one says just the same.

    Raises DocumentError when the document does not compile.
    """
    policy = compile_policy(document)
    text, digest = loader.canonical(document), loader.digest(document)
    one_at_a_time(pack)
    newest = PolicyVersion.objects.filter(pack=pack).order_by("-number").first()
    if newest is not None and newest.digest == digest:
        return Published(pack=pack, number=newest.number, new=False)
    number = (newest.number if newest else 0) + 1
    PolicyVersion.objects.create(
        pack=pack, number=number, platform=policy.platform, format=policy.format, source=source, document=text,
        digest=digest, effective_from=effective_from, published_by_id=published_by_id, note=note,
    )  # fmt: skip
    return Published(pack=pack, number=number, new=True)


def one_at_a_time(pack: str) -> None:
    """Hold the pack's name until the transaction ends: rows of append-only tables cannot be locked."""
    with connection.cursor() as cursor:
        cursor.execute(LOCK, [pack])


def publish_shipped_packs() -> tuple[Published, ...]:
    """Publish every pack that came with this release and is not yet published in this form.

    The first time, all dated versions of a pack are published in order of their effective dates. Later
    releases add a version only when the shipped text changed and nobody has published over it since.
    """
    done = []
    for pack in loader.pack_names():
        known = set(PolicyVersion.objects.filter(pack=pack).values_list("digest", flat=True))
        for version in loader.pack_versions(pack):
            document = loader.load_version_document(version).values
            if loader.digest(document) not in known:
                done.append(_publish_shipped(pack, version, document))
    return tuple(done)


def _publish_shipped(pack: str, version: loader.PackVersion, document: dict[str, Any]) -> Published:
    """A shipped text takes effect on its own day; one without a day always was."""
    start = version.effective_from or datetime(2000, 1, 1, tzinfo=UTC)
    return publish_version(pack, source=loader.version_source(version), document=document, effective_from=start)


def newest_number(pack: str) -> int:
    """The number of the newest version of a pack; 0 when there is none."""
    return PolicyVersion.objects.filter(pack=pack).aggregate(n=Max("number"))["n"] or 0
