"""What the vault refuses, each with a sentence that names the file, what is wrong and what to do."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, ClassVar, Final

from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from contract.errors import DomainError, NotFound, Unavailable, Words
from evidence.kinds import MEDIA_TYPES

_KNOWN_AS: Final[dict[str, Words]] = {
    "image/svg+xml": _("a drawing with program code (SVG)"),
    "image/avif": _("an AVIF picture"),
    "image/tiff": _("a TIFF picture"),
    "image/bmp": _("a BMP picture"),
    "text/html": _("a web page"),
    "text/plain": _("plain text"),
    "application/xml": _("an XML document"),
    "application/zip": _("an archive or an office document"),
    "application/msword": _("an office document"),
    "application/vnd.rar": _("an archive or an office document"),
    "application/x-7z-compressed": _("an archive or an office document"),
    "application/gzip": _("an archive or an office document"),
    "application/pdf": _("a PDF document"),
    "application/x-msdownload": _("a program"),
    "application/x-executable": _("a program"),
    "application/x-mach-binary": _("a program"),
    "application/x-php": _("a program"),
    "text/x-script": _("a program"),
    "video/x-matroska": _("an MKV video"),
    "video/x-msvideo": _("an AVI video"),
    "image/jpeg": _("a JPEG picture"),
    "image/png": _("a PNG picture"),
    "image/webp": _("a WebP picture"),
    "image/gif": _("a GIF picture"),
    "image/heic": _("a HEIC picture"),
    "video/mp4": _("an MP4 video"),
    "video/quicktime": _("a QuickTime video"),
    "video/webm": _("a WebM video"),
    "audio/mp4": _("a sound recording"),
    "audio/webm": _("a sound recording"),
    "audio/mpeg": _("a sound recording"),
    "audio/wav": _("a sound recording"),
}


class FileRefused(DomainError):
    """The file is not kept. `data` holds `name` (for display) and what the sentence mentions."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "file_refused"
    outward: ClassVar[tuple[str, ...]] = (
        "name", "found", "accepted", "max_bytes", "max_files", "max_pixels", "max_frames", "max_pages",
        "max_seconds", "detail",
    )  # fmt: skip

    def message(self) -> str:
        return str(self.sentence) % {**self.data, **_in_words(self.data)}


class FileTooLarge(FileRefused):
    """More bytes than this kind of file may have."""

    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    code = "file_too_large"
    sentence = _("“%(name)s” is larger than the %(limit)s allowed. Send a smaller copy, or only the part that matters.")


class FileTypeRefused(FileRefused):
    """Not a kind of file that is taken here, whatever it is called."""

    status = HTTPStatus.UNSUPPORTED_MEDIA_TYPE
    code = "file_type_not_accepted"
    sentence = _(
        "“%(name)s” is %(found_as)s, which is not taken here. Send it as one of these instead: %(accepted_as)s."
    )


class FileDisguised(FileTypeRefused):
    """The name says one kind, the content another."""

    code = "file_disguised"
    sentence = _(
        "“%(name)s” is really %(found_as)s, not what its name says. Send the original photo, video or document."
    )


class TooManyFiles(FileRefused):
    """More files in one submission than allowed."""

    code = "too_many_files"
    sentence = _("At most %(max_files)s files can be sent here. Choose the ones that matter most.")


class StorageFull(DomainError):
    """The disk has no room left; nothing of the file was kept."""

    status = HTTPStatus.INSUFFICIENT_STORAGE
    code = "storage_full"
    sentence = _("There is no room for more files at the moment. Nothing you typed is lost; please try again later.")


class StorageUnavailable(Unavailable):
    """The disk cannot be written or read; nothing of the file was kept."""

    code = "storage_unavailable"
    sentence = _("Files cannot be stored at the moment. Nothing you typed is lost; please try again later.")


class InspectionUnavailable(Unavailable):
    """The file could not be looked at, so it is not kept. Not the file's fault."""

    code = "inspection_unavailable"
    sentence = _("Files cannot be checked at the moment. Nothing you typed is lost; please try again later.")


class FileUnknown(NotFound):
    """No such file."""

    code = "file_unknown"


class OriginalMissing(DomainError):
    """The log knows the file, but its bytes are gone from the store: a matter for the operator."""

    status = HTTPStatus.INTERNAL_SERVER_ERROR
    code = "original_missing"
    sentence = _("This file cannot be found in our store. The operator can see this; please contact the platform.")


class NoPreview(NotFound):
    """Films, documents and texts have no preview: only the original, as a download."""

    code = "no_preview"


class LinkRefused(NotFound):
    """A link that was not made for this person, or not by us."""

    code = "link_refused"


class LinkExpired(DomainError):
    """A link of this person's whose minutes are over."""

    status = HTTPStatus.GONE
    code = "link_expired"
    sentence = _("This link has expired. Reload the page it came from and open the file again.")


_FIXED: Final[dict[str, type[FileRefused]]] = {
    one.code: one for one in (FileTooLarge, FileTypeRefused, FileDisguised, TooManyFiles)
}

_SENTENCES: Final[dict[str, Words]] = {
    "file_empty": _("“%(name)s” is empty. Choose the file again; it may not have been saved completely."),
    "file_cut_short": _(
        "“%(name)s” is incomplete: its end is missing. Open it on your device, save it again and send it once more."
    ),
    "file_broken": _("“%(name)s” is damaged and cannot be opened. Send the original, or take a screenshot of it."),
    "file_hides_another": _(
        "“%(name)s” carries a second file inside. Take a screenshot of it, or save it again, and send that."
    ),
    "file_too_heavy": _(
        "“%(name)s” needs more work to open than an ordinary file. Save it again in a smaller size, or take a "
        "screenshot of it."
    ),
    "picture_too_large": _(
        "“%(name)s” has %(width)s × %(height)s pixels, more than we can open. Send it in a smaller size."
    ),
    "too_many_frames": _(
        "“%(name)s” moves through too many pictures (at most %(max_frames)s). Send a video or a single picture."
    ),
    "too_many_pages": _("“%(name)s” has more than %(max_pages)s pages. Send only the pages that matter."),
    "video_too_long": _("“%(name)s” plays longer than %(max_seconds)s seconds. Cut out the part that matters."),
    "document_locked": _(
        "“%(name)s” is locked with a password. Print it to a new PDF without a password and send that."
    ),
    "document_active": _("“%(name)s” contains program code or attached files. Print it to a new PDF and send that."),
}


def refusal(code: str, *, name: str, **data: Any) -> FileRefused:
    """The error for a code of the gate. Raises KeyError for a code that does not exist."""
    if fixed := _FIXED.get(code):
        return fixed(name=name, **data)
    return FileRefused(code, _SENTENCES[code], name=name, **data)


def _in_words(data: Any) -> dict[str, str]:
    """Members of `data` that people read otherwise than machines do."""
    words = {}
    if "max_bytes" in data:
        words["limit"] = filesizeformat(data["max_bytes"])
    if "found" in data:
        words["found_as"] = str(_KNOWN_AS.get(data["found"]) or gettext("a kind of file we do not know"))
    if "accepted" in data:
        words["accepted_as"] = ", ".join(MEDIA_TYPES[one][1].removeprefix(".").upper() for one in data["accepted"])
    return words
