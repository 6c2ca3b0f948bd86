"""What is owed against what was ordered and paid: the entries and payouts that close the gap. Pure.

A first decision orders its amounts as they stand. A later one (a correction, a second review, an agreement during
it, the return that comes after a ruling) starts from what happened: what the marketplace has not paid is cancelled
and ordered anew, what it has paid stays, and only the difference moves. A buyer who was paid is never debited for
it; the platform gives the seller back what the buyer keeps (decision 10.1.7), and asks it back if a third decision
finds that the seller owed it after all.

After every step the ledger and the payouts that were not cancelled say the same of each two parties.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

NOTHING = Decimal("0.00")
BEARERS = ("seller", "platform", "carrier")
"""Who may owe a buyer something."""

Pair = tuple[str, str]
"""Who pays, and who gets it."""

PAIRS: tuple[Pair, ...] = (*((bearer, "buyer") for bearer in BEARERS), ("platform", "seller"), ("carrier", "seller"),
    ("platform", "carrier"))  # fmt: skip
"""Each two parties once, in the direction money usually goes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """An amount one party owes another."""

    kind: str
    """refund, outbound_freight, return_freight or compensation."""
    payer: str
    payee: str
    amount: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Ordered:
    """A payout that was not cancelled."""

    id: int
    payer: str
    payee: str
    amount: Decimal
    paid: bool
    """Whether the marketplace has carried it out."""
    refund: bool = False
    """Whether it carries the refund itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A payout to be ordered."""

    payer: str
    payee: str
    amount: Decimal
    refund: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What closes the gap."""

    entries: tuple[Line, ...]
    """New entries of the ledger; what is taken back is a `reversal`."""
    cancelled: tuple[int, ...]
    """Payouts the marketplace need not make any more."""
    orders: tuple[Order, ...]
    """Payouts it is to make."""


@dataclass(slots=True, kw_only=True)
class _Pair:
    """Two parties: what is owed, what was paid, what is on its way. Amounts count from the first to the second."""

    first: str
    second: str
    before: list[Line] = field(default_factory=list)
    after: list[Line] = field(default_factory=list)
    payouts: list[Ordered] = field(default_factory=list)

    def signed(self, items: Iterable[Line | Ordered]) -> Decimal:
        return sum((item.amount if item.payer == self.first else -item.amount for item in items), NOTHING)

    @property
    def paid(self) -> Decimal:
        return self.signed(item for item in self.payouts if item.paid)

    @property
    def open(self) -> list[Ordered]:
        return [item for item in self.payouts if not item.paid]

    @property
    def in_ledger(self) -> Decimal:
        """What the ledger says of these two: the same as all payouts that were not cancelled."""
        return self.signed(self.payouts)

    def kept_by_buyer(self) -> Decimal:
        """What the buyer was paid beyond what is owed now, less what this decision charges the buyer anew."""
        charged_before = _total(line for line in self.before if line.payer == "buyer")
        charged = max(NOTHING, charged_before - _total(item for item in self.open if item.payer == "buyer"))
        anew = max(NOTHING, _total(line for line in self.after if line.payer == "buyer") - charged)
        return max(NOTHING, self.paid - anew - self.signed(self.after))


def plan(before: Sequence[Line], after: Sequence[Line], payouts: Sequence[Ordered]) -> Plan:
    """How to get from what was owed `before` to what is owed `after`, given the payouts that were not cancelled."""
    pairs = _pairs(before, after, payouts)
    kept = {pair.first: pair.kept_by_buyer() for key, pair in pairs.items() if key[1] == "buyer"}
    entries: list[Line] = []
    cancelled: list[int] = []
    orders: list[Order] = []
    for (first, second), pair in pairs.items():
        borne = kept[first] if second == "buyer" else kept[second] if first == "platform" else NOTHING
        target = pair.signed(pair.after) + borne
        spared = _spared(pairs, kept, first) if second == "buyer" else NOTHING
        entries.extend(_entries(pair, target, spared=spared))
        unwanted, wanted = _payouts(pair, target, borne if first == "platform" else NOTHING)
        cancelled.extend(unwanted)
        orders.extend(wanted)
    return Plan(entries=tuple(entries), cancelled=tuple(cancelled), orders=tuple(orders))


def _pairs(before: Sequence[Line], after: Sequence[Line], payouts: Sequence[Ordered]) -> Mapping[Pair, _Pair]:
    pairs = {key: _Pair(first=key[0], second=key[1]) for key in PAIRS}
    for name, items in (("before", before), ("after", after), ("payouts", payouts)):
        for item in items:
            key = (item.payer, item.payee)
            getattr(pairs[key if key in pairs else key[::-1]], name).append(item)
    return pairs


def _spared(pairs: Mapping[Pair, _Pair], kept: Mapping[str, Decimal], bearer: str) -> Decimal:
    """What the buyer has already of what is owed more now: the bearer owes it to the platform instead."""
    if bearer == "platform":
        return NOTHING
    restored = pairs["platform", bearer]
    given_back = restored.in_ledger - restored.signed(restored.before)
    return max(NOTHING, given_back - kept[bearer])


def _entries(pair: _Pair, target: Decimal, *, spared: Decimal) -> Iterator[Line]:
    """What is owed more by its kind, then what is taken back in one."""
    rest = target - pair.in_ledger
    for line in _increases(pair):
        less = min(spared, line.amount) if line.payee == "buyer" else NOTHING
        spared -= less
        if line.amount > less:
            added = replace(line, amount=line.amount - less)
            rest -= pair.signed([added])
            yield added
    if rest:
        payer, payee = (pair.first, pair.second) if rest > 0 else (pair.second, pair.first)
        yield Line(kind="reversal", payer=payer, payee=payee, amount=abs(rest))


def _increases(pair: _Pair) -> Iterator[Line]:
    sums: dict[tuple[str, str, str], Decimal] = defaultdict(lambda: NOTHING)
    for sign, lines in ((1, pair.after), (-1, pair.before)):
        for line in lines:
            sums[line.kind, line.payer, line.payee] += sign * line.amount
    for (kind, payer, payee), amount in sums.items():
        if amount > 0:
            yield Line(kind=kind, payer=payer, payee=payee, amount=amount)


def _payouts(pair: _Pair, target: Decimal, borne: Decimal) -> tuple[list[int], list[Order]]:
    """Which open payouts to cancel and what to order instead. What is right already is left alone."""
    if any(item.paid for item in pair.payouts):
        missing = target - pair.paid
        if missing == pair.signed(pair.open):
            return [], []
        wanted = {(pair.first, pair.second): max(NOTHING, missing), (pair.second, pair.first): max(NOTHING, -missing)}
    else:
        wanted = {
            way: _total(line for line in pair.after if (line.payer, line.payee) == way)
            for way in ((pair.first, pair.second), (pair.second, pair.first))
        }
        wanted[pair.first, pair.second] += borne
    cancelled: list[int] = []
    orders: list[Order] = []
    for (payer, payee), amount in wanted.items():
        running = [item for item in pair.open if item.payer == payer]
        if _total(running) == amount:
            continue
        cancelled.extend(item.id for item in running)
        if amount:
            orders.append(Order(payer=payer, payee=payee, amount=amount, refund=_carries_refund(pair, payee, running)))
    return cancelled, orders


def _carries_refund(pair: _Pair, payee: str, running: Sequence[Ordered]) -> bool:
    """Whether the refund itself is on its way with this payout."""
    owed, owed_before = (_total(line for line in lines if line.kind == "refund") for lines in (pair.after, pair.before))
    return payee == "buyer" and owed > 0 and (owed != owed_before or any(item.refund for item in running))


def _total(items: Iterable[Line | Ordered]) -> Decimal:
    return sum((item.amount for item in items), NOTHING)
