"""The fields of each action as they come from outside: one table for checking and for the description."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

TEXT: Final = "text"
CODE: Final = "code"
AMOUNT: Final = "amount"
FLAG: Final = "flag"
NUMBER: Final = "number"
DATE: Final = "date"
EXHIBIT: Final = "exhibit"
EXHIBITS: Final = "exhibits"
FINDINGS: Final = "findings"
LINES: Final = "lines"

Fields = Mapping[str, str]

_STATEMENT: Final[Fields] = {"statement": TEXT}
_CONFIRM: Final[Fields] = {"confirm": FLAG}
_PROVEN: Final[Fields] = {"statement": TEXT, "exhibits": EXHIBITS}
_TRACKING: Final[Fields] = {"tracking": TEXT, "carrier": TEXT}
_TERMS: Final[Fields] = {"remedy": CODE, "amount": AMOUNT}
_RULING: Final[Fields] = {
    "outcome": CODE, **_TERMS, "liable": CODE, "seller_share": NUMBER, "clause": CODE, "false_evidence_by": CODE,
    "reasons": TEXT, "findings": FINDINGS, "lines": LINES, "confirm": FLAG,
}  # fmt: skip

FIELDS_OF: Final[Mapping[str, Fields]] = {
    "accept": {"address": TEXT, **_STATEMENT, **_CONFIRM},
    "refuse": {"refusal": CODE, **_PROVEN, **_TERMS},
    "refund_without_return": {**_STATEMENT, **_CONFIRM},
    "edit_request": {"reason": CODE, **_TERMS, "goods_received": FLAG, **_PROVEN},
    "propose": {**_TERMS, "return_freight_by": CODE, **_STATEMENT},
    "accept_proposal": {"offer": CODE, **_CONFIRM},
    "withdraw": _CONFIRM,
    "request_intervention": _PROVEN,
    "cancel_queued": {},
    "submit_exhibit": {"exhibit": EXHIBIT, "exhibits": EXHIBITS},
    "withdraw_exhibit": {"exhibit": EXHIBIT},
    "complete_evidence": _CONFIRM,
    "change_evidence_from": {"from": CODE, **_STATEMENT},
    "set_return_address": {"address": TEXT},
    "ship_return": {**_TRACKING, "return_carrier": CODE},
    "correct_tracking": {**_TRACKING, "return_carrier": CODE},
    "confirm_return": _CONFIRM,
    "object_return": _PROVEN,
    "withdraw_objection": {},
    "extend_return_receipt": {},
    "send_replacement": {**_TRACKING, **_STATEMENT},
    "confirm_replacement": _CONFIRM,
    "reject_replacement": _PROVEN,
    "appeal": _STATEMENT,
    "submit_appeal": {**_PROVEN, **_CONFIRM},
    "urge": {},
    "message": {"text": TEXT},
    "record_external_escalation": {"body": TEXT, "reference": TEXT, "filed_on": DATE},
    "admit": _STATEMENT,
    "reject": {"reject_reason": CODE, **_STATEMENT},
    "step_in": {},
    "request_evidence": {"from": CODE, **_STATEMENT, "false_evidence": FLAG},
    "rule": _RULING,
    "approve_ruling": {},
    "return_ruling": _STATEMENT,
    "decide_appeal": {"decision": CODE, **_RULING},
    "correct_ruling": {**_RULING, **_STATEMENT},
    "order_second_review": _STATEMENT,
    "admit_late_evidence": {"party": CODE, "exhibit": EXHIBIT},
    "recuse": {},
    "assign": {},
    "unassign": {},
    "hand_over": {"arbitrator": NUMBER},
    "extend": {"deadline": CODE, "hours": NUMBER, **_STATEMENT},
    "pause": {"reason": CODE},
    "resume": {"mode": CODE},
    "note": {"text": TEXT},
    "phone_note": {"text": TEXT},
}

RULING_LINE: Final[Fields] = {"kind": CODE, "amount": AMOUNT, "payer": CODE, "payee": CODE, "clause": CODE}

AMOUNT_FORM: Final[Mapping[str, Any]] = {
    "oneOf": [
        {"type": "string", "example": "128.00"},
        {
            "type": "object",
            "required": ["amount"],
            "properties": {"amount": {"type": "string"}, "currency": {"type": "string"}},
        },
    ]
}
LONGEST: Final = 10_000
LONGEST_OF: Final[Mapping[str, int]] = {"carrier": 40, "tracking": 80, "body": 120, "reference": 120, "clause": 60}
"""Characters of a text, or of a code in free form; nothing is cut off in silence."""

_FORMS: Final[Mapping[str, Mapping[str, Any]]] = {
    TEXT: {"type": "string"},
    CODE: {"type": "string"},
    AMOUNT: AMOUNT_FORM,
    FLAG: {"type": "boolean"},
    NUMBER: {"type": "integer"},
    DATE: {"type": "string", "format": "date"},
    EXHIBIT: {"type": "string", "format": "uuid"},
    EXHIBITS: {"type": "array", "items": {"type": "string", "format": "uuid"}},
    FINDINGS: {"type": "object", "additionalProperties": {"type": "string"}, "description": "Answers by exhibit."},
    LINES: {
        "type": "array",
        "items": {
            "type": "object",
            "additionalProperties": False,
            "properties": {
                name: AMOUNT_FORM if kind == AMOUNT else {"type": "string"} for name, kind in RULING_LINE.items()
            },
        },
    },
}


def body_forms() -> dict[str, Any]:
    """The bodies of all actions as a JSON schema."""
    return {"anyOf": [_body_form(action, fields) for action, fields in sorted(FIELDS_OF.items())]}


def _body_form(action: str, fields: Fields) -> dict[str, Any]:
    properties = {name: _form(name, kind) for name, kind in fields.items()}
    version = {"type": "integer", "description": "The version the caller saw."}
    return {
        "type": "object",
        "title": action,
        "additionalProperties": False,
        "properties": {**properties, "version": version},
    }


def _form(name: str, kind: str) -> dict[str, Any]:
    most = LONGEST_OF.get(name, LONGEST if kind == TEXT else None)
    return {**_FORMS[kind], "maxLength": most} if most else dict(_FORMS[kind])
