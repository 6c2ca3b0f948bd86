"""Every page for everybody: who gets it, that a refusal changes nothing, and that strangers learn nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product
from typing import Any
from uuid import uuid4

import pytest
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.config.routes.conftest import Scene, tried
from tests.config.routes.expected import ADMIN_SITE, LEAVE_A_TRACE, LINES, OF_THE_INTERFACE, WHO, Answers, Line

pytestmark = pytest.mark.django_db

REFUSED = frozenset({403, 404, 405})
WORDS_OF_ONE_ANSWER = re.compile(r'(name="csrfmiddlewaretoken" value|nonce|name="next" value)="[^"]*"')


def named(patterns: list[Any], space: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Every page that has a name; what has none (redirects of the admin site, its last resort) leads to one."""
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
            if not str(pattern.pattern).startswith("api/"):
                yield from named(pattern.url_patterns, inner)
        elif pattern.name:
            yield f"{space}{pattern.name}", pattern


PAGES = dict(named(get_resolver().url_patterns))


def test_every_page_is_listed() -> None:
    listed = {line.name for line in LINES} | {f"admin:{name}" for name in ADMIN_SITE} | set(OF_THE_INTERFACE)
    assert sorted(PAGES) == sorted(listed)


def address_of(scene: Scene, line: Line, **instead: Any) -> str:
    given = {**scene.names, **{part: scene.names.get(word, word) for part, word in line.at.items()}, **instead}
    parts = PAGES[line.name].pattern.converters
    return reverse(line.name, kwargs={part: given[part] for part in parts})


def body_of(scene: Scene, line: Line) -> dict[str, Any]:
    known = scene.names
    return {known["findings"].get(name, name): known.get(value, value) for name, value in line.said.items()}


def expected(answers: Answers, who: str, anonymous: int) -> int:
    if who == "anonymous":
        return anonymous
    return next((status for status, people in answers.items() if who in people), 404)


@pytest.mark.parametrize("those", [WHO[:5], WHO[5:9], WHO[9:]], ids=["customers", "arbitrators", "administrators"])
def test_each_gets_what_is_theirs(scene: Scene, those: tuple[str, ...]) -> None:
    wrong = []
    for who, line in product(those, LINES):
        for method, answers, anonymous in zip(("get", "post"), (line.get, line.post), line.anonymous, strict=True):
            found = faults(scene, line, who, method, expected(answers, who, anonymous))
            wrong += [f"{who}, {method} {line.name} {dict(line.at)}: {fault}" for fault in found]
    assert not wrong, "\n".join(wrong)


def faults(scene: Scene, line: Line, who: str, method: str, status: int) -> Iterator[str]:
    """What is wrong with the answer to one request."""
    address, body = address_of(scene, line), body_of(scene, line) if method == "post" else {}
    answer, wrote = tried(lambda: getattr(scene.client(who), method)(address, body))
    if answer.status_code != status:
        yield f"got {answer.status_code}, expected {status}"
    if who == "anonymous" and status == 302 and line.name not in OPEN_TO_STRANGERS and not to_login(answer):
        yield f"led to {answer.headers.get('Location')}, not to the login"
    allowed_to_write = LEAVE_A_TRACE.get(line.name, frozenset())
    if (method == "get" or answer.status_code in REFUSED or to_login(answer)) and wrote - allowed_to_write:
        yield f"wrote to {sorted(wrote)}"
    if answer.status_code == 404:
        yield from differences(scene, line, who, method, answer)


OPEN_TO_STRANGERS = frozenset({"accounts:login", "accounts:logout", "accounts:language"})


def to_login(answer: Any) -> bool:
    return answer.status_code == 302 and answer.headers["Location"].startswith("/login/?next=")


def differences(scene: Scene, line: Line, who: str, method: str, refused: Any) -> Iterator[str]:
    """How a refusal differs from the answer about something that does not exist."""
    nowhere = {part: UNKNOWN[part] for part in PAGES[line.name].pattern.converters if part in UNKNOWN}
    if not nowhere:
        return
    address = address_of(scene, line, **nowhere)
    body = body_of(scene, line) if method == "post" else {}
    unknown, _wrote = tried(lambda: getattr(scene.client(who), method)(address, body))
    if unknown.status_code != 404:
        yield f"a stranger could tell: something that does not exist is {unknown.status_code}"
    elif plain(refused) != plain(unknown):
        yield "a stranger could tell by the page"
    elif headers(refused) != headers(unknown):
        yield "a stranger could tell by the headers"


UNKNOWN: dict[str, Any] = {
    "number": "TB-AAAA-BBBB-CCCC-DDDD", "order_id": 999_999_999, "exhibit": uuid4(), "notification_id": 999_999_999,
    "run_id": 999_999_999, "user_id": 999_999_999, "token": "nothing", "pack": "nowhere.general", "platform": "nowhere",
    "freeze_id": 999_999_999,
}  # fmt: skip


def headers(answer: Any) -> dict[str, str]:
    """All but those that a nonce or a longer address changes."""
    return {name: value for name, value in answer.headers.items() if name not in VARYING}


VARYING = frozenset({"Content-Security-Policy", "Content-Length"})


def plain(answer: Any) -> str:
    """A page without what differs from answer to answer, whatever is asked."""
    return WORDS_OF_ONE_ANSWER.sub("", answer.content.decode())
