"""An administrator's pages about drafts."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.services import appoint
from rules.drafts import draft_of, drafts_of
from rules.drafts_documents import as_text
from rules.models import DraftProof, RuleAction
from rules.selectors import versions_of
from tests.studio.conftest import publish

pytestmark = pytest.mark.django_db
PACK = "taobao.general"
ADDRESS = f"/studio/packs/{PACK}/drafts/"


@pytest.fixture
def begun(studio: Client) -> Any:
    page = studio.post(ADDRESS, {"title": "Six days for sellers", "origin": versions_of(PACK)[0].number})
    (draft,) = drafts_of(PACK)
    assert page.headers["Location"] == f"{ADDRESS}{draft.id}/"
    return draft


def test_a_draft_is_listed_with_its_state_and_what_was_done(studio: Client, begun: Any) -> None:
    words = studio.get(ADDRESS).content.decode()
    assert "Six days for sellers" in words
    assert "In work" in words
    assert "Began a draft" in words


def test_a_draft_without_a_title_is_refused_in_words(studio: Client) -> None:
    page = studio.post(ADDRESS, {"title": " ", "origin": 1})
    assert page.status_code == 422
    assert "This field is required" in page.content.decode()
    assert drafts_of(PACK) == ()


def test_a_draft_of_an_older_version_shows_what_would_be_rolled_back(studio: Client) -> None:
    old = versions_of(PACK)[0].number
    publish()
    assert f"?origin={old}" in studio.get(f"/studio/packs/{PACK}/versions/").content.decode()
    page = studio.post(ADDRESS, {"title": "Back", "origin": old}, follow=True)
    words = page.content.decode()
    assert f"begun with the text of version {old}" in words
    assert "6 days" in words
    assert "5 days" in words


def test_a_draft_is_discarded_once(studio: Client, begun: Any) -> None:
    address = f"{ADDRESS}{begun.id}/discard/"
    assert "Somebody else changed" in studio.post(address, {"revision": "7"}, follow=True).content.decode()
    assert "The draft is discarded" in studio.post(address, {"revision": "1"}, follow=True).content.decode()
    assert "published or discarded" in studio.post(address, {"revision": "2"}, follow=True).content.decode()


def document_with(begun: Any, **fields: Any) -> str:
    document = begun.document
    document["deadlines"]["seller_response"].update(fields)
    return as_text(document)


def test_a_document_is_exported_and_brought_in(studio: Client, begun: Any) -> None:
    address = f"{ADDRESS}{begun.id}/document/"
    file = studio.get(f"{address}text/")
    assert file.content.decode() == as_text(begun.document)
    assert ".yaml" in file.headers["Content-Disposition"]
    upload = SimpleUploadedFile("p.yaml", document_with(begun, length="6d").encode())
    page = studio.post(address, {"revision": "1", "upload": upload, "text": ""}, follow=True)
    words = page.content.decode()
    assert "The document is taken into the draft" in words
    assert "Source needed" in words
    assert "within 6 days" in words


@pytest.mark.parametrize("as_a_file", [True, False])
def test_a_wrong_document_is_shown_again_with_line_and_field(studio: Client, begun: Any, as_a_file: bool) -> None:
    text = document_with(begun, length="-6d", kind="automatic") + "# mine\n"
    line = text.splitlines().index("    length: -6d") + 1
    sent = {"upload": SimpleUploadedFile("p.yaml", text.encode()), "text": ""} if as_a_file else {"text": text}
    page = studio.post(f"{ADDRESS}{begun.id}/document/", {"revision": "1", **sent})
    words = page.content.decode()
    assert page.status_code == 422
    assert "2 mistakes" in words
    assert f">{line}<" in words
    assert "deadlines.seller_response.length" in words
    assert "Did you mean “auto”?" in words
    assert "# mine" in words
    assert draft_of(PACK, begun.id) == begun


@pytest.mark.parametrize(
    ("text", "field", "sentence"),
    [
        ("pack: taobao.general\ninherits: [tmall]\n# mine\n", "inherits", "Packs inherit from each other in a circle"),
        ("pack: taobao.general\ninherits: [comon]\n# mine\n", "inherits.0", "Did you mean “common”?"),
        ("pack: taobao.general\npack: tmall\n# mine\n", "", "stands here twice"),
    ],
)
def test_a_text_that_inherits_in_a_circle_or_from_nobody_is_kept_and_told(
    studio: Client, begun: Any, text: str, field: str, sentence: str
) -> None:
    page = studio.post(f"{ADDRESS}{begun.id}/document/", {"revision": "1", "text": text})
    words = page.content.decode()
    assert page.status_code == 422
    assert sentence in words
    assert "# mine" in words
    assert f">{field}<" in words or not field
    assert draft_of(PACK, begun.id) == begun


def test_numbers_and_words_that_contradict_each_other_are_told_together(studio: Client, begun: Any) -> None:
    document = begun.document
    document["deadlines"]["opinion"]["length"] = {"target": "9wd", "max": "2wd"}
    document["settings"].update(second_person_above="much", evidence_after_window="maybe", most_appeals=-1)
    document["evidence"]["max_files"] = 0
    document["reasons"]["QUALITY"]["slots"]["buyer"] = ["photo_of_defect"]
    text = as_text(document) + "# mine\n"
    words = studio.post(f"{ADDRESS}{begun.id}/document/", {"revision": "1", "text": text}).content.decode()
    for field in (
        "deadlines.opinion.length.max", "settings.second_person_above", "settings.evidence_after_window",
        "settings.most_appeals", "evidence.max_files", "reasons.QUALITY.slots.buyer",
    ):  # fmt: skip
        assert field in words
    assert "# mine" in words
    assert draft_of(PACK, begun.id) == begun


def test_somebody_elses_change_meanwhile_leaves_the_text_where_it_was(studio: Client, begun: Any) -> None:
    page = studio.post(f"{ADDRESS}{begun.id}/document/", {"revision": "9", "text": document_with(begun, length="6d")})
    assert page.status_code == 422
    assert "Somebody else changed this draft meanwhile" in page.content.decode()
    assert "length: 6d" in page.content.decode()


def test_a_file_that_is_no_text_is_refused_in_words(studio: Client, begun: Any) -> None:
    upload = SimpleUploadedFile("p.yaml", b"\xff\xfe\x00")
    page = studio.post(f"{ADDRESS}{begun.id}/document/", {"revision": "1", "upload": upload})
    assert "This file is not text in UTF-8" in page.content.decode()


def test_sources_are_kept_and_a_refusal_loses_none(studio: Client, begun: Any) -> None:
    studio.post(f"{ADDRESS}{begun.id}/document/", {"revision": "1", "text": document_with(begun, length="6d")})
    pointer = "/deadlines/seller_response/length"
    told = {"revision": "1", f"source:{pointer}": "The notice of today", f"sure:{pointer}": "A"}
    page = studio.post(f"{ADDRESS}{begun.id}/sources/", told)
    assert page.status_code == 412
    assert "The notice of today" in page.content.decode()
    page = studio.post(f"{ADDRESS}{begun.id}/sources/", {**told, "revision": "2"}, follow=True)
    assert "The sources are kept" in page.content.decode()
    assert "Source needed" not in page.content.decode()


def test_the_way_from_a_draft_to_a_version_leads_over_the_page(
    studio: Client, begun: Any, wu: Any, client: Client
) -> None:
    studio.post(f"{ADDRESS}{begun.id}/document/", {"revision": "1", "text": document_with(
        begun, length="6d", source="The notice of today", confidence="A",
    )})  # fmt: skip
    page = studio.post(f"{ADDRESS}{begun.id}/prove/", follow=True).content.decode()
    assert "Waits for a worker" in page
    trap = {"kind": "trap", "subject": "intervention_gate:buyer_after_refusal:SELLER_REFUSED", "warning": True,
            "path": [["+0d 00:00", "buyer file → WAIT_SELLER"]]}  # fmt: skip
    DraftProof.objects.update(
        state="done", result={"states": 5, "seconds": 1.0, "silence_bound_days": 30.0, "findings": [trap]}
    )
    page = studio.get(f"{ADDRESS}{begun.id}/").content.decode()
    assert "Sound" in page
    assert "every case closes within 30 days" in page
    assert "A trap:" in page
    assert "The way there" in page
    assert "Accept each trap" in page
    told = {"revision": "2", "finding": f"trap {trap['subject']}", "reason": "The platform says so."}
    assert "The platform says so." in studio.post(f"{ADDRESS}{begun.id}/accept/", told, follow=True).content.decode()
    late = studio.post(f"{ADDRESS}{begun.id}/submit/", {"revision": "3", "effective_from": "2020-01-01T00:00"})
    assert late.status_code == 422
    assert "This moment has passed" in late.content.decode()
    page = studio.post(f"{ADDRESS}{begun.id}/submit/", {"revision": "3"}, follow=True).content.decode()
    assert "Somebody else has to approve this draft" in page
    decide = f"{ADDRESS}{begun.id}/decide/"
    assert "not its author" in studio.post(decide, {"revision": "4", "do": "approve"}, follow=True).content.decode()
    appoint(wu, "administrator", "taobao")
    wu.language = "en"
    wu.save(update_fields=["language"])
    client.force_login(wu)
    approved = client.post(decide, {"revision": "4", "do": "approve"}, follow=True).content.decode()
    assert "is approved" in approved
    assert 'name="scope" value="new" checked' in approved
    page = client.post(decide, {"revision": "5", "do": "publish", "scope": "running"}, follow=True).content.decode()
    number = begun.base.number + 1
    for told in ("The draft is published", f"Put running cases under version {number}", "0 running cases"):
        assert told in page, told
    assert versions_of(PACK)[0].number == number
    assert RuleAction.objects.get(kind="published").after["scope"] == "running"


def test_a_draft_whose_base_was_replaced_shows_the_differences_and_is_carried_over(studio: Client, begun: Any) -> None:
    studio.post(f"{ADDRESS}{begun.id}/document/", {"revision": "1", "text": document_with(begun, length="6d")})
    publish(name="evidence", length="4d")
    page = studio.get(f"{ADDRESS}{begun.id}/").content.decode()
    assert "It cannot be published like this" in page
    assert "4 days" in page
    page = studio.post(f"{ADDRESS}{begun.id}/decide/", {"revision": "2", "do": "carry_over"}, follow=True)
    assert "builds on the newest version now" in page.content.decode()
    assert draft_of(PACK, begun.id).base == versions_of(PACK)[0]
