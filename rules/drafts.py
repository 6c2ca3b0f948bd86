"""Drafts of rules: begun from any version, changed by one person at a time, ended once.

Every change names the revision it was made on; whoever comes second is told, and loses nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from contract.clock import database_now
from contract.errors import Conflict, FieldProblem, Invalid, NotFound, Stale
from rules import loader
from rules.actions import Kind, record
from rules.drafts_changes import sources_brought
from rules.engine.policy import Policy
from rules.models import Draft, PolicyVersion
from rules.selectors import VersionView, version
from rules.services import newest_number

Status = Draft.Status
OPEN = (Status.EDITING, Status.SUBMITTED, Status.APPROVED)
LONGEST_TITLE = 200


class BadTitle(Invalid):
    """A draft's title says nothing, or too much."""

    code = "invalid_fields"


class DraftChanged(Stale):
    """Somebody else changed the draft meanwhile; `revision` is the one it has now."""

    code = "draft_changed"
    sentence = _("Somebody else changed this draft meanwhile. Check it, then decide again.")
    outward = (*Stale.outward, "revision")


class DraftClosed(Conflict):
    """The draft is published or discarded."""

    code = "draft_closed"
    sentence = _("This draft is published or discarded; nothing about it changes any more.")


class DraftNotInWork(Conflict):
    """The draft waits for approval, or has it: it must be sent back before it can be changed."""

    code = "draft_not_in_work"
    sentence = _("This draft is submitted. Send it back before you change it.")


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptedTrap:
    """A trap somebody knows of and lets stand."""

    finding: str
    """Code and subject of the finding."""
    reason: str
    by: str
    at: str
    """ISO 8601."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """On what a changed number rests."""

    source: str
    confidence: str
    value: Any
    """The number it speaks of, as JSON: for another one it says nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftView:
    """One draft as it stands."""

    id: int
    pack: str
    platform: str
    title: str
    origin: VersionView
    """Whose text it began with."""
    base: VersionView
    """What it builds on: the newest version when it was begun or carried over."""
    text: str
    """The canonical document."""
    digest: str
    revision: int
    status: str
    status_label: str
    notes: Mapping[str, Source]
    """By the pointer to a changed number."""
    accepted: tuple[AcceptedTrap, ...]
    author: str
    author_id: int
    submitted_by: str
    submitted_by_id: int | None
    approved_by: str
    approved_by_id: int | None
    effective_from: datetime | None
    """The moment asked for; None: when it is published."""
    published_number: int | None
    changed_at: datetime

    @property
    def policy(self) -> Policy:
        """The rules it would publish."""
        return loader.compile_canonical(self.text)

    @property
    def document(self) -> dict[str, Any]:
        """The resolved document, the caller's own copy."""
        return dict(json.loads(self.text))

    @property
    def in_work(self) -> bool:
        return self.status == Status.EDITING

    @property
    def is_open(self) -> bool:
        return self.status in OPEN


@transaction.atomic
def begin_draft(origin: VersionView, *, title: str, author_id: int) -> DraftView:
    """A draft with the text of a version; of an older one it rolls back what came after.

    Raises BadTitle for no title, or one that is too long.
    """
    row = PolicyVersion.objects.get(pk=origin.id)
    newest = PolicyVersion.objects.get(pack=row.pack, number=newest_number(row.pack))
    said = loader.compile_canonical(newest.document).document
    draft = Draft.objects.create(
        pack=row.pack, platform=row.platform, title=checked_title(title), origin=row, base=newest,
        document=row.document, digest=row.digest, author_id=author_id,
        notes=sources_brought(said, said, origin.policy.document),
    )  # fmt: skip
    record(
        Kind.BEGUN, pack=row.pack, actor_id=author_id, draft_id=draft.pk,
        after={"title": draft.title, "origin": row.number, "base": draft.base.number},
    )  # fmt: skip
    return draft_of(row.pack, draft.pk)


def drafts_of(pack: str) -> tuple[DraftView, ...]:
    """All drafts of a pack, the newest first."""
    return tuple(_view(row) for row in _rows().filter(pack=pack).order_by("-pk"))


def draft_of(pack: str, draft_id: int) -> DraftView:
    """One draft of a pack. Raises NotFound."""
    row = _rows().filter(pack=pack, pk=draft_id).first()
    if row is None:
        raise NotFound
    return _view(row)


@contextmanager
def changing(pack: str, draft_id: int, *, revision: int | None, in_work: bool = True) -> Iterator[Draft]:
    """The draft's row, locked and saved with its next revision at the end. None takes whatever revision it has.

    Raises NotFound, DraftChanged, DraftClosed, DraftNotInWork.
    """
    with transaction.atomic():
        row = Draft.objects.select_for_update().filter(pack=pack, pk=draft_id).first()
        if row is None:
            raise NotFound
        if revision is not None and row.revision != revision:
            raise DraftChanged(revision=row.revision)
        if row.status not in OPEN:
            raise DraftClosed
        if in_work and row.status != Status.EDITING:
            raise DraftNotInWork
        yield row
        row.revision += 1
        row.changed_at = database_now()
        row.save()


def discard_draft(pack: str, draft_id: int, *, revision: int | None, actor_id: int) -> DraftView:
    """Give a draft up; it stays readable. Raises as `changing`."""
    with changing(pack, draft_id, revision=revision, in_work=False) as row:
        before, row.status = row.status, Status.DISCARDED
        record(Kind.DISCARDED, pack=pack, actor_id=actor_id, draft_id=row.pk, before={"status": before})
    return draft_of(pack, draft_id)


def checked_title(title: str) -> str:
    """Raises BadTitle."""
    text = title.strip()
    if text and len(text) <= LONGEST_TITLE:
        return text
    detail = _("Say in a few words what the draft is for.") if not text else _("This title is too long.")
    code = "text_too_long" if text else "required"
    raise BadTitle(fields=[FieldProblem(pointer="/title", code=code, detail=detail)])


def _rows() -> QuerySet[Draft]:
    return Draft.objects.select_related("author", "submitted_by", "approved_by", "published")


def _view(row: Draft) -> DraftView:
    return DraftView(
        id=row.pk, pack=row.pack, platform=row.platform, title=row.title, origin=version(row.origin_id),
        base=version(row.base_id), text=row.document, digest=row.digest, revision=row.revision, status=row.status,
        status_label=str(row.get_status_display()),
        notes={pointer: Source(**told) for pointer, told in row.notes.items()},
        accepted=tuple(AcceptedTrap(**trap) for trap in row.accepted), author=str(row.author),
        author_id=row.author_id, submitted_by=str(row.submitted_by or ""), submitted_by_id=row.submitted_by_id,
        approved_by=str(row.approved_by or ""), approved_by_id=row.approved_by_id,
        effective_from=row.effective_from, published_number=row.published.number if row.published else None,
        changed_at=row.changed_at,
    )  # fmt: skip
