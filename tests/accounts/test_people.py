"""Who people are: accounts, outside identities, shops, staff."""

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.contrib.admin import site
from django.db import IntegrityError, OperationalError, connection, transaction
from django.test import RequestFactory

from accounts import identities, memberships, selectors, services
from accounts.models import Membership, MembershipRecord, OutsideIdentity, StaffRole, User
from contract.errors import Forbidden, Invalid, NotFound

pytestmark = pytest.mark.django_db


def pointers(refused: Any) -> list[tuple[str, str]]:
    return [(field.pointer, field.code) for field in refused.value.fields]


def test_a_person_is_made_and_told_of() -> None:
    user = services.create_person("ming", password="p", display_name="明", email="ming@example.org", language="en")
    assert selectors.person(user.pk) == selectors.Person(
        id=user.pk,
        username="ming",
        name="明",
        email="ming@example.org",
        language="en",
        time_zone="Asia/Shanghai",
        is_suspended=False,
        can_log_in=True,
    )


def test_nobody_is_not_found() -> None:
    for ask in (selectors.person, services.suspend_person, services.readmit_person):
        with pytest.raises(NotFound):
            ask(0)
    with pytest.raises(NotFound):
        services.set_language(0, "en")


def test_several_people_are_told_of_at_once(ming: Any, lan: Any, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        found = selectors.people({ming.pk, lan.pk, 0})
    assert {number: person.name for number, person in found.items()} == {ming.pk: "ming", lan.pk: "lan"}


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"username": "MING"}, ("", "unique")),
        ({"username": "a b"}, ("/username", "invalid")),
        ({"username": ""}, ("/username", "blank")),
        ({"username": "lan", "time_zone": "Mars/Olympus"}, ("/time_zone", "unknown_time_zone")),
        ({"username": "lan", "language": "fr"}, ("/language", "invalid_choice")),
        ({"username": "lan", "email": "nowhere"}, ("/email", "invalid")),
    ],
)
def test_a_person_that_makes_no_sense_is_refused(ming: Any, fields: dict[str, Any], problem: tuple[str, str]) -> None:
    with pytest.raises(Invalid) as refused:
        services.create_person(**fields)
    assert [pointer for pointer, _code in pointers(refused)] == [problem[0]]
    assert User.objects.count() == 1


def test_two_names_that_differ_only_in_case_are_refused_by_the_database(ming: Any) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create_user("MING")


def test_a_language_the_house_does_not_speak_is_refused(ming: Any) -> None:
    with pytest.raises(Invalid) as refused:
        services.set_language(ming.pk, "fr")
    assert pointers(refused) == [("/language", "unknown_language")]


def test_a_readmitted_person_may_log_in_again(ming: Any) -> None:
    services.suspend_person(ming.pk)
    assert not selectors.person(ming.pk).can_log_in
    services.readmit_person(ming.pk)
    assert selectors.person(ming.pk).can_log_in


# Outside identities


def test_a_name_never_seen_gets_an_account_without_a_login() -> None:
    user = identities.find_or_create_person("taobao", "tb_7", display_name="明")
    person = selectors.person(user.pk)
    assert (person.name, person.can_log_in) == ("明", False)


def test_a_name_seen_before_is_the_same_person() -> None:
    first = identities.find_or_create_person("taobao", "tb_7")
    assert identities.find_or_create_person("taobao", "tb_7") == first
    assert identities.find_or_create_person("aliexpress", "tb_7") != first
    assert User.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_two_imports_at_once_make_one_account() -> None:
    def find(_number: int) -> int:
        try:
            return identities.find_or_create_person("taobao", "tb_7").pk
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(find, range(12)))) == 1
    assert (User.objects.count(), OutsideIdentity.objects.count()) == (1, 1)


def test_linking_says_whose_orders_are_to_be_handed_over(ming: Any) -> None:
    stand_in = identities.find_or_create_person("taobao", "tb_7")
    linked = identities.link_identity("taobao", "tb_7", ming)
    assert (linked.previous_holder_id, linked.holder_id) == (stand_in.pk, ming.pk)
    assert identities.find_or_create_person("taobao", "tb_7") == ming


def test_a_name_may_be_linked_before_it_is_seen(ming: Any) -> None:
    assert identities.link_identity("taobao", "tb_7", ming).previous_holder_id is None
    assert identities.find_or_create_person("taobao", "tb_7") == ming


# Shops


def test_a_shop_is_opened_and_joined(lan: Any, eve: Any) -> None:
    shop = services.open_shop("taobao", "Lan's", outside_id="s-1", return_address="Hangzhou")
    memberships.join_shop(lan, shop)
    assert selectors.shops_of(lan) == (
        selectors.ShopView(
            id=shop.pk,
            platform="taobao",
            name="Lan's",
            outside_id="s-1",
            return_address="Hangzhou",
            role="owner",
        ),
    )
    assert selectors.shops_of(eve) == ()
    assert (selectors.acts_for_shop(lan, shop.pk), selectors.acts_for_shop(eve, shop.pk)) == (True, False)
    assert selectors.shop_of_outside_id("taobao", "s-1") == shop.pk


def test_joining_again_changes_only_the_role(lan: Any, eve: Any) -> None:
    shop = services.open_shop("taobao", "Lan's")
    memberships.join_shop(eve, shop)
    memberships.join_shop(lan, shop)
    memberships.join_shop(lan, shop, Membership.Role.AGENT)
    assert [each.role for each in selectors.shops_of(lan)] == ["agent"]


def test_who_leaves_or_is_taken_out_is_recorded(lan: Any, eve: Any, ming: Any) -> None:
    shop = services.open_shop("taobao", "Lan's")
    memberships.join_shop(lan, shop)
    memberships.join_shop(eve, shop, "agent", by=lan)
    memberships.join_shop(ming, shop, "agent", by=lan)
    memberships.end_membership(shop.pk, eve.pk, by=eve)
    memberships.end_membership(shop.pk, ming.pk, by=lan)
    told = MembershipRecord.objects.order_by("pk").values_list("user__username", "change", "by__username")
    assert list(told) == [
        ("lan", "joined", None), ("eve", "joined", "lan"), ("ming", "joined", "lan"), ("eve", "left", "eve"),
        ("ming", "removed", "lan"),
    ]  # fmt: skip
    assert [member.username for member in selectors.memberships_of(shop.pk)] == ["lan"]


def test_the_last_owner_neither_leaves_nor_becomes_an_agent(lan: Any, eve: Any) -> None:
    shop = services.open_shop("taobao", "Lan's")
    memberships.join_shop(lan, shop)
    memberships.join_shop(eve, shop, "agent")
    for change in (
        lambda: memberships.end_membership(shop.pk, lan.pk, by=lan),
        lambda: memberships.join_shop(lan, shop, "agent"),
    ):
        with pytest.raises(memberships.LastOwner):
            change()
    memberships.join_shop(eve, shop, "owner")
    memberships.end_membership(shop.pk, lan.pk, by=lan)


def test_an_owner_who_cannot_log_in_does_not_count(lan: Any, eve: Any) -> None:
    shop = services.open_shop("taobao", "Lan's")
    memberships.join_shop(lan, shop)
    memberships.join_shop(identities.find_or_create_person("taobao", "tb_9"), shop)
    memberships.join_shop(eve, shop)
    services.suspend_person(eve.pk)
    with pytest.raises(memberships.LastOwner):
        memberships.end_membership(shop.pk, lan.pk, by=lan)


def test_only_an_owner_takes_others_out_and_strangers_learn_nothing(lan: Any, eve: Any, ming: Any) -> None:
    shop = services.open_shop("taobao", "Lan's")
    memberships.join_shop(lan, shop)
    memberships.join_shop(eve, shop, "agent")
    with pytest.raises(Forbidden):
        memberships.end_membership(shop.pk, lan.pk, by=eve)
    for user_id, by in ((lan.pk, ming), (ming.pk, lan), (ming.pk, ming)):
        with pytest.raises(NotFound):
            memberships.end_membership(shop.pk, user_id, by=by)


@pytest.mark.django_db(transaction=True)
def test_two_owners_leaving_at_once_leave_one(lan: Any, eve: Any) -> None:
    shop = services.open_shop("taobao", "Lan's")
    for user in (lan, eve):
        memberships.join_shop(user, shop)

    def leave(user: Any) -> bool:
        try:
            memberships.end_membership(shop.pk, user.pk, by=user)
        except memberships.LastOwner:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(leave, (lan, eve))) == [False, True]
    assert Membership.objects.filter(shop=shop).count() == 1


def test_a_platforms_number_names_one_shop_and_no_number_names_none() -> None:
    services.open_shop("taobao", "One", outside_id="s-1")
    services.open_shop("tmall", "Two", outside_id="s-1")
    with pytest.raises(Invalid):
        services.open_shop("taobao", "Three", outside_id="s-1")
    services.open_shop("taobao", "Four")
    services.open_shop("taobao", "Five")
    assert selectors.shop_of_outside_id("taobao", "") is None


# Staff


def test_staff_of_one_platform_are_staff_of_that_one(eve: Any) -> None:
    services.appoint(eve, "arbitrator", "taobao")
    assert selectors.staff_kinds(eve, "taobao") == {"arbitrator"}
    assert selectors.staff_kinds(eve, "aliexpress") == frozenset()
    assert selectors.staff_kinds(eve) == {"arbitrator"}


def test_staff_of_every_platform_are_staff_of_each(zhou: Any, root: Any) -> None:
    assert selectors.staff_kinds(zhou, "taobao") == {"arbitrator", "lead"}
    assert selectors.is_lead(zhou, "aliexpress")
    assert selectors.is_administrator(root, "xianyu")
    assert "arbitrator" not in selectors.staff_kinds(root, "xianyu")


def test_a_lead_is_no_arbitrator_by_that_alone(eve: Any) -> None:
    services.appoint(eve, "lead")
    assert selectors.is_lead(eve)
    assert selectors.staff_kinds(eve) == {"lead"}


def test_who_works_on_a_platform_is_told_without_the_suspended(zhou: Any, wu: Any, eve: Any) -> None:
    services.appoint(eve, "arbitrator", "aliexpress")
    services.suspend_person(wu.pk)
    assert [person.username for person in selectors.staff_of("arbitrator", "taobao")] == ["zhou"]


def test_appointing_twice_is_appointing_once_and_dismissal_undoes_it(eve: Any) -> None:
    services.appoint(eve, "arbitrator")
    services.appoint(eve, "arbitrator")
    assert StaffRole.objects.filter(user=eve).count() == 1
    services.dismiss(eve, "arbitrator")
    assert selectors.staff_kinds(eve) == frozenset()


def test_nobody_is_appointed_to_what_does_not_exist(eve: Any) -> None:
    with pytest.raises(Invalid) as refused:
        services.appoint(eve, "king")
    assert pointers(refused) == [("/kind", "invalid_choice")]


# The operators' site


@pytest.mark.parametrize("name", ["user", "shop"])
def test_operators_may_look_at_people_and_shops(admin_client: Any, name: str) -> None:
    for page in ("", "add/"):
        assert admin_client.get(f"/admin/accounts/{name}/{page}").status_code == 200


def test_operators_delete_nobody(root: Any) -> None:
    request = RequestFactory().get("/")
    request.user = root
    assert not site.get_model_admin(User).has_delete_permission(request)


def test_only_superusers_are_operators(client: Any, zhou: Any, root: Any) -> None:
    for user, status in ((zhou, 302), (root, 200)):
        client.force_login(user)
        assert client.get("/admin/").status_code == status


@pytest.mark.parametrize("name", ["membershiprecord", "identitylink"])
def test_what_was_recorded_of_people_is_looked_at_and_never_typed_over(admin_client: Any, lan: Any, name: str) -> None:
    shop = services.open_shop("taobao", "Lan's")
    memberships.join_shop(lan, shop)
    identities.link_identity("taobao", "tb_7", lan)
    answer = admin_client.get(f"/admin/accounts/{name}/")
    assert (answer.status_code, "lan" in answer.content.decode()) == (200, True)
    assert admin_client.get(f"/admin/accounts/{name}/add/").status_code == 403
    assert admin_client.get(f"/admin/accounts/user/{lan.pk}/change/").status_code == 200


@pytest.mark.django_db(transaction=True)
def test_a_name_that_another_import_just_made_is_held_like_any_other() -> None:
    """Whoever loses the race to make a name keeps it from being linked away until its order is written."""
    made, found, ended = [threading.Event() for _ in range(3)]

    def lose() -> None:
        made.wait(10)
        with transaction.atomic():
            identities.find_or_create_person("taobao", "u-new")
            found.set()
            ended.wait(10)
        connection.close()

    loser = threading.Thread(target=lose)
    loser.start()
    with transaction.atomic():
        identities.find_or_create_person("taobao", "u-new")
        made.set()
        assert not found.wait(0.3), "it waits for the name"
    assert found.wait(10)
    with pytest.raises(OperationalError), transaction.atomic():
        OutsideIdentity.objects.select_for_update(nowait=True, no_key=True).get(outside_id="u-new")
    ended.set()
    loser.join(10)
