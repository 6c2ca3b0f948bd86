"""Whether what came from outside has the form it must have; what it means is for the services and the engine."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from datetime import date
from typing import Any, Final
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError

from contract.bodies import Problems, unknown_fields
from contract.errors import FieldProblem
from contract.parsing import pointer_part
from disputes.api import action_fields as kinds
from disputes.errors import FieldsRefused

_DECIMAL: Final = re.compile(r"[+-]?[0-9]{1,15}(\.[0-9]{1,9})?")
_LARGEST: Final = 2**63

_SENTENCES: Final[Mapping[str, str | Promise]] = {
    "not_a_text": _("Enter text."),
    "not_a_code": _("Enter one code, as text."),
    "not_a_list": _("Enter a list."),
    "not_a_map": _("Enter names with their values."),
    "not_an_amount": _("Enter an amount such as 128.00."),
    "not_true_or_false": _("Answer yes or no."),
    "not_a_number": _("Enter a whole number."),
    "not_a_date": _("Enter a date such as 2026-11-25."),
    "unknown_exhibit": _("There is no such piece of evidence of yours."),
}


def check_fields(data: Mapping[str, Any], fields: kinds.Fields, *, besides: Collection[str] = ()) -> None:
    """Raises FieldsRefused naming each field that is unknown, with the nearest known one, or of the wrong form."""
    problems = [*unknown_fields(data, [*fields, *besides]), *_problems(data, fields, "")]
    if problems:
        raise FieldsRefused(fields=problems)


def _problems(data: Mapping[str, Any], fields: kinds.Fields, pointer: str) -> Problems:
    for name, kind in fields.items():
        value = data.get(name)
        if value is not None and value != "":
            yield from _CHECKS[kind](value, f"{pointer}/{name}")
            yield from _too_long(name, kind, value, f"{pointer}/{name}")


def _too_long(name: str, kind: str, value: Any, pointer: str) -> Problems:
    most = kinds.LONGEST_OF.get(name, kinds.LONGEST if kind == kinds.TEXT else None)
    if most and isinstance(value, str) and len(value.strip()) > most:
        detail = str(_("Please write less: at most %(most)s characters.")) % {"most": most}
        yield FieldProblem(pointer=pointer, code="text_too_long", detail=detail)


def _problem(pointer: str, code: str) -> FieldProblem:
    return FieldProblem(pointer=pointer, code=code, detail=_SENTENCES[code])


def _text(value: Any, pointer: str) -> Problems:
    if not isinstance(value, str):
        yield _problem(pointer, "not_a_text")


def _code(value: Any, pointer: str) -> Problems:
    if not isinstance(value, str) or len(value) > 200:
        yield _problem(pointer, "not_a_code")


def amount_problems(value: Any, pointer: str) -> Problems:
    """A decimal as text or as a JSON number, alone or with its currency."""
    if isinstance(value, Mapping):
        yield from unknown_fields(value, ("amount", "currency"), pointer)
        yield from _text(value.get("currency", ""), f"{pointer}/currency")
        value, pointer = value.get("amount"), f"{pointer}/amount"
    plain = isinstance(value, str | int | float) and not isinstance(value, bool)
    if not plain or not _DECIMAL.fullmatch(str(value).strip()):
        yield _problem(pointer, "not_an_amount")


@extend_schema_field(dict(kinds.AMOUNT_FORM))
class AmountField(serializers.Field):
    """An amount as it comes from outside; its worth is for the services to say."""

    def to_internal_value(self, data: Any) -> Any:
        """Raises ValidationError."""
        found = [ErrorDetail(str(each.detail), each.code) for each in amount_problems(data, "")]
        if found:
            raise ValidationError(found)
        return data

    def to_representation(self, value: Any) -> Any:
        return value


def _flag(value: Any, pointer: str) -> Problems:
    if not isinstance(value, bool):
        yield _problem(pointer, "not_true_or_false")


def _number(value: Any, pointer: str) -> Problems:
    if isinstance(value, bool) or not isinstance(value, int) or not -_LARGEST <= value < _LARGEST:
        yield _problem(pointer, "not_a_number")


def _date(value: Any, pointer: str) -> Problems:
    try:
        date.fromisoformat(value)
    except (TypeError, ValueError):
        yield _problem(pointer, "not_a_date")


def _exhibit(value: Any, pointer: str) -> Problems:
    try:
        UUID(value)
    except (AttributeError, TypeError, ValueError):
        yield _problem(pointer, "unknown_exhibit")


def _exhibits(value: Any, pointer: str) -> Problems:
    if not isinstance(value, list):
        yield _problem(pointer, "not_a_list")
        return
    for index, item in enumerate(value):
        yield from _exhibit(item, f"{pointer}/{index}")


def _findings(value: Any, pointer: str) -> Problems:
    if not isinstance(value, Mapping):
        yield _problem(pointer, "not_a_map")
        return
    for name, answer in value.items():
        inner = f"{pointer}/{pointer_part(name)}"
        yield from _exhibit(name, inner)
        yield from _text("" if answer is None else answer, inner)


def _lines(value: Any, pointer: str) -> Problems:
    if not isinstance(value, list):
        yield _problem(pointer, "not_a_list")
        return
    for index, line in enumerate(value):
        inner = f"{pointer}/{index}"
        if not isinstance(line, Mapping):
            yield _problem(inner, "not_a_map")
            continue
        yield from unknown_fields(line, kinds.RULING_LINE, inner)
        yield from _problems(line, kinds.RULING_LINE, inner)


_CHECKS: Final[Mapping[str, Callable[[Any, str], Problems]]] = {
    kinds.TEXT: _text, kinds.CODE: _code, kinds.AMOUNT: amount_problems, kinds.FLAG: _flag, kinds.NUMBER: _number,
    kinds.DATE: _date, kinds.EXHIBIT: _exhibit, kinds.EXHIBITS: _exhibits, kinds.FINDINGS: _findings,
    kinds.LINES: _lines,
}  # fmt: skip
