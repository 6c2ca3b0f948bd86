"""What people fill in about themselves."""

from typing import Any, ClassVar
from zoneinfo import available_timezones

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.services import check_login
from contract.errors import DomainError

AREAS = ("Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")


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
    """Language and time zone."""

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

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        zones = {zone for zone in available_timezones() if zone.startswith(AREAS)} | {"UTC", self.instance.time_zone}
        field = self.fields["time_zone"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(zone, zone.replace("_", " ")) for zone in sorted(zones)]
