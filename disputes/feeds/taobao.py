"""Finds Taobao's trades and refunds in an answer, wrapped in `*_response` or bare, one or many."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from disputes.feeds.gathering import Gatherer
from disputes.feeds.reading import Row
from disputes.feeds.records import ParseError
from disputes.feeds.taobao_orders import MANNER, read_trade
from disputes.feeds.taobao_refunds import read_refund
from disputes.feeds.values import escape, kind_of, shown

WRAPPERS: Final = {"trades": "trade", "refunds": "refund"}
DEEPEST: Final = 8
"""Envelopes inside envelopes: a list of answers is three deep."""


def gather(payload: object, gatherer: Gatherer) -> None:
    """Read every trade and refund of the payload.

    Raises ParseError `unknown_shape` when the payload as a whole is none of the four calls' answers, and
    `platform_refused` when it is the platform's error answer; an item of a list that is neither is refused alone.
    """
    if not isinstance(payload, Mapping | list):
        raise ParseError("unknown_shape", format="taobao", seen=kind_of(payload))
    _gather(payload, "", gatherer, 0)


def _gather(found: object, pointer: str, gatherer: Gatherer, depth: int) -> None:
    if found == []:
        _note_nothing_new(pointer, gatherer)
    if isinstance(found, list) and depth < DEEPEST:
        for index, item in enumerate(found):
            _gather(item, f"{pointer}/{index}", gatherer, depth + 1)
    elif isinstance(found, Mapping) and depth < DEEPEST:
        _gather_mapping(found, pointer, gatherer, depth)
    else:
        gatherer.refuse(gatherer.next_number(), pointer, "not_an_object", seen=kind_of(found))


def _gather_mapping(found: Mapping[str, object], pointer: str, gatherer: Gatherer, depth: int) -> None:
    if "refund_id" in found or "refund_fee" in found:
        gatherer.add_refund(_row(found, pointer, gatherer), read_refund)
    elif "tid" in found or "orders" in found:
        gatherer.add_order(_row(found, pointer, gatherer), read_trade)
    else:
        _gather_envelope(found, pointer, gatherer, depth)


def _gather_envelope(found: Mapping[str, object], pointer: str, gatherer: Gatherer, depth: int) -> None:
    inner = next((name for name in found if isinstance(name, str) and _is_envelope(name)), None)
    if inner == "error_response":
        _refuse_answer(pointer, _error_text(found[inner]), gatherer)
    elif inner is not None:
        _gather(found[inner] if found[inner] is not None else [], f"{pointer}/{escape(inner)}", gatherer, depth + 1)
    elif pointer.endswith(("_response", "/refunds", "/trades")):
        _note_nothing_new(pointer, gatherer)
    elif pointer:
        gatherer.refuse(gatherer.next_number(), pointer, "unknown_shape", seen=_names(found))
    else:
        raise ParseError("unknown_shape", format="taobao", seen=_names(found))


def _note_nothing_new(pointer: str, gatherer: Gatherer) -> None:
    """A list of trades without any tells that there is nothing new, which is news too."""
    if "/trades" in pointer:
        gatherer.nothing_new.add(("taobao", "orders"))


def _refuse_answer(pointer: str, message: str, gatherer: Gatherer) -> None:
    """An error answer alone is no payload; one among others is one bad row."""
    if not pointer:
        raise ParseError("platform_refused", format="taobao", seen=message)
    gatherer.refuse(gatherer.next_number(), pointer, "platform_refused", seen=message)


def _is_envelope(name: str) -> bool:
    return name.endswith("_response") or name in WRAPPERS or name in WRAPPERS.values()


def _row(found: Mapping[str, object], pointer: str, gatherer: Gatherer) -> Row:
    return Row(found, number=gatherer.next_number(), pointer=pointer, manner=MANNER)


def _error_text(answer: object) -> str:
    if not isinstance(answer, Mapping):
        return shown(answer)
    return shown(str(answer.get("sub_msg") or answer.get("msg") or answer.get("code") or ""))


def _names(found: Mapping[str, object]) -> str:
    return shown(", ".join(str(name) for name in found))
