"""The page of one length: a look at what would be, and a draft that begins with it."""

from __future__ import annotations

from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from disputes.models import Case, Deadline
from rules.actions import actions_on
from rules.drafts import begin_draft, draft_of, drafts_of
from rules.drafts_editing import stated_changes
from rules.drafts_publishing import approve_draft, publish_draft, submit_draft
from rules.models import DraftProof, PolicyVersion
from rules.selectors import newest_calendar_id, versions_of
from tests.studio.conftest import publish

pytestmark = pytest.mark.django_db
PACK = "taobao.general"
ADDRESS = "/studio/packs/taobao.general/deadlines/seller_response/"


def entered(**changes: Any) -> dict[str, Any]:
    newest = PolicyVersion.objects.filter(pack=PACK).order_by("-number").first()
    assert newest is not None
    return {
        "amount_0": "6", "unit_0": "days", "source": "The platform's notice of today", "confidence": "A",
        "draft": "", "base": str(newest.number), "do": "keep", **changes,
    }  # fmt: skip


def put_into_a_draft(studio: Client, address: str = ADDRESS, **changes: Any) -> Any:
    return studio.post(address, entered(**changes))


def length_in(draft: Any, name: str = "seller_response") -> Any:
    return draft_of(draft.pack, draft.id).document["deadlines"][name]["length"]


def test_a_changed_length_begins_a_draft_with_its_source_and_publishes_nothing(studio: Client, root: Any) -> None:
    before = PolicyVersion.objects.count()
    page = put_into_a_draft(studio)
    (draft,) = drafts_of(PACK)
    assert page.headers["Location"] == f"/studio/packs/{PACK}/drafts/{draft.id}/"
    assert (draft.title, draft.author_id, length_in(draft)) == ("Seller's answer: 6 days", root.pk, "6d")
    (stated,) = stated_changes(draft)
    assert stated.source is not None
    assert (stated.source.source, stated.source.confidence) == ("The platform's notice of today", "A")
    assert PolicyVersion.objects.count() == before
    assert [action.kind for action in actions_on(PACK, limit=5)] == ["sourced", "edited", "begun"]


def test_a_second_change_goes_into_the_draft_one_has(studio: Client) -> None:
    put_into_a_draft(studio)
    (draft,) = drafts_of(PACK)
    address = f"/studio/packs/{PACK}/deadlines/evidence/"
    assert draft.title in unescape(studio.get(address).content.decode())
    put_into_a_draft(studio, address, amount_0="4", draft=str(draft.id))
    assert [one.id for one in drafts_of(PACK)] == [draft.id]
    assert (length_in(draft), length_in(draft, "evidence")) == ("6d", "4d")
    assert {stated.source.source for stated in stated_changes(draft_of(PACK, draft.id)) if stated.source} == {
        "The platform's notice of today"
    }


def test_somebody_elses_draft_is_not_written_into(studio: Client, wu: Any) -> None:
    theirs = begin_draft(versions_of(PACK)[0], title="Mine alone", author_id=wu.pk)
    assert "Mine alone" not in studio.get(ADDRESS).content.decode()
    page = put_into_a_draft(studio, draft=str(theirs.id))
    assert page.status_code == 422
    assert draft_of(PACK, theirs.id) == theirs


def test_new_cases_run_under_the_new_number_and_running_ones_keep_theirs(
    studio: Client, order_of: Any, file: Any, root: Any, wu: Any
) -> None:
    old = file(order_of())
    put_into_a_draft(studio)
    (draft,) = drafts_of(PACK)
    result = {"states": 5, "seconds": 1.0, "silence_bound_days": 30.0, "findings": []}
    DraftProof.objects.create(
        pack=PACK, digest=draft.digest, calendar_id=newest_calendar_id("cn"), document=draft.text, state="done",
        result=result,
    )  # fmt: skip
    submit_draft(PACK, draft.id, effective_from=None, revision=draft.revision, actor_id=root.pk)
    approve_draft(PACK, draft.id, revision=None, actor_id=wu.pk)
    publish_draft(PACK, draft.id, revision=None, actor_id=root.pk)
    new = file(order_of())
    assert [_span(old.number), _span(new.number)] == [timedelta(days=5), timedelta(days=6)]
    assert Case.objects.get(number=old.number).policy_id != Case.objects.get(number=new.number).policy_id
    version = PolicyVersion.objects.filter(pack=PACK).latest("number")
    assert version.note.splitlines()[1] == "/deadlines/seller_response/length: The platform's notice of today"


def test_nothing_is_published_by_a_preview(studio: Client) -> None:
    before = PolicyVersion.objects.count()
    page = put_into_a_draft(studio, do="preview")
    words = page.content.decode()
    assert page.status_code == 200
    assert (PolicyVersion.objects.count(), drafts_of(PACK)) == (before, ())
    assert "studio-line__bar--old" in words
    assert "within 5 days of the latest request" in words
    assert "within 6 days of the latest request" in words
    assert "keep the promise they were given" in words


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"amount_0": "0"}, "A deadline needs some time"),
        ({"amount_0": "-3"}, "A deadline needs some time"),
        ({"amount_0": "many"}, "Enter a whole number"),
        ({"amount_0": ""}, "This field is required"),
        ({"amount_0": "4000"}, "This is too long"),
        ({"amount_0": "91", "unit_0": "working_days"}, "This is too long"),
        ({"unit_0": "fortnights"}, "Choose one of the units listed"),
        ({"source": "  "}, "This field is required"),
        ({"amount_0": "5"}, "Nothing would change"),
        ({"draft": "999999"}, "Select a valid choice"),
    ],
)
def test_what_cannot_be_is_refused_in_words_and_nothing_typed_is_lost(
    studio: Client, changes: dict[str, str], sentence: str
) -> None:
    page = put_into_a_draft(studio, **{"source": "A notice worth keeping", **changes})
    assert page.status_code == 422
    assert drafts_of(PACK) == ()
    assert sentence in page.content.decode()
    if "source" not in changes:
        assert "A notice worth keeping" in page.content.decode()


def test_a_target_above_its_maximum_is_refused(studio: Client) -> None:
    address = "/studio/packs/taobao.general/deadlines/opinion/"
    targets = {"unit_0": "working_days", "max_amount_0": "6", "max_unit_0": "working_days"}
    page = put_into_a_draft(studio, address, **targets, amount_0="7")
    assert page.status_code == 422
    assert "This is shorter than the target" in page.content.decode()
    assert put_into_a_draft(studio, address, **{**targets, "amount_0": "5"}).status_code == 302
    (draft,) = drafts_of(PACK)
    assert length_in(draft, "opinion") == {"target": "5wd", "max": "6wd"}


def test_each_alternative_of_a_length_is_changed_alone_and_keeps_its_condition(studio: Client) -> None:
    address = "/studio/packs/taobao.general/deadlines/return_receipt/"
    amounts = {"amount_0": "25", "amount_1": "30", "amount_2": "10", **{f"unit_{n}": "days" for n in range(3)}}
    assert put_into_a_draft(studio, address, **amounts).status_code == 302
    (draft,) = drafts_of(PACK)
    assert length_in(draft, "return_receipt") == [
        {"when": {"return_carrier": "overseas"}, "is": "25d"}, {"when": {"return_carrier": "post"}, "is": "30d"}, "10d"
    ]  # fmt: skip


def test_a_version_published_by_somebody_else_meanwhile_is_shown_and_nothing_is_overwritten(studio: Client) -> None:
    seen = entered(amount_0="7", source="Mine")
    publish(length="6d")
    page = studio.post(ADDRESS, seen)
    words = page.content.decode()
    assert page.status_code == 412
    assert "Somebody else published a new version meanwhile" in words
    assert "Mine" in words
    assert 'value="7"' in words
    assert drafts_of(PACK) == ()
    again = entered(amount_0="7", source="Mine")
    assert studio.post(ADDRESS, again).status_code == 302
    assert drafts_of(PACK)[0].base == versions_of(PACK)[0]


def _span(number: str) -> timedelta:
    deadline = Deadline.objects.get(case__number=number, name="seller_response")
    return deadline.due_at - deadline.started_at


def test_a_gate_that_opens_after_the_expiry_it_serves_is_called_a_trap(studio: Client) -> None:
    address = "/studio/packs/taobao.virtual/deadlines/intervention_gate/"
    newest = PolicyVersion.objects.filter(pack="taobao.virtual").latest("number").number
    page = studio.post(address, entered(amount_0="4", base=str(newest), do="preview"))
    assert "A trap: “Intervention can be asked for” would open (4 days)" in page.content.decode()
    refused = studio.post(address, entered(amount_0="4", base=str(newest)))
    assert refused.status_code == 422
    assert "opens only after what it is needed for is over" in refused.content.decode()


def test_the_sentence_is_told_while_somebody_types(studio: Client) -> None:
    address = reverse("studio:sentence", args=["taobao.general", "seller_response"])
    answer = studio.get(address, {"amount_0": "8", "unit_0": "working_days"})
    assert "within 8 working days of the latest request" in answer.content.decode()
    assert "within 5 days" in studio.get(address, {"amount_0": "x"}).content.decode()


def test_a_double_click_begins_one_draft(studio: Client) -> None:
    form = entered()
    pages = [studio.post(ADDRESS, form) for _click in range(2)]
    assert {page.headers["Location"] for page in pages} == {f"/studio/packs/{PACK}/drafts/{drafts_of(PACK)[0].id}/"}
    assert len(drafts_of(PACK)) == 1
