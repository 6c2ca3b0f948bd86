"""What administrators change: a pack's numbers, published as a new version for new cases."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext_lazy as _

from contract.clock import database_now
from contract.errors import FieldProblem, Invalid, Stale, Words
from rules.actions import Kind, record
from rules.drafting import NewTerm, with_lengths
from rules.selectors import VersionView
from rules.services import Published, newest_number, publish_version

LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('gongduan.publish.' || %s, 0))"


class Overtaken(Stale):
    """Somebody else published a version of the pack meanwhile."""

    code = "version_changed"
    sentence = _("Somebody else published a new version of this pack meanwhile.")


@dataclass(frozen=True, slots=True, kw_only=True)
class LengthChange:
    """One deadline with the lengths it shall have, and why."""

    name: str
    terms: Sequence[NewTerm]
    source: str
    confidence: str
    effective_from: datetime | None
    """None: now."""


@transaction.atomic
def publish_length(base: VersionView, change: LengthChange, *, published_by_id: int) -> Published:
    """Publish a pack with one deadline changed. New cases run under it, running ones keep what they were promised.

    `base` is the version the change was made on. Raises Overtaken when it is no longer the newest, Invalid for a
    version that would take effect in the past or before the one it builds on.
    """
    with connection.cursor() as cursor:
        cursor.execute(LOCK, [base.pack])
    if newest_number(base.pack) != base.number:
        raise Overtaken
    document = with_lengths(
        base.policy.document, change.name, change.terms, source=change.source, confidence=change.confidence
    )
    starts = _start(change.effective_from, base)
    try:
        done = publish_version(
            base.pack, source=json.dumps(document, ensure_ascii=False, indent=1), document=document,
            effective_from=starts, published_by_id=published_by_id, note=f"{change.name}: {change.source}",
        )  # fmt: skip
    except IntegrityError as error:
        raise Overtaken from error
    record(
        Kind.LENGTH_PUBLISHED, pack=base.pack, actor_id=published_by_id, before={"version": base.number},
        after={"version": done.number, "deadline": change.name, "source": change.source},
    )  # fmt: skip
    return done


def _start(wanted: datetime | None, base: VersionView) -> datetime:
    now = database_now()
    if wanted is not None and wanted < now:
        raise Invalid(fields=[_wrong(_("This moment has passed. A version can only take effect now or later."))])
    starts = wanted or now
    if starts < base.effective_from:
        detail = _("The version this builds on takes effect later; choose its moment or a later one.")
        raise Invalid(fields=[_wrong(detail)])
    return starts


def _wrong(detail: Words) -> FieldProblem:
    return FieldProblem(pointer="/effective_from", code="too_early", detail=detail)
