"""An administrator's pages about calendars and their drafts."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.services import appoint
from rules.calendar_documents import with_marks
from rules.calendar_drafts import calendar_drafts, open_calendar_draft
from rules.calendar_editions import edition_of
from rules.calendar_importing import as_csv, as_yaml
from rules.calendar_publishing import one_calendar_at_a_time, publish_edition

pytestmark = pytest.mark.django_db
ADDRESS = "/studio/calendars/cn/"
NOTICE = "State Council notice of 2026-11-25"


@pytest.fixture
def draft(studio: Client) -> Any:
    page = studio.post(f"{ADDRESS}begin/")
    (made,) = calendar_drafts("cn")
    assert page.headers["Location"] == f"{ADDRESS}drafts/{made.id}/"
    return made


def words_of(page: Any) -> str:
    return str(page.content.decode())


def test_the_list_says_which_years_are_covered_and_which_are_provisional(studio: Client) -> None:
    words = words_of(studio.get("/studio/calendars/"))
    for said in ("China", "2015–2027", "2027", "the days off of 2027 are not announced"):
        assert said in words


def test_a_year_counts_its_working_days_and_names_its_holidays(studio: Client) -> None:
    words = words_of(studio.get(f"{ADDRESS}?year=2026"))
    for said in ("Announced", "1 Oct to 7 Oct · Day off by law: National Day", "10 Oct · Make-up working day"):
        assert said in words
    assert studio.get(f"{ADDRESS}?year=2031").status_code == 404


def test_a_month_is_a_grid_that_says_each_day_in_words(studio: Client) -> None:
    words = words_of(studio.get(f"{ADDRESS}2026/10/"))
    for said in ("<th scope=\"col\"", "National Day", "Make-up working day", "Weekend", "month__day--worked"):
        assert said in words
    assert words_of(studio.get(f"{ADDRESS}2027/2/")).count(">provisional<") == 6
    assert [studio.get(f"{ADDRESS}{at}/").status_code for at in ("2026/13", "2031/1")] == [404, 404]


def test_days_are_ticked_and_kept_in_the_draft(studio: Client, draft: Any) -> None:
    there = f"{ADDRESS}drafts/{draft.id}/2027/2/"
    told = {"revision": "1", "days": ["2027-02-11", "2027-02-12"], "kind": "off", "group": "spring_festival"}
    assert studio.post(there, told).status_code == 302
    words = words_of(studio.get(f"{ADDRESS}drafts/{draft.id}/"))
    assert "11 Feb 2027 to 12 Feb 2027" in words
    assert "month__day--changed" in words_of(studio.get(there))


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"kind": "off", "group": "new_year"}, "Choose one day or several first."),
        ({"days": ["2027-02-11"], "kind": "off"}, "Choose the holiday, or name it by a code."),
        ({"days": ["2027-02-11"], "kind": "own_off", "zh": "年会"}, "Give the day a name in Chinese and in English."),
        ({"days": ["2027-02-11"], "kind": "worked", "group": "new_year"}, "cannot make up for a holiday"),
        ({"days": ["2027-02-11"], "kind": "off", "group_code": "New Year"}, "a code in small letters"),
    ],
)
def test_wrong_days_are_told_and_stay_ticked(studio: Client, draft: Any, told: dict[str, Any], said: str) -> None:
    page = studio.post(f"{ADDRESS}drafts/{draft.id}/2027/2/", {"revision": "1", **told})
    assert page.status_code == 422
    words = words_of(page)
    assert said in words
    assert ('value="2027-02-11" checked' in words) is ("days" in told)
    assert told.get("zh", "") in words


def test_the_second_of_two_administrators_reads_what_the_first_changed(
    studio: Client, draft: Any, wu: Any, client: Client
) -> None:
    there = f"{ADDRESS}drafts/{draft.id}/2027/2/"
    first = {"revision": "1", "days": ["2027-02-11"], "kind": "off", "group": "spring_festival"}
    studio.post(there, first)
    page = studio.post(there, {**first, "days": ["2027-02-12"]})
    assert page.status_code == 422
    words = words_of(page)
    assert "changed this draft meanwhile" in words
    assert "Changed the draft (11 Feb 2027)" in words
    assert 'name="revision" value="2"' in words
    assert 'value="2027-02-12" checked' in words


def test_a_year_is_announced_submitted_and_published_by_a_second_person(
    studio: Client, draft: Any, person: Any, published: None
) -> None:
    there = f"{ADDRESS}drafts/{draft.id}/"
    studio.post(f"{there}year/", {"revision": "1", "year": "2027", "announced": "yes", "source": NOTICE})
    studio.post(f"{there}submit/", {"revision": "2", "source": NOTICE, "note": ""})
    refused = studio.post(f"{there}decide/", {"revision": "3", "do": "publish"}, follow=True)
    assert "Somebody else has to approve this draft" in words_of(refused)
    second = person("second")
    appoint(second, "administrator", "")
    studio.force_login(second)
    done = studio.post(f"{there}decide/", {"revision": "3", "do": "publish"}, follow=True)
    assert "The edition is published" in words_of(done) or "已发布" in words_of(done)
    assert (edition_of("cn").number, edition_of("cn").provisional_years) == (2, ())
    history = words_of(studio.get(f"{ADDRESS}editions/?from=1&to=2"))
    assert NOTICE in history


def test_a_year_without_a_source_is_refused_and_what_was_typed_stays(studio: Client, draft: Any) -> None:
    page = studio.post(f"{ADDRESS}drafts/{draft.id}/year/", {"revision": "1", "year": "2026", "announced": "no"})
    assert page.status_code == 422
    assert '<option value="2026" selected' in words_of(page)


def test_a_further_year_is_added_and_its_months_can_be_opened(studio: Client, draft: Any) -> None:
    studio.post(f"{ADDRESS}drafts/{draft.id}/decide/", {"revision": "1", "do": "add_estimated"})
    there = open_calendar_draft("cn")
    assert there is not None
    assert max(there.years) == 2028
    assert "Spring Festival" in words_of(studio.get(f"{ADDRESS}drafts/{draft.id}/2028/1/"))


def test_a_file_is_looked_at_before_it_is_taken(studio: Client, draft: Any) -> None:
    there = f"{ADDRESS}drafts/{draft.id}/file/"
    csv = "date,kind,group,zh,en\n2027-02-11,off,spring_festival,,\n2027-03-08,own_off,,公司年会,Company day\n"
    upload = SimpleUploadedFile("days.csv", csv.encode())
    page = studio.post(there, {"revision": "1", "upload": upload, "do": "look"})
    assert (page.status_code, calendar_drafts("cn")[0].revision) == (200, 1)
    words = words_of(page)
    assert "Own day off: Company day" in words
    assert "2027-03-08,own_off" in words
    studio.post(there, {"revision": "1", "text": csv, "do": "take"})
    assert len(calendar_drafts("cn")[0].changes().days) == 2


def test_a_wrong_file_is_refused_with_line_and_field_and_nothing_is_lost(studio: Client, draft: Any) -> None:
    rows = ("date,kind,group", "2027-02-30,off,new_year", "2027-02-11,worked,new_year", "2027-02-12,off,",
            "2027-02-13,holiday,x")  # fmt: skip
    text = "\n".join(rows)
    page = studio.post(f"{ADDRESS}drafts/{draft.id}/file/", {"revision": "1", "text": text, "do": "take"})
    words = words_of(page)
    assert (page.status_code, calendar_drafts("cn")[0].revision) == (422, 1)
    for said in ("4 mistakes", "2027-02-30,off,new_year", "cannot make up for a holiday", "A kind is one of"):
        assert said in words


def test_what_is_exported_is_imported_again_without_a_change(studio: Client, draft: Any) -> None:
    there = f"{ADDRESS}drafts/{draft.id}/file/"
    exports = [studio.get(f"{ADDRESS}export/?format={kind}").content.decode() for kind in ("yaml", "csv")]
    for text in exports:
        page = studio.post(there, {"revision": "1", "text": text, "do": "look"})
        assert (page.status_code, "The file changes nothing." in words_of(page)) == (200, True)
    assert (as_yaml(draft.years), as_csv(draft.years)) == (
        studio.get(f"{ADDRESS}drafts/{draft.id}/export/").content.decode(),
        studio.get(f"{ADDRESS}drafts/{draft.id}/export/?format=csv").content.decode(),
    )


def test_an_administrator_of_one_platform_reads_but_does_not_change(
    client: Client, person: Any, published: None
) -> None:  # fmt: skip
    of_taobao = person("of-taobao")
    appoint(of_taobao, "administrator", "taobao")
    client.force_login(of_taobao)
    assert client.get(ADDRESS).status_code == 200
    assert client.post(f"{ADDRESS}begin/").status_code == 404
    assert calendar_drafts("cn") == ()


def test_the_front_page_of_the_studio_warns_of_the_year_nobody_has_announced(studio: Client, travel: Any) -> None:
    travel(to=datetime(2026, 11, 22, 4, tzinfo=UTC))
    assert "the days off of 2027 are not announced" in words_of(studio.get("/studio/"))
    travel(to=datetime(2027, 12, 1, 4, tzinfo=UTC))
    assert "the calendar has no 2028" in words_of(studio.get("/studio/"))


def test_nobody_is_warned_long_before(studio: Client, travel: Any) -> None:
    travel(to=datetime(2026, 6, 1, 4, tzinfo=UTC))
    assert "not announced" not in words_of(studio.get("/studio/"))


def test_publishing_leads_to_the_running_deadlines_that_would_move(
    studio: Client, draft: Any, order_of: Any, file: Any, settings: Any
) -> None:
    settings.GONGDUAN_SINGLE_OPERATOR = ["*"]
    file(order_of())
    there = f"{ADDRESS}drafts/{draft.id}/"
    studio.post(f"{there}2027/2/", {"revision": "1", "days": ["2027-02-11"], "kind": "off", "group": "spring_festival"})
    studio.post(f"{there}submit/", {"revision": "2", "source": NOTICE})
    page = studio.post(f"{there}decide/", {"revision": "3", "do": "publish"}, follow=True)
    assert page.redirect_chain[-1][0] == f"{ADDRESS}2/cases/"
    assert "The edition is published" in words_of(page)
    for address in (there, f"{ADDRESS}editions/"):
        assert f"{ADDRESS}2/cases/" in words_of(studio.get(address))


def test_what_a_release_brings_is_offered_and_taken_over_by_a_button(studio: Client, root: Any) -> None:
    years = edition_of("cn").years
    one_calendar_at_a_time("cn")
    publish_edition("cn", {**years, 2027: with_marks(years[2027], {})}, shipped=0, published_by_id=root.pk)
    assert "This release brings new days" in words_of(studio.get(ADDRESS))
    studio.post(f"{ADDRESS}begin/")
    (draft,) = calendar_drafts("cn")
    there = f"{ADDRESS}drafts/{draft.id}/"
    assert "take_shipped" in words_of(studio.get(there))
    page = studio.post(f"{there}decide/", {"revision": "1", "do": "take_shipped"}, follow=True)
    assert "5 Feb 2027 to 10 Feb 2027" in words_of(page)
    assert "take_shipped" not in words_of(page)


def test_a_draft_whose_base_was_replaced_shows_what_differs_and_is_carried_over(
    studio: Client, draft: Any, root: Any
) -> None:
    there = f"{ADDRESS}drafts/{draft.id}/"
    studio.post(f"{there}2027/2/", {"revision": "1", "days": ["2027-02-11"], "kind": "off", "group": "spring_festival"})
    years = edition_of("cn").years
    one_calendar_at_a_time("cn")
    publish_edition("cn", {**years, 2027: with_marks(years[2027], {})}, shipped=1, published_by_id=root.pk)
    words = words_of(studio.get(there))
    assert "but edition 2 is published" in words
    assert "1 Oct 2027 to 5 Oct 2027" in words
    refused = studio.post(f"{there}submit/", {"revision": "2", "source": NOTICE})
    assert (refused.status_code, "A newer edition was published since" in words_of(refused)) == (422, True)
    page = studio.post(f"{there}decide/", {"revision": "2", "do": "carry_over"}, follow=True)
    assert "builds on edition 2" in words_of(page)
