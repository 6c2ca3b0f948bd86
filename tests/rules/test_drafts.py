"""Drafts of rules: one at a time, nothing overwritten, everything written down."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from contract.errors import NotFound
from rules.actions import actions_on
from rules.drafts import BadTitle, DraftChanged, DraftClosed, begin_draft, discard_draft, draft_of, drafts_of
from rules.models import RuleAction
from rules.selectors import versions_of
from rules.services import publish_version
from tests.disputes.conftest import published

__all__ = ["published"]
pytestmark = pytest.mark.django_db
PACK = "taobao.general"


@pytest.fixture
def begun(published: None, root: Any) -> Any:
    return begin_draft(versions_of(PACK)[0], title="Six days for sellers", author_id=root.pk)


def test_a_draft_begins_with_the_text_of_its_version(begun: Any, root: Any) -> None:
    newest = versions_of(PACK)[0]
    assert (begun.origin, begun.base, begun.revision, begun.in_work) == (newest, newest, 1, True)
    assert begun.document == newest.policy.document
    assert drafts_of(PACK) == (begun,)
    (action,) = actions_on(PACK, limit=10)
    assert (action.kind, action.draft_id, action.by) == ("begun", begun.id, str(root))


def test_a_draft_of_an_older_version_builds_on_the_newest(published: None, root: Any) -> None:
    old = versions_of(PACK)[0]
    changed = {**old.policy.document, "notes": ["later"]}
    publish_version(PACK, source="", document=changed, effective_from=old.published_at)
    draft = begin_draft(old, title="Back to the first", author_id=root.pk)
    assert (draft.origin.number, draft.base.number) == (old.number, old.number + 1)
    assert draft.document == old.policy.document != draft.base.policy.document


def test_whoever_comes_second_is_told_and_changes_nothing(begun: Any, root: Any) -> None:
    with pytest.raises(DraftChanged) as told:
        discard_draft(PACK, begun.id, revision=begun.revision + 1, actor_id=root.pk)
    assert told.value.extensions() == {"revision": begun.revision}
    assert draft_of(PACK, begun.id) == begun


def test_a_discarded_draft_stays_readable_and_changes_no_more(begun: Any, root: Any) -> None:
    gone = discard_draft(PACK, begun.id, revision=1, actor_id=root.pk)
    assert (gone.status, gone.is_open, gone.document) == ("discarded", False, begun.document)
    with pytest.raises(DraftClosed):
        discard_draft(PACK, begun.id, revision=gone.revision, actor_id=root.pk)
    assert [action.kind for action in actions_on(PACK, limit=10)] == ["discarded", "begun"]


def test_a_draft_is_found_only_in_its_own_pack(begun: Any) -> None:
    with pytest.raises(NotFound):
        draft_of("aliexpress", begun.id)


@pytest.mark.parametrize("title", ["", "   ", "x" * 201])
def test_a_draft_has_a_title_of_one_line(published: None, root: Any, title: str) -> None:
    with pytest.raises(BadTitle):
        begin_draft(versions_of(PACK)[0], title=title, author_id=root.pk)


@pytest.mark.parametrize("change", ["update", "delete"])
def test_what_was_done_cannot_be_undone_in_the_trail(begun: Any, change: str) -> None:
    row = RuleAction.objects.filter(draft_id=begun.id)
    with pytest.raises(IntegrityError), transaction.atomic():
        row.update(kind="published") if change == "update" else row.delete()
