"""Keeping what cases are found by: written in the transaction that writes the words themselves, and anew on demand."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from django.db import connection, transaction

from disputes.selectors.events import Readers, readers_of_exhibit, readers_of_text
from disputes.selectors.lexemes import EDITION, words_of, words_of_number
from disputes.selectors.rulings import OPEN_TO_PARTIES
from disputes.selectors.searching import ONLY, OWNER
from disputes.services.loading import LOCK
from rules.engine.events import Via

if TYPE_CHECKING:
    from disputes.services.writing import Change

MOST_WORDS: Final = 20_000
"""Words of one case: those of its numbers and names first, then of its texts in order. PostgreSQL takes 1 MB."""
ADDS_NO_TEXT: Final = frozenset({Via.TIMER, Via.SYSTEM})
"""Steps that nobody takes write no word and hide none."""
BATCH: Final = 200

READ: Final = """
SELECT c.id, c.platform, c.buyer_id, c.shop_id,
    ARRAY[c.number, o.outside_id, o.tracking]
        || ARRAY(SELECT tracking FROM disputes_parcel p WHERE p.case_id = c.id)::varchar[]
        || ARRAY(SELECT outside_id FROM disputes_casealias a WHERE a.case_id = c.id)::varchar[],
    ARRAY[coalesce(nullif(u.display_name, ''), u.username), s.name]
        || ARRAY(SELECT concat_ws(' ', l.title, l.sku) FROM disputes_requestline r
            JOIN disputes_orderline l ON l.id = r.line_id WHERE r.case_id = c.id ORDER BY r.id)::varchar[],
    (SELECT json_agg(json_build_array(m.kind, m.party, e.kind, e.stage, m.text, e.kind = 'queue_action' AND EXISTS (
            SELECT FROM disputes_caseevent d WHERE d.case_id = c.id AND d.facts #>> '{data,statement}' = m.id::text)
        ) ORDER BY m.at, m.sequence)
        FROM disputes_message m LEFT JOIN disputes_caseevent e ON e.case_id = m.case_id AND e.sequence = m.sequence
        WHERE m.case_id = c.id)::text,
    (SELECT json_agg(json_build_array(x.status, x.party, x.description) ORDER BY x.created_at)
        FROM disputes_exhibit x WHERE x.case_id = c.id AND x.status <> 'draft' AND x.description <> '')::text,
    (SELECT json_agg(json_build_array(g.status, concat_ws(' ', g.reasons, (SELECT string_agg(f.answer, ' ')
        FROM disputes_finding f WHERE f.ruling_id = g.id))) ORDER BY g.at)
        FROM disputes_ruling g WHERE g.case_id = c.id)::text
FROM disputes_case c JOIN disputes_order o ON o.id = c.order_id JOIN accounts_user u ON u.id = c.buyer_id
    JOIN accounts_shop s ON s.id = c.shop_id
WHERE c.id = ANY(%s)
"""
WRITE: Final = """
INSERT INTO disputes_casesearch AS s (case_id, words, edition)
SELECT (r ->> 0)::bigint, array_to_tsvector(ARRAY(SELECT json_array_elements_text(r -> 1))), %s
FROM json_array_elements(%s::json) r
ON CONFLICT (case_id) DO UPDATE SET words = excluded.words, edition = excluded.edition
WHERE s.words IS DISTINCT FROM excluded.words OR s.edition <> excluded.edition
"""
MISSING: Final = """
SELECT c.id FROM disputes_case c
WHERE c.id > %s AND NOT EXISTS (SELECT FROM disputes_casesearch s WHERE s.case_id = c.id AND s.edition = %s)
ORDER BY c.id LIMIT %s
"""
LOCK_OF_ORDER: Final = "SELECT id FROM disputes_case WHERE order_id = %s ORDER BY id FOR NO KEY UPDATE"
EVERY: Final = "SELECT id FROM disputes_case WHERE id > %s ORDER BY id LIMIT %s"

Words = Iterator[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Texts:
    """Everything one case is found by, as stored."""

    case_id: int
    owners: tuple[str, ...]
    numbers: Sequence[str]
    names: Sequence[str]
    messages: Sequence[Sequence[Any]]
    """Kind, whose, the kind and stage of the event it came with, text, and whether what it asks in advance happened."""
    exhibits: Sequence[Sequence[str]]
    """Status, whose, description; never a draft."""
    rulings: Sequence[Sequence[str]]
    """Status, reasons and answers."""


def index_changes(changes: Sequence[Change]) -> None:
    """Keep up with steps that somebody took, in the transaction that writes them."""
    index_cases([change.case.id for change in changes if any(step.via not in ADDS_NO_TEXT for step in change.steps)])


def index_cases(ids: Sequence[int]) -> None:
    """Write what cases are found by, from their rows; what did not change is not written. Their locks are held."""
    if not ids:
        return
    rows = [(texts.case_id, list(islice(dict.fromkeys(_words(texts)), MOST_WORDS))) for texts in _read(ids)]
    with connection.cursor() as cursor:
        cursor.execute(WRITE, [EDITION, json.dumps(rows)])


def index_cases_of(order_id: int) -> None:
    """The same for the cases of an order that was told anew; takes their locks, behind the order's."""
    with connection.cursor() as cursor:
        cursor.execute(LOCK_OF_ORDER, [order_id])
        index_cases([case_id for (case_id,) in cursor.fetchall()])


def index_batch(*, after: int = 0, every: bool = False, limit: int = BATCH) -> tuple[int, int]:
    """Index the next cases behind an id that have no words of this edition (or `every` one), in one transaction.

    How many, and the last id; (0, after) when there are no more.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(*((EVERY, [after, limit]) if every else (MISSING, [after, EDITION, limit])))
        ids = [case_id for (case_id,) in cursor.fetchall()]
        cursor.execute(LOCK, [ids])
        index_cases(ids)
    return len(ids), ids[-1] if ids else after


def _read(ids: Sequence[int]) -> Iterator[Texts]:
    with connection.cursor() as cursor:
        cursor.execute(READ, [list(ids)])
        for case_id, platform, buyer, shop, numbers, names, *documents in cursor.fetchall():
            messages, exhibits, rulings = (json.loads(text) if text else [] for text in documents)
            owners = (f"{OWNER['buyer']}{buyer}", f"{OWNER['seller']}{shop}", f"{OWNER['platform']}{platform}")
            yield Texts(
                case_id=case_id, owners=owners, numbers=numbers, names=names, messages=messages, exhibits=exhibits,
                rulings=rulings,
            )  # fmt: skip


def _words(texts: Texts) -> Words:
    yield from texts.owners
    yield from _each(words_of_number, texts.numbers)
    yield from _each(words_of, texts.names)
    for mark, text in _marked(texts):
        yield from (mark + word for word in words_of(text))


def _each(take: Callable[[str], Words], parts: Iterable[str]) -> Words:
    return (word for part in parts for word in take(part))


def _marked(texts: Texts) -> Iterator[tuple[str, str]]:
    """What was written, with the mark of who may read it: none where both sides may."""
    for kind, party, event, stage, text, happened in texts.messages:
        yield _mark(readers_of_text(kind, event, stage, happened=bool(happened)), party), text
    for status, party, text in texts.exhibits:
        yield _mark(readers_of_exhibit(status), party), text
    for status, text in texts.rulings:
        yield _mark(Readers.BOTH if status in OPEN_TO_PARTIES else Readers.PLATFORM, ""), text


def _mark(readers: Readers, party: Any) -> str:
    """The mark of a side's own words; what is nobody's is the platform's. No draft comes here."""
    if readers is Readers.BOTH:
        return ""
    return ONLY["platform"] if readers is Readers.PLATFORM else ONLY.get(str(party), ONLY["platform"])
