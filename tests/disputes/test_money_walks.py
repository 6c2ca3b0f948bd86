"""Cases that are ruled, corrected, reviewed again, agreed on and paid in any order: the money adds up after each move.

The walks go through the services on the real database. `GONGDUAN_MONEY_WALKS` says how many; a failing one is named
by its seed.
"""

from __future__ import annotations

import os
from collections import Counter, defaultdict
from collections.abc import Callable
from decimal import Decimal
from io import BytesIO
from random import Random
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from contract.errors import DomainError
from disputes.models import Case, Exhibit, LedgerEntry, MetricEntry, Payout, Ruling
from disputes.selectors.access import case_for
from disputes.services.acting import perform
from disputes.services.exhibiting import draft_exhibit
from disputes.services.ordering import answer_payout
from disputes.services.sweeping import sweep_until_done
from disputes.services.verifying import compare_rows, replay
from disputes.services.writer import Done

pytestmark = pytest.mark.django_db

WALKS = int(os.environ.get("GONGDUAN_MONEY_WALKS", "10"))
MOVES = 20
PARTIES = ("buyer", "seller", "platform", "carrier")
BEARERS = PARTIES[1:]

RULINGS: tuple[dict[str, Any], ...] = (
    {"outcome": "buyer_refund_only", "amount": "128.00", "liable": "seller"},
    {"outcome": "buyer_partial_refund", "amount": "50.00", "liable": "seller"},
    {"outcome": "buyer_partial_refund", "amount": "80.00", "liable": "carrier"},
    {"outcome": "buyer_return_and_refund", "amount": "128.00", "liable": "seller"},
    {"outcome": "shared", "amount": "64.00", "liable": "shared", "seller_share": 50},
    {"outcome": "seller", "amount": "0.00", "liable": "buyer"},
    {"outcome": "not_admitted", "amount": "0.00", "liable": "none"},
)
LINES: tuple[dict[str, str], ...] = (
    {"kind": "outbound_freight", "amount": "8.00", "payer": "seller"},
    {"kind": "return_freight", "amount": "12.00", "payer": "buyer", "payee": "seller"},
    {"kind": "return_freight", "amount": "9.50", "payer": "seller"},
    {"kind": "return_freight", "amount": "11.00", "payer": "platform", "payee": "seller"},
    {"kind": "compensation", "amount": "20.00", "payer": "seller", "clause": "T-2.3"},
    {"kind": "compensation", "amount": "15.00", "payer": "carrier", "clause": "T-2.3"},
    {"kind": "compensation", "amount": "5.00", "payer": "platform", "clause": "T-2.3"},
)

WAYS = {
    "REVIEW": "ruled ruled ruled ruled ruled accused agreed paid",
    "RULED": "approved approved approved sent_back",
    "WAIT_BUYER_RETURN": "returned returned returned corrected paid paid",
    "CLOSED": "corrected paid paid unpaid reviewed reviewed appealed appealed waited",
    "APPEAL_EVIDENCE": "appealed paid waited",
    "RE_REVIEW": "decided decided decided decided agreed paid",
}
"""What is tried in each stage, by the names of the moves below; whatever is refused is no move."""

Money = dict[tuple[str, str], Decimal]


class Walk:
    """One case and whoever moves it."""

    def __init__(self, number: str, chance: Random, people: dict[str, Any], travel: Callable[..., Any]) -> None:
        self.number, self.chance, self.people, self.travel = number, chance, people, travel
        self.colours = iter(range(10_000))
        self.moves: Counter[str] = Counter()
        self.most: defaultdict[str, Decimal] = defaultdict(Decimal)
        """The most that was ever owed: the refund, and what each bearer owed the buyer beside it."""

    def run(self) -> None:
        for _move in range(MOVES):
            stage = Case.objects.values_list("stage", flat=True).get(number=self.number)
            way = self.chance.choice(WAYS.get(stage, "waited").split())
            try:
                getattr(self, way)()
            except DomainError:
                continue
            self.moves[way] += 1
            self.check()

    # Moves

    def does(self, who: str, action: str, **data: Any) -> None:
        perform(case_for(self.people[who], self.number), action, data)

    def words(self) -> dict[str, Any]:
        answers = {str(pk): "seen" for pk in Exhibit.objects.filter(status="submitted").values_list("pk", flat=True)}
        lines = self.chance.sample(LINES, self.chance.choice((0, 0, 1, 2, 3)))
        said = {**self.chance.choice(RULINGS), "lines": lines, "findings": answers, "reasons": "So it is."}
        return {**said, "confirm": True}

    def accusation(self) -> dict[str, str]:
        return self.chance.choice(({}, {"false_evidence_by": "seller"}, {"false_evidence_by": ""}))

    def ruled(self) -> None:
        self.does("zhou", "rule", **self.words(), **self.accusation())

    def approved(self) -> None:
        self.does("root", "approve_ruling")

    def sent_back(self) -> None:
        self.does("root", "return_ruling", statement="Think again.")

    def corrected(self) -> None:
        self.does("zhou", "correct_ruling", **self.words(), **self.accusation(), statement="A slip.")

    def reviewed(self) -> None:
        self.does("zhou", "order_second_review", statement="Once more.")

    def decided(self) -> None:
        decision = self.chance.choice(("uphold", "change", "change"))
        self.does(self.chance.choice(("wu", "he")), "decide_appeal", decision=decision, **self.words())

    def appealed(self) -> None:
        who = self.chance.choice(("ming", "lan"))
        self.does(who, "appeal", statement="There is something new.")
        data = BytesIO()
        Image.new("RGB", (8, 8), (next(self.colours), 90, len(who))).save(data, "PNG")
        upload = SimpleUploadedFile("new.png", data.getvalue(), "image/png")
        fresh = draft_exhibit(case_for(self.people[who], self.number), uploads=[upload], description="new")
        self.does(who, "submit_appeal", statement="See.", exhibits=[str(fresh.exhibit_id)])

    def agreed(self) -> None:
        amount = self.chance.choice(("30.00", "100.00"))
        self.does("lan", "propose", remedy="partial_refund", amount=amount, statement="Let us end this.")
        self.does("ming", "accept_proposal", offer="seller")

    def accused(self) -> None:
        self.does("zhou", "request_evidence", **{"from": "seller", "statement": "Yours?", "false_evidence": True})
        self.travel(days=3, seconds=1)
        sweep_until_done(sweeper="test")

    def returned(self) -> None:
        self.does("lan", "set_return_address", address="Hangzhou, 1 Lake Road")
        self.does("ming", "ship_return", tracking="YT1", return_carrier="express")
        self.does("lan", "confirm_return")

    def paid(self) -> None:
        self.answered(succeeded=True)

    def unpaid(self) -> None:
        self.answered(succeeded=False, reason="account closed")

    def answered(self, **result: Any) -> None:
        """Any payout, in any order, the cancelled and the answered too: those are refused."""
        payouts = list(Payout.objects.order_by("pk"))
        payout = self.chance.choice(payouts).pk if payouts else None
        answer_payout(case_for(self.people["root"], self.number), payout=payout, **result)

    def waited(self) -> None:
        self.travel(hours=self.chance.choice((1, 30, 100)))
        sweep_until_done(sweeper="test")

    # What always holds

    def check(self) -> None:
        case = Case.objects.get(number=self.number)
        owed, entries = self.owed(case), flows(LedgerEntry.objects.all())
        running = flows(Payout.objects.exclude(status="cancelled"))
        paid = flows(Payout.objects.filter(status="succeeded"))
        for position, one in enumerate(PARTIES):
            for other in PARTIES[position + 1 :]:
                assert net(entries, one, other) == net(running, one, other), "the ledger says what was ordered"
        assert sum(balance(entries, party) for party in PARTIES) == 0
        assert balance(entries, "seller") == balance(owed, "seller"), "the seller bears what is owed and no more"
        assert balance(entries, "carrier") == balance(owed, "carrier")
        assert balance(entries, "buyer") >= balance(owed, "buyer"), "the buyer gets what is owed"
        refund = Decimal(case.facts.get("paid_amount") or 0)
        self.most["refund"] = max(self.most["refund"], refund)
        assert refund <= (case.maximum or 0)
        for bearer in BEARERS:
            extras = owed.get((bearer, "buyer"), Decimal()) - (refund if bearer == "seller" else 0)
            self.most[bearer] = max(self.most[bearer], extras)
            most = self.most[bearer] + (self.most["refund"] if bearer == "seller" else 0)
            assert net(paid, bearer, "buyer") <= most, "and was never paid more than was ever owed"
        self.check_metrics(case)
        self.check_refund(case)

    def owed(self, case: Case) -> Money:
        """The refund ordered, and what the ruling in force adds; nothing while a correction waits."""
        lines = [("seller", "buyer", Decimal(case.facts.get("paid_amount") or 0))]
        waits = Ruling.objects.filter(kind="correction", status="awaiting").exists()
        for ruling in () if waits else Ruling.objects.filter(status="in_force"):
            extras = ruling.lines.exclude(kind="refund")
            lines += [(line.payer, line.payee, line.amount) for line in extras]
        found: Money = {}
        for payer, payee, amount in lines:
            found[payer, payee] = found.get((payer, payee), Decimal()) + amount
        return found

    def check_metrics(self, case: Case) -> None:
        counted = {
            kind: sum(MetricEntry.objects.filter(kind=kind).values_list("change", flat=True))
            for kind in ("violation", "liability")
        }
        assert counted["liability"] == int(bool(case.facts.get("liability_counted")))
        if not Ruling.objects.filter(kind="correction", status="awaiting").exists():
            found = Ruling.objects.filter(status="in_force").exclude(false_evidence_by="")
            assert counted["violation"] == found.count()
            assert bool(case.facts.get("violation")) == found.exists()

    def check_refund(self, case: Case) -> None:
        """What the case says of its refund is what the payout that carries it says."""
        carrying = Payout.objects.filter(refund=True, status__in=("ordered", "failed"))
        assert carrying.count() <= 1
        said = carrying.get().status if carrying else None
        assert said == (case.facts.get("payout") if case.facts.get("payout") != "succeeded" else None)


def flows(rows: Any) -> Money:
    found: Money = {}
    for row in rows:
        found[row.payer, row.payee] = found.get((row.payer, row.payee), Decimal()) + row.amount
    return found


def net(money: Money, payer: str, payee: str) -> Decimal:
    return money.get((payer, payee), Decimal()) - money.get((payee, payer), Decimal())


def balance(money: Money, party: str) -> Decimal:
    """What a party gets in all, less what it gives."""
    return sum((net(money, other, party) for other in PARTIES if other != party), Decimal())


@pytest.mark.parametrize("seed", range(WALKS))
def test_the_money_adds_up_whatever_is_decided_and_paid(
    seed: int, order_of: Any, file: Any, ming: Any, lan: Any, zhou: Any, wu: Any, he: Any, root: Any, travel: Any
) -> None:
    done = file(order_of(freight="8.00"))
    assert isinstance(done, Done)
    people = {"ming": ming, "lan": lan, "zhou": zhou, "wu": wu, "he": he, "root": root}
    walk = Walk(done.number, Random(seed), people, travel)
    walk.does("lan", "refuse", refusal="NOT_AGREED", statement="It left whole.")
    walk.does("ming", "request_intervention", statement="Please decide.")
    for who in ("ming", "lan"):
        walk.does(who, "complete_evidence")
    walk.run()
    assert walk.moves, "nothing happened"
    assert compare_rows(done.case_id) == []
    assert replay(done.case_id) is None
