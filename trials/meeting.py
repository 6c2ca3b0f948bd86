"""Threads that meet at a barrier and then act, each on a connection of its own that stays open from round to round."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from trials.population import hang_up

PATIENCE = 60.0
"""Seconds for one round."""


class Meeting:
    """So many threads; each takes part in every round."""

    def __init__(self, threads: int) -> None:
        self.barrier = threading.Barrier(threads)
        self.pool = ThreadPoolExecutor(threads, thread_name_prefix="race")

    def __enter__(self) -> Meeting:
        return self

    def __exit__(self, *_: object) -> None:
        self.meet([hang_up] * self.barrier.parties)
        self.pool.shutdown()

    def meet(self, ways: Sequence[Callable[[], Any]], *, delays: Sequence[float] = ()) -> list[Any]:
        """Do everything at once, each so many seconds after the barrier; the answers in the same order."""
        delays = delays or [0.0] * len(ways)
        assert len(ways) == self.barrier.parties
        waiting = [self.pool.submit(self._act, way, delay) for way, delay in zip(ways, delays, strict=True)]
        return [future.result(timeout=PATIENCE) for future in waiting]

    def _act(self, way: Callable[[], Any], delay: float) -> Any:
        from django.db import connection

        connection.ensure_connection()
        self.barrier.wait(timeout=PATIENCE)
        time.sleep(delay)
        return way()
