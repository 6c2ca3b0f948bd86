"""Money and rulings follow from the journal: whatever else they say was not written by the house."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from disputes.models import Case, Finding, Payout, Ruling, RulingLine
from disputes.selectors.access import case_for
from disputes.services.acting import perform
from disputes.services.recounting import first_miscount
from tests.disputes.test_acting import RULING, filed, findings, in_review

pytestmark = pytest.mark.django_db
__all__ = ["filed"]


@pytest.fixture
def ruled(filed: Any, ming: Any, lan: Any, zhou: Any, root: Any) -> Case:
    number = in_review(filed, ming, lan)
    line = {"kind": "compensation", "amount": "20.00", "payer": "seller", "clause": "T-2.3"}
    perform(case_for(zhou, number), "rule", {**RULING, "findings": findings(number), "lines": [line]})
    perform(case_for(root, number), "approve_ruling")
    return Case.objects.get(number=number)


class Forged(Exception):
    """Takes the forgery back."""


def found(case: Case, forge: Any) -> str:
    """What is found wrong after a forgery, which is undone."""
    try:
        with transaction.atomic():
            forge()
            wrong = first_miscount(case.pk)
            raise Forged(wrong.what if wrong else "")
    except Forged as told:
        return str(told).partition(" of ")[0].partition(" ")[0]


def test_nothing_is_found_where_nothing_was_changed(ruled: Case) -> None:
    assert first_miscount(ruled.pk) is None


@pytest.mark.parametrize(
    "change",
    [
        "amount = amount + 0.01",
        "basis = 'agreed'",
        "payer = 'platform'",
        "at = at + interval '1 second'",
        "position = 9",
    ],
)
def test_a_changed_entry_of_the_ledger_is_named(change: str, ruled: Case) -> None:
    def forge() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("ALTER TABLE disputes_ledgerentry DISABLE TRIGGER refuse_change")
            cursor.execute(
                f"UPDATE disputes_ledgerentry SET {change} WHERE case_id = %s AND kind = 'compensation'", [ruled.pk]
            )

    assert found(ruled, forge) == "ledger"


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"reasons": "It was whole."}, "seal"), ({"liable": "buyer"}, "seal"), ({"status": "replaced"}, "ruling"),
        ({"second_person_id": None}, "ruling"),
    ],
)  # fmt: skip
def test_a_changed_ruling_is_named(change: dict[str, Any], what: str, ruled: Case) -> None:
    assert found(ruled, lambda: Ruling.objects.filter(case=ruled).update(**change)) == what


def test_a_changed_answer_is_named(ruled: Case) -> None:
    first = Finding.objects.filter(ruling__case=ruled).earliest("pk")
    assert found(ruled, lambda: Finding.objects.filter(pk=first.pk).update(answer="Not seen.")) == "seal"


def test_an_amount_taken_out_of_a_ruling_is_named(ruled: Case) -> None:
    lines = RulingLine.objects.filter(ruling__case=ruled, kind="compensation")
    assert found(ruled, lines.delete) == "ledger"


def test_a_ruling_that_is_gone_is_named(ruled: Case) -> None:
    assert found(ruled, lambda: Ruling.objects.filter(case=ruled).delete()) != ""


def test_a_payout_nobody_ordered_is_named(ruled: Case) -> None:
    changed = Payout.objects.filter(case=ruled, refund=True)
    assert found(ruled, lambda: changed.update(amount="500.00")) == "payouts"


def test_entries_of_a_case_that_is_gone_are_named(ruled: Case, tmp_path: Path, settings: Any) -> None:
    settings.DATA_DIR = tmp_path

    def forge() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("ALTER TABLE disputes_ledgerentry DISABLE TRIGGER refuse_change")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
            cursor.execute(
                "INSERT INTO disputes_ledgerentry (case_id, sequence, position, kind, payer, payee, amount, currency,"
                " basis, at, recorded_at) SELECT case_id + 1000, sequence, position, kind, payer, payee, amount,"
                " currency, basis, at, recorded_at FROM disputes_ledgerentry WHERE case_id = %s LIMIT 1",
                [ruled.pk],
            )
        with pytest.raises(CommandError, match=f"no case with the id {ruled.pk + 1000}, but there is its ledger"):
            call_command("verify_journal")

    assert found(ruled, forge) == ""
