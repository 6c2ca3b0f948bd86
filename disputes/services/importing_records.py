"""The texts and proposals that came with a refund, as records with their own times."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from disputes.feeds import JournalRecord, ProposalRecord, RefundRecord
from disputes.models import Message, Order, Proposal
from disputes.services.importing_terms import amount_in

Known = frozenset[tuple[str, datetime]]
"""Party and moment of what a case already has; a marketplace's log never says two things of one side at once."""


def description_of(refund: RefundRecord, order: Order) -> Message | None:
    """What the buyer wrote with the request."""
    if not refund.description:
        return None
    return Message(
        party="buyer",
        author_id=order.buyer_id,
        kind=Message.Kind.STATEMENT,
        text=refund.description,
        at=refund.created_at,
    )


def journal_of(
    refund: RefundRecord, order: Order, *, reason: str, known_of: int | None = None
) -> list[Message | Proposal]:
    """Proposals and log entries, oldest first, without what the case of that id already has."""
    known = {"case_id": known_of or 0}
    proposals: Known = frozenset(Proposal.objects.filter(**known).values_list("party", "at"))
    messages: Known = frozenset(Message.objects.filter(**known).values_list("party", "at"))
    found: list[Message | Proposal] = [
        *_proposals(refund, order, reason, proposals),
        *_messages(refund, order, messages),
    ]
    return sorted(found, key=lambda record: record.at)


def _proposals(refund: RefundRecord, order: Order, reason: str, known: Known) -> Iterator[Proposal]:
    if not any(each.owner == "buyer" and amount_in(refund, each) is not None for each in refund.proposals):
        yield from _asked(refund, order, reason, known)
    versions: dict[str, int] = {}
    for proposal in sorted(refund.proposals, key=lambda each: each.created_at):
        amount = amount_in(refund, proposal)
        if amount is None:
            continue
        versions[proposal.owner] = versions.get(proposal.owner, 0) + 1
        if (proposal.owner, proposal.created_at) not in known:
            yield Proposal(
                party=proposal.owner, version=versions[proposal.owner],
                reason=reason if proposal.owner == "buyer" else "",
                remedy=proposal.remedy, amount=amount, author_id=_author(order, proposal.owner), at=proposal.created_at,
            )  # fmt: skip


def _asked(refund: RefundRecord, order: Order, reason: str, known: Known) -> Iterator[Proposal]:
    """The request itself is the buyer's proposal, each change of it a further version."""
    if ("buyer", refund.requested_at) in known or not refund.remedy:
        return
    yield Proposal(
        party="buyer",
        version=1 + sum(party == "buyer" for party, _at in known),
        reason=reason,
        remedy=refund.remedy,
        amount=refund.requested,
        author_id=order.buyer_id,
        at=refund.requested_at,
    )


def _messages(refund: RefundRecord, order: Order, known: Known) -> Iterator[Message]:
    seen = {(party, at) for party, at in known} | {("buyer", refund.created_at)}
    for party, at, text in _texts(refund):
        if (party, at) not in seen:
            seen.add((party, at))
            yield Message(party=party, author_id=_author(order, party), kind=Message.Kind.MESSAGE, text=text, at=at)


def _texts(refund: RefundRecord) -> Iterator[tuple[str, datetime, str]]:
    """What the log says, in the sides' own words or, where they wrote none, in the platform's word for the act;
    proposals in a currency that cannot be compared are kept as they were told."""
    for entry in refund.journal:
        if entry.content != refund.description or not entry.content:
            yield entry.party, entry.at, _words(entry)
    for proposal in refund.proposals:
        if proposal.amount is not None and amount_in(refund, proposal) is None:
            yield proposal.owner, proposal.created_at, _terms(proposal)


def _words(entry: JournalRecord) -> str:
    return entry.content or entry.action


def _terms(proposal: ProposalRecord) -> str:
    words = [proposal.remedy, f"{proposal.amount} {proposal.currency}", proposal.content]
    return " · ".join(word for word in words if word)


def _author(order: Order, party: str) -> int | None:
    """Only the buyer is one person; who wrote for a shop or for the platform is not told."""
    return order.buyer_id if party == "buyer" else None
