"""What a case page and the API's case object are made of. Frozen: a view is what was true at its `now`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from contract.money import Money
from disputes.selectors.action_views import ActionView, QueuedView, UnavailableView
from disputes.selectors.evidence_views import EvidenceView
from disputes.selectors.record_views import (
    ClaimLine,
    EscalationView,
    MessageView,
    OrderSummary,
    ParcelView,
    ProposalView,
)
from disputes.selectors.ruling_views import AppealView, RulingView
from disputes.selectors.wording import Worded


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """The sentence over the door: whose turn it is, until when, and what happens by itself."""

    what: str
    """Whose turn it is and what they may do, as one sentence to this reader."""
    then: str
    """What happens by itself if nothing is done, with the amount; says so too where nothing happens."""
    due_at: datetime | None
    """Until when; None when nobody is awaited or no clock runs."""
    left_seconds: int | None
    """Whole seconds from the view's `now` to `due_at`, never below zero; None without a clock."""
    late: bool
    """Whether a time is up that is not recorded yet: «time is up, being recorded»."""
    tone: str
    """calm, soon (under 24 hours and the reader's turn), late, or settled (closed)."""
    final: bool
    """Whether what happens by itself could not be changed afterwards."""
    nothing_sentence: str
    """The answer to «what if I do nothing?»; empty when it is not the reader's turn."""
    deadline: str
    """The name of the deadline the sentence speaks of, for «why this time?»; empty when there is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refund:
    """The money of a case."""

    requested: Money
    """What the buyer asks for now."""
    maximum: Money | None
    """The most that can be refunded; None when an import did not say."""
    agreed: Money | None
    """What was agreed or ruled; None before."""
    paid: Money | None
    """What was ordered to be paid to the buyer by this case; None before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PayoutView:
    """A payout the marketplace was asked to make."""

    id: int
    """By which the marketplace's answer names it."""
    refund: bool
    """Whether it carries the refund itself; else shipping costs, compensation or what is given back."""
    payer: str
    """Who pays: buyer, seller, platform or carrier."""
    status: Worded
    """ordered, succeeded, failed or cancelled."""
    amount: Money
    """How much."""
    payee: str
    """Who gets it: mostly the buyer."""
    reason: str
    """Why it failed, in the marketplace's words; empty otherwise."""
    ordered_at: datetime
    """When it was ordered."""
    answered_at: datetime | None
    """When the marketplace answered; None before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadlineView:
    """One clock of a case."""

    name: str
    """The policy's name."""
    id: str
    """The row id of the platform rule; empty when the rule has none."""
    label: str
    """Its name in the reader's language."""
    kind: str
    """auto, window, gate or target; reminders are not shown."""
    party: str
    """Whose time runs: buyer, seller, both or platform."""
    started_at: datetime
    """Where counting began."""
    due_at: datetime
    """The promised moment."""
    state: str
    """pending, paused or passed."""
    on_timeout: Worded | None
    """What happens then, for clocks with an outcome that still run; None otherwise."""
    source: str
    """Where the platform's number comes from."""
    confidence: str
    """seed, A, B, C, sdk or assumed."""
    provisional: bool
    """Whether the number is not confirmed by the platform itself."""
    stated: bool
    """Whether the marketplace stated the moment itself."""
    version: int
    """The number of the policy version it follows."""
    paused: Worded | None
    """Why it stands still; None while it does not."""
    paused_at: datetime | None
    """Since when; None while it runs."""
    paused_until: datetime | None
    """Until when, where that is known: the end of a freeze."""
    moves_to: datetime | None
    """When it will be due if its freeze ends as planned and nothing else happens; None where that is not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgressStep:
    """One step of the progress list."""

    code: str
    """filed, seller, return, replacement, intervention, evidence, ruling, second_review or closed."""
    label: str
    """In the reader's language."""
    state: str
    """done, current or to_come."""
    at: datetime | None
    """When it was reached; None when it was not, or when that is not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Somebody:
    """A person or a shop, as far as this reader may know."""

    id: int | None
    """None where the reader may not know who it is."""
    name: str
    """What to call them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """Who takes part. Parties learn no arbitrator's name: to them it is the platform's customer service."""

    buyer: Somebody
    """Who bought and filed."""
    shop: Somebody
    """Who sold."""
    arbitrator: Somebody | None
    """In whose hands the case is; None while in nobody's, and always for the parties."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FreezeNow:
    """That the platform's clocks stand still for a while, and those of the case with them."""

    id: int
    """Which freeze it is."""
    since: datetime
    """From when."""
    until: datetime
    """To when, as planned."""
    reason: str
    """Why, in the platform's words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Advised:
    """What a preliminary review rejected a call for."""

    code: str
    """As in the pack."""
    text: str
    """Its name."""
    advice: str
    """What to do now; may be empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseView:
    """Everything a case page and the API's case object need, after settling in memory."""

    number: str
    """Public, unguessable, ordered by time."""
    platform: Worded
    """The marketplace."""
    pack: Worded
    """The rule document the case was opened under."""
    policy_version: int
    """The number of the pinned version of that document."""
    zone: str
    """IANA name of the platform's time zone, in which days are counted; pages show times in their reader's."""
    now: datetime
    """The moment this view was made at."""
    viewer: str
    """As whom the reader sees it: buyer, seller or platform."""
    staff: frozenset[str]
    """What somebody of the platform works as; empty for the parties."""
    version: int
    """The recorded version: what `If-Match` and forms carry."""
    settled_in_memory: bool
    """Whether a time is up that is not recorded yet; everything here already counts with it."""
    stage: Worded
    """Where the case stands, named by who must act."""
    outcome: Worded | None
    """How it closed; None while it never did."""
    waiting_on: str
    """buyer, seller, both, platform or none."""
    next_for_you: Worded
    """What the reader has to do or wait for, as a sentence."""
    door: Door
    """The head of the page."""
    due_at: datetime | None
    """The same moment as the door's."""
    on_timeout: Worded | None
    """What happens by itself at `due_at`; None where nothing does."""
    final: bool
    """Whether the case is closed and nothing can change its outcome any more."""
    final_at: datetime | None
    """When a closed case becomes final by itself, or became so; None while it is open."""
    created_at: datetime
    """When it was opened."""
    closed_at: datetime | None
    """When it closed; None while open."""
    refund: Refund
    """The money."""
    payouts: tuple[PayoutView, ...]
    """Payouts asked of the marketplace, oldest first."""
    reason: Worded
    """Why the buyer complains."""
    remedy: Worded
    """What the buyer asks for."""
    goods_type: Worded
    """The kind of goods."""
    goods_received: bool | None
    """Whether the buyer says to have received the item; None when not said."""
    burden: str
    """Who must prove: buyer, seller, both or none."""
    order: OrderSummary
    """The order it is about."""
    lines: tuple[ClaimLine, ...]
    """The lines it is about, with what the listing said."""
    proposals: tuple[ProposalView, ...]
    """The three sides' latest proposals: buyer, seller, platform; a side without one is left out."""
    deadlines: tuple[DeadlineView, ...]
    """Its clocks, the earliest first; running before passed ones."""
    available_actions: tuple[ActionView, ...]
    """What the reader may do."""
    unavailable_actions: tuple[UnavailableView, ...]
    """What the reader may not do now."""
    queued: tuple[QueuedView, ...]
    """What waits to be done."""
    steps: tuple[ProgressStep, ...]
    """The progress list."""
    people: People
    """Who takes part."""
    held: Worded | None
    """Why its clocks stand still; None while they run."""
    freeze: FreezeNow | None
    """The freeze of the platform for which a clock of the case stands still; None while there is none."""
    waits_for: tuple[Worded, ...]
    """Stalled feeds of the marketplace for which something waits that else would happen by itself."""
    rejection: Advised | None
    """Why the platform did not take the reader's call up, and what to do; None when it took it up or was not called."""
    platform_late: bool
    """Whether the platform has overrun its own maximum; the page says so with the new date."""
    evidence: EvidenceView
    """What is asked for and what was handed in."""
    rulings: tuple[RulingView, ...]
    """Rulings the reader may see, the latest first."""
    appeals: tuple[AppealView, ...]
    """Requests for a second review, the latest first."""
    parcels: tuple[ParcelView, ...]
    """Parcels of the return and replacement legs, the latest first."""
    return_address: str
    """Where the return goes; the buyer sees it only once a return is agreed. Empty when none is given."""
    messages: tuple[MessageView, ...]
    """What was written, oldest first; internal notes only for staff."""
    escalations: tuple[EscalationView, ...]
    """That the matter went outside the platform."""
    cost_of_accepting: Money | None
    """For the seller, while the request can be accepted: what accepting pays."""

    def action(self, code: str) -> ActionView | None:
        """The available action of that code, if it is available."""
        return next((item for item in self.available_actions if item.action == code), None)

    def refused(self, code: str) -> UnavailableView | None:
        """The unavailable action of that code, if it is one of this stage."""
        return next((item for item in self.unavailable_actions if item.action == code), None)

    def proposal(self, party: str) -> ProposalView | None:
        """The latest proposal of buyer, seller or platform."""
        return next((item for item in self.proposals if item.party == party), None)

    def message(self, identity: UUID | None) -> MessageView | None:
        """The message of that id, among those the reader may see."""
        return next((item for item in self.messages if item.id == identity), None)

    @property
    def ruling(self) -> RulingView | None:
        """The ruling in force."""
        return next((item for item in self.rulings if item.status.code == "in_force"), None)

    @property
    def main_action(self) -> ActionView | None:
        """The one main button."""
        return next((item for item in self.available_actions if item.main), None)
