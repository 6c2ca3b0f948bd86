"""Calendars by the interface: the same services, repeated safely."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.services import appoint
from rules.calendar_documents import with_marks
from rules.calendar_editions import edition_of
from rules.calendar_publishing import one_calendar_at_a_time, publish_edition
from tests.disputes.api.conftest import api

__all__ = ["api"]
pytestmark = pytest.mark.django_db
ADDRESS = "/api/v1/calendars/cn/"
NOTICE = "State Council notice of 2026-11-25"
OFF = {"day": "2027-02-11", "kind": "off", "group": "spring_festival"}


@pytest.fixture
def client(api: Any, root: Any, published: None) -> Any:
    return api(root)


@pytest.fixture
def draft(client: Any) -> str:
    made = client.post(f"{ADDRESS}drafts/", {})
    assert made.status_code == 201
    return f"{ADDRESS}drafts/{made.json()['id']}/"


def test_calendars_are_listed_with_their_newest_edition_and_warnings(client: Any) -> None:
    (cn,) = client.get("/api/v1/calendars/").json()["data"]
    assert client.get(ADDRESS).json() == cn
    assert (cn["country"], cn["newest"]["number"], cn["newest"]["provisional_years"]) == ("cn", 1, [2027])
    assert (cn["draft"], cn["may_change"]) == (None, True)
    assert client.get("/api/v1/calendars/xx/").status_code == 404


def test_a_year_is_told_day_by_day(client: Any) -> None:
    year = client.get(f"{ADDRESS}years/2026/").json()
    assert (year["provisional"], year["weekend"]) == (False, [6, 7])
    assert {"day": "2026-10-10", "kind": "worked", "group": "national_day", "zh": "", "en": "",
            "words": "Make-up working day: National Day"} in year["days"]  # fmt: skip
    assert client.get(f"{ADDRESS}years/2031/").status_code == 404
    assert client.get(f"{ADDRESS}years/2026/?edition=x").status_code == 400


def test_a_draft_is_changed_announced_submitted_and_published_by_a_second_person(
    client: Any, draft: str, api: Any, person: Any
) -> None:
    days = [OFF, {"day": "2027-02-20", "kind": "worked", "group": "spring_festival"},
            {"day": "2027-01-01", "kind": "ordinary"},
            {"day": "2027-03-08", "kind": "own_off", "zh": "公司年会", "en": "Company day"}]  # fmt: skip
    changed = client.post(f"{draft}actions/set-days/", {"revision": 1, "days": days}).json()
    assert [each["day"] for each in changed["changes"]["days"]] == sorted(each["day"] for each in days)
    year = {"revision": 2, "year": 2027, "provisional": False, "source": NOTICE}
    assert client.post(f"{draft}actions/set-year/", year).json()["changes"]["years"][0]["after"] == {
        "provisional": False, "source": NOTICE,
    }  # fmt: skip
    assert client.post(f"{draft}actions/submit/", {"revision": 3, "source": NOTICE}).json()["status"] == "submitted"
    refused = client.post(f"{draft}actions/publish/", {"revision": 4})
    assert (refused.status_code, refused.json()["code"]) == (409, "needs_second_person")
    second = person("second")
    appoint(second, "administrator", "")
    done = api(second).post(f"{draft}actions/publish/", {"revision": 4}).json()
    assert (done["status"], done["published_edition"]) == ("published", 2)
    newest, first = client.get(f"{ADDRESS}editions/").json()["data"]
    assert (newest["number"], newest["published_by"], newest["source"]) == (2, str(second), NOTICE)
    assert (first["number"], first["published_by"]) == (1, "")
    found = client.get(f"{ADDRESS}differences/?from=1&to=2").json()
    assert found["days"][-1]["after"] == {"kind": "own_off", "zh": "公司年会", "en": "Company day"}
    kinds = [row["kind"] for row in client.get(f"{ADDRESS}actions/?limit=2").json()["data"]]
    assert kinds == ["published", "submitted"]


def test_the_same_key_begins_one_draft_and_another_begins_none(client: Any) -> None:
    answers = [client.post(f"{ADDRESS}drafts/", {}, headers={"Idempotency-Key": "k1"}) for _ in range(2)]
    assert answers[0].json() == answers[1].json()
    again = client.post(f"{ADDRESS}drafts/", {})
    assert (again.status_code, again.json()["code"], again.json()["draft"]) == (
        409, "draft_open", answers[0].json()["id"],
    )  # fmt: skip


def test_a_revision_that_is_not_the_drafts_is_refused_with_what_changed(client: Any, draft: str) -> None:
    client.post(f"{draft}actions/set-days/", {"revision": 1, "days": [OFF]})
    answer = client.post(f"{draft}actions/set-days/", {"revision": 1, "days": [{**OFF, "day": "2027-02-12"}]})
    told = answer.json()
    assert (answer.status_code, told["code"], told["revision"]) == (412, "draft_changed", 2)
    assert [day["day"] for each in told["differences"] for day in each["changed"]["days"]] == ["2027-02-11"]


@pytest.mark.parametrize(
    ("action", "body", "pointer"),
    [
        ("set-days", {"days": []}, "/days"),
        ("set-days", {"days": [{"day": "2027-02-30", "kind": "off"}]}, "/days/0/day"),
        ("set-days", {"days": [{"day": "2027-02-11", "kind": "holiday"}]}, "/days/0/kind"),
        ("set-days", {"days": [OFF, OFF]}, "/days/0/day"),
        ("set-days", {"days": [{"day": "2027-02-11", "kind": "off"}]}, "/days/2027-02-11"),
        ("set-days", {"days": [{**OFF, "kind": "worked"}]}, "/days/2027-02-11"),
        ("set-year", {"year": 2027, "provisional": False}, "/source"),
        ("set-year", {"year": 2040, "provisional": False, "source": "x"}, "/year"),
        ("submit", {"source": " "}, "/source"),
        ("import", {"text": "date,kind\n2027-02-31,off"}, "/text"),
    ],
)
def test_what_cannot_be_taken_is_pointed_at(
    client: Any, draft: str, action: str, body: dict[str, Any], pointer: str
) -> None:
    answer = client.post(f"{draft}actions/{action}/", {"revision": 1, **body})
    assert answer.status_code == 422, answer.json()
    assert pointer in [problem["pointer"] for problem in answer.json()["errors"]]
    assert client.get(draft).json()["revision"] == 1


def test_a_file_goes_out_is_looked_at_and_comes_back(client: Any, draft: str) -> None:
    for kind in ("yaml", "csv"):
        text = client.get(f"{ADDRESS}document/?kind={kind}").json()["text"]
        assert client.post(f"{draft}preview/", {"text": text}).json() == {"years": [], "days": []}
        assert client.get(f"{draft}document/?kind={kind}").json()["text"] == text
    csv = "date,kind,group\n2027-02-11,off,spring_festival\n"
    assert [day["day"] for day in client.post(f"{draft}preview/", {"text": csv}).json()["days"]] == ["2027-02-11"]
    assert client.get(draft).json()["revision"] == 1
    taken = client.post(f"{draft}actions/import/", {"revision": 1, "text": csv}).json()
    assert (taken["revision"], len(taken["changes"]["days"])) == (2, 1)


def test_every_mistake_of_a_file_is_told_with_line_and_field(client: Any, draft: str) -> None:
    text = client.get(f"{ADDRESS}document/").json()["text"].replace("zone: Asia/Shanghai", "zone: Asia/Nowhere", 2)
    wrong = client.post(f"{draft}preview/", {"text": text})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "wrong_file")
    lines = text.splitlines()
    assert [lines[each["line"] - 1] for each in wrong.json()["mistakes"]] == ["zone: Asia/Nowhere"] * 2
    assert {each["field"] for each in wrong.json()["mistakes"]} == {"zone"}


def test_years_are_added_and_a_draft_is_sent_back_and_discarded(client: Any, draft: str) -> None:
    added = client.post(f"{draft}actions/add-year/", {"revision": 1, "estimated": True}).json()
    assert [year["year"] for year in added["changes"]["years"]] == [2028]
    client.post(f"{draft}actions/submit/", {"revision": 2, "source": NOTICE})
    back = client.post(f"{draft}actions/return/", {"revision": 3, "reason": "Not yet."}).json()
    assert back["status"] == "editing"
    gone = client.post(f"{draft}actions/discard/", {"revision": 4}).json()
    assert (gone["status"], edition_of("cn").number) == ("discarded", 1)
    assert client.post(f"{draft}actions/take-over/", {"revision": 5}).json()["code"] == "draft_closed"
    assert client.post(f"{draft}actions/carry-over/", {"revision": 5}).json()["code"] == "draft_closed"


def test_who_administers_one_platform_reads_and_may_not_change(api: Any, person: Any, published: None) -> None:
    of_taobao = person("of-taobao")
    appoint(of_taobao, "administrator", "taobao")
    assert api(of_taobao).get(ADDRESS).json()["may_change"] is False
    assert api(of_taobao).post(f"{ADDRESS}drafts/", {}).status_code == 403


def test_what_a_release_brings_is_told_and_taken_over(client: Any, root: Any) -> None:
    years = edition_of("cn").years
    one_calendar_at_a_time("cn")
    publish_edition("cn", {**years, 2027: with_marks(years[2027], {})}, shipped=0, published_by_id=root.pk)
    offered = [each for each in client.get(ADDRESS).json()["warnings"] if each["kind"] == "shipped"]
    assert [(each["year"], each["days_left"], each["running_deadlines"]) for each in offered] == [(None, None, None)]
    draft = f"{ADDRESS}drafts/{client.post(f'{ADDRESS}drafts/', {}).json()['id']}/"
    taken = client.post(f"{draft}actions/take-over/", {"revision": 1}).json()
    assert len(taken["changes"]["days"]) == 19
    again = client.post(f"{draft}actions/take-over/", {"revision": 2})
    assert (again.status_code, again.json()["code"]) == (409, "nothing_offered")
