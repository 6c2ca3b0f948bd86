"""What the frame of every page knows about its reader."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from accounts.models import User


def reader(request: HttpRequest) -> dict[str, Any]:
    """``roles``: what the reader may act as; ``settings_url``: where they change themselves. Nothing for strangers."""
    if not isinstance(getattr(request, "user", None), User):
        return {}
    acting_as = getattr(request, "acting_as", None)
    roles = [{"code": role, "current": role == acting_as} for role in getattr(request, "available_roles", ())]
    return {"roles": roles, "settings_url": reverse("accounts:settings")}
