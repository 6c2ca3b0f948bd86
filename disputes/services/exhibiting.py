"""Evidence in a case: drafts that only their side sees, handed in for good by an event."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction

from accounts.models import User
from contract.clock import database_now
from contract.errors import NotFound
from disputes.errors import ActionRefused
from disputes.models import Case, Exhibit, ExhibitFile, Message
from disputes.selectors.access import CaseAccess
from disputes.services.acting import Act, check_party, intent_of
from disputes.services.refusing import fields_refused
from disputes.services.shaping import checked_text
from disputes.services.writer import Done, Intent, act
from evidence.kinds import Limits
from evidence.services import Receipt, receive_files
from rules.engine.events import Via
from rules.engine.policy import Policy
from rules.engine.types import Party
from rules.selectors import policy_of

MEGABYTE = 1024 * 1024


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

    Raises NotFound for somebody who is no party, FileRefused when no file could be taken (words alone are no
    picture), FieldsRefused when nothing was given at all.
    """
    if access.party not in (Party.BUYER, Party.SELLER):
        raise NotFound
    _check_slot(access.case_id, slot)
    uploader = User.objects.get(pk=access.user_id)
    given = ExhibitFile.objects.filter(exhibit__case_id=access.case_id, exhibit__party=access.party).count()
    receipt = receive_files(
        uploads=uploads, uploaded_by=uploader, limits=limits_of(access.case_id), already_given=given
    )
    text = checked_text(description.strip(), "description")
    if receipt.refusals and not receipt.files:
        raise receipt.refusals[0]
    if not receipt.files and not text:
        raise fields_refused([{"field": "files", "code": "required"}])
    with transaction.atomic():
        exhibit = Exhibit.objects.create(
            case_id=access.case_id, party=access.party, author_id=access.user_id, slot=slot, description=text,
            answers_id=_answered(access, answers), status=Exhibit.Status.DRAFT, created_at=database_now(),
        )  # fmt: skip
        ExhibitFile.objects.bulk_create(
            ExhibitFile(exhibit=exhibit, file_id=file.id, position=position)
            for position, file in enumerate(receipt.files)
        )
    return Drafted(exhibit_id=exhibit.id, receipt=receipt)


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
    """Throw a draft of one's own away. Raises NotFound."""
    deleted, _kinds = Exhibit.objects.filter(
        case_id=access.case_id, party=access.party, id=exhibit_id, status=Exhibit.Status.DRAFT
    ).delete()
    if not deleted:
        raise NotFound


def submit_exhibits(
    access: CaseAccess, ids: Sequence[UUID], *, via: Via = Via.PAGE, expected_version: int | None = None
) -> HandedIn:
    """Hand drafts in. What comes after the period is kept as a note with its files (超时补充).

    Raises NotFound for an exhibit that is not this side's draft, CaseChanged, and ActionRefused where the case
    takes nothing more at all.
    """
    drafts = Exhibit.objects.filter(
        case_id=access.case_id, party=access.party, id__in=list(ids), status=Exhibit.Status.DRAFT
    ).order_by("created_at")
    rows = list(drafts)
    if not rows or len(rows) != len(set(ids)):
        raise NotFound
    submitted: list[UUID] = []
    late: list[UUID] = []
    version = 0
    for row in rows:
        done = _submit(access, row, via=via, expected_version=expected_version)
        expected_version = None
        version = done.version
        kept = Exhibit.objects.values_list("status", flat=True).get(pk=row.pk)
        (submitted if kept == Exhibit.Status.SUBMITTED else late).append(row.pk)
    return HandedIn(version=version, submitted=tuple(submitted), late=tuple(late))


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
