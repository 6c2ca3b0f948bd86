"""Money from one decision to the next, as figures alone: whatever was decided, paid and decided again, it adds up."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from disputes.services.balancing import Line, Ordered, Plan, plan

BEARERS = ("seller", "platform", "carrier")
PARTIES = ("buyer", *BEARERS)
amounts = st.decimals("0.01", "300.00", places=2)


def line(kind: str, payer: str, amount: str | Decimal, payee: str = "buyer") -> Line:
    return Line(kind=kind, payer=payer, payee=payee, amount=Decimal(amount))


refunds = st.lists(amounts.map(lambda amount: line("refund", "seller", amount)), max_size=1)
to_buyer = st.builds(line, st.sampled_from(["compensation", "outbound_freight"]), st.sampled_from(BEARERS), amounts)
to_seller = st.builds(
    line, st.just("return_freight"), st.sampled_from(["buyer", "platform", "carrier"]), amounts, st.just("seller")
)
decisions = st.tuples(refunds, st.lists(to_buyer | to_seller, max_size=3)).map(lambda parts: [*parts[0], *parts[1]])


class Money:
    """A case's ledger and payouts through several decisions."""

    def __init__(self) -> None:
        self.owed: list[Line] = []
        self.history: list[list[Line]] = []
        self.entries: list[Line] = []
        self.payouts: list[Ordered] = []
        self.made = 0

    def decide(self, lines: list[Line]) -> Plan:
        planned = plan(self.owed, lines, self.payouts)
        assert not {item.id for item in self.payouts if item.paid} & set(planned.cancelled)
        self.entries += planned.entries
        self.payouts = [item for item in self.payouts if item.id not in planned.cancelled]
        for order in planned.orders:
            self.made += 1
            self.payouts.append(
                Ordered(
                    id=self.made,
                    payer=order.payer,
                    payee=order.payee,
                    amount=order.amount,
                    refund=order.refund,
                    paid=False,
                )
            )
        self.owed = lines
        self.history.append(lines)
        return planned

    def pay(self, position: int) -> None:
        """The marketplace makes one of the payouts that wait."""
        waiting = [item for item in self.payouts if not item.paid]
        if waiting:
            done = waiting[position % len(waiting)]
            paid = replace(done, paid=True)
            self.payouts = [paid if item is done else item for item in self.payouts]


def net(items: list[Line] | list[Ordered], payer: str, payee: str) -> Decimal:
    """What flows from one to the other, less what flows back."""
    return sum(
        (
            item.amount if item.payer == payer else -item.amount
            for item in items
            if {item.payer, item.payee} == {payer, payee}
        ),
        Decimal(),
    )


def burden(items: list[Line], party: str) -> Decimal:
    return sum((net(items, party, other) for other in PARTIES if other != party), Decimal())


def check(money: Money) -> None:
    """The invariants of money, after any decision and any answer."""
    for position, payer in enumerate(PARTIES):
        for payee in PARTIES[position + 1 :]:
            assert net(money.entries, payer, payee) == net(money.payouts, payer, payee)
    assert all(entry.amount > 0 for entry in money.entries)
    assert all(payout.amount > 0 for payout in money.payouts)
    for party in ("seller", "carrier"):
        assert burden(money.entries, party) == burden(money.owed, party)
    assert -burden(money.entries, "buyer") >= -burden(money.owed, "buyer")
    for bearer in BEARERS:
        for refund in (True, False):
            paid = [item for item in money.payouts if item.paid and item.refund is refund]
            assert net(paid, bearer, "buyer") <= max(_owed(lines, bearer, refund) for lines in money.history)


def _owed(lines: list[Line], bearer: str, refund: bool) -> Decimal:
    return sum((item.amount for item in lines if item.payer == bearer and (item.kind == "refund") is refund), Decimal())


@given(st.lists(st.tuples(decisions, st.lists(st.integers(0, 5), max_size=3)), min_size=1, max_size=6))
def test_whatever_is_decided_and_paid_in_whatever_order_adds_up(story: list[tuple[list[Line], list[int]]]) -> None:
    money = Money()
    for lines, answers in story:
        money.decide(lines)
        check(money)
        for answer in answers:
            money.pay(answer)
            check(money)


@given(decisions, st.lists(st.integers(0, 5), max_size=3))
def test_the_same_decision_again_moves_nothing(lines: list[Line], answers: list[int]) -> None:
    money = Money()
    money.decide(lines)
    for answer in answers:
        money.pay(answer)
    again = money.decide(lines)
    assert (again.entries, again.cancelled, again.orders) == ((), (), ())


@given(decisions, st.lists(st.integers(0, 5), max_size=3), decisions)
def test_a_buyer_who_was_paid_is_debited_only_for_what_is_charged_anew(
    first: list[Line], answers: list[int], second: list[Line]
) -> None:
    money = Money()
    money.decide(first)
    for answer in answers:
        money.pay(answer)
    planned = money.decide(second)
    charged = sum((x.amount for x in second if x.payer == "buyer"), Decimal())
    assert sum((x.amount for x in planned.orders if x.payer == "buyer"), Decimal()) <= charged


def test_what_is_taken_back_from_a_buyer_who_has_it_is_the_platforms_and_comes_back_when_it_is_due_again() -> None:
    money = Money()
    money.decide([line("refund", "seller", "128.00")])
    money.pay(0)
    money.decide([line("refund", "seller", "50.00")])
    assert money.entries[-1] == line("reversal", "platform", "78.00", "seller")
    money.pay(0)
    money.decide([line("refund", "seller", "80.00")])
    assert money.entries[-1] == line("reversal", "seller", "30.00", "platform")
    money.decide([line("refund", "seller", "150.00")])
    assert money.entries[-2:] == [line("refund", "seller", "22.00"), line("reversal", "seller", "48.00", "platform")]
