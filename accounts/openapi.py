"""How the API's description tells of bearer tokens and strict bodies; imported with it, for it is heavy."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension, OpenApiSerializerExtension


class BearerTokenScheme(OpenApiAuthenticationExtension):
    """Known to the generator of the description by being defined."""

    target_class = "accounts.authentication.BearerTokenAuthentication"
    name = "bearerToken"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer"}


class StrictBody(OpenApiSerializerExtension):
    """Bodies that refuse what they do not know say so."""

    target_class = "contract.bodies.StrictSerializer"
    match_subclasses = True

    def map_serializer(self, auto_schema: Any, direction: Any) -> dict[str, Any]:
        schema = auto_schema._map_serializer(self.target, direction, bypass_extensions=True)  # noqa: SLF001 (documented)
        return {**schema, "additionalProperties": False}
