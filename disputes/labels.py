"""Codes in people's words. The engine and the journal speak codes; only this module knows languages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

REFUSALS: Mapping[str, str | Promise] = {
    "not_your_action": _("This is not yours to do in this case."),
    "not_in_this_stage": _("This is not possible at this point of the case."),
    "invalid_fields": _("Some of what you entered cannot be accepted."),
    "confirmation_needed": _("Please confirm that you know what you give up."),
}

FIELD_PROBLEMS: Mapping[str, str | Promise] = {
    "required": _("This is needed."),
    "unknown_choice": _("Choose one of: %(choices)s."),
    "not_an_amount": _("Enter an amount such as 128.00."),
    "not_positive": _("Enter an amount above zero."),
    "over_maximum": _("The most that can be refunded is %(maximum)s."),
    "not_true_or_false": _("Answer yes or no."),
    "not_a_number": _("Enter a whole number."),
}


def refusal_sentence(code: str) -> str | Promise:
    """A sentence for a refusal's code."""
    return REFUSALS.get(code, _("This is not possible as things stand."))


def field_sentence(code: str, data: Mapping[str, Any]) -> str:
    """A sentence for one field's problem, with its numbers filled in."""
    sentence = str(FIELD_PROBLEMS.get(code, _("This cannot be accepted.")))
    words = {name: ", ".join(map(str, value)) if isinstance(value, (list, tuple)) else value for name, value in data.items()}
    return sentence % words if "%(" in sentence and words else sentence
