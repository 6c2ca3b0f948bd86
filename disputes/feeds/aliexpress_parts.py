"""The parts of an AliExpress issue: the three sides' solutions and the process list."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from disputes.feeds.reading import Row
from disputes.feeds.records import JournalRecord, Party, ProposalRecord

SOLUTIONS: Final[tuple[tuple[str, Party], ...]] = (
    ("buyer_solution_list", "buyer"),
    ("seller_solution_list", "seller"),
    ("platform_solution_list", "platform"),
)
REMEDY: Final = {"refund": "refund_only", "return_and_refund": "return_and_refund"}
PARTIES: Final[dict[str, Party]] = {"buyer": "buyer", "seller": "seller", "platform": "platform", "system": "platform"}
WINNERS: Final[dict[str, Party]] = {
    "platform_force_reach": "platform",
    "judgment_for_cc": "platform",
    "seller_accept": "buyer",
    "seller_accept_solution": "buyer",
    "buyer_accept": "seller",
    "buyer_accept_solution": "seller",
}
"""Whose solution an action in the process list carried through."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Log:
    """The process list, oldest first, and what it tells about the issue."""

    entries: tuple[JournalRecord, ...]
    issue_id: str

    def has(self, actions: Container[str]) -> bool:
        return any(entry.action in actions for entry in self.entries)

    @property
    def winner(self) -> Party | None:
        """The owner of the solution the last deciding entry carried through."""
        return next((WINNERS[entry.action] for entry in reversed(self.entries) if entry.action in WINNERS), None)

    @property
    def goods_received(self) -> bool | None:
        """What the buyer said last."""
        told = (entry.goods_received for entry in reversed(self.entries) if entry.party == "buyer")
        return next((answer for answer in told if answer is not None), None)

    @property
    def first_words(self) -> str:
        return next((entry.content for entry in self.entries if entry.party == "buyer" and entry.content), "")


def read_log(row: Row) -> Log:
    """The process list comes newest first; entries of the same second keep their order when it is turned round."""
    rows = row.children("process_dto_list", "api_issue_process_dto")
    entries = sorted(map(_entry, reversed(rows)), key=lambda entry: entry.at)
    issue_id = next((found.identifier("issue_id") for found in rows if found.value("issue_id") is not None), "")
    return Log(entries=tuple(entries), issue_id=issue_id)


def _entry(row: Row) -> JournalRecord:
    return JournalRecord(
        action=row.required_text("action_type", limit=64),
        party=row.choice("submit_member_type", PARTIES) or "platform",
        at=row.required_moment("gmt_create"),
        content=row.text("content", limit=20_000),
        goods_received=row.flag("receive_goods"),
        attachments=_attachments(row),
    )


def _attachments(row: Row) -> tuple[str, ...]:
    """Addresses of what was attached; an empty object means nothing."""
    found = row.children("attachments", "api_attachment_dto")
    paths = (item.text(item.first_told("file_path", "url"), limit=2_000) for item in found)
    return tuple(path for path in paths if path)


def read_solutions(row: Row, name: str, owner: Party) -> list[ProposalRecord]:
    """The solutions one side has put up, in the payload's order."""
    return [_solution(found, owner) for found in row.children(name, "solution_api_dto")]


def _solution(row: Row, owner: Party) -> ProposalRecord:
    """The settlement amount comes first where told, the buyer's own second; else the local one stands alone."""
    local, local_currency = money_with_currency(row, "refund_money", "refund_money_currency", "")
    settlement, currency = money_with_currency(row, "refund_money_post", "refund_money_post_currency", "USD")
    if settlement is None and local is not None:
        settlement, currency, local, local_currency = local, local_currency or "USD", None, ""
    return ProposalRecord(
        outside_id=_solution_id(row),
        owner=owner,
        remedy=row.choice("solution_type", REMEDY) or "refund_only",
        amount=settlement,
        currency=currency or "USD",
        second_amount=local,
        second_currency=local_currency,
        created_at=row.required_moment("gmt_create"),
        modified_at=row.moment("gmt_modified"),
        accepted_by_buyer_at=row.moment("buyer_accept_time"),
        accepted_by_seller_at=row.moment("seller_accept_time"),
        reached_at=row.moment("reached_time"),
        reached_by=row.text("reached_type", limit=64),
        raw_status=row.text("status", limit=64),
        is_default=row.flag("is_default") is True,
        content=row.text("content", limit=20_000),
    )


def _solution_id(row: Row) -> str:
    """The platform's id; the platform's own solutions carry a negative stand-in, kept as it is."""
    raw = row.value("id")
    if isinstance(raw, int) and not isinstance(raw, bool) and -1_000 < raw < 0:
        return str(raw)
    return row.identifier("id")


def money_with_currency(row: Row, amount: str, currency: str, fallback: str) -> tuple[Decimal | None, str]:
    """An amount and its currency, the fallback when none is told."""
    told = row.text(currency, limit=8).upper()
    if told and not (len(told) == 3 and told.isascii() and told.isalpha()):
        row.refuse(currency, "not_a_currency", seen=told)
    return row.money(amount), told or fallback
