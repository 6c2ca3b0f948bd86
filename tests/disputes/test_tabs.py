"""One person with two tabs, or two of one side: what was true on the page is asked again under the lock."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from io import BytesIO
from typing import Any
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from accounts.models import Membership, StaffRole
from contract.errors import DomainError, Forbidden, NotFound
from disputes.errors import ActionRefused, FieldsRefused
from disputes.models import Case, CaseEvent, Exhibit, ExhibitFile, Finding, OrderEvent
from disputes.selectors.access import CaseAccess, case_for, order_for
from disputes.services import exhibiting
from disputes.services.acting import perform
from disputes.services.exhibiting import discard_draft, draft_exhibit, submit_exhibits, withdraw_exhibit
from disputes.services.filing import file_dispute
from disputes.services.filing_evidence import Piece, limits_of_pack, receive_for_filing
from disputes.services.ordering import act_on_order, answer_payout
from disputes.services.staffing import assign_case
from evidence.errors import TooManyFiles
from tests.disputes.test_races import kinds, together

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(240)]

ROUNDS = 8


@pytest.fixture(autouse=True)
def vault(settings: Any, tmp_path: Any) -> None:
    settings.EVIDENCE_ROOT = tmp_path


def picture(colour: str = "teal") -> SimpleUploadedFile:
    data = BytesIO()
    Image.new("RGB", (40, 30), colour).save(data, "JPEG")
    return SimpleUploadedFile(f"{colour}.jpg", data.getvalue(), "image/jpeg")


@pytest.fixture
def case_of(order_of: Any, file: Any, ming: Any, lan: Any) -> Callable[..., CaseAccess]:
    """Access of Ming's, or of somebody else's, to a new case."""

    def build(person: Any = None, **order: Any) -> CaseAccess:
        return case_for(person or ming, file(order_of(**order)).number)

    return build


def refused(answers: list[Any]) -> list[Any]:
    strange = [answer for answer in answers if isinstance(answer, Exception) and not isinstance(answer, DomainError)]
    assert strange == []
    return [answer for answer in answers if isinstance(answer, DomainError)]


# Drafts


def test_one_draft_is_handed_in_once(case_of: Any) -> None:
    for _ in range(ROUNDS):
        access = case_of()
        draft = draft_exhibit(access, description="The crack.").exhibit_id
        by_action = partial(perform, access, "submit_exhibit", {"exhibit": str(draft)})
        answers = together(*(partial(submit_exhibits, access, [draft]),) * 2, by_action)
        assert len(refused(answers)) == 2
        assert kinds(access.number).count("submit_exhibit") == 1
        assert Exhibit.objects.get(pk=draft).number == 1


def test_a_draft_is_discarded_or_handed_in_and_never_both(case_of: Any) -> None:
    for _ in range(ROUNDS):
        access = case_of()
        draft = draft_exhibit(access, description="The crack.").exhibit_id
        answers = together(partial(submit_exhibits, access, [draft]), partial(discard_draft, access, draft))
        assert len(refused(answers)) == 1
        there = Exhibit.objects.filter(pk=draft, status="submitted").count()
        assert kinds(access.number).count("submit_exhibit") == there


def test_an_action_hands_in_no_draft_that_was_discarded_meanwhile(case_of: Any, lan: Any) -> None:
    for _ in range(ROUNDS):
        access = case_of(lan)
        draft = draft_exhibit(access, description="Packed well.").exhibit_id
        words = {"refusal": "NOT_AGREED", "statement": "It left whole.", "exhibits": [str(draft)]}
        answers = together(partial(perform, access, "refuse", words), partial(discard_draft, access, draft))
        assert len(refused(answers)) == 1
        there = Exhibit.objects.filter(pk=draft, status="submitted").count()
        assert kinds(access.number).count("submit_exhibit") == kinds(access.number).count("refuse") == there


def test_an_action_goes_on_with_an_exhibit_handed_in_meanwhile(case_of: Any, lan: Any) -> None:
    for _ in range(ROUNDS):
        access = case_of(lan)
        draft = draft_exhibit(access, description="Packed well.").exhibit_id
        words = {"refusal": "NOT_AGREED", "statement": "It left whole.", "exhibits": [str(draft)]}
        answers = together(partial(perform, access, "refuse", words), partial(submit_exhibits, access, [draft]))
        assert not isinstance(answers[0], Exception)
        assert kinds(access.number).count("submit_exhibit") == 1
        assert kinds(access.number).count("refuse") == 1


def test_a_late_draft_is_kept_once(case_of: Any, travel: Any) -> None:
    access = case_of()
    draft = draft_exhibit(access, description="The crack.").exhibit_id
    travel(days=5, minutes=1)
    answers = together(*(partial(submit_exhibits, access, [draft]),) * 3)
    assert len(refused(answers)) == 2
    assert kinds(access.number).count("message") == 1
    assert Case.objects.get(pk=access.case_id).stage == "CLOSED"


def test_what_lapsed_stays_recorded_when_handing_in_is_refused(case_of: Any, lan: Any, travel: Any) -> None:
    access = case_of(lan)
    draft = draft_exhibit(access, description="Packed well.").exhibit_id
    travel(days=5, minutes=1)
    Membership.objects.filter(user=lan).delete()
    with pytest.raises(ActionRefused):
        submit_exhibits(access, [draft])
    assert kinds(access.number).count("lapsed") == 1


def test_an_exhibit_is_taken_back_once(case_of: Any) -> None:
    for _ in range(ROUNDS):
        access = case_of(pack="aliexpress")
        exhibit = draft_exhibit(access, description="The crack.").exhibit_id
        submit_exhibits(access, [exhibit])
        by_action = partial(perform, access, "withdraw_exhibit", {"exhibit": str(exhibit)})
        answers = together(*(partial(withdraw_exhibit, access, exhibit),) * 2, by_action)
        assert len(refused(answers)) == 2
        assert kinds(access.number).count("withdraw_exhibit") == 1


def test_a_ruling_answers_no_exhibit_that_is_being_taken_back(
    case_of: Any, does: Any, ming: Any, lan: Any, zhou: Any, travel: Any
) -> None:
    for _ in range(ROUNDS):
        access = case_of(pack="aliexpress")
        exhibit = draft_exhibit(access, description="The crack.").exhibit_id
        submit_exhibits(access, [exhibit])
        does(lan, "seller", access.number, "refuse", refusal="NOT_AGREED", statement="x")
        does(ming, "buyer", access.number, "request_intervention")
        travel(days=40)
        view = case_for(zhou, access.number)
        perform(view, "note", {"text": "settles it"})
        assert Case.objects.get(pk=access.case_id).stage == "REVIEW"
        ruling = {
            "outcome": "buyer_refund_only", "amount": "10.00", "liable": "seller", "reasons": "Cracked.",
            "findings": {str(exhibit): "It shows a crack."}, "confirm": True,
        }  # fmt: skip
        answers = together(partial(perform, view, "rule", ruling), partial(withdraw_exhibit, access, exhibit))
        assert len(refused(answers)) == 1
        withdrawn = Exhibit.objects.get(pk=exhibit).status == "withdrawn"
        assert withdrawn is (Finding.objects.filter(exhibit=exhibit).count() == 0)


# Bounds


def test_two_uploads_at_once_do_not_pass_the_limit(case_of: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    access = case_of()
    most = exhibiting.limits_of(access.case_id).max_files
    draft_exhibit(access, uploads=[picture("red") for _ in range(most - 1)], description="many")
    answers = together(*(partial(draft_exhibit, access, uploads=[picture()], description="one more"),) * 3)
    assert {type(answer) for answer in refused(answers)} == {TooManyFiles}
    assert len(refused(answers)) == 2
    assert ExhibitFile.objects.count() == most


def test_drafts_of_text_are_bounded_and_those_of_the_other_side_do_not_count(case_of: Any, lan: Any) -> None:
    access = case_of()
    for _ in range(exhibiting.MOST_DRAFTS):
        last = draft_exhibit(access, description="word").exhibit_id
    with pytest.raises(ActionRefused) as error:
        draft_exhibit(access, description="one more")
    assert error.value.code == "too_many_drafts"
    assert str(exhibiting.MOST_DRAFTS) in error.value.message()
    assert draft_exhibit(case_for(lan, access.number), description="mine").exhibit_id
    discard_draft(access, last)
    assert draft_exhibit(access, description="one more").exhibit_id


def test_exhibits_of_one_side_are_bounded_however_they_are_handed_in(
    case_of: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exhibiting, "MOST_EXHIBITS", 3)
    access = case_of()
    for _ in range(3):
        submit_exhibits(access, [draft_exhibit(access, description="word").exhibit_id])
    with pytest.raises(ActionRefused) as error:
        draft_exhibit(access, description="one more")
    assert error.value.code == "too_many_exhibits"


def test_a_draft_that_is_too_long_is_refused_before_its_files_are_received(case_of: Any) -> None:
    from evidence.housekeeping import every_file

    with pytest.raises(FieldsRefused):
        draft_exhibit(case_of(), uploads=[picture()], description="x" * 10_001)
    assert list(every_file()) == []


def test_no_draft_is_made_where_nothing_can_be_handed_in_any_more(case_of: Any, does: Any, ming: Any) -> None:
    access = case_of()
    does(ming, "buyer", access.number, "withdraw")
    with pytest.raises(ActionRefused) as error:
        draft_exhibit(access, uploads=[picture()], description="too late")
    assert error.value.code == "case_takes_no_evidence"
    assert Exhibit.objects.count() == 0


def test_time_that_ran_out_unnoticed_closes_the_case_for_drafts_too(case_of: Any, travel: Any) -> None:
    access = case_of()
    travel(days=5, minutes=1)
    with pytest.raises(ActionRefused) as error:
        draft_exhibit(access, description="too late")
    assert error.value.code == "case_takes_no_evidence"


# Who somebody was when the page was drawn


def test_whoever_left_the_shop_does_nothing_more_for_it(case_of: Any, lan: Any) -> None:
    access = case_of(lan)
    draft = draft_exhibit(access, description="mine").exhibit_id
    submitted = draft_exhibit(access, description="handed in").exhibit_id
    submit_exhibits(access, [submitted])
    Membership.objects.filter(user=lan).delete()
    for way in (
        partial(draft_exhibit, access, description="more"), partial(discard_draft, access, draft),
        partial(submit_exhibits, access, [draft]), partial(withdraw_exhibit, access, submitted),
        partial(perform, access, "refuse", {"refusal": "NOT_AGREED", "statement": "x"}),
    ):  # fmt: skip
        with pytest.raises(DomainError):
            way()
    assert set(Exhibit.objects.values_list("pk", "status")) == {(draft, "draft"), (submitted, "submitted")}
    assert "refuse" not in kinds(access.number)


def test_whoever_left_the_shop_extends_no_receipt_period(order_of: Any, lan: Any) -> None:
    order = order_of()
    access = order_for(lan, order.pk)
    Membership.objects.filter(user=lan).delete()
    with pytest.raises(ActionRefused) as error:
        act_on_order(access, "extend_receipt", actor_id=lan.pk)
    assert error.value.code == "not_your_action"
    assert OrderEvent.objects.count() == 0


@pytest.mark.parametrize("action", ["note", "message"])
def test_whoever_lost_every_role_does_nothing_more_for_the_platform(case_of: Any, wu: Any, action: str) -> None:
    access = case_of(wu)
    StaffRole.objects.filter(user=wu).delete()
    with pytest.raises(ActionRefused):
        perform(access, action, {"text": "x"})
    with pytest.raises(DomainError):
        assign_case(access, arbitrator_id=wu.pk)
    assert set(kinds(access.number)) == {"file"}


def test_a_role_taken_away_meanwhile_is_not_used(case_of: Any, zhou: Any, wu: Any, he: Any, root: Any) -> None:
    access, other = case_of(zhou), case_of(zhou)
    assign_case(case_for(wu, access.number), arbitrator_id=wu.pk)
    leading = case_for(zhou, access.number)
    StaffRole.objects.filter(user=zhou, kind="lead").delete()
    with pytest.raises(ActionRefused) as error:
        assign_case(leading, arbitrator_id=he.pk)
    assert error.value.code == "assigned_to_other"
    with pytest.raises(DomainError):
        perform(leading, "pause", {"reason": "held_by_platform"})
    StaffRole.objects.filter(user=zhou, kind="arbitrator").delete()
    StaffRole.objects.create(user=zhou, kind="administrator")
    with pytest.raises(Forbidden):
        assign_case(other, arbitrator_id=zhou.pk)
    paying = case_for(root, access.number)
    StaffRole.objects.filter(user=root).update(kind="arbitrator")
    with pytest.raises(Forbidden):
        answer_payout(paying, succeeded=True, reference="P-1")


def test_a_case_handed_over_meanwhile_is_the_others(case_of: Any, zhou: Any, wu: Any, he: Any) -> None:
    access = case_of(wu)
    assign_case(access, arbitrator_id=wu.pk)
    for _ in range(ROUNDS):
        answers = together(
            partial(assign_case, case_for(wu, access.number), arbitrator_id=None),
            partial(assign_case, case_for(zhou, access.number), arbitrator_id=he.pk),
        )
        holder = Case.objects.get(pk=access.case_id).arbitrator_id
        assert holder in (he.pk, None)
        assert refused(answers) == [] or holder == he.pk
        if holder is not None:
            assign_case(case_for(zhou, access.number), arbitrator_id=None)
        assign_case(case_for(wu, access.number), arbitrator_id=wu.pk)


def test_discarding_is_for_ones_own_drafts(case_of: Any, lan: Any) -> None:
    access = case_of()
    draft = draft_exhibit(access, description="mine").exhibit_id
    for somebody, number in ((lan, draft), (lan, UUID(int=1))):
        with pytest.raises(NotFound):
            discard_draft(case_for(somebody, access.number), number)
    assert CaseEvent.objects.filter(case_id=access.case_id).count() == len(kinds(access.number))


# Filing


def test_filing_takes_no_more_files_than_the_case_would_however_many_tabs_sent_them(order_of: Any, ming: Any) -> None:
    order = order_of()
    limits = limits_of_pack("taobao.general")
    files = [
        file.id
        for _ in range(2)
        for file in receive_for_filing(
            ming.pk, pack="taobao.general", uploads=[picture() for _ in range(limits.max_files - 1)], already_given=0
        ).files
    ]
    filing = {
        "order_id": order.pk, "lines": [{"line": order.lines.get().pk, "quantity": 1}], "reason": "DAMAGED",
        "remedy": "refund_only", "amount": "10.00",
    }  # fmt: skip
    with pytest.raises(ActionRefused) as error:
        file_dispute(ming.pk, **filing, evidence=[Piece(files=files, description="all")])
    assert error.value.code == "too_many_files"
    texts = [Piece(description="word") for _ in range(exhibiting.MOST_DRAFTS + 1)]
    with pytest.raises(ActionRefused) as error:
        file_dispute(ming.pk, **filing, evidence=texts)
    assert error.value.code == "too_many_drafts"
    with pytest.raises(ActionRefused):
        receive_for_filing(ming.pk, pack="taobao.general", uploads=[], already_given=0, pieces=exhibiting.MOST_DRAFTS)
    assert Case.objects.count() == 0
