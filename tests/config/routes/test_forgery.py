"""Another site sends nothing: every page that takes a form refuses it without the token of this house."""

from __future__ import annotations

import pytest

from tests.config.routes.conftest import Scene, tried
from tests.config.routes.expected import LINES, STAFF, Line
from tests.config.routes.test_authorisation import address_of, body_of

pytestmark = pytest.mark.django_db


def taking_forms() -> list[Line]:
    return [line for line in LINES if set(line.post) - {405}]


def somebody(line: Line) -> str:
    """Whoever may send this form, and would be heard."""
    people = [who for status, those in line.post.items() if status < 400 for who in those]
    return next((who for who in people if who not in STAFF), people[0] if people else "buyer")


def test_every_form_is_refused_without_its_token(scene: Scene) -> None:
    heard = []
    for line in taking_forms():
        client = scene.client(somebody(line), enforce_csrf_checks=True)
        answer, wrote = tried(lambda: client.post(address_of(scene, line), body_of(scene, line)))  # noqa: B023
        if answer.status_code != 403 or wrote:
            heard.append((line.name, dict(line.at), answer.status_code, wrote))
    assert heard == []


def test_the_refusal_is_a_page_of_the_house_in_both_languages(scene: Scene) -> None:
    client = scene.client("anonymous", enforce_csrf_checks=True)
    for language, words in (("en", "<html lang=\"en\">"), ("zh-hans", "<html lang=\"zh-Hans\">")):
        page = client.post(f"/language/?lang={language}", {"language": "en"})
        assert page.status_code == 403
        assert words in page.content.decode()
        assert "gongduan.css" in page.content.decode()
