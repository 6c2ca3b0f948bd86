"""Bearer tokens of integrations, for the REST framework."""

from datetime import timedelta
from typing import Final

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from accounts.models import ApiToken, User
from accounts.services import digest_of_token
from contract.clock import Clock, ClockReading

USE_IS_NOTED_EVERY: Final = timedelta(minutes=1)
"""Not at each request, so that a busy integration does not rewrite its row a hundred times a second."""


class BearerTokenAuthentication(BaseAuthentication):
    """``Authorization: Bearer <token>``. A request without it is left to the next scheme."""

    keyword = "Bearer"

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        scheme, _space, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != self.keyword.lower():
            return None
        found = self._token(token.strip())
        self._note_use(found)
        return found.user, found

    def authenticate_header(self, request: Request) -> str:
        return self.keyword

    def _token(self, token: str) -> ApiToken:
        valid = ApiToken.objects.select_related("user").filter(revoked_at=None, user__is_suspended=False)
        found = valid.filter(digest=digest_of_token(token)).first()
        if found is None:
            raise AuthenticationFailed(_("This token is unknown or was revoked."), code="invalid_token")
        return found

    def _note_use(self, token: ApiToken) -> None:
        long_ago = Q(last_used_at=None) | Q(last_used_at__lt=ClockReading() - USE_IS_NOTED_EVERY)
        ApiToken.objects.filter(long_ago, pk=token.pk).update(last_used_at=Clock())
