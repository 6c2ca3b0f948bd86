"""Evidence in a case: drafts that only their side sees, handed in for good by an event."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from accounts.models import User
from contract.clock import database_now
from contract.errors import DomainError, NotFound
from disputes.errors import ActionRefused, EvidenceClosed, TooManyDrafts, TooManyExhibits
from disputes.models import Case, Exhibit, ExhibitFile, Message
from disputes.selectors.access import CaseAccess
from disputes.services.acting import Act, intent_of
from disputes.services.loading import LockedCase, lock_case
from disputes.services.rechecking import access_now, check_party
from disputes.services.refusing import fields_refused
from disputes.services.shaping import checked_text
from disputes.services.writer import Done, Intent, Refused, act, one_transaction
from evidence.errors import TooManyFiles
from evidence.kinds import Limits
from evidence.services import Receipt, receive_files
from rules.engine.decide import allowed
from rules.engine.events import Via
from rules.engine.policy import Policy
from rules.engine.types import Party, Stage
from rules.selectors import policy_of

MEGABYTE = 1024 * 1024
MOST_DRAFTS = 20
"""Drafts one side keeps in a case at once."""
MOST_EXHIBITS = 100
"""Pieces of evidence of one side in a case, whatever became of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drafted:
    """A draft exhibit and what became of each file meant for it."""

    exhibit_id: UUID
    receipt: Receipt


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedIn:
    """What became of exhibits that were handed in."""

    version: int
    submitted: tuple[UUID, ...]
    late: tuple[UUID, ...]
    """Kept as notes: the period was over. The platform may take them in."""


def limits_of(case_id: int) -> Limits:
    """What the case's pack takes: files per party and their sizes."""
    return limits_under(_policy(case_id))


def _policy(case_id: int) -> Policy:
    return policy_of(Case.objects.values_list("policy_id", flat=True).get(pk=case_id))


def limits_under(policy: Policy) -> Limits:
    """What a pack takes."""
    numbers = policy.evidence
    return Limits(
        max_bytes_image=int(numbers.get("image_megabytes", 10)) * MEGABYTE,
        max_bytes_video=int(numbers.get("video_megabytes", 100)) * MEGABYTE,
        max_bytes_document=int(numbers.get("document_megabytes", 20)) * MEGABYTE,
        max_files=int(numbers.get("max_files", 10)),
    )


def draft_exhibit(
    access: CaseAccess,
    *,
    uploads: Iterable[Any] = (),
    description: str = "",
    slot: str = "",
    answers: UUID | None = None,
) -> Drafted:
    """Receive files into a draft exhibit. Refused files are named; the others and the text stay.

    Raises as `receive_evidence` and `keep_draft`.
    """
    receipt = receive_evidence(access, uploads=uploads, description=description, slot=slot)
    return keep_draft(access, receipt, description=description, slot=slot, answers=answers)


def receive_evidence(
    access: CaseAccess, *, uploads: Iterable[Any] = (), description: str = "", slot: str = ""
) -> Receipt:
    """Hash, inspect and keep the files of a draft to be: slow, and before any transaction.

    Raises NotFound for somebody who is no party, FileRefused when no file could be taken (words alone are no
    picture), FieldsRefused when nothing was given at all or too much was said, and what `keep_draft` will refuse.
    """
    if access.party not in (Party.BUYER, Party.SELLER):
        raise NotFound
    _check_slot(access.case_id, slot)
    text, files = checked_text(description.strip(), "description"), list(uploads)
    if not files and not text:
        raise fields_refused([{"field": "files", "code": "required"}])
    with one_transaction():
        limits = _room(access, coming=len(files))
    receipt = receive_files(uploads=files, uploaded_by=User.objects.get(pk=access.user_id), limits=limits)
    if receipt.refusals and not receipt.files:
        raise receipt.refusals[0]
    return receipt


def keep_draft(
    access: CaseAccess, receipt: Receipt, *, description: str = "", slot: str = "", answers: UUID | None = None
) -> Drafted:
    """Make received files and a text a draft, under the case's lock, where its side has room.

    Raises ActionRefused (`case_takes_no_evidence`, `too_many_drafts`, `too_many_exhibits`, `not_your_action`) and
    TooManyFiles.
    """
    with one_transaction():
        _room(access, coming=len(receipt.files))
        exhibit = Exhibit.objects.create(
            case_id=access.case_id, party=access.party, author_id=access.user_id, slot=slot,
            description=checked_text(description.strip(), "description"), answers_id=_answered(access, answers),
            status=Exhibit.Status.DRAFT, created_at=database_now(),
        )  # fmt: skip
        ExhibitFile.objects.bulk_create(
            ExhibitFile(exhibit=exhibit, file_id=file.id, position=position)
            for position, file in enumerate(receipt.files)
        )
    return Drafted(exhibit_id=exhibit.id, receipt=receipt)


def _room(access: CaseAccess, *, coming: int) -> Limits:
    """Lock the case and ask whether this side may add a draft with so many files; what each file may be."""
    case = _lock(access)
    if not _takes_evidence(case, access):
        raise EvidenceClosed
    given = Exhibit.objects.filter(case_id=access.case_id, party=access.party)
    if given.filter(status=Exhibit.Status.DRAFT).count() >= MOST_DRAFTS:
        raise TooManyDrafts(most=MOST_DRAFTS)
    if given.count() >= MOST_EXHIBITS:
        raise TooManyExhibits(most=MOST_EXHIBITS)
    limits = limits_under(case.policy)
    if ExhibitFile.objects.filter(exhibit__in=given).count() + coming > limits.max_files:
        raise TooManyFiles(max_files=limits.max_files)
    return limits


def _lock(access: CaseAccess) -> LockedCase:
    """The case under its lock, for whoever is still this party of it. Raises NotFound, ActionRefused."""
    case = lock_case(access.number)
    if case is None:
        raise NotFound
    access_now(access, case)
    return case


def _takes_evidence(case: LockedCase, access: CaseAccess) -> bool:
    """Whether anything could be handed in, now or by what this side may still do: a second review, for example."""
    snapshot = case.settled().snapshot
    if snapshot.stage is not Stage.CLOSED:
        return True
    may = allowed(case.policy, case.calendar, snapshot, Party(access.party), now=case.now, actor=access.user_id)
    return any(item.action in case.policy.actions for item in may.available)


def _check_slot(case_id: int, slot: str) -> None:
    """What it shows is an item of the pack's checklist, for it goes into the journal. Raises FieldsRefused."""
    known = _policy(case_id).evidence.get("slots", {})
    if slot and slot not in known:
        choices = {"choices": ", ".join(known)}
        raise fields_refused([{"field": "slot", "code": "unknown_choice", "data": choices}])


def _answered(access: CaseAccess, answers: UUID | None) -> UUID | None:
    """The exhibit answered to, if it is one of this case that was handed in."""
    if answers is None:
        return None
    shown = Exhibit.objects.filter(case_id=access.case_id, id=answers, status=Exhibit.Status.SUBMITTED)
    return shown.values_list("id", flat=True).first()


def discard_draft(access: CaseAccess, exhibit_id: UUID) -> None:
    """Throw a draft of one's own away, unless it is handed in first. Raises NotFound, ActionRefused."""
    with one_transaction():
        _lock(access)
        deleted, _kinds = _drafts(access, [exhibit_id]).delete()
    if not deleted:
        raise NotFound


def _drafts(access: CaseAccess, ids: Sequence[UUID]) -> QuerySet[Exhibit]:
    return Exhibit.objects.filter(
        case_id=access.case_id, party=access.party, id__in=list(ids), status=Exhibit.Status.DRAFT
    )


def submit_exhibits(
    access: CaseAccess, ids: Sequence[UUID], *, via: Via = Via.PAGE, expected_version: int | None = None
) -> HandedIn:
    """Hand drafts in, all under one lock. What comes after the period is kept as a note with its files (超时补充).

    Raises NotFound for an exhibit that is not this side's draft, CaseChanged, and ActionRefused where the case
    takes nothing more at all; whatever had lapsed before is recorded all the same.
    """
    with one_transaction():
        result = _handed_in(access, ids, via=via, expected_version=expected_version)
    if isinstance(result, Refused):
        raise result.error
    return result


def _handed_in(
    access: CaseAccess, ids: Sequence[UUID], *, via: Via, expected_version: int | None
) -> HandedIn | Refused:
    lock_case(access.number)
    rows = list(_drafts(access, ids).order_by("created_at"))
    if not rows or len(rows) != len(set(ids)):
        raise NotFound
    version = 0
    for row in rows:
        try:
            version = _submit(access, row, via=via, expected_version=expected_version).version
        except DomainError as error:
            return Refused(error=error)
        expected_version = None
    kept = Exhibit.objects.in_bulk([row.pk for row in rows])
    submitted = tuple(row.pk for row in rows if kept[row.pk].status == Exhibit.Status.SUBMITTED)
    return HandedIn(version=version, submitted=submitted, late=tuple(row.pk for row in rows if row.pk not in submitted))


def _submit(access: CaseAccess, row: Exhibit, *, via: Via, expected_version: int | None) -> Done:
    given = Act(
        access=access,
        action="submit_exhibit",
        via=via,
        expected_version=expected_version,
        data={"exhibit": str(row.pk)},
    )
    intent = intent_of(given)
    intent.data["slot"] = row.slot
    try:
        done = act(intent)
    except ActionRefused as error:
        done = _keep_late(access, row, error, via=via)
    assert isinstance(done, Done)
    return done


def _keep_late(access: CaseAccess, row: Exhibit, error: ActionRefused, *, via: Via) -> Done:
    """Record that an exhibit came too late: it is kept, marked, and the platform decides whether to take it in."""
    if error.code == "not_your_action":
        raise error
    message = Message(
        case_id=access.case_id, author_id=access.user_id, party=access.party,
        kind=Message.Kind.LATE, text=row.description,
    )  # fmt: skip
    done = act(
        Intent(
            number=access.number, kind="message", party=Party(access.party), actor_id=access.user_id, via=via,
            records=[message], data={"message": str(message.id), "late": "submit_exhibit", "exhibit": str(row.pk)},
            check=check_party(access),
        )
    )  # fmt: skip
    assert isinstance(done, Done)
    return done


def withdraw_exhibit(access: CaseAccess, exhibit_id: UUID, *, via: Via = Via.PAGE) -> Done:
    """Take an exhibit of one's own back, where the pack allows it; never deleted. Raises NotFound, ActionRefused."""
    found = Exhibit.objects.filter(
        case_id=access.case_id, party=access.party, id=exhibit_id, status=Exhibit.Status.SUBMITTED
    )
    if not found.exists():
        raise NotFound
    done = act(intent_of(Act(access=access, action="withdraw_exhibit", via=via, data={"exhibit": str(exhibit_id)})))
    assert isinstance(done, Done)
    return done
