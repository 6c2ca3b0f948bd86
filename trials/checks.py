"""What must hold after a trial, asked of the database alone."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path

from trials.population import Marketplace

LAPSES = """
SELECT count(*) FILTER (WHERE n = 0), count(*) FILTER (WHERE n > 1), count(*) FILTER (WHERE early)
FROM (
    SELECT c.id, count(e.id) AS n, coalesce(bool_or(e.recorded_at < e.at), false) AS early
    FROM unnest(%s::bigint[]) AS c(id) LEFT JOIN disputes_caseevent e ON e.case_id = c.id AND e.kind = 'lapsed'
    GROUP BY c.id
) counted
"""
WRONG_MONEY = """
SELECT count(*) FROM unnest(%s::bigint[]) AS c(id)
WHERE (SELECT coalesce(sum(amount), 0) FROM disputes_payout p WHERE p.case_id = c.id) <> 128
   OR (SELECT count(*) FROM disputes_payout p WHERE p.case_id = c.id) <> 1
"""
UNTOLD = """
SELECT count(*) FROM unnest(%s::bigint[]) AS c(id) CROSS JOIN (VALUES ('buyer'), ('seller')) AS role(name)
WHERE NOT EXISTS (
    SELECT FROM notifications_notification n JOIN disputes_caseevent e
        ON e.case_id = n.case_id AND e.sequence = n.sequence AND e.kind = 'lapsed'
    WHERE n.case_id = c.id AND n.role = role.name)
"""
TOLD_TWICE = """
SELECT count(*) FROM (
    SELECT FROM notifications_notification n WHERE n.case_id = ANY(%s)
    GROUP BY recipient_id, case_id, sequence, kind HAVING count(*) > 1) twice
"""
LATENESS = """
SELECT percentile_cont(ARRAY[0.5, 0.99, 1]) WITHIN GROUP (ORDER BY extract(epoch FROM recorded_at - at)::float)
FROM disputes_caseevent WHERE case_id = ANY(%s) AND kind = 'lapsed'
"""
LEFT = (
    "SELECT (SELECT count(*) FROM disputes_case WHERE wake_at <= (SELECT gongduan_clock()))"
    " + (SELECT count(*) FROM disputes_pendingrelay)"
)
MAILS = (
    "SELECT count(*) FROM notifications_delivery WHERE status = 'waiting' AND next_try_at <= (SELECT gongduan_clock())"
)
KEPT = "SELECT text, count(*) FROM disputes_message WHERE text LIKE 'trial-%' GROUP BY text"


@dataclass(kw_only=True)
class Report:
    """Checks with a name, what was found, and whether it is what must be."""

    passed: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)

    def check(self, name: str, found: object, ok: bool) -> None:
        (self.passed if ok else self.failed).append(f"{name}: {found}")
        print(f"  {'ok    ' if ok else 'FAILED'} {name}: {found}", flush=True)

    def none(self, name: str, found: int) -> None:
        self.check(name, found, found == 0)

    def end(self, log: Path) -> int:
        """Print the sum, and keep what the house said when something failed; what the command ends with."""
        if self.failed and log.exists():
            kept = Path(tempfile.gettempdir()) / f"{log.parent.name}.log"
            shutil.copy(log, kept)
            print(f"  what the house said is in {kept}")
        print(f"{len(self.passed)} passed, {len(self.failed)} failed")
        return 1 if self.failed else 0


def one(statement: str, *values: object) -> tuple[object, ...]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(statement, values or None)
        row = cursor.fetchone()
        assert row is not None
        return tuple(row)


def left_to_do() -> int:
    """Cases that are overdue, and events nobody told."""
    return int(str(one(LEFT)[0]))


def mails_to_send() -> int:
    """Mails that wait. They go out at a measured pace, so a long trial does not wait for all of them."""
    return int(str(one(MAILS)[0]))


def check_deadlines(report: Report, marketplace: Marketplace) -> None:
    """Each deadline exactly once, not before its time, with its money, told to both."""
    lost, double, early = (int(str(n)) for n in one(LAPSES, marketplace.due))
    report.none("deadlines lost", lost)
    report.none("deadlines doubled", double)
    report.none("deadlines early", early)
    report.none("cases with another refund than the one of 128.00", int(str(one(WRONG_MONEY, marketplace.due)[0])))
    report.none("people never told", int(str(one(UNTOLD, marketplace.due)[0])))
    report.none("people told twice", int(str(one(TOLD_TWICE, marketplace.due)[0])))


def check_lateness(report: Report, marketplace: Marketplace, *, bound: float) -> None:
    """`bound` is the most the 99th percentile may be, in seconds."""
    half, most, worst = one(LATENESS, marketplace.due)[0]  # type: ignore[misc]
    told = f"p50 {half:.2f} s, p99 {most:.2f} s, worst {worst:.2f} s (bound {bound:g} s)"
    report.check("lateness", told, most <= bound)


def check_writes(report: Report, acknowledged: list[str], unexpected: list[str]) -> None:
    """Every acknowledged message is there, and none twice, acknowledged or not."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(KEPT)
        kept = dict(cursor.fetchall())
    report.none("acknowledged messages lost", sum(text not in kept for text in acknowledged))
    report.none("messages kept twice", sum(count > 1 for count in kept.values()))
    report.check("answers nobody should get", unexpected[:3] or 0, not unexpected)


def check_journal(report: Report, ids: list[int]) -> None:
    """Rows equal the fold of the journal, digests hold, and every history replays to the same steps."""
    from disputes.services.verifying import compare_rows, replay, verify_digests

    ways: list[tuple[str, Callable[[int], object]]] = [
        ("rows that differ from the journal", compare_rows), ("broken digests", verify_digests),
        ("histories that replay differently", replay),
    ]  # fmt: skip
    for name, way in ways:
        report.none(name, sum(bool(way(case)) for case in ids))


def check_evidence(report: Report) -> None:
    """Every original and every custody log is what was written."""
    from django.core.management import CommandError, call_command

    said = StringIO()
    try:
        call_command("verify_evidence", stdout=said, stderr=said)
    except CommandError as error:
        report.check("verify_evidence", error, ok=False)
    else:
        report.check("verify_evidence", said.getvalue().strip().splitlines()[-1], ok=True)
