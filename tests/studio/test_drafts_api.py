"""Drafts by the interface: the same services, repeated safely."""

from __future__ import annotations

from typing import Any

import pytest

from rules.selectors import versions_of
from tests.disputes.api.conftest import api

__all__ = ["api"]
pytestmark = pytest.mark.django_db
ADDRESS = "/api/v1/packs/taobao.general/drafts/"


@pytest.fixture
def client(api: Any, root: Any, published: None) -> Any:
    return api(root)


def test_a_draft_is_begun_read_and_discarded(client: Any) -> None:
    made = client.post(ADDRESS, {"title": "Six days"})
    newest = versions_of("taobao.general")[0].number
    assert made.status_code == 201
    assert (made.json()["status"], made.json()["base_version"]) == ("editing", newest)
    one = f"{ADDRESS}{made.json()['id']}/"
    assert client.get(one).json() == made.json()
    assert [row["id"] for row in client.get(ADDRESS).json()["data"]] == [made.json()["id"]]
    gone = client.post(f"{one}actions/discard/", {"revision": 1})
    assert (gone.status_code, gone.json()["status"], gone.json()["revision"]) == (200, "discarded", 2)
    trail = client.get("/api/v1/packs/taobao.general/actions/?limit=1").json()
    assert [row["kind"] for row in trail["data"]] == ["discarded"]
    rest = client.get(f"/api/v1/packs/taobao.general/actions/?limit=1&after={trail['next']}").json()
    assert ([row["kind"] for row in rest["data"]], rest["next"]) == (["begun"], None)


def test_the_same_key_begins_one_draft(client: Any) -> None:
    answers = [client.post(ADDRESS, {"title": "Six days"}, headers={"Idempotency-Key": "k1"}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()
    assert len(client.get(ADDRESS).json()["data"]) == 1


@pytest.mark.parametrize(
    ("body", "pointer"),
    [({}, "/title"), ({"title": ""}, "/title"), ({"title": "x", "from_version": 0}, "/from_version"),
     ({"title": "x", "origin": 1}, "/origin")],
)  # fmt: skip
def test_what_cannot_be_taken_is_pointed_at(client: Any, body: dict[str, Any], pointer: str) -> None:
    answer = client.post(ADDRESS, body)
    assert answer.status_code == 422
    assert [problem["pointer"] for problem in answer.json()["errors"]] == [pointer]


def test_an_unknown_version_pack_draft_or_action_is_not_found(client: Any) -> None:
    one = f"{ADDRESS}{client.post(ADDRESS, {'title': 'x'}).json()['id']}/"
    assert client.post(ADDRESS, {"title": "x", "from_version": 99}).status_code == 404
    assert client.get("/api/v1/packs/nothing/drafts/").status_code == 404
    assert client.get(f"{ADDRESS}999999/").status_code == 404
    assert client.post(f"{one}actions/shred/", {"revision": 1}).status_code == 404


def test_a_revision_that_is_not_the_drafts_is_refused_with_the_one_it_has(client: Any) -> None:
    one = f"{ADDRESS}{client.post(ADDRESS, {'title': 'x'}).json()['id']}/"
    answer = client.post(f"{one}actions/discard/", {"revision": 5})
    assert (answer.status_code, answer.json()["code"], answer.json()["revision"]) == (412, "draft_changed", 1)


def test_a_document_goes_out_and_comes_back_with_every_mistake_told(client: Any) -> None:
    one = f"{ADDRESS}{client.post(ADDRESS, {'title': 'x'}).json()['id']}/"
    text = client.get(f"{one}document/").json()["text"]
    wrong = client.post(f"{one}actions/import/", {"revision": 1, "text": text.replace("length: 5d", "length: -5d")})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "wrong_document")
    lines = text.splitlines()
    assert all(lines[mistake["line"] - 1].endswith("length: 5d") for mistake in wrong.json()["mistakes"])
    assert "deadlines.seller_response.length" in {mistake["field"] for mistake in wrong.json()["mistakes"]}
    taken = client.post(f"{one}actions/import/", {"revision": 1, "text": text})
    assert (taken.status_code, taken.json()["revision"], taken.json()["changes"]) == (200, 2, [])


def test_fields_are_changed_and_sourced_one_by_one(client: Any) -> None:
    one = f"{ADDRESS}{client.post(ADDRESS, {'title': 'x'}).json()['id']}/"
    pointer = "/deadlines/seller_response/length"
    edited = client.post(f"{one}actions/edit/", {"revision": 1, "values": {pointer: "6d"}}).json()
    (change,) = edited["changes"]
    assert (change["pointer"], change["before"], change["after"], change["missing"]) == (
        pointer, "5 days", "6 days", True,
    )  # fmt: skip
    sources = {pointer: {"source": "The notice", "confidence": "A"}}
    sourced = client.post(f"{one}actions/sources/", {"revision": 2, "sources": sources}).json()
    assert [row["missing"] for row in sourced["changes"]] == [False]
    gone = client.post(f"{one}actions/edit/", {"revision": 3, "remove": ["/settings/refund_rate_days"]}).json()
    assert "refund_rate_days" not in gone["document"]["settings"]
    assert client.post(f"{one}actions/edit/", {"revision": 4, "values": {"length": 1}}).status_code == 422


def test_a_number_in_a_list_is_changed_and_sourced_by_one_request(client: Any) -> None:
    one = f"{ADDRESS}{client.post(ADDRESS, {'title': 'x'}).json()['id']}/"
    pointer = "/deadlines/return_receipt/length"
    body = {"revision": 1, "values": {f"{pointer}/0/is": "25d"}, "sources": {pointer: {"source": "The notice"}}}
    edited = client.post(f"{one}actions/edit/", body).json()
    assert edited["document"]["deadlines"]["return_receipt"]["length"][0]["is"] == "25d"
    (change,) = edited["changes"]
    assert (change["pointer"], change["source"], change["missing"]) == (pointer, "The notice", False)
