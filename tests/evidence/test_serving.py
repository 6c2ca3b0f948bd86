"""What leaves the vault, and for whom."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import unquote
from uuid import UUID, uuid4

import pytest
from django.http import FileResponse
from django.test import Client
from PIL import Image

from evidence import storage
from evidence.errors import FileUnknown, LinkExpired, LinkRefused, NoPreview, OriginalMissing
from evidence.links import check_link, link_to, sign_link
from evidence.models import Derivative
from evidence.services import derive_preview
from evidence.serving import response_for
from evidence.tasks import derive_missing_previews
from evidence.tasks import derive_preview as derive_preview_task
from tests.evidence import corpus
from tests.evidence.touches import custody_of

pytestmark = pytest.mark.django_db


def body_of(response: FileResponse) -> bytes:
    """The bytes; the file is closed without ending a request, which would take the test's transaction along."""
    with response.file_to_stream:
        return b"".join(response.streaming_content)


def delivered(response: Any) -> bytes:
    """What a browser got; the test client ends the request by itself."""
    return b"".join(response.streaming_content)


def disposition_of(file_id: UUID, viewer: Any) -> str:
    response = response_for(file_id, variant="original", viewer=viewer)
    response.file_to_stream.close()
    return response["Content-Disposition"]


def picture_of(response: FileResponse) -> Image.Image:
    return Image.open(io.BytesIO(body_of(response)))


@pytest.mark.parametrize("case", corpus.good(), ids=lambda case: case.title)
def test_an_original_goes_out_unchanged_and_only_as_a_download(case: corpus.Case, receive: Callable, zhou: Any) -> None:
    view = receive(case.body(), case.name)
    response = response_for(view.id, variant="original", viewer=zhou)
    assert response["Content-Disposition"].startswith("attachment; ")
    assert response["Content-Type"] == view.media_type
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cache-Control"] == "private, no-store"
    assert response["Referrer-Policy"] == "no-referrer"
    assert body_of(response) == case.body()
    assert custody_of(view.id)[-1].action == "downloaded"


PICTURES = [case for case in corpus.good() if case.expected == "image"]


@pytest.mark.parametrize("variant", ["preview", "thumbnail"])
@pytest.mark.parametrize("case", PICTURES, ids=lambda case: case.title)
def test_a_picture_is_shown_only_as_we_drew_it(case: corpus.Case, variant: str, receive: Callable, zhou: Any) -> None:
    view = receive(case.body(), case.name)
    response = response_for(view.id, variant=variant, viewer=zhou)
    assert response["Content-Type"] == "image/jpeg"
    assert response["Content-Disposition"].startswith("inline; ")
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cache-Control"].startswith("private")
    drawn = picture_of(response)
    assert (drawn.format, drawn.mode) == ("JPEG", "RGB")
    assert not drawn.getexif()
    assert not {"exif", "icc_profile", "xmp", "comment"} & drawn.info.keys()


def test_a_preview_is_upright_and_tells_neither_place_nor_phone(receive: Callable, zhou: Any) -> None:
    original = corpus.photo_with_position(orientation=6)
    assert b"Somephone" in original
    view = receive(original)
    assert (view.width, view.height) == (96, 64)
    body = body_of(response_for(view.id, variant="preview", viewer=zhou))
    assert Image.open(io.BytesIO(body)).size == (64, 96)
    assert b"Somephone" not in body
    assert b"Exif" not in body


@pytest.mark.parametrize(
    "title", ["CMYK photo", "palette PNG", "screenshot", "photo with colour profile", "HEIC photo"]
)
def test_a_preview_keeps_the_colours(title: str, receive: Callable, zhou: Any) -> None:
    case = next(case for case in PICTURES if case.title == title)
    drawn = picture_of(response_for(receive(case.body(), case.name).id, variant="preview", viewer=zhou))
    red, green, blue = drawn.getpixel((drawn.width // 2 + 12, drawn.height // 2 - 6))
    assert red > 200
    assert 130 < green < 200
    assert blue < 60


def test_sixteen_bits_of_grey_are_scaled_not_clipped(receive: Callable, zhou: Any) -> None:
    view = receive(corpus.sixteen_bit_png(), "scan.png")
    drawn = picture_of(response_for(view.id, variant="preview", viewer=zhou)).convert("L")
    assert drawn.getpixel((20, 38)) == pytest.approx(40 * (38 * 40 + 20) / 257, abs=6)


def test_a_long_screenshot_stays_readable_in_its_preview(receive: Callable, zhou: Any) -> None:
    body = corpus.saved(corpus.picture(size=(1080, 9000)), "PNG")
    view = receive(body, "long.png")
    assert picture_of(response_for(view.id, variant="preview", viewer=zhou)).size == (1080, 9000)
    assert max(picture_of(response_for(view.id, variant="thumbnail", viewer=zhou)).size) == 320


@pytest.mark.parametrize(("body", "name"), [(corpus.mp4, "a.mp4"), (corpus.pdf, "a.pdf"), (lambda: b"hi", "a.txt")])
def test_films_documents_and_texts_have_no_preview(body: Callable, name: str, receive: Callable, zhou: Any) -> None:
    with pytest.raises(NoPreview):
        response_for(receive(body(), name).id, variant="preview", viewer=zhou)


@pytest.mark.parametrize("lost", ["preview", "thumbnail"])
def test_a_lost_preview_is_drawn_on_the_spot(lost: str, receive: Callable, zhou: Any) -> None:
    view = receive(corpus.jpeg())
    drawing = Derivative.objects.get(file_id=view.id, variant=lost)
    before = storage.path_of(drawing.storage_key).read_bytes()
    storage.remove(drawing.storage_key)
    assert body_of(response_for(view.id, variant=lost, viewer=zhou)) == before


def test_the_task_draws_what_is_missing_and_rests_when_nothing_is(receive: Callable) -> None:
    view = receive(corpus.jpeg())
    for key in set(Derivative.objects.values_list("storage_key", flat=True)):
        storage.remove(key)
    derive_preview_task(str(view.id))
    assert all(storage.path_of(key).exists() for key in Derivative.objects.values_list("storage_key", flat=True))
    entries = len(custody_of(view.id))
    derive_preview(view.id)
    assert len(custody_of(view.id)) == entries
    assert derive_missing_previews() == 0


def test_a_lost_original_is_said_so_and_not_logged_as_taken(receive: Callable, zhou: Any) -> None:
    view = receive(corpus.jpeg())
    storage.remove(storage.key_for(view.sha256))
    with pytest.raises(OriginalMissing):
        response_for(view.id, variant="original", viewer=zhou)
    assert "downloaded" not in [entry.action for entry in custody_of(view.id)]


def test_an_unknown_file_is_not_served(zhou: Any) -> None:
    with pytest.raises(FileUnknown):
        response_for(uuid4(), variant="original", viewer=zhou)


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("照片 1.jpg", "照片 1.jpg"),
        ("../../etc/passwd.jpg", "passwd.jpg"),
        ("C:\\photos\\crack.jpg", "crack.jpg"),
        ('a"b;filename=evil.exe.jpg', 'a"b;filename=evil.exe.jpg'),
        ("line\r\nSet-Cookie: x=1.jpg", "line Set-Cookie: x=1.jpg"),
        ("invoice\u202egpj.exe.jpg", "invoicegpj.exe.jpg"),
        ("zero\x00byte.jpg", "zerobyte.jpg"),
        ("\u200b", "file.jpg"),
        (".jpg", "jpg.jpg"),
        ("图" * 300 + ".jpg", "图" * 115 + "….jpg"),
    ],
)
def test_a_name_is_only_text(sent: str, shown: str, receive: Callable, zhou: Any) -> None:
    view = receive(corpus.jpeg(), sent)
    header = disposition_of(view.id, zhou)
    assert "\r" not in header
    assert "\n" not in header
    assert header.isascii()
    assert header.count('"') == 2
    assert unquote(header.partition("filename*=UTF-8''")[2]) == shown
    assert len(view.name) <= 120


def test_a_download_is_named_by_what_it_is(receive: Callable, zhou: Any) -> None:
    view = receive(corpus.webp(), "from-web.jpg")
    header = disposition_of(view.id, zhou)
    assert header.endswith("from-web.jpg.webp")


# Links


def test_a_link_opens_the_file_for_its_person(receive: Callable, zhou: Any, client: Client) -> None:
    view = receive(corpus.jpeg())
    client.force_login(zhou)
    response = client.get(link_to(view.id, zhou.pk, "preview"))
    assert response.status_code == 200
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert response["X-Frame-Options"] == "DENY"
    assert delivered(response)[:2] == b"\xff\xd8"
    assert custody_of(view.id)[-1].actor_id == zhou.pk


def test_the_same_link_is_nothing_to_anybody_else(receive: Callable, zhou: Any, eve: Any, client: Client) -> None:
    link = link_to(receive(corpus.jpeg()).id, zhou.pk, "preview")
    assert client.get(link).status_code == 302
    client.force_login(eve)
    assert client.get(link).status_code == 404
    client.force_login(zhou)
    assert delivered(client.get(link))
    assert client.post(link).status_code == 405


def test_a_changed_link_is_nothing_to_anybody(receive: Callable, zhou: Any, client: Client) -> None:
    token = sign_link(receive(corpus.jpeg()).id, zhou.pk, "preview")
    client.force_login(zhou)
    for forged in ("x" + token, token[:-1], token[::-1], "nonsense", token.replace(":", "")):
        assert client.get(f"/evidence/{forged}").status_code == 404


def test_a_link_dies_within_five_minutes(receive: Callable, zhou: Any, client: Client, travel: Callable) -> None:
    view = receive(corpus.jpeg())
    link = link_to(view.id, zhou.pk, "original")
    client.force_login(zhou)
    travel(minutes=3, seconds=58)
    assert delivered(client.get(link)) == corpus.jpeg()
    travel(minutes=1, seconds=2)
    response = client.get(link)
    assert response.status_code == 410
    assert response["Content-Type"] == "text/plain; charset=utf-8"


def test_links_made_within_one_minute_are_the_same(receive: Callable, zhou: Any) -> None:
    view = receive(corpus.jpeg())
    minute = view.received_at.replace(second=1)
    first, second = (sign_link(view.id, zhou.pk, "preview", now=minute.replace(second=s)) for s in (1, 59))
    assert first == second


def test_a_link_names_one_variant_of_one_file_for_one_person(receive: Callable, zhou: Any, eve: Any) -> None:
    view = receive(corpus.jpeg())
    token = sign_link(view.id, zhou.pk, "thumbnail")
    claim = check_link(token, zhou.pk)
    assert (claim.file_id, claim.variant) == (view.id, "thumbnail")
    with pytest.raises(LinkRefused):
        check_link(token, eve.pk)
    with pytest.raises(ValueError, match="no such variant"):
        sign_link(view.id, zhou.pk, "../original")


def test_an_expired_link_of_another_is_refused_not_expired(
    receive: Callable, zhou: Any, eve: Any, travel: Callable
) -> None:
    token = sign_link(receive(corpus.jpeg()).id, zhou.pk, "preview")
    travel(minutes=6)
    with pytest.raises(LinkExpired):
        check_link(token, zhou.pk)
    with pytest.raises(LinkRefused):
        check_link(token, eve.pk)


def test_the_view_asks_for_nothing_but_the_vault(vault: Path, receive: Callable) -> None:
    receive(corpus.jpeg())
    assert {path.name for path in vault.iterdir()} == {"incoming", "objects"}
