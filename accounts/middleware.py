"""Each request in its person's language and time zone, and as one of the roles they have."""

from collections.abc import Callable
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers

from accounts.models import User
from accounts.roles import SESSION_KEY, acting_as, available_roles

API_PREFIX = "/api/"


class PersonMiddleware:
    """Stands after AuthenticationMiddleware, in the place of Django's LocaleMiddleware.

    Language: ``?lang=``, else the API's Accept-Language, else the person's, else the cookie, else the browser's.
    Sets ``request.acting_as`` (None for strangers) and ``request.available_roles``.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user if isinstance(request.user, User) else None
        roles = available_roles(user) if user else ()
        request.available_roles = roles  # type: ignore[attr-defined]
        request.acting_as = acting_as(request.session.get(SESSION_KEY), roles) if user else None  # type: ignore[attr-defined]
        zone = ZoneInfo(user.time_zone) if user else None
        with translation.override(_language(request, user)), timezone.override(zone):
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", translation.get_language() or settings.LANGUAGE_CODE)
        patch_vary_headers(response, ("Accept-Language",))
        return response


def _language(request: HttpRequest, user: User | None) -> str:
    asked = request.GET.get("lang")
    if asked and translation.check_for_language(asked) and asked in dict(settings.LANGUAGES):
        return asked
    names_one = request.path.startswith(API_PREFIX) and "Accept-Language" in request.headers
    if user and not names_one:
        return user.language
    return translation.get_language_from_request(request)
