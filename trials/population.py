"""A marketplace for a trial: cases opened by the real writer, each with a deadline at a moment of its own."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from run.children import running_postgres
from run.places import OWNER_ROLE, Places
from run.postgres import EmbeddedPostgres

ANSWER = timedelta(days=5)
"""What `taobao.general` gives a seller to answer after shipping (T2): then the refund is paid."""
PASSWORD = "only-for-trials"
REMINDERS = (ANSWER / 2, ANSWER * 8 / 10, ANSWER - timedelta(hours=2))


@dataclass(frozen=True, slots=True, kw_only=True)
class Marketplace:
    """What a trial looks at."""

    due: list[int]
    """Ids of cases, the seller of which stays silent; in the order of their deadlines."""
    talking: list[str]
    """Numbers of open cases people write in meanwhile; none of them is due."""
    first_due: datetime
    window: timedelta
    """From the first deadline to the last."""

    def outlive(self) -> None:
        """Wait until the last deadline has passed by the clock of the house."""
        from contract.clock import database_now

        while (left := self.first_due + self.window - database_now()) > timedelta(0):
            time.sleep(min(1.0, left.total_seconds()))


@contextmanager
def servers(places: Places) -> Iterator[None]:
    """PostgreSQL of a data folder, alone, with Django of this process set up on it as the owner."""
    with running_postgres(EmbeddedPostgres(places=places, settings={})):
        yield


def set_up_django(places: Places) -> None:
    """This process, as the owner of that database."""
    os.environ["DATABASE_URL"] = os.environ["DATABASE_OWNER_URL"] = places.database_url(OWNER_ROLE)
    os.environ["GONGDUAN_DATA"] = str(places.data)
    os.environ["DJANGO_SETTINGS_MODULE"] = "trials.settings"
    import django

    django.setup()


def hang_up() -> None:
    from django.db import connection

    connection.close()


def prepare() -> None:
    """The database as `make run` makes it."""
    from django.core.management import call_command

    from config.prepare import publish_what_ships

    call_command("migrate", verbosity=0)
    call_command("prepare_database", verbosity=0)
    publish_what_ships()


def open_cases(*, due: int, talking: int, window: timedelta) -> Marketplace:
    """Open cases whose deadlines lie evenly in a window that begins five days from now; leave the clock before it."""
    from django.db import connection

    from contract import clock
    from contract.clock import database_now

    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit = off")  # nobody pulls a plug while the stage is set
    people = make_people()
    start = database_now()
    ids = _opened(people, due, start=start, gap=window / due)
    later = _opened(people, talking, start=start + timedelta(days=2), gap=timedelta(seconds=1))
    _live_through_reminders(start, window)
    first_due = start + ANSWER
    clock.freeze(first_due - timedelta(minutes=30))
    return Marketplace(due=ids, talking=_numbers(later), first_due=first_due, window=window)


def _numbers(ids: list[int]) -> list[str]:
    from disputes.models import Case

    return list(Case.objects.filter(pk__in=ids).order_by("pk").values_list("number", flat=True))


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """Ids of who trades."""

    buyer: int
    seller: int
    shop: int


def make_people() -> People:
    """A buyer, and a seller with a shop."""
    from accounts.models import Membership, Shop, User

    buyer = User.objects.create_user("buyer", PASSWORD, email="buyer@example.org")
    seller = User.objects.create_user("seller", PASSWORD, email="seller@example.org")
    shop = Shop.objects.create(platform="taobao", name="Shop", outside_id="shop")
    Membership.objects.create(user=seller, shop=shop)
    return People(buyer=buyer.pk, seller=seller.pk, shop=shop.pk)


def _opened(people: People, count: int, *, start: datetime, gap: timedelta) -> list[int]:
    from contract import clock
    from disputes.services.opening import ClaimedLine, Filing, open_case
    from disputes.services.writer import Done

    opened = []
    for n in range(count):
        clock.freeze(start + n * gap)
        order, line = make_order(people, start)
        data = {"reason": "DAMAGED", "remedy": "refund_only", "amount": "128.00", "goods_received": True}
        done = open_case(
            Filing(order_id=order, lines=[ClaimedLine(line_id=line, quantity=1)], actor_id=people.buyer, data=data)
        )
        assert isinstance(done, Done)
        opened.append(done.case_id)
    return opened


def make_order(people: People, at: datetime, *, pack: str = "taobao.general") -> tuple[int, int]:
    """An order that arrived three days before `at`, and its one line: ids of both."""
    from disputes.models import Listing, Order, OrderLine

    order = Order.objects.create(
        platform=pack.partition(".")[0], outside_id=f"trial-{next(_number)}", buyer_id=people.buyer,
        shop_id=people.shop, status="shipped", currency="CNY", paid=Decimal("128.00"),
        created_at=at - timedelta(days=6), paid_at=at - timedelta(days=6), shipped_at=at - timedelta(days=5),
        signed_at=at - timedelta(days=3),
    )  # fmt: skip
    line = OrderLine.objects.create(
        order=order, outside_id="1", title="Glazed mug", quantity=1, paid=Decimal("128.00"), pack=pack,
        goods_type="general",
    )  # fmt: skip
    Listing.objects.create(line=line, title="Glazed mug", promises={})
    return order.pk, line.pk


def _counting() -> Iterator[int]:
    n = 0
    while True:
        n += 1
        yield n


_number = _counting()


def _live_through_reminders(start: datetime, window: timedelta) -> None:
    from contract import clock
    from disputes.services.sweeping import sweep_until_done
    from notifications.services.relay import relay_until_done

    for length in REMINDERS:
        clock.freeze(start + length + window)
        sweep_until_done(sweeper="trial")
    relay_until_done()
