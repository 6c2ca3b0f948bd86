"""The marketplace in miniature of the tests of cases, for the studio."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from tests.disputes.conftest import does, file, order_of, published, shop, the_journal_tells_everything

__all__ = ["does", "file", "order_of", "published", "shop", "the_journal_tells_everything"]


@pytest.fixture
def studio(client: Client, root: Any, published: None) -> Client:
    """Root's browser, in English."""
    root.language = "en"
    root.save(update_fields=["language"])
    client.force_login(root)
    return client
