"""From a draft to a version: submitted, approved by a second person, published, or carried over to a newer base."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from contract.clock import database_now
from contract.errors import Conflict, FieldProblem, Invalid
from rules import loader
from rules.actions import Kind, record
from rules.drafts import DraftView, Status, changing, draft_of
from rules.drafts_changes import Change, as_json, changes_between, with_changes
from rules.drafts_documents import check_document
from rules.drafts_editing import missing_sources, stated_changes
from rules.drafts_proving import proof_of_draft
from rules.models import Draft, PolicyVersion, RuleAction
from rules.services import newest_number, one_at_a_time, publish_version


class NotReady(Conflict):
    """The draft cannot be submitted or published as it is; the code says what is missing."""


class BaseReplaced(Conflict):
    """A newer version than the one the draft builds on is published; `differences` says what it changed."""

    code = "base_replaced"
    sentence = _("A newer version was published since. Carry the draft over to it, then have it approved again.")


class NeedsSecondPerson(Conflict):
    """Whoever wrote, changed or submitted a draft does not approve it."""

    code = "needs_second_person"
    sentence = _("Somebody else has to approve this draft: not its author, nor whoever submitted or changed it.")


FARTHEST: Final = timedelta(days=366)
"""How far ahead a version can take effect: no later one may come before it, so a wrong year would bind for ever."""


class TooEarly(Invalid):
    """A version takes effect now or later, and not before the one it builds on."""

    code = "too_early"


class TooFarOff(Invalid):
    """A version takes effect within the foreseeable future."""

    code = "too_far_off"


NOT_READY = {
    "nothing_changed": _("This draft changes nothing."),
    "sources_missing": _("Say on what source each changed number rests first."),
    "not_proven": _("Have this draft proven first."),
    "unsound": _("This draft is not sound; it cannot be published."),
    "traps_open": _("Accept each trap with a reason, or change the draft, first."),
    "not_submitted": _("This draft is not submitted."),
    "not_approved": _("This draft is not approved."),
}


def what_is_missing(draft: DraftView) -> str:
    """The code of what keeps a draft from being submitted; empty when nothing does."""
    stated = stated_changes(draft)
    if not stated:
        return "nothing_changed"
    if missing_sources(stated):
        return "sources_missing"
    proof = proof_of_draft(draft)
    if proof is None or not proof.done:
        return "not_proven"
    if not proof.sound:
        return "unsound"
    return "traps_open" if proof.open_traps else ""


def single_operator(platform: str) -> bool:
    """Whether one person alone may approve what they wrote, by this installation's settings."""
    return bool({"*", platform} & set(settings.GONGDUAN_SINGLE_OPERATOR))


def submit_draft(
    pack: str, draft_id: int, *, effective_from: datetime | None, revision: int | None, actor_id: int
) -> DraftView:  # fmt: skip
    """Ask for approval, to take effect at a moment, or when it is published.

    Raises NotReady, BaseReplaced, TooEarly, TooFarOff, and as `changing`.
    """
    with changing(pack, draft_id, revision=revision) as row:
        _check_ready(draft_of(pack, draft_id))
        _check_base(row)
        _start(effective_from, row)
        row.status, row.submitted_by_id, row.effective_from = Status.SUBMITTED, actor_id, effective_from
        told = {"effective_from": effective_from.isoformat() if effective_from else None, "digest": row.digest}
        record(Kind.SUBMITTED, pack=pack, actor_id=actor_id, draft_id=row.pk, after=told)
    return draft_of(pack, draft_id)


def return_draft(pack: str, draft_id: int, *, reason: str, revision: int | None, actor_id: int) -> DraftView:
    """Send a submitted or approved draft back to work. Raises NotReady, and as `changing`."""
    with changing(pack, draft_id, revision=revision, in_work=False) as row:
        if row.status == Status.EDITING:
            raise NotReady("not_submitted", NOT_READY["not_submitted"])
        before = {"status": row.status}
        _back_to_work(row)
        after = {"reason": reason.strip()[:500]}
        record(Kind.RETURNED, pack=pack, actor_id=actor_id, draft_id=row.pk, before=before, after=after)
    return draft_of(pack, draft_id)


def approve_draft(pack: str, draft_id: int, *, revision: int | None, actor_id: int) -> DraftView:
    """Approve what somebody else submitted. Where a single operator is allowed, that is written down.

    Raises NotReady, NeedsSecondPerson, and as `changing`.
    """
    with changing(pack, draft_id, revision=revision, in_work=False) as row:
        if row.status != Status.SUBMITTED:
            raise NotReady("not_submitted", NOT_READY["not_submitted"])
        _check_ready(draft_of(pack, draft_id))
        alone = actor_id in authors_of(draft_of(pack, draft_id))
        if alone and not single_operator(row.platform):
            raise NeedsSecondPerson
        row.status, row.approved_by_id = Status.APPROVED, actor_id
        told = {"single_operator": alone, "digest": row.digest}
        record(Kind.APPROVED, pack=pack, actor_id=actor_id, draft_id=row.pk, after=told)
    return draft_of(pack, draft_id)


def publish_draft(
    pack: str, draft_id: int, *, revision: int | None, actor_id: int, scope: str = "new"
) -> DraftView:  # fmt: skip
    """Publish an approved draft as the next version, for new cases; running ones keep what they were promised.

    `scope` is written down: `new` cases only, or `running` ones too, which are migrated by a run of their own. Of two
    at once one wins: the other is refused by BaseReplaced. Raises NotReady, TooEarly, and as `changing`.
    """
    with changing(pack, draft_id, revision=revision, in_work=False) as row:
        if row.status != Status.APPROVED:
            raise NotReady("not_approved", NOT_READY["not_approved"])
        one_at_a_time(pack)
        _check_base(row)
        draft = draft_of(pack, draft_id)
        _check_ready(draft)
        document = draft.document
        done = publish_version(
            pack, source=json.dumps(document, ensure_ascii=False, indent=1), document=document,
            effective_from=_start(row.effective_from, row), published_by_id=actor_id, note=_note(draft),
        )  # fmt: skip
        row.status = Status.PUBLISHED
        row.published = PolicyVersion.objects.get(pack=pack, number=done.number)
        before, after = {"version": row.base.number}, {"version": done.number, "digest": row.digest, "scope": scope}
        record(Kind.PUBLISHED, pack=pack, actor_id=actor_id, draft_id=row.pk, before=before, after=after)
    return draft_of(pack, draft_id)


def carry_over(pack: str, draft_id: int, *, revision: int | None, actor_id: int) -> DraftView:
    """Put what a draft changes onto the newest version, and take it back to work.

    Where both changed a field, the draft's stays; the audit trail names those fields. Raises WrongDocument when both
    together are no sound text, and as `changing`.
    """
    with changing(pack, draft_id, revision=revision, in_work=False) as row:
        newest = PolicyVersion.objects.get(pack=pack, number=newest_number(pack))
        base, new = _document(row.base), _document(newest)
        mine = list(changes_between(base, loader.compile_canonical(row.document).document))
        theirs = {change.path: change for change in changes_between(base, new)}
        document = with_changes(new, mine)
        check_document(document, base=loader.compile_canonical(newest.document))
        both = [as_json(change) for change in mine if _differs(change, theirs.get(change.path))]
        before = {"base": row.base.number}
        _back_to_work(row)
        row.base, row.document, row.digest = newest, loader.canonical(document), loader.digest(document)
        row.accepted = []
        after = {"base": newest.number, "both_changed": both}
        record(Kind.CARRIED_OVER, pack=pack, actor_id=actor_id, draft_id=row.pk, before=before, after=after)
    return draft_of(pack, draft_id)


def authors_of(draft: DraftView) -> frozenset[int]:
    """Whoever had a hand in a draft: none of them approves it."""
    wrote = (Kind.EDITED, Kind.IMPORTED, Kind.SOURCED, Kind.CARRIED_OVER)
    actors = RuleAction.objects.filter(draft_id=draft.id, kind__in=wrote).values_list("actor_id", flat=True)
    return frozenset(actor for actor in (*actors, draft.author_id, draft.submitted_by_id) if actor is not None)


def _differs(mine: Change, theirs: Change | None) -> bool:
    return theirs is not None and theirs.after != mine.after


def _back_to_work(row: Draft) -> None:
    row.status, row.submitted_by, row.approved_by = Status.EDITING, None, None


def _check_ready(draft: DraftView) -> None:
    missing = what_is_missing(draft)
    if missing:
        raise NotReady(missing, NOT_READY[missing])


def _check_base(row: Draft) -> None:
    newest = newest_number(row.pack)
    if newest != row.base.number:
        new = PolicyVersion.objects.get(pack=row.pack, number=newest)
        told = [as_json(change) for change in changes_between(_document(row.base), _document(new))]
        raise BaseReplaced(differences=told, version=newest)


def _document(row: PolicyVersion) -> Any:
    return loader.compile_canonical(row.document).document


def _start(wanted: datetime | None, row: Draft) -> datetime:
    now = database_now()
    if wanted is not None and wanted < now:
        raise TooEarly(fields=[_early(_("This moment has passed. A version can only take effect now or later."))])
    if wanted is not None and wanted - now > FARTHEST:
        far = _("This is more than %(days)s days away. Check the year.") % {"days": FARTHEST.days}
        raise TooFarOff(fields=[FieldProblem(pointer="/effective_from", code=TooFarOff.code, detail=far)])
    starts = wanted or now
    if starts < row.base.effective_from:
        detail = _("The version this builds on takes effect later; choose its moment or a later one.")
        raise TooEarly(fields=[_early(detail)])
    return starts


def _early(detail: Any) -> FieldProblem:
    return FieldProblem(pointer="/effective_from", code=TooEarly.code, detail=detail)


def _note(draft: DraftView) -> str:
    """Why it was published: the title, and on what each changed number rests."""
    sources = [
        f"{stated.change.pointer}: {stated.source.source}" for stated in stated_changes(draft) if stated.source
    ]
    return "\n".join([draft.title, *sources])
