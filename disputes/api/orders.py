"""Orders: importing, listing, reading, what may be filed, and the receipt period."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from drf_spectacular.utils import OpenApiParameter, OpenApiTypes, extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from contract.bodies import StrictSerializer, TextField, body_of, checked
from contract.errors import NotFound
from contract.idempotency import Replay
from contract.paging import page_request
from contract.parsing import check_storable
from contract.problem import problems
from disputes.api.base import DisputeApi, call_from, paged, person, replayed, role_of
from disputes.api.describing import IDEMPOTENCY, PAGE, ROLE, list_of
from disputes.api.field_checks import check_fields
from disputes.api.order_objects import (
    EligibilitySerializer,
    ImportReportSerializer,
    OrderRowSerializer,
    OrderSerializer,
)
from disputes.api.queries import choice_in, flag_in, platform_in
from disputes.api.shops import shop_meant
from disputes.labels.words import ORDER_STATUSES
from disputes.selectors.access import OrderAccess, order_for
from disputes.selectors.eligibility import eligibility
from disputes.selectors.lists import orders_as
from disputes.selectors.orders import order_view
from disputes.services.importing import run_import
from disputes.services.ordering import act_on_order
from disputes.services.repeating import once

ORDER_ACTIONS = ("extend_receipt", "request_extension", "grant_extension")


class OrdersApi(DisputeApi):
    """The caller's orders in one role, the newest first."""

    @extend_schema(
        operation_id="list_orders",
        parameters=[
            ROLE, *PAGE, OpenApiParameter("platform"), OpenApiParameter("status"),
            OpenApiParameter("q", description="The beginning of an order's number."),
        ],
        responses={200: list_of(OrderRowSerializer), **problems(400, 401)},
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        query, role = request.query_params, role_of(request)
        page = orders_as(
            person(request), role, query=query.get("q", ""), platform=platform_in(request),
            status=choice_in(request, "status", ORDER_STATUSES), page=page_request(query, of=f"orders:{role}"),
        )  # fmt: skip
        return paged(page, OrderRowSerializer)


class OrderApi(DisputeApi):
    """One order."""

    @extend_schema(operation_id="get_order", responses={200: OrderSerializer, **problems(401, 404)})
    def get(self, request: Request, order: int) -> Response:
        return Response(_order(order_for(person(request), order)))


class EligibilityApi(DisputeApi):
    """What may be filed about an order; if nothing, why, from when and until when."""

    @extend_schema(operation_id="get_eligibility", responses={200: EligibilitySerializer, **problems(401, 404)})
    def get(self, request: Request, order: int) -> Response:
        return Response(EligibilitySerializer(eligibility(order_for(person(request), order))).data)


class OrderActionApi(DisputeApi):
    """Extending the receipt period, asking for it, granting it."""

    @extend_schema(
        operation_id="act_on_order",
        parameters=[
            IDEMPOTENCY, OpenApiParameter("action", location=OpenApiParameter.PATH, enum=list(ORDER_ACTIONS)),
        ],
        request=OpenApiTypes.OBJECT,
        responses={200: OrderSerializer, **problems(401, 404, 409, 422)},
    )  # fmt: skip
    def post(self, request: Request, order: int, action: str) -> Response:
        if action not in ORDER_ACTIONS:
            raise NotFound
        user = person(request)
        access = order_for(user, order)
        check_fields(body_of(request), {})

        def act() -> tuple[int, Any]:
            act_on_order(access, action, actor_id=user.pk)
            return status.HTTP_200_OK, _order(access)

        done = once(call_from(request, request.data), act)
        return replayed(done) if isinstance(done, Replay) else Response(done[1], status=done[0])


def _order(access: OrderAccess) -> dict[str, Any]:
    return dict(OrderSerializer(order_view(access)).data)


class ImportSerializer(StrictSerializer):
    """A payload of a marketplace."""

    format = TextField(max_length=20, help_text="taobao, aliexpress, native or csv.")
    payload = serializers.JSONField(help_text="Decoded JSON, or the file's text.")
    overdue = TextField(
        required=False, default="hold", help_text="hold, lapse or fresh: cases whose time passed before they arrived."
    )
    pack = TextField(required=False, allow_null=True, allow_blank=True, default=None, max_length=60)
    shop = serializers.JSONField(
        required=False,
        allow_null=True,
        default=None,
        help_text='An id, the marketplace\'s number for the shop, or {"platform": "taobao", "name": "..."}.',
    )


class ImportApi(DisputeApi):
    """Import orders and running refunds. Bad rows are refused, the rest goes in; `?dry_run=1` keeps nothing.

    Characters that cannot be kept are replaced row by row.
    """

    takes_any_text = True
    largest_body = settings.IMPORT_MAX_BODY_SIZE

    @extend_schema(
        operation_id="import_orders",
        parameters=[IDEMPOTENCY, OpenApiParameter("dry_run", OpenApiTypes.BOOL)],
        request={"application/json": ImportSerializer},
        responses={200: ImportReportSerializer, **problems(400, 401, 403, 404, 413, 422)},
    )
    def post(self, request: Request) -> Response:
        body = body_of(request)
        check_storable({name: value for name, value in body.items() if name != "payload"})
        given, user = checked(ImportSerializer, body), person(request)
        dry_run, shop_id = flag_in(request, "dry_run"), shop_meant(user, given["shop"])

        def act() -> tuple[int, Any]:
            report = run_import(
                user.pk, format=given["format"], payload=given["payload"], overdue=given["overdue"],
                pack=given["pack"] or None, shop_id=shop_id, dry_run=dry_run,
            )  # fmt: skip
            return status.HTTP_200_OK, dict(ImportReportSerializer(report).data)

        done = once(call_from(request, request.data), act)
        return replayed(done) if isinstance(done, Replay) else Response(done[1], status=done[0])
