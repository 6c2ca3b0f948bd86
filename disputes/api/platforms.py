"""Platforms and their rules."""

from __future__ import annotations

from drf_spectacular.utils import OpenApiParameter, OpenApiTypes, extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from contract.problem import problems
from disputes.api.base import DisputeApi
from disputes.api.fields import CodeField, MomentField, NamedSerializer
from disputes.api.queries import moment_in
from disputes.selectors.platforms import platforms, policy_view


class PackSerializer(serializers.Serializer):
    pack = CodeField()
    label = serializers.CharField(source="pack.text")  # type: ignore[assignment]
    goods = serializers.CharField()
    version = serializers.IntegerField()
    effective_from = MomentField()
    currency = serializers.CharField()
    time_zone = serializers.CharField(source="zone")


class PlatformSerializer(serializers.Serializer):
    platform = CodeField()
    label = serializers.CharField(source="platform.text")  # type: ignore[assignment]
    packs = PackSerializer(many=True)


class PolicyReasonSerializer(serializers.Serializer):
    code = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    group = serializers.CharField()
    burden = serializers.CharField()
    counts = serializers.BooleanField()
    remedies = serializers.ListField(child=serializers.CharField())
    source = serializers.CharField()  # type: ignore[assignment]
    confidence = serializers.CharField()


class PolicyDeadlineSerializer(serializers.Serializer):
    name = serializers.CharField()
    id = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    kind = serializers.CharField()
    party = serializers.CharField()
    lengths = serializers.ListField(child=serializers.CharField())
    source = serializers.CharField()  # type: ignore[assignment]
    confidence = serializers.CharField()


class PolicySerializer(serializers.Serializer):
    """One published version of a pack."""

    pack = CodeField()
    platform = CodeField()
    version = serializers.IntegerField()
    effective_from = MomentField()
    time_zone = serializers.CharField(source="zone")
    currency = serializers.CharField()
    reasons = PolicyReasonSerializer(many=True)
    remedies = NamedSerializer(many=True)
    deadlines = PolicyDeadlineSerializer(many=True)
    document = serializers.DictField(help_text="The resolved document.")


class PlatformsApi(DisputeApi):
    """Every platform with the packs in force."""

    @extend_schema(
        operation_id="list_platforms",
        responses={200: inline_serializer("Platforms", {"data": PlatformSerializer(many=True)}), **problems(401)},
    )
    def get(self, request: Request) -> Response:
        return Response({"data": PlatformSerializer(platforms(), many=True).data})


class PolicyApi(DisputeApi):
    """The rules of a pack as they are in force, or were at a moment."""

    @extend_schema(
        operation_id="get_policy",
        parameters=[OpenApiParameter("at", OpenApiTypes.DATETIME)],
        responses={200: PolicySerializer, **problems(400, 401, 404)},
    )
    def get(self, request: Request, pack: str) -> Response:
        return Response(PolicySerializer(policy_view(pack, at=moment_in(request, "at"))).data)
