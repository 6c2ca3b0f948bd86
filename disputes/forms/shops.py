"""What a shop settles once for all its cases."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class ReturnAddressForm(forms.Form):
    """Where returns go when nothing else is said."""

    shop = forms.IntegerField(widget=forms.HiddenInput)
    return_address = forms.CharField(
        label=_("Default return address"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Name, phone number and full address. Buyers see it as soon as a return is agreed."),
    )


class MemberForm(forms.Form):
    """Who is to act for the shop no longer."""

    member = forms.IntegerField(min_value=1)
