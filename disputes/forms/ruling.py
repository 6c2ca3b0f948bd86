"""The ruling as it is typed: outcome, money, liability, reasons, and an answer to each exhibit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from contract.errors import Invalid
from disputes.forms.fields import AmountField, text_field
from disputes.selectors.action_views import ActionView, FieldView

FREIGHT = ("outbound_freight", "return_freight")
FURTHER = (*FREIGHT, "compensation")
"""The further amounts a ruling may order: each has its own line in the form."""

LINE_LABELS = {
    "outbound_freight": _("Outbound shipping cost"),
    "return_freight": _("Return shipping cost"),
    "compensation": _("Compensation"),
}
PAYERS = (
    ("", _("Nobody")),
    ("buyer", _("Buyer pays")),
    ("seller", _("Seller pays")),
    ("platform", _("Platform pays")),
    ("carrier", _("Carrier pays")),
)

FINDING = "finding_"
"""An answer's field is named by the exhibit it answers."""

WITHOUT_MONEY = frozenset({"seller", "not_admitted"})
"""Outcomes by which the buyer gets nothing back."""

REPLACEMENT = "buyer_exchange"
PARTLY = "buyer_partial_refund"

OF_A_CHANGE = frozenset(
    "outcome amount liable remedy seller_share clause outbound_freight_amount outbound_freight_payer"
    " return_freight_amount return_freight_payer compensation_amount compensation_payer compensation_clause".split()
)
"""What is not said where a second review leaves the first ruling as it is."""


class RulingForm(forms.Form):
    """A first ruling, its correction, or the decision of a second review: whatever the action asks for."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    once = forms.CharField(required=False, max_length=80, widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, action: ActionView, exhibits: Sequence[tuple[UUID, str]], standing: str = "", **kwargs: Any
    ) -> None:
        """`standing` is who the ruling in force found to have given false evidence; later rulings keep or drop it."""
        super().__init__(*args, **kwargs)
        self.standing = standing
        self.action = action.action
        self.exhibits = tuple(exhibits)
        for field in action.fields:
            made = _field(field)
            if made is not None:
                self.fields[field.name] = made
        if any(field.name == "lines" for field in action.fields):
            self.fields.update(_line_fields())
        if standing:
            label = _("Take back the finding of false evidence")
            self.fields["drop_finding"] = forms.BooleanField(label=label, required=False)
        for identity, name in exhibits:
            self.fields[f"{FINDING}{identity}"] = answer_field(name)

    @property
    def answers(self) -> list[forms.BoundField]:
        """The fields for the answers to the exhibits, in the order of the exhibits."""
        return [self[f"{FINDING}{identity}"] for identity, _name in self.exhibits]

    @property
    def further(self) -> list[dict[str, Any]]:
        """The lines for further amounts: each with its own fields."""
        return [
            {"label": LINE_LABELS[kind], "fields": [self[name] for name in self.fields if name.startswith(f"{kind}_")]}
            for kind in FURTHER
            if f"{kind}_amount" in self.fields
        ]

    @property
    def unanswered(self) -> list[str]:
        """The exhibits that have no answer yet, by name."""
        return [name for identity, name in self.exhibits if not str(self[f"{FINDING}{identity}"].value() or "").strip()]

    @property
    def upheld(self) -> bool:
        """Whether a second review leaves the first ruling as it is."""
        return self.cleaned_data.get("decision") == "uphold"

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if self.upheld:
            for name in OF_A_CHANGE & set(self.errors):
                del self.errors[name]
            return given
        self._check_outcome(given)
        self._check_amount(given)
        self._check_lines(given)
        return given

    def _check_outcome(self, given: Mapping[str, Any]) -> None:
        """A second review that changes the ruling says everything a ruling says."""
        for name in ("outcome", "liable"):
            if given.get(name) in (None, "") and name not in self.errors:
                self.add_error(name, _now("Say this where the ruling is changed."))
        if given.get("liable") == "shared" and not 0 < (given.get("seller_share") or 0) < 100:
            self.add_error("seller_share", _now("Where both are liable, say the seller's share: 1 to 99."))

    def _check_amount(self, given: dict[str, Any]) -> None:
        """The amount goes with the outcome: none where nothing is refunded, some where the buyer is right."""
        outcome, amount = given.get("outcome"), given.get("amount")
        if outcome in WITHOUT_MONEY:
            self.errors.pop("amount", None)
            given["amount"] = Decimal("0.00")
        elif outcome == REPLACEMENT:
            self._need_no_amount()
            given["amount"] = amount or Decimal("0.00")
        elif outcome and "amount" not in self.errors:
            self._check_refund(outcome, amount)

    def _need_no_amount(self) -> None:
        """A replacement may come with money or without."""
        if not str(self["amount"].value() or "").strip():
            self.errors.pop("amount", None)

    def _check_refund(self, outcome: str, amount: Decimal | None) -> None:
        most = getattr(self.fields["amount"], "max_value", None)
        if not amount:
            self.add_error("amount", _now("This outcome needs an amount."))
        elif outcome == PARTLY and most is not None and amount >= most:
            self.add_error("amount", _now("A partial refund is less than the maximum."))

    def _check_lines(self, given: Mapping[str, Any]) -> None:
        for kind in FURTHER:
            amount, payer = given.get(f"{kind}_amount"), given.get(f"{kind}_payer")
            if amount and not payer:
                self.add_error(f"{kind}_payer", _now("Say who pays this."))
            if payer and not amount and f"{kind}_amount" not in self.errors:
                self.add_error(f"{kind}_amount", _now("Say how much."))
        if given.get("compensation_amount") and not given.get("compensation_clause"):
            self.add_error("compensation_clause", _now("Compensation needs the rule it rests on."))

    def outward(self) -> dict[str, Any]:
        """What was typed, in the words the services take."""
        given = self.cleaned_data
        wanted = OUTWARD - OF_A_CHANGE if self.upheld else OUTWARD
        told = {name: given[name] for name in self.fields if name in wanted and given.get(name) not in (None, "")}
        if isinstance(told.get("amount"), Decimal):
            told["amount"] = f"{told['amount']:.2f}"
        told["findings"] = {
            str(identity): given.get(f"{FINDING}{identity}", "").strip() for identity, _name in self.exhibits
        }
        told["lines"] = list(self.lines())
        if given.get("drop_finding"):
            told["false_evidence_by"] = ""
        return told

    @property
    def found_false(self) -> str:
        """Who is found to have given false evidence, as typed or as it stands."""
        if self.standing:
            return "" if self.cleaned_data.get("drop_finding") and not self.upheld else self.standing
        return str(self.cleaned_data.get("false_evidence_by") or "")

    def lines(self) -> Iterator[dict[str, str]]:
        """The further amounts that were filled in; none where the first ruling stands."""
        given = self.cleaned_data
        for kind in () if self.upheld else FURTHER:
            if given.get(f"{kind}_amount") and given.get(f"{kind}_payer"):
                yield {
                    "kind": kind,
                    "amount": f"{given[f'{kind}_amount']:.2f}",
                    "payer": given[f"{kind}_payer"],
                    "clause": given.get(f"{kind}_clause") or "",
                }

    def blame(self, refused: Invalid) -> None:
        """Show what the case would not take at the fields it concerns."""
        for problem in refused.fields:
            name = self._field_of(problem.pointer.strip("/").split("/"))
            self.add_error(name if name in self.fields else None, str(problem.detail))


    def _field_of(self, pointer: list[str]) -> str:
        """The form's field a problem is about: a line is named by its place among those that were filled in."""
        if pointer[0] == "lines" and len(pointer) == 3:
            return f"{[line['kind'] for line in self.lines()][int(pointer[1])]}_{pointer[2]}"
        return pointer[0]


OUTWARD = frozenset(
    "decision outcome remedy amount liable seller_share clause false_evidence_by reasons statement".split()
)
"""Fields whose values go to the service under their own names."""


def answer_field(name: str) -> forms.CharField:
    """The answer to one exhibit."""
    made = text_field(label=name, required=True, rows=2)
    made.error_messages["required"] = _("Answer this piece of evidence: what it shows, and what it does not.")
    return made


def _field(field: FieldView) -> forms.Field | None:
    if field.name in ("findings", "lines"):
        return None
    if field.name in ("outcome", "decision"):
        return _keyed(field)
    if field.name == "amount":
        return _amount(field)
    if field.name == "seller_share":
        return _share(field)
    if field.name == "reasons":
        return text_field(
            label=field.label,
            required=True,
            rows=8,
            help_text=_(
                "What happened, what each side had to prove, what follows. Both sides read this word for word."
            ),
        )
    if field.name == "statement":
        return text_field(label=_("Why the ruling is corrected"), required=field.required, rows=3)
    if field.name == "clause":
        return forms.CharField(
            label=field.label,
            required=False,
            max_length=60,
            help_text=_("The number of the rule, such as T7."),
            widget=forms.TextInput(attrs={"autocomplete": "off", "list": "known-clauses"}),
        )
    return _select(field)


def _keyed(field: FieldView) -> forms.Field:
    choices = [(choice.value, choice.label) for choice in field.choices]
    return forms.ChoiceField(label=field.label, required=field.required, choices=choices, widget=forms.RadioSelect)


def _amount(field: FieldView) -> forms.Field:
    """Shown as needed; what needs it depends on the outcome."""
    most = _now("At most %(amount)s; 0 where nothing is refunded.") % {"amount": field.maximum} if field.maximum else ""
    made = AmountField(
        label=field.label,
        required=field.required,
        maximum=field.maximum,
        zero=True,
        help_text=most,
        initial=field.initial or None,
    )
    made.error_messages["required"] = _("This outcome needs an amount.")
    return made


def _share(field: FieldView) -> forms.Field:
    return forms.IntegerField(
        label=field.label,
        required=False,
        min_value=0,
        max_value=100,
        help_text=_("Only where both are liable."),
        widget=forms.NumberInput(attrs={"inputmode": "numeric", "min": 0, "max": 100}),
    )


def _select(field: FieldView) -> forms.Field:
    empty = {"remedy": _("As the outcome says"), "false_evidence_by": _("Nobody")}.get(field.name, _("Please choose"))
    choices: list[tuple[str, Any]] = [("", empty), *((choice.value, choice.label) for choice in field.choices)]
    help_text = (
        _("Only after that side was asked about it. A second person checks the ruling.")
        if field.name == "false_evidence_by"
        else ""
    )
    return forms.ChoiceField(label=field.label, required=field.required, choices=choices, help_text=help_text)


def _line_fields() -> Iterator[tuple[str, forms.Field]]:
    for kind in FURTHER:
        yield f"{kind}_amount", AmountField(label=_("Amount"), required=False)
        yield f"{kind}_payer", forms.ChoiceField(label=_("Who pays"), required=False, choices=PAYERS)
    yield (
        "compensation_clause",
        forms.CharField(
            label=_("Rule it rests on"),
            required=False,
            max_length=60,
            widget=forms.TextInput(attrs={"autocomplete": "off", "list": "known-clauses"}),
        ),
    )
