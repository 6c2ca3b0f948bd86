"""Actions whose service knows no idempotency key of its own, done once under one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from contract.idempotency import Call, Replay, finish
from disputes.services.writer import one_transaction


def once(call: Call | None, do: Callable[[], tuple[int, Any]]) -> tuple[int, Any] | Replay:
    """Do it, or give the first answer again. The answer is kept in the transaction of what was done.

    A refusal undoes the transaction: nothing was done, and the same key may be tried again.
    """
    if call is None:
        return do()
    with one_transaction():
        slot = call.begin()
        if isinstance(slot, Replay):
            return slot
        status, body = do()
        finish(slot, status=status, body=body)
    return status, body
