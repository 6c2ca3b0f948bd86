"""Actions whose service knows no idempotency key of its own, done once under one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from contract.errors import DomainError, Unavailable
from contract.idempotency import Call, Fresh, Replay, finish, keep_refusal
from disputes.services.writer import Refused, Told, one_transaction

Prepared = TypeVar("Prepared")
Doing = Callable[[], tuple[int, Any]]


def once(call: Call | None, do: Doing, *, told: Told | None = None) -> tuple[int, Any] | Replay:
    """Do it, or give the first answer again. The answer is kept in the transaction of what was done.

    What `do` calls is whole in itself: after a refusal, whatever it settled before stays, and the refusal, in the
    words of `told`, is the answer that is kept. Raises what `do` raises.
    """
    if call is None:
        return do()
    with one_transaction():
        slot = call.begin()
        if isinstance(slot, Replay):
            return slot
        result = _done(slot, do, told)
    if isinstance(result, Refused):
        raise result.error
    return result


def once_after(
    call: Call | None,
    prepare: Callable[[], Prepared],
    do: Callable[[Prepared], tuple[int, Any]],
    *,
    told: Told | None = None,
) -> tuple[int, Any] | Replay:
    """As `once`, with something slow before the transaction, such as receiving files; under one key only once."""
    if call is None:
        return do(prepare())
    with call.reserved() as replay:
        if replay is not None:
            return replay
        prepared = prepare()
        return once(call, lambda: do(prepared), told=told)


def _done(slot: Fresh, do: Doing, told: Told | None) -> tuple[int, Any] | Refused:
    """Raises Unavailable: then nothing was changed, and nothing is kept."""
    try:
        status, body = do()
    except Unavailable:
        raise
    except DomainError as error:
        error = told(error) if told else error
        keep_refusal(slot, error)
        return Refused(error=error)
    finish(slot, status=status, body=body)
    return status, body
