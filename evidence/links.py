"""Links to one file for one person for a few minutes. Whoever makes one has decided that the person may see it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from django.core import signing
from django.urls import reverse

from contract.clock import database_now
from evidence.errors import LinkExpired, LinkRefused

ORIGINAL: Final = "original"
PREVIEW: Final = "preview"
THUMBNAIL: Final = "thumbnail"
VARIANTS: Final = frozenset({ORIGINAL, PREVIEW, THUMBNAIL})

#: A link is good for this long, less the seconds since the minute began: links made within one minute are the
#: same, so a page that is polled does not fetch its pictures anew each time.
LIFETIME: Final = timedelta(minutes=5)

_SIGNER: Final = signing.Signer(salt="evidence.links")


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkClaim:
    """What a valid link entitles its person to."""

    file_id: UUID
    variant: str


def sign_link(file_id: UUID, user_id: int, variant: str, *, now: datetime | None = None) -> str:
    """A token for `evidence:serve`. Raises ValueError for an unknown variant."""
    if variant not in VARIANTS:
        raise ValueError(f"no such variant: {variant!r}")
    minute = (now or database_now()).replace(second=0, microsecond=0)
    expires = int((minute + LIFETIME).timestamp())
    return _SIGNER.sign_object({"f": file_id.hex, "u": user_id, "v": variant, "e": expires})


def link_to(file_id: UUID, user_id: int, variant: str, *, now: datetime | None = None) -> str:
    """The path of a freshly signed link."""
    return reverse("evidence:serve", args=[sign_link(file_id, user_id, variant, now=now)])


def check_link(token: str, user_id: int, *, now: datetime | None = None) -> LinkClaim:
    """Raises LinkRefused for a forged link or another person's, LinkExpired for an old one of this person's."""
    try:
        claim = _SIGNER.unsign_object(token)
    except (signing.BadSignature, ValueError):
        raise LinkRefused from None
    if claim["u"] != user_id:
        raise LinkRefused
    if (now or database_now()) >= datetime.fromtimestamp(claim["e"], UTC):
        raise LinkExpired
    return LinkClaim(file_id=UUID(hex=claim["f"]), variant=claim["v"])
