"""What every outside payload is turned into: frozen records, and the errors of the rows that were refused.

Times are aware and in UTC, amounts are Decimals in the main unit of their currency (yuan, not fen), ids are text.
An empty text means "not told"; None means the same where the value is not a text.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal

Platform = Literal["taobao", "xianyu", "aliexpress"]
OrderStatus = Literal["unshipped", "shipped", "completed", "closed"]
Delivery = Literal["mailed", "meet", "pick_up", "recharge", "automatic"]
ShippingCarrier = Literal["express", "ems", "post"]
GoodsType = Literal["general", "virtual", "gift_card"]
Party = Literal["buyer", "seller", "platform"]
Stage = Literal[
    "WAIT_SELLER",
    "SELLER_REFUSED",
    "WAIT_BUYER_RETURN",
    "WAIT_SELLER_RECEIPT",
    "INTERVENTION_REQUESTED",
    "EVIDENCE",
    "REVIEW",
    "CLOSED",
]
OrderKey = tuple[str, str]
"""Platform and the order's outside id: together unique."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutsidePerson:
    """Somebody as the platform names him; mapped to an account by platform and outside id."""

    outside_id: str
    """The platform's lasting name for the person; Taobao payloads offer only the nick."""
    nick: str
    """What the platform shows others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListingRecord:
    """What the listing said when the order was placed (the listing snapshot)."""

    title: str
    description: str = ""
    attributes: tuple[tuple[str, str], ...] = ()
    """Name and value, in the listing's order."""
    condition: str = ""
    """How used the goods were said to be."""
    disclosed_flaws: str = ""
    promises: tuple[str, ...] = ()
    """Codes or words of what the seller promised, for example a no-reason return."""
    images: tuple[str, ...] = ()
    """Addresses, never fetched here."""
    captured_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LineRecord:
    """One line of an order: the smallest thing a claim can name."""

    outside_id: str
    title: str
    quantity: int
    unit_price: Decimal | None = None
    paid: Decimal | None = None
    """The part of the payment allocated to this line, the base of the cap. Lines need not add up to the order."""
    status: OrderStatus | None = None
    """The line's own status; lines of one order are sometimes sent apart."""
    goods_type: GoodsType | None = None
    """Only when the row or its listing says so."""
    product_id: str = ""
    sku: str = ""
    """The chosen variant in the platform's words."""
    seller_type: str = ""
    """The platform's own letter: B is a Tmall shop, C a Taobao seller."""
    pack_hint: str | None = None
    """The pack this line's disputes fall under when the importer chose none."""
    snapshot: ListingRecord | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRecord:
    """An order as one row tells it."""

    row: int
    """Position among the payload's rows, from 1; in CSV the line a spreadsheet shows, the header being 1."""
    pointer: str
    """JSON Pointer of the row inside the payload; in CSV `/<line>`."""
    platform: Platform
    outside_id: str
    buyer: OutsidePerson
    seller: OutsidePerson | None
    """None when the payload does not name the seller, as AliExpress issues do: the importer's shop is meant."""
    shop_name: str = ""
    status: OrderStatus | None
    """None only for an order known through a refund that does not tell it."""
    currency: str
    paid: Decimal | None = None
    freight: Decimal = Decimal("0.00")
    created_at: datetime
    """For an order known only through its refund: when the refund was asked, the order being no younger."""
    paid_at: datetime | None = None
    shipped_at: datetime | None = None
    signed_at: datetime | None = None
    """When the carrier's record says it was handed over."""
    completed_at: datetime | None = None
    received_at: datetime | None = None
    promise_ends_at: datetime | None = None
    """The end of the promised delivery time."""
    receipt_ends_at: datetime | None = None
    """When the order confirms itself."""
    carrier: str = ""
    tracking: str = ""
    delivery: Delivery | None = None
    """How the goods change hands."""
    shipping_carrier: ShippingCarrier | None = None
    """The kind of carrier, which order clocks hang on."""
    booked_at: datetime | None = None
    """When a meeting to hand the goods over was booked."""
    digital_delivered_at: datetime | None = None
    """When a virtual good was delivered."""
    code_viewed_at: datetime | None = None
    """When the buyer first looked at its code."""
    destination_country: str = ""
    """Two letters, ISO 3166-1."""
    lines: tuple[LineRecord, ...]

    @property
    def key(self) -> OrderKey:
        return (self.platform, self.outside_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalRecord:
    """A solution one of the three sides put on the table."""

    outside_id: str
    owner: Party
    remedy: str
    amount: Decimal | None
    currency: str
    second_amount: Decimal | None = None
    second_currency: str = ""
    created_at: datetime
    modified_at: datetime | None = None
    accepted_by_buyer_at: datetime | None = None
    accepted_by_seller_at: datetime | None = None
    reached_at: datetime | None = None
    reached_by: str = ""
    """The platform's own word for how it was reached."""
    raw_status: str = ""
    is_default: bool = False
    content: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalRecord:
    """One entry of the platform's own log, oldest first."""

    action: str
    """The platform's own word."""
    party: Party
    at: datetime
    content: str = ""
    goods_received: bool | None = None
    attachments: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundRecord:
    """A refund request or dispute as one row tells it."""

    row: int
    pointer: str
    platform: Platform
    outside_id: str
    aliases: tuple[str, ...] = ()
    """Other ids under which the platform knows the same dispute."""
    order_outside_id: str
    line_outside_id: str
    status: Literal["running", "finished"]
    raw_status: str
    stage: Stage
    outcome: str = ""
    """The coded outcome of a finished row, in the engine's words; `imported` when the row does not tell the ending."""
    settled: Decimal | None = None
    """What a finished row paid back, in the currency of the request, where told."""
    closed_at: datetime | None = None
    requested: Decimal
    currency: str
    second_amount: Decimal | None = None
    """The same request in the buyer's own currency, for display."""
    second_currency: str = ""
    maximum: Decimal | None = None
    """The platform's cap in the request's currency; None: the cap is computed from the order's line."""
    reason_raw: str = ""
    reason_code: str
    needs_mapping: bool = False
    """The reason was told but is not in our table: it opens as OTHER and is listed for mapping."""
    remedy: str
    """In the engine's words; empty only while `missing_facts` names it."""
    goods_received: bool | None = None
    quantity: int
    created_at: datetime
    modified_at: datetime | None = None
    """When the row last changed, if later than its creation: the anchor of whatever restarts on a change."""
    description: str = ""
    stated_deadline: datetime | None = None
    """The due time the platform states; it is taken as it is."""
    phase: Literal["onsale", "aftersale", ""] = ""
    intervention_status: int | None = None
    """Taobao's `cs_status`."""
    proposals: tuple[ProposalRecord, ...] = ()
    journal: tuple[JournalRecord, ...] = ()
    pack_hint: str | None = None
    missing_facts: tuple[str, ...] = ()
    """Fields without which our rule's guard cannot be decided; empty in everything `parse` returns."""
    order: OrderRecord
    """The order as far as this row tells it, to be created when the order is unknown."""

    @property
    def key(self) -> OrderKey:
        return (self.platform, self.outside_id)

    @property
    def order_key(self) -> OrderKey:
        return (self.platform, self.order_outside_id)

    @property
    def requested_at(self) -> datetime:
        """When the request got its present form: the anchor when the platform states no deadline."""
        return self.modified_at or self.created_at


@dataclass(frozen=True, slots=True, kw_only=True)
class ParcelRecord:
    """What a carrier tells of a parcel that travels in a dispute: the return, or what is sent again."""

    row: int
    pointer: str
    platform: Platform
    order_outside_id: str
    tracking: str
    scanned_at: datetime | None = None
    """The first scan."""
    signed_at: datetime | None = None

    @property
    def outside_id(self) -> str:
        return self.tracking

    @property
    def key(self) -> OrderKey:
        return (self.platform, f"{self.order_outside_id} {self.tracking}")


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderFacts:
    """What the desk already knows about an order, for refund rows that do not tell it."""

    status: OrderStatus | None = None
    promise_ends_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RowError:
    """One thing wrong with one row; the row is refused, the others go on."""

    row: int
    pointer: str
    """JSON Pointer of the field (of the row itself when no one field is to blame)."""
    field: str
    """The field's name as the payload spells it; empty when the whole row is meant."""
    code: str
    detail: Mapping[str, str] = dataclasses.field(default_factory=dict)
    """What the sentence needs: the value seen, the limit, the nearest word."""
    outside_id: str = ""
    """The row's own id where it could be read."""
    kind: Literal["order", "refund", "parcel", ""] = ""
    """What the row was read as; empty when nobody could make it out."""
    row_pointer: str = ""
    """JSON Pointer of the row itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ParseResult:
    """What a payload held, in its order."""

    orders: tuple[OrderRecord, ...] = ()
    refunds: tuple[RefundRecord, ...] = ()
    parcels: tuple[ParcelRecord, ...] = ()
    errors: tuple[RowError, ...] = ()
    nothing_new: frozenset[tuple[str, str]] = frozenset()
    """Platform and list (orders, parcels) of what was asked for and came back empty: silence it is not."""


class ParseError(ValueError):
    """The payload as a whole cannot be read; `code` and `detail` say why, `detail` holds texts only."""

    def __init__(self, code: str, **detail: str) -> None:
        super().__init__(code, detail)
        self.code = code
        self.detail = detail
