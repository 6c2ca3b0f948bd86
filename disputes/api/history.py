"""The journal of a case, and the marketplace's answers to payouts."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from contract.bodies import ChoiceField, StrictSerializer, TextField, WholeNumberField, body_of, checked
from contract.errors import Forbidden
from contract.idempotency import Replay
from contract.paging import page_request
from contract.problem import problems
from disputes.api.base import DisputeApi, call_from, case_of, paged, replayed, versioned
from disputes.api.case_objects import CaseSerializer, case_object
from disputes.api.describing import IDEMPOTENCY, PAGE, list_of
from disputes.api.fields import MomentField
from disputes.api.refusals import refusing_in_full
from disputes.selectors.history import JOURNAL, journal
from disputes.selectors.history_views import JournalEvent
from disputes.selectors.platforms import zone_of_case
from disputes.selectors.ways import BY_API
from disputes.services.ordering import answer_payout


class EventSerializer(serializers.Serializer):
    """One event of the journal."""

    sequence = serializers.IntegerField()
    kind = serializers.CharField()
    at = MomentField(help_text="When it happened or was due.")
    recorded_at = MomentField(help_text="When it was noticed and written.")
    actor = serializers.CharField(
        help_text="buyer, seller, platform, marketplace, or clock for what happened by itself."
    )
    via = serializers.CharField()
    rule = serializers.CharField()
    stage = serializers.CharField()
    outcome = serializers.CharField()
    material = serializers.BooleanField()
    facts = serializers.DictField()
    time_zone = serializers.SerializerMethodField(help_text="Of the platform.")

    def get_time_zone(self, _event: JournalEvent) -> str:
        return str(self.context["zone"])


class EventsApi(DisputeApi):
    """What happened in a case, oldest first."""

    @extend_schema(
        operation_id="list_events",
        parameters=[*PAGE],
        responses={200: list_of(EventSerializer), **problems(400, 401, 404)},
    )
    def get(self, request: Request, number: str) -> Response:
        access = case_of(request, number)
        page = journal(access, page_request(request.query_params, of=JOURNAL))
        return paged(page, EventSerializer, zone=zone_of_case(access))


class PayoutAnswerSerializer(StrictSerializer):
    """What became of an ordered payout."""

    payout = WholeNumberField(
        required=False, allow_null=True, default=None, min_value=1,
        help_text="The `id` of one of the case's payouts; may be left out while only one waits for an answer.",
    )  # fmt: skip
    status = ChoiceField(["succeeded", "failed"])
    reason = TextField(required=False, allow_blank=True, default="", max_length=200)
    reference = TextField(required=False, allow_blank=True, default="", max_length=120)
    at = MomentField(required=False, allow_null=True, default=None)


class PayoutApi(DisputeApi):
    """The marketplace answers an ordered payout; the platform's administrators speak for it."""

    @extend_schema(
        operation_id="answer_payout",
        parameters=[IDEMPOTENCY],
        request={"application/json": PayoutAnswerSerializer},
        responses={200: CaseSerializer, **problems(400, 401, 403, 404, 409, 422)},
    )
    def post(self, request: Request, number: str) -> Response:
        access = case_of(request, number)
        if "administrator" not in access.staff:
            raise Forbidden
        given = checked(PayoutAnswerSerializer, body_of(request))
        with refusing_in_full(access):
            done = answer_payout(
                access, succeeded=given["status"] == "succeeded", payout=given["payout"], reason=given["reason"],
                reference=given["reference"], at=given["at"], via=BY_API, call=call_from(request, request.data),
                answer=lambda _done: (status.HTTP_200_OK, case_object(access)),
            )  # fmt: skip
        return replayed(done) if isinstance(done, Replay) else versioned(case_object(access))
