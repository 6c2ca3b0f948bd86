"""The caller's shops, and which one an import means."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.memberships import end_membership
from accounts.models import User
from accounts.selectors import acts_for_shop, memberships_of, shop_of_outside_id, shops_of
from contract.errors import FieldProblem, NotFound
from contract.problem import problems
from disputes.api.base import DisputeApi, person
from disputes.errors import FieldsRefused
from disputes.labels.words import PLATFORMS


class ShopSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    platform = serializers.CharField()
    name = serializers.CharField()
    outside_id = serializers.CharField()
    role = serializers.CharField(help_text="owner or agent")


class ShopsApi(DisputeApi):
    """The shops the caller acts for."""

    @extend_schema(
        operation_id="list_shops",
        responses={200: inline_serializer("Shops", {"data": ShopSerializer(many=True)}), **problems(401)},
    )
    def get(self, request: Request) -> Response:
        return Response({"data": ShopSerializer(shops_of(person(request)), many=True).data})


class MemberSerializer(serializers.Serializer):
    """Somebody who acts for a shop."""

    user = serializers.IntegerField(source="user_id")
    username = serializers.CharField()
    name = serializers.CharField()
    role = serializers.CharField(help_text="owner or agent")
    can_log_in = serializers.BooleanField(help_text="False for an account that only stands for a marketplace's name.")


class MembersApi(DisputeApi):
    """Who acts for one of the caller's shops, owners first."""

    @extend_schema(
        operation_id="list_members",
        responses={200: inline_serializer("Members", {"data": MemberSerializer(many=True)}), **problems(401, 404)},
    )
    def get(self, request: Request, shop: int) -> Response:
        if not acts_for_shop(person(request), shop):
            raise NotFound
        return Response({"data": MemberSerializer(memberships_of(shop), many=True).data})


class MemberApi(DisputeApi):
    """Leave a shop, or as its owner take somebody out of it. The last owner stays (409 `last_owner`)."""

    @extend_schema(operation_id="end_membership", request=None, responses={204: None, **problems(401, 403, 404, 409)})
    def delete(self, request: Request, shop: int, user: int) -> Response:
        end_membership(shop, user, by=person(request))
        return Response(status=status.HTTP_204_NO_CONTENT)


def shop_meant(user: User, value: Any) -> int | None:
    """A shop by its id, by the marketplace's number for it, or by platform and name. Raises FieldsRefused."""
    match value:
        case None | "":
            return None
        case bool():
            found: set[int] = set()
        case int():
            return value
        case str():
            found = _by_outside_id(user, value)
        case Mapping():
            found = {
                shop.id for shop in shops_of(user)
                if (shop.platform, shop.name) == (value.get("platform"), value.get("name"))
            }  # fmt: skip
        case _:
            found = set()
    if len(found) != 1:
        detail = _("Name one shop: by its id, by its number at the marketplace, or by platform and name.")
        raise FieldsRefused(fields=[FieldProblem(pointer="/shop", code="unknown_shop", detail=detail)])
    return found.pop()


def _by_outside_id(user: User, text: str) -> set[int]:
    """Among the caller's own shops first; whether anybody may import for another one is the import's to say."""
    own = {shop.id for shop in shops_of(user) if shop.outside_id == text}
    return own or {shop for platform in PLATFORMS if (shop := shop_of_outside_id(platform, text)) is not None}
