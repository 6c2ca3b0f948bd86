"""The vault's only page: a file, for the person a link was signed for."""

from __future__ import annotations

from typing import cast

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from accounts.models import User
from contract.errors import DomainError, NotFound
from evidence.links import check_link
from evidence.serving import response_for


@require_safe
@login_required
def serve(request: HttpRequest, token: str) -> HttpResponseBase:
    """404 for anybody else's link; a sentence in plain words when it is one's own but cannot be honoured."""
    viewer = cast(User, request.user)
    try:
        claim = check_link(token, viewer.pk)
        return response_for(claim.file_id, variant=claim.variant, viewer=viewer)
    except NotFound:
        raise
    except DomainError as refusal:
        return HttpResponse(refusal.message(), status=refusal.status, content_type="text/plain; charset=utf-8")
