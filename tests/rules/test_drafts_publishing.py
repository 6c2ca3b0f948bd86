"""From a draft to a version: proven, approved by somebody else, and never over what somebody else published."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from threading import Thread
from typing import Any

import pytest
from django.db import connection

from contract.clock import database_now
from rules import loader
from rules.actions import actions_on
from rules.drafts import DraftNotInWork, begin_draft, draft_of
from rules.drafts_editing import change_fields, state_sources, stated_changes
from rules.drafts_proving import BadReason, NoSuchTrap, accept_trap, ask_for_proof, proof_of_draft, prove_next
from rules.drafts_publishing import (
    BaseReplaced,
    NeedsSecondPerson,
    NotReady,
    TooEarly,
    TooFarOff,
    approve_draft,
    carry_over,
    publish_draft,
    return_draft,
    submit_draft,
    what_is_missing,
)
from rules.models import DraftProof, PolicyVersion
from rules.selectors import newest_calendar_id, version_in_force, versions_of
from rules.services import publish_version
from tests.disputes.conftest import published

__all__ = ["published"]
PACK = "taobao.virtual"
RESPONSE = ("deadlines", "seller_response", "length")
SOUND: dict[str, Any] = {"states": 7644, "seconds": 9.0, "silence_bound_days": 30.0, "findings": []}
TRAP = {"kind": "trap", "subject": "intervention_gate:buyer_after_refusal:SELLER_REFUSED", "warning": True,
        "path": [["+0d 00:00", "buyer file → WAIT_SELLER"]]}  # fmt: skip


def changed(root: Any, length: str = "6d", path: tuple[str, ...] = RESPONSE) -> Any:
    draft = begin_draft(versions_of(PACK)[0], title="Six days", author_id=root.pk)
    draft = change_fields(PACK, draft.id, [(path, length)], revision=1, actor_id=root.pk)
    told = {stated.change.pointer: ("The notice", "A") for stated in stated_changes(draft)}
    return state_sources(PACK, draft.id, told, revision=2, actor_id=root.pk)


def proven(draft: Any, **result: Any) -> Any:
    """The kept proof of a draft, as a worker writes it."""
    DraftProof.objects.create(
        pack=PACK, digest=draft.digest, calendar_id=newest_calendar_id("cn"), document=draft.text, state="done",
        result={**SOUND, **result},
    )  # fmt: skip
    return draft_of(PACK, draft.id)


def approved(root: Any, wu: Any, **options: Any) -> Any:
    draft = proven(changed(root, **options))
    submitted = submit_draft(PACK, draft.id, effective_from=None, revision=draft.revision, actor_id=root.pk)
    return approve_draft(PACK, draft.id, revision=submitted.revision, actor_id=wu.pk)


pytestmark = pytest.mark.django_db


def test_a_proven_draft_that_somebody_else_approved_becomes_the_next_version(
    published: None, root: Any, wu: Any
) -> None:
    before = versions_of(PACK)[0].number
    draft = approved(root, wu)
    done = publish_draft(PACK, draft.id, revision=draft.revision, actor_id=root.pk)
    version = PolicyVersion.objects.get(pack=PACK, number=before + 1)
    assert (done.status, done.published_number, version.digest) == ("published", before + 1, draft.digest)
    assert version.note == "Six days\n/deadlines/seller_response/length: The notice"
    assert str(version_in_force(PACK).policy.deadlines["seller_response"].terms[0].length) == "6d"
    kinds = [action.kind for action in actions_on(PACK, limit=10)]
    assert kinds == ["published", "approved", "submitted", "sourced", "edited", "begun"]


def test_nobody_approves_what_they_wrote_or_submitted(published: None, root: Any, wu: Any, he: Any) -> None:
    draft = proven(changed(root))
    submitted = submit_draft(PACK, draft.id, effective_from=None, revision=draft.revision, actor_id=wu.pk)
    for somebody in (root, wu):
        with pytest.raises(NeedsSecondPerson):
            approve_draft(PACK, draft.id, revision=submitted.revision, actor_id=somebody.pk)
    assert approve_draft(PACK, draft.id, revision=submitted.revision, actor_id=he.pk).status == "approved"


def test_nobody_approves_what_they_changed_in_another_draft_than_theirs(
    published: None, root: Any, wu: Any, he: Any
) -> None:
    draft = changed(root)
    draft = change_fields(PACK, draft.id, [(RESPONSE, "8d")], revision=draft.revision, actor_id=wu.pk)
    told = {stated.change.pointer: ("The notice", "A") for stated in stated_changes(draft)}
    draft = proven(state_sources(PACK, draft.id, told, revision=draft.revision, actor_id=wu.pk))
    draft = submit_draft(PACK, draft.id, effective_from=None, revision=draft.revision, actor_id=root.pk)
    with pytest.raises(NeedsSecondPerson):
        approve_draft(PACK, draft.id, revision=draft.revision, actor_id=wu.pk)
    assert approve_draft(PACK, draft.id, revision=draft.revision, actor_id=he.pk).status == "approved"


@pytest.mark.parametrize("platforms", [["taobao"], ["*"], ["xianyu", "taobao"]])
def test_a_single_operator_is_allowed_by_setting_and_written_down(
    published: None, root: Any, settings: Any, platforms: list[str]
) -> None:
    settings.GONGDUAN_SINGLE_OPERATOR = platforms
    approved(root, root)
    told = actions_on(PACK, limit=1)[0].after
    assert told is not None
    assert told["single_operator"] is True


def test_a_draft_is_submitted_only_when_nothing_is_missing(published: None, root: Any) -> None:
    draft = begin_draft(versions_of(PACK)[0], title="x", author_id=root.pk)
    assert what_is_missing(draft) == "nothing_changed"
    draft = change_fields(PACK, draft.id, [(RESPONSE, "6d")], revision=1, actor_id=root.pk)
    assert what_is_missing(draft) == "sources_missing"
    told = {"/deadlines/seller_response/length": ("The notice", "A")}
    draft = state_sources(PACK, draft.id, told, revision=2, actor_id=root.pk)
    assert what_is_missing(draft) == "not_proven"
    with pytest.raises(NotReady) as refused:
        submit_draft(PACK, draft.id, effective_from=None, revision=3, actor_id=root.pk)
    assert refused.value.code == "not_proven"


def test_an_unsound_draft_is_refused(published: None, root: Any) -> None:
    defect = {"kind": "no_automatic_end", "subject": "WAIT_SELLER:seller", "warning": False, "path": []}
    draft = proven(changed(root), findings=[defect])
    assert what_is_missing(draft) == "unsound"
    with pytest.raises(NotReady):
        submit_draft(PACK, draft.id, effective_from=None, revision=draft.revision, actor_id=root.pk)


def test_a_trap_is_accepted_with_a_reason_and_only_for_the_text_it_is_in(published: None, root: Any) -> None:
    draft = proven(changed(root), findings=[TRAP])
    finding = f"trap {TRAP['subject']}"
    assert what_is_missing(draft) == "traps_open"
    who = {"revision": draft.revision, "actor_id": root.pk}
    with pytest.raises(BadReason):
        accept_trap(PACK, draft.id, finding=finding, reason=" ", **who)
    with pytest.raises(NoSuchTrap):
        accept_trap(PACK, draft.id, finding="trap other", reason="x", **who)
    taken = accept_trap(PACK, draft.id, finding=finding, reason="The platform says so.", **who)
    assert what_is_missing(taken) == ""
    assert [(trap.by, trap.reason) for trap in taken.accepted] == [(str(root), "The platform says so.")]
    again = change_fields(PACK, draft.id, [(RESPONSE, "7d")], revision=taken.revision, actor_id=root.pk)
    assert again.accepted == ()


def test_what_is_submitted_is_not_changed_until_it_is_sent_back(published: None, root: Any, wu: Any) -> None:
    draft = approved(root, wu)
    with pytest.raises(DraftNotInWork):
        change_fields(PACK, draft.id, [(RESPONSE, "7d")], revision=draft.revision, actor_id=root.pk)
    back = return_draft(PACK, draft.id, reason="Too long", revision=draft.revision, actor_id=wu.pk)
    assert (back.in_work, back.approved_by_id, back.submitted_by_id) == (True, None, None)
    with pytest.raises(NotReady):
        publish_draft(PACK, draft.id, revision=back.revision, actor_id=root.pk)


def test_a_draft_whose_base_was_replaced_is_refused_with_the_differences_and_carried_over(
    published: None, root: Any, wu: Any
) -> None:
    draft = approved(root, wu)
    newer = draft.base.policy.document | {"settings": {**draft.base.policy.settings, "refund_rate_days": 45}}
    publish_version(PACK, source="", document=newer, effective_from=database_now())
    with pytest.raises(BaseReplaced) as refused:
        publish_draft(PACK, draft.id, revision=draft.revision, actor_id=root.pk)
    assert [told["pointer"] for told in refused.value.extensions()["differences"]] == ["/settings/refund_rate_days"]
    carried = carry_over(PACK, draft.id, revision=draft.revision, actor_id=root.pk)
    assert (carried.base.number, carried.in_work) == (draft.base.number + 1, True)
    assert carried.policy.settings["refund_rate_days"] == 45
    assert str(carried.policy.deadlines["seller_response"].terms[0].length) == "6d"
    assert what_is_missing(carried) == "not_proven"


def test_a_field_both_changed_stays_the_drafts_and_is_named(published: None, root: Any, wu: Any) -> None:
    draft = approved(root, wu)
    theirs = loader.load_document(PACK).values
    theirs["deadlines"]["seller_response"]["length"] = "9d"
    publish_version(PACK, source="", document=theirs, effective_from=database_now())
    carry_over(PACK, draft.id, revision=draft.revision, actor_id=root.pk)
    told = actions_on(PACK, limit=1)[0].after
    assert told is not None
    assert [one["pointer"] for one in told["both_changed"]] == ["/deadlines/seller_response/length"]


def test_a_version_takes_effect_at_the_moment_asked_for(
    published: None, root: Any, wu: Any, travel: Any
) -> None:
    draft, day = proven(changed(root)), database_now() + timedelta(days=3)
    who = {"revision": draft.revision, "actor_id": root.pk}
    with pytest.raises(TooEarly):
        submit_draft(PACK, draft.id, effective_from=database_now() - timedelta(days=1), **who)
    with pytest.raises(TooFarOff):
        submit_draft(PACK, draft.id, effective_from=database_now() + timedelta(days=400), **who)
    draft = submit_draft(PACK, draft.id, effective_from=day, **who)
    draft = approve_draft(PACK, draft.id, revision=draft.revision, actor_id=wu.pk)
    done = publish_draft(PACK, draft.id, revision=draft.revision, actor_id=root.pk)
    assert version_in_force(PACK).number == draft.base.number
    travel(days=4)
    assert version_in_force(PACK).number == done.published_number


def test_an_older_version_is_published_anew(published: None, root: Any, wu: Any) -> None:
    first = versions_of(PACK)[0]
    draft = approved(root, wu)
    publish_draft(PACK, draft.id, revision=draft.revision, actor_id=root.pk)
    back = begin_draft(first, title="Back", author_id=root.pk)
    (stated,) = stated_changes(back)
    assert (stated.change.before, stated.missing) == ("6d", False)
    assert what_is_missing(proven(back)) == ""
    assert back.digest == PolicyVersion.objects.get(pk=first.id).digest


@pytest.mark.django_db(transaction=True)
def test_of_two_drafts_published_at_once_one_wins(published: None, root: Any, wu: Any) -> None:
    drafts = [approved(root, wu, length=length) for length in ("6d", "7d")]
    ends: list[str] = []

    def publish(draft: Any) -> Callable[[], None]:
        def run() -> None:
            try:
                publish_draft(PACK, draft.id, revision=draft.revision, actor_id=root.pk)
                ends.append("published")
            except BaseReplaced as error:
                ends.append(error.code)
            finally:
                connection.close()

        return run

    threads = [Thread(target=publish(draft)) for draft in drafts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(ends) == ["base_replaced", "published"]
    assert PolicyVersion.objects.filter(pack=PACK).count() == drafts[0].base.number + 1


def test_a_worker_proves_the_text_and_finds_the_party_that_would_wait_for_ever(published: None, root: Any) -> None:
    draft = begin_draft(versions_of(PACK)[0], title="No end", author_id=root.pk)
    draft = change_fields(
        PACK, draft.id, [(("deadlines", "seller_response", "in"), ["SELLER_REFUSED"])], revision=1, actor_id=root.pk
    )
    ask_for_proof(PACK, draft.id, actor_id=root.pk)
    ask_for_proof(PACK, draft.id, actor_id=root.pk)
    assert DraftProof.objects.count() == 1
    assert (prove_next(), prove_next()) == (True, False)
    proof = proof_of_draft(draft)
    assert proof is not None
    assert (proof.done, proof.sound) == (True, False)
    found = [one for one in proof.findings if not one.warning]
    assert found
    assert all(one.path for one in found if one.kind != "unreachable_stage")


def test_a_proof_that_a_dead_worker_left_is_begun_anew(published: None, root: Any, travel: Any) -> None:
    draft = proven(changed(root))
    row = DraftProof.objects.filter(digest=draft.digest)
    row.update(state="running", result=None, document="{}", sign_at=database_now())
    assert prove_next() is False
    travel(minutes=3)
    assert prove_next() is True
    assert [(one.state, one.failure) for one in row] == [("failed", "broken")]
