"""What can be refused, and how a refusal is told: a code for machines, a sentence for people.

The engine and the services raise these; pages and API turn them into an answer. The code never changes
with the language, the sentence does.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from types import MappingProxyType
from typing import Any, ClassVar

from django.core.exceptions import BadRequest, PermissionDenied
from django.http import Http404
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Words = str | Promise


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldProblem:
    """What is wrong with one part of what was sent."""

    pointer: str
    """JSON pointer (RFC 6901) to the part, such as ``/lines/0/quantity``; empty for the whole."""
    code: str
    detail: Words

    def as_json(self) -> dict[str, str]:
        return {"pointer": self.pointer, "code": self.code, "detail": str(self.detail)}


class DomainError(Exception):
    """A refusal with a reason. Subclasses set the status, and their own code and sentence where they are fixed.

    ``sentence`` may name members of ``data`` in the manner of ``%(name)s``. Members of ``data`` are JSON
    values; those named in ``outward`` go into the problem document beside its standard members.
    """

    status: ClassVar[int] = HTTPStatus.BAD_REQUEST
    replayed: bool = False
    """Whether this was told before, to the first request under the same idempotency key."""
    code: str = "refused"
    sentence: Words = _("This is not possible.")
    outward: ClassVar[tuple[str, ...]] = (
        "stage", "available_actions", "unavailable_actions", "available_from", "available_until", "differences",
        "kept_as_message",
    )  # fmt: skip

    def __init__(self, code: str | None = None, sentence: Words | None = None, **data: Any) -> None:
        super().__init__(code or self.code)
        self.code = code or self.code
        self.sentence = sentence if sentence is not None else self.sentence
        self.data: Mapping[str, Any] = MappingProxyType(data)

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild, (type(self), self.code, str(self.sentence), dict(self.data))

    def __str__(self) -> str:
        return self.message()

    def message(self) -> str:
        """The sentence in the language active now."""
        sentence = str(self.sentence)
        return sentence % self.data if self.data and "%(" in sentence else sentence

    def extensions(self) -> dict[str, Any]:
        """What the problem document says beyond its standard members."""
        return {name: self.data[name] for name in self.outward if name in self.data}


class NotFound(DomainError, Http404):
    """There is no such thing, or nothing this person may know of. A page answers 404 by itself."""

    status = HTTPStatus.NOT_FOUND
    code = "not_found"
    sentence = _("There is nothing here, or nothing that you may see.")


class Forbidden(DomainError, PermissionDenied):
    """The person may know of the thing but not do this with it. A page answers 403 by itself."""

    status = HTTPStatus.FORBIDDEN
    code = "forbidden"
    sentence = _("You may not do this.")


class Conflict(DomainError):
    """Not possible as things stand; ``data`` says what is possible instead."""

    status = HTTPStatus.CONFLICT
    code = "conflict"
    sentence = _("This is not possible as things stand.")


class Stale(DomainError):
    """Something that matters changed since the person looked; ``differences`` says what."""

    status = HTTPStatus.PRECONDITION_FAILED
    code = "stale"
    sentence = _("This has changed since you last looked. Check what changed, then decide again.")


class Invalid(DomainError):
    """What was sent is understood but cannot be accepted; ``fields`` says which parts, and why."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "invalid"
    sentence = _("Some of what you entered cannot be accepted.")

    def __init__(
        self,
        code: str | None = None,
        sentence: Words | None = None,
        *,
        fields: Iterable[FieldProblem] = (),
        **data: Any,
    ) -> None:
        super().__init__(code, sentence, **data)
        self.fields = tuple(fields)

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild, (type(self), self.code, str(self.sentence), {**self.data, "fields": self.fields})


class Malformed(Invalid, BadRequest):
    """What was sent is not even of the right form. A page answers 400 by itself."""

    status = HTTPStatus.BAD_REQUEST
    code = "malformed"


class TooLarge(DomainError):
    """More was sent than is taken at once."""

    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    code = "too_large"
    sentence = _("This is larger than we can take.")


class TooMany(DomainError):
    """Asked too often; ``retry_after`` is the number of seconds to wait."""

    status = HTTPStatus.TOO_MANY_REQUESTS
    code = "too_many_requests"
    sentence = _("Too many attempts. Please wait a little and try again.")

    def __init__(
        self, code: str | None = None, sentence: Words | None = None, *, retry_after: int, **data: Any
    ) -> None:
        super().__init__(code, sentence, retry_after=retry_after, **data)
        self.retry_after = retry_after


class Unavailable(DomainError):
    """Something we depend on does not answer; the same request may succeed later."""

    status = HTTPStatus.SERVICE_UNAVAILABLE
    code = "unavailable"
    sentence = _("We cannot do this right now. Nothing was changed; please try again in a moment.")


def _rebuild(kind: type[DomainError], code: str, sentence: str, data: dict[str, Any]) -> DomainError:
    return kind(code, sentence, **data)
