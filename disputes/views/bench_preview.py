"""A ruling as both sides will read it, before it is issued: the very words of their own page."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils import translation
from django.utils.translation import gettext as _

from contract.money import Money
from disputes.forms.ruling import RulingForm
from disputes.labels.words import APPEALS, LIABLE, PARTIES, RULING_LINES, RULING_OUTCOMES, RULINGS, name_of
from disputes.selectors.access import CaseAccess
from disputes.selectors.case_views import CaseView
from disputes.selectors.cases import case_view
from disputes.selectors.ruling_views import FindingView, RulingLineView, RulingView
from disputes.selectors.wording import Worded
from disputes.services.ruling import LIABLE_OF_OUTCOME, drafted_lines, remedy_meant
from disputes.services.weighing import Weighed, check_limits, weigh
from disputes.views.papers import ruling_text

NOT_ISSUED = "awaiting"
NOBODYS = UUID(int=0)
"""A ruling that was not made has no number yet."""
KINDS = {"rule": "first", "correct_ruling": "correction", "decide_appeal": "appeal"}


def ruling_shown(view: CaseView, made: RulingView) -> dict[str, Any]:
    """A ruling that was made, for staff: what it is and in which state, above the text of the parties."""
    shown = ruling_text(view, made)
    shown["heading"] = f"{made.kind} · {made.status}"
    shown["appeal_url"], shown["what_now"] = "", []
    shown["facts"] = (
        [*shown["facts"], {"label": _("Second person"), "value": made.second_person}]
        if made.second_person
        else shown["facts"]
    )
    return shown


def preview(access: CaseAccess, form: RulingForm, language: str) -> dict[str, Any]:
    """What both sides will read in this language."""
    with translation.override(language):
        read = case_view(_as_a_party(access))
        made = _drafted(access, read, form)
        shown = ruling_text(read, made)
        shown |= {
            "preview": True,
            "issued_at": None,
            "appeal_until": None,
            "appeal_url": "",
            "what_now": _what_follows(read, form, made),
        }
    return shown


def weigh_up(access: CaseAccess, form: RulingForm) -> Weighed:
    """What the ruling as typed orders in all, whom it needs, and what in it does not fit together.

    Raises FieldsRefused for amounts above what their kind allows.
    """
    given, lines = form.cleaned_data, drafted_lines(form.lines())
    check_limits(access.case_id, lines)
    outcome = "" if form.upheld else str(given.get("outcome") or "")
    return weigh(
        access.case_id, action=form.action, outcome=outcome, found_false=bool(form.found_false),
        liable="" if form.upheld else str(given.get("liable") or LIABLE_OF_OUTCOME.get(outcome, "")),
        refund=(not form.upheld and given.get("amount")) or Decimal(), lines=lines,
    )  # fmt: skip


def second_person_sentence(weighed: Weighed) -> str:
    """That a second person has to approve it, and why; empty when it takes effect at once."""
    why = {
        "correction": _("it is a correction"), "false_evidence": _("it finds false evidence"),
        "compensation": _("it orders compensation"),
        "amount": _("it orders %(total)s in all, more than %(limit)s")
        % {"total": weighed.total, "limit": weighed.limit},
    }  # fmt: skip
    if not weighed.second_person:
        return ""
    reasons = _("; ").join(str(why[code]) for code in weighed.second_person)
    return _("A second person has to approve this ruling before anything takes effect: %(reasons)s.") % {
        "reasons": reasons
    }


def _as_a_party(access: CaseAccess) -> CaseAccess:
    """The case with a party's eyes, for reading only."""
    return CaseAccess(
        case_id=access.case_id, number=access.number, party="buyer", user_id=access.user_id, staff=frozenset()
    )


def _drafted(access: CaseAccess, view: CaseView, form: RulingForm) -> RulingView:
    """The ruling as typed, as if it had been made."""
    given = form.cleaned_data
    upheld = given.get("decision") == "uphold"
    outcome = "" if upheld else str(given.get("outcome") or "")
    remedy = remedy_meant(access.case_id, given, outcome)
    liable = str(given.get("liable") or LIABLE_OF_OUTCOME.get(outcome, ""))
    stands = view.ruling if upheld else None
    return RulingView(
        id=NOBODYS,
        kind=Worded(code=KINDS[form.action], text=name_of(RULINGS, KINDS[form.action])),
        status=Worded(code=NOT_ISSUED, text=""),
        upheld=upheld if form.action == "decide_appeal" else None,
        outcome=Worded(
            code=outcome or "upheld", text=name_of(RULING_OUTCOMES, outcome) if outcome else name_of(APPEALS, "upheld")
        ),
        remedy=Worded(code=remedy, text=remedy) if remedy else None,
        liable=stands.liable if stands else Worded(code=liable, text=name_of(LIABLE, liable)),
        seller_share=int(given.get("seller_share") or 0),
        clause=str(given.get("clause") or ""),
        reasons=given["reasons"],
        lines=tuple(_lines(view, form, upheld=upheld)),
        findings=tuple(_findings(view, form)),
        false_evidence_by=form.found_false,
        arbitrator=_("Platform customer service"),
        second_person="",
        at=view.now,
    )


def _lines(view: CaseView, form: RulingForm, *, upheld: bool) -> Iterator[RulingLineView]:
    """The amounts: the refund first, then what else is ordered."""
    given = form.cleaned_data
    if upheld:
        return
    if given.get("amount"):
        yield _line(view, "refund", given["amount"], payer="seller", clause="")
    for line in form.lines():
        yield _line(view, line["kind"], Decimal(line["amount"]), payer=line["payer"], clause=line["clause"])


def _line(view: CaseView, kind: str, amount: Decimal, *, payer: str, clause: str) -> RulingLineView:
    payee = "seller" if payer == "buyer" else "buyer"
    return RulingLineView(
        kind=Worded(code=kind, text=name_of(RULING_LINES, kind)),
        amount=Money(amount, view.refund.requested.currency),
        clause=clause,
        payer=Worded(code=payer, text=name_of(PARTIES, payer)),
        payee=Worded(code=payee, text=name_of(PARTIES, payee)),
    )


def _findings(view: CaseView, form: RulingForm) -> Iterator[FindingView]:
    known = {exhibit.id: exhibit for group in view.evidence.groups for exhibit in group.exhibits}
    answers = form.outward()["findings"]
    for identity, _name in form.exhibits:
        exhibit = known[identity]
        yield FindingView(exhibit=identity, party=exhibit.party, number=exhibit.number, answer=answers[str(identity)])


def _what_follows(view: CaseView, form: RulingForm, made: RulingView) -> list[str]:
    """What happens once it is issued, in words both sides read."""
    if made.upheld:
        return [_("The first ruling stands. This decision is final.")]
    amount = Money(form.cleaned_data.get("amount") or Decimal(), view.refund.requested.currency)
    said = [_of_money(made.remedy.code if made.remedy else "", amount)]
    if form.action == "rule":
        said.append(_("Whoever was not granted everything may ask for a second review, with new evidence."))
    if form.action == "decide_appeal":
        said.append(_("This decision is final."))
    return said


def _of_money(remedy: str, amount: Money) -> str:
    if remedy in ("return_and_refund", "exchange", "repair"):
        return _("First the item is sent back; the page of the case says where to and until when.")
    if remedy in ("send_again", "replacement_card"):
        return _("The seller sends a replacement; the page of the case says until when.")
    if not amount.amount:
        return _("Nothing is refunded.")
    return _("The refund of %(amount)s is ordered at once.") % {"amount": amount}
