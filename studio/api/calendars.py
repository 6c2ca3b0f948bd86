"""Calendars of working days: read, compared, exported; their drafts begun, changed, published."""

from __future__ import annotations

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, inline_serializer
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import CharField

from accounts.models import User
from contract.bodies import Nothing, body_of, checked
from contract.clock import database_now
from contract.errors import Forbidden, NotFound
from contract.paging import page_of, page_request
from contract.problem import problems
from disputes.api.base import DisputeApi, call_from, paged
from disputes.api.describing import IDEMPOTENCY, PAGE, list_of
from disputes.api.queries import choice_in, number_in
from disputes.selectors.calendar_use import open_cases_by_edition
from disputes.services.repeating import once
from rules.calendar_actions import actions_on_calendar
from rules.calendar_documents import Years, differences
from rules.calendar_drafts import begin_calendar_draft, calendar_draft, calendar_drafts, open_calendar_draft
from rules.calendar_editions import countries, edition_of, editions_of
from rules.calendar_importing import as_csv, as_yaml, read_file
from studio.api.calendar_actions import ACTIONS, CalendarActionBodySerializer
from studio.api.calendar_objects import (
    CalendarActionSerializer,
    CalendarDifferencesSerializer,
    CalendarDraftSerializer,
    CalendarDraftSummarySerializer,
    CalendarSerializer,
    CalendarYearSerializer,
    EditionSerializer,
    PreviewTextSerializer,
    differences_told,
    draft_told,
    year_told,
)
from studio.api.drafts import answered
from studio.api.lab import administrator_asking
from studio.calendar_access import may_change
from studio.calendar_warnings import notices_of

TRAIL = "calendar-actions"
EDITION = OpenApiParameter("edition", OpenApiTypes.INT, description="The newest unless one is named.")
FORMAT = OpenApiParameter("kind", enum=["yaml", "csv"], description="yaml unless it is named.")
TEXT = inline_serializer("CalendarText", {"text": CharField()})


class CalendarsApi(DisputeApi):
    """Every country's calendar, with what has to be done about it in time. For administrators."""

    @extend_schema(
        operation_id="list_calendars",
        responses={
            200: inline_serializer("Calendars", {"data": CalendarSerializer(many=True)}), **problems(401, 403),
        },
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        user = administrator_asking(request)
        told = [_calendar(user, country) for country in countries()]
        return Response({"data": CalendarSerializer(told, many=True).data})


class CalendarApi(DisputeApi):
    """One calendar. For administrators."""

    @extend_schema(operation_id="get_calendar", responses={200: CalendarSerializer, **problems(401, 403, 404)})
    def get(self, request: Request, country: str) -> Response:
        return Response(CalendarSerializer(_calendar(administrator_asking(request), country)).data)


class EditionsApi(DisputeApi):
    """The editions of a calendar, the newest first. For administrators."""

    @extend_schema(
        operation_id="list_calendar_editions",
        responses={
            200: inline_serializer("Editions", {"data": EditionSerializer(many=True)}), **problems(401, 403, 404),
        },
    )  # fmt: skip
    def get(self, request: Request, country: str) -> Response:
        administrator_asking(request)
        return Response({"data": EditionSerializer(editions_of(country), many=True).data})


class CalendarYearApi(DisputeApi):
    """One year of an edition, day by day. For administrators."""

    @extend_schema(
        operation_id="get_calendar_year", parameters=[EDITION],
        responses={200: CalendarYearSerializer, **problems(400, 401, 403, 404)},
    )  # fmt: skip
    def get(self, request: Request, country: str, year: int) -> Response:
        administrator_asking(request)
        document = edition_of(country, number_in(request, "edition")).years.get(year)
        if document is None:
            raise NotFound
        return Response(year_told(document))


class CalendarDifferencesApi(DisputeApi):
    """What an edition says differently from an earlier one. For administrators."""

    @extend_schema(
        operation_id="compare_calendar_editions",
        parameters=[
            OpenApiParameter("from", OpenApiTypes.INT, description="The one before it unless one is named."),
            OpenApiParameter("to", OpenApiTypes.INT, description="The newest unless one is named."),
        ],
        responses={200: CalendarDifferencesSerializer, **problems(400, 401, 403, 404)},
    )
    def get(self, request: Request, country: str) -> Response:
        administrator_asking(request)
        after = edition_of(country, number_in(request, "to"))
        before = edition_of(country, number_in(request, "from") or max(after.number - 1, 1))
        return Response(differences_told(differences(before.years, after.years)))


class CalendarTextApi(DisputeApi):
    """An edition as one text that a draft's action `import` takes back. For administrators."""

    @extend_schema(
        operation_id="export_calendar", parameters=[EDITION, FORMAT],
        responses={200: TEXT, **problems(400, 401, 403, 404)},
    )  # fmt: skip
    def get(self, request: Request, country: str) -> Response:
        administrator_asking(request)
        years = edition_of(country, number_in(request, "edition")).years
        return Response({"text": _written(request, years)})


class CalendarTrailApi(DisputeApi):
    """What was done to a calendar, the newest first. For administrators."""

    @extend_schema(
        operation_id="list_calendar_actions", parameters=[*PAGE],
        responses={200: list_of(CalendarActionSerializer), **problems(400, 401, 403, 404)},
    )  # fmt: skip
    def get(self, request: Request, country: str) -> Response:
        administrator_asking(request)
        edition_of(country)
        asked = page_request(request.query_params, of=TRAIL)
        before = int(str(asked.after[0])) if asked.after else None
        found = actions_on_calendar(country, before=before, limit=asked.limit + 1)
        return paged(page_of(found, asked.limit, lambda row: (row.id,), of=TRAIL), CalendarActionSerializer)


class CalendarDraftsApi(DisputeApi):
    """The drafts of a calendar; and a new one, while none is open. For who administers every platform it serves."""

    @extend_schema(
        operation_id="list_calendar_drafts",
        responses={
            200: inline_serializer("CalendarDrafts", {"data": CalendarDraftSummarySerializer(many=True)}),
            **problems(401, 403, 404),
        },
    )
    def get(self, request: Request, country: str) -> Response:
        changer(request, country)
        return Response({"data": CalendarDraftSummarySerializer(calendar_drafts(country), many=True).data})

    @extend_schema(
        operation_id="begin_calendar_draft", parameters=[IDEMPOTENCY], request=None,
        responses={201: CalendarDraftSerializer, **problems(400, 401, 403, 404, 409, 422)},
    )  # fmt: skip
    def post(self, request: Request, country: str) -> Response:
        actor = changer(request, country)
        checked(Nothing, body_of(request))

        def act() -> tuple[int, Any]:
            return status.HTTP_201_CREATED, draft_told(begin_calendar_draft(country, author_id=actor.pk))

        return answered(once(call_from(request, request.data), act))


class CalendarDraftApi(DisputeApi):
    """One draft with what it changes. For who administers every platform the calendar serves."""

    @extend_schema(
        operation_id="get_calendar_draft", responses={200: CalendarDraftSerializer, **problems(401, 403, 404)}
    )
    def get(self, request: Request, country: str, calendar_draft_id: int) -> Response:
        changer(request, country)
        return Response(draft_told(calendar_draft(country, calendar_draft_id)))


class CalendarDraftTextApi(DisputeApi):
    """What a draft would publish, as one text. For who administers every platform the calendar serves."""

    @extend_schema(
        operation_id="export_calendar_draft", parameters=[FORMAT],
        responses={200: TEXT, **problems(400, 401, 403, 404)},
    )  # fmt: skip
    def get(self, request: Request, country: str, calendar_draft_id: int) -> Response:
        changer(request, country)
        years = calendar_draft(country, calendar_draft_id).years
        return Response({"text": _written(request, years)})


class CalendarPreviewApi(DisputeApi):
    """What a file would change in a draft; nothing is kept. For who administers every platform the calendar serves."""

    @extend_schema(
        operation_id="preview_calendar_file", request={"application/json": PreviewTextSerializer},
        responses={200: CalendarDifferencesSerializer, **problems(400, 401, 403, 404, 422)},
    )  # fmt: skip
    def post(self, request: Request, country: str, calendar_draft_id: int) -> Response:
        changer(request, country)
        given = checked(PreviewTextSerializer, body_of(request))
        years = calendar_draft(country, calendar_draft_id).years
        found = differences(years, {**years, **read_file(given["text"], into=years)})
        return Response(differences_told(found))


class CalendarDraftActionApi(DisputeApi):
    """Do something with a draft, naming the revision one saw; 412 `draft_changed` says what others changed since.

    Days that cannot be are refused by their dates. For who administers every platform the calendar serves.
    """

    @extend_schema(
        operation_id="act_on_calendar_draft", parameters=[IDEMPOTENCY],
        request={"application/json": CalendarActionBodySerializer},
        responses={200: CalendarDraftSerializer, **problems(400, 401, 403, 404, 409, 412, 422)},
    )  # fmt: skip
    def post(self, request: Request, country: str, calendar_draft_id: int, action: str) -> Response:
        actor = changer(request, country)
        found = ACTIONS.get(action)
        if found is None:
            raise NotFound
        body, do = found
        given = checked(body, body_of(request))
        calendar_draft(country, calendar_draft_id)

        def act() -> tuple[int, Any]:
            return status.HTTP_200_OK, draft_told(do(country, calendar_draft_id, given, actor.pk))

        return answered(once(call_from(request, request.data), act))


def changer(request: Request, country: str) -> User:
    """Who asks, being allowed to change a calendar. Raises Forbidden and NotFound."""
    user = administrator_asking(request)
    edition_of(country)
    if not may_change(user, country):
        raise Forbidden
    return user


def _written(request: Request, years: Years) -> str:
    return as_csv(years) if choice_in(request, "kind", ("yaml", "csv")) == "csv" else as_yaml(years)


def _calendar(user: User, country: str) -> dict[str, Any]:
    editions, used, draft = editions_of(country), open_cases_by_edition(), open_calendar_draft(country)
    return {
        "country": country, "newest": editions[0], "draft": draft.id if draft else None,
        "use": [{"edition": each.number, "open_cases": used[each.id]} for each in editions if used.get(each.id)],
        "may_change": may_change(user, country), "warnings": notices_of(country, database_now()),
    }  # fmt: skip
