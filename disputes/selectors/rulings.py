"""Decisions and second reviews, as this reader may see them."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

from contract.money import Money
from disputes.labels.platform_terms import in_terms_of
from disputes.labels.words import (
    APPEALS,
    LIABLE,
    PARTIES,
    RULING_LINES,
    RULING_OUTCOMES,
    RULING_STATUSES,
    RULINGS,
    name_of,
)
from disputes.selectors.actions import remedy_label
from disputes.selectors.reading import CaseRead, Row, at, moment
from disputes.selectors.records import author_name
from disputes.selectors.ruling_views import AppealView, FindingView, RulingLineView, RulingView
from disputes.selectors.wording import Worded
from rules.engine.types import Party

OPEN_TO_PARTIES = ("in_force", "replaced")


def rulings(read: CaseRead) -> tuple[RulingView, ...]:
    """The latest first. What waits for a second person or was sent back, only staff see."""
    return tuple(_ruling(read, row) for row in read.rows["rulings"] if read.staff or row["status"] in OPEN_TO_PARTIES)


def _ruling(read: CaseRead, row: Row) -> RulingView:
    second = read.people.get(row["second_person_id"] or 0)
    return RulingView(
        id=UUID(row["id"]), kind=Worded(code=row["kind"], text=name_of(RULINGS, row["kind"])),
        status=Worded(code=row["status"], text=name_of(RULING_STATUSES, row["status"])),
        outcome=_outcome(row), upheld=row["upheld"],
        remedy=Worded(code=row["remedy"], text=remedy_label(read.policy, row["remedy"])) if row["remedy"] else None,
        liable=Worded(code=row["liable"], text=name_of(LIABLE, row["liable"])), seller_share=row["seller_share"],
        clause=row["clause"], reasons=row["reasons"], lines=tuple(_line(read, line) for line in row["lines"] or ()),
        findings=tuple(_findings(read, row)), false_evidence_by=row["false_evidence_by"],
        arbitrator=author_name(read, Party.PLATFORM, row["arbitrator_id"]),
        second_person=second.name if second and read.staff else "", at=moment(row["at"]),
    )  # fmt: skip


def _outcome(row: Row) -> Worded:
    if row["upheld"] and not row["outcome"]:
        return Worded(code="upheld", text=name_of(APPEALS, "upheld"))
    return Worded(code=row["outcome"], text=name_of(RULING_OUTCOMES, row["outcome"]))


def _line(read: CaseRead, line: Row) -> RulingLineView:
    return RulingLineView(
        kind=Worded(code=line["kind"], text=name_of(RULING_LINES, line["kind"])),
        amount=Money(Decimal(line["amount"]), read.case.currency), clause=line["clause"],
        payer=Worded(code=line["payer"], text=name_of(PARTIES, line["payer"])),
        payee=Worded(code=line["payee"], text=name_of(PARTIES, line["payee"])),
    )  # fmt: skip


def _findings(read: CaseRead, row: Row) -> list[FindingView]:
    exhibits = {exhibit["id"]: exhibit for exhibit in read.rows["exhibits"]}
    return [
        FindingView(
            exhibit=UUID(item["exhibit"]), party=exhibits[item["exhibit"]]["party"],
            number=exhibits[item["exhibit"]]["number"], answer=item["answer"],
        )
        for item in row["findings"] or ()
    ]  # fmt: skip


def appeals(read: CaseRead) -> tuple[AppealView, ...]:
    """The latest first."""
    texts = {row["id"]: row["text"] for row in read.rows["messages"]}
    return tuple(
        AppealView(
            id=UUID(row["id"]), party=row["party"],
            status=Worded(code=row["status"], text=in_terms_of(read.policy.pack, name_of(APPEALS, row["status"]))),
            statement=texts.get(row["statement_id"], ""), at=moment(row["at"]), submitted_at=at(row["submitted_at"]),
        )
        for row in read.rows["appeals"]
    )  # fmt: skip
