"""Evidence: drafts, submitting, what is refused file by file, and what comes too late."""

from __future__ import annotations

import io
from typing import Any
from uuid import uuid4

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from disputes.models import Exhibit
from tests.conftest import Travel
from tests.disputes.pages.conftest import Reader, words

LATE = (
    "The evidence period is over. What you sent is kept as a message; platform customer service can see it and"
    " decides whether to take it into account."
)


def picture(name: str = "crack.png", shade: int = 90) -> SimpleUploadedFile:
    held = io.BytesIO()
    Image.new("RGB", (40, 30), (shade, 10, 10)).save(held, "PNG")
    return SimpleUploadedFile(name, held.getvalue(), content_type="image/png")


def handed(reader: Reader, number: str, *, button: str = "submit", **data: Any) -> Any:
    return reader.post(f"/cases/{number}/evidence/", {button: "1", **data})


def test_files_with_what_they_show_are_submitted(buyer: Reader, seller: Reader, disputed: str) -> None:
    response = handed(buyer, disputed, files=[picture()], description="This picture shows the crack.")
    assert response.status_code == 302
    exhibit = Exhibit.objects.get()
    assert (exhibit.status, exhibit.number, exhibit.files.count()) == ("submitted", 1, 1)
    for reader in (buyer, seller):
        assert "This picture shows the crack." in reader.page(f"/cases/{disputed}/")


def test_a_draft_is_seen_by_its_own_side_only_and_looks_like_one(buyer: Reader, seller: Reader, disputed: str) -> None:
    handed(buyer, disputed, button="keep", files=[picture()], description="This picture shows the crack.")
    assert Exhibit.objects.get().status == "draft"
    assert "Draft, not submitted" in buyer.page(f"/cases/{disputed}/")
    assert "This picture shows the crack." not in seller.page(f"/cases/{disputed}/")
    assert buyer.post(f"/cases/{disputed}/evidence/submit/").status_code == 302
    assert Exhibit.objects.get().status == "submitted"
    assert "This picture shows the crack." in seller.page(f"/cases/{disputed}/")


def test_a_file_that_is_not_taken_is_named_and_the_good_ones_stay(buyer: Reader, disputed: str) -> None:
    bad = SimpleUploadedFile("virus.exe", b"MZ" + b"\0" * 200, content_type="application/octet-stream")
    response = handed(buyer, disputed, files=[picture(), bad], description="The crack.")
    assert response.status_code == 302
    page = buyer.page(f"/cases/{disputed}/evidence/")
    assert "virus.exe" in page
    assert "Kept as a draft." in page
    assert Exhibit.objects.get().files.count() == 1


def test_nothing_at_all_is_asked_again(buyer: Reader, disputed: str) -> None:
    response = handed(buyer, disputed)
    assert response.status_code == 422
    assert "Choose files, or write what you want to show." in words(response)


def test_the_limits_are_told_before_anything_is_chosen(buyer: Reader, disputed: str) -> None:
    assert "Up to 10 files in this case." in buyer.page(f"/cases/{disputed}/evidence/")


def test_a_draft_is_thrown_away(buyer: Reader, seller: Reader, disputed: str) -> None:
    handed(buyer, disputed, button="keep", description="A thought.")
    exhibit = Exhibit.objects.get()
    assert seller.post(f"/cases/{disputed}/evidence/{exhibit.pk}/discard/").status_code == 404
    assert buyer.post(f"/cases/{disputed}/evidence/{exhibit.pk}/discard/").status_code == 302
    assert not Exhibit.objects.exists()


def test_what_comes_after_the_period_is_kept_as_a_note(buyer: Reader, disputed: str, travel: Travel) -> None:
    travel(days=4)
    assert LATE in buyer.page(f"/cases/{disputed}/evidence/")
    response: Any = buyer.post(
        f"/cases/{disputed}/evidence/", {"submit": "1", "description": "I was ill.", "files": [picture()]}, follow=True
    )
    assert LATE in words(response)
    assert Exhibit.objects.get().status == "late"


def test_an_exhibit_of_the_other_side_can_be_answered(buyer: Reader, seller: Reader, disputed: str) -> None:
    handed(buyer, disputed, files=[picture()], description="The crack.")
    shown = Exhibit.objects.get()
    path = f"/cases/{disputed}/evidence/?answers={shown.pk}"
    assert path in seller.answer(f"/cases/{disputed}/").content.decode()
    assert "You answer this exhibit:" in seller.page(path)
    handed(seller, disputed, description="That is glaze, not a crack.", answers=str(shown.pk))
    assert Exhibit.objects.get(party="seller").answers_id == shown.pk


def test_files_sent_with_a_refusal_are_handed_in_with_it(seller: Reader, number: str) -> None:
    said = {"refusal": "AS_DESCRIBED", "statement": "It left here whole.", "files": [picture("parcel.png", 20)]}
    seller.send(f"/cases/{number}/do/refuse/", {**said, "files_description": "The parcel as it left."})
    exhibit = Exhibit.objects.get()
    assert (exhibit.status, exhibit.party, exhibit.description) == ("submitted", "seller", "The parcel as it left.")
    response: Any = seller.answer(f"/cases/{number}/")
    told = [entry for entry in response.context["entries"] if entry["files"]]
    assert [entry["title"].partition(":")[0] for entry in told] == ["declined the request"], "the picture is shown once"


def test_files_chosen_with_a_form_that_is_refused_stay_chosen(seller: Reader, number: str) -> None:
    said = {"refusal": "AS_DESCRIBED", "statement": "It left here whole.", "remedy": "partial_refund"}
    response = seller.send(f"/cases/{number}/do/refuse/", {**said, "files": [picture()]}, status=422)
    exhibit = Exhibit.objects.get()
    assert exhibit.status == "draft"
    assert str(exhibit.pk) in response.content.decode()


def test_nobody_reaches_an_exhibit_that_is_not_theirs(seller: Reader, buyer: Reader, disputed: str) -> None:
    handed(buyer, disputed, files=[picture()], description="The crack.")
    shown = Exhibit.objects.get()
    seller.answer(f"/cases/{disputed}/evidence/{shown.pk}/withdraw/", 404)
    seller.answer(f"/cases/{disputed}/evidence/{uuid4()}/withdraw/", 404)
