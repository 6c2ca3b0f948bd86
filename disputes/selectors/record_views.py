"""What belongs to a case beside its state: order, claim, proposals, evidence, rulings, texts. Frozen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from contract.money import Money
from disputes.selectors.wording import Worded


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderSummary:
    """The order a case is about."""

    id: int
    """Its number here."""
    outside_id: str
    """What the marketplace calls it."""
    status: Worded
    """unshipped, shipped, completed or closed."""
    paid: Money
    """What was paid for all of it."""
    freight: Money
    """The shipping cost within that."""
    created_at: datetime
    """When it was placed."""
    shipped_at: datetime | None
    """When it was shipped; None before."""
    signed_at: datetime | None
    """When the carrier says it was signed for; None before."""
    completed_at: datetime | None
    """When it was completed; None before."""
    carrier: str
    """Who carries it; empty when not known."""
    tracking: str
    """The tracking number; empty when not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListingView:
    """What the listing said when the order was placed."""

    title: str
    """Its title."""
    description: str
    """Its text."""
    attributes: tuple[tuple[str, str], ...]
    """Names and values."""
    condition: str
    """For second-hand goods: the condition named; empty otherwise."""
    disclosed_flaws: str
    """Flaws the seller told of; empty otherwise."""
    promises: tuple[str, ...]
    """Codes of the services promised."""
    captured_at: datetime | None
    """When the snapshot was taken; None when not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimLine:
    """A line of the order, as far as the claim is about it."""

    line_id: int
    """The number of the order's line."""
    title: str
    """The product."""
    sku: str
    """The variant; may be empty."""
    quantity: int
    """How many units the claim is about."""
    ordered: int
    """How many were ordered."""
    paid: Money
    """What was paid for the line."""
    maximum: Money
    """The most the claim can bring for this line."""
    listing: ListingView | None
    """The listing snapshot; None when none was imported."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalView:
    """The latest proposal of one side. The buyer's is the request itself."""

    party: str
    """buyer, seller or platform."""
    mine: bool
    """Whether it is the reader's own side's."""
    version: int
    """Counts this side's proposals."""
    remedy: Worded
    """What kind of solution."""
    amount: Money
    """How much is refunded."""
    return_freight_by: Worded | None
    """Who pays the return shipping; None when nothing was said."""
    note: str
    """What was written with it; may be empty."""
    at: datetime | None
    """When it was made; None for one taken over from a marketplace."""
    difference: str
    """How it differs from the reader's own side's, as a sentence; empty when it does not or there is none."""
    acceptable: bool
    """Whether the reader may accept it now."""


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


@dataclass(frozen=True, slots=True, kw_only=True)
class RulingLineView:
    """An amount somebody pays to somebody."""

    kind: Worded
    """refund, outbound_freight, return_freight or compensation."""
    amount: Money
    """How much."""
    payer: Worded
    """Who pays."""
    payee: Worded
    """Who gets it."""
    clause: str
    """The rule it rests on; may be empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingView:
    """What a ruling says about one exhibit."""

    exhibit: UUID
    """Which."""
    party: str
    """Whose it is."""
    number: int | None
    """Its number among its party's."""
    answer: str
    """What the arbitrator found."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RulingView:
    """A decision with its reasons."""

    id: UUID
    """Its id."""
    kind: Worded
    """first, correction or appeal."""
    status: Worded
    """awaiting, in_force, returned or replaced; parties see only those in force and replaced."""
    outcome: Worded
    """For whom it decides."""
    upheld: bool | None
    """For a second review: whether the first ruling stands."""
    remedy: Worded | None
    """What kind of solution; None when none is ordered."""
    liable: Worded
    """Who is at fault."""
    seller_share: int
    """Per cent of the liability the seller bears."""
    clause: str
    """The rule cited; may be empty."""
    reasons: str
    """What both sides read."""
    lines: tuple[RulingLineView, ...]
    """The amounts."""
    findings: tuple[FindingView, ...]
    """The answers to the exhibits."""
    false_evidence_by: str
    """Who is found to have given false evidence; usually empty."""
    arbitrator: str
    """Who decided: a name for staff, «platform customer service» for the parties."""
    second_person: str
    """Who approved it: staff only; empty otherwise."""
    at: datetime
    """When."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AppealView:
    """One party's request for a second review."""

    id: UUID
    """Its id."""
    party: str
    """Who asks."""
    status: Worded
    """draft, submitted, lapsed, withdrawn, upheld or changed."""
    statement: str
    """What was written with it; may be empty."""
    at: datetime
    """When it was begun."""
    submitted_at: datetime | None
    """When it was submitted; None before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ParcelView:
    """A parcel of the return or replacement leg."""

    leg: Worded
    """return or replacement."""
    carrier: Worded | None
    """express, post or overseas; None when not said."""
    tracking: str
    """The tracking number."""
    at: datetime
    """When it was told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageView:
    """A text somebody wrote."""

    id: UUID
    """Its id, by which events name it."""
    sequence: int
    """The event it came with."""
    party: str
    """Whose it is."""
    author: str
    """Who wrote it, as the reader may know."""
    kind: Worded
    """statement, message, late, note or phone."""
    text: str
    """What was written, as it was."""
    at: datetime
    """When."""
    mine: bool
    """Whether it is the reader's own side's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EscalationView:
    """That a party took the matter outside the platform."""

    party: str
    """Who."""
    body: str
    """Where to."""
    reference: str
    """Their number; may be empty."""
    filed_on: date | None
    """The day; None when not said."""
    at: datetime
    """When it was recorded."""
