"""A marketplace with something behind every address, and everybody who might knock there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test import Client

from accounts.models import Membership, Shop
from accounts.services import appoint
from contract.clock import database_now
from disputes.models import Case, Exhibit, ImportRun
from disputes.selectors.access import case_for
from disputes.selectors.bulk import CaseQuery
from disputes.selectors.histories import Chosen
from disputes.services.acting import perform
from disputes.services.bulk_starting import start_run
from disputes.services.exhibiting import draft_exhibit
from disputes.services.importing import run_import
from disputes.services.staffing import assign_case
from evidence.links import ORIGINAL, sign_link
from notifications.models import Notification
from notifications.services.relay import relay_until_done
from rules.calendar_drafts import begin_calendar_draft
from rules.drafts import begin_draft
from rules.selectors import versions_of
from studio.lab.running import start_verification
from tests.config.routes.expected import WHO
from tests.disputes.conftest import does, file, order_of, published, shop, the_journal_tells_everything
from tests.disputes.frozen import a_freeze
from tests.disputes.pages.cases_on_the_bench import in_review, ruled

__all__ = ["does", "file", "order_of", "published", "shop", "the_journal_tells_everything"]

@dataclass(frozen=True, kw_only=True)
class Scene:
    """What the addresses name, and the sessions of those who ask for them."""

    people: dict[str, Any]
    sessions: dict[str, str]
    names: dict[str, Any]
    """By the word in an address or a form: `number`, `closed`, `awaiting`, `order_id`, ..."""

    def client(self, who: str, **options: Any) -> Client:
        """A fresh browser in which somebody is logged in already."""
        made = Client(headers={"Accept-Language": "en"}, **options)
        if who != "anonymous":
            made.cookies["sessionid"] = self.sessions[who]
        return made


@pytest.fixture
def cast(person: Callable[..., Any], ming: Any, lan: Any, shop: Any) -> dict[str, Any]:
    """Everybody but the anonymous one, who is nobody."""
    people = {"buyer": ming, "seller": lan, **{who: person(who.replace("_", "-")) for who in _OTHERS}}
    neighbour = Shop.objects.create(platform="taobao", name="Mei", outside_id="mei")
    Membership.objects.create(user=people["other_seller"], shop=neighbour)
    for who, (kinds, platform) in _APPOINTMENTS.items():
        for kind in kinds:
            appoint(people[who], kind, platform)
    people["operator"].is_superuser = True
    people["operator"].save()
    return people


_APPOINTMENTS = {
    "arbitrator": (("arbitrator",), "taobao"), "arbitrator_elsewhere": (("arbitrator",), "xianyu"),
    "recused": (("arbitrator",), "taobao"), "lead": (("arbitrator", "lead"), "taobao"),
    "administrator": (("administrator",), "taobao"), "administrator_elsewhere": (("administrator",), "xianyu"),
    "second_person": (("administrator",), ""),
}  # fmt: skip
_OTHERS = [who for who in WHO if who not in ("anonymous", "buyer", "seller")]


@pytest.fixture
def scene(cast: dict[str, Any], order_of: Any, settings: Any) -> Scene:
    """Three of Ming's cases at Lan's: one to be decided, one decided, one that waits for a second person."""
    ming, lan, arbitrator = cast["buyer"], cast["seller"], cast["arbitrator"]
    number, closed, awaiting = (in_review(order_of(), ming, lan) for _ in range(3))
    for taken in (number, closed, awaiting):
        assign_case(case_for(cast["recused"], taken), arbitrator_id=cast["recused"].pk)
        perform(case_for(cast["recused"], taken), "recuse")
    ruled(closed, arbitrator)
    ruled(awaiting, arbitrator, lines=[COMPENSATION])
    names = {
        "number": number, "closed": closed, "awaiting": awaiting, "order_id": order_of().pk,
        "sold": Case.objects.get(number=closed).order_id, "abroad": _abroad(order_of).pk,
        **_evidence(ming, number), **_records(cast), "draft_id": _draft_of_rules(cast),
        "country": "cn", "year": 2027, "month": 2,
        "calendar_draft_id": begin_calendar_draft("cn", author_id=cast["second_person"].pk).id,
        "lab_id": start_verification(Chosen(platforms=("taobao",)), by_id=cast["administrator"].pk),
        "bulk_id": _held(cast["administrator"], number), "freeze_id": a_freeze(cast["administrator"]).pk,
        "edition": 1, "pack": "taobao.general", "platform": "taobao", "kind": "orders",
        "name": "seller_response", "section": "deadlines", "entry": "seller_response",
        "base": versions_of("taobao.general")[0].number,
    }  # fmt: skip
    return Scene(people=cast, sessions={who: _session(person) for who, person in cast.items()}, names=names)


def _held(administrator: Any, number: str) -> int:
    query, why = CaseQuery(platforms=(), numbers=(number,)), {"held_for": "technical"}
    return start_run("hold", query, why, reason="An outage.", expected=1, actor=administrator)


COMPENSATION = {"kind": "compensation", "amount": "20.00", "payer": "seller", "clause": "T-2.3"}


def _evidence(ming: Any, number: str) -> dict[str, Any]:
    access = case_for(ming, number)
    drafted = draft_exhibit(access, uploads=[SimpleUploadedFile("a.txt", b"Words.")], description="A torn box.")
    handed_in = list(Exhibit.objects.filter(case__number=number, status="submitted").order_by("party"))
    findings = {f"finding_{place}": f"finding_{row.pk}" for place, row in enumerate(handed_in)}
    token = sign_link(drafted.receipt.files[0].id, ming.pk, ORIGINAL)
    return {"draft": drafted.exhibit_id, "exhibit": handed_in[0].pk, "token": token, "findings": findings}


def _records(cast: dict[str, Any]) -> dict[str, Any]:
    relay_until_done()
    run_import(cast["second_person"].pk, payload=NO_ORDERS, format="native")
    told = Notification.objects.filter(recipient=cast["buyer"]).latest("pk")
    return {
        "notification_id": told.pk, "run_id": ImportRun.objects.get().pk, "user_id": cast["buyer"].pk,
        "shop": cast["seller"].memberships.get().shop_id,
    }  # fmt: skip


def _draft_of_rules(cast: dict[str, Any]) -> int:
    newest = versions_of("taobao.general")[0]
    return begin_draft(newest, title="Six days", author_id=cast["administrator"].pk).id


NO_ORDERS = {"version": 1, "orders": []}


def _abroad(order_of: Any) -> Any:
    """An order of Ming's on another platform, for whose receipt more time may be asked for."""
    ends = database_now() + timedelta(days=6)
    return order_of(pack="aliexpress", platform="aliexpress", signed_at=None, receipt_ends_at=ends)


def _session(person: Any) -> str:
    client = Client()
    client.force_login(person)
    return client.cookies["sessionid"].value


def written() -> dict[str, int]:
    """How many rows of each table this transaction has tried to write; sessions are no facts."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_xact_user_tables"
            " WHERE n_tup_ins + n_tup_upd + n_tup_del > 0 AND relname <> 'django_session'"
        )
        return dict(cursor.fetchall())


def tried(send: Callable[[], Any]) -> tuple[Any, set[str]]:
    """What a request answers, and the tables it wrote to, even if it thought better of it; then all is undone."""
    with transaction.atomic():
        before = written()
        answer = send()
        if answer.streaming:
            list(answer.streaming_content)  # its end closes the file
        after = written()
        transaction.set_rollback(True)
    return answer, {table for table in after if after[table] != before.get(table)}
