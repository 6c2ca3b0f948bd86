"""Drafts of rules: one at a time, nothing overwritten, everything written down."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from contract.errors import NotFound
from rules.actions import actions_on
from rules.drafts import BadTitle, DraftChanged, DraftClosed, begin_draft, discard_draft, draft_of, drafts_of
from rules.drafts_documents import WrongDocument, as_text
from rules.drafts_editing import (
    BadSource,
    change_fields,
    import_text,
    missing_sources,
    state_sources,
    stated_changes,
)
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


def six_days(begun: Any, actor: Any, **changes: Any) -> Any:
    fields = [(("deadlines", "seller_response", "length"), "6d")]
    return change_fields(PACK, begun.id, fields, **{"revision": begun.revision, "actor_id": actor.pk, **changes})


def test_a_changed_number_has_no_source_until_somebody_says_one(begun: Any, root: Any) -> None:
    changed = six_days(begun, root)
    (stated,) = stated_changes(changed)
    assert (stated.change.pointer, stated.missing) == ("/deadlines/seller_response/length", True)
    told = {"/deadlines/seller_response/length": ("The platform's notice", "A")}
    sourced = state_sources(PACK, begun.id, told, revision=changed.revision, actor_id=root.pk)
    assert missing_sources(stated_changes(sourced)) == ()
    origin = sourced.policy.deadlines["seller_response"].provenance
    assert (origin.source, origin.confidence) == ("The platform's notice", "A")
    again = change_fields(
        PACK, begun.id, [(("deadlines", "seller_response", "length"), "7d")], revision=sourced.revision,
        actor_id=root.pk,
    )  # fmt: skip
    assert missing_sources(stated_changes(again)) == ("/deadlines/seller_response/length",)


@pytest.mark.parametrize(
    ("pointer", "source", "confidence"),
    [("/deadlines/evidence/length", "x", "A"), ("/deadlines/seller_response/length", " ", "A"),
     ("/deadlines/seller_response/length", "x" * 501, "A"), ("/deadlines/seller_response/length", "x", "seed")],
)  # fmt: skip
def test_a_source_that_says_nothing_about_a_changed_number_is_refused(
    begun: Any, root: Any, pointer: str, source: str, confidence: str
) -> None:
    changed = six_days(begun, root)
    told = {pointer: (source, confidence)}
    with pytest.raises(BadSource) as refused:
        state_sources(PACK, begun.id, told, revision=changed.revision, actor_id=root.pk)
    assert [problem.pointer for problem in refused.value.fields] == [f"/sources{pointer}"]


def test_a_document_brought_in_may_bring_its_sources(begun: Any, root: Any) -> None:
    document = begun.document
    document["deadlines"]["seller_response"].update(length="6d", source="Notice 12", confidence="A")
    brought = import_text(PACK, begun.id, as_text(document), revision=1, actor_id=root.pk)
    assert brought.document == document
    assert missing_sources(stated_changes(brought)) == ()


def test_a_wrong_document_changes_nothing(begun: Any, root: Any) -> None:
    with pytest.raises(WrongDocument):
        import_text(PACK, begun.id, "pack: [", revision=1, actor_id=root.pk)
    with pytest.raises(WrongDocument):
        change_fields(PACK, begun.id, [(("deadlines", "x"), 5)], revision=1, actor_id=root.pk)
    assert draft_of(PACK, begun.id) == begun


def test_of_two_changes_made_on_one_revision_the_second_is_refused(begun: Any, root: Any, wu: Any) -> None:
    six_days(begun, root)
    with pytest.raises(DraftChanged):
        six_days(begun, wu)
