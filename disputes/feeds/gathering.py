"""Collects a payload's records, refuses rows with problems and rows that come twice, asks what rows leave out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Literal

from disputes.feeds.reading import Row
from disputes.feeds.records import OrderFacts, OrderKey, OrderRecord, ParcelRecord, ParseResult, RefundRecord, RowError

KnownOrders = Callable[[frozenset[OrderKey]], Mapping[OrderKey, OrderFacts]]
"""Answers, in one go, what the desk knows about the orders of rows that leave a fact out."""


def no_known_orders(_keys: frozenset[OrderKey]) -> Mapping[OrderKey, OrderFacts]:
    """What a desk without any order answers."""
    return {}


class Gatherer:
    """The result of a payload while it is being read."""

    def __init__(self) -> None:
        self.orders: list[OrderRecord] = []
        self.refunds: list[RefundRecord] = []
        self.parcels: list[ParcelRecord] = []
        self.errors: list[RowError] = []
        self.nothing_new: set[tuple[str, str]] = set()
        self._seen: dict[tuple[str, str, str], str] = {}
        self._rows = 0

    def next_number(self) -> int:
        """The position of the next row, from 1."""
        self._rows += 1
        return self._rows

    def add_order(self, row: Row, build: Callable[[Row], OrderRecord]) -> None:
        record = build(row)
        if self._accepted(row, "order", record.key):
            self.orders.append(record)

    def add_refund(self, row: Row, build: Callable[[Row], RefundRecord]) -> None:
        record = build(row)
        if self._accepted(row, "refund", record.key):
            self.refunds.append(record)

    def add_parcel(self, row: Row, build: Callable[[Row], ParcelRecord]) -> None:
        record = build(row)
        if self._accepted(row, "parcel", record.key):
            self.parcels.append(record)

    def refuse(self, number: int, pointer: str, code: str, **detail: str) -> None:
        """Refuse a row nobody could make out."""
        self.errors.append(
            RowError(row=number, pointer=pointer, field="", code=code, detail=detail, row_pointer=pointer)
        )

    def _accepted(self, row: Row, kind: Literal["order", "refund", "parcel"], key: OrderKey) -> bool:
        platform, outside_id = key
        first = self._seen.setdefault((kind, platform, outside_id), row.pointer) if not row.problems else row.pointer
        if first != row.pointer:
            row.refuse("", "duplicate_in_payload", first=first)
        self.errors.extend(
            replace(problem, outside_id=outside_id, kind=kind, row_pointer=row.pointer)
            for problem in row.problems.values()
        )
        return not row.problems

    def result(self, known_orders: KnownOrders) -> ParseResult:
        """The records and errors, after asking once for the facts that rows leave out.

        Facts of orders in the same payload come first, then what the desk knows; a row that still lacks one is refused.
        """
        facts = self._facts_for(
            frozenset(refund.order_key for refund in self.refunds if refund.missing_facts), known_orders
        )
        refunds = []
        for refund in self.refunds:
            completed = complete(refund, facts.get(refund.order_key, OrderFacts())) if refund.missing_facts else refund
            if completed.missing_facts:
                self.errors.extend(_missing_fact(completed, name) for name in completed.missing_facts)
            else:
                refunds.append(completed)
        errors = sorted(self.errors, key=lambda error: error.row)
        return ParseResult(
            orders=tuple(self.orders), refunds=tuple(refunds), parcels=tuple(self.parcels), errors=tuple(errors),
            nothing_new=frozenset(self.nothing_new),
        )

    def _facts_for(self, wanted: frozenset[OrderKey], known_orders: KnownOrders) -> Mapping[OrderKey, OrderFacts]:
        told = {
            order.key: OrderFacts(status=order.status, promise_ends_at=order.promise_ends_at)
            for order in self.orders
            if order.key in wanted
        }
        unknown = wanted - told.keys()
        return {**(known_orders(unknown) if unknown else {}), **told}


def complete(refund: RefundRecord, facts: OrderFacts) -> RefundRecord:
    """The record with the order's facts filled in and `missing_facts` judged again."""
    order = replace(
        refund.order,
        status=refund.order.status or facts.status,
        promise_ends_at=refund.order.promise_ends_at or facts.promise_ends_at,
    )
    remedy = refund.remedy or ("refund_only" if order.status == "unshipped" else "")
    filled = replace(refund, order=order, remedy=remedy)
    return replace(filled, missing_facts=missing_facts(filled))


def missing_facts(refund: RefundRecord) -> tuple[str, ...]:
    """The fields our rule's guard needs and the row does not tell; nothing for rows that run no clock of ours.

    Taobao and Xianyu: a request that waits for the seller runs 48 hours before shipping and 5 days after (T1, T2,
    T3), and what silence brings after shipping depends on the remedy. AliExpress: a dispute about a parcel in
    transit runs to the end of the promised delivery time (A4). A deadline the platform states needs no guard
    (platform-rules 10.2, item 23).
    """
    if refund.status == "finished":
        return ()
    if refund.platform == "aliexpress":
        waits = refund.stage in ("WAIT_SELLER", "SELLER_REFUSED") and refund.reason_code == "IN_TRANSIT"
        needed = waits and refund.stated_deadline is None and refund.order.promise_ends_at is None
        return ("promise_ends_at",) if needed else ()
    if refund.stage == "WAIT_SELLER" and refund.stated_deadline is None and refund.order.status is None:
        return ("order_status",)
    return () if refund.remedy else ("dispute_type",)


def _missing_fact(refund: RefundRecord, name: str) -> RowError:
    return RowError(
        row=refund.row,
        pointer=f"{refund.pointer}/{name}",
        field=name,
        code="fact_missing",
        detail={"stage": refund.stage},
        outside_id=refund.outside_id,
        kind="refund",
        row_pointer=refund.pointer,
    )
