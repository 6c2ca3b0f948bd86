"""People who write while the house is wounded: every message with a key, repeated until it is acknowledged."""

from __future__ import annotations

import http.client
import json
import random
import threading
import time
import uuid
from dataclasses import dataclass, field
from typing import Any

from trials.population import PASSWORD

PATIENCE = 20.0
"""Seconds for one answer."""


@dataclass(kw_only=True)
class Writer:
    """One buyer who sends messages, one at a time, and remembers which were acknowledged."""

    port: int
    numbers: list[str]
    seed: int
    acknowledged: list[str] = field(default_factory=list)
    latencies: list[float] = field(default_factory=list)
    """Seconds from the first try of a message to its acknowledgement."""
    repeated: int = 0
    """How often a message had to be sent again with the same key."""
    unexpected: list[str] = field(default_factory=list)
    """Answers nobody should get: what is neither a success nor a server that is away."""
    stopping: threading.Event = field(default_factory=threading.Event)
    token: str = ""

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)
        self.thread = threading.Thread(target=self.run, name=f"writer-{self.seed}", daemon=True)

    def start(self) -> None:
        self.thread.start()

    def stop(self) -> None:
        self.stopping.set()
        self.thread.join(timeout=PATIENCE + 5)

    def run(self) -> None:
        while not self.stopping.is_set():
            self.send(f"trial-{uuid.uuid4()}", self.random.choice(self.numbers))
            self.stopping.wait(0.3)

    def send(self, text: str, number: str) -> None:
        """Send one message until somebody says that it is kept, or the trial ends."""
        began, tries = time.monotonic(), 0
        while not self.stopping.is_set():
            status = self._try(text, number)
            tries += 1
            if status is not None and 200 <= status < 300:
                self.acknowledged.append(text)
                self.latencies.append(time.monotonic() - began)
                self.repeated += tries > 1
                return
            if status is not None and status < 500:
                self.unexpected.append(f"{status} for a message")
                return
            self.stopping.wait(0.1)

    def _try(self, text: str, number: str) -> int | None:
        """The status of one try; None when nobody answered."""
        try:
            self.token = self.token or self._log_in()
            address = f"/api/v1/cases/{number}/actions/message/"
            status, _body = self._post(address, {"text": text}, {"Authorization": self.token, "Idempotency-Key": text})
        except (OSError, http.client.HTTPException, KeyError):
            return None
        return status

    def _log_in(self) -> str:
        _status, body = self._post("/api/v1/auth/token/", {"username": "buyer", "password": PASSWORD}, {})
        return f"Bearer {body['token']}"

    def _post(self, address: str, data: dict[str, Any], headers: dict[str, str]) -> tuple[int, dict[str, Any]]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            sent = {"Content-Type": "application/json", "Host": "localhost", **headers}
            connection.request("POST", address, json.dumps(data), sent)
            answer = connection.getresponse()
            said = answer.read()
            return answer.status, json.loads(said) if answer.getheader("Content-Type", "").endswith("json") else {}
        finally:
            connection.close()
