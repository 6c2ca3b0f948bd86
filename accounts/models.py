"""Who people are. What somebody is in a case (buyer, seller) is the case's business, not a kind of user."""

from typing import Any, ClassVar
from zoneinfo import available_timezones

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _

import accounts.action_models  # noqa: F401  (its table belongs to this app)
from contract.clock import Clock


class Language(models.TextChoices):
    """The languages the house speaks, each named in itself."""

    CHINESE = "zh-hans", "简体中文"
    ENGLISH = "en", "English"


def validate_time_zone(name: str) -> None:
    """Raise ValidationError unless ``name`` is an IANA time zone."""
    if name not in available_timezones():
        raise ValidationError(
            _("“%(name)s” is not a time zone we know."), code="unknown_time_zone", params={"name": name}
        )


class UserManager(BaseUserManager["User"]):
    """Finds people by user name whatever its case, and makes new ones."""

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(username__iexact=username)

    def create_user(self, username: str, password: str | None = None, **fields: Any) -> "User":
        """Make a person; without a password nobody can log in as them."""
        user = self.model(username=self.model.normalize_username(username), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, username: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(username, password, **{**fields, "is_superuser": True})


class User(AbstractBaseUser, PermissionsMixin):
    """A person, or an account that stands for one until an administrator links it."""

    username = models.CharField(_("user name"), max_length=150, unique=True, validators=[UnicodeUsernameValidator()])
    display_name = models.CharField(_("display name"), max_length=150, blank=True)
    email = models.EmailField(_("e-mail address"), blank=True)
    language = models.CharField(_("language"), max_length=10, choices=Language, default=Language.CHINESE)
    time_zone = models.CharField(
        _("time zone"), max_length=64, default="Asia/Shanghai", validators=[validate_time_zone]
    )
    is_suspended = models.BooleanField(_("suspended"), default=False)
    created_at = models.DateTimeField(_("created"), db_default=Clock(), editable=False)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        constraints: ClassVar = [
            models.UniqueConstraint(Upper("username"), name="accounts_user_names_differ_by_more_than_case"),
        ]

    def __str__(self) -> str:
        return self.get_full_name()

    def get_full_name(self) -> str:
        return self.display_name or self.username

    @property
    def is_active(self) -> bool:  # type: ignore[override]
        """Django's word: whether this person may log in and stay logged in."""
        return not self.is_suspended

    @property
    def is_staff(self) -> bool:
        """Django's word: whether the operators' admin site opens."""
        return self.is_superuser


class OutsideIdentity(models.Model):
    """What a marketplace calls somebody."""

    platform = models.CharField(_("platform"), max_length=40)
    outside_id = models.CharField(_("name at the platform"), max_length=200)
    user = models.ForeignKey(User, models.PROTECT, related_name="outside_identities", verbose_name=_("user"))
    created_at = models.DateTimeField(_("created"), db_default=Clock(), editable=False)

    class Meta:
        verbose_name = _("outside identity")
        verbose_name_plural = _("outside identities")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["platform", "outside_id"], name="accounts_one_person_per_outside_identity"),
        ]

    def __str__(self) -> str:
        return f"{self.platform}: {self.outside_id}"


class IdentityLink(models.Model):
    """Who said that a marketplace's name is this person, and what went along; kept when it is undone."""

    identity = models.ForeignKey(OutsideIdentity, models.PROTECT, related_name="links")
    person = models.ForeignKey(User, models.PROTECT, related_name="+")
    previous = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    """The account that stood for the person; null when the name was new."""
    linked_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    linked_at = models.DateTimeField(db_default=Clock(), editable=False)
    shops = models.JSONField(default=list)
    """Numbers of the shops that the person acts for by this link."""
    orders = models.PositiveIntegerField(default=0)
    cases = models.PositiveIntegerField(default=0)
    undone_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    undone_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("link of a name")
        verbose_name_plural = _("links of names")
        indexes: ClassVar = [
            models.Index(fields=["-linked_at"], name="accounts_newest_links"),
            models.Index(
                fields=["-undone_at"], condition=models.Q(undone_at__isnull=False), name="accounts_newest_undone_links"
            ),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["identity"], condition=models.Q(undone_at=None), name="accounts_one_link_in_force_per_identity"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.identity_id} – {self.person_id}"


class Shop(models.Model):
    """A seller's shop on one platform; people act for it through memberships."""

    platform = models.CharField(_("platform"), max_length=40)
    name = models.CharField(_("name"), max_length=200)
    outside_id = models.CharField(_("number at the platform"), max_length=200, blank=True)
    return_address = models.TextField(
        _("default return address"),
        blank=True,
        help_text=_("Shown to buyers as soon as a return is agreed, so that nobody waits for it."),
    )
    created_at = models.DateTimeField(_("created"), db_default=Clock(), editable=False)
    members = models.ManyToManyField(User, through="Membership", related_name="shops")

    class Meta:
        verbose_name = _("shop")
        verbose_name_plural = _("shops")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["platform", "outside_id"],
                condition=~models.Q(outside_id=""),
                name="accounts_one_shop_per_outside_id",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """That a person acts for a shop, and as what."""

    class Role(models.TextChoices):
        OWNER = "owner", _("Owner")
        AGENT = "agent", _("Customer service")

    user = models.ForeignKey(User, models.PROTECT, related_name="memberships", verbose_name=_("user"))
    shop = models.ForeignKey(Shop, models.PROTECT, related_name="memberships", verbose_name=_("shop"))
    role = models.CharField(_("role"), max_length=10, choices=Role, default=Role.OWNER)

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "shop"], name="accounts_one_membership_per_user_and_shop"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} – {self.shop_id}"


class MembershipRecord(models.Model):
    """Who came to act for a shop, who left it, and who decided so."""

    append_only = True

    class Change(models.TextChoices):
        JOINED = "joined", _("joined")
        ROLE_CHANGED = "role_changed", _("role changed")
        LEFT = "left", _("left")
        REMOVED = "removed", _("removed")

    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    shop = models.ForeignKey(Shop, models.PROTECT, related_name="membership_records")
    change = models.CharField(max_length=15, choices=Change)
    role = models.CharField(max_length=10, choices=Membership.Role)
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    """Null for imports and for what operators do by command."""
    at = models.DateTimeField(db_default=Clock(), editable=False)

    class Meta:
        verbose_name = _("change of members")
        verbose_name_plural = _("changes of members")
        indexes: ClassVar = [models.Index(fields=["-at"], name="accounts_newest_memberships")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.change} {self.shop_id}"


class StaffRole(models.Model):
    """That a person works for a platform, or for all of them, and as what."""

    EVERY_PLATFORM: ClassVar[str] = ""

    class Kind(models.TextChoices):
        ARBITRATOR = "arbitrator", _("Arbitrator")
        LEAD = "lead", _("Lead")
        ADMINISTRATOR = "administrator", _("Administrator")

    user = models.ForeignKey(User, models.PROTECT, related_name="staff_roles", verbose_name=_("user"))
    platform = models.CharField(
        _("platform"),
        max_length=40,
        blank=True,
        default=EVERY_PLATFORM,
        help_text=_("Empty: every platform."),
    )
    kind = models.CharField(_("kind"), max_length=15, choices=Kind)

    class Meta:
        verbose_name = _("staff role")
        verbose_name_plural = _("staff roles")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["user", "platform", "kind"], name="accounts_one_staff_role_per_user_platform_and_kind"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} ({self.platform or _('every platform')})"


class ApiToken(models.Model):
    """A bearer token of an integration; only its digest is kept."""

    user = models.ForeignKey(User, models.CASCADE, related_name="api_tokens", verbose_name=_("user"))
    digest = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(_("created"), db_default=Clock(), editable=False)
    last_used_at = models.DateTimeField(_("last used"), null=True, blank=True, editable=False)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)

    class Meta:
        verbose_name = _("API token")
        verbose_name_plural = _("API tokens")

    def __str__(self) -> str:
        return f"{self.pk} – {self.user_id}"


class LoginCounter(models.Model):
    """Attempts to log in within one window, for one account or one address; neither is stored readably."""

    subject_digest = models.CharField(max_length=64, primary_key=True)
    window_started_at = models.DateTimeField(db_default=Clock())
    attempts = models.PositiveIntegerField(default=1)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["window_started_at"], name="accounts_login_counter_age")]

    def __str__(self) -> str:
        return f"{self.attempts} since {self.window_started_at}"
