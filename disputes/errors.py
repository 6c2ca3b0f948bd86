"""Why something about a case is refused. Codes come from the engine; sentences from `labels`."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from contract.errors import Conflict, FieldProblem, Invalid, Stale, Unavailable
from disputes.labels import field_sentence, refusal_sentence


class ActionRefused(Conflict):
    """An action the case does not allow now; says what it allows instead."""

    def __init__(self, code: str, **data: Any) -> None:
        super().__init__(code, refusal_sentence(code), **data)


class FieldsRefused(Invalid):
    """Parts of what was sent with an action cannot be taken."""

    code = "invalid_fields"

    @classmethod
    def of(cls, problems: list[dict[str, Any]]) -> FieldsRefused:
        fields = [
            FieldProblem(pointer=f"/{p['field']}", code=p["code"], detail=field_sentence(p["code"], p.get("data") or {}))
            for p in problems
        ]
        return cls(fields=fields)


class CaseChanged(Stale):
    """Something that matters happened since the person looked."""

    code = "case_changed"


class CaseBusy(Unavailable):
    """Somebody else is acting on the case for unusually long."""

    code = "case_busy"
    sentence = _("Somebody else is working on this case right now. Nothing was lost; please try again.")
