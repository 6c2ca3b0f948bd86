"""What administrators begin on the page of one number: a draft of the pack with that change and its source."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from rules.drafting import NewTerm, same_lengths, with_lengths
from rules.drafts import DraftView, begin_draft, draft_of, drafts_of
from rules.drafts_changes import changes_between
from rules.drafts_editing import change_document
from rules.engine.policy import DeadlineRule
from rules.selectors import VersionView
from rules.services import one_at_a_time


@dataclass(frozen=True, slots=True, kw_only=True)
class LengthChange:
    """One deadline with the lengths it shall have, and why."""

    name: str
    terms: Sequence[NewTerm]
    source: str
    confidence: str


def drafts_open_for(base: VersionView, rule: DeadlineRule, *, author_id: int) -> tuple[DraftView, ...]:
    """Somebody's own drafts in work that build on a version and tell the same alternatives of a deadline apart."""
    mine = (draft for draft in drafts_of(base.pack) if draft.in_work and draft.author_id == author_id)
    return tuple(draft for draft in mine if draft.base.id == base.id and _alike(draft, rule))


@transaction.atomic
def draft_length(
    base: VersionView, change: LengthChange, *, title: str, draft: DraftView | None, actor_id: int
) -> DraftView:  # fmt: skip
    """Put a length with its source into a draft, or into a new one of that title; sent twice, it begins one draft.

    Raises WrongDocument for what no sound pack says, and as `rules.drafts.changing` when the draft changed meanwhile.
    """
    one_at_a_time(base.pack)
    if draft is None:
        begun = _begun_with(base, change, title=title, author_id=actor_id)
        if begun is not None:
            return begun
    found = draft or begin_draft(base, title=title, author_id=actor_id)
    document = with_lengths(
        found.document, change.name, change.terms, source=change.source, confidence=change.confidence
    )
    pointers = [
        told.pointer for told in changes_between(found.base.policy.document, document)
        if told.needs_source and told.path[1:3] == (change.name, "length")
    ]  # fmt: skip
    change_document(
        found.pack, found.id, document, revision=found.revision, actor_id=actor_id,
        sources=dict.fromkeys(pointers, (change.source, change.confidence)),
    )  # fmt: skip
    return draft_of(found.pack, found.id)


def _begun_with(base: VersionView, change: LengthChange, *, title: str, author_id: int) -> DraftView | None:
    """Somebody's own draft that was begun with this very change."""
    mine = drafts_open_for(base, base.policy.deadlines[change.name], author_id=author_id)
    return next(
        (
            draft for draft in mine
            if draft.title == title and same_lengths(draft.policy.deadlines[change.name], change.terms)
        ),
        None,
    )  # fmt: skip


def _alike(draft: DraftView, rule: DeadlineRule) -> bool:
    now = draft.policy.deadlines.get(rule.name)
    return now is not None and len(now.terms) == len(rule.terms)
