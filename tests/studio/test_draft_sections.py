"""A draft is tuned section by section, with what it would say before one's eyes."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from rules.drafts import begin_draft, draft_of
from rules.drafts_editing import change_fields, stated_changes
from rules.drafts_fields import SECTIONS, entries_of
from rules.models import Draft
from rules.selectors import versions_of

pytestmark = pytest.mark.django_db
PACK = "taobao.general"


@pytest.fixture
def begun(studio: Client, root: Any) -> Any:
    return begin_draft(versions_of(PACK)[0], title="Six days for sellers", author_id=root.pk)


def address(draft: Any, *parts: str) -> str:
    return f"/studio/packs/{draft.pack}/drafts/{draft.id}/sections/{'/'.join(parts)}/"


def as_it_stands(studio: Client, draft: Any, section: str, entry: str, **changes: Any) -> dict[str, Any]:
    """What the form of an entry would send if nobody touched it, but for the changes."""
    form = studio.get(address(draft, section, entry)).context["form"]
    values = {name: form[name].value() for name in form.fields}
    sent = {name: value for name, value in values.items() if value is not None and value is not False}
    return {**sent, "revision": str(draft_of(draft.pack, draft.id).revision), "do": "keep", **changes}


def keep(studio: Client, draft: Any, section: str, entry: str, **changes: Any) -> Any:
    entered = {key.replace("__", "-"): value for key, value in changes.items()}
    return studio.post(address(draft, section, entry), as_it_stands(studio, draft, section, entry, **entered))


def test_every_section_lists_its_entries_in_words(studio: Client, begun: Any) -> None:
    page = studio.get(f"/studio/packs/{PACK}/drafts/{begun.id}/").content.decode()
    for section in SECTIONS:
        if entries_of(begun.document, section):
            assert address(begun, section) in page
            assert studio.get(address(begun, section)).status_code == 200
    assert "within 5 days of the latest request" in studio.get(address(begun, "deadlines")).content.decode()
    assert "Second reviews of one case for each side" in studio.get(address(begun, "settings")).content.decode()


def test_a_length_and_its_source_are_kept_by_one_form(studio: Client, begun: Any) -> None:
    told = {"length__0__is__amount": "6", "source-deadlines-seller_response-length": "The notice of today",
            "sure-deadlines-seller_response-length": "A"}  # fmt: skip
    assert keep(studio, begun, "deadlines", "seller_response", **told).status_code == 302
    now = draft_of(PACK, begun.id)
    assert now.document["deadlines"]["seller_response"]["length"] == "6d"
    (stated,) = stated_changes(now)
    assert stated.source is not None
    assert (stated.source.source, stated.source.confidence, now.revision) == ("The notice of today", "A", 2)
    assert "changed" in studio.get(address(begun, "deadlines")).content.decode()


@pytest.mark.parametrize("section", SECTIONS)
def test_every_form_opens_and_keeping_it_untouched_changes_nothing(studio: Client, begun: Any, section: str) -> None:
    for name in list(entries_of(begun.document, section))[::6]:
        assert keep(studio, begun, section, name).status_code == 302, name
    assert draft_of(PACK, begun.id).digest == begun.digest


@pytest.mark.parametrize(
    ("section", "entry", "changes", "sentence"),
    [
        ("deadlines", "seller_response", {"length__0__is__amount": "0"}, "A deadline needs some time"),
        ("deadlines", "seller_response", {"length__0__is__amount": "-3"}, "A number here is never negative"),
        ("deadlines", "seller_response", {"length__0__is__amount": "many"}, "Enter a whole number"),
        ("deadlines", "seller_response", {"length__0__is__amount": ""}, "Enter a whole number"),
        ("deadlines", "seller_response", {"length__0__is__amount": "4000"}, "This is longer than any promise can be"),
        ("deadlines", "seller_response", {"length__0__is__amount": "0", "length__0__is__unit": "ordinal_days"},
         "A deadline needs some time"),
        ("deadlines", "seller_response", {"length__0__is__unit": "fortnights"}, "Choose one of the units listed"),
        ("deadlines", "opinion", {"length__0__target__amount": "7"}, "The maximum is shorter than the target"),
        ("deadlines", "seller_response", {"remind": "often"}, "A reminder is a share like 80%"),
        ("deadlines", "seller_response", {"on_lapse__1": "nothing"}, "Select a valid choice"),
        ("settings", "rulings", {"settings__second_person_above": "much"}, "Enter an amount such as 100.00"),
        ("settings", "appeals", {"settings__most_appeals": "-1"}, "A number here is never negative"),
        ("evidence", "limits", {"evidence__max_files": "0"}, "Enter 1 or more"),
        ("reasons", "QUALITY", {"remedies": ["gold"]}, "Select a valid choice"),
        ("reasons", "QUALITY", {"labels__zh": ""}, "This field is required"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_told_at_its_field_and_nothing_typed_is_lost(
    studio: Client, begun: Any, section: str, entry: str, changes: dict[str, Any], sentence: str
) -> None:
    source = {"source-deadlines-seller_response-length": "A notice worth keeping"}
    page = keep(studio, begun, section, entry, **source, **changes)
    words = page.content.decode()
    assert page.status_code == 422
    assert sentence in words
    assert set(page.context["form"].errors) <= {key.replace("__", "-").replace("target", "max") for key in changes}
    if entry == "seller_response":
        assert "A notice worth keeping" in words
    assert draft_of(PACK, begun.id) == begun


def test_a_gate_that_would_open_too_late_is_told_at_its_length(studio: Client, root: Any) -> None:
    draft = begin_draft(versions_of("taobao.virtual")[0], title="x", author_id=root.pk)
    page = keep(studio, draft, "deadlines", "intervention_gate", length__0__is__amount="4")
    assert page.status_code == 422
    assert list(page.context["form"].errors) == ["length-0-is-amount"]
    assert "opens only after what it is needed for is over" in page.content.decode()


def test_reasons_evidence_settings_and_endings_are_tuned(studio: Client, begun: Any) -> None:
    keep(studio, begun, "reasons", "QUALITY", burden="buyer", labels__en="Faulty", remedies=["refund_only", "repair"],
         slots__buyer=["defect_photo", "unboxing_video"])  # fmt: skip
    keep(studio, begun, "evidence", "limits", evidence__max_files="12")
    keep(studio, begun, "settings", "appeals", settings__most_appeals="2", settings__suspends_execution="on")
    keep(studio, begun, "deadlines", "seller_response", on_lapse__1="platform_decides", end="inclusive", remind="80%")
    said = draft_of(PACK, begun.id).document
    quality = said["reasons"]["QUALITY"]
    assert (quality["burden"], quality["labels"]["en"]) == ("buyer", "Faulty")
    assert (quality["remedies"], quality["slots"]["buyer"]) == (
        ["refund_only", "repair"], ["defect_photo", "unboxing_video"],
    )  # fmt: skip
    settings = said["settings"]
    assert (said["evidence"]["max_files"], settings["most_appeals"], settings["suspends_execution"]) == (12, 2, True)
    response = said["deadlines"]["seller_response"]
    assert (response["on_lapse"][1], response["end"], response["remind"]) == ({"to": "REVIEW"}, "inclusive", ["80%"])


def test_a_preview_shows_sentence_time_line_and_drawing_and_keeps_nothing(studio: Client, begun: Any) -> None:
    sent = as_it_stands(
        studio, begun, "deadlines", "seller_response", **{"length-0-is-amount": "6", "start": "2026-09-29T10:00"}
    )
    whole = studio.post(address(begun, "deadlines", "seller_response"), {**sent, "do": "preview"})
    part = studio.get(address(begun, "deadlines", "seller_response", "preview"), sent)
    for page in (whole, part):
        words = page.content.decode()
        assert page.status_code == 200
        assert "within 6 days of the latest request" in words
        assert "5 Oct 2026, 10:00" in words
        assert "National Day" in words
        assert "studio-flow__stage--changed" in words
    assert draft_of(PACK, begun.id) == begun


def test_a_preview_of_what_cannot_be_says_why(studio: Client, begun: Any) -> None:
    sent = as_it_stands(studio, begun, "deadlines", "seller_response", **{"length-0-is-amount": "0"})
    page = studio.get(address(begun, "deadlines", "seller_response", "preview"), sent).content.decode()
    assert "Not possible like this" in page
    assert "A deadline needs some time" in page
    assert "within 5 days of the latest request" in page


def test_whoever_comes_second_is_told_and_keeps_what_they_typed(studio: Client, begun: Any, root: Any) -> None:
    seen = as_it_stands(studio, begun, "deadlines", "seller_response", **{"length-0-is-amount": "7"})
    path = ("deadlines", "seller_response", "length")
    change_fields(PACK, begun.id, [(path, "6d")], revision=1, actor_id=root.pk)
    page = studio.post(address(begun, "deadlines", "seller_response"), seen)
    words = page.content.decode()
    assert page.status_code == 412
    assert "Somebody else changed this draft meanwhile" in words
    assert "The draft says something else now in:" in words
    assert 'value="7"' in words
    assert draft_of(PACK, begun.id).document["deadlines"]["seller_response"]["length"] == "6d"
    again = studio.post(address(begun, "deadlines", "seller_response"), {**seen, "revision": "2"})
    assert again.status_code == 302


def test_a_double_click_keeps_once_and_troubles_nobody(studio: Client, begun: Any) -> None:
    sent = as_it_stands(studio, begun, "deadlines", "seller_response", **{"length-0-is-amount": "6"})
    pages = [studio.post(address(begun, "deadlines", "seller_response"), sent) for _click in range(2)]
    assert [page.status_code for page in pages] == [302, 302]
    assert draft_of(PACK, begun.id).revision == 2


def test_an_expiry_that_would_end_before_its_gate_opens_names_the_gate(studio: Client, root: Any) -> None:
    draft = begin_draft(versions_of("taobao.virtual")[0], title="x", author_id=root.pk)
    page = keep(studio, draft, "deadlines", "buyer_after_refusal", length__0__is__amount="1")
    assert page.status_code == 422
    assert "“Intervention can be asked for”: This opens only after" in page.content.decode()


def test_a_submitted_draft_is_read_and_not_changed(studio: Client, begun: Any) -> None:
    sent = as_it_stands(studio, begun, "deadlines", "seller_response", **{"length-0-is-amount": "6"})
    Draft.objects.filter(pk=begun.id).update(status="submitted")
    assert "Keep it in the draft" not in studio.get(address(begun, "deadlines", "seller_response")).content.decode()
    page = studio.post(address(begun, "deadlines", "seller_response"), sent)
    assert page.status_code == 409
    assert "Send it back before you change it" in page.content.decode()


def test_what_is_not_there_is_not_found(studio: Client, begun: Any) -> None:
    for parts in (("weather",), ("deadlines", "patience"), ("settings", "other")):
        assert studio.get(address(begun, *parts)).status_code == 404
