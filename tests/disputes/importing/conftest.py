"""Root imports documents in the native format."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.utils import translation

from disputes.services.importing import run_import
from disputes.services.importing_rows import ImportReport
from tests.disputes.importing.told import Native


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    """What is refused is read in English here; the catalogue is complete by a test of its own."""
    with translation.override("en"):
        yield


@pytest.fixture
def native(root: Any) -> Native:
    """Root imports a document in the native format."""

    def run(
        orders: list[dict[str, Any]] | None = None, refunds: list[dict[str, Any]] | None = None, **options: Any
    ) -> ImportReport:
        payload = {
            "format": "gongduan",
            "platform": options.pop("platform", "taobao"),
            "orders": orders or [],
            "refunds": refunds or [],
        }
        return run_import(options.pop("by", root.pk), format="native", payload=payload, **options)

    return run
