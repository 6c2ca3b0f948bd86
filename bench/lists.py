"""How much of the database a page of every list reads: at its beginning, at page 100 and deep inside.

    python -m bench.lists [--cases 1000000] [--deep 50000] [--only seller] [--bare]

Every list, filter and order that pages and API offer is asked for, by people who have very much to see. Each
statement is explained as it runs; buffers are those it found in memory and those it had to read. The bound is on the
statements that find the cases. What stands beside them (deadlines, order, product, people) is read by key, a fixed
number of buffers a row at any depth, and is shown beside. Capped counts are shown apart.

`--bare` is for ten million: the cases have no orders, lines and deadlines, and pages are found but not shown.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from bench.crowd import TABLES, Crowd, gather
from bench.house import fix_the_clock, measured_house

MOST_BUFFERS = 100
MOST_STATEMENTS = 15
ON_A_PAGE = 50
BIG = (*TABLES, "accounts_user")


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement as it ran."""

    text: str
    buffers: int
    milliseconds: float
    scans: tuple[str, ...]

    @property
    def finds_cases(self) -> bool:
        return 'FROM "disputes_case"' in self.text and "LIMIT" in self.text


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A list as somebody asks for it."""

    name: str
    page: Callable[[Any], Any]
    """A page of it, for a page request."""
    column: str = ""
    """The due time it is sorted by; empty for the newest first."""
    misses: str = ""
    """Why it may be above the bound, where that is known and told."""


@dataclass(slots=True, kw_only=True)
class Outcome:
    """What was above the bounds."""

    most: int = MOST_BUFFERS
    wrong: list[str] = field(default_factory=list)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=1_000_000)
    parser.add_argument("--deep", type=int, default=50_000, help="rows behind which a list is read once more")
    parser.add_argument("--only", default="", help="lists whose name contains this")
    parser.add_argument("--bare", action="store_true", help="cases without anything beside them: pages are only found")
    options = parser.parse_args()
    with measured_house():
        began = time.monotonic()
        crowd = gather(options.cases, words=False, bare=options.bare)
        fix_the_clock()
        print(f"{options.cases:,} cases, gathered in {time.monotonic() - began:.0f} s.")
        with only_finding([]) if options.bare else nullcontext():
            wrong = report(crowd, options.deep, options.only, counts=not options.bare)
    if wrong:
        raise SystemExit("\n".join(["Above the bounds:", *wrong]))


def report(crowd: Crowd, deep: int, only: str = "", *, counts: bool = True) -> list[str]:
    """Print the tables; what is above the bounds."""
    outcome = Outcome()
    print("| list | first | page 100 | deep | statements | all statements | a row beside | ms |")
    print("|---|---|---|---|---|---|---|---|")
    for asked in lists_of(crowd):
        if only in asked.name:
            measure_list(asked, deep, outcome)
    if counts:
        print("\n| counts | statements | buffers | ms |\n|---|---|---|---|")
    for name, count in counts_of(crowd) if counts else ():
        if only in name:
            _rows, statements = explained(count)
            total, spent = sum(s.buffers for s in statements), sum(s.milliseconds for s in statements)
            print(f"| {name} | {len(statements)} | {total} | {spent:.1f} |")
    return outcome.wrong


def lists_of(crowd: Crowd) -> Iterator[Asked]:
    yield from _of_buyer(crowd)
    yield from _of_seller(crowd)
    yield from _of_queue(crowd)
    yield from _of_interface(crowd)


def _of_buyer(crowd: Crowd) -> Iterator[Asked]:
    from disputes.selectors.lists import cases_of_buyer

    for tab in ("all", "mine", "running", "closed"):
        yield Asked(
            name=f"buyer, {tab}", column="buyer_due_at" if tab == "mine" else "",
            misses=ONE_PERSON if tab in ("running", "closed") else "",
            page=lambda page, tab=tab: cases_of_buyer(crowd.buyer, tab=tab, page=page),
        )  # fmt: skip


def _of_seller(crowd: Crowd) -> Iterator[Asked]:
    from contract.clock import database_now
    from disputes.selectors.lists import cases_of_seller

    tabs = ("mine", "waiting", "intervention", "running", "closed", "lapses_soon", "to_prove", "to_receive")
    soon = database_now() + timedelta(days=2)
    for tab in tabs:
        for span, before in (("", None), (", due within two days", soon)):
            yield Asked(
                name=f"seller, {tab}{span}", column="" if tab == "closed" else "seller_due_at",
                page=lambda page, tab=tab, before=before: cases_of_seller(
                    crowd.seller, tab=tab, due_before=before, page=page
                ),
            )  # fmt: skip
    for tab in tabs[:5]:
        yield Asked(
            name=f"agent of five shops, {tab}", column="" if tab == "closed" else "seller_due_at", misses=FIVE_SHOPS,
            page=lambda page, tab=tab: cases_of_seller(crowd.agent, tab=tab, page=page),
        )  # fmt: skip


FIVE_SHOPS = "every shop and stage is a range of its own"
EVERY_STAGE = "every stage is a range of its own"
ONE_PERSON = "one person's cases are read one after the other until the page is full"
UNSORTED = "no index holds what is asked for in this order: as many cases are read as it takes to find a page"


def _of_queue(crowd: Crowd) -> Iterator[Asked]:
    from contract.clock import database_now
    from disputes.selectors.lists import arbitrator_queue

    soon = database_now() + timedelta(days=1)
    for platform in ("", "xianyu"):
        for tab in ("unassigned", "mine", "due_today", "evidence", "second_review", "all"):
            yield Asked(
                name=f"queue, {tab}{', ' + platform if platform else ''}", column="platform_due_at",
                misses=ONE_PERSON if tab == "evidence" or (tab == "mine" and platform) else "",
                page=lambda page, tab=tab, platform=platform: arbitrator_queue(
                    crowd.arbitrator, tab=tab, platform=platform, due_before=soon, page=page
                ),
            )  # fmt: skip


def _of_interface(crowd: Crowd) -> Iterator[Asked]:
    from contract.clock import database_now
    from disputes.selectors.lists import cases_as

    week = database_now() + timedelta(days=7)
    filters: dict[str, dict[str, Any]] = {
        "": {}, "stage": {"stage": "EVIDENCE"}, "rare stage": {"stage": "RE_REVIEW"}, "closed": {"stage": "CLOSED"},
        "platform": {"platform": "xianyu"}, "waiting on": {"waiting_on": "buyer"}, "due before": {"due_before": week},
        "stage, platform": {"stage": "EVIDENCE", "platform": "taobao"},
        "stage, nobody awaited": {"stage": "WAIT_SELLER", "waiting_on": "platform"},
    }  # fmt: skip
    for role, who in (("buyer", crowd.buyer), ("seller", crowd.seller), ("platform", crowd.arbitrator)):
        for order in ("newest", "due"):
            for name, wanted in filters.items():
                if order == "newest" and "due_before" in wanted:
                    continue  # the interface sorts those by their time
                yield Asked(
                    name=f"interface, {role}, {order} first{', ' + name if name else ''}",
                    column=f"{role}_due_at" if order == "due" else "", misses=_why(order, name, role),
                    page=lambda page, role=role, who=who, order=order, wanted=wanted: cases_as(
                        who, role, by_due=order == "due", page=page, **wanted
                    ),
                )  # fmt: skip


def _why(order: str, name: str, role: str) -> str:
    if role == "buyer" and name:
        return ONE_PERSON
    if (role, order, name) in (("seller", "newest", ""), ("seller", "due", ""), ("platform", "newest", "platform")):
        return EVERY_STAGE
    if "platform" in name and role == "platform":
        return ""
    return UNSORTED if name in ("waiting on", "stage, nobody awaited") or "platform" in name else ""


def counts_of(crowd: Crowd) -> Iterator[tuple[str, Callable[[], Any]]]:
    from disputes.selectors import tiles

    yield "a buyer's tabs", lambda: tiles.tabs_of_buyer(crowd.buyer)
    yield "a seller's tiles", lambda: tiles.tiles_of_seller(crowd.seller)
    yield "the money that lapses", lambda: tiles.money_that_lapses(crowd.seller)
    yield "the queue's tabs", lambda: tiles.tiles_of_queue(crowd.arbitrator)


def measure_list(asked: Asked, deep: int, outcome: Outcome) -> None:
    """A line: the buffers that find the first page, page 100 and one deep inside, where the list is that long.

    The rest of the line is the dearest of these pages.
    """
    from contract.paging import PageRequest

    finding, dearest = {"first": "", "100": "", "deep": ""}, (0, 0, 0.0, 0.0)
    for place, after in beginnings(asked, deep):
        request = PageRequest(limit=ON_A_PAGE, after=after)
        asked.page(request)
        page, statements = explained(lambda request=request: asked.page(request))
        found = sum(s.buffers for s in statements if s.finds_cases)
        total, spent = sum(s.buffers for s in statements), sum(s.milliseconds for s in statements)
        rows = len(page.data)
        beside = (total - found) / rows if rows else 0
        finding[place if place in finding else "deep"] = f"{found}" if place in finding else f"{found} ({place})"
        dearest = max(dearest, (total, len(statements), beside, spent))
        judge(asked, place, found, statements, outcome)
    total, count, beside, spent = dearest
    first, hundredth, inside = finding.values()
    finds = f"{asked.name} | {first} | {hundredth} | {inside}"
    print(f"| {finds} | {count} | {total} | {beside:.1f} | {spent:.1f} |", flush=True)


def judge(asked: Asked, place: str, found: int, statements: Sequence[Statement], outcome: Outcome) -> None:
    if found > outcome.most and not asked.misses:
        outcome.wrong.append(f"{asked.name}, {place}: {found} buffers")
    if len(statements) > MOST_STATEMENTS:
        outcome.wrong.append(f"{asked.name}, {place}: {len(statements)} statements")
    for statement in statements:
        if statement.scans and not asked.misses:
            outcome.wrong.append(f"{asked.name}, {place}: scans {', '.join(statement.scans)}")


def beginnings(asked: Asked, deep: int) -> Iterator[tuple[str, tuple[Any, ...] | None]]:
    """The names of places in a list, and the key of the row before each."""
    yield "first", None
    rows = keys(asked, deep)
    if len(rows) >= 100 * ON_A_PAGE:
        yield "100", rows[99 * ON_A_PAGE - 1]
    if len(rows) > 2 * ON_A_PAGE:
        yield f"row {len(rows)}", rows[-1 if len(rows) == deep else -ON_A_PAGE - 1]


def keys(asked: Asked, count: int) -> list[tuple[Any, ...]]:
    """The keys of the first rows of a list, without making rows of them."""
    from contract.paging import PageRequest

    seen: list[Any] = []
    with only_finding(seen):
        asked.page(PageRequest(limit=count))
    return [(getattr(case, asked.column), case.pk) if asked.column else (case.pk,) for case in seen]


@contextmanager
def only_finding(seen: list[Any]) -> Iterator[None]:
    """Cases are found and put here; no row is made of them."""
    from disputes.selectors import ranges

    make_rows = ranges.case_rows
    ranges.case_rows = lambda cases, **_: seen.extend(cases) or []  # type: ignore[assignment, func-returns-value]
    try:
        yield
    finally:
        ranges.case_rows = make_rows


def explained(run: Callable[[], Any]) -> tuple[Any, list[Statement]]:
    """Run something, and explain each of its statements as it comes."""
    from django.db import connection

    statements: list[Statement] = []

    def explain(execute: Any, text: str, parameters: Any, many: bool, context: dict[str, Any]) -> Any:
        if text.lstrip().startswith(("SELECT", "(SELECT", "WITH")):
            with connection.connection.cursor() as cursor:
                cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, TIMING OFF, FORMAT JSON) {text}", parameters)
                (plan,) = cursor.fetchone()[0]
            buffers, spent = buffers_of(plan), plan["Planning Time"] + plan["Execution Time"]
            statements.append(Statement(text, buffers, spent, tuple(scans_in(plan["Plan"]))))
        return execute(text, parameters, many, context)

    with connection.execute_wrapper(explain):
        return run(), statements


def buffers_of(plan: dict[str, Any]) -> int:
    """What a statement found in memory and what it had to read."""
    return int(plan["Plan"]["Shared Hit Blocks"] + plan["Plan"]["Shared Read Blocks"])


def scans_in(plan: dict[str, Any]) -> Iterator[str]:
    """The big tables that are read from end to end."""
    looked_at = plan["Actual Rows"] + plan.get("Rows Removed by Filter", 0)
    if plan["Node Type"] == "Seq Scan" and plan["Relation Name"] in BIG and looked_at > ON_A_PAGE:
        yield plan["Relation Name"]
    for part in plan.get("Plans", ()):
        yield from scans_in(part)


if __name__ == "__main__":
    main()
