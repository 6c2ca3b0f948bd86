"""The inbox, and how somebody wants to be told."""

from __future__ import annotations

from http import HTTPStatus
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from contract.clock import database_now
from contract.errors import Malformed
from contract.paging import page_request
from notifications.forms import ChannelsForm
from notifications.selectors import INBOX, channels_of, inbox, unread_count
from notifications.services.inbox import choose_channels, mark_all_read, mark_read

PAGE = 30


@login_required
@require_GET
def inbox_page(request: HttpRequest) -> HttpResponse:
    """What is unread first; each leads to its case."""
    asked = page_request(request.GET, of=INBOX, default=PAGE)
    page = inbox(_reader(request), asked.after, asked.limit)
    here = reverse("notifications:inbox")
    context = {
        "page": page, "unread": unread_count(_reader(request)),
        "newest": max((item.id for item in page.data), default=0),
        "next_url": f"{here}?{urlencode({'after': page.next})}" if page.next else "",
        "first_url": here if asked.after else "", "now": database_now(),
        "empty": {"title": _("Nothing to read"), "text": _("What happens in your cases is told here."), "icon": "bell"},
    }  # fmt: skip
    return render(request, "notifications/inbox.html", context)


@login_required
@require_GET
def open_notification(request: HttpRequest, notification_id: int) -> HttpResponse:
    """To the case a notification tells of; having been opened, it is read. Raises NotFound for anybody else's."""
    return redirect("disputes:case", number=mark_read(_reader(request), notification_id))


@login_required
@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    """All that was there when the page was shown is read; what came since stays unread."""
    newest = request.POST.get("newest", "")
    if not (newest.isascii() and newest.isdigit() and len(newest) < 19):
        raise Malformed
    count = mark_all_read(_reader(request), up_to=int(newest))
    words = ngettext(
        "%(count)s notification is marked as read.", "%(count)s notifications are marked as read.", count
    )
    messages.success(request, words % {"count": count})
    return redirect("notifications:inbox")


@login_required
@require_http_methods(["GET", "POST"])
def own_channels(request: HttpRequest) -> HttpResponse:
    """Mail and quiet hours."""
    chosen = channels_of(_reader(request))
    initial = {"email": chosen.email, "quiet_from": chosen.quiet_from, "quiet_until": chosen.quiet_until}
    form = ChannelsForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        begin, end = form.quiet_hours
        choose_channels(_reader(request), email=form.cleaned_data["email"], quiet_from=begin, quiet_until=end)
        messages.success(request, _("Your settings are saved."))
        return redirect("notifications:settings")
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    return render(request, "notifications/settings.html", {"form": form}, status=status)


def _reader(request: HttpRequest) -> int:
    assert request.user.pk is not None, "only people who are logged in come here"
    return int(request.user.pk)
