"""Whether the reason and the remedy of a filing are codes that any rules of the order know."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from contract.errors import FieldProblem
from disputes.errors import FieldsRefused
from disputes.selectors.access import Somebody, order_for
from disputes.selectors.orders import order_view
from disputes.selectors.platforms import policy_view


def check_codes(user: Somebody, order_id: int, given: Mapping[str, Any]) -> None:
    """Raises FieldsRefused for a code no pack of the order's lines knows, NotFound for a stranger's order.

    A code that is known but cannot be chosen now is for the engine to refuse.
    """
    order = order_view(order_for(user, order_id))
    policies = [policy_view(pack) for pack in sorted({line.pack for line in order.lines if line.pack})]
    known = {
        "reason": [reason.code for policy in policies for reason in policy.reasons],
        "remedy": [remedy.code for policy in policies for remedy in policy.remedies],
    }
    problems = [_problem(name, codes) for name, codes in known.items() if codes and given[name] not in codes]
    if problems:
        raise FieldsRefused(fields=problems)


def _problem(name: str, codes: Iterable[str]) -> FieldProblem:
    detail = _("Choose one of: %(choices)s.") % {"choices": ", ".join(dict.fromkeys(codes))}
    return FieldProblem(pointer=f"/{name}", code="unknown_choice", detail=detail)
