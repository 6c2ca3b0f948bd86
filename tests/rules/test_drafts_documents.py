"""A pack as one text: what is written reads back the same, and every mistake has its line and field."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from itertools import pairwise
from typing import Any

import pytest
from django.utils.translation import override
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.documents import read_document
from rules.drafts_changes import NOTHING, Change, changes_between, put, value_at, with_changes
from rules.drafts_documents import WrongDocument, as_text, read_text
from rules.loader import load_document, load_policy, pack_names

PACK = load_policy("taobao.general")
TEXT = as_text(PACK.document)


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    with override("en"):
        yield


def changed(**by_path: Any) -> str:
    """The text with other values, by paths whose parts are divided by two underscores."""
    document = load_document("taobao.general").values
    for path, value in by_path.items():
        put(document, tuple(path.split("__")), value)
    return as_text(document)


def mistakes_in(text: str) -> list[tuple[str, str]]:
    with pytest.raises(WrongDocument) as refused:
        read_text(text, base=PACK)
    lines = text.splitlines()
    assert all(1 <= one.line <= len(lines) for one in refused.value.mistakes)
    return [(one.field, one.problem) for one in refused.value.mistakes]


@pytest.mark.parametrize("pack", pack_names())
def test_every_pack_reads_back_as_it_was_written(pack: str) -> None:
    policy = load_policy(pack)
    text = as_text(policy.document)
    assert read_text(text, base=policy) == policy.document
    assert list(read_document(text, file="x").values) == list(policy.document)


def test_the_shipped_text_with_its_inheritance_can_be_brought_in_too() -> None:
    text = "format: 1\npack: tmall\ninherits: [taobao.general]\nplatform: tmall\ngoods: general\n"
    assert read_text(text, base=load_policy("tmall"))["deadlines"] == PACK.document["deadlines"]


def test_every_mistake_is_told_with_its_line_and_field_at_once() -> None:
    text = changed(
        deadlines__seller_response__length="-5d", deadlines__seller_response__kind="automatic",
        deadlines__evidence__patience="3d", reasons__QUALITY__burden="nobody", settings__dispute_limit_a_month=-1,
        timezone="Mars/Base",
    )  # fmt: skip
    with pytest.raises(WrongDocument) as refused:
        read_text(text, base=PACK)
    found = {one.field: one for one in refused.value.mistakes}
    assert set(found) == {
        "deadlines.seller_response.length", "deadlines.seller_response.kind", "deadlines.evidence.patience",
        "reasons.QUALITY.burden", "settings.dispute_limit_a_month", "timezone",
    }  # fmt: skip
    lines = text.splitlines()
    assert "-5d" in lines[found["deadlines.seller_response.length"].line - 1]
    assert "patience" in lines[found["deadlines.evidence.patience"].line - 1]
    assert all(before.line <= after.line for before, after in pairwise(refused.value.mistakes))


@pytest.mark.parametrize(
    ("path", "value", "problem"),
    [
        ("deadlines__seller_response__length", "0d", "A deadline needs some time: enter 1 or more."),
        ("deadlines__seller_response__length", "2000d", "This is longer than any promise can be."),
        ("deadlines__seller_response__length", "five days", "“five days” is no length"),
        ("deadlines__opinion__length", {"target": "9wd", "max": "2wd"}, "The maximum is shorter than the target."),
        ("deadlines__opinion__length", {"target": "9wd", "max": "20h"}, "The maximum is shorter than the target."),
        ("deadlines__seller_response__from", "last_request", "There is no such moment to count from."),
        ("settings__dispute_limit_a_mont", 5, "There is no such setting."),
        ("settings__dispute_limit_a_month", "many", "Another kind of value is needed here."),
        ("calendar", "fr", "There is no such calendar."),
        ("pack", "tmall", "This draft is of another pack; that cannot change."),
        ("deadlines__seller_response", 5, "A map is needed here."),
        ("deadlines", ["x"], "A map is needed here."),
    ],
)  # fmt: skip
def test_what_contradicts_itself_or_means_nothing_is_told_in_words(path: str, value: Any, problem: str) -> None:
    ((field, told),) = mistakes_in(changed(**{path: value}))
    assert field.startswith(path.replace("__", "."))
    assert told.startswith(problem)


def test_a_permission_that_opens_after_what_it_is_needed_for_is_a_contradiction() -> None:
    document = load_document("taobao.virtual").values
    put(document, ("deadlines", "intervention_gate", "length"), "4d")
    with pytest.raises(WrongDocument) as refused:
        read_text(as_text(document), base=load_policy("taobao.virtual"))
    (mistake,) = refused.value.mistakes
    assert mistake.field == "deadlines.intervention_gate.length"
    assert mistake.problem == "This opens only after what it is needed for is over."


def test_the_nearest_word_is_offered() -> None:
    with pytest.raises(WrongDocument) as refused:
        read_text(changed(deadlines__seller_response__from="last_requeste"), base=PACK)
    assert refused.value.mistakes[0].nearest == "last_requested"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("pack: [", "This is not valid YAML"),
        ("- a", "A pack is a map of fields."),
        ("", "A pack is a map of fields."),
        ("a: 1\na: 2\n", "“a” stands here twice."),
        ("a: &x [1]\nb: *x\n", "Anchors and aliases of YAML are not read here."),
        ("a: " + "[" * 60 + "]" * 60, "This is nested too deeply."),
        ("x" * 1_000_001, "This text is too long."),
        ("pack: taobao.general\ninherits: [tmall]\n", "Packs inherit from each other in a circle"),
        ("pack: taobao.general\ninherits: [../../secret]\n", "There is no such pack."),
        ("pack: taobao.general\ninherits: 5\n", "A list of names is needed here."),
        ("pack: taobao.general\ninherits: [common]\nremove: [no.such.thing]\n", "Nothing inherited stands at"),
    ],
)
def test_a_text_that_is_no_pack_is_told_apart(text: str, problem: str) -> None:
    ((_field, told),) = mistakes_in(text or "\n")
    assert told.startswith(problem)


VALUES = st.sampled_from([None, True, 5, -1, "", "x", "5d", [], ["x"], [{}], {}, {"x": {"y": 1}}])
PLACES = sorted({change.path for change in changes_between({}, PACK.document)} | {
    change.path
    for section in ("deadlines", "reasons", "actions", "stages", "routes", "settings")
    for change in changes_between({key: {} for key in PACK.document[section]}, PACK.document[section], (section,))
})  # fmt: skip


@settings(max_examples=12, deadline=None)
@given(st.sampled_from(PLACES), VALUES)
def test_whatever_stands_anywhere_is_read_or_refused_with_its_place(path: tuple[str, ...], value: Any) -> None:
    document = load_document("taobao.general").values
    put(document, path, value)
    with suppress(WrongDocument):
        read_text(as_text(document), base=PACK)


def test_changes_lead_from_one_document_to_the_other() -> None:
    after = read_text(changed(deadlines__seller_response__length="6d", settings__refund_rate_days=40), base=PACK)
    put(after, ("reasons", "FREIGHT"), NOTHING)
    found = list(changes_between(PACK.document, after))
    assert {change.pointer for change in found} >= {"/deadlines/seller_response/length", "/settings/refund_rate_days"}
    assert with_changes(PACK.document, found) == after
    assert value_at(after, ("reasons", "FREIGHT")) is NOTHING


@pytest.mark.parametrize(
    ("before", "after", "needed"),
    [
        ("5d", "6d", True), (5, 6, True), (["80%"], ["50%"], True), (["-2h"], ["-2h", "50%"], True),
        ({"is": "5d"}, {"is": "5d", "when": {"shipped": True}}, False), (True, False, False),
        ("buyer", "seller", False), (NOTHING, "5d", True), ("0.5", "0.6", True),
    ],
)  # fmt: skip
def test_a_changed_number_needs_a_source_and_a_changed_word_does_not(before: Any, after: Any, needed: bool) -> None:
    assert Change(path=("deadlines", "x", "length"), before=before, after=after).needs_source is needed
