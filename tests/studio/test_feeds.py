"""Feeds in the studio and in the interface: ask, switch, see who waits."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from rest_framework.test import APIClient

from accounts.services import appoint
from disputes.models import Case, Deadline, Feed
from disputes.services.stalling import STALE_AFTER, watch

pytestmark = pytest.mark.django_db
FEEDS = reverse("studio:feeds")
ON, OFF = (reverse(f"studio:{name}", args=["taobao", "orders"]) for name in ("feed-on", "feed-off"))


@pytest.fixture
def waiting(order_of: Any, file: Any) -> int:
    """A refund asked before shipping, which relies on the orders of Taobao."""
    order = order_of(status="unshipped", shipped_at=None, signed_at=None)
    return int(file(order, reason="OUT_OF_STOCK").case_id)


def status_of(case_id: int) -> str:
    return Deadline.objects.get(case_id=case_id, name="unshipped_response").status


def go_stale() -> None:
    Feed.objects.update(silent_for=STALE_AFTER)
    watch()


def test_a_feed_is_switched_on_seen_stale_and_switched_off(studio: Client, waiting: int) -> None:
    assert ON in studio.get(FEEDS).content.decode()
    assert "After 6 hours without an import" in studio.get(ON).content.decode()
    assert not Feed.objects.exists(), "asking switches nothing"
    assert "order data count from now on" in studio.post(ON, follow=True).content.decode()
    go_stale()
    assert status_of(waiting) == "paused"
    for page in (FEEDS, reverse("studio:timers")):
        words = studio.get(page).content.decode()
        assert "Taobao: order data do not arrive" in words, page
        assert "1 case waits for them." in words, page
    assert '<dd class="num">1</dd>' in studio.get(OFF).content.decode()
    told = studio.post(OFF, follow=True).content.decode()
    assert "order data no longer count. 1 case goes on." in told
    assert status_of(waiting) == "pending"
    assert "do not arrive" not in studio.get(FEEDS).content.decode()


def test_an_administrator_of_one_platform_sees_and_switches_its_feeds_alone(
    client: Client, person: Any, published: None
) -> None:
    keeper = person("keeper", language="en")
    appoint(keeper, "administrator", "xianyu")
    client.force_login(keeper)
    words = client.get(FEEDS).content.decode()
    assert "Xianyu" in words
    assert "Taobao" not in words
    assert (client.get(ON).status_code, client.post(ON).status_code) == (404, 404)
    assert client.post(reverse("studio:feed-on", args=["xianyu", "parcels"])).status_code == 302
    assert list(Feed.objects.values_list("platform", "kind", "is_on")) == [("xianyu", "parcels", True)]


def test_an_unknown_feed_is_not_found(studio: Client) -> None:
    for args in (["taobao", "weather"], ["ebay", "orders"]):
        assert studio.post(reverse("studio:feed-on", args=args)).status_code == 404


def test_the_page_refuses_a_form_from_elsewhere(root: Any, published: None) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(root)
    assert client.post(ON).status_code == 403
    assert not Feed.objects.exists()


def test_a_program_lists_and_switches_feeds(root: Any, waiting: int) -> None:
    client = APIClient()
    client.force_authenticate(root)
    address = "/api/v1/platforms/taobao/feeds/"
    listed = client.get(address).json()["data"]
    assert [(feed["kind"], feed["on"], feed["waiting"]) for feed in listed] == [
        ("orders", False, 0),
        ("parcels", False, 0),
    ]
    assert client.post(f"{address}orders/on/", {"for": "ever"}, format="json").status_code == 422
    done = client.post(f"{address}orders/on/").json()
    assert (done["on"], done["changed"], done["finished"]) == (True, 0, True)
    go_stale()
    stale = client.get(address).json()["data"][0]
    assert (stale["silent_seconds"], stale["waiting"]) == (6 * 3600, 1)
    assert stale["stale_since"].endswith("Z")
    case = client.get(f"/api/v1/cases/{number_of(waiting)}/").json()
    (clock,) = (clock for clock in case["deadlines"] if clock["name"] == "unshipped_response")
    assert (clock["state"], clock["paused"]["code"]) == ("paused", "feed_stalled:orders")
    assert client.post(f"{address}orders/off/").json()["changed"] == 1
    assert client.post(f"{address}weather/on/").status_code == 404
    assert client.get("/api/v1/platforms/ebay/feeds/").status_code == 404


def number_of(case_id: int) -> str:
    return Case.objects.values_list("number", flat=True).get(pk=case_id)


def test_readiness_names_what_is_stale_and_stays_ready(client: Client, root: Any, waiting: int) -> None:
    assert client.get("/readyz/").json()["stale_feeds"] == []
    client.force_login(root)
    client.post(ON)
    go_stale()
    answer = client.get("/readyz/")
    assert (answer.status_code, answer.json()["stale_feeds"]) == (200, ["taobao.orders"])
