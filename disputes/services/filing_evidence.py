"""Evidence given while filing: in the vault at once, drafts with the case's opening, then handed in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Model

from accounts.models import User
from contract.clock import database_now
from contract.errors import DomainError, NotFound
from disputes.errors import TooManyDrafts, TooManyEvidenceFiles
from disputes.models import Exhibit, ExhibitFile
from disputes.selectors.access import case_for
from disputes.services.exhibiting import MOST_DRAFTS, limits_under, submit_exhibits
from disputes.services.shaping import checked_text
from evidence.kinds import Limits
from evidence.selectors import files_by_id
from evidence.services import Receipt, receive_files
from rules.engine.events import Via
from rules.selectors import version_in_force


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """Files, or a text alone, that will be one exhibit."""

    files: Sequence[UUID] = ()
    """Ids in the vault."""
    slot: str = ""
    """What the checklist calls it."""
    description: str = ""
    """What it shows."""


def limits_of_pack(pack: str) -> Limits:
    """What a case opened now under a pack would take. Raises NoPolicy."""
    return limits_under(version_in_force(pack, database_now()).policy)


def receive_for_filing(
    user_id: int, *, pack: str, uploads: Iterable[Any], already_given: int, pieces: int = 0
) -> Receipt:
    """Receive files for a case that is not open yet; only their uploader knows of them until it is.

    `pieces` and `already_given` count what was given before. Raises TooManyDrafts, TooManyFiles, StorageFull and the
    vault's unavailable errors; a refused file is named in the receipt.
    """
    _check_pieces(pieces + 1)
    uploader = User.objects.get(pk=user_id)
    limits = limits_of_pack(pack)
    return receive_files(uploads=uploads, uploaded_by=uploader, limits=limits, already_given=already_given)


def _check_pieces(count: int) -> None:
    if count > MOST_DRAFTS:
        raise TooManyDrafts(most=MOST_DRAFTS)


def exhibits_of_filing(user_id: int, pieces: Sequence[Piece], *, pack: str) -> list[Model]:
    """The pieces as draft exhibits with their files, to be saved with the opening.

    Raises NotFound, FieldsRefused, and as `receive_for_filing`: two tabs may have sent more than one case takes.
    """
    files = [file for piece in pieces for file in piece.files]
    most = limits_of_pack(pack).max_files
    if len(files) > most:
        raise TooManyEvidenceFiles(max_files=most)
    _check_pieces(len(pieces))
    _check_own(user_id, files)
    rows: list[Model] = []
    now = database_now()
    for piece in pieces:
        exhibit = Exhibit(
            party="buyer", author_id=user_id, slot=piece.slot[:40], status=Exhibit.Status.DRAFT, created_at=now,
            description=checked_text(piece.description, "description"),
        )  # fmt: skip
        rows.append(exhibit)
        rows += [ExhibitFile(exhibit=exhibit, file_id=file, position=at) for at, file in enumerate(piece.files)]
    return rows


def _check_own(user_id: int, ids: Sequence[UUID]) -> None:
    """Nobody hands in what somebody else uploaded. Raises NotFound."""
    known = files_by_id(ids)
    if any(file not in known or known[file].uploaded_by_id != user_id for file in ids):
        raise NotFound


def hand_in_of_filing(user_id: int, number: str, rows: Sequence[Model], *, via: Via) -> None:
    """Hand in what was drafted with the opening; what cannot be stays a draft that the case shows to its buyer."""
    drafts = [row.pk for row in rows if isinstance(row, Exhibit)]
    if not drafts:
        return
    try:
        submit_exhibits(case_for(User.objects.get(pk=user_id), number), drafts, via=via)
    except DomainError:
        return
