"""A database of a trial's own with its people: who buys, sells and arbitrates, through services and the interface."""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from trials.population import People, hang_up, make_order, make_people, prepare, servers, set_up_django

PRICE = "128.00"
FILED = {"reason": "DAMAGED", "remedy": "refund_only", "amount": PRICE, "goods_received": True}
TAKEN = frozenset({200, 201})
"""What the interface says when something was done."""


@contextmanager
def database(name: str) -> Iterator[Path]:
    """A migrated database with what ships, for as long as the context lasts, with this process as its owner; the
    folder of the trial."""
    from run.places import Places

    with tempfile.TemporaryDirectory(prefix=f"gongduan-{name}-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o711)
        places = Places(data=Path(folder) / "data")
        with servers(places):
            set_up_django(places)
            _say_less()
            prepare()
            yield Path(folder)
            hang_up()


def _say_less() -> None:
    """Refusals are what a trial is after, and it has no cache: neither is news."""
    for name in ("django.request", "config.cache"):
        logging.getLogger(name).setLevel(logging.ERROR)


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What somebody was told: a status of HTTP, also where a service answered, and the refusal's code."""

    status: int
    """0 for what nobody should ever see: an exception that is no refusal."""
    code: str = ""

    @property
    def taken(self) -> bool:
        return self.status in TAKEN


Way = Callable[[], Heard]


def heard(way: Callable[[], object]) -> Heard:
    """What calling a service says."""
    from contract.errors import DomainError

    try:
        way()
    except DomainError as error:
        return Heard(status=int(error.status), code=error.code)
    except Exception as error:  # whatever it is, it belongs into the report
        return Heard(status=0, code=repr(error))
    return Heard(status=200)


@dataclass(kw_only=True)
class Stage:
    """The people of a trial. `start` is when it began."""

    people: People
    arbitrators: tuple[int, int]
    administrator: int
    start: datetime
    tokens: Mapping[int, str] = field(default_factory=dict)

    @classmethod
    def set(cls) -> Stage:
        """Make the people in a database that has none of them."""
        from accounts.models import User
        from accounts.services import issue_token
        from contract.clock import database_now

        people = make_people()
        zhou, wu = (_staff(name, "arbitrator", "lead") for name in ("zhou", "wu"))
        root = _staff("root", "administrator")
        everybody = User.objects.in_bulk([people.buyer, people.seller, zhou, wu])
        tokens = {user.pk: issue_token(user) for user in everybody.values()}
        return cls(people=people, arbitrators=(zhou, wu), administrator=root, start=database_now(), tokens=tokens)

    def file(self, at: datetime | None = None, *, pack: str = "taobao.general", **data: Any) -> str:
        """The buyer files on an order of their own; the case's number."""
        from disputes.services.filing import file_dispute
        from disputes.services.writer import Done

        order, line = make_order(self.people, at or self.start, pack=pack)
        lines = [{"line": line, "quantity": 1}]
        done = file_dispute(self.people.buyer, order_id=order, lines=lines, **{**FILED, **data})
        assert isinstance(done, Done)
        return done.number

    def does(self, who: int, number: str, action: str, *, seen: int | None = None, **data: Any) -> Heard:
        """Somebody does something, through the services."""
        from accounts.models import User
        from disputes.selectors.access import case_for
        from disputes.services.acting import perform

        def act() -> None:
            perform(case_for(User.objects.get(pk=who), number), action, data, expected_version=seen)

        return heard(act)

    def sends(self, who: int, address: str, data: Mapping[str, Any], *, seen: int | None = None) -> Heard:
        """Somebody sends something through the interface."""
        from rest_framework.test import APIClient

        client = APIClient(raise_request_exception=False)
        client.credentials(HTTP_AUTHORIZATION=f"Bearer {self.tokens[who]}")
        headers = {} if seen is None else {"if-match": f'"{seen}"'}
        answer = client.post(f"/api/v1/{address}", data, format="json", headers=headers, HTTP_HOST="localhost")
        body = answer.json() if "json" in answer.headers.get("Content-Type", "") else {}
        return Heard(status=answer.status_code, code=str(body.get("code", "")))

    def must(self, who: int, number: str, action: str, **data: Any) -> None:
        """The same as `does`, for what sets the stage. Raises AssertionError when it is refused."""
        answer = self.does(who, number, action, **data)
        assert answer.taken, (action, answer)

    def in_evidence(self) -> str:
        """A case whose parties hand in evidence."""
        number = self.file()
        self.must(self.people.seller, number, "refuse", refusal="NOT_AGREED", statement="It left whole.")
        self.must(self.people.buyer, number, "request_intervention", statement="Please decide.")
        return number

    def in_review(self) -> str:
        """A case that waits for a ruling."""
        number = self.in_evidence()
        for party in (self.people.buyer, self.people.seller):
            self.must(party, number, "complete_evidence")
        return number


def _staff(name: str, *roles: str) -> int:
    from accounts.models import StaffRole, User

    user = User.objects.create_user(name, "only-for-trials", email=f"{name}@example.org")
    StaffRole.objects.bulk_create([StaffRole(user=user, kind=role) for role in roles])
    return int(user.pk)
