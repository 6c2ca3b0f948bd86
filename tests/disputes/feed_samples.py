"""The masked sample payloads, and small changes of them, for the tests of the import parsers."""

import copy
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

SAMPLES = Path(__file__).parent / "samples"


def sample(name: str) -> Any:
    return json.loads((SAMPLES / f"{name}.json").read_text(encoding="utf-8"))


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc, arg-type]


def refund(**changes: Any) -> dict[str, Any]:
    """The sandbox refund as `refund.get` gives it, with fields changed; a field set to `...` is left out."""
    return _changed(sample("taobao_refund_get")["refund_get_response"]["refund"], changes)


def trade(**changes: Any) -> dict[str, Any]:
    """The two-line trade of `trade.fullinfo.get`, with fields changed."""
    return _changed(sample("taobao_trade_fullinfo_get")["trade_fullinfo_get_response"]["trade"], changes)


def issue(**changes: Any) -> dict[str, Any]:
    """The finished issue of `issue.detail.get`, with fields changed."""
    return _changed(
        sample("aliexpress_issue_detail_get")["aliexpress_issue_detail_get_response"]["result_object"], changes
    )


def running_issue(**changes: Any) -> dict[str, Any]:
    """The same issue on its first day: filed, nobody has answered, the platform is not in."""
    found = issue(
        issue_status="processing", reverse_detail_status=..., platform_solution_list=..., refund_money_max="66.65"
    )
    entries = found["process_dto_list"]["api_issue_process_dto"]
    found["process_dto_list"] = {"api_issue_process_dto": entries[3:]}
    return _changed(found, changes)


def _changed(found: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    found = copy.deepcopy(found) | changes
    return {name: value for name, value in found.items() if value is not ...}
