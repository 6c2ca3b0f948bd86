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

Key = tuple[str, str, bool]
"""Two parties, in the direction money usually goes, and whether it is about the refund itself."""

KEYS: tuple[Key, ...] = (
    ("seller", "buyer", True), *((bearer, "buyer", False) for bearer in BEARERS), ("platform", "seller", False),
    ("carrier", "seller", False), ("platform", "carrier", False),
)  # fmt: skip
"""The refund has payouts of its own, so that nothing else decides whether it was paid."""


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
class _Account:
    """What two parties owe each other, what was paid, what is on its way. Amounts run from the first to the second."""

    first: str
    second: str
    refund: bool
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
    accounts = _accounts(before, after, payouts)
    kept = {key: account.kept_by_buyer() for key, account in accounts.items() if account.second == "buyer"}
    restored = {bearer: _of_bearer(kept, bearer) for bearer in ("seller", "carrier")}
    spared = {bearer: _spared(accounts, restored, bearer) for bearer in restored}
    entries: list[Line] = []
    cancelled: list[int] = []
    orders: list[Order] = []
    for key, account in accounts.items():
        back = restored[account.second] if account.first == "platform" and account.second in restored else NOTHING
        target = account.signed(account.after) + kept.get(key, back)
        entries.extend(_entries(account, target, spared=spared if account.second == "buyer" else {}))
        unwanted, wanted = _payouts(account, target, back)
        cancelled.extend(unwanted)
        orders.extend(wanted)
    return Plan(entries=tuple(entries), cancelled=tuple(cancelled), orders=tuple(orders))


def _accounts(
    before: Sequence[Line], after: Sequence[Line], payouts: Sequence[Ordered]
) -> Mapping[Key, _Account]:
    accounts = {key: _Account(first=key[0], second=key[1], refund=key[2]) for key in KEYS}
    for name, items in (("before", before), ("after", after), ("payouts", payouts)):
        for item in items:
            refund = item.refund if isinstance(item, Ordered) else item.kind == "refund"
            key = (item.payer, item.payee, refund)
            getattr(accounts[key if key in accounts else (item.payee, item.payer, refund)], name).append(item)
    return accounts


def _of_bearer(kept: Mapping[Key, Decimal], bearer: str) -> Decimal:
    """What the platform gives a bearer back because the buyer keeps it."""
    return sum((amount for key, amount in kept.items() if key[0] == bearer), NOTHING)


def _spared(accounts: Mapping[Key, _Account], restored: Mapping[str, Decimal], bearer: str) -> Decimal:
    """What the buyer has already of what is owed more now: the bearer owes it to the platform instead."""
    account = accounts["platform", bearer, False]
    return max(NOTHING, account.in_ledger - account.signed(account.before) - restored[bearer])


def _entries(account: _Account, target: Decimal, *, spared: dict[str, Decimal]) -> Iterator[Line]:
    """What is owed more by its kind, less what the buyer has of it already; then what is taken back, in one."""
    rest = target - account.in_ledger
    for line in _increases(account):
        less = min(spared.get(line.payer, NOTHING), line.amount, max(NOTHING, line.amount - rest))
        if less:
            spared[line.payer] -= less
        if line.amount > less:
            added = replace(line, amount=line.amount - less)
            rest -= account.signed([added])
            yield added
    if rest:
        payer, payee = (account.first, account.second) if rest > 0 else (account.second, account.first)
        yield Line(kind="reversal", payer=payer, payee=payee, amount=abs(rest))


def _increases(account: _Account) -> Iterator[Line]:
    sums: dict[tuple[str, str, str], Decimal] = defaultdict(lambda: NOTHING)
    for sign, lines in ((1, account.after), (-1, account.before)):
        for line in lines:
            sums[line.kind, line.payer, line.payee] += sign * line.amount
    for (kind, payer, payee), amount in sums.items():
        if amount > 0:
            yield Line(kind=kind, payer=payer, payee=payee, amount=amount)


def _payouts(account: _Account, target: Decimal, back: Decimal) -> tuple[list[int], list[Order]]:
    """Which open payouts to cancel and what to order instead. What is right already is left alone."""
    ways = ((account.first, account.second), (account.second, account.first))
    if any(item.paid for item in account.payouts):
        missing = target - account.paid
        if missing == account.signed(account.open):
            return [], []
        wanted = dict(zip(ways, (max(NOTHING, missing), max(NOTHING, -missing)), strict=True))
    else:
        wanted = {way: _total(line for line in account.after if (line.payer, line.payee) == way) for way in ways}
        wanted[ways[0]] += back
    cancelled: list[int] = []
    orders: list[Order] = []
    for (payer, payee), amount in wanted.items():
        running = [item for item in account.open if item.payer == payer]
        if _total(running) == amount:
            continue
        cancelled.extend(item.id for item in running)
        if amount:
            orders.append(Order(payer=payer, payee=payee, amount=amount, refund=account.refund))
    return cancelled, orders


def _total(items: Iterable[Line | Ordered]) -> Decimal:
    return sum((item.amount for item in items), NOTHING)
