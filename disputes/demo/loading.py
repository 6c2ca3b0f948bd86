"""Loads the demo: once, all of it or nothing."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from django.conf import settings
from django.db import transaction

from contract.clock import time_travel_is_on
from disputes.demo.orders import FIRST
from disputes.demo.people import gather_people
from disputes.demo.stories import all_stories
from disputes.demo.world import World, clock_as_it_was
from disputes.models import Case, Order
from disputes.services.importing import run_import
from rules.calendar_publishing import publish_shipped_calendars
from rules.services import publish_shipped_packs

SAMPLES: Final = Path(__file__).parent / "samples"


class NotHere(RuntimeError):
    """This installation is no place for a demo."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What there is now."""

    people: int
    orders: int
    cases: int
    new: bool


def load() -> Loaded:
    """Make the people and, unless they are there, the orders and cases. Raises NotHere outside development."""
    password = getattr(settings, "DEMO_PASSWORD", "")
    if not password or not time_travel_is_on():
        raise NotHere("the demo is for development settings only: they alone name a password and let the clock travel")
    with transaction.atomic():
        people = gather_people(password)
        new = not Order.objects.filter(outside_id=FIRST).exists()
        if new:
            publish_shipped_calendars()
            publish_shipped_packs()
            with clock_as_it_was() as now:
                World(people, now).live(all_stories())
            _import_samples(people.users["root"].pk)
    return Loaded(len(people.users), Order.objects.count(), Case.objects.count(), new)


def _import_samples(user_id: int) -> None:
    """Refunds that ran elsewhere and are long past: they arrive held."""
    for path in sorted(SAMPLES.glob("*.json")):
        run_import(user_id, format="taobao", payload=json.loads(path.read_text(encoding="utf-8")))
