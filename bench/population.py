"""Cases for a measurement: some opened and led by the real writer, then multiplied by SQL.

A copy has new ids and another buyer, shop and order; its journal is its model's. Digests are copied, not computed:
the sweep chains on to them and never looks back.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

MODELS = 30
"""Cases of each sort that the real writer makes; the copies are spread over them."""
PEOPLE = 500

COPY = """
CREATE TEMP TABLE copies AS
SELECT nextval(pg_get_serial_sequence('disputes_case', 'id')) AS id,
       nextval(pg_get_serial_sequence('disputes_order', 'id')) AS order_id,
       (%(models)s::bigint[])[1 + n %% cardinality(%(models)s::bigint[])] AS model,
       %(first_person)s + n %% %(people)s AS person, %(first_shop)s + n %% %(people)s AS shop,
       (n::bigint * 7919 %% 1000000 - {fraction}) * interval '1 microsecond' AS shift,
       '.' || lpad((n::bigint * 7919 %% 1000000)::text, 6, '0') || '+00:00' AS fraction
FROM generate_series(1, %(count)s) AS n;

INSERT INTO disputes_order (id, platform, outside_id, buyer_id, shop_id, {order_columns})
SELECT k.order_id, o.platform, 'copy-' || k.order_id, k.person, k.shop, {order_values}
FROM copies k JOIN disputes_case c ON c.id = k.model JOIN disputes_order o ON o.id = c.order_id;

INSERT INTO disputes_case (id, number, order_id, buyer_id, shop_id, {case_columns})
SELECT k.id, 'TB-' || lpad(k.id::text, 12, '0'), k.order_id, k.person, k.shop, {case_values}
FROM copies k JOIN disputes_case c ON c.id = k.model;

INSERT INTO disputes_caseevent (case_id, {caseevent_columns})
SELECT k.id, {caseevent_values}
FROM copies k JOIN disputes_caseevent e ON e.case_id = k.model ORDER BY k.id, e.sequence;

INSERT INTO disputes_deadline (case_id, {deadline_columns})
SELECT k.id, {deadline_values} FROM copies k JOIN disputes_deadline d ON d.case_id = k.model ORDER BY k.id;

INSERT INTO disputes_orderevent (order_id, case_id, case_sequence, kind, at, recorded_at, actor_id, facts)
SELECT k.order_id, k.id, v.case_sequence, v.kind, v.at, v.recorded_at, v.actor_id, v.facts
FROM copies k JOIN disputes_orderevent v ON v.case_id = k.model;
"""
FRACTION = 111_111
"""The microseconds of every moment of the models, so that a copy's moments can be told apart: by their fraction."""
SHIFTED = {
    "timestamptz": "{alias}.{column} + k.shift",
    "jsonb": "replace({alias}.{column}::text, '.{fraction}+00:00', k.fraction)::jsonb",
    "text": "replace({alias}.{column}, '.{fraction}+00:00', k.fraction)",
}


OWN = {
    "order": {"id", "platform", "outside_id", "buyer_id", "shop_id"},
    "case": {"id", "number", "order_id", "buyer_id", "shop_id"}, "caseevent": {"id", "case_id"},
    "deadline": {"id", "case_id"},
}  # fmt: skip
"""What a copy has of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Population:
    """The ids of the copies, by what awaits them."""

    silent: list[int]
    """WAIT_SELLER, its five days over: refunded by silence."""
    unproved: list[int]
    """EVIDENCE, its three days over: goes to review."""


def populate(*, due: int, waiting: int) -> Population:
    """`due` overdue cases, half of each kind, none of them with a wake hint yet, among `waiting` not yet due."""
    from contract import clock
    from contract.clock import database_now

    now = database_now().replace(microsecond=FRACTION)
    people = _cast()
    silent = _models(people, now - timedelta(days=5, minutes=3))
    _let_pass(now - timedelta(days=5, minutes=3), timedelta(days=5))
    unproved = _models(people, now - timedelta(days=3, minutes=5))
    _ask_the_platform(people, unproved, now - timedelta(days=3, minutes=3))
    _let_pass(now - timedelta(days=3, minutes=3), timedelta(days=3))
    fresh = _models(people, now - timedelta(hours=30))
    clock.reset()
    ids = _multiply(silent, due // 2, people), _multiply(unproved, due // 2, people)
    _multiply(fresh, waiting, people)
    _disarm([*silent, *unproved, *ids[0], *ids[1]])
    return Population(silent=ids[0], unproved=ids[1])


@dataclass(frozen=True, slots=True, kw_only=True)
class _People:
    buyer: int
    seller: int
    shop: int
    first_person: int
    first_shop: int


def _cast() -> _People:
    from accounts.models import Membership, Shop, User
    from rules.calendar_publishing import publish_shipped_calendars
    from rules.services import publish_shipped_packs

    publish_shipped_calendars()
    publish_shipped_packs()
    users = User.objects.bulk_create(User(username=f"buyer-{n}") for n in range(PEOPLE))
    shops = Shop.objects.bulk_create(
        Shop(platform="taobao", name=f"Shop {n}", outside_id=f"shop-{n}") for n in range(PEOPLE)
    )
    seller = User.objects.create(username="seller")
    Membership.objects.create(user=seller, shop=shops[0])
    return _People(
        buyer=users[0].pk, seller=seller.pk, shop=shops[0].pk, first_person=users[0].pk, first_shop=shops[0].pk
    )


def _models(people: _People, start: datetime) -> list[int]:
    """Open cases at a moment of the past, a second apart."""
    from contract import clock
    from disputes.services.opening import ClaimedLine, Filing, open_case
    from disputes.services.writer import Done

    opened = []
    for n in range(MODELS):
        clock.freeze(start + timedelta(seconds=n))
        order, line = _order(people, start)
        data = {"reason": "DAMAGED", "remedy": "refund_only", "amount": "128.00", "goods_received": True}
        lines = [ClaimedLine(line_id=line, quantity=1)]
        done = open_case(Filing(order_id=order, lines=lines, actor_id=people.buyer, data=data))
        assert isinstance(done, Done)
        opened.append(done.case_id)
    return opened


def _order(people: _People, at: datetime) -> tuple[int, int]:
    from disputes.models import Listing, Order, OrderLine

    order = Order.objects.create(
        platform="taobao", outside_id=f"model-{Order.objects.count()}", buyer_id=people.buyer, shop_id=people.shop,
        status="shipped", currency="CNY", paid=Decimal("128.00"), created_at=at - timedelta(days=6),
        paid_at=at - timedelta(days=6), shipped_at=at - timedelta(days=5), signed_at=at - timedelta(days=3),
    )  # fmt: skip
    line = OrderLine.objects.create(
        order=order, outside_id="1", title="Glazed mug", quantity=1, paid=Decimal("128.00"), pack="taobao.general",
        goods_type="general",
    )  # fmt: skip
    Listing.objects.create(line=line, title="Glazed mug", promises={})
    return order.pk, line.pk


def _ask_the_platform(people: _People, ids: list[int], start: datetime) -> None:
    from contract import clock
    from disputes.models import Case

    for n, number in enumerate(Case.objects.filter(pk__in=ids).order_by("pk").values_list("number", flat=True)):
        clock.freeze(start + timedelta(seconds=n))
        _act(number, "seller", people.seller, "refuse", refusal="NOT_AGREED", statement="x")
        _act(number, "buyer", people.buyer, "request_intervention")


def _act(number: str, party: str, actor: int, kind: str, **data: Any) -> None:
    from disputes.services.writer import Intent, act
    from rules.engine.types import Party

    act(Intent(number=number, kind=kind, party=Party(party), actor_id=actor, data=data))


def _let_pass(start: datetime, length: timedelta) -> None:
    """Live through the reminders at their times, as a house with a running sweep does."""
    from contract import clock
    from disputes.services.sweeping import sweep_until_done

    for at in (length / 2, length * 8 / 10, length - timedelta(hours=2)):
        clock.freeze(start + at + timedelta(seconds=MODELS))
        sweep_until_done(sweeper="bench")


def _multiply(models: list[int], count: int, people: _People) -> list[int]:
    from django.db import connection, transaction

    names: dict[str, Any] = {"fraction": FRACTION}
    with transaction.atomic(), connection.cursor() as cursor:
        for name, alias in (("order", "o"), ("case", "c"), ("caseevent", "e"), ("deadline", "d")):
            columns = [row for row in _columns(cursor, f"disputes_{name}") if row[0] not in OWN[name]]
            names[f"{name}_columns"] = ", ".join(column for column, _kind in columns)
            names[f"{name}_values"] = ", ".join(
                SHIFTED.get(kind, "{alias}.{column}").format(alias=alias, column=column, fraction=FRACTION)
                for column, kind in columns
            )
        values = {
            "models": models, "count": count, "people": PEOPLE, "first_person": people.first_person,
            "first_shop": people.first_shop,
        }  # fmt: skip
        cursor.execute(COPY.format(**names), values)
        cursor.execute("SELECT id FROM copies ORDER BY id")
        ids = [row[0] for row in cursor.fetchall()]
        cursor.execute("DROP TABLE copies")
    return ids


def _columns(cursor: Any, table: str) -> list[tuple[str, str]]:
    """The columns of a table and the short names of their types, `text` being the one that holds moments."""
    cursor.execute(
        "SELECT attname, CASE WHEN attname = 'anchor' THEN 'text' ELSE format_type(atttypid, NULL) END"
        " FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum",
        [table],
    )
    return [(name, kind.replace("timestamp with time zone", "timestamptz")) for name, kind in cursor.fetchall()]


def _disarm(ids: list[int]) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("UPDATE disputes_case SET wake_at = NULL WHERE id = ANY(%s)", [ids])
        cursor.execute("ANALYZE")


def arm(ids: list[int]) -> None:
    """Put the wake hints of these cases right, so that exactly they are due; then tidy the tables."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE disputes_case c SET wake_at = d.wakes_at FROM (SELECT case_id, min(wakes_at) AS wakes_at FROM"
            " disputes_deadline WHERE status = 'pending' AND case_id = ANY(%s) GROUP BY case_id) d"
            " WHERE d.case_id = c.id",
            [ids],
        )
        for table in ("case", "deadline", "caseevent", "pendingrelay"):
            cursor.execute(f"VACUUM ANALYZE disputes_{table}")
        cursor.execute("CHECKPOINT")
