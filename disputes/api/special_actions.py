"""Actions that have a service of their own: handing evidence in, taking it back, moving a case among staff."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final
from uuid import UUID

from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from contract.idempotency import Replay
from disputes.api.base import call_from, replayed, version_seen, versioned
from disputes.api.case_objects import case_object
from disputes.api.refusals import in_full
from disputes.selectors.access import CaseAccess
from disputes.selectors.ways import BY_API
from disputes.services.exhibiting import submit_exhibits, withdraw_exhibit
from disputes.services.refusing import fields_refused, refused
from disputes.services.repeating import once
from disputes.services.staffing import assign_case

Data = Mapping[str, Any]
Special = Callable[[Request, CaseAccess, Data], Response]


def _submit(request: Request, access: CaseAccess, data: Data) -> Response:
    wanted = data.get("exhibits") or ([data["exhibit"]] if data.get("exhibit") else [])
    ids, seen = [identity(item, "exhibits") for item in wanted], version_seen(request, data)
    if not ids:
        raise fields_refused([{"field": "exhibits", "code": "required"}])
    return _done(request, access, lambda: submit_exhibits(access, ids, via=BY_API, expected_version=seen))


def _withdraw(request: Request, access: CaseAccess, data: Data) -> Response:
    if not data.get("exhibit"):
        raise fields_refused([{"field": "exhibit", "code": "required"}])
    exhibit = identity(data["exhibit"], "exhibit")
    return _done(request, access, lambda: withdraw_exhibit(access, exhibit, via=BY_API))


def _take(request: Request, access: CaseAccess, data: Data) -> Response:
    _check_staff(access)
    return _done(request, access, lambda: assign_case(access, arbitrator_id=access.user_id, via=BY_API))


def _give_back(request: Request, access: CaseAccess, data: Data) -> Response:
    _check_staff(access)
    return _done(request, access, lambda: assign_case(access, arbitrator_id=None, via=BY_API))


def _hand_over(request: Request, access: CaseAccess, data: Data) -> Response:
    _check_staff(access)
    person = data.get("arbitrator")
    if not person:
        raise fields_refused([{"field": "arbitrator", "code": "required"}])
    return _done(request, access, lambda: assign_case(access, arbitrator_id=person, via=BY_API))


def _check_staff(access: CaseAccess) -> None:
    if not access.staff:
        raise refused("not_your_action")


def _done(request: Request, access: CaseAccess, do: Callable[[], Any]) -> Response:
    def act() -> tuple[int, Any]:
        do()
        return status.HTTP_200_OK, case_object(access)

    done = once(call_from(request, request.data), act, told=lambda error: in_full(access, error))
    return replayed(done) if isinstance(done, Replay) else versioned(done[1])


def identity(value: Any, field: str) -> UUID:
    """An id from outside. Raises FieldsRefused."""
    try:
        return UUID(str(value))
    except ValueError:
        raise fields_refused([{"field": field, "code": "unknown_exhibit"}]) from None


SPECIAL: Final[Mapping[str, Special]] = {
    "submit_exhibit": _submit, "withdraw_exhibit": _withdraw, "assign": _take, "unassign": _give_back,
    "hand_over": _hand_over,
}  # fmt: skip
