"""Forms about people: new accounts, roles, shops, and who a marketplace means by a name."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Language, Membership, StaffRole
from disputes.labels.words import PLATFORMS
from studio.people import shops


def platform_choices() -> list[tuple[str, Any]]:
    return list(PLATFORMS.items())


class NewPersonForm(forms.Form):
    """An account somebody can log in to."""

    username = forms.CharField(label=gettext_lazy("User name"), max_length=150)
    display_name = forms.CharField(label=gettext_lazy("Display name"), max_length=150, required=False)
    email = forms.EmailField(label=gettext_lazy("E-mail address"), required=False)
    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=Language.choices, initial=Language.CHINESE)
    password = forms.CharField(
        label=gettext_lazy("First password"), widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=gettext_lazy("They can change it in their settings."),
    )  # fmt: skip

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        validate_password(password)
        return password


class RoleForm(forms.Form):
    """An appointment."""

    kind = forms.ChoiceField(label=gettext_lazy("Role"), choices=StaffRole.Kind.choices)
    platform = forms.ChoiceField(label=gettext_lazy("Platform"), required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["platform"].choices = [("", _("Every platform")), *platform_choices()]  # type: ignore[attr-defined]


class MemberForm(forms.Form):
    """Acting for a shop."""

    shop = forms.ChoiceField(label=gettext_lazy("Shop"))
    role = forms.ChoiceField(label=gettext_lazy("Acts as"), choices=Membership.Role.choices)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["shop"].choices = [(str(pk), label) for pk, label in shops()]  # type: ignore[attr-defined]


class IdentityForm(forms.Form):
    """What a marketplace calls somebody."""

    platform = forms.ChoiceField(label=gettext_lazy("Platform"), choices=platform_choices)
    outside_id = forms.CharField(label=gettext_lazy("Name at the platform"), max_length=200)


class ShopForm(forms.Form):
    """A shop that orders can belong to."""

    platform = forms.ChoiceField(label=gettext_lazy("Platform"), choices=platform_choices)
    name = forms.CharField(label=gettext_lazy("Name"), max_length=200)
    outside_id = forms.CharField(label=gettext_lazy("Number at the platform"), max_length=200, required=False)
