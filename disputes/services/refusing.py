"""Refusals with their sentences: the only place where a code meets its words on the way out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from contract.errors import FieldProblem
from disputes.errors import ActionRefused, FieldsRefused
from disputes.labels import field_sentence, refusal_sentence


def refused(code: str, **data: Any) -> ActionRefused:
    """An action the case does not allow now. `data` says what it allows instead, and from when."""
    return ActionRefused(code, refusal_sentence(code), **data)


def fields_refused(problems: Sequence[dict[str, Any]]) -> FieldsRefused:
    """Fields that cannot be taken: each a `field` (path from the root), a `code` and perhaps `data`."""
    return FieldsRefused(
        fields=[
            FieldProblem(
                pointer=f"/{p['field']}", code=p["code"], detail=field_sentence(p["code"], p.get("data") or {})
            )
            for p in problems
        ]
    )
