"""Evidence as the components show it: the checklist, drafts, and the exhibits of both sides."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from disputes.selectors.action_views import Choice
from disputes.selectors.case_views import CaseView
from disputes.selectors.evidence_views import ExhibitView, FileView, RequirementView
from evidence.kinds import MEBIBYTE, Limits
from evidence.links import ORIGINAL, PREVIEW, THUMBNAIL, link_to


def files_of(view: CaseView, reader_id: int) -> dict[UUID, list[dict[str, Any]]]:
    """The files of every exhibit with fresh links for this reader, by exhibit."""
    return {
        exhibit.id: [_file(view, exhibit, file, reader_id) for file in exhibit.files]
        for group in view.evidence.groups
        for exhibit in group.exhibits
    }


def _file(view: CaseView, exhibit: ExhibitView, file: FileView, reader_id: int) -> dict[str, Any]:
    def link(variant: str) -> str:
        return link_to(file.id, reader_id, variant, now=view.now)

    return {
        "name": file.name,
        "kind": file.kind,
        "alt": exhibit.description[:200],
        "url": link(PREVIEW if file.has_preview else ORIGINAL),
        "thumb_url": link(THUMBNAIL) if file.has_preview else "",
    }


def checklist(view: CaseView, files: dict[UUID, list[dict[str, Any]]]) -> list[dict[str, Any]]:
    """What is asked of the reader's side: submitted, only a draft, or missing; once closed, no gap is shown."""
    mine = [item for item in view.evidence.requirements if item.party == view.viewer]
    shown = [_item(view, requirement, files) for requirement in mine]
    return [item for item in shown if item["state"] != "missing"] if view.closed_at else shown


def _item(view: CaseView, asked: RequirementView, files: dict[UUID, list[dict[str, Any]]]) -> dict[str, Any]:
    drafts = [e for e in view.evidence.mine("draft") if e.slot and e.slot.code == asked.slot]
    given = [e for e in view.evidence.mine("submitted") if e.slot and e.slot.code == asked.slot]
    state = "submitted" if asked.satisfied or given else "draft" if drafts else "missing"
    shown = {
        "label": asked.label,
        "note": asked.help,
        "state": state,
        "required": asked.required and view.evidence.open_for_me,
        "files": [file for exhibit in given or drafts for file in files[exhibit.id]],
    }
    if view.evidence.open_for_me and state != "draft":
        address = reverse("disputes:evidence", args=[view.number])
        shown |= {
            "action_url": f"{address}?slot={asked.slot}",
            "action_label": _("Add more") if state == "submitted" else _("Upload"),
        }
    return shown


def groups(view: CaseView, files: dict[UUID, list[dict[str, Any]]]) -> list[dict[str, Any]]:
    """The exhibits of both sides that were handed in, and what came late."""
    return [
        {
            "title": _title(view, group.party, group.status.code),
            "late": group.status.code == "late",
            "note": late_sentence(view.viewer, group.party) if group.status.code == "late" else "",
            "exhibits": [_exhibit(view, exhibit, files) for exhibit in group.exhibits],
        }
        for group in view.evidence.groups
        if group.status.code in ("submitted", "late", "withdrawn")
    ]


def late_sentence(viewer: str, party: str) -> str:
    """What became of evidence that came after the period."""
    if viewer == party:
        return _(
            "The evidence period is over. What you sent is kept as a message; platform customer service can see it and"
            " decides whether to take it into account."
        )
    return _("This came after the evidence period. Platform customer service decides whether to take it into account.")


def _title(view: CaseView, party: str, status: str) -> str:
    mine = party == view.viewer
    names = {"buyer": _("the buyer"), "seller": _("the seller"), "platform": _("the platform")}
    titles = {
        "submitted": _("Evidence you submitted") if mine else _("Evidence of %(party)s"),
        "late": _("What you sent after the period") if mine else _("Sent by %(party)s after the period"),
        "withdrawn": _("Evidence you withdrew") if mine else _("Evidence %(party)s withdrew"),
    }
    return titles[status] if mine else titles[status] % {"party": names[party]}


def _exhibit(view: CaseView, exhibit: ExhibitView, files: dict[UUID, list[dict[str, Any]]]) -> dict[str, Any]:
    answerable = view.evidence.open_for_me and not exhibit.mine and exhibit.status.code == "submitted"
    answers = f"{reverse('disputes:evidence', args=[view.number])}?answers={exhibit.id}" if answerable else ""
    return {
        "anchor": f"exhibit-{exhibit.id}",
        "number": exhibit.number,
        "party": exhibit.party,
        "who": exhibit.author,
        "description": _described(exhibit),
        "at": exhibit.at,
        "files": files[exhibit.id],
        "state": exhibit.status.code,
        "hash_short": ", ".join(file.sha256[:12] for file in exhibit.files),
        "answer_url": answers,
    }


def _described(exhibit: ExhibitView) -> str:
    return "\n\n".join(part for part in (str(exhibit.slot or ""), exhibit.description) if part)


def drafts(view: CaseView, files: dict[UUID, list[dict[str, Any]]]) -> list[dict[str, Any]]:
    """What the reader's side has prepared and not handed in; nobody else sees it."""
    return [_exhibit(view, exhibit, files) | {"id": exhibit.id} for exhibit in view.evidence.mine("draft")]


def choices(view: CaseView, statuses: Sequence[str] = ("draft", "submitted")) -> Iterator[Choice]:
    """One's own exhibits, to be named with an action: drafts would be handed in with it."""
    marks = {"draft": _("draft"), "submitted": _("submitted")}
    for status, mark in ((status, marks[status]) for status in statuses):
        for exhibit in view.evidence.mine(status):
            names = ", ".join(file.name for file in exhibit.files)
            yield Choice(value=str(exhibit.id), label=f"{exhibit.description[:80] or names} · {mark}")


def limits_sentence(limits: Limits) -> str:
    """What is taken, before anything is chosen."""
    values = {
        "files": limits.max_files,
        "image": limits.max_bytes_image // MEBIBYTE,
        "video": limits.max_bytes_video // MEBIBYTE,
        "document": limits.max_bytes_document // MEBIBYTE,
    }
    return (
        _(
            "Up to %(files)s files in this case. Pictures up to %(image)s MB, videos up to %(video)s MB, PDF and text"
            " up to %(document)s MB. The place a picture was taken at is removed from what the other side sees."
        )
        % values
    )


def largest(limits: Limits) -> int:
    """Bytes of the largest file of any kind."""
    return max(limits.max_bytes_image, limits.max_bytes_video, limits.max_bytes_document)
