"""Parts of the interface's description that many addresses share."""

from __future__ import annotations

from functools import cache
from typing import Any, Final

from drf_spectacular.utils import OpenApiParameter, OpenApiTypes, inline_serializer
from rest_framework import serializers

import accounts.openapi  # noqa: F401 - teaches the generator our bearer tokens
from contract.paging import DEFAULT_LIMIT, MAXIMUM_LIMIT

PAGE: Final = (
    OpenApiParameter(
        "limit",
        {"type": "integer", "minimum": 1, "maximum": MAXIMUM_LIMIT, "default": DEFAULT_LIMIT},
        description="How many at most.",
    ),
    OpenApiParameter("after", description="The `next` of the part before."),
)
ROLE: Final = OpenApiParameter("role", enum=["buyer", "seller", "platform"], description="As whom the caller lists.")
IDEMPOTENCY: Final = OpenApiParameter(
    "Idempotency-Key",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    description="Under the same key the first answer is given again, for at least 24 hours.",
)
IF_MATCH: Final = OpenApiParameter(
    "If-Match",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    description="The version the caller saw; `version` in the body says the same.",
)


@cache
def list_of(serializer: type[serializers.Serializer[Any]]) -> serializers.Serializer[Any]:
    """The form of a part of a list."""
    name = serializer.__name__.removesuffix("Serializer")
    return inline_serializer(
        f"{name}Page", {"data": serializer(many=True), "next": serializers.CharField(allow_null=True)}
    )
