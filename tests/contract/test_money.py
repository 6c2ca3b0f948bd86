"""Money is exact, keeps to its currency, and loses no cent when it is split."""

from decimal import Decimal
from typing import Any

import pytest
from rest_framework import serializers

from contract.money import CurrencyMismatch, InvalidMoney, Money
from contract.money_field import MoneyField


def yuan(text: str) -> Money:
    return Money.parse(text, "CNY")


@pytest.mark.parametrize(
    ("text", "currency", "amount"),
    [
        ("128", "CNY", "128.00"),
        (" 128.00 ", "CNY", "128.00"),
        ("-0.5", "USD", "-0.50"),
        ("1200", "JPY", "1200"),
        ("1.234", "KWD", "1.234"),
    ],
)
def test_text_in_major_units_is_read(text: str, currency: str, amount: str) -> None:
    assert Money.parse(text, currency).as_json() == {"amount": amount, "currency": currency}


@pytest.mark.parametrize(
    "text", ["", "¥128", "1,280.00", "1e3", "NaN", "Infinity", "0.005", "١٢", "12.", "--1", "9" * 16]
)
def test_text_that_is_no_amount_is_refused_and_its_field_named(text: str) -> None:
    with pytest.raises(InvalidMoney) as refused:
        Money.parse(text, "CNY", pointer="/amount")
    assert [field.pointer for field in refused.value.fields] == ["/amount"]


@pytest.mark.parametrize("amount", [Decimal("0.005"), Decimal("NaN"), 1.5, 1])
def test_an_amount_that_is_not_exact_is_no_money(amount: Any) -> None:
    with pytest.raises(ValueError, match=r"exact|finer"):
        Money(amount, "CNY")


@pytest.mark.parametrize("currency", ["", "cny", "RMB元", "YUAN"])
def test_a_currency_is_three_capitals(currency: str) -> None:
    with pytest.raises(ValueError, match="currency"):
        Money(Decimal(1), currency)


def test_an_amount_always_has_its_currencys_digits() -> None:
    assert Money(Decimal(100), "CNY").as_json() == {"amount": "100.00", "currency": "CNY"}
    assert Money(Decimal("1E+3"), "JPY").as_json() == {"amount": "1000", "currency": "JPY"}


def test_sums_stay_within_one_currency() -> None:
    assert yuan("1.10") + yuan("2.20") - yuan("0.30") == yuan("3")
    assert yuan("1.25") * 3 == yuan("3.75")
    assert yuan("1") < yuan("2") <= yuan("2")
    assert not yuan("0")


@pytest.mark.parametrize("use", [lambda a, b: a + b, lambda a, b: a - b, lambda a, b: a < b, lambda a, b: a >= b])
def test_two_currencies_never_meet(use: Any) -> None:
    with pytest.raises(CurrencyMismatch):
        use(yuan("1"), Money.parse("1", "USD"))


def test_equal_amounts_of_two_currencies_are_not_equal() -> None:
    assert yuan("1") != Money.parse("1", "USD")


def test_what_is_finer_than_a_cent_is_cut_and_never_rounded_up() -> None:
    assert Money.rounded_down(Decimal("6.669"), "CNY") == yuan("6.66")


@pytest.mark.parametrize(
    ("text", "currency", "written"),
    [
        ("128", "CNY", "¥128.00"),
        ("6.3", "USD", "US$6.30"),
        ("-1280", "CNY", "-¥1,280.00"),
        ("10", "PLN", "PLN 10.00"),
        ("1200", "JPY", "JPY 1,200"),
    ],
)
def test_it_is_written_so_that_the_currency_is_never_in_doubt(text: str, currency: str, written: str) -> None:
    assert str(Money.parse(text, currency)) == written


class Offer(serializers.Serializer):
    refund = MoneyField()


def test_the_api_speaks_it_both_ways() -> None:
    sent = {"refund": {"amount": "100.00", "currency": "CNY"}}
    offer = Offer(data=sent)
    assert offer.is_valid()
    assert offer.validated_data["refund"] == yuan("100")
    assert Offer({"refund": yuan("100")}).data == sent


@pytest.mark.parametrize(
    "sent",
    [
        100,
        "100.00",
        None,
        {},
        {"amount": 100.0, "currency": "CNY"},
        {"amount": "100"},
        {"amount": "x", "currency": "CNY"},
        {"amount": "1", "currency": "CNY", "cents": 1},
        {"amount": "1", "currency": "yuan"},
    ],
)
def test_the_api_takes_no_other_form(sent: Any) -> None:
    offer = Offer(data={"refund": sent})
    assert not offer.is_valid()
    assert list(offer.errors) == ["refund"]
