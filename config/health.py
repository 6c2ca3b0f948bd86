"""Whether this process can do its work: what a load balancer and the supervisor ask."""

from typing import Any

import redis
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from kombu.exceptions import OperationalError as BrokerError

from config.celery import app
from disputes.selectors.progress import Progress, progress

QUEUES = ("deadlines", "default", "evidence", "mail")


@require_safe
@never_cache
def healthz(request: HttpRequest) -> JsonResponse:
    """200 while the database answers, else 503. Redis is not asked: pages and deadlines do without it."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return JsonResponse({"database": "unreachable"}, status=503)
    return JsonResponse({"database": "ok"})


@require_safe
@never_cache
def readyz(request: HttpRequest) -> JsonResponse:
    """Whether deadlines are met: 503 when a case is overdue for a minute, or nobody sweeps while one is due."""
    try:
        now = progress()
    except DatabaseError:
        return JsonResponse({"database": "unreachable"}, status=503)
    return JsonResponse({**told(now), "queues": queue_depths()}, status=503 if now.late else 200)


def told(now: Progress) -> dict[str, Any]:
    return {
        "database": "ok",
        "deadlines": "late" if now.late else "met",
        "oldest_overdue_seconds": round(now.overdue, 3),
        "seconds_since_sweep": {sweeper.name: round(sweeper.seconds_ago, 3) for sweeper in now.sweepers},
        "relay_backlog": now.relay_backlog,
        "stuck_cases": now.stuck,
        "stale_feeds": list(now.stale_feeds),
    }


def queue_depths() -> dict[str, int] | None:
    """Messages that wait in each queue; None while the broker is away, which stops no deadline."""
    try:
        with app.connection_for_read() as broker:
            return {queue: int(broker.default_channel.client.llen(queue)) for queue in QUEUES}
    except (BrokerError, redis.RedisError, OSError):
        return None
