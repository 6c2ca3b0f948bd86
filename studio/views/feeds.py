"""Feeds of the marketplaces: which count, how long each is silent, and switching them on and off."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from disputes.selectors.feeds import FeedView, feeds_of, stale_feeds_of
from disputes.services.stalling import STALE_AFTER, Followed, switch
from studio.access import administrator, administrators_only
from studio.selectors import platform_codes_of
from studio.views.frame import places

MOST_BATCHES = 20
"""Batches done while somebody waits for the page; the workers do the rest."""
HOURS = int(STALE_AFTER.total_seconds()) // 3600


@administrators_only
@require_GET
def feeds(request: HttpRequest) -> HttpResponse:
    """Every feed of the platforms somebody administers."""
    mine = platform_codes_of(administrator(request))
    shown = {"places": places(request), "feeds": feeds_of(mine), "stale": stale_feeds_of(mine), "hours": HOURS}
    return render(request, "studio/feeds.html", shown)


@administrators_only
@require_http_methods(["GET", "POST"])
def on(request: HttpRequest, platform: str, kind: str) -> HttpResponse:
    """Ask what it will mean, then let the feed count."""
    return _ask_or_switch(request, _feed_for(request, platform, kind), on=True)


@administrators_only
@require_http_methods(["GET", "POST"])
def off(request: HttpRequest, platform: str, kind: str) -> HttpResponse:
    """Ask with the number of cases that wait, then let the feed count no longer."""
    return _ask_or_switch(request, _feed_for(request, platform, kind), on=False)


def _feed_for(request: HttpRequest, platform: str, kind: str) -> FeedView:
    """A feed of a platform somebody administers. Raises Http404."""
    mine = feeds_of(platform_codes_of(administrator(request)))
    found = next((feed for feed in mine if (feed.platform.code, feed.kind.code) == (platform, kind)), None)
    if found is None:
        raise Http404
    return found


def _ask_or_switch(request: HttpRequest, feed: FeedView, *, on: bool) -> HttpResponse:
    if request.method == "GET":
        shown = {"places": places(request), "feed": feed, "on": on, "hours": HOURS}
        return render(request, "studio/feed.html", shown)
    report = switch(feed.platform.code, feed.kind.code, on=on, actor=administrator(request), batches=MOST_BATCHES)
    messages.success(request, _told(feed, report))
    return redirect("studio:feeds")


def _told(feed: FeedView, report: Followed) -> str:
    name = {"platform": feed.platform, "feed": feed.kind}
    if report.is_on:
        return _("%(platform)s: %(feed)s count from now on.") % name
    told = _("%(platform)s: %(feed)s no longer count.") % name
    if not report.changed:
        return told
    goes_on = ngettext("%(count)d case goes on.", "%(count)d cases go on.", report.changed) % {"count": report.changed}
    rest = [] if report.finished else [_("The rest follows within minutes by itself.")]
    return " ".join([told, goes_on, *rest])
