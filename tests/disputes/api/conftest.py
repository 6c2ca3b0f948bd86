"""People with bearer tokens."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from accounts.services import issue_token


@pytest.fixture
def api() -> Callable[..., APIClient]:
    """A client of the interface for somebody, speaking English unless told otherwise."""

    def client(person: Any, language: str = "en") -> APIClient:
        made = APIClient()
        made.credentials(HTTP_AUTHORIZATION=f"Bearer {issue_token(person)}", HTTP_ACCEPT_LANGUAGE=language)
        return made

    return client
