"""Who gets what at every address of the interface, taken from the resolver: an address nobody listed fails here."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import URLPattern, URLResolver, get_resolver
from rest_framework.test import APIClient

from accounts.identities import link_identity
from accounts.memberships import join_shop
from accounts.services import issue_token, suspend_person
from disputes.selectors.bulk import CaseQuery
from disputes.selectors.histories import Chosen
from disputes.services.bulk_starting import start_run
from rules.calendar_drafts import begin_calendar_draft
from rules.drafts import begin_draft
from rules.selectors import versions_of
from studio.lab.running import start_verification
from tests.disputes.frozen import a_freeze

pytestmark = pytest.mark.django_db

WHO = ("anonymous", "buyer", "other_buyer", "seller", "other_seller", "arbitrator", "administrator", "eve", "suspended")
METHODS = ("get", "post", "put", "patch", "delete")

PARTIES = dict(zip(WHO, (401, 200, 404, 200, 404, 200, 200, 404, 401), strict=True))
"""Reading a case of Ming's at Lan's: its parties and the platform may, nobody else learns that it exists."""
EVERYBODY = dict(zip(WHO, (401, 200, 200, 200, 200, 200, 200, 200, 401), strict=True))


def _with(table: dict[str, int], **changes: int) -> dict[str, int]:
    return {**table, **changes}


def _all(code: int) -> dict[str, int]:
    return {who: 401 if who in ("anonymous", "suspended") else code for who in WHO}


EXPECTED: dict[tuple[str, str], dict[str, int]] = {
    ("platforms/", "get"): EVERYBODY,
    ("platforms/<str:platform>/feeds/", "get"): _with(_all(403), administrator=200),
    ("platforms/<str:platform>/feeds/<str:kind>/on/", "post"): _with(_all(403), administrator=200),
    ("platforms/<str:platform>/feeds/<str:kind>/off/", "post"): _with(_all(403), administrator=200),
    ("packs/<str:pack>/policy/", "get"): EVERYBODY,
    ("packs/<str:pack>/stop/", "post"): _with(_all(403), administrator=200),
    ("packs/<str:pack>/resume/", "post"): _with(_all(403), arbitrator=409, administrator=409),
    ("packs/<str:pack>/drafts/", "get"): _with(_all(403), administrator=200),
    ("packs/<str:pack>/drafts/", "post"): _with(_all(403), administrator=201),
    ("packs/<str:pack>/drafts/<int:draft>/", "get"): _with(_all(403), administrator=200),
    ("packs/<str:pack>/drafts/<int:draft>/document/", "get"): _with(_all(403), administrator=200),
    ("packs/<str:pack>/drafts/<int:draft>/actions/<slug:action>/", "post"): _with(_all(403), administrator=200),
    ("calendars/", "get"): _with(_all(403), administrator=200),
    ("calendars/<str:country>/", "get"): _with(_all(403), administrator=200),
    ("calendars/<str:country>/editions/", "get"): _with(_all(403), administrator=200),
    ("calendars/<str:country>/years/<int:year>/", "get"): _with(_all(403), administrator=200),
    ("calendars/<str:country>/differences/", "get"): _with(_all(403), administrator=200),
    ("calendars/<str:country>/document/", "get"): _with(_all(403), administrator=200),
    ("calendars/<str:country>/actions/", "get"): _with(_all(403), administrator=200),
    ("calendars/<str:country>/drafts/", "get"): _with(_all(403), administrator=200),
    ("calendars/<str:country>/drafts/", "post"): _with(_all(403), administrator=409),
    ("calendars/<str:country>/drafts/<int:calendar_draft_id>/", "get"): _with(_all(403), administrator=200),
    ("calendars/<str:country>/drafts/<int:calendar_draft_id>/document/", "get"): _with(_all(403), administrator=200),
    ("calendars/<str:country>/drafts/<int:calendar_draft_id>/preview/", "post"): _with(_all(403), administrator=200),
    ("calendars/<str:country>/drafts/<int:calendar_draft_id>/actions/<slug:action>/", "post"): _with(
        _all(403), administrator=200
    ),
    ("packs/<str:pack>/actions/", "get"): _with(_all(403), administrator=200),
    ("audit/", "get"): _with(_all(403), administrator=200),
    ("packs/<str:pack>/versions/", "get"): _with(_all(403), administrator=200),
    ("packs/<str:pack>/versions/<int:version>/", "get"): _with(_all(403), administrator=200),
    ("packs/<str:pack>/versions/<int:version>/differences/", "get"): _with(_all(403), administrator=200),
    ("packs/<str:pack>/versions/<int:version>/simulate/", "post"): _with(_all(403), administrator=201),
    ("packs/<str:pack>/versions/<int:version>/deadlines/<slug:name>/example/", "get"): _with(
        _all(403), administrator=200
    ),
    ("freezes/", "get"): _with(_all(403), administrator=200),
    ("freezes/", "post"): _with(_all(403), administrator=201),
    ("freezes/preview/", "post"): _with(_all(403), administrator=200),
    ("freezes/<int:freeze>/", "get"): _with(_all(403), administrator=200),
    ("freezes/<int:freeze>/end/", "post"): _with(_all(403), administrator=200),
    ("lab/runs/", "get"): _with(_all(403), administrator=200),
    ("lab/runs/", "post"): _with(_all(403), administrator=201),
    ("lab/runs/<int:lab_id>/", "get"): _with(_all(403), administrator=200),
    ("lab/runs/<int:lab_id>/cancel/", "post"): _with(_all(403), administrator=200),
    ("lab/runs/<int:lab_id>/differences/", "get"): _with(_all(403), administrator=200),
    ("orders/", "get"): EVERYBODY,
    ("orders/import/", "post"): _with(_all(403), seller=200, other_seller=200, administrator=200),
    ("orders/<int:order>/", "get"): PARTIES,
    ("orders/<int:order>/eligibility/", "get"): PARTIES,
    ("orders/<int:order>/actions/<slug:action>/", "post"): _with(
        PARTIES, buyer=409, seller=409, arbitrator=409, administrator=409
    ),
    ("cases/", "get"): EVERYBODY,
    ("cases/", "post"): _with(_all(404), buyer=409),
    ("cases/<str:number>/", "get"): PARTIES,
    ("cases/<str:number>/actions/<slug:action>/", "post"): PARTIES,
    ("cases/<str:number>/payout/", "post"): _with(PARTIES, buyer=403, seller=403, arbitrator=403, administrator=409),
    ("cases/<str:number>/deadlines/<slug:name>/why/", "get"): PARTIES,
    ("cases/<str:number>/events/", "get"): PARTIES,
    ("cases/<str:number>/exhibits/", "get"): PARTIES,
    ("cases/<str:number>/exhibits/", "post"): _with(PARTIES, buyer=201, seller=201, arbitrator=404, administrator=404),
    ("cases/<str:number>/exhibits/requirements/", "get"): PARTIES,
    ("cases/<str:number>/exhibits/<uuid:exhibit>/", "delete"): _with(_all(404), buyer=204),
    ("cases/<str:number>/exhibits/<uuid:exhibit>/files/<uuid:file>/", "get"): _with(_all(404), buyer=200),
    ("shops/", "get"): EVERYBODY,
    ("shops/<int:shop>/members/", "get"): _with(_all(404), seller=200),
    ("shops/<int:shop>/members/<int:user>/", "delete"): _with(_all(404), seller=204),
    ("identity-links/", "get"): _with(_all(403), administrator=200),
    ("identity-links/", "post"): _with(_all(403), administrator=201),
    ("identity-links/<int:link_id>/undo/", "post"): _with(_all(403), administrator=200),
    ("bulk-runs/", "get"): _with(_all(403), administrator=200),
    ("bulk-runs/", "post"): _with(_all(403), administrator=201),
    ("bulk-runs/preview/", "post"): _with(_all(403), administrator=200),
    ("bulk-runs/<int:bulk_id>/", "get"): _with(_all(403), administrator=200),
    ("bulk-runs/<int:bulk_id>/cancel/", "post"): _with(_all(403), administrator=200),
    ("bulk-runs/<int:bulk_id>/results/", "get"): _with(_all(403), administrator=200),
    ("timers/", "get"): _with(_all(403), administrator=200),
    ("timers/stuck/", "get"): _with(_all(403), administrator=200),
    ("timers/stuck/retry/", "post"): _with(_all(403), administrator=200),
    ("queue/", "get"): _with(_all(403), arbitrator=200, administrator=200),
    ("queue/claim/", "post"): _with(_all(403), arbitrator=204),
}
"""What each gets; a method an address does not take is 405 for whoever is logged in."""

ACTIONS = {"cases": "message", "packs": "discard", "calendars": "discard"}
HELD = {"kind": "hold", "parameters": {"held_for": "technical"}}
FREEZE = {
    "platform": "taobao", "begins_at": "2099-02-01T00:00:00Z", "ends_at": "2099-02-08T00:00:00Z",
    "reason_zh": "春节", "reason_en": "Spring Festival",
}  # fmt: skip
BODIES: dict[tuple[str, str], dict[str, Any]] = {
    ("packs/<str:pack>/stop/", "post"): {"reason": "The carrier's feed is wrong."},
    ("packs/<str:pack>/drafts/", "post"): {"title": "Ten days"},
    ("packs/<str:pack>/drafts/<int:draft>/actions/<slug:action>/", "post"): {"revision": 1},
    ("calendars/<str:country>/drafts/<int:calendar_draft_id>/preview/", "post"): {"text": "date,kind"},
    ("calendars/<str:country>/drafts/<int:calendar_draft_id>/actions/<slug:action>/", "post"): {"revision": 1},
    ("freezes/", "post"): FREEZE,
    ("freezes/preview/", "post"): {**FREEZE, "begins_at": "2099-03-01T00:00:00Z", "ends_at": "2099-03-02T00:00:00Z"},
    ("bulk-runs/", "post"): {**HELD, "reason": "An outage.", "expected_count": 1},
    ("bulk-runs/preview/", "post"): HELD,
    ("orders/import/", "post"): {"format": "native", "payload": {"version": 1, "orders": []}},
    ("cases/<str:number>/actions/<slug:action>/", "post"): {"text": "Hello"},
    ("identity-links/", "post"): {"platform": "taobao", "outside_id": "tb_9", "username": "ming"},
    ("cases/<str:number>/payout/", "post"): {"status": "succeeded"},
    ("cases/<str:number>/exhibits/", "post"): {"description": "A torn box."},
}


def addresses(patterns: list[Any], prefix: str = "") -> Iterator[str]:
    for pattern in patterns:
        address = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern.url_patterns, address)
        elif isinstance(pattern, URLPattern):
            yield address


def routes() -> list[str]:
    """Every address below /api/v1/ but the one that gives out tokens."""
    found = [
        address.removeprefix("api/v1/")
        for address in addresses(get_resolver().url_patterns)
        if address.startswith("api/v1/")
    ]
    return [address for address in found if address != "auth/token/"]


def test_every_address_is_listed() -> None:
    assert sorted({route for route, _method in EXPECTED}) == sorted(routes())


@pytest.fixture
def cast(person: Any, ming: Any, lan: Any, zhou: Any, root: Any, eve: Any, shop: Any) -> dict[str, Any]:
    from accounts.models import Membership, Shop

    other = person("mei")
    Membership.objects.create(user=other, shop=Shop.objects.create(platform="taobao", name="Mei", outside_id="mei"))
    return {
        "buyer": ming, "other_buyer": person("hong"), "seller": lan, "other_seller": other, "arbitrator": zhou,
        "administrator": root, "eve": eve, "suspended": person("gone"),
    }  # fmt: skip


@pytest.fixture
def send(cast: dict[str, Any], order_of: Any, file: Any, shop: Any, person: Any) -> Callable[[str, str, str], int]:
    """Send one request as somebody, about an order of Ming's with a case and a draft of evidence."""
    from disputes.selectors.access import case_for
    from disputes.services.exhibiting import draft_exhibit

    order = order_of()
    number = file(order).number
    upload = SimpleUploadedFile("a.txt", b"What was said.", content_type="text/plain")
    drafted = draft_exhibit(case_for(cast["buyer"], number), description="A torn box.", uploads=[upload])
    (kept,) = drafted.receipt.files
    thrown_away = draft_exhibit(case_for(cast["buyer"], number), description="A scratch.").exhibit_id
    line = order.lines.get().pk
    agent = person("agent")
    join_shop(agent, shop, "agent")
    linked = link_identity("taobao", "tb_8", cast["buyer"]).link_id
    bulk_run = start_run(
        "hold", CaseQuery(platforms=()), {"held_for": "technical"}, reason="x", expected=1, actor=cast["administrator"]
    )
    lab_run = start_verification(Chosen(), by_id=None)
    calendar_drafted = begin_calendar_draft("cn", author_id=cast["administrator"].pk).id
    frozen = a_freeze(cast["administrator"]).pk
    rules_drafted = begin_draft(versions_of("taobao.general")[0], title="x", author_id=cast["administrator"].pk).id

    def run(who: str, route: str, method: str) -> int:
        address = route
        for place, value in {
            "<str:pack>": "taobao.general", "<int:version>": 1, "<slug:name>": "seller_response",
            "<int:order>": order.pk, "<str:number>": number,
            "<uuid:exhibit>": drafted.exhibit_id if "/files/" in route else thrown_away,
            "<uuid:file>": kept.id, "<int:shop>": shop.pk, "<int:user>": agent.pk, "<int:link_id>": linked,
            "<str:platform>": "taobao", "<str:kind>": "orders",
            "<int:lab_id>": lab_run, "<int:bulk_id>": bulk_run, "<int:freeze>": frozen,
            "<str:country>": "cn", "<int:year>": 2027, "<int:calendar_draft_id>": calendar_drafted,
            "<int:draft>": rules_drafted, "<slug:action>": ACTIONS.get(route.partition("/")[0], "extend_receipt"),
        }.items():  # fmt: skip
            address = address.replace(place, str(value))
        body = BODIES.get((route, method), {})
        if (route, method) == ("cases/", "post"):
            claims = [{"line": line, "quantity": 1}]
            body = {"order": order.pk, "lines": claims, "reason": "DAMAGED", "remedy": "refund_only", "amount": "1.00"}
        answer = getattr(_client(cast, who), method)(f"/api/v1/{address}", body)
        if answer.streaming:
            list(answer.streaming_content)  # its end closes the file
        return answer.status_code

    return run


def _client(cast: dict[str, Any], who: str) -> APIClient:
    client = APIClient()
    if who != "anonymous":
        client.credentials(HTTP_AUTHORIZATION=f"Bearer {issue_token(cast[who])}")
    if who == "suspended":
        suspend_person(cast[who].pk)
    return client


@pytest.mark.parametrize("who", WHO)
def test_each_gets_what_is_theirs(send: Callable[[str, str, str], int], who: str) -> None:
    wrong = []
    for route in sorted(routes()):
        for method in METHODS:
            expected = EXPECTED.get((route, method), _all(405))[who]
            got = send(who, route, method)
            if got != expected:
                wrong.append((method, route, f"got {got}, expected {expected}"))
    assert wrong == []
