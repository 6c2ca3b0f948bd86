"""What an order page, the start of filing and the API's order object are made of. Frozen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from contract.money import Money
from disputes.selectors.action_views import ActionView, UnavailableView
from disputes.selectors.record_views import ListingView, OrderSummary
from disputes.selectors.wording import Worded


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderLineView:
    """One line of an order."""

    id: int
    """Its number here."""
    title: str
    """The product."""
    sku: str
    """The variant; may be empty."""
    quantity: int
    """How many units."""
    paid: Money
    """What was paid for it."""
    goods_type: Worded
    """The kind of goods."""
    pack: str
    """The rule document a case about it is opened under."""
    listing: ListingView | None
    """What the listing said; None when none was imported."""
    cases: tuple[str, ...]
    """Numbers of cases about it, the latest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderClock:
    """A clock of the order, computed for this view and never swept."""

    name: str
    """The policy's name."""
    id: str
    """The row id of the platform rule."""
    label: str
    """Its name in the reader's language."""
    kind: str
    """auto, window or gate."""
    at: datetime
    """When it lapses, closes or opens."""
    over: bool
    """Whether that is past."""
    held: bool
    """Whether an open case keeps it from running."""
    source: str
    """Where the platform's number comes from."""
    confidence: str
    """seed, A, B, C, sdk or assumed."""
    provisional: bool
    """Whether the number is not confirmed by the platform itself."""
    why: tuple[str, ...]
    """Why that time, as sentences in order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderEventView:
    """What happened to the order's clocks."""

    kind: Worded
    """hold, release, extend_receipt, request_extension, grant_extension."""
    at: datetime
    """When."""
    case: str
    """The case that did it; empty for the parties themselves."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderView:
    """An order with its lines, clocks and what may be done with it."""

    summary: OrderSummary
    """What a case page shows of it too."""
    platform: Worded
    """The marketplace."""
    zone: str
    """The platform's zone, in which days are counted."""
    now: datetime
    """The moment this view was made at."""
    viewer: str
    """As whom the reader sees it: buyer, seller or platform."""
    buyer: str
    """Who bought."""
    shop: str
    """Who sold."""
    destination: str
    """The country it goes to; empty when not known."""
    delivery: Worded
    """How it changes hands; empty when not known."""
    shipping_carrier: Worded
    """The kind of carrier; empty when not known."""
    booked_at: datetime | None
    """When a meeting to hand it over was booked."""
    digital_delivered_at: datetime | None
    """When the digital goods were delivered."""
    code_viewed_at: datetime | None
    """When the buyer first looked at the code."""
    received_at: datetime | None
    """When receipt was confirmed."""
    promise_ends_at: datetime | None
    """Until when delivery is promised."""
    receipt_ends_at: datetime | None
    """When receipt confirms itself, where the marketplace says so."""
    lines: tuple[OrderLineView, ...]
    """Its lines."""
    clocks: tuple[OrderClock, ...]
    """Its clocks, the next first."""
    available_actions: tuple[ActionView, ...]
    """What the reader may do with it."""
    unavailable_actions: tuple[UnavailableView, ...]
    """What the reader may not do with it now, and why."""
    events: tuple[OrderEventView, ...]
    """What happened to its clocks, the latest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RemedyOption:
    """A remedy that may be asked for with a reason."""

    code: str
    """Its code."""
    label: str
    """Its name."""
    returns_goods: bool
    """Whether the item goes back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonOption:
    """A reason a line may be disputed for."""

    code: str
    """Its code."""
    label: str
    """Its name."""
    group: str
    """What it belongs to: not_received, not_as_described, own_choice, money, ..."""
    burden: str
    """Who will have to prove: buyer, seller, both or none."""
    hint: str
    """What that means for the buyer, as a sentence."""
    remedies: tuple[RemedyOption, ...]
    """What may be asked for."""
    evidence: tuple[Worded, ...]
    """What the buyer will be asked to show."""
    not_received: bool
    """Whether it says that the item has not come."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonRefused:
    """A reason of the pack that cannot be chosen now."""

    code: str
    """The reason's code."""
    label: str
    """Its name."""
    refusal: str
    """The refusal's code."""
    detail: str
    """The refusal in words."""
    available_from: datetime | None
    """When it can be chosen; None when that is not known."""
    available_until: datetime | None
    """Until when it could be chosen; None where no clock says so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LineEligibility:
    """What may be filed about one line."""

    line_id: int
    """Which."""
    title: str
    """The product."""
    quantity: int
    """How many units were ordered."""
    pack: Worded
    """The rule document that applies."""
    eligible: bool
    """Whether anything may be filed now."""
    maximum: Money
    """The most that can be refunded for all of its units."""
    reasons: tuple[ReasonOption, ...]
    """What it may be filed for."""
    refused: tuple[ReasonRefused, ...]
    """What it may not be filed for, and why."""
    code: str
    """Why nothing may be filed; empty when something may."""
    detail: str
    """The same in words."""
    available_from: datetime | None
    """When something may be filed; None when that is not known."""
    available_until: datetime | None
    """When filing closes or closed; None where no clock says so."""
    case: str
    """The open case about it; empty when there is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Eligibility:
    """What may be filed about an order."""

    order_id: int
    """Which."""
    now: datetime
    """The moment this was found out."""
    currency: str
    """Of all amounts."""
    zone: str
    """The platform's zone, in which days are counted."""
    eligible: bool
    """Whether anything may be filed about any line."""
    lines: tuple[LineEligibility, ...]
    """Line by line."""
