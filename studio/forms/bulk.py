"""The forms that choose cases and what is done to them. What one types stays in them, whatever is wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from contract.bodies import LARGEST
from contract.errors import Invalid
from disputes.labels.bulk import MODES, MODES_EXPLAINED
from disputes.labels.words import HOLDS, HOLDS_OF_ONE_CASE, PLATFORMS, STAGES, name_of
from disputes.selectors.bulk import HELD, RUNNING, CaseQuery
from disputes.selectors.bulk_sets import deadline_words
from disputes.services.bulk_kinds import deadline_names
from disputes.services.bulk_starting import LONGEST_REASON, own_platforms
from rules import wording
from rules.selectors import VersionView, packs_in_force, versions_of
from studio.bulk_asking import query_asked
from studio.selectors import pack_label

Choices = list[tuple[str, Any]]


class MomentInput(forms.DateTimeInput):
    """A day and a time, as browsers offer them."""

    input_type = "datetime-local"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%dT%H:%M")


def moment_field(label: Any, help_text: Any = "") -> forms.DateTimeField:
    """A moment in the reader's own zone."""
    return forms.DateTimeField(
        label=label, required=False, widget=MomentInput(), help_text=help_text,
        error_messages={"invalid": _("Enter a date and a time, such as 2026-09-29 14:30.")},
    )  # fmt: skip


class CasesForm(forms.Form):
    """Which cases; a form below it says what is done to them."""

    kind: ClassVar[str]
    held: ClassVar[str] = RUNNING
    """Whether the cases it is about stand still."""
    OF_QUERY: ClassVar = (
        "platform", "rules", "stage", "deadline", "due_after", "due_before", "buyers_reason", "shop", "cases", "run",
    )  # fmt: skip

    platform = forms.ChoiceField(label=_("Platform"), required=False)
    rules = forms.ChoiceField(label=_("Rules"), required=False)
    stage = forms.ChoiceField(
        label=_("Stage"), required=False, help_text=_("Closed cases are left out unless they are chosen here.")
    )
    deadline = forms.ChoiceField(label=_("Deadline"), required=False)
    due_after = moment_field(_("Due from"))
    due_before = moment_field(_("Due before"))
    buyers_reason = forms.ChoiceField(label=_("Buyer's reason"), required=False)
    shop = forms.CharField(
        label=_("Shop"), required=False, max_length=100, help_text=_("Its name, or its number at the marketplace.")
    )
    cases = forms.CharField(
        label=_("Case numbers"), required=False, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Only these, apart by spaces or lines; their stage does not matter then."),
    )  # fmt: skip
    run = forms.IntegerField(required=False, min_value=1, max_value=LARGEST, widget=forms.HiddenInput)
    """Only what this run held."""

    def __init__(self, user: User, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.user = user
        self.query: CaseQuery | None = None
        versions = [each for each in packs_in_force() if each.policy.platform in own_platforms(user)]
        platforms = dict.fromkeys(each.policy.platform for each in versions)
        self._offer("platform", _("All you administer"), [(code, name_of(PLATFORMS, code)) for code in platforms])
        self._offer("rules", _("Any"), [choice for each in versions for choice in _choices_of(each)])
        self._offer("stage", _("Every open one"), [(code, str(name)) for code, name in STAGES.items() if code != "NEW"])
        self._offer("deadline", _("Any"), deadline_choices())
        self._offer("buyers_reason", _("Any"), _reasons(versions))

    def _offer(self, name: str, nothing: Any, choices: Choices) -> None:
        self.fields[name].choices = [("", nothing), *choices]  # type: ignore[attr-defined]

    def query_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.OF_QUERY if name != "run"]

    def parameter_fields(self) -> list[forms.BoundField]:
        return [field for field in self.visible_fields() if field.name not in self.OF_QUERY]

    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        if not self.errors:
            try:
                self.query = query_asked(self.user, self._asked(told))
            except Invalid as error:
                self.tell(error)
        return told

    def _asked(self, told: Mapping[str, Any]) -> dict[str, Any]:
        pack, _at, number = told["rules"].partition(":")
        held = {} if told["run"] else {"held": self.held}
        return {
            "platform": told["platform"], "pack": pack, "version": int(number) if number else None,
            "stage": told["stage"], "deadline": told["deadline"], "due_after": told["due_after"],
            "due_before": told["due_before"], "reason": told["buyers_reason"], "shop_named": told["shop"].strip(),
            "cases": told["cases"].upper().split(), "held_by_run": told["run"], **held,
        }  # fmt: skip

    FIELDS: ClassVar[Mapping[str, str]] = {
        "version": "rules", "pack": "rules", "reason": "buyers_reason", "shop_named": "shop", "days": "amount",
        "hours": "amount",
    }  # fmt: skip
    """Fields of the interface that are called otherwise here."""

    def tell(self, error: Invalid) -> None:
        """Put what is wrong beside the fields it is about."""
        for problem in error.fields:
            name = problem.pointer.rpartition("/")[2]
            name = self.FIELDS.get(name, name)
            self.add_error(name if name in self.fields else None, str(problem.detail))

    def chosen(self) -> CaseQuery:
        """The query of a form that is valid."""
        assert self.query is not None
        return self.query

    def parameters(self) -> dict[str, Any]:
        raise NotImplementedError


class HoldForm(CasesForm):
    """Hold."""

    kind = "hold"
    held_for = forms.ChoiceField(
        label=_("Why they are held"), choices=[(code, HOLDS[code]) for code in HOLDS_OF_ONE_CASE],
        widget=forms.RadioSelect, help_text=_("Both sides read it."),
    )  # fmt: skip
    until = moment_field(
        _("Thought to last until"), _("A reminder for administrators: nothing runs again by itself.")
    )

    def parameters(self) -> dict[str, Any]:
        until = self.cleaned_data["until"]
        return {"held_for": self.cleaned_data["held_for"], **({"until": until.isoformat()} if until else {})}


class ResumeForm(CasesForm):
    """Let run again."""

    kind, held = "resume", HELD
    mode = forms.ChoiceField(
        label=_("How their clocks run again"), choices=list(MODES.items()), widget=forms.RadioSelect
    )
    notes: ClassVar = MODES_EXPLAINED

    def parameters(self) -> dict[str, Any]:
        return {"mode": self.cleaned_data["mode"]}


class ExtendForm(CasesForm):
    """Give more time."""

    kind = "extend"
    extended = forms.ChoiceField(label=_("Which deadline gets more time"))
    amount = forms.IntegerField(
        label=_("How much"), min_value=1, widget=forms.NumberInput(attrs={"inputmode": "numeric"})
    )
    unit = forms.ChoiceField(
        label=_("Unit"), choices=[("days", _("days of 24 hours")), ("hours", _("hours"))], initial="days"
    )

    def __init__(self, user: User, *args: Any, **options: Any) -> None:
        super().__init__(user, *args, **options)
        self.fields["extended"].choices = deadline_choices()  # type: ignore[attr-defined]
        del self.fields["deadline"]

    def query_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.OF_QUERY if name not in ("run", "deadline")]

    def _asked(self, told: Mapping[str, Any]) -> dict[str, Any]:
        """Only cases in which it runs."""
        return super()._asked({**told, "deadline": told["extended"]})

    def parameters(self) -> dict[str, Any]:
        told = self.cleaned_data
        return {"deadline": told["extended"], told["unit"]: told["amount"]}


FORMS: Mapping[str, type[CasesForm]] = {form.kind: form for form in (HoldForm, ResumeForm, ExtendForm)}
"""By the kind of run."""


class ConfirmForm(forms.Form):
    """Why, after one has seen what would be done."""

    reason = forms.CharField(
        label=_("Reason"), max_length=LONGEST_REASON, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Kept with your name; the platform reads it, the two sides do not."),
    )  # fmt: skip
    expected = forms.IntegerField(widget=forms.HiddenInput)


def deadline_choices() -> Choices:
    """Every deadline with its name in the rules in force; two of one name are told apart by their codes."""
    word = deadline_words()
    words = {name: word(name) for name in deadline_names()}
    labels = list(words.values())
    told = _("%(what)s (%(code)s)")
    named = [
        (name, told % {"what": label, "code": name} if labels.count(label) > 1 else label)
        for name, label in words.items()
    ]
    return sorted(named, key=lambda choice: choice[1])


def _choices_of(version: VersionView) -> Choices:
    """A pack, and each of its versions where there are several."""
    label, numbers = pack_label(version.policy), [each.number for each in versions_of(version.pack)]
    one = [(f"{version.pack}:{n}", _("%(rules)s, version %(number)s") % {"rules": label, "number": n}) for n in numbers]
    return [(version.pack, label), *(one if len(one) > 1 else [])]


def _reasons(versions: Sequence[VersionView]) -> Choices:
    language = get_language() or ""
    reasons = (reason for version in versions for reason in version.policy.reasons.values())
    words = {reason.code: wording.label_of(reason.labels, language, reason.code) for reason in reasons}
    return sorted(words.items(), key=lambda choice: choice[1])
