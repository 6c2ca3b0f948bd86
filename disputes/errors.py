"""Why something about a case is refused. Codes come from the engine; `services.refusing` adds the sentences."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from contract.errors import Conflict, Invalid, Stale, Unavailable


class ActionRefused(Conflict):
    """An action the case does not allow now; its data say what it allows instead."""


class TooManyDrafts(ActionRefused):
    """More drafts of evidence than one side of a case may keep."""

    code = "too_many_drafts"
    sentence = _("You have %(most)s drafts of evidence in this case. Submit some of them, or discard some first.")


class TooManyExhibits(ActionRefused):
    """More evidence than one side of a case may give."""

    code = "too_many_exhibits"
    sentence = _("Each side can give at most %(most)s pieces of evidence in a case.")


class TooManyEvidenceFiles(ActionRefused):
    """More files with a filing than one side of a case may give."""

    code = "too_many_files"
    sentence = _("At most %(max_files)s files can be sent here. Choose the ones that matter most.")


class EvidenceClosed(ActionRefused):
    """Nothing can be handed in any more."""

    code = "case_takes_no_evidence"
    sentence = _("This case is closed and takes no more evidence.")


class FieldsRefused(Invalid):
    """Parts of what was sent with an action cannot be taken."""

    code = "invalid_fields"


class CaseChanged(Stale):
    """Something that matters happened since the person looked."""

    code = "case_changed"


class CaseBusy(Unavailable):
    """Somebody else is acting on the case for unusually long."""

    code = "case_busy"
    sentence = _("Somebody else is working on this case right now. Nothing was lost; please try again.")
