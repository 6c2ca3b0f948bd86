"""A ruling's rows: its lines, its answers to exhibits, and what the engine must know of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from disputes.models import Case, Exhibit, Finding, Ruling, RulingLine
from disputes.services.refusing import fields_refused, refused
from disputes.services.sealing import seal_of
from disputes.services.shaping import AMOUNT, Shaped, checked_text, normal_amount
from disputes.services.weighing import check_limits, check_limits_alone, contradictions, extras
from rules.engine.terms import remedy_of_outcome
from rules.selectors import policy_of

LIABLE_OF_OUTCOME: Mapping[str, str] = {"seller": "buyer", "not_admitted": "none", "shared": "shared"}
NO_MONEY = frozenset({"seller", "not_admitted"})
PAYS = frozenset({"buyer_refund_only", "buyer_return_and_refund", "buyer_partial_refund"})
PAYERS = ("buyer", "seller", "platform", "carrier")
PAYEES = ("buyer", "seller")


def shape(shaped: Shaped, data: Mapping[str, Any]) -> None:
    """The rows and event data of a first ruling or its correction."""
    kind = Ruling.Kind.CORRECTION if shaped.action == "correct_ruling" else Ruling.Kind.FIRST
    if kind == Ruling.Kind.CORRECTION:
        _check_own(shaped)
    _shape(shaped, data, kind)


def shape_second_review(shaped: Shaped, data: Mapping[str, Any]) -> None:
    """The same for the decision of a second review, which may leave the first ruling as it is."""
    _shape(shaped, data, Ruling.Kind.APPEAL)


def _shape(shaped: Shaped, data: Mapping[str, Any], kind: str) -> None:
    reasons = str(data.get("reasons") or "").strip()
    if not reasons:
        raise fields_refused([{"field": "reasons", "code": "required"}])
    _check_sense(shaped, str(data.get("outcome") or ""))
    upheld = data.get("decision") == "uphold" if kind == Ruling.Kind.APPEAL else None
    outcome = str(data.get("outcome") or "")
    lines = list(_lines(data))
    if not upheld:
        check_limits(shaped.case_id, lines)
        _check_contradictions(shaped, outcome, _liable(data, outcome), lines, confirmed=data.get("confirm") is True)
    row = Ruling(
        case_id=shaped.case_id, kind=kind, arbitrator_id=shaped.author_id, outcome=outcome,
        status=Ruling.Status.REPLACED if upheld else Ruling.Status.AWAITING, upheld=upheld,
        remedy=remedy_meant(shaped.case_id, data, outcome),
        liable=_liable(data, outcome), seller_share=_share(data, outcome),
        clause=str(data.get("clause") or "")[:60], reasons=checked_text(reasons, "reasons"),
        false_evidence_by=_found_false(shaped, data, kind),
    )  # fmt: skip
    shaped.data["ruling"] = shaped.add(row)
    if not upheld:
        shaped.data.update(_told(row, shaped, lines))
    amounts, findings = _line_rows(row, shaped, lines), _findings(row, shaped, data)
    shaped.records.extend([*amounts, *findings])
    shaped.data["seal"] = seal_of(row, amounts, findings)


def _findings(row: Ruling, shaped: Shaped, data: Mapping[str, Any]) -> list[Finding]:
    return [
        Finding(ruling=row, exhibit_id=exhibit, answer=checked_text(answer, "findings"))
        for exhibit, answer in answered_exhibits(shaped.case_id, data).items()
    ]


def look_again(action: str, data: Mapping[str, Any], *, case_id: int, order_id: int) -> None:
    """Under the lock: is everything answered, and still within what the order leaves? Raises FieldsRefused."""
    check_answers(case_id, data, second_review=action == "decide_appeal")
    if not (action == "decide_appeal" and data.get("decision") == "uphold"):
        check_limits_alone(case_id, order_id, list(_lines(data)))


def _check_contradictions(
    shaped: Shaped, outcome: str, liable: str, lines: list[dict[str, Any]], *, confirmed: bool
) -> None:
    """What does not fit together is confirmed, and then told by the journal. Raises FieldsRefused."""
    found = list(contradictions(outcome, liable, lines))
    if found and not confirmed:
        raise fields_refused([{"field": "lines" if "paid" in code else "liable", "code": code} for code in found])
    if found:
        shaped.data["contradictions"] = found


def _found_false(shaped: Shaped, data: Mapping[str, Any], kind: str) -> str:
    """Who is found to have given false evidence. A later ruling keeps the finding it does not name; empty drops it.

    Raises FieldsRefused for a new finding nobody was heard about, or one of a second review, which has no second person
    (decision 10.2.18).
    """
    given = data.get("false_evidence_by")
    if given not in (None, "", "buyer", "seller"):
        raise fields_refused(
            [{"field": "false_evidence_by", "code": "unknown_choice", "data": {"choices": "buyer, seller"}}]
        )
    if kind == Ruling.Kind.FIRST:
        return str(given or "")
    standing = Ruling.objects.filter(case_id=shaped.case_id, status=Ruling.Status.IN_FORCE)
    before = standing.values_list("false_evidence_by", flat=True).first() or ""
    if given is None or given in ("", before):
        return before if given is None else str(given)
    if kind == Ruling.Kind.APPEAL:
        raise fields_refused([{"field": "false_evidence_by", "code": "finding_without_second_person"}])
    heard = Case.objects.values_list("facts__evidence_reply_to", flat=True).get(pk=shaped.case_id)
    if heard not in (given, "both"):
        raise fields_refused([{"field": "false_evidence_by", "code": "not_heard"}])
    return str(given)


def _check_own(shaped: Shaped) -> None:
    """Only who made the ruling in force corrects it: no second review is corrected by whom it overturned.

    Raises ActionRefused (`not_the_same_person`).
    """
    standing = Ruling.objects.filter(case_id=shaped.case_id, status=Ruling.Status.IN_FORCE)
    if standing.exclude(arbitrator_id=shaped.author_id).exists():
        raise refused("not_the_same_person", action=shaped.action)


def _check_sense(shaped: Shaped, outcome: str) -> None:
    """A ruling for the seller pays nothing; one that refunds pays something. Raises FieldsRefused."""
    amount = shaped.data.get("amount")
    if outcome in NO_MONEY and amount not in (None, "0.00"):
        raise fields_refused([{"field": "amount", "code": "no_refund_in_this_outcome"}])
    if outcome in PAYS and amount == "0.00":
        raise fields_refused([{"field": "amount", "code": "not_positive"}])


def answered_exhibits(case_id: int, data: Mapping[str, Any]) -> dict[UUID, str]:
    """The answers that say something, by exhibit. Raises FieldsRefused for one nobody handed in in this case."""
    given = data.get("findings") or {}
    try:
        answers = {UUID(str(name)): str(text).strip() for name, text in given.items() if str(text).strip()}
    except (AttributeError, ValueError):
        answers = None
    handed_in = Exhibit.objects.filter(case_id=case_id).exclude(status=Exhibit.Status.DRAFT)
    if answers is None or set(answers) - set(handed_in.values_list("id", flat=True)):
        raise fields_refused([{"field": "findings", "code": "unknown_exhibit"}])
    return answers


def _told(row: Ruling, shaped: Shaped, lines: list[dict[str, Any]]) -> dict[str, Any]:
    """What the engine must know: outcome, remedy, amount, liability, and whether a second person is needed."""
    told: dict[str, Any] = {
        "outcome": row.outcome, "liable": row.liable, "seller_share": row.seller_share,
        "amount": shaped.data.get("amount", "0.00" if row.outcome in NO_MONEY else ""),
    }  # fmt: skip
    if row.remedy:
        told["remedy"] = row.remedy
    if row.false_evidence_by:
        told["false_evidence_by"] = row.false_evidence_by
    if lines:
        told["extras"] = f"{extras(lines):.2f}"
    if row.false_evidence_by or any(line["kind"] == RulingLine.Kind.COMPENSATION for line in lines):
        told["second_person"] = True
    return told


def remedy_meant(case_id: int, data: Mapping[str, Any], outcome: str) -> str:
    """The remedy a ruling names, else what its outcome means under the rules of this case; empty when it means none."""
    if data.get("remedy"):
        return str(data["remedy"])
    policy = policy_of(Case.objects.values_list("policy_id", flat=True).get(pk=case_id))
    return remedy_of_outcome(policy, outcome) or ""


def _liable(data: Mapping[str, Any], outcome: str) -> str:
    return str(data.get("liable") or LIABLE_OF_OUTCOME.get(outcome, ""))


def _share(data: Mapping[str, Any], outcome: str) -> int:
    """The seller's part of the liability in percent."""
    try:
        given = int(data["seller_share"])
    except (KeyError, TypeError, ValueError):
        return 100 if _liable(data, outcome) == "seller" else 0
    if not 0 <= given <= 100:
        raise fields_refused([{"field": "seller_share", "code": "not_a_percentage"}])
    return given


def drafted_lines(given: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The further amounts of a ruling that is not made yet. Raises FieldsRefused."""
    return list(_lines({"lines": list(given)}))


def _lines(data: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The further amounts of a ruling: shipping costs and compensation, each with its payer."""
    given = data.get("lines") or ()
    for position, line in enumerate(given if isinstance(given, list | tuple) else [given]):
        problem = _line_problem(line) if isinstance(line, Mapping) else ("kind", "unknown_kind")
        if problem:
            raise fields_refused([{"field": f"lines/{position}/{problem[0]}", "code": problem[1]}])
        kind, payer, payee = str(line["kind"]), str(line["payer"]), _payee(line)
        amount = Decimal(normal_amount(line.get("amount")))
        yield {
            "kind": kind,
            "payer": payer,
            "payee": payee,
            "amount": amount,
            "clause": str(line.get("clause") or "")[:60],
        }


def _payee(line: Mapping[str, Any]) -> str:
    return str(line.get("payee") or ("seller" if line["payer"] == "buyer" else "buyer"))


def _line_problem(line: Mapping[str, Any]) -> tuple[str, str] | None:
    kind, payer = str(line.get("kind", "")), str(line.get("payer", ""))
    if kind not in RulingLine.Kind.values or kind == RulingLine.Kind.REFUND:
        return "kind", "unknown_kind"
    if payer not in PAYERS:
        return "payer", "unknown_party"
    if _payee(line) not in PAYEES or _payee(line) == payer:
        return "payee", "unknown_payee"
    if kind == RulingLine.Kind.COMPENSATION and not line.get("clause"):
        return "clause", "clause_needed"
    return _amount_problem(normal_amount(line.get("amount")))


def _amount_problem(given: Any) -> tuple[str, str] | None:
    if not isinstance(given, str) or not AMOUNT.fullmatch(given):
        return "amount", "not_an_amount"
    return ("amount", "not_positive") if Decimal(given) <= 0 else None


def _line_rows(row: Ruling, shaped: Shaped, lines: list[dict[str, Any]]) -> list[RulingLine]:
    rows = [RulingLine(ruling=row, **line) for line in lines]
    try:
        amount = Decimal(str(shaped.data.get("amount") or "0"))
    except InvalidOperation:
        return rows
    if amount > 0:
        rows.insert(
            0, RulingLine(ruling=row, kind=RulingLine.Kind.REFUND, amount=amount, payer="seller", payee="buyer")
        )
    return rows


def check_answers(case_id: int, data: Mapping[str, Any], *, second_review: bool) -> None:
    """Every exhibit handed in must be answered; a second review answers those that came with it.

    Raises FieldsRefused naming the exhibits left out.
    """
    exhibits = Exhibit.objects.filter(case_id=case_id, status=Exhibit.Status.SUBMITTED)
    if second_review:
        exhibits = exhibits.filter(second_review=True)
    answered = {str(exhibit) for exhibit in answered_exhibits(case_id, data)}
    rows = exhibits.order_by("submitted_at", "number").values_list("id", "party", "number")
    missing = [{"id": str(i), "party": party, "number": number} for i, party, number in rows if str(i) not in answered]
    if missing:
        names = ", ".join(f"{item['party']} {item['number']}" for item in missing)
        raise fields_refused(
            [
                {
                    "field": "findings",
                    "code": "exhibit_unanswered",
                    "data": {"exhibits": names, "missing": [m["id"] for m in missing]},
                }
            ]
        )
