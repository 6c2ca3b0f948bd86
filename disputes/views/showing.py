"""A case as the components of its pages: from frozen views to what each component documents at its top."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from contract.moments import local_moment, moment_in_words, zone_in_words
from disputes.labels.turns import after_one_another
from disputes.selectors.action_views import ActionView, UnavailableView
from disputes.selectors.case_views import CaseView
from disputes.selectors.history_views import TimelineEntry
from disputes.selectors.list_views import OrderRow
from disputes.selectors.order_views import OrderView
from disputes.selectors.record_views import ListingView, ProposalView
from disputes.selectors.wording import Worded

ELSEWHERE = frozenset({"message", "accept_proposal", "withdraw_exhibit", "cancel_queued"})
"""Actions that have their button beside what they are about: a text, a proposal, an exhibit, a wish."""
RARE = frozenset({"record_external_escalation"})
"""Actions few people ever need: a line to open, no button."""
LATE = frozenset({"edit_request"})
"""Actions that are rare as well once the platform looks at the case: then the turn is somebody else's."""
WITH_THE_PLATFORM = frozenset({"EVIDENCE", "REVIEW", "RE_REVIEW"})

STEP_STATES = {"done": "done", "current": "now", "to_come": "next"}


def action_url(number: str, action: str) -> str:
    """Where an action has its page."""
    if action == "submit_exhibit":
        return reverse("disputes:evidence", args=[number])
    return reverse("disputes:action", args=[number, action])


def door(view: CaseView) -> dict[str, Any]:
    """The sentence over the door, with what may be done."""
    said, rare = view.door, RARE | (LATE if view.stage.code in WITH_THE_PLATFORM else frozenset())
    return {
        "what": said.what,
        "then": said.then,
        "left_seconds": said.left_seconds,
        "due_at": said.due_at,
        "late": said.late,
        "tone": said.tone,
        "nothing_sentence": said.nothing_sentence,
        "why_url": reverse("disputes:why", args=[view.number]) if said.deadline else "",
        "eyebrow": view.pack.text,
        "number": view.number,
        "actions": [_button(view, item) for item in view.available_actions if item.action not in ELSEWHERE | rare],
        "rare": [_button(view, item) for item in view.available_actions if item.action in rare],
    }


def _button(view: CaseView, item: ActionView) -> dict[str, Any]:
    return {"label": item.label, "url": action_url(view.number, item.action), "main": item.main, "danger": item.danger}


def refused(view: CaseView) -> list[dict[str, Any]]:
    """What may not be done now: why, from when or until when, and whether it can be asked for already."""
    queued = {item.action for item in view.queued}
    return [
        {
            "label": item.label,
            "detail": item.detail,
            "when": when(view, item),
            "later_url": f"{action_url(view.number, item.action)}?later=1"
            if item.queueable and item.action not in queued
            else "",
        }
        for item in view.unavailable_actions
    ]


def when(view: CaseView | OrderView, item: UnavailableView) -> str:
    """From when, or until when, something is possible that is not now; nothing where no time decides it."""
    if item.available_from and item.available_from > view.now:
        return _("Possible from %(moment)s.") % {"moment": moment(view, item.available_from)}
    if item.available_until and item.available_until <= view.now:
        return _("It was possible until %(moment)s.") % {"moment": moment(view, item.available_until)}
    return ""


def moment(view: Any, at: datetime) -> str:
    """A moment in words, in the reader's zone."""
    return moment_in_words(local_moment(at, None), now=view.now, with_zone=True)


class Placed(Protocol):
    """Something of a platform, which counts days in a zone."""

    @property
    def platform(self) -> Worded: ...
    @property
    def zone(self) -> str: ...


def zone_note(shown: Iterable[Placed], now: datetime) -> str:
    """Whose zone a page is in, where a platform counts its days in another; empty where they agree."""
    mine = local_moment(now, None)
    others: dict[str, set[str]] = {}
    for zone, platform in {(each.zone, str(each.platform)) for each in shown}:
        theirs = local_moment(now, zone)
        if theirs.utcoffset() != mine.utcoffset():
            others.setdefault(zone_in_words(theirs), set()).add(platform)
    if not others:
        return ""
    note = _("Times are in your time zone: %(mine)s.") % {"mine": zone_in_words(mine)}
    sentence = _("%(platforms)s counts its days in: %(theirs)s.")
    told = [sentence % {"platforms": " / ".join(sorted(who)), "theirs": zone} for zone, who in sorted(others.items())]
    return after_one_another([note, *told])


def steps(view: CaseView) -> list[dict[str, Any]]:
    """The progress list."""
    return [
        {
            "label": step.label,
            "state": STEP_STATES[step.state],
            "note": moment_in_words(local_moment(step.at, None), now=view.now, with_zone=False) if step.at else "",
        }
        for step in view.steps
    ]


def offers(view: CaseView) -> list[dict[str, Any]]:
    """Three proposals side by side; a side that made none yet is a gap that says so, until the case is closed."""
    made = [(party, view.proposal(party)) for party in ("buyer", "seller", "platform")]
    return [_offer(view, party, each) for party, each in made if each is not None or view.stage.code != "CLOSED"]


def _offer(view: CaseView, party: str, made: ProposalView | None) -> dict[str, Any]:
    titles = {
        "buyer": _("Buyer's proposal"),
        "seller": _("Seller's proposal"),
        "platform": _("Platform's proposal"),
    }
    if made is None:
        gaps = {
            "seller": _("The seller has made no proposal yet."),
            "platform": _("The platform has made no proposal."),
        } | {view.viewer: _("You have made no proposal yet.")}
        return {"party": party, "title": titles[party], "empty_sentence": gaps.get(party) or _("No proposal yet.")}
    accept = f"{action_url(view.number, 'accept_proposal')}?offer={party}" if made.acceptable else ""
    return {
        "party": party,
        "title": titles[party],
        "amount": made.amount.amount,
        "currency": made.amount.currency,
        "remedy": _terms(made),
        "note": made.note,
        "difference": made.difference,
        "made_at": made.at,
        "accept_url": accept,
        "accept_label": _("Accept this proposal"),
    }


def _terms(made: ProposalView) -> str:
    if made.return_freight_by is None:
        return made.remedy.text
    return _("%(remedy)s; return shipping paid by: %(party)s") % {
        "remedy": made.remedy,
        "party": made.return_freight_by,
    }


def money_rows(view: CaseView) -> list[dict[str, Any]]:
    """The money: what was paid, asked for, agreed and ordered."""
    asked = _("You ask for") if view.viewer == "buyer" else _("The buyer asks for")
    rows: list[tuple[str, Any, bool]] = [
        (_("Paid for the order"), view.order.paid, False),
        (_("Maximum refund"), view.refund.maximum, False),
        (asked, view.refund.requested, True),
        (_("Agreed or ruled"), view.refund.agreed, True),
        (_("Refund ordered"), view.refund.paid, True),
    ]
    shown = [
        {"label": label, "amount": sum_.amount, "currency": sum_.currency, "strong": strong}
        for label, sum_, strong in rows
        if sum_ is not None
    ]
    return shown + [_payout(item) for item in view.payouts]


def _payout(item: Any) -> dict[str, Any]:
    tone = {"failed": "late", "succeeded": "good"}.get(item.status.code, "")
    return {
        "label": item.status.text,
        "note": item.reason,
        "amount": item.amount.amount,
        "currency": item.amount.currency,
        "tone": tone,
    }


def order_rows(view: CaseView) -> list[dict[str, Any]]:
    """The order, as far as the case is about it."""
    order = view.order
    rows = [
        (_("Order number"), order.outside_id),
        (_("Shop"), view.people.shop.name),
        (_("Buyer"), view.people.buyer.name),
        (_("Order status"), order.status.text),
        (_("Ordered at"), _short(view, order.created_at)),
        (_("Shipped at"), _short(view, order.shipped_at)),
        (_("Signed for at"), _short(view, order.signed_at)),
        (_("Completed at"), _short(view, order.completed_at)),
        (_("Carrier"), order.carrier),
        (_("Tracking number"), order.tracking),
    ]
    return [{"label": label, "value": value} for label, value in rows if value]


def _short(view: Any, at: datetime | None) -> str:
    return moment_in_words(local_moment(at, None), now=view.now, with_zone=False) if at else ""


def claim_rows(view: CaseView) -> list[dict[str, Any]]:
    """What the buyer says and wants."""
    received = {True: _("Yes"), False: _("No"), None: ""}[view.goods_received]
    rows = [
        (_("Reason"), view.reason.text),
        (_("Asks for"), view.remedy.text),
        (_("Has the item come?"), received),
        (_("Kind of goods"), view.goods_type.text),
    ]
    return [{"label": label, "value": value} for label, value in rows if value]


def snapshots(view: CaseView) -> list[ListingView]:
    """What the listings said when the order was placed."""
    return [line.listing for line in view.lines if line.listing is not None]


def entries(
    view: CaseView, told: Iterable[TimelineEntry], files: Mapping[UUID, list[dict[str, Any]]]
) -> list[dict[str, Any]]:
    """The negotiation history, the latest first."""
    listed = [
        {
            "party": entry.party if not entry.system else "clock",
            "who": entry.who,
            "title": entry.title,
            "text": entry.text,
            "advice": entry.advice,
            "at": entry.at,
            "late": entry.late,
            "rule": _("Rule %(id)s") % {"id": entry.rule} if entry.rule and entry.system else "",
            "files": [file for exhibit in entry.exhibits for file in files.get(exhibit, [])],
        }
        for entry in told
    ]
    return listed[::-1]


def order_row(row: OrderRow) -> dict[str, Any]:
    """An order in a list."""
    more = _("and %(count)s more") % {"count": row.more_lines} if row.more_lines else ""
    return {
        "row": row,
        "url": reverse("disputes:order", args=[row.id]),
        "file_url": reverse("disputes:file", args=[row.id]),
        "title": " ".join(part for part in (row.title, more) if part),
        "case_url": reverse("disputes:case", args=[row.open_case]) if row.open_case else "",
    }
