"""The state of all clocks: what falls due, what is late, what is stuck, and trying that again."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import User
from contract.bodies import StrictSerializer, TextField, body_of, checked
from contract.moments import local_moment
from contract.paging import PageRequest, page_request
from contract.problem import problems
from disputes.api.base import DisputeApi, paged
from disputes.api.describing import PAGE, list_of
from disputes.api.fields import CodeField, MomentField
from disputes.selectors.administration import overdue_cases, stuck_cases
from disputes.selectors.due_soon import KINDS, due_soon
from disputes.selectors.machinery import machinery
from disputes.services.sweeping import retry_all_stuck
from studio.api.lab import administrator_asking
from studio.bulk_asking import check_numbers
from studio.selectors import platform_codes_of

FIRST = 50
"""Overdue cases that are listed with the figures."""


class DueBucketSerializer(serializers.Serializer):
    """Deadlines that fall due in one piece of time."""

    since = MomentField()
    until = MomentField(help_text="Left out itself.")
    count = serializers.IntegerField()
    by_kind = serializers.SerializerMethodField(help_text="How many outcomes, closing and opening windows, targets.")

    def get_by_kind(self, bucket: Any) -> dict[str, int]:
        return dict(zip(KINDS, bucket.counts, strict=True))


class OverdueCaseSerializer(serializers.Serializer):
    """A case that waits to be settled."""

    number = serializers.CharField()
    platform = CodeField()
    since = MomentField()
    seconds = serializers.IntegerField()


class SweeperSerializer(serializers.Serializer):
    """One process that settles due cases."""

    name = serializers.CharField()
    last_at = MomentField()
    seconds_ago = serializers.IntegerField()
    moved = serializers.IntegerField(help_text="Cases it has advanced altogether.")


class TimersSerializer(serializers.Serializer):
    """All clocks at one moment."""

    at = MomentField(source="state.now")
    overdue_cases = serializers.IntegerField(source="state.overdue_cases", help_text="There should be none.")
    overdue_seconds = serializers.IntegerField(source="state.overdue_seconds", help_text="How late the oldest is.")
    overdue = OverdueCaseSerializer(many=True, help_text="The first of those one works for.")
    due_in_hour = serializers.IntegerField(source="due.in_hour")
    due_in_day = serializers.IntegerField(source="due.in_day")
    next_hour = DueBucketSerializer(source="due.hour", many=True, help_text="By five minutes.")
    next_day = DueBucketSerializer(source="due.day", many=True, help_text="By the hour.")
    stuck = serializers.IntegerField(source="state.stuck")
    held = serializers.IntegerField(source="state.held")
    stale_feeds = serializers.IntegerField(source="state.stale_feeds")
    untold_events = serializers.IntegerField(source="state.relay_backlog")
    sweepers = SweeperSerializer(source="state.sweepers", many=True)


class StuckCaseSerializer(serializers.Serializer):
    """A case that could not be decided."""

    number = serializers.CharField()
    platform = CodeField()
    reason = serializers.CharField()
    detail = serializers.CharField()
    attempts = serializers.IntegerField()
    first_at = MomentField()
    retry_at = MomentField()


class RetrySerializer(StrictSerializer):
    """Which stuck cases; all without a list."""

    cases = serializers.ListField(child=TextField(), required=False, help_text="Case numbers.")


class RetriedSerializer(serializers.Serializer):
    """How many are tried again."""

    retried = serializers.IntegerField()


class TimersApi(DisputeApi):
    """The figures of all clocks. For administrators."""

    @extend_schema(operation_id="get_timers", responses={200: TimersSerializer, **problems(401, 403)})
    def get(self, request: Request) -> Response:
        return Response(TimersSerializer(_figures(administrator_asking(request))).data)


def _figures(user: User) -> dict[str, Any]:
    state = machinery()
    overdue = overdue_cases(user, PageRequest(limit=FIRST)).data if state.overdue_cases else ()
    return {"state": state, "due": due_soon(local_moment(state.now, user.time_zone)), "overdue": overdue}


class StuckApi(DisputeApi):
    """Cases that could not be decided, the oldest trouble first. For administrators."""

    @extend_schema(
        operation_id="list_stuck_cases", parameters=[*PAGE],
        responses={200: list_of(StuckCaseSerializer), **problems(400, 401, 403)},
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        user = administrator_asking(request)
        return paged(stuck_cases(user, page_request(request.query_params, of="stuck")), StuckCaseSerializer)


class RetryApi(DisputeApi):
    """Let the next sweep try stuck cases at once. For administrators of their platforms."""

    @extend_schema(
        operation_id="retry_stuck_cases", request={"application/json": RetrySerializer},
        responses={200: RetriedSerializer, **problems(400, 401, 403, 422)},
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        user, given = administrator_asking(request), checked(RetrySerializer, body_of(request))
        platforms, numbers = platform_codes_of(user), given.get("cases")
        check_numbers(numbers or (), platforms, "/cases")
        return Response({"retried": retry_all_stuck(platforms, numbers, by=user)})
