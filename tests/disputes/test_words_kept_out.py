"""Promise 8: the journal holds ids, codes, amounts, times and digests, never what somebody wrote.

A mark is put into everything that can be typed, at every step of long stories, heard or not; then the mark is looked
for wherever a word must not be: journals, what is derived from them, logs, and messages to workers.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction

from contract.clock import database_now
from contract.errors import DomainError
from disputes.api.action_fields import FIELDS_OF
from disputes.errors import FieldsRefused
from disputes.models import Case, Exhibit, Payout
from disputes.selectors.access import case_for, order_for
from disputes.selectors.cases import case_view
from disputes.services.acting import perform
from disputes.services.exhibiting import draft_exhibit, submit_exhibits
from disputes.services.filing import file_dispute
from disputes.services.importing import run_import
from disputes.services.ordering import act_on_order, answer_payout
from disputes.services.stopping import resume_automatic, stop_automatic
from disputes.services.sweeping import sweep_until_done
from notifications.services.relay import relay_until_done
from rules.engine.builtin import BUILTINS

pytestmark = pytest.mark.django_db

MARK = "quagga"
"""No word of the house."""

WHERE_NO_WORD_BELONGS = (
    "disputes_caseevent", "disputes_orderevent", "disputes_case", "disputes_deadline", "disputes_pendingrelay",
    "disputes_stuckcase", "disputes_metricentry", "disputes_ledgerentry", "notifications_notification",
)  # fmt: skip


@pytest.fixture
def words() -> Callable[[str], str]:
    """A text nobody wrote before."""
    numbers = count(1)
    return lambda field: f"{MARK} {field} {next(numbers)}"


@pytest.fixture
def filed(order_of: Any, ming: Any, words: Any) -> Callable[..., str]:
    def run(order: Any = None, *, reason: str = "DAMAGED", remedy: str = "refund_only", **facts: Any) -> str:
        order = order or order_of(**facts)
        done = file_dispute(
            ming.pk, order_id=order.pk, lines=[{"line": order.lines.get().pk, "quantity": 1}], reason=reason,
            remedy=remedy, amount="100.00", description=words("description"),
        )  # fmt: skip
        return str(done.number)  # type: ignore[union-attr]

    return run


def found_in(tables: tuple[str, ...] = WHERE_NO_WORD_BELONGS) -> list[str]:
    """Rows with the mark in them."""
    found = []
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"SELECT t::text FROM {table} t WHERE t::text ILIKE %s", [f"%{MARK}%"])
            found += [f"{table}: {row}"[:600] for (row,) in cursor.fetchall()]
    return found


@pytest.fixture(autouse=True)
def nothing_is_found(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """After every story: no row and no line of a log says what somebody wrote."""
    caplog.set_level("DEBUG")
    yield
    relay_until_done()
    assert found_in() == []
    said = [record.getMessage() for record in caplog.records if record.name != "django.db.backends"]
    assert [line for line in said if MARK in line.lower()] == []


def tries_everything(person: Any, number: str, words: Any) -> set[str]:
    """Send every action with a text in every field there is, whether offered or not, and undo what was heard.

    Offered ones carry good answers where a choice or a number is asked for. What was heard.
    """
    offered = {item.action: item for item in case_view(case_for(person, number)).available_actions}
    heard = set()
    for action in {*BUILTINS, *FIELDS_OF, "no_such_action"}:
        good = {field.name: answer_to(field, words) for field in offered[action].fields} if action in offered else {}
        data = {**{field: words(f"{action}.{field}") for field in EVERY_FIELD}, **good}
        with suppress(DomainError), transaction.atomic():
            done: Any = perform(case_for(person, number), action, data, when_allowed=action == "request_intervention")
            assert MARK not in repr(done.steps), (action, done.steps)
            heard.add(action)
            transaction.set_rollback(True)
    return heard


OF_EVIDENCE = frozenset({"exhibit", "exhibits", "findings", "lines"})
EVERY_FIELD = {field for fields in FIELDS_OF.values() for field in fields} - OF_EVIDENCE | {"note", "ruling", "items"}


def answer_to(field: Any, words: Any) -> Any:
    """Something the rules take: the first choice, a small amount, yes; a text for everything else."""
    if field.choices:
        return field.choices[0].value
    plain = {"amount": "1.00", "boolean": True, "flag": True, "number": 1, "date": "2026-11-01", "exhibits": []}
    return plain[field.type] if field.type in plain else words(field.name)


def gives_evidence(person: Any, number: str, words: Any, colour: str = "a") -> None:
    name = f"{words('name')}.txt"
    upload = SimpleUploadedFile(name, f"{words('content')} {colour}".encode(), "text/plain")
    access = case_for(person, number)
    drafted = draft_exhibit(access, uploads=[upload], description=words("exhibit"))
    submit_exhibits(access, [drafted.exhibit_id])


def ruling(number: str, words: Any, **said: Any) -> dict[str, Any]:
    shown = Exhibit.objects.filter(case__number=number, status="submitted")
    line = {"kind": "compensation", "amount": "5.00", "payer": "seller", "clause": words("clause")}
    return {
        "outcome": "buyer_refund_only", "amount": "90.00", "liable": "seller", "clause": words("clause"),
        "reasons": words("reasons"), "findings": {str(row.pk): words("finding") for row in shown}, "lines": [line],
        **said,
    }  # fmt: skip


def test_what_is_said_in_a_dispute_stays_out_of_its_journal(
    filed: Any, words: Any, ming: Any, lan: Any, zhou: Any, wu: Any, root: Any
) -> None:
    number = filed()
    for person, party in ((ming, "buyer"), (lan, "seller"), (zhou, "platform")):
        said = {"text": words(party), "body": words(party), "reference": words(party), "filed_on": "2026-11-01"}
        actions = ("message", "note", "phone_note") if person is zhou else ("message", "record_external_escalation")
        for action in actions:
            perform(case_for(person, number), action, said)
    perform(case_for(lan, number), "refuse", {"refusal": "NOT_AGREED", "statement": words("refusal")})
    terms = {"remedy": "partial_refund", "amount": "50"}
    perform(case_for(ming, number), "propose", {**terms, "statement": words("offer")})
    perform(case_for(lan, number), "refuse", {"refusal": "NOT_AGREED", "statement": words("refusal")})
    perform(case_for(ming, number), "request_intervention", {"statement": words("intervention")})
    for person in (ming, lan):
        gives_evidence(person, number, words, colour=person.username)
        perform(case_for(person, number), "complete_evidence")
    perform(case_for(zhou, number), "request_evidence", {"from": "seller", "statement": words("asked")})
    perform(case_for(root, number), "extend", {"deadline": "evidence", "hours": 5, "statement": words("why")})
    perform(case_for(lan, number), "complete_evidence")
    perform(case_for(zhou, number), "rule", ruling(number, words))
    perform(case_for(wu, number), "return_ruling", {"statement": words("returned")})
    perform(case_for(zhou, number), "rule", ruling(number, words))
    perform(case_for(wu, number), "approve_ruling")
    assert Case.objects.get().stage == "CLOSED"
    perform(case_for(zhou, number), "correct_ruling", ruling(number, words, amount="80.00", statement=words("slip")))
    assert Case.objects.get().stage == "RULED"


@pytest.mark.parametrize("pack", ["taobao.general", "aliexpress"])
def test_whatever_is_typed_into_whatever_field_stays_out_of_the_journal(
    pack: str, filed: Any, order_of: Any, words: Any, ming: Any, lan: Any, zhou: Any
) -> None:
    number = filed(order_of(pack=pack, platform=pack.partition(".")[0]), reason="COUNTERFEIT")
    assert {"accept", "message"} <= tries_everything(lan, number, words)
    assert {"withdraw", "record_external_escalation"} <= tries_everything(ming, number, words)
    perform(case_for(lan, number), "refuse", {"refusal": "NOT_AGREED", "statement": words("refusal")})
    with suppress(DomainError):
        perform(case_for(lan, number), "set_return_address", {"statement": words("too late"), "address": words("x")})
    assert "message" in tries_everything(ming, number, words)
    perform(case_for(ming, number), "request_intervention", {"statement": words("please")})
    assert {"assign", "phone_note"} <= tries_everything(zhou, number, words)


def test_addresses_and_parcels_stay_out_of_the_journal(filed: Any, words: Any, ming: Any, lan: Any) -> None:
    number = filed(reason="NOT_AS_DESCRIBED", remedy="return_and_refund")
    perform(case_for(lan, number), "accept", {"address": words("address"), "statement": words("accepting")})
    sent = {"tracking": words("tracking"), "carrier": words("carrier"), "return_carrier": "express"}
    perform(case_for(ming, number), "ship_return", sent)
    perform(case_for(ming, number), "correct_tracking", {**sent, "tracking": words("tracking")})
    gives_evidence(lan, number, words)
    shown = [str(row.pk) for row in Exhibit.objects.filter(case__number=number)]
    perform(case_for(lan, number), "object_return", {"statement": words("objection"), "exhibits": shown})


def test_the_marketplaces_words_about_a_payout_stay_out_of_the_journal(
    filed: Any, words: Any, travel: Any, root: Any
) -> None:
    number = filed()
    travel(days=6)
    sweep_until_done(sweeper="test")
    access = case_for(root, number)
    with pytest.raises(FieldsRefused) as refused:
        answer_payout(access, succeeded=True, reference=words("reference"))
    assert refused.value.fields[0].code == "not_a_reference"
    answer_payout(access, succeeded=False, reason=words("why"), reference="2026-0042")
    answer_payout(access, succeeded=True, reason=words("why"), reference="2026/0043")
    assert Payout.objects.get().reference == "2026/0043"


def test_an_order_keeps_no_words_in_its_events(order_of: Any, words: Any, ming: Any, lan: Any) -> None:
    ends = database_now() + timedelta(days=6)
    order = order_of(pack="aliexpress", platform="aliexpress", signed_at=None, receipt_ends_at=ends)
    for person, action in ((ming, "request_extension"), (lan, "grant_extension")):
        data = {"statement": words(action), "reason": words(action)}
        act_on_order(order_for(person, order.pk), action, actor_id=person.pk, data=data)


def test_why_a_pack_was_stopped_stays_out_of_its_cases(filed: Any, words: Any, root: Any, person: Any) -> None:
    filed()
    stop_automatic("taobao.general", actor=root, reason=words("stop"))
    resume_automatic("taobao.general", actor=person("second", "administrator"))


def test_imported_words_stay_out_of_the_journal(published: None, words: Any, root: Any) -> None:
    from tests.disputes.feed_samples import sample

    told = json.loads(json.dumps(sample("native")))
    marked = _marked(told, words)
    report = run_import(root.pk, format="native", payload=marked, overdue="fresh")
    assert [row.result for row in report.rows] == ["created"] * len(report.rows), report.rows
    assert Case.objects.exists()


SAID = frozenset("title description buyer_nick seller_nick shop_name carrier tracking text reason_text sku condition "
                 "disclosed_flaws desc content".split())  # fmt: skip


def _marked(told: Any, words: Any) -> Any:
    """The same with a mark in everything that people typed."""
    if isinstance(told, dict):
        return {
            name: words(name) if name in SAID and isinstance(value, str) else _marked(value, words)
            for name, value in told.items()
        }
    return [_marked(item, words) for item in told] if isinstance(told, list) else told


def test_workers_are_told_no_words(redis_client: Any, filed: Any, words: Any, ming: Any, lan: Any) -> None:
    number = filed()
    gives_evidence(ming, number, words)
    perform(case_for(lan, number), "refuse", {"refusal": "NOT_AGREED", "statement": words("refusal")})
    held = []
    for key in redis_client.scan_iter():
        kind = redis_client.type(key)
        held.append(redis_client.dump(key) if kind != b"list" else b"".join(redis_client.lrange(key, 0, -1)))
    assert not any(MARK.encode() in value for value in held)
