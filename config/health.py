"""Whether this process can do its work: what a load balancer and the supervisor ask."""

from typing import Any

from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from contract.clock import database_now
from contract.signs import Standing, programs
from disputes.selectors.progress import Progress, progress
from notifications.selectors import MailBacklog, mail_backlog
from rules.calendar_warnings import CalendarWarning, all_warnings
from studio.queues import queue_depths


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
        now, signed, mails, warnings = progress(), programs(), mail_backlog(), all_warnings(database_now())
    except DatabaseError:
        return JsonResponse({"database": "unreachable"}, status=503)
    answer = {**told(now), **told_of_programs(signed), **told_of_mails(mails), **told_of_calendars(warnings)}
    answer["queues"] = queue_depths()
    return JsonResponse(answer, status=503 if now.late else 200)


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


def told_of_programs(signed: tuple[Standing, ...]) -> dict[str, Any]:
    """Of each program the one that signed last; machines have no names here, for anybody may ask."""
    names = sorted({each.program for each in signed})
    return {
        "seconds_since_sign": {
            name: round(min(each.seconds_ago for each in signed if each.program == name), 3) for name in names
        },
    }


def told_of_calendars(warnings: tuple[CalendarWarning, ...]) -> dict[str, Any]:
    """Years that deadlines reach, or will within so many days, though nobody has announced or entered them."""
    return {
        "calendar_warnings": [
            {"country": each.country, "kind": each.kind, "year": each.year, "days_left": each.days_left}
            for each in warnings
        ],
    }


def told_of_mails(mails: MailBacklog) -> dict[str, Any]:
    return {"mail_backlog": mails.due, "oldest_mail_seconds": round(mails.oldest_seconds, 3)}
