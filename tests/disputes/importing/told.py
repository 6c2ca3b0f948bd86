"""Rows in the native format, and what is read from reports."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from contract.clock import database_now
from disputes.models import CaseAlias
from disputes.services.importing_rows import ImportReport, RowResult

Native = Callable[..., ImportReport]


def ago(**units: float) -> str:
    return (database_now() - timedelta(**units)).isoformat()


def an_order(**changes: Any) -> dict[str, Any]:
    """An order of four bowls, shipped a week ago."""
    line = {"id": "1", "title": "Soup bowl", "quantity": 4, "paid": "240.00", "seller_type": "C"}
    told = {
        "order_id": "T-1", "buyer_id": "u-ming", "seller_id": "u-lan", "shop_name": "Lan Home", "status": "shipped",
        "paid": "250.00", "freight": "10.00", "created_at": ago(days=9), "paid_at": ago(days=9),
        "shipped_at": ago(days=7), "lines": [{**line, **changes.pop("line", {})}],
    }  # fmt: skip
    return {name: value for name, value in (told | changes).items() if value is not ...}


def a_refund(**changes: Any) -> dict[str, Any]:
    """A refund of one bowl, asked yesterday."""
    told = {
        "refund_id": "R-1", "order_id": "T-1", "line_id": "1", "buyer_id": "u-ming", "seller_id": "u-lan",
        "title": "Soup bowl", "stage": "WAIT_SELLER", "requested": "60.00", "reason": "DAMAGED",
        "remedy": "refund_only", "goods_received": True, "created_at": ago(days=1), "order_status": "shipped",
    }  # fmt: skip
    return {name: value for name, value in (told | changes).items() if value is not ...}


def a_parcel(**changes: Any) -> dict[str, Any]:
    """What a carrier tells of the parcel that goes by YT1."""
    return {"platform": "taobao", "order_id": "T-1", "tracking": "YT1", **changes}


def the(report: ImportReport) -> RowResult:
    (row,) = report.rows
    return row


def codes(row: RowResult) -> list[tuple[str, str]]:
    return [(problem.field, problem.code) for problem in row.errors]


def stages() -> dict[str, str]:
    return {alias.outside_id: alias.case.stage for alias in CaseAlias.objects.select_related("case")}
