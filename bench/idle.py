"""What the sweep's questions cost while nothing is due, at any number of open cases.

    python -m bench.idle [--cases 1000 1000000 10000000]

The cases are bare rows, each waiting for a moment of its own, in a table that was vacuumed.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator
from datetime import timedelta

from bench.crowd import INDEXES, UNBIND
from bench.house import fix_the_clock, measured_house
from bench.lists import buffers_of

IDLE_BUFFERS = 5
TABLE = "disputes_case"
FILL = """
INSERT INTO disputes_case (number, platform, pack, policy_id, calendar_id, order_id, buyer_id, shop_id, opened_at,
    version, stage, outcome, waiting_on, seller_due_at, due_at, wake_at, reason, remedy, amount, currency, held,
    recorded_at, facts, anchors, queued, head_digest)
SELECT 'IDLE-' || n, 'taobao', 'taobao.general', 1, 1, n, n, n, now.at, 1, 'WAIT_SELLER', '', 'seller', due, due, due,
    'DAMAGED', 'refund_only', 128, 'CNY', '', now.at, '{}', '{}', '[]', ''
FROM (SELECT gongduan_clock() AS at) now, generate_series(1, %(count)s) AS n,
    LATERAL (SELECT now.at + interval '1 day' + (n::bigint * 7919 %% 2592000) * interval '1 second' AS due) moment
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, nargs="+", default=[1_000, 1_000_000, 10_000_000])
    options = parser.parse_args()
    wrong = []
    with measured_house():
        fix_the_clock()
        print("| open cases | question | buffers |\n|---|---|---|")
        for count in options.cases:
            fill(count)
            for name, buffers in claims():
                print(f"| {count} | {name} | {buffers} |", flush=True)
                wrong += [f"{count} cases, {name}: {buffers} buffers"] if buffers > IDLE_BUFFERS else []
    if wrong:
        raise SystemExit("\n".join(wrong))


def fill(count: int) -> None:
    """So many open cases and no others; only the index of the wake times is kept, put on afterwards."""
    from django.db import connection

    began = time.monotonic()
    with connection.cursor() as cursor:
        cursor.execute(UNBIND, [[TABLE]])
        for (statement,) in cursor.fetchall():
            cursor.execute(statement)
        cursor.execute(INDEXES, [[TABLE]])
        indexes = cursor.fetchall()
        for name, _definition in indexes:
            cursor.execute(f"DROP INDEX {name}")
        cursor.execute(f"TRUNCATE {TABLE} CASCADE")
        cursor.execute(FILL, {"count": count})
        (wake,) = [definition for name, definition in indexes if name == "disputes_wake"]
        cursor.execute(wake)
        cursor.execute(f"VACUUM ANALYZE {TABLE}")
    print(f"{count} cases in {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)


def claims() -> Iterator[tuple[str, int]]:
    """The buffers of the sweep's claim, and of its look at the next wake time."""
    from django.db import connection, transaction

    from disputes.services.loading import CLAIM
    from disputes.services.sweeping import NEXT_WAKE

    questions = {"claim": (CLAIM, {"grace": timedelta(), "limit": 500}), "next wake": (NEXT_WAKE, {})}
    for name, (text, values) in questions.items():
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {text}", values)
            (plan,) = cursor.fetchone()[0]
        yield name, buffers_of(plan)


if __name__ == "__main__":
    main()
