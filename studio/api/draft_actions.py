"""What can be done with a draft by the interface, each with the body it takes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from drf_spectacular.utils import PolymorphicProxySerializer

from accounts.models import User
from contract.bodies import FieldsInvalid, StrictSerializer
from contract.errors import FieldProblem
from disputes.labels import field_sentence
from rules.drafts import DraftView, discard_draft
from rules.drafts_changes import NOTHING, path_of
from rules.drafts_editing import change_fields, import_text, state_sources
from studio.api.draft_objects import (
    DraftEditSerializer,
    DraftTextSerializer,
    NumberSourcesSerializer,
    RevisionSerializer,
)

Given = Mapping[str, Any]
Doing = Callable[[str, int, Given, User], DraftView]


def _discard(pack: str, draft: int, given: Given, actor: User) -> DraftView:
    return discard_draft(pack, draft, revision=given["revision"], actor_id=actor.pk)


def _import(pack: str, draft: int, given: Given, actor: User) -> DraftView:
    return import_text(pack, draft, given["text"], revision=given["revision"], actor_id=actor.pk)


def _edit(pack: str, draft: int, given: Given, actor: User) -> DraftView:
    wanted = {**given.get("values", {}), **dict.fromkeys(given.get("remove", ()), NOTHING)}
    fields = [(path_of(pointer), value) for pointer, value in wanted.items()]
    wrong = [pointer for pointer, (path, _value) in zip(wanted, fields, strict=True) if not path]
    if wrong:
        detail = field_sentence("invalid", {})
        raise FieldsInvalid(fields=[FieldProblem(pointer="/values", code="not_a_pointer", detail=detail)])
    return change_fields(pack, draft, fields, revision=given["revision"], actor_id=actor.pk)


def _sources(pack: str, draft: int, given: Given, actor: User) -> DraftView:
    told = {pointer: (each["source"], each["confidence"]) for pointer, each in given["sources"].items()}
    return state_sources(pack, draft, told, revision=given["revision"], actor_id=actor.pk)


ACTIONS: Mapping[str, tuple[type[StrictSerializer], Doing]] = {
    "discard": (RevisionSerializer, _discard), "import": (DraftTextSerializer, _import),
    "edit": (DraftEditSerializer, _edit), "sources": (NumberSourcesSerializer, _sources),
}  # fmt: skip
"""By the word in the address."""

ActionBodySerializer = PolymorphicProxySerializer(
    component_name="DraftAction", serializers=list(dict.fromkeys(body for body, _do in ACTIONS.values())),
    resource_type_field_name=None,
)  # fmt: skip
