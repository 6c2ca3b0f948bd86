"""Import parsers: what platforms and marketplaces send, turned into records; pure, without a database.

`parse(format, payload)` is the only entrance. It never stops at a bad row: it refuses the row, saying which field and
why, and goes on.
"""

from disputes.feeds.gathering import KnownOrders, no_known_orders
from disputes.feeds.parsing import FORMATS, parse
from disputes.feeds.records import (
    JournalRecord,
    LineRecord,
    ListingRecord,
    OrderFacts,
    OrderKey,
    OrderRecord,
    OutsidePerson,
    ParcelRecord,
    ParseError,
    ParseResult,
    ProposalRecord,
    RefundRecord,
    RowError,
)

__all__ = [
    "FORMATS",
    "JournalRecord",
    "KnownOrders",
    "LineRecord",
    "ListingRecord",
    "OrderFacts",
    "OrderKey",
    "OrderRecord",
    "OutsidePerson",
    "ParcelRecord",
    "ParseError",
    "ParseResult",
    "ProposalRecord",
    "RefundRecord",
    "RowError",
    "no_known_orders",
    "parse",
]
