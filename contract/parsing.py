"""Reading what was sent to the API: JSON of bounded size and depth, holding only text that the database can keep.

PostgreSQL keeps no NUL character and no half of a surrogate pair; both are refused by name before any service
sees them.
"""

import re
from collections.abc import Iterator, Mapping
from io import BytesIO
from typing import IO, Any, ClassVar, Final

from django.conf import settings
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions, parsers

from contract.errors import FieldProblem, Malformed, TooLarge

DEEPEST: Final = 64
"""Levels of lists and maps within each other."""

_PART: Final = 64 * 1024
"""Bytes read at once."""

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


class BodyTooLarge(TooLarge):
    """More bytes than a request may have; `max_bytes` says how many those are."""

    code = "body_too_large"
    sentence = _("This request is too large: at most %(limit)s can be sent at once.")
    outward: ClassVar[tuple[str, ...]] = ("max_bytes",)

    def __init__(self, *, max_bytes: int) -> None:
        super().__init__(max_bytes=max_bytes)

    def message(self) -> str:
        return str(self.sentence) % {"limit": filesizeformat(self.data["max_bytes"])}


class BodyIncomplete(Malformed):
    """The connection ended before the body was as long as it said it would be."""

    code = "body_incomplete"
    sentence = _("The connection ended before everything had arrived. Please send it again.")


class WholeStream:
    """A body of a stated length. Half of it is no shorter body: Django by itself would take it for one."""

    def __init__(self, stream: IO[bytes], length: int) -> None:
        self._stream = stream
        self._left = length

    def read(self, size: int | None = None) -> bytes:
        """Raises BodyIncomplete at an end that comes too early."""
        wanted = self._left if size is None or size < 0 else min(size, self._left)
        parts = []
        while wanted > 0:
            part = self._stream.read(wanted)
            if not part:
                raise BodyIncomplete
            parts.append(part)
            wanted -= len(part)
            self._left -= len(part)
        return b"".join(parts)

    def readline(self, size: int | None = None) -> bytes:
        """Raises BodyIncomplete at an end that comes too early."""
        line = self._stream.readline(-1 if size is None else size)
        self._left -= len(line)
        if not line and self._left and size != 0:
            raise BodyIncomplete
        return line

    def close(self) -> None:
        """What Django does when it has read all of it."""
        self._stream.close()


class TooManyParts(TooLarge):
    """A form of more fields or files than anything we ask for has."""

    code = "too_many_parts"
    sentence = _("This form has too many parts: at most %(max_fields)s fields and %(max_files)s files.")
    outward: ClassVar[tuple[str, ...]] = ("max_fields", "max_files")

    def __init__(self) -> None:
        super().__init__(
            max_fields=settings.DATA_UPLOAD_MAX_NUMBER_FIELDS, max_files=settings.DATA_UPLOAD_MAX_NUMBER_FILES
        )


class JsonParser(parsers.BaseParser):
    """JSON of at most DATA_UPLOAD_MAX_MEMORY_SIZE bytes, or what the view names as `largest_body`.

    Not the REST framework's parser, for which the framework reads the whole body first.
    Raises BodyTooLarge (413), TooDeep, NotJson (400).
    """

    media_type = "application/json"

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        context = dict(parser_context or {})
        body = read_bounded(stream, getattr(context.get("view"), "largest_body", settings.DATA_UPLOAD_MAX_MEMORY_SIZE))
        found = self._decoded(BytesIO(body), media_type, context)
        check_depth(found)
        if not getattr(context.get("view"), "takes_any_text", False):
            check_storable(found)
        return found

    def _decoded(self, stream: IO[Any], media_type: str | None, context: dict[str, Any]) -> Any:
        try:
            return parsers.JSONParser().parse(stream, media_type, context)
        except RecursionError:
            raise TooDeep from None
        except (exceptions.ParseError, LookupError):
            raise NotJson from None


def read_bounded(stream: IO[bytes], most: int) -> bytes:
    """All there is to read, if that is no more than `most` bytes; one byte more is enough to tell.

    Raises BodyTooLarge.
    """
    parts, left = [], most + 1
    while left and (part := stream.read(min(left, _PART))):
        parts.append(part)
        left -= len(part)
    if not left:
        raise BodyTooLarge(max_bytes=most)
    return b"".join(parts)


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
