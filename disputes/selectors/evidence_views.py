"""What evidence is asked for and was handed in. Frozen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from disputes.selectors.wording import Worded


@dataclass(frozen=True, slots=True, kw_only=True)
class FileView:
    """A file of an exhibit. The vault makes the links: `evidence.links.link_to(id, reader, variant)`."""

    id: UUID
    """The vault's id."""
    name: str
    """Cleaned for display."""
    kind: str
    """image, video, document or text."""
    media_type: str
    """By content."""
    size: int
    """Bytes."""
    sha256: str
    """Of the original bytes, hexadecimal."""
    has_preview: bool
    """Whether there is a picture to show."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExhibitView:
    """One piece of evidence."""

    id: UUID
    """Its id."""
    party: str
    """Whose it is."""
    author: str
    """Who handed it in, as the reader may know."""
    number: int | None
    """Counts the party's submitted exhibits; None for drafts."""
    status: Worded
    """draft, submitted, late or withdrawn."""
    slot: Worded | None
    """What it was asked as; None when it answers to no item of the checklist."""
    description: str
    """What it shows, in its author's words."""
    answers: UUID | None
    """The other side's exhibit it answers; None when it answers none."""
    second_review: bool
    """Whether it is new evidence for a second review."""
    at: datetime
    """When it was submitted, or for a draft when it was begun."""
    files: tuple[FileView, ...]
    """Its files, in order."""
    mine: bool
    """Whether it is the reader's own side's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RequirementView:
    """One item of a party's evidence checklist."""

    party: str
    """Who is asked."""
    slot: str
    """Its code."""
    label: str
    """Its name."""
    help: str
    """How to make it; may be empty."""
    required: bool
    """Whether this party bears the burden of proof for the case's reason."""
    satisfied: bool
    """Whether something was submitted for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExhibitGroup:
    """The exhibits of one party in one status."""

    party: str
    """buyer, seller or platform."""
    status: Worded
    """draft, submitted, late or withdrawn."""
    exhibits: tuple[ExhibitView, ...]
    """In order of submission."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceView:
    """What is asked for and what was handed in."""

    requirements: tuple[RequirementView, ...]
    """The checklists of both parties; staff and both parties see what is asked of whom."""
    groups: tuple[ExhibitGroup, ...]
    """By party and status; drafts only of the reader's own side."""
    open_for_me: bool
    """Whether the reader may submit evidence now."""
    closes_at: datetime | None
    """When the evidence period of the reader ends; None when no clock says so."""
    complete: tuple[str, ...]
    """Parties who said their evidence is complete in this round."""
    max_files: int
    """The most files of one exhibit."""

    def mine(self, status: str) -> tuple[ExhibitView, ...]:
        """The reader's own side's exhibits in one status."""
        return tuple(e for group in self.groups if group.status.code == status for e in group.exhibits if e.mine)
