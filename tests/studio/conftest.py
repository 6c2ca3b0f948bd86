"""The marketplace in miniature of the tests of cases, for the studio."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from contract.clock import database_now
from rules.drafts_changes import put
from rules.selectors import versions_of
from rules.services import Published, publish_version
from tests.disputes.conftest import does, file, order_of, published, shop, the_journal_tells_everything

__all__ = ["does", "file", "order_of", "published", "shop", "the_journal_tells_everything"]


@pytest.fixture
def studio(client: Client, root: Any, published: None) -> Client:
    """Root's browser, in English."""
    root.language = "en"
    root.save(update_fields=["language"])
    client.force_login(root)
    return client


def publish(pack: str = "taobao.general", name: str = "seller_response", length: str = "6d") -> Published:
    """A version with another length, published by somebody else by whatever way."""
    newest = versions_of(pack)[0]
    document = json.loads(json.dumps(newest.policy.document))
    put(document, ("deadlines", name, "length"), length)
    starts = max(database_now(), newest.effective_from)
    return publish_version(pack, source="", document=document, effective_from=starts)
