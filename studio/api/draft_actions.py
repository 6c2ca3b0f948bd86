"""What can be done with a draft by the interface, each with the body it takes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from drf_spectacular.utils import PolymorphicProxySerializer

from accounts.models import User
from contract.bodies import FieldsInvalid, Nothing, StrictSerializer
from contract.errors import FieldProblem
from disputes.labels import field_sentence
from rules.drafts import DraftView, discard_draft
from rules.drafts_changes import NOTHING, path_of
from rules.drafts_editing import Sources, change_fields, import_text, state_sources
from rules.drafts_proving import accept_trap, ask_for_proof
from rules.drafts_publishing import approve_draft, carry_over, publish_draft, return_draft, submit_draft
from studio.api.draft_objects import (
    AcceptTrapSerializer,
    DraftEditSerializer,
    DraftTextSerializer,
    NumberSourcesSerializer,
    PublishDraftSerializer,
    ReturnDraftSerializer,
    RevisionSerializer,
    SubmitDraftSerializer,
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
    return change_fields(
        pack, draft, fields, revision=given["revision"], actor_id=actor.pk, sources=_told(given.get("sources", {}))
    )


def _sources(pack: str, draft: int, given: Given, actor: User) -> DraftView:
    return state_sources(pack, draft, _told(given["sources"]), revision=given["revision"], actor_id=actor.pk)


def _told(sources: Mapping[str, Any]) -> Sources:
    return {pointer: (each["source"], each["confidence"]) for pointer, each in sources.items()}


def _prove(pack: str, draft: int, given: Given, actor: User) -> DraftView:
    return ask_for_proof(pack, draft, actor_id=actor.pk)


def _accept(pack: str, draft: int, given: Given, actor: User) -> DraftView:
    return accept_trap(pack, draft, **given, actor_id=actor.pk)


def _submit(pack: str, draft: int, given: Given, actor: User) -> DraftView:
    return submit_draft(pack, draft, **{"effective_from": None, **given}, actor_id=actor.pk)


def _return(pack: str, draft: int, given: Given, actor: User) -> DraftView:
    return return_draft(pack, draft, **given, actor_id=actor.pk)


def _approve(pack: str, draft: int, given: Given, actor: User) -> DraftView:
    return approve_draft(pack, draft, **given, actor_id=actor.pk)


def _publish(pack: str, draft: int, given: Given, actor: User) -> DraftView:
    return publish_draft(pack, draft, **given, actor_id=actor.pk)


def _carry_over(pack: str, draft: int, given: Given, actor: User) -> DraftView:
    return carry_over(pack, draft, **given, actor_id=actor.pk)


ACTIONS: Mapping[str, tuple[type[StrictSerializer], Doing]] = {
    "discard": (RevisionSerializer, _discard), "import": (DraftTextSerializer, _import),
    "edit": (DraftEditSerializer, _edit), "sources": (NumberSourcesSerializer, _sources),
    "prove": (Nothing, _prove), "accept-trap": (AcceptTrapSerializer, _accept),
    "submit": (SubmitDraftSerializer, _submit), "return": (ReturnDraftSerializer, _return),
    "approve": (RevisionSerializer, _approve), "publish": (PublishDraftSerializer, _publish),
    "carry-over": (RevisionSerializer, _carry_over),
}  # fmt: skip
"""By the word in the address."""

ActionBodySerializer = PolymorphicProxySerializer(
    component_name="DraftAction", serializers=list(dict.fromkeys(body for body, _do in ACTIONS.values())),
    resource_type_field_name=None,
)  # fmt: skip
