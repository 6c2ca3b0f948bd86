"""Handing a file out: originals only as a download, pictures only as we drew them."""

from __future__ import annotations

from typing import BinaryIO, Final
from uuid import UUID

from django.http import FileResponse

from evidence import storage
from evidence.errors import NoPreview, OriginalMissing
from evidence.links import ORIGINAL
from evidence.models import Derivative, StoredFile
from evidence.names import content_disposition, download_name
from evidence.selectors import StoredFileView, file_by_id
from evidence.services import Person, derive_preview, record_download, record_view

_ARMOUR: Final = {
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
}
_DRAWN_TYPE: Final = "image/jpeg"


def response_for(file_id: UUID, *, variant: str, viewer: Person) -> FileResponse:
    """The bytes with armour on, and an entry in the custody log. Whether `viewer` may see them is decided before.

    A preview that is missing is drawn on the spot. Raises FileUnknown, NoPreview, OriginalMissing.
    """
    view = file_by_id(file_id)
    response = _original(view) if variant == ORIGINAL else _drawn(view, variant)
    for header, value in _ARMOUR.items():
        response[header] = value
    try:
        _record(view, variant, viewer)
    except BaseException:
        response.close()
        raise
    return response


def _original(view: StoredFileView) -> FileResponse:
    response = FileResponse(open_original(view.id), content_type=view.media_type)
    name = download_name(view.name, view.media_type)
    response["Content-Disposition"] = content_disposition(name, attachment=True)
    response["Cache-Control"] = "private, no-store"
    return response


def _drawn(view: StoredFileView, variant: str) -> FileResponse:
    if not view.has_preview:
        raise NoPreview
    response = FileResponse(open_drawing(view.id, variant), content_type=_DRAWN_TYPE)
    name = download_name(view.name, _DRAWN_TYPE)
    response["Content-Disposition"] = content_disposition(name, attachment=False)
    response["Cache-Control"] = "private, max-age=60"
    return response


def _record(view: StoredFileView, variant: str, viewer: Person) -> None:
    if variant == ORIGINAL:
        record_download(view.id, viewer=viewer)
    else:
        record_view(view.id, viewer=viewer, variant=variant)


def open_original(file_id: UUID) -> BinaryIO:
    """The bytes as received, for reading; not a look by a person, so nothing is logged.

    Raises OriginalMissing, StoredFile.DoesNotExist.
    """
    return storage.open_bytes(StoredFile.objects.get(pk=file_id).storage_key)


def open_drawing(file_id: UUID, variant: str) -> BinaryIO:
    """Preview or thumbnail of a picture, drawn now if it is missing. Raises NoPreview, OriginalMissing."""
    try:
        return _latest_drawing(file_id, variant)
    except (OriginalMissing, Derivative.DoesNotExist):
        derive_preview(file_id)
    return _latest_drawing(file_id, variant)


def _latest_drawing(file_id: UUID, variant: str) -> BinaryIO:
    drawing = Derivative.objects.filter(file_id=file_id, variant=variant).latest("pk")
    return storage.open_bytes(drawing.storage_key)
