"""Why something about a case is refused. Codes come from the engine; `services.refusing` adds the sentences."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from contract.errors import Conflict, Invalid, Stale, Unavailable


class ActionRefused(Conflict):
    """An action the case does not allow now; its data say what it allows instead."""


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
