"""Published versions by the interface: read, compared, reckoned by way of example, replayed."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
from django.test import Client

from contract.clock import database_now
from rules.drafts_changes import put
from rules.selectors import version_in_force
from rules.services import publish_version

pytestmark = pytest.mark.django_db
VERSIONS = "/api/v1/packs/taobao.general/versions/"


@pytest.fixture
def sixth_day(published: None, root: Any) -> None:
    """Version 2: a seller has six days to answer."""
    document = deepcopy(dict(version_in_force("taobao.general").policy.document))
    put(document, ("deadlines", "seller_response", "length"), "6d")
    publish_version(
        "taobao.general", source="", document=document, effective_from=database_now(), published_by_id=root.pk
    )


def test_versions_come_newest_first_and_one_is_in_force(studio: Client, sixth_day: None) -> None:
    rows = studio.get(VERSIONS).json()["data"]
    assert [(row["number"], row["in_force"]) for row in rows] == [(2, True), (1, False)]
    assert rows[0]["digest"] != rows[1]["digest"]


def test_cases_are_counted_by_the_version_they_run_under(
    studio: Client, order_of: Any, file: Any, published: None
) -> None:
    file(order_of())
    assert [row["open_cases"] for row in studio.get(VERSIONS).json()["data"]] == [1]


def test_a_version_tells_every_number_in_a_sentence(studio: Client, published: None) -> None:
    found = studio.get(f"{VERSIONS}1/").json()
    rule = next(each for each in found["deadlines"] if each["name"] == "seller_response")
    assert "5 days" in rule["sentence"]
    assert rule["source"].startswith("B:")
    assert {each["code"] for each in found["reasons"]} == {*found["document"]["reasons"]}
    assert found["document"]["deadlines"]["seller_response"]["length"] == "5d"


def test_a_version_is_compared_with_the_one_before_it_or_with_any(studio: Client, sixth_day: None) -> None:
    (changed,) = studio.get(f"{VERSIONS}2/differences/").json()["data"]
    assert (changed["pointer"], changed["before"], changed["after"]) == (
        "/deadlines/seller_response/length", "5 days", "6 days"
    )  # fmt: skip
    assert studio.get(f"{VERSIONS}2/differences/", {"from": 2}).json()["data"] == []
    assert studio.get(f"{VERSIONS}1/differences/").json()["data"] == []


@pytest.mark.parametrize(("asked", "status"), [("x", 400), ("9", 404)])
def test_a_version_that_is_not_there_is_told_apart_from_no_number(
    studio: Client, published: None, asked: str, status: int
) -> None:
    assert studio.get(f"{VERSIONS}1/differences/", {"from": asked}).status_code == status


def test_an_example_is_reckoned_from_any_moment(studio: Client, published: None) -> None:
    asked = {"start": "2026-09-30T15:00:00+08:00"}
    (usual,) = studio.get(f"{VERSIONS}1/deadlines/seller_response/example/", asked).json()["data"]
    assert usual["due"] == "2026-10-05T07:00:00Z"
    assert usual["lines"]
    assert studio.get(f"{VERSIONS}1/deadlines/nothing/example/").status_code == 404


def test_a_version_is_replayed_over_the_cases_of_its_pack(
    studio: Client, order_of: Any, file: Any, sixth_day: None
) -> None:
    file(order_of())
    answer = studio.post(f"{VERSIONS}1/simulate/", {"status": "open"}, content_type="application/json")
    run = answer.json()
    assert (answer.status_code, run["kind"], run["total"]) == (201, "counterfactual", 1)
    assert studio.get(f"/api/v1/lab/runs/{run['id']}/").status_code == 200
