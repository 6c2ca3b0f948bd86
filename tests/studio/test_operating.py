"""Timers, imports and users as an administrator handles them."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from accounts.identities import find_or_create_person, link_identity
from accounts.models import IdentityLink, Membership, OutsideIdentity, Shop, StaffRole, User
from config.celery import app
from contract import signs
from disputes.models import Case, ImportRun, Order, StuckCase
from disputes.services.sweeping import leave_sign, sweep_until_done
from notifications.services.relay import relay_until_done
from studio import queues
from studio.liveness import span_in_words
from tests.disputes import conftest as cases

pytestmark = pytest.mark.django_db
SAMPLES = Path(cases.__file__).parent / "samples"


@pytest.fixture(autouse=True)
def no_memory_of_a_broker_that_was_away() -> None:
    queues.fuse.mend()


def sent(studio: Client, sample: str, format: str, **choices: str) -> Any:
    content = (SAMPLES / sample).read_bytes()
    form = {"format": format, "upload": SimpleUploadedFile(sample, content), "overdue": "hold", **choices}
    return studio.post("/studio/imports/", form)


# Timers


def test_a_living_sweep_is_shown_and_nothing_is_overdue(studio: Client, order_of: Any, file: Any) -> None:
    file(order_of())
    leave_sign(sweeper="worker 1", moved=0)
    page = studio.get("/studio/timers/")
    assert "worker 1" in page.content.decode()
    assert (page.context["state"].overdue_seconds, page.context["oldest"]) == (0, None)


def test_an_overdue_case_is_named_with_how_late_the_sweep_is(
    studio: Client, order_of: Any, file: Any, travel: Any
) -> None:
    case = Case.objects.get(number=file(order_of()).number)
    travel(to=case.wake_at + timedelta(minutes=2))
    words = studio.get("/studio/timers/").content.decode()
    assert "overdue for 2 min" in words
    assert reverse("disputes:case", args=[case.number]) in words
    sweep_until_done(sweeper="worker 1")
    assert "overdue for" not in studio.get("/studio/timers/").content.decode()


def test_the_number_of_an_overdue_case_is_for_who_works_for_its_platform(
    client: Client, person: Any, published: None, order_of: Any, file: Any, travel: Any
) -> None:
    number = file(order_of()).number
    travel(days=6)
    elsewhere = person("mo", language="en")
    StaffRole.objects.create(user=elsewhere, kind="administrator", platform="aliexpress")
    client.force_login(elsewhere)
    page = client.get("/studio/timers/")
    assert page.context["state"].overdue_cases == 1
    assert number not in page.content.decode()


def test_every_program_is_shown_with_its_last_sign_and_one_that_never_signed_too(studio: Client) -> None:
    signs.Signer(instance="deadlines@here").sign(works=1)
    signs.Signer(instance="mail@there").sign()
    shown = {view.instance: view for view in studio.get("/studio/timers/").context["programs"]}
    assert shown.keys() == {"deadlines@here", "mail@there", "beat", "default", "ringer"}
    assert (shown["deadlines@here"].silent, shown["mail@there"].worked) == (False, "")
    assert shown["beat"].silent
    assert shown["beat"].last_at is None


def test_a_program_that_stands_still_is_marked(studio: Client, travel: Any) -> None:
    signs.Signer(instance="beat@here").sign()
    travel(minutes=3)
    (beat,) = (view for view in studio.get("/studio/timers/").context["programs"] if view.instance == "beat@here")
    assert (beat.silent, beat.ago) == (True, "3 min ago")


def test_what_waits_is_counted_and_unknown_while_the_broker_is_away(
    studio: Client, redis_client: Any, order_of: Any, file: Any
) -> None:
    file(order_of())
    redis_client.lpush("mail", "x")
    counts = {row.note or row.what: row.count for row in studio.get("/studio/timers/").context["waiting"]}
    assert counts["Events nobody was told about yet"] > 0
    assert (counts["Mails that are due"], counts["mail"], counts["default"]) == (0, 1, 0)
    app.conf.broker_url = "redis+socket:///nowhere/valkey.sock"
    page = studio.get("/studio/timers/")
    assert {row.count for row in page.context["waiting"] if row.note} == {None}
    assert "unknown" in page.content.decode()
    assert "The broker does not answer" in page.content.decode()


def test_mails_that_are_due_are_counted_with_the_oldest(studio: Client, order_of: Any, file: Any, travel: Any) -> None:
    file(order_of())
    relay_until_done()
    travel(hours=30)
    (mails,) = (row for row in studio.get("/studio/timers/").context["waiting"] if row.what == "Mails that are due")
    assert mails.count
    assert (mails.late, mails.note) == (True, "the oldest for 30 h")


@pytest.mark.parametrize(
    ("seconds", "words"), [(0, "0 s"), (119, "119 s"), (120, "2 min"), (7200, "2 h"), (172_800, "2 d")]
)
def test_a_span_is_said_in_the_largest_unit_that_tells_enough(seconds: int, words: str) -> None:
    with override("en"):
        assert span_in_words(seconds) == words


def test_a_stuck_case_is_tried_again_at_once(studio: Client, order_of: Any, file: Any, travel: Any) -> None:
    number = file(order_of()).number
    case = Case.objects.get(number=number)
    StuckCase.objects.create(
        case=case, reason="KeyError: x", detail="in decide", first_at=case.opened_at, last_at=case.opened_at,
        retry_at=case.opened_at,
    )  # fmt: skip
    page = studio.get("/studio/timers/").content.decode()
    assert "KeyError: x" in page
    answer = studio.post(reverse("studio:retry", args=[number]), follow=True)
    assert "is tried again with the next sweep" in answer.content.decode()
    assert studio.post(reverse("studio:retry", args=["NONE"])).status_code == 404


def test_cases_held_on_arrival_run_again_as_the_administrator_says(studio: Client) -> None:
    sent(studio, "taobao_trade_fullinfo_get.json", "taobao", do="import")
    sent(studio, "taobao_refund_get.json", "taobao", do="import")
    held = list(Case.objects.exclude(held="").values_list("number", flat=True))
    assert held
    assert held[0] in studio.get("/studio/timers/").content.decode()
    refused = studio.post("/studio/timers/resume/", {"case": held[:1], "mode": "moved"}, follow=True)
    assert "stays held" in refused.content.decode()
    studio.post("/studio/timers/resume/", {"case": held[:1], "mode": "fresh"})
    assert Case.objects.get(number=held[0]).held == ""


def test_choosing_nothing_is_answered_in_words(studio: Client) -> None:
    answer = studio.post("/studio/timers/resume/", {"mode": "fresh"}, follow=True)
    assert "Choose at least one case" in answer.content.decode()


# Imports


def test_trying_first_shows_each_row_and_changes_nothing_then_the_same_form_imports(studio: Client) -> None:
    page = sent(studio, "taobao_trades_sold_get.json", "taobao", do="try")
    words = page.content.decode()
    assert page.status_code == 200
    assert "Tried, nothing was changed" in words
    assert Order.objects.count() == 0
    kept = page.context["form"].initial["payload"]
    assert json.loads(kept)
    again = studio.post("/studio/imports/", {"format": "taobao", "payload": kept, "overdue": "hold", "do": "import"})
    assert "Imported" in again.content.decode()
    assert Order.objects.count() > 0


@pytest.mark.parametrize(
    ("sample", "format"),
    [
        ("taobao_trade_fullinfo_get.json", "taobao"), ("native.json", "native"), ("orders.csv", "csv"),
        ("aliexpress_issue_detail_get.json", "aliexpress"),
    ],
)  # fmt: skip
def test_every_kind_of_sample_is_taken_with_a_result_for_each_row(studio: Client, sample: str, format: str) -> None:
    assert sent(studio, sample, format, do="import").status_code == 200
    run = ImportRun.objects.get()
    page = studio.get(f"/studio/imports/{run.pk}/").content.decode()
    assert len(run.results) > 0
    assert all(f">{row['row']}<" in page for row in run.results)


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({"format": "taobao", "overdue": "hold"}, "Choose a file, or paste its content"),
        ({"format": "taobao", "overdue": "hold", "payload": "{"}, "cannot be read"),
        ({"format": "stone", "overdue": "hold", "payload": "{}"}, "Select a valid choice"),
        ({"format": "taobao", "overdue": "never", "payload": "{}"}, "Select a valid choice"),
    ],
)
def test_what_cannot_be_read_is_refused_and_kept_in_the_form(
    studio: Client, form: dict[str, str], sentence: str
) -> None:
    page = studio.post("/studio/imports/", {**form, "do": "import"})
    words = page.content.decode()
    assert page.status_code == 422
    assert sentence in words or "JSON" in words
    assert form.get("payload", "") in words


# Users


def test_a_person_is_made_found_suspended_and_let_in_again(studio: Client) -> None:
    new = {"person-username": "mei", "person-language": "en", "person-password": "a-long-enough-word", "do": "person"}
    studio.post("/studio/people/", new)
    mei = User.objects.get(username="mei")
    assert "mei" in studio.get("/studio/people/?q=me").content.decode()
    address = reverse("studio:person", args=[mei.pk])
    studio.post(address, {"do": "suspend"})
    mei.refresh_from_db()
    assert mei.is_suspended
    studio.post(address, {"do": "readmit"})
    mei.refresh_from_db()
    assert not mei.is_suspended


def test_a_name_that_is_taken_and_a_weak_password_are_refused_with_what_was_typed(studio: Client, ming: Any) -> None:
    new = {"person-username": "ming", "person-language": "en", "person-password": "a-long-enough-word", "do": "person"}
    page = studio.post("/studio/people/", new)
    assert (page.status_code, User.objects.filter(username="ming").count()) == (422, 1)
    weak = studio.post("/studio/people/", {**new, "person-username": "mei", "person-password": "12345"})
    assert weak.status_code == 422
    assert 'value="mei"' in weak.content.decode()


def test_roles_are_given_and_taken_for_one_platform(studio: Client, eve: Any) -> None:
    address = reverse("studio:person", args=[eve.pk])
    studio.post(address, {"do": "appoint", "appoint-kind": "arbitrator", "appoint-platform": "tmall"})
    assert StaffRole.objects.filter(user=eve, kind="arbitrator", platform="tmall").exists()
    studio.post(address, {"do": "dismiss", "kind": "arbitrator", "platform": "tmall"})
    assert not StaffRole.objects.filter(user=eve).exists()


def test_an_administrator_keeps_their_own_last_right_and_cannot_suspend_themselves(studio: Client, root: Any) -> None:
    address = reverse("studio:person", args=[root.pk])
    studio.post(address, {"do": "dismiss", "kind": "administrator", "platform": ""})
    studio.post(address, {"do": "suspend"})
    root.refresh_from_db()
    assert StaffRole.objects.filter(user=root, kind="administrator").exists()
    assert not root.is_suspended


def test_a_shop_is_opened_and_somebody_acts_for_it(studio: Client, eve: Any) -> None:
    new = {"do": "shop", "shop-platform": "taobao", "shop-name": "Eve's", "shop-outside_id": ""}
    studio.post("/studio/people/", new)
    shop = Shop.objects.get(name="Eve's")
    studio.post(reverse("studio:person", args=[eve.pk]), {"do": "join", "join-shop": shop.pk, "join-role": "agent"})
    assert Membership.objects.get(user=eve, shop=shop).role == "agent"


def test_a_name_at_a_marketplace_is_said_to_be_somebody_and_no_longer(studio: Client, ming: Any) -> None:
    stand_in = find_or_create_person("taobao", "tb_ming")
    link = {"do": "link", "link-platform": "taobao", "link-outside_id": "tb_ming"}
    answer = studio.post(reverse("studio:person", args=[ming.pk]), link, follow=True)
    assert OutsideIdentity.objects.get(outside_id="tb_ming").user == ming
    assert 'value="unlink"' in answer.content.decode()
    undo = {"do": "unlink", "link": IdentityLink.objects.get().pk}
    answer = studio.post(reverse("studio:person", args=[ming.pk]), undo, follow=True)
    assert OutsideIdentity.objects.get(outside_id="tb_ming").user == stand_in
    assert "The name is no longer theirs." in answer.content.decode()


def test_a_name_of_somebody_else_is_refused_at_the_form(studio: Client, ming: Any, eve: Any) -> None:
    link_identity("taobao", "tb_ming", ming)
    link = {"do": "link", "link-platform": "taobao", "link-outside_id": "tb_ming"}
    answer = studio.post(reverse("studio:person", args=[eve.pk]), link)
    assert answer.status_code == 422
    assert "belongs to another person already" in answer.content.decode()
    undo = {"do": "unlink", "link": IdentityLink.objects.get().pk}
    assert studio.post(reverse("studio:person", args=[eve.pk]), undo).status_code == 404


def test_a_file_that_there_was_no_room_for_is_told_at_its_field(studio: Client, settings: Any, tmp_path: Path) -> None:
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path / "gone")
    large = SimpleUploadedFile("orders.json", b" " * 3_000_000)
    page = studio.post("/studio/imports/", {"format": "native", "upload": large, "overdue": "hold", "do": "import"})
    assert page.status_code < 500
    assert "Files cannot be stored at the moment" in page.content.decode()
