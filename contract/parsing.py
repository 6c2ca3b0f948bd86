"""Reading what was sent to the API: JSON of bounded depth, holding only text that the database can keep.

PostgreSQL keeps no NUL character and no half of a surrogate pair; both are refused by name before any service
sees them.
"""

import re
from collections.abc import Iterator, Mapping
from typing import IO, Any, Final

from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions, parsers

from contract.errors import FieldProblem, Malformed

DEEPEST: Final = 64
"""Levels of lists and maps within each other."""

_UNSTORABLE: Final = re.compile("[\x00\ud800-\udfff]")


class NotJson(Malformed):
    """The body is no JSON."""

    code = "not_json"
    sentence = _("This is not valid JSON.")


class TooDeep(Malformed):
    """Lists and maps within each other, more than anything we take has."""

    code = "too_deep"
    sentence = _("This is nested too deeply.")


class Unstorable(Malformed):
    """Text with a character that cannot be kept."""

    code = "unstorable_text"
    sentence = _("This contains a character that cannot be kept.")


class JsonParser(parsers.JSONParser):
    """JSON as the REST framework reads it, refused in our own words."""

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        """Raises NotJson, TooDeep and, unless the view reads such text itself, Unstorable (each 400)."""
        data = self._decoded(stream, media_type, parser_context)
        check_depth(data)
        if not getattr((parser_context or {}).get("view"), "takes_any_text", False):
            check_storable(data)
        return data

    def _decoded(self, stream: IO[Any], media_type: str | None, context: Mapping[str, Any] | None) -> Any:
        try:
            return super().parse(stream, media_type, dict(context or {}))
        except RecursionError:
            raise TooDeep from None
        except (exceptions.ParseError, LookupError):
            raise NotJson from None


class FormParser(parsers.FormParser):
    """A form's fields, checked like JSON."""

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        found = super().parse(stream, media_type, dict(parser_context or {}))
        check_storable(dict(found.lists()))
        return found


class MultiPartParser(parsers.MultiPartParser):
    """A form's fields and files; the fields are checked like JSON."""

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        found = super().parse(stream, media_type, dict(parser_context or {}))
        check_storable(dict(found.data.lists()))
        return found


def check_depth(data: Any) -> None:
    """Raises TooDeep."""
    level, depth = [data], 0
    while level := [inner for value in level for inner in _inside(value)]:
        depth += 1
        if depth > DEEPEST:
            raise TooDeep


def check_storable(data: Any) -> None:
    """Raises Unstorable with a pointer to each text, or name, that the database cannot keep."""
    found = [
        FieldProblem(pointer=pointer, code=Unstorable.code, detail=Unstorable.sentence)
        for pointer in unstorable_in(data)
    ]
    if found:
        raise Unstorable(fields=found)


def unstorable_in(data: Any, pointer: str = "") -> Iterator[str]:
    """Pointers to the text that cannot be kept; a name that cannot is pointed to by what holds it."""
    match data:
        case str():
            if _UNSTORABLE.search(data):
                yield pointer
        case Mapping():
            for name, value in data.items():
                if _UNSTORABLE.search(str(name)):
                    yield pointer
                else:
                    yield from unstorable_in(value, f"{pointer}/{pointer_part(name)}")
        case list() | tuple():
            for index, value in enumerate(data):
                yield from unstorable_in(value, f"{pointer}/{index}")


def pointer_part(name: object) -> str:
    """A name as a part of a JSON pointer (RFC 6901)."""
    return str(name).replace("~", "~0").replace("/", "~1")


def _inside(value: Any) -> Any:
    if isinstance(value, Mapping):
        return value.values()
    return value if isinstance(value, list | tuple) else ()
