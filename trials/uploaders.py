"""People who send evidence: each file under a key of its own, repeated until it is acknowledged, some cut half-way."""

from __future__ import annotations

import http.client
import json
import random
import socket
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from typing import Any

from trials.evidence_files import Made, made
from trials.population import PASSWORD

PATIENCE = 60.0
"""Seconds for one answer: inspecting a file takes its time where two cores do everything."""
BOUNDARY = "trial-boundary-of-one-upload"
WAITS = (409, 429)
"""Somebody else holds the key (the server has not noticed yet that we are gone), or too many requests."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """One file for one case, and what happens on the way."""

    seed: int
    person: str
    number: str
    cut: bool = False
    """The first connection ends half-way."""
    given_up: bool = False
    """Nobody tries again after the cut."""

    @property
    def key(self) -> str:
        return f"upload-{self.seed}"

    @property
    def file(self) -> Made:
        return made(self.seed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledged:
    """What the house said it has."""

    errand: Errand
    exhibit: str
    file: str
    sha256: str
    """Of the bytes that were sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back."""

    status: int
    body: dict[str, Any]
    headers: dict[str, str]
    raw: bytes


@dataclass(kw_only=True)
class Client:
    """Requests of one person, one connection each."""

    port: int
    person: str
    language: str = "en"
    token: str = ""

    def upload(self, number: str, key: str, file: Made) -> Answer:
        """Raises OSError and HTTPException when nobody answers."""
        return self.ask("POST", f"/api/v1/cases/{number}/exhibits/", form_of(key, file), self._headers(key))

    def cut_off(self, number: str, key: str, file: Made, share: float) -> None:
        """Send a share of the request and hang up."""
        body, headers = form_of(key, file), self._headers(key)
        head = f"POST /api/v1/cases/{number}/exhibits/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(body)}\r\n"
        head += "".join(f"{name}: {value}\r\n" for name, value in headers.items()) + "\r\n"
        with socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE) as connection:
            connection.sendall(head.encode() + body[: int(len(body) * share)])

    def download(self, number: str, exhibit: str, file: str, variant: str = "original") -> Answer:
        address = f"/api/v1/cases/{number}/exhibits/{exhibit}/files/{file}/?variant={variant}"
        return self.get(address)

    def get(self, address: str) -> Answer:
        """Raises OSError and HTTPException when nobody answers."""
        return self.ask("GET", address, b"", self._headers())

    def ask(self, method: str, address: str, body: bytes, headers: dict[str, str]) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            connection.request(method, address, body, {"Host": "localhost", **headers})
            answer = connection.getresponse()
            said = answer.read()
            told = dict(answer.getheaders())
            is_json = told.get("Content-Type", told.get("content-type", "")).endswith("json")
            return Answer(status=answer.status, body=json.loads(said) if is_json else {}, headers=told, raw=said)
        finally:
            connection.close()

    def _headers(self, key: str = "") -> dict[str, str]:
        self.token = self.token or self._log_in()
        headers = {"Authorization": self.token, "Accept-Language": self.language}
        if key:
            headers |= {"Idempotency-Key": key, "Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
        return headers

    def _log_in(self) -> str:
        said = json.dumps({"username": self.person, "password": PASSWORD}).encode()
        answer = self.ask("POST", "/api/v1/auth/token/", said, {"Content-Type": "application/json"})
        if "token" not in answer.body:
            raise ConnectionError(f"no token yet: {answer.status}")
        return f"Bearer {answer.body['token']}"


def form_of(description: str, file: Made) -> bytes:
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="description"\r\n\r\n{description}\r\n'
    head += f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="files"; filename="{file.name}"\r\n'
    head += f"Content-Type: {file.media_type}\r\n\r\n"
    return head.encode() + file.body + f"\r\n--{BOUNDARY}--\r\n".encode()


@dataclass(kw_only=True)
class Uploaders:
    """Some people at once, until every errand is done."""

    port: int
    errands: Sequence[Errand]
    people: int = 6
    pause: float = 0.0
    """Seconds one of them rests after each file."""
    acknowledged: list[Acknowledged] = field(default_factory=list)
    cut: int = 0
    repeated: int = 0
    """Uploads that had to be sent again under their key."""
    unexpected: list[str] = field(default_factory=list)
    """Answers nobody should get."""
    stopping: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.waiting: SimpleQueue[Errand] = SimpleQueue()
        for errand in self.errands:
            self.waiting.put(errand)
        self.threads = [threading.Thread(target=self._run, daemon=True) for _ in range(self.people)]

    def start(self) -> None:
        for thread in self.threads:
            thread.start()

    def stop(self) -> None:
        """Whatever is not acknowledged by now is given up."""
        self.stopping.set()
        for thread in self.threads:
            thread.join(timeout=PATIENCE + 5)

    def busy(self) -> bool:
        return any(thread.is_alive() for thread in self.threads)

    def _run(self) -> None:
        clients = {name: Client(port=self.port, person=name) for name in {errand.person for errand in self.errands}}
        while not self.stopping.is_set():
            try:
                errand = self.waiting.get_nowait()
            except Empty:
                return
            clients[errand.person].port = self.port
            self._do(errand, clients[errand.person], errand.file)
            self.stopping.wait(self.pause)

    def _do(self, errand: Errand, client: Client, file: Made) -> None:
        if errand.cut:
            self._cut(errand, client, file)
        if errand.given_up:
            return
        began, tries = time.monotonic(), 0
        while time.monotonic() - began < 4 * PATIENCE:
            tries += 1
            if self._done(errand, client, file):
                self.repeated += tries > 1
                return
            if self.stopping.wait(0.3):
                return
        self.unexpected.append(f"{errand.key} was never acknowledged")

    def _cut(self, errand: Errand, client: Client, file: Made) -> None:
        share = random.Random(errand.seed).uniform(0.3, 0.95)
        while True:
            try:
                client.cut_off(errand.number, errand.key, file, share)
            except (OSError, http.client.HTTPException):
                time.sleep(0.3)
            else:
                self.cut += 1
                return

    def _done(self, errand: Errand, client: Client, file: Made) -> bool:
        """Whether there is nothing left to try."""
        try:
            answer = client.upload(errand.number, errand.key, file)
        except (OSError, http.client.HTTPException):
            return False
        if answer.status == 201:
            exhibit = answer.body["exhibit"]
            kept = Acknowledged(
                errand=errand, exhibit=exhibit["id"], file=exhibit["files"][0]["id"], sha256=file.sha256
            )
            self.acknowledged.append(kept)
            return True
        if answer.status in WAITS or answer.status >= 500:
            return False
        self.unexpected.append(f"{answer.status} {answer.body.get('code')} for {errand.key} ({file.name})")
        return True
