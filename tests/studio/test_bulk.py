"""Many cases at once, as an administrator does it on the pages."""

from __future__ import annotations

import csv
import re
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.test import Client
from django.utils.translation import override

from accounts.action_models import AdministratorAction
from accounts.models import StaffRole
from contract.moments import local_moment
from disputes.models import BulkRun, Case, Deadline, StuckCase
from disputes.selectors.access import case_for
from disputes.selectors.due_soon import Bucket, due_soon
from disputes.services.acting import perform
from disputes.services.bulk_running import work
from disputes.services.sweeping import sweep_until_done
from studio.due_plot import day_plot, hour_plot

pytestmark = pytest.mark.django_db
PREVIEW = "/studio/timers/choose/preview/"
HOLD = {"kind": "hold", "held_for": "technical"}


def confirmed(studio: Client, expected: int, **more: Any) -> Any:
    said = {**HOLD, "step": "confirm", "expected": expected, "reason": "An outage.", "once": "k1", **more}
    return studio.post(PREVIEW, said)


def words(answer: Any) -> str:
    return answer.content.decode()


def test_a_set_is_chosen_looked_at_held_and_let_run_again(studio: Client, order_of: Any, file: Any) -> None:
    number = file(order_of()).number
    assert "Look what would be done" in words(studio.get("/studio/timers/choose/?kind=hold"))
    seen = words(studio.post(PREVIEW, {**HOLD, "stage": "WAIT_SELLER"}))
    assert "Hold: 1 case?" in seen
    assert number in seen
    assert "¥128.00" in seen
    assert not BulkRun.objects.exists()
    answer = confirmed(studio, 1, stage="WAIT_SELLER")
    run = BulkRun.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/studio/bulk-runs/{run.pk}/")
    assert 'aria-valuenow="0"' in words(studio.get(f"/studio/bulk-runs/{run.pk}/"))
    work()
    page = words(studio.get(f"/studio/bulk-runs/{run.pk}/?result=done"))
    assert 'aria-valuenow="100"' in page
    assert number in page
    assert "An outage." in page
    assert f"?kind=resume&amp;run={run.pk}" in page
    again = {"kind": "resume", "mode": "moved", "run": run.pk}
    assert "Let run again: 1 case?" in words(studio.post(PREVIEW, again))
    studio.post(PREVIEW, {**again, "step": "confirm", "expected": 1, "reason": "Over.", "once": "k2"})
    work()
    assert Case.objects.get(number=number).held == ""
    assert "Let run again" in words(studio.get("/studio/bulk-runs/"))


def test_more_time_shows_the_due_time_before_and_after(studio: Client, order_of: Any, file: Any) -> None:
    done = file(order_of())
    due = Deadline.objects.get(case_id=done.case_id, name="seller_response").due_at
    said = {"kind": "extend", "extended": "seller_response", "amount": "2", "unit": "days"}
    (case,) = studio.post(PREVIEW, said).context["seen"].sample
    assert [(each.before_at, each.after_at) for each in case.moved] == [(due, due + timedelta(days=2))]
    confirmed(studio, 1, **said)
    work()
    assert Deadline.objects.get(case_id=done.case_id, name="seller_response").due_at == due + timedelta(days=2)


def test_another_number_of_cases_asks_again_and_keeps_what_was_typed(studio: Client, order_of: Any, file: Any) -> None:
    file(order_of())
    answer = confirmed(studio, 5)
    assert answer.status_code == 422
    assert "Cases found now: 1; you saw 5." in words(answer)
    assert "An outage." in words(answer)
    assert 'name="expected" value="1"' in words(answer)
    assert not BulkRun.objects.exists()


def test_who_comes_back_to_a_preview_chooses_anew(studio: Client) -> None:
    """Another language, or a page that is loaded again, asks for it without what was chosen."""
    assert studio.get(PREVIEW, {"lang": "zh-hans"}).headers["Location"] == "/studio/timers/choose/"


def test_a_reason_is_needed(studio: Client, order_of: Any, file: Any) -> None:
    file(order_of())
    answer = confirmed(studio, 1, reason="  ")
    assert answer.status_code == 422
    assert "reason" in answer.context["confirm"].errors
    assert not BulkRun.objects.exists()


def test_a_second_click_starts_no_second_run(studio: Client, order_of: Any, file: Any) -> None:
    file(order_of())
    assert confirmed(studio, 1)["Location"] == confirmed(studio, 1)["Location"]
    assert BulkRun.objects.count() == 1


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"held_for": ""}, "held_for"), ({"until": "2001-01-01T10:00"}, "until"), ({"shop": "Nobody's"}, "shop"),
        ({"cases": "TB-NONE"}, "cases"), ({"rules": "nothing"}, "rules"), ({"due_before": "soon"}, "due_before"),
        ({"due_after": "2026-12-02T00:00", "due_before": "2026-12-01T00:00"}, "due_before"),
        ({"kind": "extend", "extended": "seller_response", "amount": "0"}, "amount"),
        ({"kind": "extend", "extended": "seller_response", "amount": "400", "unit": "days"}, "amount"),
        ({"kind": "resume"}, "mode"),
    ],
)  # fmt: skip
def test_what_is_wrong_stands_beside_its_field_and_nothing_typed_is_lost(
    studio: Client, published: None, said: dict[str, str], field: str
) -> None:
    answer = studio.post(PREVIEW, {**HOLD, "unit": "days", "stage": "EVIDENCE", **said})
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert answer.context["form"]["stage"].value() == "EVIDENCE"


def test_cases_are_found_by_number_shop_rules_and_moment(studio: Client, order_of: Any, file: Any, shop: Any) -> None:
    done, _other = file(order_of()), file(order_of())
    due = local_moment(Case.objects.get(pk=done.case_id).due_at, "Asia/Shanghai")
    for said, count in (
        ({"cases": f" {done.number.lower()}\n"}, 1), ({"shop": "lan home"}, 2), ({"shop": "lan-home"}, 2),
        ({"rules": "taobao.general"}, 2), ({"rules": "taobao.virtual"}, 0), ({"platform": "taobao"}, 2),
        ({"due_before": f"{due:%Y-%m-%dT%H:%M}", "deadline": "seller_response"}, 0),
        ({"due_after": f"{due:%Y-%m-%dT%H:%M}", "deadline": "seller_response"}, 2),
    ):  # fmt: skip
        page = studio.post(PREVIEW, {**HOLD, **said})
        assert page.context["form"].errors == {}
        assert page.context["seen"].cases.count == count, said


def test_a_link_fills_in_the_form(studio: Client, order_of: Any, file: Any) -> None:
    number = file(order_of()).number
    page = words(studio.get(f"/studio/timers/choose/?kind=extend&cases={number}&extended=seller_response"))
    assert number in page
    assert re.search(r'<option value="seller_response" selected', page)
    assert studio.get("/studio/timers/choose/?kind=burn").status_code == 404
    assert studio.post(PREVIEW, {"kind": "burn"}).status_code == 404


def test_results_are_told_as_a_table_too(studio: Client, order_of: Any, file: Any, root: Any) -> None:
    done, held = file(order_of()), file(order_of())
    confirmed(studio, 2)
    perform(case_for(root, held.number), "pause", {"reason": "legal_hold"})
    work()
    run = BulkRun.objects.get()
    answer = studio.get(f"/studio/bulk-runs/{run.pk}/table/")
    rows = list(csv.DictReader(StringIO(words(answer).removeprefix("\ufeff"))))
    assert {(row["case"], row["result"]) for row in rows} == {(done.number, "done"), (held.number, "changed")}
    assert any(row["deadline"] == "seller_response" and row["after"] == "" for row in rows)
    assert held.number not in words(studio.get(f"/studio/bulk-runs/{run.pk}/table/?result=done"))


def test_a_run_is_cancelled_from_its_page(studio: Client, order_of: Any, file: Any) -> None:
    file(order_of())
    confirmed(studio, 1)
    run = BulkRun.objects.get()
    page = studio.post(f"/studio/bulk-runs/{run.pk}/cancel/", follow=True)
    assert "cancelled by" in words(page)
    assert "The run has ended already." in words(studio.post(f"/studio/bulk-runs/{run.pk}/cancel/", follow=True))


def test_runs_of_other_platforms_are_not_there(
    client: Client, studio: Client, person: Any, order_of: Any, file: Any
) -> None:
    file(order_of())
    confirmed(studio, 1)
    run = BulkRun.objects.get()
    mo = person("mo", language="en")
    StaffRole.objects.create(user=mo, kind="administrator", platform="aliexpress")
    client.force_login(mo)
    assert client.get(f"/studio/bulk-runs/{run.pk}/").status_code == 404
    assert client.post(f"/studio/bulk-runs/{run.pk}/cancel/").status_code == 404
    assert "Run" not in [row.kind for row in client.get("/studio/bulk-runs/").context["runs"]]
    assert client.post(PREVIEW, HOLD).context["seen"].cases.count == 0


# The page of timers


def test_what_falls_due_is_drawn_by_five_minutes_and_by_the_hour(
    studio: Client, order_of: Any, file: Any, travel: Any
) -> None:
    file(order_of())
    travel(days=4, hours=23, minutes=40)
    sweep_until_done(sweeper="worker 1")
    hour, day = studio.get("/studio/timers/").context["plots"]
    assert hour.title == "1 deadline falls due in the next hour"
    (bar,) = (each for each in hour.bars if each.count)
    assert ([each.kind for each in bar.segments], bar.counts) == (["auto"], (1, 0, 0, 0))
    assert hour.count <= day.count == sum(each.count for each in day.bars)


def test_every_deadline_of_the_next_day_is_counted_in_one_hour_and_one_piece(
    order_of: Any, file: Any, travel: Any
) -> None:
    for _ in range(3):
        file(order_of())
        travel(minutes=17)
    now = travel(days=4, hours=22, minutes=55)
    due = due_soon(local_moment(now, "Asia/Kolkata"))
    pending = Deadline.objects.filter(status="pending", wakes_at__gt=now).exclude(kind="notice")
    assert due.in_hour == pending.filter(wakes_at__lte=now + timedelta(hours=1)).count() > 0
    assert due.in_day == pending.filter(wakes_at__lte=now + timedelta(hours=24)).count()
    assert due.day[0].since.minute == 0
    assert due.day[0].since <= now < due.day[0].until
    assert due.hour[0].since <= now < due.hour[0].until
    assert due.hour[-1].since <= now + timedelta(hours=1)


def test_a_drawing_says_what_there_is_to_see(travel: Any) -> None:
    now = local_moment(travel(hours=1), "Asia/Shanghai").replace(minute=0, second=0, microsecond=0)
    pieces = [
        Bucket(since=now + n * timedelta(minutes=5), until=now + (n + 1) * timedelta(minutes=5), counts=counts)
        for n, counts in enumerate([(0, 0, 0, 0), (6, 2, 0, 1), (1, 0, 0, 0)])
    ]
    with override("en"):
        plot = hour_plot(pieces)
        assert plot.title.startswith("10 deadlines fall due in the next hour, most between ")
        assert plot.title.endswith("(9)")
        assert [each.kind for each in plot.bars[1].segments] == ["auto", "window", "target"]
        assert sum(each.height for each in plot.bars[1].segments) == 100
        assert day_plot(pieces[:1]).title == "Nothing falls due in the next 24 hours"


def test_overdue_cases_are_listed_the_longest_first(studio: Client, order_of: Any, file: Any, travel: Any) -> None:
    first = file(order_of()).number
    travel(hours=1)
    second = file(order_of()).number
    travel(days=9)
    page = studio.get("/studio/timers/")
    assert [row.number for row, _span in page.context["late"]] == [first, second]
    sweep_until_done(sweeper="worker 1")
    assert "None, as it should be." in words(studio.get("/studio/timers/"))


def test_every_stuck_case_is_tried_again_with_one_button(studio: Client, order_of: Any, file: Any) -> None:
    for _ in range(2):
        file(order_of())
    for case in Case.objects.all():
        StuckCase.objects.create(
            case=case, reason="KeyError: x", detail="in decide", first_at=case.opened_at, last_at=case.opened_at,
            retry_at=case.opened_at + timedelta(days=1),
        )  # fmt: skip
    answer = studio.post("/studio/timers/retry-all/", follow=True)
    assert "2 cases are tried again with the next sweep." in words(answer)
    action = AdministratorAction.objects.get(kind="stuck_retried")
    assert (action.actor.username, action.after) == ("root", {"cases": 2})
    sweep_until_done(sweeper="worker 1")
    assert not StuckCase.objects.exists()


def test_from_one_case_an_administrator_sees_each_due_time_before_and_after(
    studio: Client, client: Client, order_of: Any, file: Any, zhou: Any
) -> None:
    number = file(order_of()).number
    for action, kind in (("pause", "hold"), ("extend", "extend")):
        page = words(studio.get(f"/bench/{number}/do/{action}/?lang=en"))
        assert f'href="/studio/timers/choose/?kind={kind}&amp;cases={number}"' in page
    client.force_login(zhou)
    assert "/studio/" not in words(client.get(f"/bench/{number}/do/pause/")).split("<main")[1]


def test_a_hold_that_lasts_longer_than_was_thought_is_pointed_out(
    studio: Client, order_of: Any, file: Any, root: Any, travel: Any
) -> None:
    first, _second = file(order_of()).number, file(order_of()).number
    until = local_moment(travel(hours=1), "Asia/Shanghai") + timedelta(hours=5)
    confirmed(studio, 2, until=f"{until:%Y-%m-%dT%H:%M}")
    work()
    assert studio.get("/studio/timers/").context["past_holds"] == ()
    travel(hours=6)
    perform(case_for(root, first), "resume", {"mode": "moved"})
    page = studio.get("/studio/timers/")
    (hold,) = page.context["past_holds"]
    assert (hold.run_id, hold.count) == (BulkRun.objects.get().pk, 1)
    assert "still holds 1 case, longer than was thought" in words(page)
