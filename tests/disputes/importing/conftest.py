"""Root imports documents in the native format."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.utils import translation

from accounts.identities import link_identity
from accounts.memberships import join_shop
from accounts.services import open_shop
from disputes.models import Case
from disputes.selectors.access import case_for
from disputes.services.acting import perform
from disputes.services.importing import run_import
from disputes.services.importing_rows import ImportReport
from tests.disputes.importing.told import Native, a_refund, an_order


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


@pytest.fixture
def parcels(root: Any) -> Native:
    """Root imports what carriers tell."""

    def run(*told: dict[str, Any], by: int = root.pk, **options: Any) -> ImportReport:
        return run_import(by, format="native", payload={"parcels": list(told)}, **options)

    return run


@pytest.fixture
def sides(lan: Any, ming: Any, published: None) -> None:
    """Ming and Lan go by the names that the imports use."""
    link_identity("taobao", "u-ming", ming)
    join_shop(lan, open_shop("taobao", "Lan Home", outside_id="u-lan", return_address="1 Sample Road"))


@pytest.fixture
def agreed(sides: None, native: Native, lan: Any) -> Case:
    """Lan agreed to take Ming's bowl back."""
    native([an_order()], [a_refund(remedy="return_and_refund", reason="QUALITY")])
    perform(case_for(lan, Case.objects.get().number), "accept")
    return Case.objects.get()
