"""The same mistake has the same answer at every address, action and stage: wrong bodies made from the description."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

import pytest
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.generators import SchemaGenerator
from rest_framework.test import APIClient

from accounts.identities import link_identity
from contract.clock import database_now
from disputes.models import Case, Exhibit
from disputes.selectors.access import case_for
from disputes.selectors.bulk import CaseQuery
from disputes.selectors.histories import Chosen
from disputes.services.acting import perform
from disputes.services.bulk_starting import start_run
from disputes.services.importing import run_import
from rules.calendar_drafts import begin_calendar_draft
from rules.drafts import begin_draft
from rules.selectors import version_in_force
from studio.lab.running import start_verification
from tests.disputes.frozen import a_freeze
from tests.disputes.importing.told import a_refund, an_order
from tests.disputes.pages.cases_on_the_bench import hand_in, in_review, ruled

pytestmark = pytest.mark.django_db
Schema = dict[str, Any]
Problems = set[tuple[str, str]]

TOLD_STAGES: Final = (
    "WAIT_SELLER", "SELLER_REFUSED", "WAIT_BUYER_RETURN", "WAIT_SELLER_RECEIPT", "EVIDENCE", "REVIEW", "CLOSED",
)  # fmt: skip
"""Those a marketplace tells of."""
PLAYED_STAGES: Final = ("WAIT_REPLACEMENT", "WAIT_BUYER_CHECK", "RULED", "APPEAL_EVIDENCE", "RE_REVIEW")
STAGES: Final = TOLD_STAGES + PLAYED_STAGES
MEANT_LATER: Final = frozenset({"payload", "shop"})
"""A body whose form is its reader's to say."""


@pytest.fixture(scope="module")
def description() -> Schema:
    with GENERATOR_STATS.silence():
        return SchemaGenerator().get_schema(request=None, public=True)


@pytest.fixture
def cast(ming: Any, lan: Any, zhou: Any, wu: Any, root: Any, shop: Any) -> dict[str, Any]:
    """Ming is u-ming, and Lan's shop u-lan's."""
    shop.outside_id = "u-lan"
    shop.save(update_fields=["outside_id"])
    link_identity("taobao", "u-ming", ming)
    return {"ming": ming, "lan": lan, "zhou": zhou, "wu": wu, "root": root}


@pytest.fixture
def case_in(cast: dict[str, Any], order_of: Any) -> Callable[[str], str]:
    """The number of a case that stands in a stage: as a marketplace tells it, or as people bring it there."""

    def run(stage: str) -> str:
        number = told(cast, stage) if stage in TOLD_STAGES else PLOTS[stage](cast, order_of)
        assert Case.objects.get(number=number).stage == stage
        return number

    return run


def told(cast: dict[str, Any], stage: str, remedy: str = "return_and_refund") -> str:
    ended = {"outcome": "withdrawn", "settled": "0.00"} if stage == "CLOSED" else {}
    refund = a_refund(stage=stage, remedy=remedy, created_at=database_now().isoformat(), **ended)
    payload = {"format": "gongduan", "platform": "taobao", "orders": [an_order()], "refunds": [refund]}
    report = run_import(cast["root"].pk, format="native", payload=payload)
    assert not report.count("refused"), report.rows
    return Case.objects.get().number


def replacing(cast: dict[str, Any], _order_of: Any) -> str:
    number = told(cast, "WAIT_SELLER_RECEIPT", remedy="exchange")
    perform(case_for(cast["lan"], number), "confirm_return", {"confirm": True})
    return number


def replaced(cast: dict[str, Any], order_of: Any) -> str:
    number = replacing(cast, order_of)
    perform(case_for(cast["lan"], number), "send_replacement", {"tracking": "SF2"})
    return number


def awaiting_a_second_person(cast: dict[str, Any], order_of: Any) -> str:
    number = in_review(order_of(paid="9000.00"), cast["ming"], cast["lan"])
    ruled(number, cast["zhou"], amount="9000.00")
    return number


def appealed(cast: dict[str, Any], order_of: Any) -> str:
    number = in_review(order_of(), cast["ming"], cast["lan"])
    ruled(number, cast["zhou"])
    perform(case_for(cast["lan"], number), "appeal", {"statement": "There is more."})
    return number


def reviewed_again(cast: dict[str, Any], order_of: Any) -> str:
    number = appealed(cast, order_of)
    exhibit = hand_in(cast["lan"], number, "green", "The parcel at the carrier's.")
    perform(case_for(cast["lan"], number), "submit_appeal", {"statement": "See it.", "exhibits": [exhibit]})
    return number


PLOTS: Final[Mapping[str, Callable[[dict[str, Any], Any], str]]] = {
    "WAIT_REPLACEMENT": replacing, "WAIT_BUYER_CHECK": replaced, "RULED": awaiting_a_second_person,
    "APPEAL_EVIDENCE": appealed, "RE_REVIEW": reviewed_again,
}  # fmt: skip


def wrong_values(schema: Mapping[str, Any]) -> Iterator[tuple[Any, str]]:
    """Values of other forms than a property's, and what each is called; nothing where the name depends on the field."""
    if "oneOf" in schema:
        amount = any("properties" in each for each in schema["oneOf"])
        yield from WRONG["amount" if amount else "choice"]
        return
    kind = next((each for each in _listed(schema.get("type")) if each not in (None, "null")), "")
    yield from WRONG[schema.get("format", "") if kind == "string" and schema.get("format") in WRONG else kind]
    if kind == "string" and "maxLength" in schema:
        yield ("x" * (schema["maxLength"] + 1), "text_too_long")


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


WRONG: Final[Mapping[str, tuple[tuple[Any, str], ...]]] = {
    "": (),
    "amount": (([1], "not_an_amount"), (True, "not_an_amount"), ("1e9", "not_an_amount"), ({"amount": []}, "")),
    "choice": (([1], "unknown_choice"), (5, "unknown_choice"), ("ZZZ", "unknown_choice")),
    "uuid": ((5, ""), ("zzz", ""), (["zzz"], "")),
    "date": ((5, "not_a_date"), ("yesterday", "not_a_date"), (["2026-01-01"], "not_a_date")),
    "date-time": ((5, "not_a_time"), ("yesterday", "not_a_time"), ("2026-01-01T00:00:00", "not_a_time")),
    "string": ((5, ""), (["x"], ""), ({"x": 1}, ""), (True, "")),
    "boolean": (("yes", "not_true_or_false"), (1, "not_true_or_false"), ([], "not_true_or_false")),
    "integer": (("5", "not_a_number"), (1.5, "not_a_number"), (True, "not_a_number"), (2**70, "not_a_number")),
    "array": ((5, "not_a_list"), ("x", "not_a_list"), ([[]], ""), ([5], "")),
    "object": (("x", "not_a_map"), ([1], "not_a_map")),
}
"""By type, or by the format of a string."""


def bodies(form: Schema) -> Iterator[tuple[Schema, Problems]]:
    """Bodies in which every property is wrong in its first, second, ... way; and one with a name nobody knows."""
    ways = {name: list(wrong_values(each)) for name, each in form["properties"].items() if name not in MEANT_LATER}
    for turn in range(max(map(len, ways.values()), default=0)):
        picked = {name: wrong[turn % len(wrong)] for name, wrong in ways.items() if wrong}
        yield (
            {name: value for name, (value, _code) in picked.items()},
            {(f"/{name}", code) for name, (_value, code) in picked.items()},
        )
    yield {"nonsense": 1}, {("/nonsense", "unknown_field")}
    yield {"nonsense/2": {}}, {("/nonsense~12", "unknown_field")}


def missed(answer: Any, expected: Problems) -> list[str]:
    """What an answer should have named and did not."""
    told = {(error["pointer"], error["code"]) for error in answer.json().get("errors", [])}
    if answer.status_code != 422 or answer.json()["code"] != "invalid_fields":
        return [f"{answer.status_code} {answer.json()['code']}"]
    return [
        f"{pointer} {code} not among {sorted(told)}"
        for pointer, code in expected
        if not any(
            at == pointer or (not code and at.startswith(f"{pointer}/")) for at, is_ in told if code in ("", is_)
        )
    ]


NO_MAPS: Final = ("[]", "[{}]", '"x"', "null", "5", "true")


def is_malformed(client: APIClient, address: str, text: str) -> bool:
    """Whether JSON that is no map is told to be none."""
    answer = client.post(address, text, content_type="application/json")
    return (answer.status_code, answer.json().get("code")) == (400, "malformed")


def client_of(person: Any) -> APIClient:
    client = APIClient(headers={"Accept-Language": "en"})
    client.force_authenticate(person)
    return client


def unknown_codes(fields: list[Schema], form: Schema, number: str) -> Iterator[tuple[Schema, Problems]]:
    """Bodies with one code nobody knows, and else with what is needed."""
    said: Schema = {field["name"]: "Said." for field in fields if field["required"] and field["type"] == "text"}
    if "findings" in form["properties"]:
        handed_in = Exhibit.objects.filter(case__number=number, status="submitted").values_list("pk", flat=True)
        said["findings"] = {str(exhibit): "Looked at." for exhibit in handed_in}
    for field in fields:
        if field["choices"] and field["name"] in form["properties"]:
            yield {**said, field["name"]: "ZZZ"}, {(f"/{field['name']}", "unknown_choice")}


def forms_of_actions(description: Schema) -> dict[str, Schema]:
    body = description["paths"]["/api/v1/cases/{number}/actions/{action}/"]["post"]["requestBody"]
    return {form["title"]: form for form in body["content"]["application/json"]["schema"]["anyOf"]}


@pytest.mark.parametrize("stage", STAGES)
def test_every_action_of_a_stage_names_what_is_wrong_with_its_fields(
    description: Schema, cast: dict[str, Any], case_in: Callable[[str], str], stage: str
) -> None:
    number, forms = case_in(stage), forms_of_actions(description)
    wrong: list[tuple[Any, ...]] = []
    tried: set[tuple[str, str]] = set()
    for who, person in cast.items():
        client = client_of(person)
        case = client.get(f"/api/v1/cases/{number}/").json()
        for offered in case["available_actions"]:
            action, address = offered["action"], f"/api/v1/cases/{number}/actions/{offered['action']}/"
            if (case["viewer"], action) in tried:
                continue
            tried.add((case["viewer"], action))
            codes = unknown_codes(offered["fields"], forms[action], number)
            for body, expected in [*bodies(forms[action]), *codes]:
                wrong += [(who, action, body, each) for each in missed(client.post(address, body), expected)]
            wrong += [(who, action, text) for text in NO_MAPS if not is_malformed(client, address, text)]
        assert client.get(f"/api/v1/cases/{number}/").json()["version"] == case["version"]
    assert not wrong, "\n".join(map(str, wrong))[:6000]
    assert len(tried) > 5


def resolved(description: Schema, schema: Schema) -> Schema:
    """A form without references."""
    if "$ref" in schema:
        schema = description["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
    return schema


WHO: Final = {
    "/api/v1/auth/token/": "eve", "/api/v1/cases/": "ming", "/api/v1/cases/{number}/exhibits/": "ming",
    "/api/v1/orders/{order}/actions/{action}/": "lan", "/api/v1/queue/claim/": "zhou",
}  # fmt: skip
"""Who may, where Root may not."""
OF_A_DRAFT: Final = "/api/v1/packs/{pack}/drafts/{draft}/actions/{action}/"
"""Each action has a form of its own there, too; this is what discarding takes."""
OF_A_CALENDAR: Final = "/api/v1/calendars/{country}/drafts/{calendar_draft_id}/actions/{action}/"
DISCARDING: Final[Schema] = {"properties": {"revision": {"type": "integer"}}}


def held_in_bulk(root: Any) -> int:
    query, why = CaseQuery(platforms=()), {"held_for": "technical"}
    return start_run("hold", query, why, reason="An outage.", expected=1, actor=root)


def places_of(number: str, root: Any) -> dict[str, str]:
    """Something that is there for every name in an address."""
    version = version_in_force("taobao.general")
    return {
        "{number}": number, "{pack}": "taobao.general", "{version}": "1", "{action}": "extend_receipt",
        "{link_id}": "1", "{order}": str(Case.objects.get().order_id),
        "{draft}": str(begin_draft(version, title="Sooner", author_id=root.pk).id),
        "{lab_id}": str(start_verification(Chosen(platforms=("taobao",)), by_id=root.pk)),
        "{bulk_id}": str(held_in_bulk(root)), "{freeze}": str(a_freeze(root).pk),
        "{country}": "cn", "{calendar_draft_id}": str(begin_calendar_draft("cn", author_id=root.pk).id),
    }  # fmt: skip


def test_every_other_body_names_what_is_wrong_with_its_fields(
    description: Schema, cast: dict[str, Any], case_in: Callable[[str], str], eve: Any
) -> None:
    number, tried = case_in("WAIT_SELLER"), set[str]()
    wrong: list[tuple[Any, ...]] = []
    places = places_of(number, cast["root"])
    for path, methods in description["paths"].items():
        if "post" not in methods or (path.endswith("/actions/{action}/") and "cases" in path):
            continue
        content = methods["post"].get("requestBody", {}).get("content", {})
        form = resolved(description, content.get("application/json", {}).get("schema", {"properties": {}}))
        address = path
        if path in (OF_A_DRAFT, OF_A_CALENDAR):
            form, address = DISCARDING, path.replace("{action}", "discard")
        for place, value in places.items():
            address = address.replace(place, value)
        client = client_of({**cast, "eve": eve}[WHO.get(path, "root")])
        if path == "/api/v1/auth/token/":
            client.force_authenticate(None)
        for body, expected in bodies({"properties": {}, **form}):
            wrong += [(path, body, each) for each in missed(client.post(address, body, format="json"), expected)]
        wrong += [(path, text) for text in NO_MAPS if not is_malformed(client, address, text)]
        tried.add(path)
    assert not wrong, "\n".join(map(str, wrong))[:6000]
    assert len(tried) >= 8
