"""Every kind of run there is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from contract.errors import FieldProblem
from disputes.errors import FieldsRefused
from disputes.labels import field_sentence
from disputes.services.bulk_kinds import EXTEND, HOLD, RESUME, BulkKind
from disputes.services.bulk_migrating import MIGRATE

KINDS: Final[Mapping[str, BulkKind]] = {kind.code: kind for kind in (HOLD, RESUME, EXTEND, MIGRATE)}


def kind_of(code: str) -> BulkKind:
    """Raises FieldsRefused for an unknown one."""
    found = KINDS.get(code)
    if found is None:
        detail = field_sentence("unknown_choice", {"choices": ", ".join(KINDS)})
        raise FieldsRefused(fields=[FieldProblem(pointer="/kind", code="unknown_choice", detail=detail)])
    return found
