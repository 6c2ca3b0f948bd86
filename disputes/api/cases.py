"""Cases: listing, filing, reading, acting."""

from __future__ import annotations

from typing import Any, Final

from drf_spectacular.utils import OpenApiParameter, OpenApiTypes, extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from contract.bodies import FlagField, StrictSerializer, TextField, WholeNumberField, body_of, checked
from contract.errors import NotFound
from contract.idempotency import Replay
from contract.paging import page_request
from contract.problem import problems
from disputes.api.action_fields import FIELDS_OF, NUMBER, body_forms
from disputes.api.base import (
    DisputeApi,
    call_from,
    case_of,
    paged,
    person,
    replayed,
    role_of,
    version_seen,
    versioned,
)
from disputes.api.case_objects import CaseRowSerializer, CaseSerializer, case_object
from disputes.api.describing import IDEMPOTENCY, IF_MATCH, PAGE, ROLE, list_of
from disputes.api.field_checks import AmountField, check_fields
from disputes.api.queries import choice_in, flag_in, moment_in, platform_in
from disputes.api.refusals import in_full, refusing_in_order
from disputes.api.special_actions import SPECIAL
from disputes.labels.actions import ACTIONS
from disputes.labels.words import STAGES
from disputes.selectors.access import CaseAccess, case_for
from disputes.selectors.lists import cases_as
from disputes.selectors.platforms import pack_offers
from disputes.selectors.ways import BY_API
from disputes.services.acting import perform
from disputes.services.asking import check_version
from disputes.services.filing import file_dispute
from disputes.services.refusing import refused

NOT_IN_A_CASE: Final = frozenset({"file", "extend_receipt", "request_extension", "grant_extension"})
AWAITED: Final = ("buyer", "seller", "both", "platform", "none")
ORDERS: Final = ("due_at", "my_due_at")
BY_OWN_TIME: Final = (
    "By the time the caller's own side has left: the case that needs the caller first comes first. For buyers and"
    " sellers the cases in which somebody else is awaited follow. A row's `due_at` is the time in its sentence, which"
    " may be another side's. Both names mean the same; without one, and without `due_before`, the newest come first. A"
    " cursor of one order is refused in another."
)
CASE_ACTIONS: Final = frozenset(ACTIONS) - NOT_IN_A_CASE


class ClaimSerializer(StrictSerializer):
    """A line of the order and how much of it."""

    line = WholeNumberField(min_value=1)
    quantity = WholeNumberField(min_value=1)


class FilingSerializer(StrictSerializer):
    """A dispute to be filed."""

    order = WholeNumberField(min_value=1)
    lines = ClaimSerializer(many=True)
    reason = TextField(max_length=40)
    remedy = TextField(max_length=30)
    amount = AmountField()
    goods_received = FlagField(required=False, allow_null=True, default=None)
    description = TextField(required=False, allow_blank=True, default="", max_length=10_000)


class CasesApi(DisputeApi):
    """The caller's cases in one role, and filing a new one."""

    @extend_schema(
        operation_id="list_cases",
        parameters=[
            ROLE, *PAGE, OpenApiParameter("stage"), OpenApiParameter("platform"), OpenApiParameter("waiting_on"),
            OpenApiParameter(
                "due_before", OpenApiTypes.DATETIME,
                description="Only cases in which the caller's side is awaited, and its own time ends before then; the"
                " first to end comes first.",
            ),
            OpenApiParameter("q", description=(
                "All of these words, Chinese or other: products, the buyer's and the shop's name, texts the caller may"
                " read, and numbers by how their parts begin or by their last four characters."
            )),
            OpenApiParameter("order", enum=list(ORDERS), description=BY_OWN_TIME),
        ],
        responses={200: list_of(CaseRowSerializer), **problems(400, 401)},
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        query, role = request.query_params, role_of(request)
        order, due_before = choice_in(request, "order", ORDERS), moment_in(request, "due_before")
        by_due = order != "" or due_before is not None
        page = cases_as(
            person(request), role, query=query.get("q", ""), platform=platform_in(request),
            stage=choice_in(request, "stage", STAGES),
            waiting_on=choice_in(request, "waiting_on", AWAITED), by_due=by_due,
            due_before=due_before,
            page=page_request(query, of=f"{role}:{'due_at' if by_due else 'newest'}"),
        )  # fmt: skip
        return paged(page, CaseRowSerializer)

    @extend_schema(
        operation_id="file_dispute",
        parameters=[IDEMPOTENCY],
        request=FilingSerializer,
        responses={201: CaseSerializer, **problems(400, 401, 404, 409, 422)},
    )
    def post(self, request: Request) -> Response:
        given, user = checked(FilingSerializer, body_of(request)), person(request)
        done = file_dispute(
            user.pk, order_id=given["order"], lines=given["lines"], reason=given["reason"], remedy=given["remedy"],
            amount=given["amount"], goods_received=given["goods_received"], description=given["description"],
            via=BY_API, call=call_from(request, request.data),
            answer=lambda done: (status.HTTP_201_CREATED, case_object(case_for(user, done.number))),
        )  # fmt: skip
        if isinstance(done, Replay):
            return replayed(done)
        body = case_object(case_for(user, done.number))
        return versioned(body, code=status.HTTP_201_CREATED, location=f"/api/v1/cases/{done.number}/")


class CaseApi(DisputeApi):
    """One case."""

    @extend_schema(operation_id="get_case", responses={200: CaseSerializer, **problems(401, 404)})
    def get(self, request: Request, number: str) -> Response:
        return versioned(case_object(case_of(request, number)))


class CaseActionApi(DisputeApi):
    """Doing something in a case.

    What is refused is answered with 409, a `code`, the `stage` and the `available_actions`; what was decided on an
    older, materially different case with 412 and the `differences`. `?when_allowed=1` asks for a queueable action
    as soon as it becomes possible.
    """

    @extend_schema(
        operation_id="act_in_case",
        parameters=[
            IDEMPOTENCY, IF_MATCH,
            OpenApiParameter("action", location=OpenApiParameter.PATH, enum=sorted(CASE_ACTIONS)),
            OpenApiParameter("when_allowed", OpenApiTypes.BOOL),
        ],
        request={"application/json": body_forms()},
        responses={200: CaseSerializer, **problems(400, 401, 403, 404, 409, 412, 422, 503)},
    )  # fmt: skip
    def post(self, request: Request, number: str, action: str) -> Response:
        if action not in CASE_ACTIONS:
            raise NotFound
        access = case_of(request, number)
        data = body_of(request)
        queue = flag_in(request, "when_allowed")
        with refusing_in_order(access, action, queue=queue):
            if not pack_offers(access, action):
                raise refused("not_offered", number=access.number)
            check_fields(data, {**FIELDS_OF[action], "version": NUMBER})
            check_version(access, action, version_seen(request, data), queue=queue)
            if action in SPECIAL and not queue:
                return SPECIAL[action](request, access, data)
            return self._perform(request, access, action, data)

    def _perform(self, request: Request, access: CaseAccess, action: str, data: dict[str, Any]) -> Response:
        done = perform(
            access, action, data, via=BY_API, expected_version=version_seen(request, data),
            call=call_from(request, request.data), when_allowed=flag_in(request, "when_allowed"),
            answer=lambda _done: (status.HTTP_200_OK, case_object(access)),
            told=lambda error: in_full(access, error),
        )  # fmt: skip
        return replayed(done) if isinstance(done, Replay) else versioned(case_object(access))
