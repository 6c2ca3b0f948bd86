"""The bench: one case with both sides at once, and everything that may be done to it."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from contract.templatetags.gongduan_ui import money_text
from disputes.forms.acting import new_key
from disputes.forms.ruling import FURTHER, RulingForm
from disputes.forms.ruling_texts import beginnings
from disputes.selectors.access import CaseAccess
from disputes.selectors.action_views import ActionView
from disputes.selectors.case_views import CaseView
from disputes.selectors.cases import view_of
from disputes.selectors.history import timeline_of
from disputes.selectors.history_views import TimelineEntry
from disputes.selectors.reading import read_case
from disputes.selectors.ruling_views import RulingView
from disputes.views import bench_claims, proving, showing
from disputes.views.bench_access import bench_frame
from disputes.views.bench_preview import ruling_shown

RULING_ACTIONS = ("rule", "decide_appeal", "correct_ruling")
"""What the ruling form is for: at most one of them can be done at a time."""

OF_SECOND_PERSON = frozenset({"approve_ruling", "return_ruling"})
"""Done with the whole ruling in view."""
OF_ONE_THING = frozenset({"note", "assign", "admit_late_evidence", "cancel_queued", "withdraw_exhibit"})
"""Done beside what they are about."""
KEYS = {"request_evidence": "e", "propose": "p", "extend": "t"}
ON_THE_PAGE = frozenset({*RULING_ACTIONS, *OF_SECOND_PERSON, *OF_ONE_THING})
"""Actions that have a place of their own on the bench."""

FOLDED = (
    "remedy",
    "false_evidence_by",
    "drop_finding",
    *(f"{kind}_{part}" for kind in FURTHER for part in ("amount", "payer", "clause")),
)
"""Fields that are folded away until one of them holds something."""


def sign_of(currency: str) -> str:
    """The sign or code before an amount."""
    return money_text(Decimal(), currency).removesuffix("0.00").removesuffix("0").strip()


def read_bench(access: CaseAccess) -> tuple[CaseView, tuple[TimelineEntry, ...]]:
    """The case and its history, read together."""
    read = read_case(access)
    return view_of(read), timeline_of(read)


def ruling_action(view: CaseView) -> ActionView | None:
    """The decision that may be made now."""
    return next((found for code in RULING_ACTIONS if (found := view.action(code))), None)


def to_answer(view: CaseView, action: str) -> list[tuple[UUID, str]]:
    """The exhibits a decision must answer: all of them, or for a second review those that came with it."""
    return [
        (exhibit.id, _named(exhibit))
        for exhibit in bench_claims.submitted(view)
        if exhibit.second_review or action != "decide_appeal"
    ]


def _named(exhibit: Any) -> str:
    said = str(exhibit.slot or "") or exhibit.description[:40]
    name = bench_claims.exhibit_name(exhibit)
    return f"{name} · {said}" if said else name


def empty_ruling(view: CaseView, action: ActionView) -> RulingForm:
    """The form as it begins: a correction begins with the ruling it corrects."""
    initial: dict[str, Any] = {"version": view.version, "once": new_key()}
    made = view.ruling
    if action.action == "correct_ruling" and made is not None:
        initial |= _typed_again(made)
    return ruling_form(view, action, initial=initial)


def ruling_form(view: CaseView, action: ActionView, *args: Any, **kwargs: Any) -> RulingForm:
    """The form of a decision on this case."""
    standing = view.ruling.false_evidence_by if view.ruling and action.action != "rule" else ""
    return RulingForm(*args, action=action, exhibits=to_answer(view, action.action), standing=standing, **kwargs)


def _typed_again(made: RulingView) -> dict[str, Any]:
    """A ruling as it would have been typed."""
    typed: dict[str, Any] = {
        "outcome": made.outcome.code,
        "remedy": made.remedy.code if made.remedy else "",
        "liable": made.liable.code,
        "seller_share": made.seller_share,
        "clause": made.clause,
        "reasons": made.reasons,
        "amount": "0.00",
    }
    for line in made.lines:
        if line.kind.code == "refund":
            typed["amount"] = f"{line.amount.amount:.2f}"
        else:
            typed |= {
                f"{line.kind.code}_amount": f"{line.amount.amount:.2f}",
                f"{line.kind.code}_payer": line.payer.code,
            }
            typed[f"{line.kind.code}_clause"] = line.clause
    return typed | {f"finding_{finding.exhibit}": finding.answer for finding in made.findings}


def bench_context(
    view: CaseView,
    told: tuple[TimelineEntry, ...],
    access: CaseAccess,
    *,
    form: RulingForm | None = None,
    further: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Everything the bench shows."""
    files = proving.files_of(view, access.user_id)
    decision = ruling_action(view)
    if form is None and decision is not None:
        form = empty_ruling(view, decision)
    return {
        **bench_frame(view),
        "door": _door(view),
        "holder": _holder(view, access),
        "claims": bench_claims.claims(view, files),
        "statements": bench_claims.statements(view),
        "late": bench_claims.late(view, files),
        "offers": showing.offers(view),
        "entries": showing.entries(view, told, files),
        "money_rows": showing.money_rows(view),
        "order_rows": showing.order_rows(view),
        "claim_rows": showing.claim_rows(view),
        "snapshots": showing.snapshots(view),
        "rule_card": _rule_card(view),
        "notes": _staff_texts(view),
        "once": new_key(),
        "decision": decision,
        "form": form,
        "beginnings": list(beginnings()),
        "clauses": _clauses(view),
        "others": _others(view),
        "refused": showing.refused(view),
        "refused_decision": next((found for code in RULING_ACTIONS if (found := view.refused(code))), None),
        "pending_ruling": _pending(view),
        "past_rulings": [ruling_shown(view, made) for made in view.rulings if made.status.code != "awaiting"],
        "new_evidence": bench_claims.new_evidence(view, files),
        "currency_sign": sign_of(view.refund.requested.currency),
        "further_open": form is not None
        and any(form[name].value() or form[name].errors for name in form.fields if name in FOLDED),
        **(further or {}),
    }


def _door(view: CaseView) -> dict[str, Any]:
    """The head: whose turn, until when; what is done stands on the right."""
    said = showing.door(view)
    said["actions"] = []
    if said["why_url"]:
        said["why_url"] = f"{said['why_url']}?clock={view.door.deadline}"
    return said


def _holder(view: CaseView, access: CaseAccess) -> dict[str, Any]:
    """In whose hands the case is, as this reader should be told."""
    holder = view.people.arbitrator
    return {
        "mine": holder is not None and holder.id == access.user_id,
        "name": holder.name if holder else "",
        "other": holder is not None and holder.id != access.user_id,
        "free": holder is None and view.action("assign") is not None and not _took_part(view),
        "second": any(view.action(code) for code in OF_SECOND_PERSON),
    }


def _took_part(view: CaseView) -> bool:
    """Whether the case waits for a second review that this reader may not decide."""
    refused = view.refused("decide_appeal")
    return refused is not None and refused.code == "other_arbitrator_needed"


def _rule_card(view: CaseView) -> dict[str, Any]:
    """The reason with who must prove, the pinned version of the rules, and the clocks."""
    burdens = {
        "buyer": _("The buyer has to prove it."),
        "seller": _("The seller has to prove the opposite."),
        "both": _("Each side proves what it states."),
        "none": _("Nothing has to be proved."),
    }
    why = reverse("disputes:why", args=[view.number])
    return {
        "reason": view.reason.text,
        "burden": burdens.get(view.burden, ""),
        "pack": view.pack.text,
        "version": view.policy_version,
        "clocks": [{"clock": clock, "why_url": f"{why}?clock={clock.name}"} for clock in view.deadlines],
    }


def _staff_texts(view: CaseView) -> list[Any]:
    """Internal notes and notes of calls, the latest first."""
    return [message for message in view.messages if message.kind.code in ("note", "phone")][::-1]


def _clauses(view: CaseView) -> list[tuple[str, str]]:
    """The rules of the case, for citing."""
    return [(clock.id, clock.label) for clock in view.deadlines if clock.id]


def _others(view: CaseView) -> list[dict[str, Any]]:
    """What else may be done, as links; the main thing first, what puts the case off last."""
    found = [item for item in view.available_actions if item.action not in ON_THE_PAGE]
    return [
        {
            "action": item.action,
            "label": item.label,
            "url": reverse("disputes:bench-action", args=[view.number, item.action]),
            "key": KEYS.get(item.action, ""),
            "danger": item.danger,
            "main": item.main,
        }
        for item in sorted(found, key=lambda item: (not item.main, item.danger))
    ]


def _pending(view: CaseView) -> dict[str, Any] | None:
    """The ruling that waits for a second person, whole."""
    made = next((ruling for ruling in view.rulings if ruling.status.code == "awaiting"), None)
    if made is None:
        return None
    return {
        "ruling": ruling_shown(view, made),
        "by": made.arbitrator,
        "may": view.action("approve_ruling") is not None,
        "why_not": view.refused("approve_ruling"),
    }
