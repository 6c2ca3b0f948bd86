"""A key is answered once: what was refused under it stays refused, and what had lapsed before stays recorded."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from io import BytesIO
from typing import Any

import pytest
from PIL import Image
from rest_framework.test import APIClient

from contract.models import IdempotencyKey
from disputes.models import Case, CaseEvent, Exhibit, Message
from disputes.selectors.access import case_for
from disputes.services.exhibiting import draft_exhibit
from evidence import storage
from evidence.housekeeping import every_file, orphans
from tests.disputes.test_races import together

Api = Callable[..., APIClient]
KEY = {"Idempotency-Key": "once"}
REFUSAL = {"refusal": "NOT_AGREED", "statement": "The mug left us whole."}


@pytest.fixture(autouse=True)
def vault(settings: Any, tmp_path: Any) -> None:
    settings.EVIDENCE_ROOT = tmp_path


@pytest.fixture
def late(order_of: Any, file: Any, travel: Any) -> str:
    """A case whose seller let the time pass, and nobody swept."""
    done = file(order_of())
    travel(days=5, minutes=1)
    return done.number


def address(number: str, action: str) -> str:
    return f"/api/v1/cases/{number}/actions/{action}/"


def kinds(number: str) -> list[str]:
    return list(CaseEvent.objects.filter(case__number=number).order_by("sequence").values_list("kind", flat=True))


def picture() -> BytesIO:
    made = BytesIO()
    Image.new("RGB", (40, 30), "red").save(made, "JPEG")
    made.seek(0)
    made.name = "crack.jpg"
    return made


@pytest.mark.django_db
def test_a_late_action_under_a_key_is_refused_the_same_way_twice_and_the_lapse_is_recorded(
    api: Api, lan: Any, late: str, travel: Any
) -> None:
    first = api(lan).post(address(late, "refuse"), REFUSAL, headers=KEY)
    assert (first.status_code, first.json()["code"]) == (409, "not_in_this_stage")
    assert Case.objects.get(number=late).outcome == "refunded_by_silence"
    assert kinds(late).count("lapsed") == 1
    told = len(kinds(late))
    travel(days=30)
    again = api(lan).post(address(late, "refuse"), REFUSAL, headers=KEY)
    assert (again.status_code, again.json()) == (409, first.json())
    assert (again.headers["Content-Type"], again.headers["Idempotency-Replayed"]) == (
        "application/problem+json", "true",
    )  # fmt: skip
    assert len(kinds(late)) == told
    assert Message.objects.filter(kind="late").count() == 1


@pytest.mark.django_db
def test_a_service_without_a_key_of_its_own_records_the_lapse_and_repeats_its_answer(
    api: Api, lan: Any, order_of: Any, file: Any, travel: Any
) -> None:
    number = file(order_of()).number
    exhibit = str(draft_exhibit(case_for(lan, number), description="The parcel.").exhibit_id)
    travel(days=5, minutes=1)
    first, again = (
        api(lan).post(address(number, "submit_exhibit"), {"exhibit": exhibit}, headers=KEY) for _ in range(2)
    )
    assert Case.objects.get(number=number).outcome == "refunded_by_silence"
    assert Exhibit.objects.get(pk=exhibit).status == "late"
    assert again.headers["Idempotency-Replayed"] == "true"
    assert (again.status_code, again.json()) == (first.status_code, first.json())


@pytest.mark.django_db
def test_a_service_without_a_key_of_its_own_records_the_lapse_and_repeats_its_refusal(
    api: Api, zhou: Any, wu: Any, order_of: Any, file: Any, travel: Any
) -> None:
    number = file(order_of()).number
    assert api(zhou).post(address(number, "assign"), {}).status_code == 200
    travel(days=5, minutes=1)
    first, again = (api(wu).post(address(number, "assign"), {}, headers=KEY) for _ in range(2))
    assert Case.objects.get(number=number).outcome == "refunded_by_silence"
    assert (first.status_code, first.json()["code"], first.json()["stage"]) == (409, "not_in_this_stage", "CLOSED")
    assert (again.json(), again.headers["Idempotency-Replayed"]) == (first.json(), "true")


@pytest.mark.django_db
def test_another_body_under_the_key_of_a_refusal_is_refused_by_name(api: Api, lan: Any, late: str) -> None:
    api(lan).post(address(late, "refuse"), REFUSAL, headers=KEY)
    other = api(lan).post(address(late, "refuse"), {**REFUSAL, "statement": "Another."}, headers=KEY)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")


@pytest.mark.django_db
def test_what_was_wrong_with_the_fields_may_be_mended_under_the_same_key(
    api: Api, lan: Any, order_of: Any, file: Any
) -> None:
    number = file(order_of()).number
    wrong = api(lan).post(address(number, "refuse"), {**REFUSAL, "refusal": "NO_SUCH"}, headers=KEY)
    assert wrong.status_code == 422
    assert api(lan).post(address(number, "refuse"), REFUSAL, headers=KEY).status_code == 200


@pytest.mark.django_db
def test_the_version_seen_belongs_to_what_was_asked(api: Api, ming: Any, lan: Any, order_of: Any, file: Any) -> None:
    done = file(order_of())
    api(ming).post(address(done.number, "edit_request"), {"amount": "90.00"})
    stale = {**KEY, "If-Match": f'"{done.version}"'}
    first = api(lan).post(address(done.number, "refuse"), REFUSAL, headers=stale)
    again = api(lan).post(address(done.number, "refuse"), REFUSAL, headers=stale)
    assert (first.status_code, again.status_code, again.json()) == (412, 412, first.json())
    seen = {**KEY, "If-Match": f'"{Case.objects.get(pk=done.case_id).version}"'}
    assert api(lan).post(address(done.number, "refuse"), REFUSAL, headers=seen).json()["code"] == (
        "idempotency_key_reused"
    )


@pytest.mark.django_db
def test_a_filing_that_is_refused_is_refused_again(api: Api, ming: Any, order_of: Any, file: Any) -> None:
    order = order_of()
    file(order)
    body = {
        "order": order.pk, "lines": [{"line": order.lines.get().pk, "quantity": 1}], "reason": "DAMAGED",
        "remedy": "refund_only", "amount": "10.00",
    }  # fmt: skip
    first, again = (api(ming).post("/api/v1/cases/", body, headers=KEY) for _ in range(2))
    assert (first.status_code, first.json()["code"]) == (409, "line_disputed")
    assert (again.json(), again.headers.get("Idempotency-Replayed")) == (first.json(), "true")


@pytest.mark.django_db
def test_evidence_refused_as_it_is_handed_in_stays_a_draft_with_its_files(
    api: Api, lan: Any, ming: Any, order_of: Any, file: Any, does: Any
) -> None:
    number = file(order_of()).number
    does(lan, "seller", number, "refuse", refusal="NOT_AGREED", statement="x")
    does(ming, "buyer", number, "request_intervention")
    does(ming, "buyer", number, "complete_evidence")
    answers = [
        api(ming).post(
            f"/api/v1/cases/{number}/exhibits/",
            {"files": [picture()], "submit": "true"}, format="multipart", headers=KEY,
        )
        for _ in range(2)
    ]  # fmt: skip
    assert Exhibit.objects.filter(case__number=number).count() == 1
    assert [answer.status_code for answer in answers] == [answers[0].status_code] * 2
    assert answers[0].json() == answers[1].json()
    assert len(list(every_file())) == 1
    assert orphans() == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.timeout(120)
def test_files_are_received_before_the_transaction_and_once_under_one_key(
    api: Api, lan: Any, order_of: Any, file: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = file(order_of()).number
    clients = [api(lan) for _ in range(3)]

    def send(client: APIClient) -> Any:
        return client.post(f"/api/v1/cases/{number}/exhibits/", {"files": [picture()]}, format="multipart", headers=KEY)

    answers = together(*(lambda client=client: send(client) for client in clients))
    assert {answer.status_code for answer in answers} <= {201, 409}
    assert [answer.status_code for answer in answers].count(201) >= 1
    assert {answer.json()["code"] for answer in answers if answer.status_code == 409} <= {"idempotency_key_in_use"}
    assert Exhibit.objects.count() == len(list(every_file())) == 1
    assert list(storage.stored_keys())
    assert orphans() == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.timeout(120)
def test_two_late_requests_under_one_key_record_one_lapse_and_hear_one_refusal(
    api: Api, lan: Any, order_of: Any, file: Any, travel: Any
) -> None:
    for round_number in range(5):
        number = file(order_of()).number
        travel(days=5, minutes=1)
        key = {"Idempotency-Key": f"round-{round_number}"}
        sending = partial(APIClient.post, path=address(number, "refuse"), data=REFUSAL, headers=key)
        answers = together(*(partial(sending, api(lan)) for _ in range(3)))
        assert {answer.status_code for answer in answers} == {409}
        assert {answer.json()["code"] for answer in answers} <= {"not_in_this_stage", "idempotency_key_in_use"}
        assert kinds(number).count("lapsed") == 1
        assert Message.objects.filter(case__number=number, kind="late").count() == 1
    assert IdempotencyKey.objects.count() == 5


@pytest.mark.django_db
def test_a_case_that_ran_out_of_time_unnoticed_does_not_stand_in_the_way_of_another(
    api: Api, ming: Any, order_of: Any, file: Any, does: Any, lan: Any, travel: Any
) -> None:
    order = order_of()
    done = file(order)
    does(lan, "seller", done.number, "refuse", refusal="NOT_AGREED", statement="x")
    again = {
        "order": order.pk, "lines": [{"line": order.lines.get().pk, "quantity": 1}], "reason": "DAMAGED",
        "remedy": "refund_only", "amount": "10.00",
    }  # fmt: skip
    assert api(ming).post("/api/v1/cases/", again).json()["code"] == "line_disputed"
    due = Case.objects.get(pk=done.case_id).buyer_due_at
    travel(to=due)
    filed = api(ming).post("/api/v1/cases/", again)
    assert Case.objects.get(pk=done.case_id).stage == "CLOSED"
    assert filed.json().get("code") != "line_disputed"
