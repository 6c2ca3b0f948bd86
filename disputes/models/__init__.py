"""The rows of the case and of everything around it."""

from disputes.models.bulk import BulkResult, BulkRun
from disputes.models.cases import Case, CaseAlias, CaseEvent, Deadline, PendingRelay, StuckCase, SweepRecord
from disputes.models.feeds import Feed
from disputes.models.freezes import Freeze
from disputes.models.imports import ImportRun, UnmappedReason
from disputes.models.money import LedgerEntry, MetricEntry, Payout
from disputes.models.orders import Listing, Order, OrderEvent, OrderLine
from disputes.models.records import (
    Exhibit,
    ExhibitFile,
    Message,
    OutsideEscalation,
    Parcel,
    Proposal,
    RequestLine,
    ReturnAddress,
)
from disputes.models.rulings import Appeal, Finding, Ruling, RulingLine
from disputes.models.scans import KeptScan
from disputes.models.search import CaseSearch
from disputes.models.stops import AutomaticStop

__all__ = [
    "Appeal", "AutomaticStop", "BulkResult", "BulkRun", "Case", "CaseAlias", "CaseEvent", "CaseSearch", "Deadline",
    "Exhibit", "ExhibitFile", "Feed", "Finding", "Freeze", "ImportRun", "KeptScan", "LedgerEntry", "Listing",
    "Message", "MetricEntry", "Order", "OrderEvent", "OrderLine", "OutsideEscalation", "Parcel", "Payout",
    "PendingRelay", "Proposal", "RequestLine", "ReturnAddress", "Ruling", "RulingLine", "StuckCase", "SweepRecord",
    "UnmappedReason",
]  # fmt: skip
