"""Evidence: what is asked for, what was handed in, and handing more in."""

from __future__ import annotations

from itertools import dropwhile
from typing import Any, ClassVar, Final
from uuid import UUID

from django.http import QueryDict
from django.http.response import HttpResponseBase
from drf_spectacular.utils import OpenApiParameter, OpenApiTypes, extend_schema, inline_serializer
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from contract.bodies import FlagField, IdField, StrictSerializer, TextField, body_of, checked
from contract.clock import database_now
from contract.errors import NotFound
from contract.idempotency import Replay
from contract.paging import BadCursor, page_of, page_request
from contract.parsing import JsonParser, MultiPartParser
from contract.problem import FieldProblemSerializer, problems
from disputes.api.base import DisputeApi, call_from, case_of, paged, person, replayed
from disputes.api.describing import IDEMPOTENCY, PAGE, list_of
from disputes.api.queries import choice_in
from disputes.api.records import ExhibitSerializer, RequirementSerializer
from disputes.api.refusals import in_full, refusing_in_full
from disputes.api.special_actions import identity
from disputes.selectors.access import CaseAccess
from disputes.selectors.cases import case_view
from disputes.selectors.platforms import zone_of_case
from disputes.selectors.ways import BY_API
from disputes.services.exhibiting import (
    Drafted,
    discard_draft,
    keep_draft,
    receive_evidence,
    submit_exhibits,
)
from disputes.services.repeating import once_after
from evidence.links import ORIGINAL, PREVIEW, THUMBNAIL
from evidence.services import Receipt
from evidence.serving import response_for

LIST: Final = "exhibits"
FORM_FLAGS: Final = {"true": True, "1": True, "false": False, "0": False, "": False}
"""How a form, which knows only text, says yes and no."""
VARIANTS: Final = (ORIGINAL, PREVIEW, THUMBNAIL)


class NewExhibitSerializer(StrictSerializer):
    """A piece of evidence: files, or a text, with what it shows."""

    files = serializers.ListField(child=serializers.FileField(), required=False, default=list)
    description = TextField(required=False, allow_blank=True, default="", max_length=10_000)
    slot = TextField(required=False, allow_blank=True, default="", max_length=40)
    answers = IdField(required=False, allow_null=True, default=None)
    submit = FlagField(required=False, default=False, help_text="Hand it in at once, not as a draft.")


DRAFTED = inline_serializer(
    "NewExhibitAnswer", {"exhibit": ExhibitSerializer(), "refused": FieldProblemSerializer(many=True)}
)


class ExhibitsApi(DisputeApi):
    """The exhibits of a case that the caller may see."""

    parser_classes: ClassVar = [MultiPartParser, JsonParser]  # type: ignore[misc]

    @extend_schema(
        operation_id="list_exhibits",
        parameters=[*PAGE],
        responses={200: list_of(ExhibitSerializer), **problems(400, 401, 404)},
    )
    def get(self, request: Request, number: str) -> Response:
        access = case_of(request, number)
        asked = page_request(request.query_params, of=LIST)
        found = [exhibit for group in case_view(access).evidence.groups for exhibit in group.exhibits]
        if asked.after is not None:
            (last,) = asked.after
            if not any(str(exhibit.id) == last for exhibit in found):
                raise BadCursor  # thrown away since: what came after it is not known
            found = [*dropwhile(lambda exhibit: str(exhibit.id) != last, found)][1:]
        page = page_of(found[: asked.limit + 1], asked.limit, lambda exhibit: (str(exhibit.id),), of=LIST)
        return paged(page, ExhibitSerializer, **_context(access))

    @extend_schema(
        operation_id="add_exhibit",
        parameters=[IDEMPOTENCY],
        request={"multipart/form-data": NewExhibitSerializer, "application/json": NewExhibitSerializer},
        responses={201: DRAFTED, **problems(400, 401, 404, 409, 413, 415, 422)},
    )
    def post(self, request: Request, number: str) -> Response:
        access = case_of(request, number)
        given = checked(NewExhibitSerializer, _fields(request))
        with refusing_in_full(access):
            done = once_after(
                call_from(request, request.data),
                lambda: receive_evidence(
                    access, uploads=given["files"], description=given["description"], slot=given["slot"]
                ),
                lambda receipt: _draft(access, given, receipt),
                told=lambda error: in_full(access, error),
            )
        return replayed(done) if isinstance(done, Replay) else Response(done[1], status=done[0])


def _fields(request: Request) -> dict[str, Any]:
    """The body with its files as one list, whichever way it came."""
    if not isinstance(request.data, QueryDict):
        return body_of(request)
    plain: dict[str, Any] = {name: request.data.get(name) for name in request.data if name not in request.FILES}
    if isinstance(plain.get("submit"), str):
        plain["submit"] = FORM_FLAGS.get(plain["submit"].lower(), plain["submit"])
    return {**plain, "files": [file for name in request.FILES for file in request.FILES.getlist(name)]}


def _draft(access: CaseAccess, given: dict[str, Any], receipt: Receipt) -> tuple[int, Any]:
    drafted = keep_draft(
        access, receipt, description=given["description"], slot=given["slot"], answers=given["answers"]
    )
    if given["submit"]:
        submit_exhibits(access, [drafted.exhibit_id], via=BY_API)
    return status.HTTP_201_CREATED, {"exhibit": _shown(access, drafted.exhibit_id), "refused": _refused(drafted)}


def _shown(access: CaseAccess, exhibit_id: UUID) -> Any:
    groups = case_view(access).evidence.groups
    found = next(exhibit for group in groups for exhibit in group.exhibits if exhibit.id == exhibit_id)
    return dict(ExhibitSerializer(found, context=_context(access)).data)


def _refused(drafted: Drafted) -> list[dict[str, str]]:
    return [
        {"pointer": f"/files/{error.data.get('name', '')}", "code": error.code, "detail": error.message()}
        for error in drafted.receipt.refusals
    ]


def _context(access: CaseAccess) -> dict[str, Any]:
    return {"user_id": access.user_id, "now": database_now(), "zone": zone_of_case(access)}


class ExhibitApi(DisputeApi):
    """A draft of the caller's own."""

    @extend_schema(operation_id="discard_draft", request=None, responses={204: None, **problems(401, 404)})
    def delete(self, request: Request, number: str, exhibit: str) -> Response:
        discard_draft(case_of(request, number), identity(exhibit, "exhibit"))
        return Response(status=status.HTTP_204_NO_CONTENT)


class ExhibitFileApi(DisputeApi):
    """A file of an exhibit, for those who may see the exhibit: as it was received, or as we drew it."""

    @extend_schema(
        operation_id="get_exhibit_file",
        parameters=[OpenApiParameter("variant", enum=list(VARIANTS), default=ORIGINAL)],
        responses={(200, "application/octet-stream"): OpenApiTypes.BINARY, **problems(400, 401, 404)},
    )
    def get(self, request: Request, number: str, exhibit: UUID, file: UUID) -> HttpResponseBase:
        variant = choice_in(request, "variant", VARIANTS, ORIGINAL)
        groups = case_view(case_of(request, number)).evidence.groups
        seen = (each for group in groups for each in group.exhibits if each.id == exhibit)
        if not any(kept.id == file for each in seen for kept in each.files):
            raise NotFound
        return response_for(file, variant=variant, viewer=person(request))


class RequirementsApi(DisputeApi):
    """What evidence is asked of whom, and whether it is there."""

    @extend_schema(
        operation_id="list_requirements",
        responses={
            200: inline_serializer("Requirements", {"data": RequirementSerializer(many=True)}), **problems(401, 404),
        },
    )  # fmt: skip
    def get(self, request: Request, number: str) -> Response:
        view = case_view(case_of(request, number))
        return Response({"data": RequirementSerializer(view.evidence.requirements, many=True).data})
