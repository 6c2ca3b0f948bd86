"""Before something is done that cannot be taken back: what it means, in words."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from contract.money import Money
from disputes.selectors.case_views import CaseView
from disputes.selectors.foreseeing import Foreseen
from disputes.views.showing import moment

RETURNS = frozenset({"return_and_refund", "exchange", "repair"})
"""Remedies by which the item goes back first."""
SENDS = frozenset({"send_again", "replacement_card"})
"""Remedies by which the seller sends something first."""

SETTLING = frozenset({"accept", "accept_proposal"})
"""Actions by which both sides agree."""
CHECKED = frozenset(
    "accept accept_proposal withdraw confirm_return confirm_replacement refund_without_return complete_evidence"
    " request_intervention withdraw_objection submit_appeal".split()
)
"""Actions whose page says what follows before the button is pressed."""


def check_of(
    view: CaseView,
    action: str,
    *,
    offer: str = "",
    sure: bool = False,
    later: bool = False,
    ahead: Foreseen | None = None,
) -> dict[str, Any] | None:
    """What the check page says, `ahead` being where the case would stand; None for an action that needs no check."""
    if action not in CHECKED:
        return None
    label = _label(view, action, offer)
    amount = _amount(view, action, offer)
    return {
        "question": _("Really withdraw, although the item is on its way back?")
        if sure and action == "withdraw"
        else label,
        "amount": amount.amount if amount else "",
        "currency": amount.currency if amount else "",
        "amount_label": _("Refund amount"),
        "facts": _terms(view, action, offer),
        "consequences": _consequences(view, action, offer, later=later, sure=sure, ahead=ahead),
        "warning": _warning(view, action, sure=sure),
        "final": action in ("withdraw", "confirm_replacement"),
    }


def second_check_needed(view: CaseView, action: str) -> bool:
    """Whether somebody who withdraws has already sent the item back: then both could be lost."""
    return action == "withdraw" and any(parcel.leg.code == "return" for parcel in view.parcels) and not view.appeals


def _label(view: CaseView, action: str, offer: str) -> str:
    questions = {
        "buyer": _("Accept the buyer's proposal?"),
        "seller": _("Accept the seller's proposal?"),
        "platform": _("Accept the platform's proposal?"),
    }
    if action == "accept_proposal" and offer in questions:
        return questions[offer]
    found = view.action(action) or view.refused(action)
    return found.label if found else ""


def _amount(view: CaseView, action: str, offer: str) -> Money | None:
    if action == "accept":
        return view.cost_of_accepting or view.refund.requested
    if action == "accept_proposal":
        made = view.proposal(offer)
        return made.amount if made else None
    if action in ("confirm_return", "refund_without_return", "withdraw_objection"):
        return view.refund.agreed or view.refund.requested
    return None


def _terms(view: CaseView, action: str, offer: str) -> list[dict[str, Any]]:
    """What is agreed to by accepting: the solution, who pays for sending it back, and what was said about it."""
    made = view.proposal("buyer" if action == "accept" else offer) if action in SETTLING else None
    if made is None:
        return []
    freight = ""
    if made.remedy.code in RETURNS:
        freight = str(made.return_freight_by) if made.return_freight_by else _("As the platform's rules say")
    rows = [(_("Solution"), made.remedy.text), (_("Who pays the return shipping"), freight), (_("Note"), made.note)]
    return [{"label": label, "value": value, "wide": value == made.note} for label, value in rows if value]


def _consequences(
    view: CaseView, action: str, offer: str, *, later: bool, sure: bool, ahead: Foreseen | None
) -> list[str]:
    if later:
        return [_("We do it for you in the moment it becomes possible. Until then you can take this back.")]
    if action in SETTLING:
        made = view.proposal("buyer" if action == "accept" else offer)
        if ahead is not None and not ahead.closed:
            return _of_next_step(view, ahead)
        return _of_settlement(made.remedy.code if made else view.remedy.code)
    given = None if action == "withdraw" and not view.appeals else view.action(action)
    said = [given.confirm] if given and given.confirm and not sure else []
    return said + _of_others(view, action, sure=sure)


def _of_next_step(view: CaseView, ahead: Foreseen) -> list[str]:
    """What is to be done then, by when, and what happens otherwise."""
    until = _("Until %(moment)s.") % {"moment": moment(view, ahead.due_at)} if ahead.due_at else ""
    over = _("After accepting, the case is settled; nothing can be negotiated any more.")
    return [line for line in (over, ahead.what, until, ahead.then) if line]


def _of_settlement(remedy: str) -> list[str]:
    """What follows when both sides agree."""
    nothing_more = _("After accepting, the case is settled; nothing can be negotiated any more.")
    if remedy in RETURNS:
        return [_("First the item is sent back; the time for that starts at once."), nothing_more]
    if remedy in SENDS:
        return [_("First the seller sends the replacement; the time for that starts at once."), nothing_more]
    return [
        _("After accepting, the case ends at once and the refund is ordered."),
        _("Nothing can be negotiated any more."),
    ]


def _of_others(view: CaseView, action: str, *, sure: bool) -> list[str]:
    if action == "request_intervention":
        return [
            _("Platform customer service reads what both sides wrote and submitted, and decides."),
            _("Both sides are asked for evidence; the page shows until when."),
        ]
    if action == "withdraw" and sure:
        return [
            _("You lose the refund: %(amount)s.") % {"amount": view.refund.requested},
            _("You may lose the item too: it is on its way to the seller."),
        ]
    return []


def _warning(view: CaseView, action: str, *, sure: bool) -> str:
    if action != "withdraw" or sure or view.viewer != "buyer":
        return ""
    return _(
        "Did the seller promise to pay you on WeChat or elsewhere if you withdraw? Do not do it: nobody here can help"
        " you get that money, and you cannot ask again for the same reason once the platform was asked to step in."
    )
