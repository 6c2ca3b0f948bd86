"""Bodies of requests, read strictly: unknown names are refused, and the same mistake has the same code everywhere.

A field takes the one form JSON has for it: a number is no text, and a text is no number. What is wrong with fields
is answered with 422 and a pointer to each; only what is no JSON, or no map, is 400.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from difflib import get_close_matches
from typing import Any, ClassVar, Final

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.request import Request

from contract.errors import FieldProblem, Invalid, Malformed
from contract.parsing import pointer_part

Problems = Iterator[FieldProblem]
LARGEST: Final = 2**63 - 1
"""The largest whole number the database keeps."""


class FieldsInvalid(Invalid):
    """Parts of a body cannot be taken."""

    code = "invalid_fields"


def unknown_fields(data: Mapping[str, Any], known: Collection[str], pointer: str = "") -> Problems:
    """A problem for each name that is not known, with the nearest one that is."""
    for name in data:
        if name not in known:
            yield FieldProblem(
                pointer=f"{pointer}/{pointer_part(name)}", code="unknown_field", detail=_advice(str(name), known)
            )


def _advice(name: str, known: Collection[str]) -> str:
    if not known:
        return str(_("There is no such field; this takes none."))
    nearest = next(iter(get_close_matches(name[:100], sorted(known), n=1, cutoff=0.5)), None)
    if nearest:
        return str(_("There is no such field; you may mean “%(nearest)s”.")) % {"nearest": nearest}
    return str(_("There is no such field; those known are: %(known)s.")) % {"known": ", ".join(sorted(known))}


class StrictSerializer(serializers.Serializer):
    """Refuses names it does not know, at every level."""

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, Mapping):
            words = ErrorDetail(str(_("Enter names with their values.")), "not_a_map")
            raise ValidationError({"non_field_errors": [words]})
        taken = [name for name, field in self.fields.items() if not field.read_only]
        wrong: dict[str, Any] = {
            name: [ErrorDetail(_advice(str(name), taken), "unknown_field")] for name in data if name not in taken
        }
        given = {name: data[name] for name in data if data[name] is not None or self._needs(name)}
        try:
            found = super().to_internal_value(given)
        except ValidationError as error:
            raise ValidationError({**wrong, **error.detail}) from None  # type: ignore[dict-item]
        if wrong:
            raise ValidationError(wrong)
        return found


    def _needs(self, name: Any) -> bool:
        """Whether null is told apart from nothing: elsewhere it is as if the name were not there."""
        return name in self.fields and self.fields[name].required


class Nothing(StrictSerializer):
    """A body without fields."""


class TextField(serializers.CharField):
    """Text that was sent as text."""

    default_error_messages: ClassVar = {"invalid": _("Enter text.")}

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class WholeNumberField(serializers.IntegerField):
    """A whole number that was sent as a number."""

    default_error_messages: ClassVar = {"invalid": _("Enter a whole number.")}

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"max_value": LARGEST, **options})

    def to_internal_value(self, data: Any) -> int:
        if isinstance(data, bool) or not isinstance(data, int):
            self.fail("invalid")
        return super().to_internal_value(data)


class MapField(serializers.DictField):
    """Names with values that mean something only to who reads them."""

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, Mapping):
            raise ValidationError(str(_("Enter names with their values.")), "not_a_map")
        return super().to_internal_value(dict(data))


class FlagField(serializers.BooleanField):
    """True or false, sent as such."""

    default_error_messages: ClassVar = {"invalid": _("Answer yes or no.")}

    def to_internal_value(self, data: Any) -> bool:
        if not isinstance(data, bool):
            self.fail("invalid", input=data)
        return data


class IdField(serializers.UUIDField):
    """An id that was sent as text."""

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, str):
            self.fail("invalid", value=data)
        return super().to_internal_value(data)


class ChoiceField(serializers.ChoiceField):
    """One code of a list; a refusal names them all."""

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, str) or data not in self.choices:
            words = str(_("Choose one of: %(choices)s.")) % {"choices": ", ".join(map(str, self.choices))}
            raise ValidationError(words, "invalid_choice")
        return data


def body_of(request: Request) -> dict[str, Any]:
    """The body as a map; a list or a bare value is refused. Raises Malformed (400)."""
    data = request.data
    if not isinstance(data, Mapping):
        raise Malformed
    return {name: data.get(name) for name in data}


def checked(kind: type[serializers.Serializer[Any]], data: Mapping[str, Any]) -> dict[str, Any]:
    """What a serializer makes of a body. Raises FieldsInvalid (422) naming each field."""
    fields = kind(data=data)
    strict = isinstance(fields, StrictSerializer)
    wrong = [] if strict else list(unknown_fields(data, list(fields.fields)))
    if not fields.is_valid():
        wrong += _problems(fields, fields.errors, "")
    if wrong:
        raise FieldsInvalid(fields=wrong)
    return dict(fields.validated_data)


def _problems(field: Any, detail: Any, pointer: str) -> Problems:
    """The errors of a serializer under the codes of the house, with pointers."""
    match detail:
        case Mapping():
            for name, inner in detail.items():
                if name == "non_field_errors":
                    yield from _problems(field, inner, pointer)
                else:
                    yield from _problems(_within(field, name), inner, f"{pointer}/{pointer_part(name)}")
        case list() if any(isinstance(inner, dict | list) for inner in detail):
            for index, inner in enumerate(detail):
                yield from _problems(_within(field, index), inner, f"{pointer}/{index}")
        case list():
            for inner in detail:
                yield FieldProblem(pointer=pointer, code=_code(field, getattr(inner, "code", "")), detail=str(inner))


def _within(field: Any, name: Any) -> Any:
    child = getattr(field, "child", None)
    return child if child is not None else getattr(field, "fields", {}).get(name)


_MISSING: Final = frozenset({"required", "null", "blank", "empty", "min_length"})
_OF_FORM: Final = frozenset(
    {"invalid", "naive", "date", "overflow", "make_aware", "min_value", "max_value", "max_string_length", "max_digits"}
)
_FORMS: Final[tuple[tuple[type[serializers.Field[Any, Any, Any, Any]], str], ...]] = (
    (serializers.CharField, "not_a_text"), (serializers.IntegerField, "not_a_number"),
    (serializers.BooleanField, "not_true_or_false"), (serializers.DateTimeField, "not_a_time"),
    (serializers.UUIDField, "not_an_id"), (serializers.FileField, "not_a_file"), (serializers.Serializer, "not_a_map"),
)  # fmt: skip


def _code(field: Any, code: str) -> str:
    if code in _MISSING:
        return "required"
    if code == "max_length":
        return "text_too_long"
    if code == "invalid_choice":
        return "unknown_choice"
    if code in _OF_FORM:
        return next((form for kind, form in _FORMS if isinstance(field, kind)), "invalid")
    return code or Invalid.code
