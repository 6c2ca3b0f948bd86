"""Changing what a draft says: whole documents, single fields, and the sources of its numbers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from contract.errors import FieldProblem, Invalid
from rules import loader
from rules.actions import Kind, record
from rules.drafts import DraftView, Source, changing, draft_of
from rules.drafts_changes import SOURCED, Change, Path, as_json, changes_between, plain, put, sources_brought, value_at
from rules.drafts_documents import check_document, read_text
from rules.models import Draft

LONGEST_SOURCE = 500
CONFIDENCES = ("assumed", "A", "B", "C")
"""How sure a number is that a person enters; `seed` and `sdk` only came with the packs."""
Sources = Mapping[str, tuple[str, str]]
"""By the pointer to a changed number: its source, and how sure it is."""


class BadSource(Invalid):
    """What was said about the source of a number cannot be kept."""

    code = "bad_source"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """One change of a draft to its base, with its source where one is needed."""

    change: Change
    source: Source | None
    """None: nothing is said yet about the number as it is now."""

    @property
    def missing(self) -> bool:
        return self.change.needs_source and self.source is None


def stated_changes(draft: DraftView) -> tuple[Stated, ...]:
    """What a draft changes in its base, in the order of the document; where entries come from is told apart."""
    found = changes_between(draft.base.policy.document, draft.document)
    return tuple(
        Stated(change=change, source=_source_of(change, draft.notes)) for change in found if not change.is_origin
    )


def import_text(pack: str, draft_id: int, text: str, *, revision: int | None, actor_id: int) -> DraftView:
    """Replace a draft's document by a whole text. Raises WrongDocument with every mistake, and as `changing`."""
    document = read_text(text, base=draft_of(pack, draft_id).base.policy)
    return _write(pack, draft_id, document, kind=Kind.IMPORTED, revision=revision, actor_id=actor_id, sources={})


def change_fields(
    pack: str, draft_id: int, fields: Iterable[tuple[Path, Any]], *, revision: int | None, actor_id: int,
    sources: Sources | None = None,
) -> DraftView:  # fmt: skip
    """Set single fields of a draft; `NOTHING` takes one away. Raises as `change_document`."""
    document = draft_of(pack, draft_id).document
    for path, value in fields:
        put(document, path, value)
    return change_document(pack, draft_id, document, revision=revision, actor_id=actor_id, sources=sources)


def change_document(
    pack: str, draft_id: int, document: dict[str, Any], *, revision: int | None, actor_id: int,
    sources: Sources | None = None,
) -> DraftView:  # fmt: skip
    """Let a draft say something else, and on what its numbers rest. Raises WrongDocument, BadSource, as `changing`."""
    check_document(document, base=draft_of(pack, draft_id).base.policy)
    return _write(
        pack, draft_id, document, kind=Kind.EDITED, revision=revision, actor_id=actor_id, sources=sources or {}
    )


def state_sources(
    pack: str, draft_id: int, sources: Sources, *, revision: int | None, actor_id: int
) -> DraftView:  # fmt: skip
    """Say on what changed numbers rest: by the pointer to each, the source and how sure it is.

    The entry of the document says it too. Raises BadSource for what is no changed number of the draft, or says
    nothing; and as `changing`.
    """
    with changing(pack, draft_id, revision=revision) as row:
        document = draft_of(pack, draft_id).document
        _state(row, document, sources, actor_id=actor_id)
        _set_document(row, document)
    return draft_of(pack, draft_id)


def _write(
    pack: str, draft_id: int, document: dict[str, Any], *, kind: Kind, revision: int | None, actor_id: int,
    sources: Sources,
) -> DraftView:  # fmt: skip
    with changing(pack, draft_id, revision=revision) as row:
        before = loader.compile_canonical(row.document).document
        told = [as_json(change) for change in changes_between(before, document)]
        base = loader.compile_canonical(row.base.document).document
        row.notes = {**row.notes, **sources_brought(base, before, document)}
        row.accepted = []
        record(kind, pack=pack, actor_id=actor_id, draft_id=row.pk, after={"changes": told})
        if sources:
            _state(row, document, sources, actor_id=actor_id)
        _set_document(row, document)
    return draft_of(pack, draft_id)


def _state(row: Draft, document: dict[str, Any], sources: Sources, *, actor_id: int) -> None:
    """Keep the sources with the draft and in the document. Raises BadSource."""
    base = loader.compile_canonical(row.base.document).document
    changed = {change.pointer: change for change in changes_between(base, document)}
    _check_sources(sources, changed)
    for pointer, (source, confidence) in sources.items():
        told = Source(source=source.strip(), confidence=confidence, value=plain(changed[pointer].after))
        row.notes[pointer] = asdict(told)
        _tell_entry(document, changed[pointer].path, told)
    record(Kind.SOURCED, pack=row.pack, actor_id=actor_id, draft_id=row.pk, after={"sources": row.notes})


def _set_document(row: Draft, document: dict[str, Any]) -> None:
    row.document, row.digest = loader.canonical(document), loader.digest(document)


def _tell_entry(document: dict[str, Any], path: Path, told: Source) -> None:
    entry = value_at(document, path[:2])
    if path[0] in SOURCED and isinstance(entry, dict):
        put(document, (*path[:2], "source"), told.source)
        put(document, (*path[:2], "confidence"), told.confidence)


def _check_sources(sources: Sources, changed: Mapping[str, Change]) -> None:
    problems: list[FieldProblem] = []
    for pointer, (source, confidence) in sources.items():
        change = changed.get(pointer)
        for wrong, detail in (
            (change is None or not change.needs_source, _("This is no number that the draft changes.")),
            (not source.strip(), _("Say where this number comes from.")),
            (len(source.strip()) > LONGEST_SOURCE, _("This is too long.")),
            (confidence not in CONFIDENCES, _("Choose one of those listed.")),
        ):
            if wrong:
                problems.append(FieldProblem(pointer=f"/sources{pointer}", code=BadSource.code, detail=detail))
                break
    if problems:
        raise BadSource(fields=problems)


def _source_of(change: Change, notes: Mapping[str, Source]) -> Source | None:
    told = notes.get(change.pointer) if change.needs_source else None
    return told if told is not None and told.value == plain(change.after) else None


def missing_sources(stated: Sequence[Stated]) -> tuple[str, ...]:
    """The pointers of the numbers about whose source nothing is said yet."""
    return tuple(item.change.pointer for item in stated if item.missing)
