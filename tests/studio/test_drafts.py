"""An administrator's pages about drafts."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from rules.actions import actions_on
from rules.drafts import drafts_of
from rules.selectors import versions_of
from tests.studio.test_changing import publish

pytestmark = pytest.mark.django_db
PACK = "taobao.general"
ADDRESS = f"/studio/packs/{PACK}/drafts/"


@pytest.fixture
def begun(studio: Client) -> Any:
    page = studio.post(ADDRESS, {"title": "Six days for sellers", "origin": versions_of(PACK)[0].number})
    (draft,) = drafts_of(PACK)
    assert page.headers["Location"] == f"{ADDRESS}{draft.id}/"
    return draft


def test_a_draft_is_listed_with_its_state_and_what_was_done(studio: Client, begun: Any) -> None:
    words = studio.get(ADDRESS).content.decode()
    assert "Six days for sellers" in words
    assert "In work" in words
    assert "Began a draft" in words


def test_a_draft_without_a_title_is_refused_in_words(studio: Client) -> None:
    page = studio.post(ADDRESS, {"title": " ", "origin": 1})
    assert page.status_code == 422
    assert "This field is required" in page.content.decode()
    assert drafts_of(PACK) == ()


def test_a_draft_of_an_older_version_shows_what_would_be_rolled_back(studio: Client) -> None:
    old = versions_of(PACK)[0].number
    publish(studio)
    assert f"?origin={old}" in studio.get(f"/studio/packs/{PACK}/versions/").content.decode()
    page = studio.post(ADDRESS, {"title": "Back", "origin": old}, follow=True)
    words = page.content.decode()
    assert f"begun with the text of version {old}" in words
    assert "6 days" in words
    assert "5 days" in words


def test_a_draft_is_discarded_once(studio: Client, begun: Any) -> None:
    address = f"{ADDRESS}{begun.id}/discard/"
    assert "Somebody else changed" in studio.post(address, {"revision": "7"}, follow=True).content.decode()
    assert "The draft is discarded" in studio.post(address, {"revision": "1"}, follow=True).content.decode()
    assert "published or discarded" in studio.post(address, {"revision": "2"}, follow=True).content.decode()


def test_publishing_one_length_at_once_is_written_down(studio: Client, root: Any) -> None:
    before = versions_of(PACK)[0].number
    publish(studio)
    (action,) = actions_on(PACK, limit=5)
    assert (action.kind, action.by, action.before) == ("length_published", str(root), {"version": before})
    assert action.after is not None
    assert action.after["deadline"] == "seller_response"
