"""Where an integration gets its token."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.services import check_login, issue_token
from contract.problem import problems


class CredentialsSerializer(serializers.Serializer):
    """Who asks for a token."""

    username = serializers.CharField(max_length=150)
    password = serializers.CharField(max_length=1024, trim_whitespace=False, write_only=True)


class TokenSerializer(serializers.Serializer):
    """The token, shown this once."""

    token = serializers.CharField(read_only=True)


class TokenView(APIView):
    """Exchange a user name and password for a bearer token.

    Refused with 400 (wrong), 403 (suspended) or 429 (too many attempts for the account or from the address).
    """

    authentication_classes = ()
    permission_classes = (AllowAny,)

    @extend_schema(
        operation_id="issue_token",
        request={"application/json": CredentialsSerializer},
        responses={200: TokenSerializer, **problems(400, 403, 429)},
    )
    def post(self, request: Request) -> Response:
        credentials = CredentialsSerializer(data=request.data)
        credentials.is_valid(raise_exception=True)
        user = check_login(request._request, **credentials.validated_data)  # noqa: SLF001  (documented by DRF)
        return Response({"token": issue_token(user)}, headers={"Cache-Control": "no-store"})
