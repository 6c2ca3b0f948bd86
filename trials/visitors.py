"""People who look at cases and lists, and tell every answer that is none."""

from __future__ import annotations

import http.client
import random
import threading
import time
from dataclasses import dataclass, field

from trials.uploaders import Client


@dataclass(kw_only=True)
class Visitor:
    """One person who reads, one page at a time."""

    port: int
    numbers: list[str]
    seed: int
    seen: int = 0
    slowest: float = 0.0
    """Seconds."""
    unexpected: list[str] = field(default_factory=list)
    stopping: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.thread = threading.Thread(target=self._run, daemon=True)

    def start(self) -> None:
        self.thread.start()

    def stop(self) -> None:
        self.stopping.set()
        self.thread.join(timeout=60)

    def _run(self) -> None:
        chance, client = random.Random(self.seed), Client(port=self.port, person="buyer")
        while not self.stopping.wait(0.25):
            client.port = self.port
            number = chance.choice(self.numbers)
            self._look(client, chance.choice(["/login/", "/api/v1/cases/", f"/api/v1/cases/{number}/"]))

    def _look(self, client: Client, address: str) -> None:
        began = time.monotonic()
        try:
            status = client.get(address).status
        except (OSError, http.client.HTTPException) as error:
            self.unexpected.append(f"{address}: {error!r}")
            return
        self.slowest = max(self.slowest, time.monotonic() - began)
        self.seen += status == 200
        if status != 200:
            self.unexpected.append(f"{address}: {status}")
