"""Drafts of a pack's rules: begin, read, act, and what was done."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import CharField

from contract.bodies import body_of, checked
from contract.errors import NotFound
from contract.idempotency import Replay
from contract.paging import page_of, page_request
from contract.problem import problems
from disputes.api.base import DisputeApi, call_from, paged, replayed
from disputes.api.describing import IDEMPOTENCY, PAGE, list_of
from disputes.services.repeating import once
from rules.actions import actions_on
from rules.drafts import begin_draft, draft_of, drafts_of
from rules.drafts_documents import as_text
from studio.api.access import administrator_of, pack_asked
from studio.api.draft_actions import ACTIONS, ActionBodySerializer
from studio.api.draft_objects import (
    DraftSerializer,
    DraftSummarySerializer,
    NewDraftSerializer,
    RuleActionSerializer,
    draft_shown,
)

TRAIL = "rule-actions"


class DraftsApi(DisputeApi):
    """The drafts of a pack, the newest first; and a new one. For administrators of its platform."""

    @extend_schema(
        operation_id="list_drafts",
        responses={
            200: inline_serializer("Drafts", {"data": DraftSummarySerializer(many=True)}),
            **problems(401, 403, 404),
        },
    )
    def get(self, request: Request, pack: str) -> Response:
        pack_asked(request, pack)
        return Response({"data": DraftSummarySerializer(drafts_of(pack), many=True).data})

    @extend_schema(
        operation_id="begin_draft",
        parameters=[IDEMPOTENCY],
        request={"application/json": NewDraftSerializer},
        responses={201: DraftSerializer, **problems(400, 401, 403, 404, 409, 422)},
    )
    def post(self, request: Request, pack: str) -> Response:
        actor = administrator_of(request, pack)
        given = checked(NewDraftSerializer, body_of(request))
        origin = pack_asked(request, pack, given.get("from_version"))

        def act() -> tuple[int, Any]:
            draft = begin_draft(origin, title=given["title"], author_id=actor.pk)
            return status.HTTP_201_CREATED, draft_shown(draft)

        return answered(once(call_from(request, request.data), act))


class DraftApi(DisputeApi):
    """One draft with its document."""

    @extend_schema(operation_id="get_draft", responses={200: DraftSerializer, **problems(401, 403, 404)})
    def get(self, request: Request, pack: str, draft: int) -> Response:
        pack_asked(request, pack)
        return Response(draft_shown(draft_of(pack, draft)))


class DraftTextApi(DisputeApi):
    """The document as one text: YAML that the action `import` takes back."""

    @extend_schema(
        operation_id="export_draft", responses={200: inline_serializer("DraftText", {"text": CharField()}),
                                                **problems(401, 403, 404)},
    )  # fmt: skip
    def get(self, request: Request, pack: str, draft: int) -> Response:
        pack_asked(request, pack)
        return Response({"text": as_text(draft_of(pack, draft).document)})


class DraftActionApi(DisputeApi):
    """Do something with a draft, naming the revision one saw; 412 `draft_changed` when it has another meanwhile."""

    @extend_schema(
        operation_id="act_on_draft",
        parameters=[IDEMPOTENCY],
        request={"application/json": ActionBodySerializer},
        responses={200: DraftSerializer, **problems(400, 401, 403, 404, 409, 412, 422)},
    )
    def post(self, request: Request, pack: str, draft: int, action: str) -> Response:
        actor = administrator_of(request, pack)
        found = ACTIONS.get(action)
        if found is None:
            raise NotFound
        body, do = found
        given = checked(body, body_of(request))
        draft_of(pack, draft)

        def act() -> tuple[int, Any]:
            return status.HTTP_200_OK, draft_shown(do(pack, draft, given, actor))

        return answered(once(call_from(request, request.data), act))


class TrailApi(DisputeApi):
    """What was done to the rules of a pack, the newest first."""

    @extend_schema(
        operation_id="list_rule_actions",
        parameters=[*PAGE],
        responses={200: list_of(RuleActionSerializer), **problems(400, 401, 403, 404)},
    )
    def get(self, request: Request, pack: str) -> Response:
        pack_asked(request, pack)
        asked = page_request(request.query_params, of=TRAIL)
        before = int(str(asked.after[0])) if asked.after else None
        found = actions_on(pack, before=before, limit=asked.limit + 1)
        return paged(page_of(found, asked.limit, lambda row: (row.id,), of=TRAIL), RuleActionSerializer)


def answered(done: Replay | tuple[int, Any]) -> Response:
    """What was done, or the first answer again."""
    return replayed(done) if isinstance(done, Replay) else Response(done[1], status=done[0])
