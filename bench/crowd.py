"""A marketplace of any size for lists and search: the demo's disputes, multiplied by SQL.

A copy has everything a list or a search reads, with a number, an order, a buyer and a shop of its own, a little
earlier or later than its model, and words that no other has; a journal it has none. The crowd is uneven, as crowds are:
one shop has a tenth of all cases, one buyer more than anybody would, and closed cases are a sixth of the whole.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

SHOPS = 2_000
BUYERS = 50_000
ARBITRATORS = 200
CHUNK = 50_000

PEOPLE = """
INSERT INTO accounts_user (password, username, display_name, email, language, time_zone, is_suspended, is_superuser)
SELECT '', kind || '-' || n, '', '', 'zh-hans', 'Asia/Shanghai', false, false
FROM (VALUES ('buyer', %(buyers)s), ('seller', %(shops)s), ('arbitrator', %(arbitrators)s)) AS k(kind, count),
    generate_series(0, count - 1) AS n ORDER BY kind, n;
INSERT INTO accounts_shop (platform, name, outside_id, return_address)
SELECT 'taobao', '店铺 ' || n, 'crowd-' || n, '' FROM generate_series(0, %(shops)s - 1) AS n;
INSERT INTO accounts_membership (user_id, shop_id, role)
SELECT u.id, s.id, 'owner' FROM accounts_shop s
    JOIN accounts_user u ON u.username = 'seller-' || split_part(s.outside_id, '-', 2)
WHERE s.outside_id LIKE 'crowd-%%';
INSERT INTO accounts_membership (user_id, shop_id, role)
SELECT u.id, s.id, 'agent' FROM accounts_user u, accounts_shop s
WHERE u.username = 'seller-1' AND s.outside_id IN ('crowd-2', 'crowd-3', 'crowd-4', 'crowd-5');
INSERT INTO accounts_staffrole (user_id, platform, kind)
SELECT id, '', 'arbitrator' FROM accounts_user WHERE username LIKE 'arbitrator-%%';
"""

CHOOSE = """
CREATE TEMP TABLE copies ON COMMIT DROP AS
WITH models AS (
    SELECT array_agg(id ORDER BY id) FILTER (WHERE stage <> 'CLOSED') AS running,
        array_agg(id ORDER BY id) FILTER (WHERE stage = 'CLOSED') AS closed
    FROM disputes_case WHERE id <= %(last_model)s
)
SELECT nextval(pg_get_serial_sequence('disputes_case', 'id')) AS id,
    nextval(pg_get_serial_sequence('disputes_order', 'id')) AS order_id,
    nextval(pg_get_serial_sequence('disputes_orderline', 'id')) AS line_id,
    CASE WHEN n %% 6 = 0 THEN closed[1 + (hashint4(n::int) & 32767) %% cardinality(closed)]
        ELSE running[1 + (hashint4(n::int) & 32767) %% cardinality(running)] END AS model,
    CASE WHEN n %% 997 = 0 THEN 0 ELSE 1 + (hashint4(n::int + 1) & 2147483647) %% (%(buyers)s - 1) END AS buyer,
    CASE WHEN n %% 10 = 0 THEN 0 ELSE 1 + (hashint4(n::int + 2) & 2147483647) %% (%(shops)s - 1) END AS shop,
    (hashint4(n::int + 3) & 2147483647) %% %(arbitrators)s AS arbitrator,
    ((hashint4(n::int + 4) & 2147483647) %% 60000) * interval '1 second' AS shift,
    n
FROM models, generate_series(%(first)s, %(last)s) AS n;
"""
CASES = """
INSERT INTO disputes_case (id, number, order_id, buyer_id, shop_id, arbitrator_id, {case_columns})
SELECT k.id, left(c.number, 3) || upper(lpad(to_hex(k.n), 8, '0')), k.order_id, %(first_buyer)s + k.buyer,
    %(first_shop)s + k.shop, CASE WHEN c.arbitrator_id IS NOT NULL THEN %(first_arbitrator)s + k.arbitrator END,
    {case_values}
FROM copies k JOIN disputes_case c ON c.id = k.model;
"""
BESIDE = """
INSERT INTO disputes_order (id, outside_id, buyer_id, shop_id, {order_columns})
SELECT k.order_id, 'crowd-' || k.n, %(first_buyer)s + k.buyer, %(first_shop)s + k.shop, {order_values}
FROM copies k JOIN disputes_case c ON c.id = k.model JOIN disputes_order o ON o.id = c.order_id;

INSERT INTO disputes_orderline (id, order_id, {orderline_columns})
SELECT k.line_id, k.order_id, {orderline_values}
FROM copies k JOIN LATERAL (SELECT line_id FROM disputes_requestline q WHERE q.case_id = k.model ORDER BY id LIMIT 1) q
    ON true JOIN disputes_orderline l ON l.id = q.line_id;

INSERT INTO disputes_requestline (case_id, line_id, quantity, maximum)
SELECT k.id, k.line_id, 1, c.amount FROM copies k JOIN disputes_case c ON c.id = k.model;

INSERT INTO disputes_deadline (case_id, {deadline_columns})
SELECT k.id, {deadline_values} FROM copies k JOIN disputes_deadline d ON d.case_id = k.model
WHERE d.status <> 'cancelled' ORDER BY k.id;
"""
WORDS = """
INSERT INTO disputes_casesearch (case_id, edition, words)
SELECT k.id, s.edition, ts_delete(s.words, ARRAY['buyer:' || c.buyer_id, 'shop:' || c.shop_id])
    || array_to_tsvector(ARRAY['buyer:' || copy.buyer_id, 'shop:' || copy.shop_id,
        'crowd', k.n::text, lower(left(copy.number, 2)), lower(substr(copy.number, 4)),
        chr(19968 + k.n %% 5000) || chr(19968 + k.n / 5000 %% 5000), 'half' || k.n %% 2, 'tenth' || k.n %% 10,
        'hundredth' || k.n %% 100, 'thousandth' || k.n %% 1000])
    || array_to_tsvector(ARRAY(SELECT DISTINCT chr(19968 + (power(random(), 3) * 3000)::int)
        || chr(19968 + (power(random(), 3) * 3000)::int) FROM generate_series(1, 60) WHERE k.id > 0))
FROM copies k JOIN disputes_case c ON c.id = k.model JOIN disputes_casesearch s ON s.case_id = k.model
    JOIN disputes_case copy ON copy.id = k.id;
"""
UNBIND = """
SELECT format('ALTER TABLE %%s DROP CONSTRAINT %%I', conrelid::regclass, conname) FROM pg_constraint
WHERE contype = 'f' AND conrelid::regclass::text = ANY(%s)
"""
INDEXES = """
SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index i
WHERE indrelid::regclass::text = ANY(%s)
    AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = i.indexrelid)
"""
TABLES = ["disputes_case", "disputes_order", "disputes_orderline", "disputes_requestline", "disputes_deadline",
    "disputes_casesearch"]  # fmt: skip
OWN = {
    "order": {"id", "outside_id", "buyer_id", "shop_id"}, "orderline": {"id", "order_id"},
    "case": {"id", "number", "order_id", "buyer_id", "shop_id", "arbitrator_id"}, "deadline": {"id", "case_id"},
}  # fmt: skip
"""What a copy has of its own."""
ALIASES = {"order": "o", "orderline": "l", "case": "c", "deadline": "d"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Crowd:
    """Who looks at the lists."""

    buyer: Any
    """Has one case in a thousand."""
    seller: Any
    """Acts for the shop with a tenth of all cases."""
    agent: Any
    """Acts for five ordinary shops."""
    arbitrator: Any
    """Works for every platform."""


def gather(cases: int, *, words: bool, bare: bool = False) -> Crowd:
    """So many cases, with their words where search is measured; `bare` ones have nothing but their own row."""
    from django.conf import settings
    from django.db import connection

    from accounts.models import User
    from disputes.demo.loading import load
    from disputes.models import Case

    settings.DEMO_PASSWORD = "gongduan-demo"
    load()
    with connection.cursor() as cursor:
        cursor.execute(PEOPLE, {"buyers": BUYERS, "shops": SHOPS, "arbitrators": ARBITRATORS})
        indexes = _unbind(cursor)
        last_model = Case.objects.order_by("pk").values_list("pk", flat=True).last()
        for first in range(1, cases + 1, CHUNK):
            _copy(last_model, first, min(first + CHUNK - 1, cases), words=words, bare=bare)
        cursor.execute("SET maintenance_work_mem = '512MB'")
        for statement in indexes:
            cursor.execute(statement)
        for table in TABLES:
            cursor.execute(f"VACUUM ANALYZE {table}")
        cursor.execute("VACUUM ANALYZE accounts_user")
        cursor.execute("VACUUM ANALYZE accounts_shop")
    names = {"buyer": "buyer-0", "seller": "seller-0", "agent": "seller-1", "arbitrator": "arbitrator-7"}
    return Crowd(**{role: User.objects.get(username=name) for role, name in names.items()})


def _unbind(cursor: Any) -> list[str]:
    """Take off what makes copying slow, and say how to put the indexes back: copies have no journal to point at."""
    cursor.execute(UNBIND, [TABLES])
    for (statement,) in cursor.fetchall():
        cursor.execute(statement)
    cursor.execute(INDEXES, [TABLES])
    indexes = cursor.fetchall()
    for name, _definition in indexes:
        cursor.execute(f"DROP INDEX {name}")
    return [definition for _name, definition in indexes]


def _copy(last_model: int | None, first: int, last: int, *, words: bool, bare: bool) -> None:
    from django.db import connection, transaction

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT id FROM accounts_user WHERE username = 'buyer-0'),"
            " (SELECT id FROM accounts_shop WHERE outside_id = 'crowd-0'),"
            " (SELECT id FROM accounts_user WHERE username = 'arbitrator-0')"
        )
        first_buyer, first_shop, first_arbitrator = cursor.fetchone()
        values = {
            "last_model": last_model, "first": first, "last": last, "buyers": BUYERS, "shops": SHOPS,
            "arbitrators": ARBITRATORS, "first_buyer": first_buyer, "first_shop": first_shop,
            "first_arbitrator": first_arbitrator,
        }  # fmt: skip
        names = _columns(cursor)
        parts = [CHOOSE, CASES.format(**names), "" if bare else BESIDE.format(**names), WORDS if words else ""]
        cursor.execute("".join(parts), values)


def _columns(cursor: Any) -> dict[str, str]:
    """The columns a copy has of its model, and their values: moments a little later."""
    names = {}
    for table, alias in ALIASES.items():
        cursor.execute(
            "SELECT attname, format_type(atttypid, NULL) LIKE 'timestamp%%' FROM pg_attribute"
            " WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum",
            [f"disputes_{table}"],
        )
        columns = [row for row in cursor.fetchall() if row[0] not in OWN[table]]
        names[f"{table}_columns"] = ", ".join(column for column, _moment in columns)
        names[f"{table}_values"] = ", ".join(
            f"{alias}.{column} + k.shift" if moment and table != "order" else f"{alias}.{column}"
            for column, moment in columns
        )
    return names
