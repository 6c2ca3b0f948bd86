"""What can be done about people."""

import hashlib
import secrets

from django.contrib.auth import authenticate
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.actions import record_action
from accounts.models import ApiToken, Language, Shop, StaffRole, User
from accounts.throttling import client_address, count_login, forget_logins
from contract.clock import Clock
from contract.errors import DomainError, FieldProblem, Forbidden, Invalid, NotFound

TOKEN_PREFIX = "gongduan_"  # noqa: S105  (tells secret scanners whose token it is)


class WrongCredentials(DomainError):
    """No such user name with that password; which of the two is not said."""

    code = "wrong_credentials"
    sentence = _("This user name and password do not match.")


class AccountSuspended(Forbidden):
    """The password was right, but the person is suspended."""

    code = "account_suspended"
    sentence = _("This account is suspended. Please write to the platform.")


@transaction.atomic
def create_person(
    username: str,
    *,
    password: str | None = None,
    display_name: str = "",
    email: str = "",
    language: str = Language.CHINESE,
    time_zone: str = "Asia/Shanghai",
    is_superuser: bool = False,
    by: User | None = None,
) -> User:
    """Make an account; without a password nobody can log in to it. Raises Invalid (422)."""
    user = User(
        username=User.normalize_username(username),
        display_name=display_name,
        email=email,
        language=language,
        time_zone=time_zone,
        is_superuser=is_superuser,
    )
    user.set_password(password)
    _check(user)
    user.save()
    record_action("person_created", by=by, person=user)
    return user


@transaction.atomic
def suspend_person(user_id: int, *, by: User | None = None) -> None:
    """Refuse the person's logins, sessions and tokens from now on. Raises NotFound."""
    _set_suspended(user_id, True, by)
    revoke_tokens(user_id)


@transaction.atomic
def readmit_person(user_id: int, *, by: User | None = None) -> None:
    """Let a suspended person log in again; tokens stay revoked. Raises NotFound."""
    _set_suspended(user_id, False, by)


def _set_suspended(user_id: int, suspended: bool, by: User | None) -> None:
    person = User.objects.select_for_update(no_key=True).filter(pk=user_id).first()
    if person is None:
        raise NotFound
    if person.is_suspended is not suspended:
        person.is_suspended = suspended
        person.save(update_fields=["is_suspended"])
        record_action("person_suspended" if suspended else "person_readmitted", by=by, person=person)


def set_language(user_id: int, language: str) -> None:
    """Raises Invalid for a language the house does not speak, NotFound."""
    if language not in Language.values:
        detail = _("Choose one of the languages listed.")
        raise Invalid(fields=[FieldProblem(pointer="/language", code="unknown_language", detail=detail)])
    if not User.objects.filter(pk=user_id).update(language=language):
        raise NotFound


def change_preferences(user_id: int, *, language: str, time_zone: str) -> None:
    """The language and the zone (IANA name) of what is shown and written to them. Both are checked by the form."""
    User.objects.filter(pk=user_id).update(language=language, time_zone=time_zone)


@transaction.atomic
def change_password(user: User, password: str) -> None:
    """Set it; every other session of the person ends with their next request, and every token at once."""
    user.set_password(password)
    user.save(update_fields=["password"])
    revoke_tokens(user.pk)


@transaction.atomic
def open_shop(
    platform: str, name: str, *, outside_id: str = "", return_address: str = "", by: User | None = None
) -> Shop:
    """Raises Invalid (422), also when the platform's number is taken."""
    shop = Shop(platform=platform, name=name, outside_id=outside_id, return_address=return_address)
    _check(shop)
    shop.save()
    record_action("shop_opened", by=by, subject=name, platform=platform)
    return shop


@transaction.atomic
def appoint(user: User, kind: str, platform: str = StaffRole.EVERY_PLATFORM, *, by: User | None = None) -> None:
    """Make the person staff of a platform, or of all; a second time changes nothing. Raises Invalid (422)."""
    role = StaffRole(user=user, kind=kind, platform=platform)
    if not StaffRole.objects.filter(user=user, kind=kind, platform=platform).exists():
        _check(role)
        role.save()
        record_action("role_given", by=by, person=user, platform=platform, after={"role": kind})


@transaction.atomic
def dismiss(user: User, kind: str, platform: str = StaffRole.EVERY_PLATFORM, *, by: User | None = None) -> None:
    """Undo an appointment."""
    gone, _kinds = StaffRole.objects.filter(user=user, kind=kind, platform=platform).delete()
    if gone:
        record_action("role_taken", by=by, person=user, platform=platform, before={"role": kind})


def check_login(request: HttpRequest, username: str, password: str) -> User:
    """Who this is. Raises TooManyLogins (429), WrongCredentials (400), AccountSuspended (403)."""
    count_login(username, client_address(request))
    user = authenticate(request, username=username, password=password)
    if isinstance(user, User):
        forget_logins(username)
        return user
    known = User.objects.filter(username__iexact=username, is_suspended=True).first()
    if known is not None and known.check_password(password):
        raise AccountSuspended
    raise WrongCredentials


def issue_token(user: User) -> str:
    """A new bearer token. It is shown this once: only its digest is kept."""
    token = TOKEN_PREFIX + secrets.token_urlsafe(32)
    ApiToken.objects.create(user=user, digest=digest_of_token(token))
    return token


def revoke_tokens(user_id: int) -> int:
    """End every token of a person; the number ended."""
    return ApiToken.objects.filter(user_id=user_id, revoked_at=None).update(revoked_at=Clock())


def digest_of_token(token: str) -> str:
    """SHA-256 in hexadecimal; a token has 256 random bits, so no slow hash is needed."""
    return hashlib.sha256(token.encode()).hexdigest()


def _check(instance: User | Shop | StaffRole) -> None:
    try:
        instance.full_clean()
    except ValidationError as error:
        raise Invalid(fields=_problems(error)) from error


def _problems(error: ValidationError) -> list[FieldProblem]:
    return [
        FieldProblem(pointer="" if field == "__all__" else f"/{field}", code=each.code or Invalid.code, detail=message)
        for field, errors in error.error_dict.items()
        for each in errors
        for message in each.messages
    ]
