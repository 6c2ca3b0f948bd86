"""Evidence and the queue over the interface."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework.test import APIClient

from disputes.models import Exhibit
from tests.disputes.test_acting import picture

pytestmark = pytest.mark.django_db
Api = Callable[..., APIClient]


@pytest.fixture(autouse=True)
def vault(settings: Any, tmp_path: Any) -> None:
    settings.EVIDENCE_ROOT = tmp_path / "evidence"


def text_file(name: str = "chat.txt", content: str = "Ming: it is broken\n") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content.encode(), "text/plain")


def test_a_draft_is_its_sides_own_until_it_is_submitted(
    api: Api, ming: Any, lan: Any, order_of: Any, file: Any
) -> None:
    number = file(order_of()).number
    address = f"/api/v1/cases/{number}/exhibits/"
    added = api(ming).post(address, {"description": "A torn box.", "slot": "damage_photo"})
    assert (added.status_code, added.json()["exhibit"]["status"]) == (201, "draft")
    assert api(lan).get(address).json()["data"] == []
    exhibit = added.json()["exhibit"]["id"]
    done = api(ming).post(f"/api/v1/cases/{number}/actions/submit_exhibit/", {"exhibits": [exhibit]})
    assert done.status_code == 200, done.content
    (seen,) = api(lan).get(address).json()["data"]
    assert (seen["id"], seen["status"], seen["number"]) == (exhibit, "submitted", 1)
    requirements = api(lan).get(f"{address}requirements/").json()["data"]
    found = {(item["party"], item["slot"]): item for item in requirements}
    assert found["buyer", "damage_photo"]["satisfied"]
    assert found["buyer", "damage_photo"]["required"]
    assert not found["seller", "packing_photo"]["required"]


def test_files_come_as_multipart_and_go_out_by_short_links(api: Api, ming: Any, order_of: Any, file: Any) -> None:
    number = file(order_of()).number
    address = f"/api/v1/cases/{number}/exhibits/"
    body = {"files": [text_file()], "description": "Our chat.", "slot": "chat_log", "submit": "true"}
    added = api(ming).post(address, body, format="multipart")
    assert added.status_code == 201, added.content
    exhibit = added.json()["exhibit"]
    assert exhibit["status"] == "submitted"
    (kept,) = exhibit["files"]
    assert (kept["name"], kept["size"]) == ("chat.txt", 19)
    assert kept["url"].startswith("/")


def test_a_repeated_upload_is_kept_once(api: Api, ming: Any, order_of: Any, file: Any) -> None:
    number = file(order_of()).number
    address = f"/api/v1/cases/{number}/exhibits/"
    answers = [
        api(ming).post(address, {"description": "A torn box."}, headers={"Idempotency-Key": "box"}) for _ in range(2)
    ]
    assert answers[0].json() == answers[1].json()
    assert Exhibit.objects.count() == 1


def test_files_that_are_all_refused_are_named_and_make_no_exhibit(
    api: Api, ming: Any, order_of: Any, file: Any
) -> None:
    number = file(order_of()).number
    broken = SimpleUploadedFile("photo.jpg", b"MZ\x90\x00" + bytes(64), "image/jpeg")
    body = {"files": [broken], "description": "A torn box."}
    added = api(ming).post(f"/api/v1/cases/{number}/exhibits/", body, format="multipart")
    assert added.status_code == 415, added.content
    assert "photo.jpg" in added.json()["detail"]
    assert not Exhibit.objects.exists()


def test_a_refused_file_is_named_and_the_others_are_taken(api: Api, ming: Any, order_of: Any, file: Any) -> None:
    number = file(order_of()).number
    broken = SimpleUploadedFile("photo.jpg", b"MZ\x90\x00" + bytes(64), "image/jpeg")
    body = {"files": [broken, picture()], "description": "A torn box."}
    added = api(ming).post(f"/api/v1/cases/{number}/exhibits/", body, format="multipart")
    assert added.status_code == 201, added.content
    assert [item["pointer"] for item in added.json()["refused"]] == ["/files/photo.jpg"]
    assert len(added.json()["exhibit"]["files"]) == 1


def test_a_draft_is_thrown_away_by_its_side_only(api: Api, ming: Any, lan: Any, order_of: Any, file: Any) -> None:
    number = file(order_of()).number
    address = f"/api/v1/cases/{number}/exhibits/"
    exhibit = api(ming).post(address, {"description": "A torn box."}).json()["exhibit"]["id"]
    assert api(lan).delete(f"{address}{exhibit}/").status_code == 404
    assert api(ming).delete(f"{address}{exhibit}/").status_code == 204
    assert not Exhibit.objects.exists()


@pytest.fixture
def in_review(api: Api, ming: Any, lan: Any, order_of: Any, file: Any) -> str:
    number = file(order_of()).number
    address = f"/api/v1/cases/{number}/actions"
    api(lan).post(f"{address}/refuse/", {"refusal": "OTHER", "statement": "No."})
    api(ming).post(f"{address}/request_intervention/", {})
    api(ming).post(f"{address}/complete_evidence/", {})
    done = api(lan).post(f"{address}/complete_evidence/", {})
    assert done.json()["stage"] == "REVIEW", done.content
    return number


def test_an_arbitrator_claims_the_case_due_first_and_rules(
    api: Api, ming: Any, zhou: Any, wu: Any, eve: Any, in_review: str
) -> None:
    queue = api(zhou).get("/api/v1/queue/").json()
    assert [row["number"] for row in queue["data"]] == [in_review]
    assert api(eve).get("/api/v1/queue/").status_code == 403
    claimed = api(zhou).post("/api/v1/queue/claim/", {}, headers={"Idempotency-Key": "next"})
    again = api(zhou).post("/api/v1/queue/claim/", {}, headers={"Idempotency-Key": "next"})
    assert claimed.json()["number"] == again.json()["number"] == in_review
    assert api(wu).post("/api/v1/queue/claim/", {}).status_code == 204
    other = api(wu).post(f"/api/v1/cases/{in_review}/actions/rule/", {"outcome": "seller", "reasons": "As shown."})
    assert (other.status_code, other.json()["code"]) == (409, "assigned_to_other")
    ruled = api(zhou).post(
        f"/api/v1/cases/{in_review}/actions/rule/",
        {"outcome": "buyer_partial_refund", "amount": "60.00", "liable": "seller", "reasons": "The box was torn."},
    )
    assert ruled.status_code == 200, ruled.content
    seen = api(ming).get(f"/api/v1/cases/{in_review}/").json()
    assert (seen["stage"], seen["outcome"]) == ("CLOSED", "ruled_partial")
    assert seen["rulings"][0]["reasons"] == "The box was torn."
    assert "appeal" in [action["action"] for action in seen["available_actions"]]
    assert not seen["final"]


def test_a_case_is_given_back_and_handed_over(api: Api, zhou: Any, wu: Any, in_review: str) -> None:
    address = f"/api/v1/cases/{in_review}/actions"
    assert api(wu).post(f"{address}/assign/", {}).status_code == 200
    moved = api(zhou).post(f"{address}/hand_over/", {"arbitrator": zhou.pk})
    assert moved.status_code == 200, moved.content
    assert api(wu).post(f"{address}/unassign/", {}).status_code == 409
    assert api(zhou).post(f"{address}/unassign/", {}).status_code == 200
    assert api(zhou).post(f"{address}/hand_over/", {"arbitrator": "somebody"}).status_code == 422
