"""What people take away from a case: an entry for their calendar, and the ruling as a paper."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from contract.errors import NotFound
from disputes.labels.platform_terms import in_terms_of
from disputes.selectors.access import case_for
from disputes.selectors.case_views import CaseView
from disputes.selectors.cases import case_view
from disputes.selectors.evidence_views import ExhibitView
from disputes.selectors.ruling_views import RulingView
from disputes.views import showing
from disputes.views.asking import reader
from disputes.views.cases import frame


@login_required
@require_GET
def calendar(request: HttpRequest, number: str) -> HttpResponse:
    """The due time as an entry for a calendar (iCalendar, RFC 5545). Raises NotFound where no clock runs."""
    view = case_view(case_for(reader(request), number))
    if view.due_at is None:
        raise NotFound
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Gongduan//Gongduan//EN",
        "BEGIN:VEVENT",
        f"UID:{view.number}-{view.door.deadline}@gongduan",
        f"DTSTAMP:{_stamp(view.now)}",
        f"DTSTART:{_stamp(view.due_at)}",
        f"DTEND:{_stamp(view.due_at + timedelta(minutes=15))}",
        f"SUMMARY:{_escaped(f'{view.number} {view.stage}')}",
        f"DESCRIPTION:{_escaped(f'{view.door.what} {view.door.then}')}",
        f"URL:{request.build_absolute_uri(reverse('disputes:case', args=[view.number]))}",
        "BEGIN:VALARM",
        "ACTION:DISPLAY",
        "TRIGGER:-PT2H",
        f"DESCRIPTION:{_escaped(view.number)}",
        "END:VALARM",
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    body = "".join(f"{folded}\r\n" for line in lines for folded in _folded(line))
    name = f'attachment; filename="{view.number}.ics"'
    return HttpResponse(body, content_type="text/calendar; charset=utf-8", headers={"Content-Disposition": name})


def _stamp(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _escaped(text: str) -> str:
    for mark, written in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\n", "\\n")):
        text = text.replace(mark, written)
    return text


def _folded(line: str) -> list[str]:
    """A line in pieces of at most 75 octets, as the format demands; no character is cut in two."""
    pieces, piece = [], ""
    for character in line:
        if len((piece + character).encode()) > 74:
            pieces.append(piece)
            piece = " "
        piece += character
    return [*pieces, piece]


APPEAL = "appeal_window"
"""The clock that says until when a second review may be asked for, in every pack that has one."""


@login_required
@require_GET
def ruling(request: HttpRequest, number: str) -> HttpResponse:
    """The ruling in the words of the parties; its printed form is the paper, read whenever: its times name the year.

    They are in the platform's zone, in which its days are counted.
    """
    view = case_view(case_for(reader(request), number))
    made = view.ruling
    if made is None:
        raise NotFound
    paper = {"zone": view.zone, "zone_note": "", "now": None}
    shown = {"ruling": ruling_text(view, made), "made": made, **paper}
    return render(request, "disputes/ruling.html", {**frame(view), **shown})


def ruling_text(view: CaseView, made: RulingView) -> dict[str, Any]:
    """A ruling as the parties read it: what the ruling component takes."""
    refund = next((line.amount for line in made.lines if line.kind.code == "refund"), None)
    appeal = view.action("appeal")
    names = {exhibit.id: _exhibit_name(exhibit) for group in view.evidence.groups for exhibit in group.exhibits}
    return {
        "heading": _("Outcome"),
        "number": view.number,
        "outcome": made.outcome.text,
        "amount": refund.amount if refund else "",
        "currency": refund.currency if refund else "",
        "issued_at": made.at,
        "facts": _facts(view, made),
        "claims": _claims(view),
        "findings": [{"exhibit": names.get(each.exhibit, ""), "text": each.answer} for each in made.findings],
        "reasons": made.reasons,
        "clauses": [
            {
                "code": made.clause,
                "text": _("%(pack)s, version %(number)s") % {"pack": view.pack, "number": view.policy_version},
            }
        ]
        if made.clause
        else [],
        "what_now": _what_now(view),
        "appeal_until": appeal.until if appeal else None,
        "appeal_says": in_terms_of(view.pack.code, _("A second review may be asked for until")),
        "appeal_label": appeal.label if appeal else "",
        "why_url": f"{reverse('disputes:why', args=[view.number])}?clock={APPEAL}" if appeal else "",
        "appeal_url": showing.action_url(view.number, "appeal") if appeal else "",
    }


def _exhibit_name(exhibit: ExhibitView) -> str:
    sides = {"buyer": _("Buyer's exhibit %(number)s"), "seller": _("Seller's exhibit %(number)s")}
    return sides.get(exhibit.party, "%(number)s") % {"number": exhibit.number or ""}


def _facts(view: CaseView, made: RulingView) -> list[dict[str, Any]]:
    rows = [
        (_("Order number"), view.order.outside_id),
        (_("Item"), ", ".join(line.title for line in view.lines)),
        (_("Shop"), view.people.shop.name),
        (_("Buyer"), view.people.buyer.name),
        (_("Reason"), view.reason.text),
        (_("Asked for"), f"{view.remedy} · {view.refund.requested}"),
        (_("Decided by"), made.arbitrator),
        (_("At fault"), made.liable.text),
        (_("Rules"), _("%(pack)s, version %(number)s") % {"pack": view.pack, "number": view.policy_version}),
    ]
    extra = [
        (line.kind.text, f"{line.amount}: {line.payer} → {line.payee}")
        for line in made.lines
        if line.kind.code != "refund"
    ]
    return [{"label": label, "value": value} for label, value in rows + extra if value]


def _claims(view: CaseView) -> list[dict[str, Any]]:
    return [
        {"party": message.party, "text": message.text}
        for message in view.messages
        if message.kind.code == "statement" and message.party in ("buyer", "seller")
    ]


def _what_now(view: CaseView) -> list[str]:
    return [line for line in (view.door.what, view.door.then) if line]
