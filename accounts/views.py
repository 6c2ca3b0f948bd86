"""The pages about oneself: log in and out, settings, language, role."""

from datetime import timedelta
from http import HTTPStatus

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm
from django.contrib.auth.views import LoginView, redirect_to_login
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from accounts.forms import LoginForm, PreferencesForm
from accounts.models import User
from accounts.roles import SESSION_KEY, available_roles
from accounts.services import change_password, change_preferences, set_language
from contract.clock import database_now
from contract.errors import Forbidden, Malformed, TooMany

LANGUAGE_COOKIE_AGE = timedelta(days=365)


class Login(LoginView):
    """Django's, with our form; a refusal for too many attempts is answered as such."""

    template_name = "accounts/login.html"
    authentication_form = LoginForm
    redirect_authenticated_user = True

    def form_invalid(self, form: AuthenticationForm) -> HttpResponse:
        response = super().form_invalid(form)
        refusal = form.refusal if isinstance(form, LoginForm) else None
        response.status_code = refusal.status if refusal else HTTPStatus.UNPROCESSABLE_ENTITY
        if isinstance(refusal, TooMany):
            response.headers["Retry-After"] = str(refusal.retry_after)
        return response


@require_http_methods(["GET", "POST"])
def operators_door(request: HttpRequest) -> HttpResponse:
    """In the place of the admin site's own login, which counts no attempts: everybody logs in at one door.

    Whoever is logged in and no operator finds nothing here.
    """
    if not isinstance(request.user, User):
        return redirect_to_login(request.GET.get("next") or reverse("admin:index"))
    if not request.user.is_staff:
        raise Http404
    return redirect("admin:index")


@login_required
@require_http_methods(["GET", "POST"])
def own_settings(request: HttpRequest) -> HttpResponse:
    """Language and time zone."""
    all_zones = "zones" in request.GET or request.method == "POST"
    form = PreferencesForm(request.POST or None, instance=_person(request), now=database_now(), all_zones=all_zones)
    if not form.is_valid():
        return _shown(request, "accounts/settings.html", form, all_zones=all_zones)
    language = form.cleaned_data["language"]
    change_preferences(_person(request).pk, language=language, time_zone=form.cleaned_data["time_zone"])
    with override(language):
        messages.success(request, _("Your settings are saved."))
    return _with_language_cookie(redirect("accounts:settings"), language)


@sensitive_post_parameters("old_password", "new_password1", "new_password2")
@login_required
@require_http_methods(["GET", "POST"])
def own_password(request: HttpRequest) -> HttpResponse:
    """A new password, which ends every session of the person but this one."""
    user = _person(request)
    form = PasswordChangeForm(user, request.POST or None)
    if not form.is_valid():
        return _shown(request, "accounts/password.html", form)
    change_password(user, form.cleaned_data["new_password1"])
    update_session_auth_hash(request, user)
    messages.success(request, _("Your password is changed. You are logged out everywhere else."))
    return redirect("accounts:settings")


@login_required
@require_POST
def choose_role(request: HttpRequest) -> HttpResponse:
    """Look at the house as one of the roles one has. Forbidden for any other."""
    role = request.POST.get("role", "")
    if role not in available_roles(_person(request)):
        raise Forbidden
    request.session[SESSION_KEY] = role
    return _back(request)


@require_POST
def choose_language(request: HttpRequest) -> HttpResponse:
    """Change the language, for the person and for this browser."""
    language = request.POST.get("language", "")
    if language not in dict(settings.LANGUAGES):
        raise Malformed
    if isinstance(request.user, User):
        set_language(request.user.pk, language)
    return _with_language_cookie(_back(request), language)


def _shown(request: HttpRequest, template: str, form: BaseForm, **more: object) -> HttpResponse:
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    return render(request, template, {"form": form, **more}, status=status)


def _person(request: HttpRequest) -> User:
    assert isinstance(request.user, User), "only people who are logged in come here"
    return request.user


def _back(request: HttpRequest) -> HttpResponseRedirect:
    """To where the person was, if that is within the house."""
    target = request.POST.get("next") or request.headers.get("Referer", "")
    safe = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return HttpResponseRedirect(target if safe else settings.LOGIN_REDIRECT_URL)


def _with_language_cookie(response: HttpResponse, language: str) -> HttpResponse:
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=LANGUAGE_COOKIE_AGE,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response
