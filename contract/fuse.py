"""A fuse before a server that may be away: who asks pays its time-out once, and not with every request."""

import threading
import time

FIRST_PAUSE, LONGEST_PAUSE = 1.0, 30.0
"""Seconds for which a server that failed is not asked again; doubled with every failure in a row."""


class Fuse:
    """Blown by a failure, for a while that grows: one request now and then finds out whether the server is back.

    Every request asks the cache several times, and a server that accepts and never answers costs a timeout each time.
    """

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.until = 0.0
        self.pause = 0.0

    def blown(self) -> bool:
        """Whether the server shall not be asked now. Whoever is told it shall asks for all the others, too."""
        if not self.pause:
            return False
        with self.lock:
            now = time.monotonic()
            if now < self.until:
                return True
            self.until = now + self.pause
            return False

    def blow(self) -> None:
        with self.lock:
            self.pause = min(max(2 * self.pause, FIRST_PAUSE), LONGEST_PAUSE)
            self.until = time.monotonic() + self.pause

    def mend(self) -> None:
        self.pause = 0.0
