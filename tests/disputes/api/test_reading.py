"""What is read: moments in UTC, evidence by token, lists that take only what they know."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image
from rest_framework.test import APIClient

pytestmark = pytest.mark.django_db
Api = Callable[..., APIClient]


def moments(text: str) -> list[str]:
    """Every moment in a body, with its offset."""
    return re.findall(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+(?:Z|[+-][0-9:]+)?", text)


def test_every_moment_is_told_in_utc_beside_the_platforms_zone(api: Api, ming: Any, order_of: Any, file: Any) -> None:
    ming.time_zone = "America/Los_Angeles"
    ming.save()
    order = order_of()
    case = f"/api/v1/cases/{file(order).number}/"
    found = []
    for address in (
        case, f"{case}events/", f"{case}exhibits/", "/api/v1/cases/", "/api/v1/orders/", f"/api/v1/orders/{order.pk}/",
        f"/api/v1/orders/{order.pk}/eligibility/", "/api/v1/platforms/", "/api/v1/packs/taobao.general/policy/",
    ):  # fmt: skip
        told = moments(api(ming).get(address).content.decode())
        assert [text for text in told if not text.endswith(("Z", "+00:00"))] == [], address
        found += told
    assert found
    for address in ("/api/v1/cases/", "/api/v1/orders/"):
        assert api(ming).get(address).json()["data"][0]["time_zone"] == "Asia/Shanghai"


@pytest.fixture
def picture() -> SimpleUploadedFile:
    drawn = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(drawn, "PNG")
    return SimpleUploadedFile("box.png", drawn.getvalue(), content_type="image/png")


def test_a_token_reads_the_files_of_the_exhibits_it_may_see(
    api: Api, ming: Any, lan: Any, eve: Any, order_of: Any, file: Any, picture: SimpleUploadedFile
) -> None:
    case = f"/api/v1/cases/{file(order_of()).number}"
    body = {"description": "A torn box.", "files": picture}
    drafted = api(ming).post(f"{case}/exhibits/", body, format="multipart").json()["exhibit"]
    address = f"{case}/exhibits/{drafted['id']}/files/{drafted['files'][0]['id']}/"
    picture.seek(0)
    mine = api(ming).get(address)
    assert (mine.status_code, b"".join(mine.streaming_content)) == (200, picture.read())
    assert mine.headers["Content-Disposition"].startswith("attachment")
    assert [api(person).get(address).status_code for person in (lan, eve)] == [404, 404]
    api(ming).post(f"{case}/actions/submit_exhibit/", {"exhibit": drafted["id"]})
    preview = api(lan).get(address, {"variant": "preview"})
    assert (preview.status_code, preview.headers["Content-Type"]) == (200, "image/jpeg")
    assert b"".join(preview.streaming_content)
    assert api(lan).get(address, {"variant": "huge"}).status_code == 400
    other = f"/api/v1/cases/{file(order_of()).number}/exhibits/{drafted['id']}/files/{drafted['files'][0]['id']}/"
    assert api(ming).get(other).status_code == 404


def test_the_list_of_exhibits_comes_in_parts(api: Api, ming: Any, order_of: Any, file: Any) -> None:
    address = f"/api/v1/cases/{file(order_of()).number}/exhibits/"
    for text in ("One.", "Two.", "Three."):
        api(ming).post(address, {"description": text})
    first = api(ming).get(address, {"limit": 2}).json()
    rest = api(ming).get(address, {"limit": 2, "after": first["next"]}).json()
    assert (len(first["data"]), len(rest["data"]), rest["next"]) == (2, 1, None)
    assert len({item["id"] for item in (*first["data"], *rest["data"])}) == 3
    assert api(ming).get(address, {"limit": "x"}).status_code == 400


def test_the_letters_of_a_number_may_be_small(api: Api, ming: Any, order_of: Any, file: Any) -> None:
    number = file(order_of()).number
    assert api(ming).get(f"/api/v1/cases/{number.lower()}/").json()["number"] == number
    sent = api(ming).post(f"/api/v1/cases/{number.lower()}/actions/message/", {"text": "Hello"})
    assert sent.status_code == 200


@pytest.mark.parametrize(
    "query",
    [
        "cases/?stage=NOWHERE", "cases/?platform=ebay", "cases/?waiting_on=me", "cases/?order=newest",
        "cases/?role=king",
        "orders/?status=lost", "orders/?platform=ebay", "queue/?tab=yours",
    ],
)  # fmt: skip
def test_a_list_refuses_what_it_does_not_know(api: Api, zhou: Any, query: str) -> None:
    answer = api(zhou).get(f"/api/v1/{query}")
    name = query.partition("?")[2].partition("=")[0]
    assert answer.status_code == 400
    assert [error["pointer"] for error in answer.json()["errors"]] == [f"/{name}"]


def test_a_filing_refuses_fields_it_does_not_know(api: Api, ming: Any, order_of: Any) -> None:
    answer = api(ming).post("/api/v1/cases/", {"order": order_of().pk, "descripton": "x"})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/descripton")
    assert "“description”" in answer.json()["errors"][0]["detail"]


def test_an_import_names_its_shop_in_three_ways(api: Api, lan: Any, root: Any, shop: Any) -> None:
    shop.outside_id = "lan-home"
    shop.save()
    (row,) = api(lan).get("/api/v1/shops/").json()["data"]
    assert (row["id"], row["platform"], row["name"]) == (shop.pk, shop.platform, shop.name)
    body = {"format": "native", "payload": {"version": 1, "orders": []}}
    for person, named in (
        (lan, shop.pk), (lan, "lan-home"), (lan, {"platform": shop.platform, "name": shop.name}),
        (root, "lan-home"),
    ):  # fmt: skip
        answer = api(person).post("/api/v1/orders/import/", {**body, "shop": named})
        assert answer.status_code == 200, answer.content
    unknown = api(lan).post("/api/v1/orders/import/", {**body, "shop": "nobody"})
    assert (unknown.status_code, unknown.json()["errors"][0]["pointer"]) == (422, "/shop")


def test_an_import_says_what_it_does_not_know(api: Api, root: Any, published: None) -> None:
    body = {"format": "native", "payload": {"version": 1, "ordres": [], "orders": []}}
    assert "“orders”" in api(root).post("/api/v1/orders/import/", body).json()["errors"][0]["detail"]
    assert api(root).post("/api/v1/orders/import/?dry_run=maybe", body).status_code == 400
    assert api(root).post("/api/v1/orders/import/", {**body, "dry_run": True}).status_code == 422


def test_a_filing_names_a_code_nobody_knows(api: Api, ming: Any, order_of: Any) -> None:
    order = order_of()
    lines = [{"line": line.pk, "quantity": line.quantity} for line in order.lines.all()]
    body = {"order": order.pk, "lines": lines, "reason": "BROKN", "remedy": "gift", "amount": "1.00"}
    answer = api(ming).post("/api/v1/cases/", body)
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == ["/reason", "/remedy"]
