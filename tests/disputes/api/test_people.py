"""Shops' members and links of marketplaces' names, through the interface."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from accounts.memberships import join_shop
from accounts.models import IdentityLink, MembershipRecord
from disputes.models import Case
from disputes.services.importing import run_import
from tests.disputes.importing.told import a_refund, an_order

pytestmark = pytest.mark.django_db
Api = Callable[..., APIClient]
LINKS = "/api/v1/identity-links/"
NAME = {"platform": "taobao", "outside_id": "u-ming", "username": "MING"}


@pytest.fixture
def imported(published: None, root: Any) -> Case:
    payload = {"format": "gongduan", "platform": "taobao", "orders": [an_order()], "refunds": [a_refund()]}
    run_import(root.pk, format="native", payload=payload)
    return Case.objects.get()


def test_a_link_brings_cases_along_and_is_undone(api: Api, imported: Case, ming: Any, root: Any) -> None:
    address = f"/api/v1/cases/{imported.number}/"
    assert api(ming).get(address).status_code == 404
    made = api(root).post(LINKS, NAME)
    assert (made.status_code, made.json()["orders"], made.json()["cases"]) == (201, 1, 1)
    assert made.json()["time_zone"] == "Asia/Shanghai"
    assert api(ming).get(address).json()["viewer"] == "buyer"
    (row,) = api(root).get(LINKS).json()["data"]
    assert (row["username"], row["linked_by"], row["undone_at"]) == ("ming", root.pk, None)
    undone = api(root).post(f"{LINKS}{row['id']}/undo/")
    assert (undone.status_code, undone.json()["undone_by"]) == (200, root.pk)
    assert api(ming).get(address).status_code == 404
    again = api(root).post(f"{LINKS}{row['id']}/undo/")
    assert (again.status_code, again.json()["code"]) == (409, "not_linked")


def test_a_link_is_made_once_under_its_key(api: Api, imported: Case, ming: Any, root: Any) -> None:
    first, second = (api(root).post(LINKS, NAME, headers={"Idempotency-Key": "one"}) for _ in range(2))
    assert (first.json(), second.headers["Idempotency-Replayed"]) == (second.json(), "true")
    other = api(root).post(LINKS, {**NAME, "outside_id": "u-else"}, headers={"Idempotency-Key": "one"})
    assert (other.status_code, IdentityLink.objects.count()) == (422, 1)


def test_what_cannot_be_linked_is_said_by_name(api: Api, imported: Case, ming: Any, eve: Any, root: Any) -> None:
    api(root).post(LINKS, NAME)
    taken = api(root).post(LINKS, {**NAME, "username": "eve"})
    assert (taken.status_code, taken.json()["code"]) == (409, "identity_taken")
    unknown = api(root).post(LINKS, {**NAME, "platform": "ebay", "username": "eve"})
    assert [error["pointer"] for error in unknown.json()["errors"]] == ["/platform"]
    nobody = api(root).post(LINKS, {**NAME, "username": "nobody"})
    assert (nobody.status_code, nobody.json()["errors"][0]["code"]) == (422, "unknown_person")


def test_members_leave_and_are_taken_out(api: Api, shop: Any, lan: Any, eve: Any, ming: Any) -> None:
    address = f"/api/v1/shops/{shop.pk}/members/"
    join_shop(eve, shop, "agent")
    assert [row["role"] for row in api(eve).get(address).json()["data"]] == ["owner", "agent"]
    assert api(eve).delete(f"{address}{lan.pk}/").status_code == 403
    last = api(lan).delete(f"{address}{lan.pk}/")
    assert (last.status_code, last.json()["code"]) == (409, "last_owner")
    assert api(lan).delete(f"{address}{ming.pk}/").status_code == 404
    assert api(lan).delete(f"{address}{eve.pk}/").status_code == 204
    assert api(eve).get(address).status_code == 404
    assert MembershipRecord.objects.filter(user=eve, change="removed", by=lan).exists()
