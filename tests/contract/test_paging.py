"""Pages of a list: opaque cursors, nothing twice, nothing left out."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from django.utils import translation
from rest_framework.generics import ListAPIView
from rest_framework.serializers import ModelSerializer
from rest_framework.test import APIRequestFactory, force_authenticate

from accounts.models import Shop
from contract.paging import (
    BadCursor,
    BadLimit,
    CursorPage,
    PageRequest,
    decode_cursor,
    encode_cursor,
    page_of,
    page_request,
)

KEY = (
    datetime(2026, 10, 2, 6, 30, 0, 123456, tzinfo=UTC),
    date(2026, 10, 2),
    Decimal("1.10"),
    UUID(int=7),
    7,
    "七",
    None,
    True,
)


def test_a_cursor_brings_back_the_key_with_its_types() -> None:
    decoded = decode_cursor(encode_cursor(KEY))
    assert decoded == KEY
    assert [type(value) for value in decoded] == [type(value) for value in KEY]


def test_a_cursor_is_safe_in_an_address() -> None:
    assert all(character.isalnum() or character in "-_:" for character in encode_cursor(KEY))


@pytest.mark.parametrize("spoil", [lambda c: c[:-1], lambda c: "A" + c, lambda c: "", lambda c: "7", lambda c: "é"])
def test_a_cursor_that_was_not_given_out_is_refused(spoil: Any) -> None:
    with pytest.raises(BadCursor) as refused:
        decode_cursor(spoil(encode_cursor([7])))
    assert (refused.value.status, refused.value.fields[0].pointer) == (400, "/after")


def test_a_cursor_of_another_list_is_refused() -> None:
    with pytest.raises(BadCursor):
        decode_cursor(encode_cursor([7], of="cases by due time"), of="cases by age")


def test_without_parameters_the_first_page_is_asked_for() -> None:
    assert page_request({}, default=20) == PageRequest(limit=20, after=None)
    assert page_request({"limit": "", "after": ""}, default=20) == PageRequest(limit=20, after=None)


def test_parameters_are_read() -> None:
    asked = page_request({"limit": "7", "after": encode_cursor([3], of="cases")}, of="cases")
    assert asked == PageRequest(limit=7, after=(3,))


@pytest.mark.parametrize("limit", ["0", "-1", "201", "ten", "1.5", "9" * 30, "٣"])
def test_a_limit_out_of_range_is_refused(limit: str) -> None:
    with pytest.raises(BadLimit) as refused:
        page_request({"limit": limit})
    assert refused.value.status == 400
    with translation.override("en"):
        assert refused.value.message() == "The limit is a whole number from 1 to 200."


def test_pages_together_are_the_list() -> None:
    rows, seen, after = list(range(1, 8)), [], None
    while True:
        rest = [row for row in rows if after is None or row > after]
        page = page_of(rest[:4], 3, lambda row: (row,))
        seen += page.data
        if page.next is None:
            break
        (after,) = decode_cursor(page.next)
    assert seen == rows


def test_the_last_page_says_that_it_is_the_last() -> None:
    assert page_of([1, 2, 3], 3, lambda row: (row,)).next is None
    assert page_of([], 3, lambda row: (row,)) == CursorPage(data=(), next=None)


def test_a_page_is_shown_row_by_row() -> None:
    page = CursorPage(data=(1, 2), next="on").shown_as(str)
    assert page.as_json() == {"data": ["1", "2"], "next": "on"}


class ShopSerializer(ModelSerializer):
    class Meta:
        model = Shop
        fields = ("name",)


class ShopList(ListAPIView):
    queryset = Shop.objects.all()
    serializer_class = ShopSerializer


@pytest.mark.django_db
def test_a_generic_view_answers_in_pages(ming: Any) -> None:
    Shop.objects.bulk_create([Shop(platform="taobao", name=f"shop {number}") for number in range(5)])

    def ask(**query: str) -> Any:
        request = APIRequestFactory().get("/", query)
        force_authenticate(request, ming)
        return ShopList.as_view()(request)

    first = ask(limit="3").data
    second = ask(limit="3", after=first["next"]).data
    assert [row["name"] for row in first["data"] + second["data"]] == [f"shop {number}" for number in range(5)]
    assert second["next"] is None
    refused = ask(after="made-up")
    assert (refused.status_code, refused.data["code"]) == (400, "bad_cursor")
