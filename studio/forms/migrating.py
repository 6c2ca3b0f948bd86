"""Which running cases go on under which rules, and why."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from disputes.labels.words import STAGES, name_of
from rules.engine.types import Stage

ANY = ""


class WhichCasesForm(forms.Form):
    """What is looked at before anything is done."""

    stage = forms.ChoiceField(label=_("Step"), required=False)
    keep = forms.BooleanField(
        label=_("Keep every promise"), required=False,
        help_text=_("A time that would become shorter stays as it was promised, and the case goes on all the same."),
    )  # fmt: skip

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        stages = [(stage, name_of(STAGES, stage)) for stage in Stage if stage not in (Stage.NEW, Stage.CLOSED)]
        self.fields["stage"].choices = [(ANY, _("Every step")), *stages]  # type: ignore[attr-defined]


class WhichVersionForm(WhichCasesForm):
    """The same, for versions of a pack."""

    to = forms.TypedChoiceField(label=_("Put under version"), coerce=int)
    under = forms.TypedChoiceField(
        label=_("Cases that run under version"), coerce=int, required=False, empty_value=None
    )
    field_order = ("to", "under", "stage", "keep")

    def __init__(self, versions: Sequence[tuple[int, int]], *args: Any, **options: Any) -> None:
        """`versions` are the numbers of the pack's versions, each with how many open cases run under it."""
        super().__init__(*args, **options)
        counted = [(number, _("%(number)s (open cases: %(count)s)") % {"number": number, "count": count})
                   for number, count in versions]  # fmt: skip
        self.fields["to"].choices = [(number, str(number)) for number, _count in versions]  # type: ignore[attr-defined]
        self.fields["under"].choices = [(ANY, _("Every other one")), *counted]  # type: ignore[attr-defined]


class MigrationForm(forms.Form):
    """Confirming the whole set."""

    reason = forms.CharField(
        label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Why these cases go on under other rules; kept with your name."),
    )  # fmt: skip


class LossForm(forms.Form):
    """Confirming what one case loses."""

    case = forms.CharField(max_length=40, widget=forms.HiddenInput)
    case_version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    shorten = forms.CharField(max_length=2000, widget=forms.HiddenInput)
    reason = forms.CharField(label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))
