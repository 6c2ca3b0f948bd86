"""The lab's pages and its part of the interface: start, watch, cancel, read, hold beside each other, take away."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client
from rest_framework.test import APIClient

from rules.selectors import version_in_force
from studio.lab.running import finished, work
from studio.models import LabRun

pytestmark = pytest.mark.django_db
LAB = "/studio/lab/"
API = "/api/v1/lab/runs/"


def shorter(length: str = "3d") -> str:
    """The rules in force with one other number, as a document."""
    document = json.loads(json.dumps(dict(version_in_force("taobao.general").policy.document)))
    document["deadlines"]["seller_response"]["length"] = length
    return json.dumps(document)


def started(studio: Client, **said: str) -> LabRun:
    answer = studio.post(LAB, said)
    assert answer.status_code == 302, answer.content.decode()
    return LabRun.objects.latest("pk")


def test_a_verification_is_started_watched_and_read(studio: Client, cases: dict[str, str]) -> None:
    run = started(studio, rules="", platform="taobao")
    page = f"{LAB}{run.pk}/"
    waiting = studio.get(page).content.decode()
    assert 'role="progressbar"' in waiting
    assert 'http-equiv="refresh"' in waiting
    work(seconds=30)
    read = studio.get(page).content.decode()
    assert "3 of 3 cases, 100 %" in read
    assert 'http-equiv="refresh"' not in read
    assert "Verification replay" in studio.get(LAB).content.decode()


def test_a_document_brought_along_shows_who_would_have_been_too_late(studio: Client, cases: dict[str, str]) -> None:
    run = finished(started(studio, rules="document", document=shorter()).pk)
    read = studio.get(f"{LAB}{run.pk}/").content.decode()
    assert "Would have happened by itself" in read
    assert f'href="/cases/{cases["agreed"]}/"' in read
    assert "would have run out on" in read
    assert "<svg" in read
    only = studio.get(f"{LAB}{run.pk}/", {"bucket": "would_have_lapsed"}).content.decode()
    assert cases["agreed"] in only
    assert cases["silent"] not in only


def test_a_published_version_over_its_own_cases_changes_nothing(studio: Client, cases: dict[str, str]) -> None:
    version = version_in_force("taobao.general")
    run = finished(started(studio, rules=f"version:{version.id}").pk)
    assert run.totals["buckets"] == {"not_affected": 3}
    assert run.rules.endswith(f"version {version.number}")


def test_a_wrong_document_is_refused_with_its_line_and_kept(studio: Client, cases: dict[str, str]) -> None:
    wrong = "pack: taobao.general\ninherits: [common]\ndeadlines:\n  evidence: {length: sometimes}\n"
    answer = studio.post(LAB, {"rules": "document", "document": wrong})
    read = answer.content.decode()
    assert answer.status_code == 422
    assert "document.yaml, line" in read
    assert "sometimes" in read
    assert not LabRun.objects.exists()


@pytest.mark.parametrize(
    "said",
    [
        {"rules": "document"}, {"rules": "version:999999"}, {"rules": "draft:1"}, {"platform": "nowhere"},
        {"opened_from": "2026-02-02", "opened_to": "2026-02-01"}, {"opened_from": "soon"},
        {"rules": "document", "document": "- 1"}, {"rules": "document", "document": "pack: [\n"},
        {"rules": "document", "document": "inherits: [nobody]\npack: x\n"},
    ],
)  # fmt: skip
def test_what_cannot_be_replayed_is_told_at_its_field(studio: Client, said: dict[str, str]) -> None:
    answer = studio.post(LAB, said)
    assert answer.status_code == 422
    assert 'class="field__error' in answer.content.decode() or "field--wrong" in answer.content.decode()


def test_a_run_is_cancelled_once(studio: Client, cases: dict[str, str]) -> None:
    run = started(studio)
    assert studio.post(f"{LAB}{run.pk}/cancel/").status_code == 302
    run.refresh_from_db()
    assert run.state == "cancelled"
    assert "The run has ended already." in studio.post(f"{LAB}{run.pk}/cancel/", follow=True).content.decode()


def test_two_runs_stand_side_by_side(studio: Client, cases: dict[str, str]) -> None:
    one = finished(started(studio, rules="document", document=shorter("3d")).pk)
    other = finished(started(studio, rules="document", document=shorter("9d")).pk)
    assert f'value="{other.pk}"' in studio.get(f"{LAB}{one.pk}/").content.decode()
    read = studio.get(f"{LAB}compare/", {"one": one.pk, "other": other.pk}).content.decode()
    assert cases["agreed"] in read
    assert "Nobody can know" in read
    assert studio.get(f"{LAB}compare/", {"one": one.pk, "other": "x"}).status_code == 404


def test_differences_are_taken_away_as_csv(studio: Client, cases: dict[str, str]) -> None:
    run = finished(started(studio, rules="document", document=shorter()).pk)
    answer = studio.get(f"{LAB}{run.pk}/differences.csv")
    lines = answer.content.decode("utf-8-sig").splitlines()
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert lines[0].startswith("case,bucket,event")
    assert len(lines) == 4


def test_only_those_who_administer_a_platform_see_its_runs(studio: Client, cases: dict[str, str], person: Any) -> None:
    from accounts.services import appoint

    everything, taobao = started(studio), started(studio, platform="taobao")
    elsewhere, there = person("elsewhere"), person("there")
    appoint(elsewhere, "administrator", "xianyu")
    appoint(there, "administrator", "taobao")
    for who, seen in ((elsewhere, []), (there, [taobao.pk])):
        studio.force_login(who)
        found = [run.pk for run in (everything, taobao) if studio.get(f"{LAB}{run.pk}/").status_code == 200]
        assert found == seen
    studio.force_login(there)
    assert started(studio).platforms == ["taobao"]
    assert (
        studio.post(LAB, {"rules": "document", "document": shorter().replace('"taobao"', '"xianyu"')}).status_code
        == 422
    )


@pytest.fixture
def api(root: Any, published: None) -> APIClient:
    client = APIClient(headers={"Accept-Language": "en"})
    client.force_authenticate(root)
    return client


def test_the_interface_starts_follows_and_reads_a_run(api: APIClient, cases: dict[str, str]) -> None:
    begun = api.post(API, {"rules": "document", "document": shorter()}, format="json")
    assert begun.status_code == 201, begun.content
    address = f"{API}{begun.json()['id']}/"
    assert begun.json()["state"] == "queued"
    work(seconds=30)
    told = api.get(address).json()
    assert (told["state"], told["done"], told["percent"]) == ("finished", 3, 100)
    assert {each["code"]: each["count"] for each in told["buckets"]}["would_have_lapsed"] == 1
    rows = api.get(f"{address}differences/", {"bucket": "would_have_lapsed"}).json()["data"]
    assert [(row["number"], row["cause"]) for row in rows] == [(cases["agreed"], "new_lapse")]
    assert api.post(f"{address}cancel/").json()["code"] == "run_over"
    assert [run["id"] for run in api.get(API).json()["data"]] == [told["id"]]


def test_the_interface_starts_a_run_once_under_one_key(api: APIClient, cases: dict[str, str]) -> None:
    first, again = (api.post(API, {}, format="json", headers={"Idempotency-Key": "k"}) for _ in range(2))
    assert (first.status_code, again.json()["id"]) == (201, first.json()["id"])
    assert LabRun.objects.count() == 1


@pytest.mark.parametrize(
    "body", [{"rules": "version:1x"}, {"rules": "document", "document": "nonsense: 1"}, {"status": "lost"}]
)
def test_the_interface_refuses_what_cannot_be_replayed(api: APIClient, body: dict[str, str]) -> None:
    assert api.post(API, body, format="json").status_code == 422


def test_the_interface_is_for_administrators(api: APIClient, ming: Any) -> None:
    api.force_authenticate(ming)
    assert api.get(API).status_code == 403
    assert api.post(API, {}, format="json").status_code == 403
