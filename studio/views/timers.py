"""Timers: is anything late, who sweeps, what is stuck or held, and the way out of it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_POST

from contract.errors import DomainError
from contract.moments import local_moment
from contract.paging import page_request
from disputes.selectors.access import case_for
from disputes.selectors.administration import held_cases, open_payouts, overdue_cases, stuck_cases
from disputes.selectors.bulk_holds import holds_past_their_time
from disputes.selectors.due_soon import DueSoon, due_soon
from disputes.selectors.feeds import stale_feeds_of
from disputes.selectors.machinery import Machinery, machinery
from disputes.services.acting import perform
from disputes.services.sweeping import retry_all_stuck, retry_stuck
from studio.access import administrator, administrators_only
from studio.due_plot import day_plot, hour_plot
from studio.liveness import ago_in_words, program_views, span_in_words, waiting_views
from studio.selectors import platform_codes_of, stops_of
from studio.views.frame import places

TOO_LATE = 60
"""Seconds after which a due case that nobody settled means that the sweep has stopped."""
QUIET = 300
"""Seconds without a sign of life after which a sweeper counts as gone."""
SWEEPERS = {"celery": gettext_lazy("The workers"), "standby": gettext_lazy("The standby")}
MODES = ("moved", "lapse", "fresh")
MOST_AT_ONCE = 100


@administrators_only
@require_GET
def timers(request: HttpRequest) -> HttpResponse:
    """Everything about the clocks on one page."""
    user, state = administrator(request), machinery()
    due, waiting = due_soon(local_moment(state.now, None)), waiting_views(state)
    lists = {
        "stuck": stuck_cases(user, page_request(_part(request, "stuck"), of="stuck")),
        "held": held_cases(user, page_request(_part(request, "held"), of="held")),
        "payouts": open_payouts(user, page_request(_part(request, "payouts"), of="payouts")),
    }
    overdue = overdue_cases(user, page_request(_part(request, "overdue"), of="overdue"))
    late = [(row, span_in_words(row.seconds)) for row in overdue.data]
    shown = {
        "places": places(request), "state": state, "tiles": _tiles(state, due),
        "plots": (hour_plot(due.hour), day_plot(due.day)), "late": late, "oldest": late[0][0] if late else None,
        "oldest_late": bool(late) and late[0][0].seconds > TOO_LATE, "programs": program_views(),
        "waiting": waiting, "broker_away": any(row.count is None for row in waiting), "sweepers": _sweepers(state),
        "now": state.now, "stops": stops_of(user), "stale": stale_feeds_of(platform_codes_of(user)),
        "overdue": overdue, "past_holds": holds_past_their_time(platform_codes_of(user)), **lists,
    }  # fmt: skip
    return render(request, "studio/timers.html", shown)


@administrators_only
@require_POST
def retry(request: HttpRequest, number: str) -> HttpResponse:
    """Let the next sweep try a stuck case at once."""
    case_for(administrator(request), number)
    if retry_stuck(number, by=administrator(request)):
        messages.success(request, _("%(number)s is tried again with the next sweep.") % {"number": number})
    else:
        messages.info(request, _("%(number)s is not stuck any more.") % {"number": number})
    return redirect("studio:timers")


@administrators_only
@require_POST
def retry_all(request: HttpRequest) -> HttpResponse:
    """Let the next sweep try every stuck case at once."""
    user = administrator(request)
    count = retry_all_stuck(platform_codes_of(user), by=user)
    told = ngettext(
        "%(count)d case is tried again with the next sweep.", "%(count)d cases are tried again with the next sweep.",
        count,
    )
    messages.success(request, told % {"count": count})
    return redirect("studio:timers")


@administrators_only
@require_POST
def resume(request: HttpRequest) -> HttpResponse:
    """Let the clocks of chosen cases run again, each case alone, with what came of each."""
    numbers, mode = request.POST.getlist("case")[:MOST_AT_ONCE], request.POST.get("mode", "")
    if not numbers or mode not in MODES:
        messages.warning(request, _("Choose at least one case, and how its clocks run again."))
        return redirect("studio:timers")
    refused = [told for number in numbers if (told := _resumed(request, number, mode))]
    done = len(numbers) - len(refused)
    if done:
        told = ngettext("%(count)d case runs again.", "%(count)d cases run again.", done)
        messages.success(request, told % {"count": done})
    for sentence in refused:
        messages.warning(request, sentence)
    return redirect("studio:timers")


def _resumed(request: HttpRequest, number: str, mode: str) -> str:
    """Nothing, or why this case stays held."""
    try:
        perform(case_for(administrator(request), number), "resume", {"mode": mode})
    except DomainError as error:
        return _("%(number)s stays held: %(reason)s") % {"number": number, "reason": error.message()}
    return ""


def _part(request: HttpRequest, name: str) -> dict[str, str]:
    """The cursor of one of the lists of the page."""
    after = request.GET.get(f"{name}_after")
    return {"after": after} if after else {}


def _sweepers(state: Machinery) -> list[dict[str, Any]]:
    return [
        {
            "row": row, "label": SWEEPERS.get(row.name, row.name), "ago": ago_in_words(row.seconds_ago),
            "quiet": row.seconds_ago > QUIET,
        }
        for row in state.sweepers
    ]  # fmt: skip


def _tiles(state: Machinery, due: DueSoon) -> list[dict[str, Any]]:
    overdue = span_in_words(state.overdue_seconds)
    return [
        {
            "label": _("Oldest case that is overdue"), "value": overdue, "url": "#overdue",
            "tone": "good" if not state.overdue_cases else "late" if state.overdue_seconds > TOO_LATE else "soon",
        },
        {"label": _("Due in the next hour"), "value": due.in_hour, "url": "#due"},
        {"label": _("Due in the next 24 hours"), "value": due.in_day, "url": "#due"},
        {"label": _("Stuck cases"), "value": state.stuck, "url": "#stuck", "tone": "late" if state.stuck else "good"},
        {"label": _("Held cases"), "value": state.held, "url": "#held", "tone": "soon" if state.held else "good"},
        {
            "label": _("Stale feeds"), "value": state.stale_feeds, "url": reverse("studio:feeds"),
            "tone": "late" if state.stale_feeds else "good",
        },
        {"label": _("Events nobody was told about yet"), "value": state.relay_backlog, "url": "#waiting"},
    ]  # fmt: skip
