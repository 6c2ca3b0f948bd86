"""What evidence is asked for and what was handed in, as this reader may see it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from django.utils.translation import get_language

from disputes.labels.words import EXHIBITS, name_of, pack_words
from disputes.selectors.events import readers_of_exhibit
from disputes.selectors.evidence_views import EvidenceView, ExhibitGroup, ExhibitView, FileView, RequirementView
from disputes.selectors.reading import CaseRead, Row, moment
from disputes.selectors.records import author_name
from disputes.selectors.wording import Worded
from evidence.selectors import StoredFileView
from rules.engine.events import Allowed
from rules.engine.policy import Policy
from rules.engine.types import DeadlineKind, Party

PARTIES = ("buyer", "seller")
STATUSES = ("submitted", "late", "draft", "withdrawn")


def evidence_view(read: CaseRead, answer: Allowed) -> EvidenceView:
    may = next((item for item in answer.available if item.action == "submit_exhibit"), None)
    exhibits = [exhibit for row in read.rows["exhibits"] if (exhibit := _visible(read, row))]
    return EvidenceView(
        requirements=tuple(_requirements(read)), groups=tuple(_groups(exhibits)), open_for_me=may is not None,
        closes_at=_closes_at(read) if may else None,
        complete=tuple(party for party in PARTIES if read.facts.get(f"{party}_complete")),
        max_files=int(read.policy.evidence.get("max_files", 10)),
    )  # fmt: skip


def _closes_at(read: CaseRead) -> datetime | None:
    """The earliest running clock that ends this stage."""
    autos = (
        s
        for s in read.snapshot.deadlines.values()
        if s.pending and read.policy.deadlines[s.name].kind is DeadlineKind.AUTO
    )
    return min((state.due_at for state in autos), default=None)


def _requirements(read: CaseRead) -> Iterator[RequirementView]:
    reason = read.policy.reasons.get(str(read.facts.get("reason", "")))
    if reason is None:
        return
    for party in PARTIES:
        for slot in reason.slots.get(party, ()):
            label, help_text = slot_words(read.policy, slot)
            yield RequirementView(
                party=party,
                slot=slot,
                label=label,
                help=help_text,
                required=reason.burden in (party, "both"),
                satisfied=any(
                    row["party"] == party and row["slot"] == slot and row["status"] == "submitted"
                    for row in read.rows["exhibits"]
                ),
            )


def slot_words(policy: Policy, slot: str) -> tuple[str, str]:
    """The name of a checklist's item and its line of help, from the pack."""
    found, language = policy.evidence.get("slots", {}).get(slot, {}), get_language() or ""
    return pack_words(found.get("labels"), language, slot), pack_words(found.get("help"), language)


def _visible(read: CaseRead, row: Row) -> ExhibitView | None:
    mine = row["party"] == read.viewer
    if not readers_of_exhibit(row["status"]).include(read.viewer, party=row["party"]):
        return None
    return ExhibitView(
        id=UUID(row["id"]), party=row["party"], author=author_name(read, row["party"], row["author_id"]),
        number=row["number"], status=Worded(code=row["status"], text=name_of(EXHIBITS, row["status"])),
        slot=Worded(code=row["slot"], text=slot_words(read.policy, row["slot"])[0]) if row["slot"] else None,
        description=row["description"], answers=UUID(row["answers_id"]) if row["answers_id"] else None,
        second_review=row["second_review"], at=moment(row["submitted_at"] or row["created_at"]),
        files=tuple(_file(read.files[UUID(name)]) for name in row["files"] or () if UUID(name) in read.files),
        mine=mine,
    )  # fmt: skip


def _file(file: StoredFileView) -> FileView:
    return FileView(
        id=file.id, name=file.name, kind=file.kind, media_type=file.media_type, size=file.size, sha256=file.sha256,
        has_preview=file.has_preview,
    )  # fmt: skip


def _groups(exhibits: list[ExhibitView]) -> Iterator[ExhibitGroup]:
    for party in (*PARTIES, str(Party.PLATFORM)):
        for status in STATUSES:
            found = tuple(e for e in exhibits if e.party == party and e.status.code == status)
            if found:
                yield ExhibitGroup(party=party, status=found[0].status, exhibits=found)
