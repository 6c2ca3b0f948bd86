"""The order of refusals in a case, and what each tells: first what is not allowed, then what is wrong with the rest."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from contract.errors import DomainError
from disputes.errors import ActionRefused, FieldsRefused
from disputes.selectors.access import CaseAccess
from disputes.selectors.cases import case_view
from disputes.services.asking import ask_first


@contextmanager
def refusing_in_order(access: CaseAccess, action: str, *, queue: bool = False) -> Iterator[None]:
    """Around an action: a problem with its fields is told only to whom the action is open.

    What is refused with 409 names the stage and the same actions as the case itself. Raises ActionRefused,
    FieldsRefused, Forbidden.
    """
    with refusing_in_full(access):
        try:
            yield
        except FieldsRefused:
            ask_first(access, action, queue=queue)
            raise


@contextmanager
def refusing_in_full(access: CaseAccess) -> Iterator[None]:
    """What is refused with 409 names the stage and the same actions as the case itself."""
    try:
        yield
    except ActionRefused as error:
        if "in_full" in error.data:
            raise
        raise in_full(access, error) from error


def in_full(access: CaseAccess, error: DomainError) -> DomainError:
    """The refusal as it is told outward, and kept under an idempotency key."""
    if not isinstance(error, ActionRefused):
        return error
    view = case_view(access)
    told = {"stage": view.stage.code, "available_actions": [item.action for item in view.available_actions]}
    full = ActionRefused(error.code, error.sentence, **{**error.data, **told, "in_full": True})
    full.replayed = error.replayed
    return full
