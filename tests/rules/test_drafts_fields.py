"""What forms can change is read off each pack, and putting it back says the same."""

from __future__ import annotations

from typing import Any

import pytest

from rules.drafts_changes import changes_between
from rules.drafts_documents import mistakes_in
from rules.drafts_fields import SECTIONS, Field, Kind, entries_of
from rules.drafts_filling import filled
from rules.loader import load_policy, pack_names

PACK = load_policy("taobao.general")


def fields_of(section: str, name: str, pack: str = "taobao.general") -> dict[str, Field]:
    entry = entries_of(load_policy(pack).document, section)[name]
    return {entry.key(field): field for field in entry.fields}


def changed(section: str, name: str, pack: str = "taobao.general", **values: Any) -> dict[str, tuple[Any, Any]]:
    """What a document says differently after entering values, by pointer."""
    document, fields = load_policy(pack).document, fields_of(section, name, pack)
    after = filled(document, [(fields[key.replace("__", "-")], value) for key, value in values.items()])
    return {change.pointer: (change.before, change.after) for change in changes_between(document, after)}


@pytest.mark.parametrize("pack", pack_names())
def test_entering_what_stands_there_changes_nothing(pack: str) -> None:
    document = load_policy(pack).document
    entries = [entry for section in SECTIONS for entry in entries_of(document, section).values()]
    every = [field for entry in entries for field in entry.fields]
    assert filled(document, [(field, field.value) for field in every]) == document
    assert len(every) > 300


@pytest.mark.parametrize("pack", pack_names())
def test_no_choice_is_offered_that_the_compiler_would_refuse(pack: str) -> None:
    base = load_policy(pack)
    offered = [
        (field, choice) for section in SECTIONS for entry in entries_of(base.document, section).values()
        for field in entry.fields if field.kind in (Kind.CHOICE, Kind.ENDING) for choice in field.choices
        if choice != field.value
    ]  # fmt: skip
    refused = [(field.path, choice) for field, choice in offered
               if mistakes_in(filled(base.document, [(field, choice)]), base=base)]  # fmt: skip
    assert refused == []
    assert any(field.kind is Kind.ENDING for field, _choice in offered)


def test_a_length_keeps_the_form_it_had() -> None:
    assert changed("deadlines", "seller_response", length__0__is="6d") == {
        "/deadlines/seller_response/length": ("5d", "6d")
    }
    assert changed("deadlines", "opinion", length__0__max="9wd") == {"/deadlines/opinion/length/max": ("6wd", "9wd")}
    receipt = changed("deadlines", "return_receipt", length__1__is="25d")["/deadlines/return_receipt/length"][1]
    assert receipt == [{"when": {"return_carrier": "overseas"}, "is": "20d"},
                       {"when": {"return_carrier": "post"}, "is": "25d"}, "10d"]  # fmt: skip
    off = changed("deadlines", "opinion", length__0__make_up_counts=False)
    assert [(pointer, after) for pointer, (_before, after) in off.items()] == [
        ("/deadlines/opinion/length/make_up_counts", False)
    ]


def test_only_what_is_left_empty_and_need_not_be_there_goes() -> None:
    gone = changed("deadlines", "seller_response", remind=[])
    assert list(gone) == ["/deadlines/seller_response/remind"]
    assert "remind" not in filled(PACK.document, [(fields_of("deadlines", "seller_response")["remind"], [])])[
        "deadlines"]["seller_response"]  # fmt: skip


def test_another_ending_keeps_the_condition_and_every_other_effect() -> None:
    ways = changed("deadlines", "seller_response", on_lapse__1="platform_decides")
    before, after = ways["/deadlines/seller_response/on_lapse"]
    assert before[0] == after[0]
    assert after[1] == {"to": "REVIEW"}
    cancelled = fields_of("deadlines", "evidence", "aliexpress")["on_lapse-0"]
    assert cancelled.choices == ("closed_without_evidence", "evidence_over")
    (_, branches), = changed("deadlines", "evidence", "aliexpress", on_lapse__0="evidence_over").values()
    assert branches[0]["effects"] == [{"clear": "return_stage"}]
    assert branches[0]["route"] == "evidence_over"
    assert "outcome" not in branches[0]


@pytest.mark.parametrize(
    ("section", "name", "key", "value", "field"),
    [
        ("deadlines", "seller_response", "length-0-is", "0d", "deadlines.seller_response.length"),
        ("deadlines", "return_receipt", "length-1-is", "0d", "deadlines.return_receipt.length.1.is"),
        ("deadlines", "opinion", "length-0-target", "9wd", "deadlines.opinion.length.0.max"),
        ("deadlines", "seller_response", "remind", ["often"], "deadlines.seller_response.remind"),
        ("settings", "rulings", "settings-second_person_above", "much", "settings.second_person_above"),
        ("settings", "rulings", "settings-liability_share_counts", 101, "settings.liability_share_counts"),
        ("settings", "appeals", "settings-most_appeals", -1, "settings.most_appeals"),
        ("settings", "lateness", "settings-late_tolerance", "2wd", "settings.late_tolerance"),
        ("settings", "filing", "settings-dispute_month_zone", "Mars", "settings.dispute_month_zone"),
        ("settings", "places", "timezone", "Mars", "timezone"),
        ("evidence", "limits", "evidence-max_files", 0, "evidence.max_files"),
        ("evidence", "limits", "settings-evidence_after_window", "maybe", "settings.evidence_after_window"),
        ("reasons", "QUALITY", "slots-buyer", ["photo"], "reasons.QUALITY.slots.buyer"),
        ("reasons", "QUALITY", "burden", "nobody", "reasons.QUALITY.burden"),
    ],
)  # fmt: skip
def test_what_is_refused_is_refused_at_its_field(section: str, name: str, key: str, value: Any, field: str) -> None:
    after = filled(PACK.document, [(fields_of(section, name)[key], value)])
    assert [mistake.field for mistake in mistakes_in(after, base=PACK)] == [field]


def test_what_forms_are_made_of_is_there() -> None:
    assert {"length-0-is", "end", "remind", "labels-zh", "labels-en", "on_lapse-1"} <= set(
        fields_of("deadlines", "seller_response")
    )
    assert fields_of("order_clocks", "earliest_filing", "aliexpress")["length-0-when-under-limit"].value == 4
    assert fields_of("deadlines", "liability_counts_after_review")["from-latest-0-plus"].value == "3d"
    assert fields_of("order_actions", "extend_receipt", "aliexpress")["effects-1-shift-by"].value == "30d"
    assert set(entries_of(PACK.document, "actions")) == {"extend_return_receipt"}
    assert "other" not in entries_of(PACK.document, "settings")
