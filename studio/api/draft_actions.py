"""What can be done with a draft by the interface, each with the body it takes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from accounts.models import User
from contract.bodies import StrictSerializer
from rules.drafts import DraftView, discard_draft
from studio.api.draft_objects import RevisionSerializer

Doing = Callable[[str, int, Mapping[str, Any], User], DraftView]


def _discard(pack: str, draft: int, given: Mapping[str, Any], actor: User) -> DraftView:
    return discard_draft(pack, draft, revision=given["revision"], actor_id=actor.pk)


ACTIONS: Mapping[str, tuple[type[StrictSerializer], Doing]] = {"discard": (RevisionSerializer, _discard)}

ActionBodySerializer = RevisionSerializer
