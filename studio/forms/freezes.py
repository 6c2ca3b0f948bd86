"""Planning a freeze: whose clocks stand still, which of them, from when to when, and why."""

from __future__ import annotations

from datetime import tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from disputes.labels.words import PLATFORMS, name_of
from disputes.selectors.freeze_plans import CLOCKS
from disputes.selectors.lists import zones_of_platforms
from disputes.services.freezing import LONGEST_REASON, Plan
from rules.selectors import packs_in_force
from studio.selectors import pack_label, platform_codes_of

WRONG = _("Enter a date and a time, such as 2026-09-29 14:30.")


class MomentInput(forms.DateTimeInput):
    """A date and a time, as browsers offer them."""

    def __init__(self) -> None:
        super().__init__(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")


class FreezeForm(forms.Form):
    """Moments are typed on the wall clock of the chosen platform."""

    scope = forms.ChoiceField(label=_("Whose clocks"))
    begins_at = forms.DateTimeField(
        label=_("From"), required=False, widget=MomentInput(), error_messages={"invalid": WRONG},
        help_text=_("In the platform's time zone. Empty: from now on."),
    )  # fmt: skip
    ends_at = forms.DateTimeField(
        label=_("Until"), widget=MomentInput(), error_messages={"invalid": WRONG},
        help_text=_("In the platform's time zone. The clocks run on from this moment."),
    )  # fmt: skip
    kinds = forms.MultipleChoiceField(
        label=_("Which clocks stand still"), choices=list(CLOCKS.items()), initial=list(CLOCKS),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("What opens to a party stands still only where automatic outcomes and periods both do."),
    )  # fmt: skip
    reason_zh = forms.CharField(
        label=_("Reason in Chinese"), max_length=LONGEST_REASON, help_text=_("Both sides read it.")
    )
    reason_en = forms.CharField(
        label=_("Reason in English"), max_length=LONGEST_REASON, help_text=_("Both sides read it.")
    )

    def __init__(self, user: User, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["scope"].choices = list(_scopes(user))  # type: ignore[attr-defined]

    @property
    def zone(self) -> tzinfo:
        """Of the chosen platform; before anything is chosen of the first one, if there is any with rules."""
        first = next((code for code, _words in self.fields["scope"].choices), "")  # type: ignore[attr-defined]
        platform = str(self["scope"].value() or first).partition("/")[0]
        return ZoneInfo(zones_of_platforms().get(platform, settings.TIME_ZONE))

    def full_clean(self) -> None:
        with timezone.override(self.zone):
            super().full_clean()

    def plan(self) -> Plan:
        """What was typed, as the service takes it."""
        told = self.cleaned_data
        platform, _slash, pack = told["scope"].partition("/")
        return Plan(
            platform=platform, pack=pack, begins_at=told["begins_at"], ends_at=told["ends_at"],
            automatic="automatic" in told["kinds"], parties="parties" in told["kinds"], staff="staff" in told["kinds"],
            reason_zh=told["reason_zh"], reason_en=told["reason_en"],
        )  # fmt: skip


def _scopes(user: User) -> Any:
    """Each platform somebody administers, then each of its packs."""
    for platform in platform_codes_of(user):
        name = name_of(PLATFORMS, platform)
        yield platform, _("%(platform)s: all rules") % {"platform": name}
        packs = [view for view in packs_in_force() if view.policy.platform == platform]
        for view in packs if len(packs) > 1 else ():
            yield f"{platform}/{view.pack}", pack_label(view.policy)
