"""From circles of people to people: who belongs to an audience of a case, and how each wants to be told."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from accounts.models import Membership
from accounts.selectors import Person, people, staff_of
from notifications.audiences import Audience
from notifications.models import Preference
from notifications.quiet import time_to_send
from notifications.services.journal import CaseOf, Entry

ARBITRATOR, LEAD, ADMINISTRATOR = "arbitrator", "lead", "administrator"


@dataclass(slots=True)
class Directory:
    """People looked up during one batch, each circle once."""

    _members: dict[int, list[int]]
    _staff: dict[tuple[str, str], tuple[int, ...]] = field(default_factory=dict)

    @classmethod
    def around(cls, cases: Iterable[CaseOf]) -> Directory:
        """The directory of a batch: all its shops' members in one question."""
        members: dict[int, list[int]] = defaultdict(list)
        held = Membership.objects.filter(shop_id__in={case.shop_id for case in cases}, user__is_suspended=False)
        for shop_id, user_id in held.order_by("user_id").values_list("shop_id", "user_id"):
            members[shop_id].append(user_id)
        return cls(members)

    def of(self, audience: Audience, entry: Entry) -> tuple[int, ...]:
        """The people of an audience, without whoever did it himself; staff who are a party are no staff here."""
        case = entry.case
        if audience is Audience.BUYER:
            found: tuple[int, ...] = (case.buyer_id,)
        elif audience is Audience.SELLER:
            found = tuple(self._members[case.shop_id])
        else:
            parties = {case.buyer_id, *self._members[case.shop_id]}
            found = tuple(user for user in self._staff_circle(audience, entry) if user not in parties)
        own = None if entry.told.by_itself else entry.told.actor
        return tuple(user for user in found if user != own)

    def _staff_circle(self, audience: Audience, entry: Entry) -> tuple[int, ...]:
        platform, told = entry.case.platform, entry.told
        if audience is Audience.ARBITRATOR:
            holder = told.facts.get("arbitrator")
            return (holder,) if holder in self._staff_of(ARBITRATOR, platform) else ()
        if audience is Audience.SECOND_PERSONS:
            first = {told.facts.get("first_arbitrator"), told.actor}
            return self._first_found(platform, (LEAD, ARBITRATOR, ADMINISTRATOR), without=first)
        if audience is Audience.LEADS:
            return self._first_found(platform, (LEAD, ADMINISTRATOR), without=set())
        return self._staff_of(ADMINISTRATOR, platform)

    def _first_found(self, platform: str, kinds: Sequence[str], *, without: set[int | None]) -> tuple[int, ...]:
        """The first kind of staff that has anybody left."""
        for kind in kinds:
            found = tuple(user for user in self._staff_of(kind, platform) if user not in without)
            if found:
                return found
        return ()

    def administrators(self, platform: str) -> tuple[int, ...]:
        return self._staff_of(ADMINISTRATOR, platform)

    def _staff_of(self, kind: str, platform: str) -> tuple[int, ...]:
        key = (kind, platform)
        if key not in self._staff:
            self._staff[key] = tuple(person.id for person in staff_of(kind, platform))
        return self._staff[key]


def role_of(audience: Audience) -> str:
    """As what somebody of an audience is told."""
    return str(audience) if audience in (Audience.BUYER, Audience.SELLER) else "platform"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """How somebody can be written to."""

    person: Person
    preference: Preference

    def mail_at(self, now: datetime, *, due_at: datetime | None) -> datetime | None:
        """When a mail may leave; None for who has no address, wants no mail, or is suspended."""
        if not self.person.email or self.person.is_suspended or not self.preference.email:
            return None
        preference = self.preference
        return time_to_send(
            now, zone=self.person.time_zone, quiet_from=preference.quiet_from, quiet_until=preference.quiet_until,
            due_at=due_at,
        )  # fmt: skip


def reach_of(users: Iterable[int]) -> dict[int, Reach]:
    """How these people can be written to, by number; unknown numbers are left out."""
    wanted = set(users)
    chosen = {preference.user_id: preference for preference in Preference.objects.filter(pk__in=wanted)}
    return {
        number: Reach(person=person, preference=chosen.get(number) or Preference(user_id=number))
        for number, person in people(wanted).items()
    }


