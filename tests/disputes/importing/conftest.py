"""Root imports documents in the native format."""

from typing import Any

import pytest

from disputes.services.importing import run_import
from disputes.services.importing_rows import ImportReport
from tests.disputes.importing.told import Native


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
