"""Where an integration gets its token."""

from typing import ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.services import check_login, issue_token
from contract.bodies import StrictSerializer, TextField, body_of, checked
from contract.parsing import JsonParser
from contract.problem import problems


class CredentialsSerializer(StrictSerializer):
    """Who asks for a token."""

    username = TextField(max_length=150)
    password = TextField(max_length=1024, trim_whitespace=False, write_only=True)


class TokenSerializer(serializers.Serializer):
    """The token, shown this once."""

    token = serializers.CharField(read_only=True)


class TokenView(APIView):
    """Exchange a user name and password for a bearer token.

    Refused with 400 (wrong), 403 (suspended) or 429 (too many attempts for the account or from the address).
    """

    parser_classes: ClassVar = [JsonParser]  # type: ignore[misc]
    authentication_classes = ()
    permission_classes = (AllowAny,)

    @extend_schema(
        operation_id="issue_token",
        request={"application/json": CredentialsSerializer},
        responses={200: TokenSerializer, **problems(400, 403, 415, 422, 429)},
    )
    def post(self, request: Request) -> Response:
        credentials = checked(CredentialsSerializer, body_of(request))
        user = check_login(request._request, **credentials)  # noqa: SLF001  (documented by DRF)
        return Response({"token": issue_token(user)}, headers={"Cache-Control": "no-store"})
