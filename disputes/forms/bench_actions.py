"""The forms of what staff do beside ruling: the case's own fields, with the lists staff choose from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from disputes.forms.acting import ActionForm
from disputes.selectors.action_views import FieldView

LONGEST_EXTENSION = 30 * 24
"""Hours an arbitrator may add to a deadline at once: a month."""


class StaffActionForm(ActionForm):
    """An action of staff. Who takes over is chosen by name; what to ask for is ticked from the checklist."""

    def __init__(
        self,
        *args: Any,
        fields: Sequence[FieldView] = (),
        arbitrators: Sequence[tuple[int, str]] = (),
        items: Sequence[tuple[str, str]] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, fields=fields, **kwargs)
        self.item_names = dict(items)
        self._choose_arbitrator(arbitrators)
        self._list_items(items)
        if "hours" in self.fields:
            self.fields["hours"] = forms.IntegerField(
                label=self.fields["hours"].label,
                min_value=1,
                max_value=LONGEST_EXTENSION,
                help_text=_("Added to the due time; 24 is a day."),
                widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
            )
            self.fields["statement"].required = True
            self.fields["statement"].label = _("Reason, both sides read it")
            self.fields["statement"].help_text = ""

    def _choose_arbitrator(self, arbitrators: Sequence[tuple[int, str]]) -> None:
        if "arbitrator" in self.fields:
            self.fields["arbitrator"] = forms.TypedChoiceField(
                label=_("Who takes over"), coerce=int, choices=list(arbitrators), widget=forms.RadioSelect
            )

    def _list_items(self, items: Sequence[tuple[str, str]]) -> None:
        """The checklist comes before the text; with ticks the text may stay empty."""
        if not items:
            return
        self.fields["items"] = forms.MultipleChoiceField(
            label=_("What is missing?"), required=False, choices=items, widget=forms.CheckboxSelectMultiple
        )
        self.fields["statement"].required = False
        self.fields["statement"].help_text = _("Say what it should show. Both sides can read it.")
        self.order_fields([name for name in self.fields if name not in ("statement", "false_evidence")])

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if self.item_names and not given.get("items") and not given.get("statement"):
            self.add_error("statement", _now("Tick what is missing, or say it."))
        asked = given.get("from")
        if asked not in (None, "", "both") and any(
            not item.startswith(f"{asked}:") for item in given.get("items") or ()
        ):
            self.add_error("items", _now("Tick only items of the side you ask."))
        return given

    def outward(self) -> dict[str, Any]:
        found = super().outward()
        ticked = self.cleaned_data.get("items") or []
        if ticked:
            listed = "\n".join(f"· {self.item_names[item]}" for item in ticked)
            found["statement"] = "\n".join(part for part in (found.get("statement", ""), listed) if part)
        return found
