"""«Why this time?»: every deadline says where it comes from, what moved it, who did and why, and what follows."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation
from rest_framework.test import APIClient

from contract.clock import database_now
from disputes.models import Case, Deadline
from disputes.selectors.access import case_for, order_for
from disputes.selectors.history import time_reason
from disputes.selectors.history_views import TimeReason
from disputes.selectors.orders import order_view
from disputes.services.acting import perform
from disputes.services.freezing import Plan, end, plan
from disputes.services.stopping import resume_automatic, stop_automatic
from tests.disputes.pages.cases_on_the_bench import in_review, ruled

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def english() -> Any:
    with translation.override("en"):
        yield


@pytest.fixture
def opened(order_of: Any, file: Any) -> Case:
    return Case.objects.get(pk=file(order_of()).case_id)


def why(user: Any, case: Case, name: str = "seller_response") -> TimeReason:
    return time_reason(case_for(user, case.number), name)


def frozen(root: Any, **length: float) -> Any:
    ends = database_now() + timedelta(**length)
    made, _followed = plan(
        Plan(platform="taobao", ends_at=ends, reason_zh="春节放假", reason_en="Spring Festival"), actor=root
    )
    return made


def test_each_kind_says_what_follows(opened: Case, order_of: Any, ming: Any, lan: Any, zhou: Any) -> None:
    """Gates among them in the demo (`test_demo`)."""
    assert why(ming, opened).then.startswith("If the seller does nothing by then,")
    said = _then_by_kind(opened, ming)
    reviewed = Case.objects.get(number=in_review(order_of(), ming, lan))
    said |= _then_by_kind(reviewed, zhou)
    ruled(reviewed.number, zhou)
    said |= _then_by_kind(reviewed, zhou)
    assert said["auto"].endswith(".")
    assert said["window"] == "From that moment this is no longer possible."
    assert said["target"].startswith("If the platform is late, its supervisors are told")


def _then_by_kind(case: Case, reader: Any) -> dict[str, str]:
    rows = Deadline.objects.filter(case=case, status="pending").exclude(kind="notice").values_list("name", "kind")
    return {kind: why(reader, case, name).then for name, kind in rows}


def test_working_days_name_their_calendar_and_the_days_left_out(
    order_of: Any, ming: Any, lan: Any, zhou: Any
) -> None:
    case = Case.objects.get(number=in_review(order_of(), ming, lan))
    reason = why(zhou, case, "opinion")
    assert reason.calendar is not None
    assert reason.calendar[0] == "cn"
    assert any(line.startswith("Calendar of working days: CN") for line in reason.lines)
    weekend = [line for line in reason.lines if line.startswith("Days off that do not count")]
    assert bool(weekend) is bool(reason.skipped)


def test_more_time_names_who_gave_it_and_why(opened: Case, ming: Any, zhou: Any) -> None:
    given = {"deadline": "seller_response", "hours": 24, "statement": "The parcel is late."}
    before = why(ming, opened).due_at
    perform(case_for(zhou, opened.number), "extend", given)
    (for_staff,) = why(zhou, opened).moved
    (for_party,) = why(ming, opened).moved
    assert (for_staff.who, for_party.who) == (zhou.get_full_name() or str(zhou), "Platform customer service")
    assert for_staff.reason == for_party.reason == "The parcel is late."
    assert (for_party.due_before, for_party.due_at) == (before, before + timedelta(hours=24))
    told = next(line for line in why(ming, opened).lines if "more time was given" in line)
    assert "Reason: The parcel is late." in told
    assert "Due before:" in told


def test_a_stop_tells_the_parties_that_it_is_one_and_staff_why(
    opened: Case, ming: Any, root: Any, zhou: Any, lan: Any
) -> None:
    stop_automatic("taobao.general", actor=root, reason="The carrier's feed is wrong.")
    (paused,) = why(lan, opened).moved
    assert paused.reason == "Automatic outcomes are stopped by the platform"
    assert "The carrier's feed is wrong." in why(zhou, opened).moved[0].reason
    assert "The carrier" not in " ".join(why(ming, opened).lines)
    resume_automatic("taobao.general", actor=zhou)
    assert [moved.kind for moved in why(ming, opened).moved] == ["pause", "resume"]


def test_a_freeze_says_until_when_and_to_when_it_moves(opened: Case, ming: Any, root: Any, travel: Any) -> None:
    due, made = why(ming, opened).due_at, frozen(root, days=7)
    reason = why(ming, opened)
    assert (reason.state, reason.moved[0].kind, reason.moved[0].reason) == ("paused", "freeze", "Spring Festival")
    assert any(line.startswith("It stands still from") and "runs on, to" in line for line in reason.lines)
    travel(days=2)
    ended, _followed = end(made.pk, actor=root)
    reason = why(ming, opened)
    assert [moved.kind for moved in reason.moved] == ["freeze", "thaw"]
    assert reason.due_at - due == ended.ended_at - made.begins_at
    assert why(root, opened).moved[1].who == (root.get_full_name() or str(root))


def test_what_happened_to_an_earlier_clock_of_the_same_name_is_left_out(
    opened: Case, ming: Any, lan: Any, zhou: Any
) -> None:
    perform(case_for(zhou, opened.number), "extend", {"deadline": "seller_response", "hours": 24})
    assert why(ming, opened).moved
    terms = {"reason": "DAMAGED", "remedy": "refund_only", "amount": "100.00", "statement": "Less will do."}
    perform(case_for(ming, opened.number), "edit_request", terms)
    assert not why(ming, opened).moved


def test_a_program_reads_every_part(opened: Case, ming: Any, root: Any) -> None:
    frozen(root, days=7)
    client = APIClient()
    client.force_authenticate(ming)
    case = client.get(f"/api/v1/cases/{opened.number}/").json()
    (clock,) = (clock for clock in case["deadlines"] if clock["name"] == "seller_response")
    told = client.get(clock["why_url"]).json()
    assert (told["rule"], told["state"], told["moved"][0]["reason"]) == ("T2", "paused", "春节放假")
    assert told["lines"]
    assert told["then"] in told["lines"]
    assert client.get(f"/api/v1/cases/{opened.number}/deadlines/return_receipt/why/").status_code == 404


def test_lists_lead_to_the_answer(opened: Case, client: Client, ming: Any, lan: Any, zhou: Any) -> None:
    address = reverse("disputes:why", args=[opened.number])
    for who, page in ((ming, "disputes:cases"), (lan, "disputes:shop-cases"), (zhou, "disputes:bench-queue")):
        client.force_login(who)
        words = client.get(f"{reverse(page)}?tab=all").content.decode()
        assert address in words or opened.number not in words, page
    client.force_login(ming)
    assert client.get(address).status_code == 200


def test_clocks_of_an_order_say_why_too(ming: Any, order_of: Any) -> None:
    order = order_of()
    view = order_view(order_for(ming, order.pk))
    assert view.clocks
    for clock in view.clocks:
        assert clock.why[0].startswith(clock.label)
        assert clock.why[1].startswith("Counting began on")
        assert clock.why[-1].startswith("Rule ")
