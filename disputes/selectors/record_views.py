"""What belongs to a case beside its state: order, claim, proposals, parcels, texts. Frozen."""

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
