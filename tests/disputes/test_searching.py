"""Search: by numbers, names, products and text, in Chinese and English, and only by what the reader may read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection

from accounts.models import Membership, Shop
from contract.clock import database_now
from contract.paging import PageRequest, decode_cursor
from disputes.errors import ActionRefused
from disputes.models import CaseSearch, Exhibit, Order, OrderLine, Ruling
from disputes.selectors import searching
from disputes.selectors.access import case_for
from disputes.selectors.lists import cases_as, cases_of_buyer, cases_of_platforms, cases_of_seller
from disputes.services.acting import perform
from disputes.services.exhibiting import draft_exhibit, submit_exhibits
from disputes.services.filing import file_dispute
from disputes.services.indexing import index_batch, index_cases_of
from disputes.services.sweeping import sweep_until_done

pytestmark = pytest.mark.django_db

Finds = Callable[..., Mapping[str, list[str]]]


@pytest.fixture
def finds(ming: Any, lan: Any, zhou: Any) -> Finds:
    """What the buyer, the seller and the arbitrator find: `finds("退款")`."""

    def look(query: str) -> dict[str, list[str]]:
        page = PageRequest()
        found = {
            "ming": cases_of_buyer(ming, query=query, page=page),
            "lan": cases_of_seller(lan, tab="all", query=query, page=page),
            "zhou": cases_of_platforms(zhou, query=query, page=page),
        }
        return {name: [row.number for row in rows.data] for name, rows in found.items()}

    return look


@pytest.fixture
def mug(ming: Any, order_of: Any) -> str:
    """A case about a mug whose story is told in Chinese."""
    order = order_of(tracking="SF1234567890")
    OrderLine.objects.filter(order=order).update(title="手工釉面马克杯 Glazed mug", sku="靛蓝 350ml")
    (line,) = order.lines.all()
    done = file_dispute(
        ming.pk, order_id=order.pk, lines=[{"line": line.pk, "quantity": 1}], reason="DAMAGED", remedy="refund_only",
        amount="128.00", goods_received=True,
        description="打开包裹时杯子已经碎了，申请退款。It arrived in several pieces.",
    )  # fmt: skip
    return str(done.number)  # type: ignore[union-attr]


def everybody(number: str) -> dict[str, list[str]]:
    return {"ming": [number], "lan": [number], "zhou": [number]}


NOBODY: dict[str, list[str]] = {"ming": [], "lan": [], "zhou": []}


@pytest.mark.parametrize(
    "query",
    [
        "退款", "碎", "马克杯", "已经碎了", "pieces", "PIECES", "Glazed", "靛蓝", "350ml", "lan home", "ming",
        "退款 TB", "ＴＢ 退款", "order-1", "SF1234567890", "sf12345", "7890", "退款 pieces mug",
        "“退款”，碎了！", "退款 😡",
    ],
)  # fmt: skip
def test_a_case_is_found_by_its_products_parties_parcels_and_text(mug: str, finds: Finds, query: str) -> None:
    assert finds(query) == everybody(mug)


@pytest.mark.parametrize(
    "query",
    ["退货", "款退", "杯子 退货", "piece", "SF99", "345678", "TB-NOTHING", "😡", "--", "' | 'nothing", "x" * 9000],
)
def test_what_nobody_wrote_finds_nothing(mug: str, finds: Finds, query: str) -> None:
    assert finds(query) == NOBODY


def test_a_case_is_found_by_its_number_and_by_how_that_begins(mug: str, finds: Finds) -> None:
    for query in (mug, mug.lower(), mug[:7], mug.replace("-", " ")):
        assert finds(query) == everybody(mug)


def test_nobody_finds_cases_of_others(mug: str, eve: Any, person: Any) -> None:
    rival = person("rival")
    Membership.objects.create(user=rival, shop=Shop.objects.create(platform="taobao", name="Rival", outside_id="r"))
    elsewhere = person("elsewhere")
    elsewhere.staff_roles.create(kind="arbitrator", platform="aliexpress")
    for somebody in (eve, rival, elsewhere):
        for role in ("buyer", "seller", "platform"):
            for query in ("退款", mug):
                assert cases_as(somebody, role, query=query, page=PageRequest()).data == ()


def test_a_note_is_found_by_the_platform_alone(mug: str, finds: Finds, zhou: Any) -> None:
    perform(case_for(zhou, mug), "note", {"text": "疑似职业打假 suspicious"})
    for query in ("打假", "suspicious", "打假 退款"):
        assert finds(query) == {**NOBODY, "zhou": [mug]}


def test_a_draft_is_found_by_nobody_and_what_was_handed_in_by_everybody(mug: str, finds: Finds, ming: Any) -> None:
    perform(case_for(ming, mug), "message", {"text": "照片稍后补上"})
    draft = draft_exhibit(case_for(ming, mug), description="开箱视频 unboxing").exhibit_id
    assert finds("unboxing") == NOBODY
    submit_exhibits(case_for(ming, mug), [draft])
    assert finds("开箱") == everybody(mug)


def test_evidence_taken_back_is_found_by_its_side_and_the_platform(mug: str, finds: Finds, ming: Any) -> None:
    access = case_for(ming, mug)
    exhibit = draft_exhibit(access, description="开箱视频 unboxing").exhibit_id
    submit_exhibits(access, [exhibit])
    Exhibit.objects.update(status="withdrawn")
    index_batch(every=True)
    assert finds("unboxing") == {"ming": [mug], "lan": [], "zhou": [mug]}


def test_what_was_said_in_advance_is_not_the_other_sides(mug: str, finds: Finds, ming: Any) -> None:
    perform(case_for(ming, mug), "request_intervention", {"statement": "请平台介入 escalate"}, when_allowed=True)
    assert finds("escalate") == {"ming": [mug], "lan": [], "zhou": [mug]}


def test_a_statement_and_a_message_are_found_by_both_sides(mug: str, finds: Finds, ming: Any, lan: Any) -> None:
    perform(case_for(lan, mug), "refuse", {"refusal": "AS_DESCRIBED", "statement": "发货时完好"})
    perform(case_for(ming, mug), "message", {"text": "不同意 disagree"})
    assert finds("发货时完好") == finds("disagree") == finds("完好 disagree") == everybody(mug)


def test_a_ruling_is_found_by_the_parties_once_it_is_in_force(mug: str, finds: Finds, zhou: Any) -> None:
    case = case_for(zhou, mug)
    ruling = Ruling.objects.create(
        case_id=case.case_id, sequence=1, at=database_now(), kind="first", status="awaiting", arbitrator=zhou,
        outcome="buyer", liable="seller", reasons="裂痕清晰可见 fracture",
    )  # fmt: skip
    index_batch(every=True)
    assert finds("fracture") == {**NOBODY, "zhou": [mug]}
    Ruling.objects.filter(pk=ruling.pk).update(status="in_force")
    index_batch(every=True)
    assert finds("裂痕") == everybody(mug)
    ruling.delete()  # no event tells of it, and what is verified after every test would miss that


def test_what_comes_too_late_is_found_by_its_side_and_the_platform(mug: str, finds: Finds, ming: Any, lan: Any) -> None:
    perform(case_for(ming, mug), "withdraw")
    with pytest.raises(ActionRefused):
        perform(case_for(lan, mug), "refuse", {"refusal": "AS_DESCRIBED", "statement": "来晚了 belated"})
    assert finds("belated") == {"ming": [], "lan": [mug], "zhou": [mug]}


def test_late_evidence_is_found_by_the_other_side_once_it_is_taken_in(
    mug: str, finds: Finds, ming: Any, lan: Any, zhou: Any
) -> None:
    perform(case_for(lan, mug), "refuse", {"refusal": "AS_DESCRIBED", "statement": "发货时完好"})
    perform(case_for(ming, mug), "request_intervention", {"statement": "请平台介入"})
    for person in (ming, lan):
        perform(case_for(person, mug), "complete_evidence")
    late = draft_exhibit(case_for(ming, mug), description="快递面单 waybill").exhibit_id
    submit_exhibits(case_for(ming, mug), [late])
    for query in ("waybill", "面单"):
        assert finds(query) == {"ming": [mug], "lan": [], "zhou": [mug]}
    perform(case_for(zhou, mug), "admit_late_evidence", {"party": "buyer", "exhibit": str(late)})
    assert finds("waybill") == everybody(mug)


def test_what_was_said_in_advance_is_found_by_both_sides_once_it_happened(
    mug: str, finds: Finds, ming: Any, lan: Any, travel: Any
) -> None:
    perform(case_for(ming, mug), "request_intervention", {"statement": "请平台介入 escalate"}, when_allowed=True)
    perform(case_for(lan, mug), "refuse", {"refusal": "AS_DESCRIBED", "statement": "发货时完好"})
    travel(days=2)
    sweep_until_done(sweeper="test")
    assert finds("escalate") == everybody(mug)


def test_a_changed_name_of_the_goods_or_the_parcel_is_found_when_the_order_is_told_anew(mug: str, finds: Finds) -> None:
    Order.objects.update(tracking="YT7777")
    index_cases_of(Order.objects.values_list("pk", flat=True).get())
    assert finds("yt7777") == everybody(mug)
    assert finds("SF1234567890") == NOBODY


def test_every_word_must_be_there_however_many_cases_have_it(
    mug: str, order_of: Any, file: Any, finds: Finds, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers = [file(order_of()).number for _each in range(4)]
    few = [finds(query) for query in ("mug", "mug 退款", "glazed order-3")]
    monkeypatch.setattr(searching.searched, "__kwdefaults__", {"enough": 1})
    assert [finds(query) for query in ("mug", "mug 退款", "glazed order-3")] == few
    assert few[0]["ming"] == [*reversed(numbers), mug]
    assert few[1] == everybody(mug)
    assert few[2]["zhou"] == [numbers[1]]


def test_a_search_goes_on_page_by_page(ming: Any, order_of: Any, file: Any) -> None:
    numbers = [file(order_of()).number for _each in range(5)]
    seen, after = [], None
    while True:
        page = cases_as(ming, "buyer", query="mug", page=PageRequest(limit=2, after=after))
        seen += [row.number for row in page.data]
        if page.next is None:
            break
        after = decode_cursor(page.next, of="buyer:newest")
    assert seen == numbers[::-1]


def test_a_step_that_nobody_takes_writes_no_words(mug: str, travel: Any) -> None:
    travel(days=6)
    with connection.execute_wrapper(_refuse_words):
        assert sweep_until_done(sweeper="test").moved == 1


def _refuse_words(execute: Any, statement: str, parameters: Any, many: bool, context: Any) -> Any:
    assert "casesearch" not in statement
    return execute(statement, parameters, many, context)


def test_words_are_made_anew_for_old_rows_and_only_for_those(order_of: Any, file: Any, finds: Finds) -> None:
    numbers = [file(order_of()).number for _each in range(3)]
    CaseSearch.objects.all().delete()
    assert finds("mug")["ming"] == []
    count, last = index_batch(limit=2)
    assert (count, finds("mug")["ming"]) == (2, [numbers[1], numbers[0]])
    told = StringIO()
    call_command("index_search", stdout=told)
    assert "1 cases indexed" in told.getvalue()
    assert finds("mug")["ming"] == numbers[::-1]
    assert index_batch() == (0, 0)
    assert index_batch(every=True, after=last)[0] == 1


def test_a_case_with_an_endless_story_is_still_kept(mug: str, finds: Finds, ming: Any) -> None:
    for part in range(3):
        text = "".join(chr(0x4E00 + (part * 9000 + at) % 20_000) for at in range(9000))
        perform(case_for(ming, mug), "message", {"text": text})
    assert finds("退款") == everybody(mug)
