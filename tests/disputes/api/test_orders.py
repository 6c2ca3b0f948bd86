"""Orders, eligibility, imports, platforms and rules over the interface."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from rest_framework.test import APIClient

from contract.clock import database_now
from disputes.models import Case, Order

pytestmark = pytest.mark.django_db
Api = Callable[..., APIClient]
SAMPLES = Path(__file__).parents[1] / "samples"


def test_orders_are_listed_and_read(api: Api, ming: Any, lan: Any, order_of: Any, file: Any) -> None:
    order = order_of()
    number = file(order).number
    (row,) = api(ming).get("/api/v1/orders/").json()["data"]
    assert (row["id"], row["status"], row["open_case"]) == (order.pk, "shipped", number)
    seen = api(lan).get(f"/api/v1/orders/{order.pk}/").json()
    assert (seen["viewer"], seen["lines"][0]["cases"]) == ("seller", [number])
    assert "auto_confirm" in [clock["name"] for clock in seen["clocks"]]


def test_eligibility_names_reasons_remedies_and_the_maximum(api: Api, ming: Any, order_of: Any) -> None:
    told = api(ming).get(f"/api/v1/orders/{order_of().pk}/eligibility/").json()
    (line,) = told["lines"]
    assert told["eligible"]
    assert line["maximum"] == {"amount": "128.00", "currency": "CNY"}
    damaged = next(reason for reason in line["reasons"] if reason["code"] == "DAMAGED")
    assert {"code": "refund_only", "label": "Refund only", "returns_goods": False} in damaged["remedies"]


def test_eligibility_says_why_not_and_until_when(api: Api, ming: Any, order_of: Any) -> None:
    completed = database_now() - timedelta(days=20)
    order = order_of(status="completed", completed_at=completed)
    (line,) = api(ming).get(f"/api/v1/orders/{order.pk}/eligibility/").json()["lines"]
    assert (line["eligible"], line["code"]) == (False, "aftersale_window_closed")
    assert line["detail"] == "The after-sale period of this order is over."


def test_the_receipt_period_is_extended_once_under_one_key(api: Api, lan: Any, order_of: Any) -> None:
    ends = database_now() + timedelta(days=3)
    order = order_of(pack="aliexpress", receipt_ends_at=ends, destination="BR")
    address = f"/api/v1/orders/{order.pk}/actions/extend_receipt/"
    first = api(lan).post(address, {}, headers={"Idempotency-Key": "more"})
    again = api(lan).post(address, {}, headers={"Idempotency-Key": "more"})
    assert first.status_code == again.status_code
    if first.status_code == 200:
        assert again.json() == first.json()
        order.refresh_from_db()
        assert order.receipt_ends_at == ends + timedelta(days=30)
        assert api(lan).post(address, {}).json()["code"] == "already_extended"
    else:
        assert first.json()["code"] == "not_a_slow_country"


def test_a_marketplaces_answer_is_imported_dry_first(api: Api, root: Any, published: None) -> None:
    payload = json.loads((SAMPLES / "taobao_trade_fullinfo_get.json").read_text())
    body = {"format": "taobao", "payload": payload}
    dry = api(root).post("/api/v1/orders/import/?dry_run=1", body)
    assert (dry.status_code, dry.json()["dry_run"], Order.objects.count()) == (200, True, 0)
    done = api(root).post("/api/v1/orders/import/", body)
    assert done.status_code == 200
    assert sum(done.json()["counts"].values()) == len(done.json()["rows"])
    assert Order.objects.count() == done.json()["counts"]["created"] - Case.objects.count()
    unreadable = api(root).post("/api/v1/orders/import/", {"format": "taobao", "payload": "no json"})
    assert unreadable.status_code == 422


def test_platforms_name_their_packs(api: Api, eve: Any, published: None) -> None:
    found = {
        each["platform"]: [pack["pack"] for pack in each["packs"]]
        for each in api(eve).get("/api/v1/platforms/").json()["data"]
    }
    assert found == {
        "aliexpress": ["aliexpress"], "taobao": ["taobao.general", "taobao.virtual"], "tmall": ["tmall"],
        "xianyu": ["xianyu.general", "xianyu.virtual"],
    }  # fmt: skip


def test_a_pack_tells_its_rules_with_their_sources(api: Api, eve: Any, published: None) -> None:
    policy = api(eve).get("/api/v1/packs/taobao.virtual/policy/").json()
    rules = {rule["name"]: rule for rule in policy["deadlines"]}
    assert (rules["intervention_gate"]["id"], rules["intervention_gate"]["lengths"]) == ("V2", ["3d"])
    assert rules["opinion"]["lengths"] == ["4wd to 6wd"]
    assert policy["document"]["pack"] == "taobao.virtual"
    assert api(eve).get("/api/v1/packs/ebay/policy/").status_code == 404
    assert api(eve).get("/api/v1/packs/taobao.virtual/policy/", {"at": "2001-01-01T00:00:00Z"}).status_code == 404
    assert api(eve).get("/api/v1/packs/taobao.virtual/policy/", {"at": "yesterday"}).status_code == 400
