"""Running cases under other rules, on a page: every time that would move, confirming all of them, or one case alone."""

from __future__ import annotations

import copy
import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.models import StaffRole
from contract.clock import database_now
from disputes.errors import FieldsRefused
from disputes.models import BulkResult, BulkRun, Case, Deadline
from disputes.selectors.bulk import CaseQuery
from disputes.services.bulk_previewing import preview_run
from disputes.services.bulk_running import work
from rules.selectors import version_in_force
from rules.services import publish_version

pytestmark = pytest.mark.django_db
PACK = "taobao.general"
PAGE = f"/studio/packs/{PACK}/migration/"


@pytest.fixture
def publish(published: None) -> Any:
    """Another version of the pack, with another time for the seller; its number."""

    def make(length: str, later: timedelta = timedelta()) -> int:
        document = copy.deepcopy(dict(version_in_force(PACK).policy.document))
        document["deadlines"]["seller_response"]["length"] = length
        source = json.dumps(document)
        return publish_version(PACK, source=source, document=document, effective_from=database_now() + later).number

    return make


def words(answer: Any) -> str:
    return str(answer.content.decode())


def due_of(case_id: int) -> Any:
    return Deadline.objects.get(case_id=case_id, name="seller_response").due_at


def test_each_time_that_would_move_is_shown_and_nothing_moves_before_it_is_confirmed(
    studio: Client, order_of: Any, file: Any, publish: Any
) -> None:
    done = file(order_of())
    due, number = due_of(done.case_id), publish("7d")
    page = words(studio.get(PAGE, {"to": number}))
    for text in (done.number, "Would go on", "2 d later", "1 running case", "Put running cases under version"):
        assert text in page, text
    assert due_of(done.case_id) == due
    answer = studio.post(f"{PAGE}?to={number}", {"do": "all", "expected": "1", "reason": "Longer is fairer."})
    run = BulkRun.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/studio/bulk-runs/{run.pk}/")
    work()
    assert due_of(done.case_id) - due == timedelta(days=2)
    assert (run.reason, run.parameters["version"]) == ("Longer is fairer.", number)
    assert "0 running cases" in words(studio.get(PAGE, {"to": number}))


def test_a_loss_is_marked_set_aside_and_confirmed_for_its_case_alone(
    studio: Client, order_of: Any, file: Any, publish: Any
) -> None:
    one, other = file(order_of()), file(order_of())
    due, number = due_of(one.case_id), publish("3d")
    page = words(studio.get(PAGE, {"to": number}))
    for text in ("Would be set aside", "2 d sooner", "Confirm for this case", "studio-move--worse"):
        assert text in page, text
    said = {
        "do": "one", "case": one.number, "case_version": "1", "shorten": "seller_response", "reason": "Both agreed.",
    }  # fmt: skip
    assert studio.post(f"{PAGE}?to={number}", said).status_code == 302
    work()
    assert (due - due_of(one.case_id), due_of(other.case_id) - due_of(one.case_id)) > (timedelta(days=1), timedelta())
    assert Case.objects.get(pk=other.case_id).policy_id != Case.objects.get(pk=one.case_id).policy_id
    studio.post(f"{PAGE}?to={number}", {"do": "all", "expected": "1", "reason": "The rest."})
    work()
    run = BulkRun.objects.latest("pk")
    assert BulkResult.objects.get(run=run).code == "needs_confirmation"
    told = words(studio.get(f"/studio/bulk-runs/{run.pk}/"))
    for text in ("shortens a promise", f'href="{PAGE}?to={number}"', "any version but"):
        assert text in told, text


def test_cases_in_which_no_time_moves_are_named_beneath_the_others(
    studio: Client, order_of: Any, file: Any, publish: Any, does: Any, lan: Any
) -> None:
    moving, still = file(order_of()).number, file(order_of()).number
    does(lan, "seller", still, "refuse", refusal="NOT_AGREED", statement="No.")
    page = words(studio.get(PAGE, {"to": publish("7d")}))
    table, _found, rest = page.partition('<details class="studio-still">')
    assert (moving in table, still in table, still in rest) == (True, False, True)
    assert "1 of these cases would go on without any time moving" in rest


def test_each_time_that_would_move_is_taken_away_as_csv(
    studio: Client, order_of: Any, file: Any, publish: Any
) -> None:
    done = file(order_of())
    due = due_of(done.case_id)
    answer = studio.get(PAGE, {"to": publish("3d"), "as": "table"})
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    header, row = words(answer).removeprefix("\ufeff").splitlines()
    assert header == "case,stage,result,code,deadline,before,after,shortens_a_promise"
    sooner = due - timedelta(days=2)
    assert row.split(",") == [
        done.number, "WAIT_SELLER", "refused", "needs_confirmation", "seller_response", due.isoformat(),
        sooner.isoformat(), "yes",
    ]  # fmt: skip


def test_with_every_promise_kept_nothing_is_set_aside(
    studio: Client, order_of: Any, file: Any, publish: Any
) -> None:
    file(order_of())
    number = publish("3d")
    page = words(studio.get(PAGE, {"to": number, "keep": "on"}))
    assert "Would go on" in page
    assert "Would be set aside" not in page
    assert "Every promise is kept" in page


@pytest.mark.parametrize("do", ["all", "one"])
def test_without_a_reason_nothing_is_done_and_the_field_says_so(
    studio: Client, order_of: Any, file: Any, publish: Any, do: str
) -> None:
    done = file(order_of())
    said = {"do": do, "expected": "1", "case": done.number, "case_version": "1", "shorten": "seller_response"}
    answer = studio.post(f"{PAGE}?to={publish('3d')}", {**said, "reason": " "})
    assert answer.status_code == 422
    assert "This field is required" in words(answer)
    assert not BulkRun.objects.exists()


def test_another_number_of_cases_than_was_seen_is_told(
    studio: Client, order_of: Any, file: Any, publish: Any
) -> None:
    file(order_of())
    number = publish("7d")
    answer = studio.post(f"{PAGE}?to={number}", {"do": "all", "expected": "5", "reason": "Longer is fairer."})
    assert answer.status_code == 422
    for text in ("Cases found now: 1; you saw 5.", "Longer is fairer."):
        assert text in words(answer), text
    assert not BulkRun.objects.exists()


@pytest.mark.parametrize("query", ["?to=99", "?to=x", "?to=1&under=99", "?to=1&stage=LOST"])
def test_an_unknown_version_or_step_is_not_found(studio: Client, published: None, query: str) -> None:
    assert studio.get(PAGE + query).status_code == 404


def test_only_who_administers_the_platform_finds_the_page(
    studio: Client, person: Any, publish: Any, zhou: Any
) -> None:
    number = publish("7d")
    elsewhere = person("mo")
    StaffRole.objects.create(user=elsewhere, kind="administrator", platform="aliexpress")
    for somebody in (elsewhere, zhou):
        studio.force_login(somebody)
        assert studio.get(PAGE, {"to": number}).status_code == 404
        assert studio.post(f"{PAGE}?to={number}", {"do": "all", "expected": "1", "reason": "x"}).status_code == 404


def test_the_page_of_a_calendar_shows_the_cases_under_its_older_editions(
    studio: Client, order_of: Any, file: Any
) -> None:
    file(order_of())
    page = studio.get("/studio/calendars/cn/1/cases/")
    assert page.status_code == 200
    assert "0 running cases" in words(page)
    assert studio.get("/studio/calendars/cn/99/cases/").status_code == 404
    assert studio.get("/studio/calendars/xx/1/cases/").status_code == 404


def test_the_versions_lead_to_their_migration(studio: Client, published: None) -> None:
    assert f"{PAGE}?to=1" in words(studio.get(f"/studio/packs/{PACK}/versions/"))


def test_running_cases_wait_for_a_version_that_takes_effect_later(
    studio: Client, root: Any, order_of: Any, file: Any, publish: Any, travel: Any
) -> None:
    file(order_of())
    number = publish("7d", later=timedelta(days=1))
    answer = studio.get(PAGE, {"to": number}, follow=True)
    assert answer.redirect_chain == [(f"/studio/packs/{PACK}/versions/", 302)]
    assert "This version takes effect later." in words(answer)
    assert studio.get(PAGE).status_code == 200
    studio.post(f"{PAGE}?to={number}", {"do": "all", "expected": "1", "reason": "At once."})
    with pytest.raises(FieldsRefused) as refused:
        preview_run("migrate", CaseQuery(platforms=()), {"pack": PACK, "version": number}, actor=root)
    assert (refused.value.fields[0].pointer, refused.value.fields[0].code) == (
        "/parameters/version", "takes_effect_later",
    )  # fmt: skip
    assert not BulkRun.objects.exists()
    travel(days=1)
    assert "1 running case" in words(studio.get(PAGE, {"to": number}))
