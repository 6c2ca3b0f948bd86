"""How long the database takes to find the first page of a search, for words of every frequency.

    python -m bench.search [--cases 200000]

The words are of copies of the demo's disputes, each with words of its own: some in every case, some in one of two,
ten, a hundred, a thousand, some in one alone, besides thousands of Chinese pairs as uneven as those of real texts.
Time is the database's own for the statements that find the cases, planning included, the least of three runs.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator
from typing import Any

from bench.crowd import Crowd, gather
from bench.house import fix_the_clock, measured_house
from bench.lists import ON_A_PAGE, Statement, explained

MOST_MILLISECONDS = 15
RUNS = 3
QUERIES = {
    "every case": "crowd", "one in two": "half1", "one in ten": "tenth3", "one in a hundred": "hundredth7",
    "one in a thousand": "thousandth9", "one alone": "crowd 12345", "no case": "nowhere", "signs alone": "😡",
    "refund, in Chinese": "退款", "one Chinese character": "退", "a sentence": "商品有瑕疵申请退款", "mixed": "退款 tb",
    "two frequent words": "half1 tenth3", "a frequent and a rare one": "退款 thousandth9",
    "very long": "退款不退货" * 2000,
}  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=200_000)
    options = parser.parse_args()
    with measured_house():
        began = time.monotonic()
        crowd = gather(options.cases, words=True)
        fix_the_clock()
        print(f"{options.cases} cases, gathered in {time.monotonic() - began:.0f} s")
        print(size_of_words())
        if wrong := report(crowd):
            raise SystemExit("\n".join(["Above the bound:", *wrong]))


def report(crowd: Crowd) -> list[str]:
    """Print the table; what takes longer than the bound."""
    wrong = []
    print("| who, in which order | words | rows | next page | buffers | ms |\n|---|---|---|---|---|---|")
    for who, search in searches(crowd):
        for name, query in QUERIES.items():
            rows, goes_on, finding = least(lambda query=query, search=search: search(query))  # type: ignore[misc]
            spent = sum(s.milliseconds for s in finding)
            line = f"| {who} | {name} | {rows} | {goes_on} | {sum(s.buffers for s in finding)} | {spent:.1f} |"
            print(line, flush=True)
            if spent > MOST_MILLISECONDS:
                wrong.append(line)
    return wrong


def searches(crowd: Crowd) -> Iterator[tuple[str, Callable[[str], Any]]]:
    from contract.paging import PageRequest
    from disputes.selectors.lists import cases_as, cases_of_buyer, cases_of_platforms, cases_of_seller

    page = PageRequest(limit=ON_A_PAGE)
    yield "the platform, newest first", lambda query: cases_of_platforms(crowd.arbitrator, query=query, page=page)
    yield "a seller, newest first", lambda query: cases_of_seller(crowd.seller, tab="all", query=query, page=page)
    yield "an agent of five shops", lambda query: cases_of_seller(crowd.agent, tab="all", query=query, page=page)
    yield "a buyer, newest first", lambda query: cases_of_buyer(crowd.buyer, query=query, page=page)
    yield "one platform, newest first", lambda query: cases_as(
        crowd.arbitrator, "platform", platform="xianyu", query=query, page=page
    )


def least(search: Callable[[], Any]) -> tuple[int, str, list[Statement]]:
    """Rows, whether there are more, and the statements that found them in the fastest of some runs."""
    best: list[Statement] = []
    for _run in range(RUNS):
        page, statements = explained(search)
        finding = [s for s in statements if s.finds_cases or "casesearch" in s.text]
        if not best or sum(s.milliseconds for s in finding) < sum(s.milliseconds for s in best):
            best = finding
    return len(page.data), "yes" if page.next else "no", best


def size_of_words() -> str:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT avg(length(words))::int, pg_size_pretty(pg_table_size('disputes_casesearch')),"
            " pg_size_pretty(pg_relation_size('disputes_search_words')) FROM disputes_casesearch TABLESAMPLE SYSTEM (5)"
        )
        words, table, index = cursor.fetchone()
    return f"{words} words a case; the words take {table}, their index {index}"


if __name__ == "__main__":
    main()
