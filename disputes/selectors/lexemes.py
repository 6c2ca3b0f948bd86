"""Text taken apart into the words that are searched, for Chinese and for what is written with spaces.

Nothing here asks PostgreSQL to understand a language: its parsers make one word of a whole run of Chinese. Runs of
Chinese, Japanese and Korean characters give every character and every pair of neighbours; everything else gives
words and numbers, lower-cased. Full-width letters and digits count as the ordinary ones.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import Final

EDITION: Final = 2
"""Raise it when words are made otherwise: `index_search` then writes every case anew."""

LONGEST_WORD: Final = 40
"""Characters of a word that count."""
LONGEST_QUERY: Final = 200
"""Characters of a query that are looked at."""
MOST_ASKED: Final = 24
"""Words of a query that are looked for."""
SHORTEST_BEGINNING: Final = 2
LAST_OF_NUMBER: Final = 4
"""People know numbers by their beginning, and by their last four characters."""

_WITHOUT_SPACES: Final = (
    "\u3005\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"
)
_RUN: Final = re.compile(rf"([{_WITHOUT_SPACES}]+)|([^\W_{_WITHOUT_SPACES}]+)")


def _runs(text: str) -> Iterator[tuple[str, str]]:
    """Runs of characters written without spaces, or words; one of the two is empty."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    for found in _RUN.finditer(folded):
        yield found[1] or "", (found[2] or "")[:LONGEST_WORD]


def _pairs(run: str) -> Iterator[str]:
    return (run[at : at + 2] for at in range(len(run) - 1))


def words_of(text: str) -> Iterator[str]:
    """Everything a text is found by."""
    for run, word in _runs(text):
        if word:
            yield word
        yield from run
        yield from _pairs(run)


def words_of_number(number: str) -> Iterator[str]:
    """Everything a case's, an order's or a parcel's number is found by: each part, how it begins, how it ends."""
    for _run, word in _runs(number):
        for length in range(SHORTEST_BEGINNING, len(word)):
            yield word[:length]
        yield word[-LAST_OF_NUMBER:]
    yield from words_of(number)


def words_asked(query: str) -> tuple[str, ...]:
    """What a query looks for, in order, each once; empty for signs alone."""
    found = dict.fromkeys(_asked(query[:LONGEST_QUERY]))
    return tuple(found)[:MOST_ASKED]


def _asked(query: str) -> Iterator[str]:
    for run, word in _runs(query):
        if word or len(run) == 1:
            yield word or run
        yield from _pairs(run)


def any_of(words: Iterable[str]) -> str:
    """A condition in PostgreSQL's own language of text search: one of the words."""
    return "(" + " | ".join(f"'{_quoted(word)}'" for word in words) + ")"


def _quoted(word: str) -> str:
    return word.replace("\\", "\\\\").replace("'", "''")
