"""Whoever is linked to a marketplace's name gets what was imported under it, and gives it back when that is undone."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction

from accounts.identities import IdentityTaken, NotLinked, find_or_create_person, link_identity
from accounts.memberships import join_shop
from accounts.models import IdentityLink, Membership, MembershipRecord, Shop, User
from accounts.services import appoint
from contract.errors import Forbidden, NotFound
from disputes.models import Case, CaseEvent, Message, Order
from disputes.selectors.access import case_for
from disputes.services.importing import run_import
from disputes.services.linking import BothSides, WorksOnTheCase, link_person, unlink_person
from disputes.services.staffing import assign_case
from tests.disputes.importing.told import Native, a_refund, an_order

pytestmark = pytest.mark.usefixtures("published")


@pytest.fixture
def imported(native: Native) -> Case:
    """An order of u-ming's at u-lan's shop with a running refund, all known by name only."""
    native([an_order()], [a_refund()])
    return Case.objects.get()


def test_earlier_orders_and_cases_come_along_and_the_journal_says_so(imported: Case, ming: Any, root: Any) -> None:
    with pytest.raises(NotFound):
        case_for(ming, imported.number)
    moved = link_person("taobao", "u-ming", ming, actor=root)
    assert (moved.orders, moved.cases, moved.shops) == (1, 1, 0)
    assert Order.objects.get().buyer == ming
    assert case_for(ming, imported.number).party == "buyer"
    event = CaseEvent.objects.get(case=imported, kind="note")
    assert (event.actor_id, event.facts["data"]["buyer"]) == (root.pk, ming.pk)
    assert "u-ming" not in str(event.facts)
    assert "u-ming" in Message.objects.get(case=imported, kind="note").text
    link = IdentityLink.objects.get()
    assert (link.person, link.linked_by, link.orders, link.cases) == (ming, root, 1, 1)


def test_linking_again_changes_nothing(imported: Case, ming: Any, root: Any) -> None:
    link_person("taobao", "u-ming", ming, actor=root)
    version = Case.objects.get().version
    assert link_person("taobao", "u-ming", ming, actor=root).orders == 0
    assert Case.objects.get().version == version
    assert IdentityLink.objects.get().orders == 1


def test_undoing_gives_everything_of_that_name_back_and_nothing_else(
    imported: Case, native: Native, ming: Any, root: Any
) -> None:
    stand_in = User.objects.get(pk=imported.buyer_id)
    link = link_person("taobao", "u-ming", ming, actor=root)
    native([an_order(order_id="T-later")])
    native([an_order(order_id="T-other", buyer_id="u-ming-2")])
    link_person("taobao", "u-ming-2", ming, actor=root)
    assert set(Order.objects.values_list("buyer_id", flat=True)) == {ming.pk}
    undone = unlink_person(link.link_id, actor=root)
    assert (undone.orders, undone.cases, undone.holder_id) == (2, 1, stand_in.pk)
    assert list(Order.objects.filter(buyer=ming).values_list("outside_id", flat=True)) == ["T-other"]
    with pytest.raises(NotFound):
        case_for(ming, imported.number)
    record = IdentityLink.objects.get(pk=link.link_id)
    assert (record.undone_by, record.undone_at is not None) == (root, True)
    with pytest.raises(NotLinked):
        unlink_person(link.link_id, actor=root)


def test_importing_again_after_linking_changes_nothing(imported: Case, native: Native, ming: Any, root: Any) -> None:
    link_person("taobao", "u-ming", ming, actor=root)
    report = native([an_order()], [a_refund()])
    assert report.count("refused") == 0
    assert Order.objects.get().buyer == ming


def test_a_name_linked_to_another_person_is_refused(imported: Case, ming: Any, eve: Any, root: Any) -> None:
    link_person("taobao", "u-ming", ming, actor=root)
    with pytest.raises(IdentityTaken):
        link_person("taobao", "u-ming", eve, actor=root)
    assert Order.objects.get().buyer == ming


def test_the_name_of_a_shop_brings_the_shop_and_takes_it_away_again(imported: Case, lan: Any, root: Any) -> None:
    shop = Shop.objects.get(outside_id="u-lan")
    stand_in = Membership.objects.get(shop=shop).user
    moved = link_person("taobao", "u-lan", lan, actor=root)
    assert moved.shops == 1
    assert case_for(lan, imported.number).party == "seller"
    changes = MembershipRecord.objects.filter(shop=shop, by=root).order_by("pk").values_list("user_id", "change")
    assert list(changes) == [(stand_in.pk, "removed"), (lan.pk, "joined")]
    unlink_person(moved.link_id, actor=root)
    assert Membership.objects.get(shop=shop).user == stand_in


def test_nobody_becomes_buyer_and_seller_of_one_order(imported: Case, ming: Any, lan: Any, root: Any) -> None:
    join_shop(lan, Shop.objects.get(outside_id="u-lan"))
    with pytest.raises(BothSides):
        link_person("taobao", "u-ming", lan, actor=root)
    link_person("taobao", "u-ming", ming, actor=root)
    with pytest.raises(BothSides):
        link_person("taobao", "u-lan", ming, actor=root)
    assert not Membership.objects.filter(user=ming).exists()


def test_nobody_becomes_a_party_of_the_case_they_decide(native: Native, zhou: Any, root: Any) -> None:
    native([an_order()], [a_refund(stage="REVIEW")])
    case = Case.objects.get()
    assign_case(case_for(zhou, case.number), arbitrator_id=zhou.pk)
    with pytest.raises(WorksOnTheCase):
        link_person("taobao", "u-ming", zhou, actor=root)
    assert Case.objects.get().buyer_id == case.buyer_id


@pytest.mark.parametrize("who", ["ming", "lan", "zhou", "other"])
def test_only_administrators_of_the_platform_link(
    imported: Case, request: pytest.FixtureRequest, person: Callable[..., Any], eve: Any, who: str
) -> None:
    actor = person("other") if who == "other" else request.getfixturevalue(who)
    if who == "other":
        appoint(actor, "administrator", "aliexpress")
    with pytest.raises(Forbidden):
        link_person("taobao", "u-ming", eve, actor=actor)


def test_a_name_never_seen_is_linked_before_its_orders_come(native: Native, ming: Any, root: Any) -> None:
    link = link_person("taobao", "u-ming", ming, actor=root)
    native([an_order()])
    assert Order.objects.get().buyer == ming
    unlink_person(link.link_id, actor=root)
    holder = Order.objects.get().buyer
    assert holder != ming
    assert not holder.has_usable_password()
    assert find_or_create_person("taobao", "u-ming") == holder


def test_a_link_by_hand_leaves_the_import_as_it_was(ming: Any, root: Any) -> None:
    link_identity("taobao", "u-ming", ming)
    payload = {"format": "gongduan", "platform": "taobao", "orders": [an_order()], "refunds": []}
    assert run_import(root.pk, format="native", payload=payload).count("created") == 1


def test_whoever_decides_a_case_does_not_get_the_shop_it_is_about(native: Native, zhou: Any, root: Any) -> None:
    native([an_order()], [a_refund(stage="REVIEW")])
    assign_case(case_for(zhou, Case.objects.get().number), arbitrator_id=zhou.pk)
    with pytest.raises(WorksOnTheCase):
        link_person("taobao", "u-lan", zhou, actor=root)
    assert not Membership.objects.filter(user=zhou).exists()


@pytest.mark.django_db(transaction=True)
def test_a_case_taken_while_its_name_is_linked_is_not_the_arbitrators_own(native: Native, zhou: Any, root: Any) -> None:
    native([an_order()], [a_refund(stage="REVIEW")])
    case, answers, ended = Case.objects.get(), list[Any](), threading.Event()

    def link() -> None:
        try:
            answers.append(link_person("taobao", "u-ming", zhou, actor=root))
        except WorksOnTheCase as refused:
            answers.append(refused)
        finally:
            ended.set()
            connection.close()

    with transaction.atomic():
        assign_case(case_for(zhou, case.number), arbitrator_id=zhou.pk)
        linking = threading.Thread(target=link)
        linking.start()
        assert not ended.wait(0.3), "it waits for the case"
    linking.join(10)
    assert isinstance(answers[0], WorksOnTheCase)
    assert Case.objects.get().buyer_id == case.buyer_id
