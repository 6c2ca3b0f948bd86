"""The claims of a case, the buyer's proof beside the seller's."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from disputes.selectors.case_views import CaseView
from disputes.selectors.evidence_views import ExhibitView, RequirementView

SIDES = ("buyer", "seller")
Files = dict[UUID, list[dict[str, Any]]]


def exhibit_name(exhibit: ExhibitView) -> str:
    """What an exhibit is called on the bench and in a ruling."""
    names = {"buyer": _("Buyer's exhibit %(number)s"), "seller": _("Seller's exhibit %(number)s")}
    return names.get(exhibit.party, "%(number)s") % {"number": exhibit.number or ""}


def submitted(view: CaseView) -> list[ExhibitView]:
    """What both sides handed in, in order of submission."""
    found = [e for group in view.evidence.groups if group.status.code == "submitted" for e in group.exhibits]
    return sorted(found, key=lambda exhibit: (exhibit.at, exhibit.number or 0))


def claims(view: CaseView, files: Files) -> list[dict[str, Any]]:
    """Each item of the checklists as a claim: its proof on one side, what the other side answers on the other.

    What nobody asked for comes last. An exhibit stands where it was asked for, or beside the one it answers.
    """
    exhibits = submitted(view)
    places = _places(exhibits, {item.slot for item in view.evidence.requirements})
    rows = [
        _claim(view, number, items, [e for e in exhibits if places[e.id] == slot], files)
        for number, (slot, items) in enumerate(_by_slot(view.evidence.requirements).items(), start=1)
    ]
    others = [e for e in exhibits if places[e.id] == ""]
    if others:
        rows.append(
            {
                "title": _("Further evidence"),
                "anchor": "claim-other",
                "sides": [_side(view, party, [], others, files) for party in SIDES],
            }
        )
    return rows


def _by_slot(requirements: Iterable[RequirementView]) -> dict[str, list[RequirementView]]:
    found: dict[str, list[RequirementView]] = {}
    for item in requirements:
        found.setdefault(item.slot, []).append(item)
    return found


def _places(exhibits: list[ExhibitView], slots: set[str]) -> dict[UUID, str]:
    """Under which item each exhibit stands: its own, or that of the exhibit it answers; empty for none."""
    own = {e.id: e.slot.code if e.slot and e.slot.code in slots else "" for e in exhibits}
    return {e.id: own[e.id] or (own.get(e.answers, "") if e.answers else "") for e in exhibits}


def _claim(
    view: CaseView, number: int, items: list[RequirementView], found: list[ExhibitView], files: Files
) -> dict[str, Any]:
    bearers = [item.party for item in items if item.required]
    names = {"buyer": _("Buyer"), "seller": _("Seller")}
    return {
        "number": number,
        "title": items[0].label,
        "note": items[0].help,
        "anchor": f"claim-{number}",
        "burden": " + ".join(names[party] for party in bearers),
        "sides": [_side(view, party, items, found, files) for party in SIDES],
    }


def _side(
    view: CaseView, party: str, items: list[RequirementView], found: list[ExhibitView], files: Files
) -> dict[str, Any]:
    mine = [exhibit for exhibit in found if exhibit.party == party]
    asked = next((item for item in items if item.party == party), None)
    return {
        "party": party,
        "who": who(view, party),
        "exhibits": [_exhibit(exhibit, files) for exhibit in mine],
        "missing": _gap(view, asked) if asked and not asked.satisfied else None,
        "silent": not mine and (asked is None or asked.satisfied),
    }


def who(view: CaseView, party: str) -> str:
    """The name of a side."""
    return view.people.buyer.name if party == "buyer" else view.people.shop.name


def _gap(view: CaseView, asked: RequirementView) -> dict[str, Any]:
    """What is missing, and where it can be asked for if that is possible now."""
    address = reverse("disputes:bench-action", args=[view.number, "request_evidence"])
    may = view.action("request_evidence") is not None
    return {
        "label": asked.label,
        "required": asked.required,
        "url": f"{address}?from={asked.party}&items={asked.party}:{asked.slot}" if may else "",
    }


def _exhibit(exhibit: ExhibitView, files: Files) -> dict[str, Any]:
    return {
        "id": exhibit.id,
        "party": exhibit.party,
        "who": exhibit.author,
        "anchor": f"exhibit-{exhibit.id}",
        "name": exhibit_name(exhibit),
        "description": exhibit.description,
        "slot": str(exhibit.slot or ""),
        "at": exhibit.at,
        "files": files[exhibit.id],
        "new": exhibit.second_review,
        "hashes": ", ".join(file.sha256[:12] for file in exhibit.files),
        "answers": bool(exhibit.answers),
    }


def statements(view: CaseView) -> list[dict[str, Any]]:
    """What each side said, in order: statements and messages, and what was said on the phone."""
    kinds = ("statement", "message", "late")
    return [
        {
            "party": party,
            "who": who(view, party),
            "texts": [m for m in view.messages if m.party == party and m.kind.code in kinds and m.text],
        }
        for party in SIDES
    ]


def late(view: CaseView, files: Files) -> list[dict[str, Any]]:
    """What came after the period, with whether it may be taken in now."""
    may = view.action("admit_late_evidence") is not None
    return [
        {**_exhibit(e, files), "may_take_in": may}
        for group in view.evidence.groups
        if group.status.code == "late"
        for e in group.exhibits
    ]


def new_evidence(view: CaseView, files: Files) -> list[dict[str, Any]]:
    """What came with the request for a second review."""
    return [{**_exhibit(e, files), "anchor": ""} for e in submitted(view) if e.second_review]


def items_of(view: CaseView) -> Iterator[tuple[str, str]]:
    """Both checklists as choices, what is missing first."""
    names = {"buyer": _("Buyer"), "seller": _("Seller")}
    listed = sorted(view.evidence.requirements, key=lambda item: item.satisfied)
    for item in listed:
        shown = _("%(party)s: %(label)s (submitted)") if item.satisfied else _("%(party)s: %(label)s")
        yield f"{item.party}:{item.slot}", shown % {"party": names[item.party], "label": item.label}
