"""The interface describes itself, and a browser can read it under our content security policy."""

from typing import Any

import pytest
from django.test import Client


@pytest.mark.django_db
def test_anybody_may_read_the_description(client: Client) -> None:
    answer = client.get("/api/schema/", headers={"accept": "application/vnd.oai.openapi+json"})
    assert answer.status_code == 200
    assert "/api/v1/auth/token/" in answer.content.decode()


@pytest.mark.browser
def test_the_page_of_the_interface_obeys_our_policy(live_server: Any, page: Any) -> None:
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(f"{live_server.url}/api/docs/")
    page.wait_for_selector(".opblock")
    assert complaints == []
