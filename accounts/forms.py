"""What people fill in about themselves."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, ClassVar
from zoneinfo import available_timezones

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.services import check_login
from contract.errors import DomainError
from contract.moments import COMMON_ZONES, city_in_words, local_moment, offset_in_words

AREAS = {
    "Africa": _("Africa"), "America": _("America"), "Antarctica": _("Antarctica"), "Arctic": _("Arctic"),
    "Asia": _("Asia"), "Atlantic": _("Atlantic"), "Australia": _("Australia"), "Europe": _("Europe"),
    "Indian": _("Indian Ocean"), "Pacific": _("Pacific"),
}  # fmt: skip
"""What the names of zones begin with."""


class LoginForm(AuthenticationForm):
    """Django's, but attempts are counted and a suspended person is told so."""

    refusal: DomainError | None = None

    def clean(self) -> dict[str, Any]:
        username, password = self.cleaned_data.get("username"), self.cleaned_data.get("password")
        if username and password:
            self._check(username, password)
        return self.cleaned_data

    def _check(self, username: str, password: str) -> None:
        assert self.request is not None, "the login view gives its request"
        try:
            self.user_cache = check_login(self.request, username, password)
        except DomainError as error:
            self.refusal = error
            raise forms.ValidationError(error.message(), code=error.code) from error


class PreferencesForm(forms.ModelForm):
    """Language and time zone: the zones most people live in, or all there are, by area."""

    time_zone = forms.ChoiceField(
        label=_("Time zone"),
        help_text=_(
            "For all pages, your inbox and mails. Explanations of a due time and printed outcomes use the platform’s."
        ),
    )

    class Meta:
        model = User
        fields: ClassVar = ["language", "time_zone"]
        labels: ClassVar = {"language": _("Language")}

    def __init__(self, *args: Any, now: datetime, all_zones: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["time_zone"]
        assert isinstance(field, forms.ChoiceField)
        few = {*COMMON_ZONES, "UTC", self.instance.time_zone}
        field.choices = zones_by_area({"UTC", self.instance.time_zone}, now) if all_zones else zones_in_order(few, now)


def zones_in_order(names: Iterable[str], now: datetime) -> list[tuple[str, str]]:
    """Zones with their offset at that moment and their city, from the west to the east."""
    local = {name: local_moment(now, name) for name in names}
    ordered = sorted(local, key=lambda name: (local[name].utcoffset() or timedelta(), name))
    return [(name, _named(name, offset_in_words(local[name]))) for name in ordered]


def _named(zone: str, offset: str) -> str:
    return f"{offset} · {city_in_words(zone)}" if "/" in zone else offset


def zones_by_area(first: Iterable[str], now: datetime) -> list[tuple[str, str] | tuple[str, list[tuple[str, str]]]]:
    """All zones there are, under the names of their areas, after those to begin with."""
    known = available_timezones()
    areas = [
        (str(label), zones_in_order((zone for zone in known if zone.startswith(f"{area}/")), now))
        for area, label in AREAS.items()
    ]
    return [*zones_in_order(set(first), now), *areas]
