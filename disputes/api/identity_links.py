"""Whose name a marketplace uses: administrators link a name to a person, and undo it."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import User
from accounts.selectors import link, links_made, person_named, platforms_administered, staff_kinds
from contract.bodies import ChoiceField, FieldsInvalid, Nothing, StrictSerializer, TextField, body_of, checked
from contract.errors import FieldProblem, Forbidden
from contract.idempotency import Replay
from contract.paging import page_of, page_request
from contract.problem import problems
from disputes.api.base import DisputeApi, call_from, paged, person, replayed
from disputes.api.describing import IDEMPOTENCY, PAGE, list_of
from disputes.api.fields import MomentField
from disputes.labels import field_sentence
from disputes.labels.words import PLATFORMS
from disputes.selectors.platforms import zone_of_platform
from disputes.selectors.ways import BY_API
from disputes.services.linking import link_person, unlink_person
from disputes.services.repeating import once

LIST = "identity-links"


class NewLinkSerializer(StrictSerializer):
    """Who a marketplace's name is."""

    platform = ChoiceField(choices=list(PLATFORMS))
    outside_id = TextField(max_length=200)
    username = TextField(max_length=150)


class LinkSerializer(serializers.Serializer):
    """A link of a name, and what came along with it."""

    id = serializers.IntegerField()
    platform = serializers.CharField()
    time_zone = serializers.SerializerMethodField()
    outside_id = serializers.CharField()
    user = serializers.IntegerField(source="user_id")
    username = serializers.CharField()
    orders = serializers.IntegerField(help_text="Orders that came along.")
    cases = serializers.IntegerField()
    shops = serializers.ListField(child=serializers.IntegerField())
    linked_by = serializers.IntegerField(allow_null=True)
    linked_at = MomentField()
    undone_by = serializers.IntegerField(allow_null=True)
    undone_at = MomentField(allow_null=True)

    def get_time_zone(self, made: Any) -> str:
        return zone_of_platform(made.platform)


class LinksApi(DisputeApi):
    """The links of the platforms the caller administers, the newest first; and a new one.

    Orders and cases imported before under the name come along, as does a shop the import opened for it. 409
    `identity_taken` for the name of another person, `buyer_is_seller`, `conflict_of_interest`.
    """

    @extend_schema(
        operation_id="list_identity_links",
        parameters=[*PAGE],
        responses={200: list_of(LinkSerializer), **problems(400, 401, 403)},
    )
    def get(self, request: Request) -> Response:
        asked = page_request(request.query_params, of=LIST)
        before = int(str(asked.after[0])) if asked.after else None
        found = links_made(platforms_administered(_administrator(request)), before=before, limit=asked.limit + 1)
        return paged(page_of(found, asked.limit, lambda made: (made.id,), of=LIST), LinkSerializer)

    @extend_schema(
        operation_id="link_identity",
        parameters=[IDEMPOTENCY],
        request={"application/json": NewLinkSerializer},
        responses={201: LinkSerializer, **problems(400, 401, 403, 409, 422)},
    )
    def post(self, request: Request) -> Response:
        actor = _administrator(request)
        given = checked(NewLinkSerializer, body_of(request))

        def act() -> tuple[int, Any]:
            meant = _meant(given["username"])
            moved = link_person(given["platform"], given["outside_id"], meant, actor=actor, via=BY_API)
            return status.HTTP_201_CREATED, _shown(moved.link_id)

        return _answer(once(call_from(request, request.data), act))


class UndoLinkApi(DisputeApi):
    """Undo a link: everything of the name goes back to the account that stood for it."""

    @extend_schema(
        operation_id="undo_identity_link",
        parameters=[IDEMPOTENCY],
        request={"application/json": Nothing},
        responses={200: LinkSerializer, **problems(400, 401, 403, 404, 409, 422)},
    )
    def post(self, request: Request, link_id: int) -> Response:
        actor = _administrator(request)
        checked(Nothing, body_of(request))

        def act() -> tuple[int, Any]:
            unlink_person(link_id, actor=actor, via=BY_API)
            return status.HTTP_200_OK, _shown(link_id)

        return _answer(once(call_from(request, request.data), act))


def _administrator(request: Request) -> User:
    """Raises Forbidden."""
    if "administrator" not in staff_kinds(person(request)):
        raise Forbidden
    return person(request)


def _meant(username: str) -> User:
    """Raises FieldsInvalid."""
    found = person_named(username)
    if found is None:
        detail = field_sentence("unknown_person", {})
        raise FieldsInvalid(fields=[FieldProblem(pointer="/username", code="unknown_person", detail=detail)])
    return found


def _shown(link_id: int) -> dict[str, Any]:
    return dict(LinkSerializer(link(link_id)).data)


def _answer(done: Replay | tuple[int, Any]) -> Response:
    return replayed(done) if isinstance(done, Replay) else Response(done[1], status=done[0])
