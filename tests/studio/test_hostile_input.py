"""What nobody would type in good faith: refused in words, and nothing that everybody reads is broken by it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.models import StaffRole
from accounts.services import appoint
from disputes.errors import FieldsRefused
from disputes.models import BulkRun, Freeze
from disputes.selectors.bulk import CaseQuery
from disputes.services.bulk_previewing import preview_run
from disputes.services.bulk_starting import start_run
from rules.calendar_drafts import begin_calendar_draft
from rules.calendar_importing import as_yaml
from rules.drafts import begin_draft, draft_of
from rules.models import RuleAction
from rules.selectors import versions_of
from tests.disputes.api.conftest import api

__all__ = ["api"]
pytestmark = pytest.mark.django_db

PACK = "/studio/packs/taobao.general/"
LATEST = "9999-12-31T23:59:59Z"
HOLD = {"kind": "hold", "reason": "An outage.", "expected_count": 1}


@pytest.mark.parametrize("until", [LATEST, "9999-12-31T23:59:59-14:00", "2999-01-01T00:00:00Z"])
def test_a_hold_until_the_end_of_time_is_refused_and_the_list_of_runs_stays_readable(
    api: Any, root: Any, order_of: Any, file: Any, until: str
) -> None:
    file(order_of())
    client = api(root)
    told = {**HOLD, "parameters": {"held_for": "technical", "until": until}}
    answer = client.post("/api/v1/bulk-runs/", told)
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "too_far_off")
    assert client.get("/api/v1/bulk-runs/").json()["data"] == []
    assert not BulkRun.objects.exists()


def test_a_freeze_in_a_wrong_year_is_refused_with_the_field(api: Any, root: Any, published: None) -> None:
    wanted = {
        "platform": "taobao", "begins_at": "9999-12-01T00:00:00Z", "ends_at": LATEST, "reason_zh": "春节",
        "reason_en": "New Year",
    }  # fmt: skip
    answer = api(root).post("/api/v1/freezes/", wanted)
    assert answer.status_code == 422
    assert [(each["pointer"], each["code"]) for each in answer.json()["errors"]] == [("/begins_at", "too_far_off")]
    assert not Freeze.objects.exists()


def test_whose_platform_has_no_rules_yet_is_asked_which_clocks_all_the_same(
    client: Client, person: Callable[..., Any]
) -> None:
    keeper = person("keeper")
    StaffRole.objects.create(user=keeper, kind=StaffRole.Kind.ADMINISTRATOR, platform="nowhere")
    client.force_login(keeper)
    assert client.get("/studio/freezes/new/").status_code == 200
    assert client.post("/studio/freezes/new/", {"begins_at": "2026-12-01T00:00"}).status_code == 422


@pytest.mark.parametrize("start", ["9999-12-31", "0001-01-01T00:00", "9999-12-31T23:59", "1969-12-31"])
@pytest.mark.parametrize("path", [PACK, f"{PACK}deadlines/seller_response/explain/"])
def test_an_example_that_starts_beyond_all_calendars_is_told_so(studio: Client, path: str, start: str) -> None:
    page = studio.get(path, {"start": start})
    assert page.status_code == 200
    assert "Enter a date and a time, such as 2026-09-29 14:30." in page.content.decode()


@pytest.mark.parametrize("path", ["packs/%00/", "packs/x%00y/migration/", "packs/taobao.general%00/drafts/"])
def test_an_address_that_cannot_be_kept_is_not_found(studio: Client, path: str) -> None:
    assert studio.get(f"/studio/{path}").status_code == 404
    assert studio.post("/studio/timers/retry/%00/").status_code == 404


@pytest.mark.parametrize("path", ["audit/", "audit/audit.csv"])
def test_the_last_day_there_is_may_end_a_period_of_the_trail(studio: Client, path: str) -> None:
    assert studio.get(f"/studio/{path}?since=0001-01-01&until=9999-12-31").status_code == 200


def test_a_run_with_a_number_no_run_can_have_is_refused_beside_the_form(studio: Client) -> None:
    page = studio.post(
        "/studio/timers/choose/preview/",
        {"kind": "hold", "held_for": "technical", "run": "9" * 20, "step": "confirm", "reason": "x", "expected": "0"},
    )
    assert page.status_code == 422
    assert not BulkRun.objects.exists()


def of_zone(text: str, zone: str) -> str:
    return text.replace("zone: Asia/Shanghai", f"zone: {zone}")


@pytest.mark.parametrize("zone", ["Asia", "x" * 300])
def test_a_file_of_a_calendar_that_names_no_zone_is_refused_with_its_line(
    api: Any, root: Any, published: None, zone: str
) -> None:
    draft = begin_calendar_draft("cn", author_id=root.pk)
    text = of_zone(as_yaml({2026: draft.years[2026]}), zone)
    answer = api(root).post(f"/api/v1/calendars/cn/drafts/{draft.id}/preview/", {"text": text})
    assert (answer.status_code, answer.json()["code"]) == (422, "wrong_file")
    assert answer.json()["mistakes"][0]["field"] == "zone"


@pytest.mark.parametrize("text", ["\ufeff", "\ufeff\n", "\ufeff \ufeff"])
def test_a_file_of_nothing_but_its_mark_is_empty(api: Any, root: Any, published: None, text: str) -> None:
    draft = begin_calendar_draft("cn", author_id=root.pk)
    answer = api(root).post(f"/api/v1/calendars/cn/drafts/{draft.id}/preview/", {"text": text})
    assert (answer.status_code, answer.json()["code"]) == (422, "wrong_file")


def test_nobody_writes_into_the_trail_of_rules_that_are_another_platforms(
    person: Callable[..., Any], order_of: Any, file: Any
) -> None:
    keeper, number = person("keeper"), file(order_of()).number
    appoint(keeper, "administrator", "taobao")
    query = CaseQuery(platforms=("taobao",), numbers=(number,))
    given = {"pack": "xianyu.general", "version": 1}
    with pytest.raises(FieldsRefused) as refused:
        preview_run("migrate", query, given, actor=keeper)
    assert refused.value.fields[0].code == "not_published"
    with pytest.raises(FieldsRefused):
        start_run("migrate", query, given, reason="Mine.", expected=1, actor=keeper)
    assert not RuleAction.objects.filter(pack="xianyu.general").exists()


def test_a_pointer_to_no_place_of_a_list_is_refused_with_the_field(api: Any, root: Any, published: None) -> None:
    draft = begin_draft(versions_of("taobao.general")[0], title="Six days", author_id=root.pk)
    given = {"revision": draft.revision, "values": {f"/deadlines/seller_response/in/{'9' * 5000}": "CLOSED"}}
    answer = api(root).post(f"/api/v1/packs/taobao.general/drafts/{draft.id}/actions/edit/", given)
    assert (answer.status_code, answer.json()["code"]) == (422, "wrong_document")
    assert draft_of("taobao.general", draft.id).revision == draft.revision
