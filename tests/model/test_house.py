"""Model and house agree: cases filed, answered, ruled and lapsed through the interface on the real database.

`GONGDUAN_HTTP_STEPS` says how many steps; `make walks-http` takes 20,000.
"""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Callable
from random import Random
from typing import Any

import pytest
from django.db import transaction

from accounts.services import issue_token
from contract.clock import database_now
from model_walks.comparing import Ground
from model_walks.known import known
from model_walks.steps import Drawer, Start
from model_walks.walking import goes_on
from rules.calendar_loader import load_calendar
from rules.loader import load_policy
from tests.model.house import HousePair, drawn

pytestmark = pytest.mark.django_db

STEPS = int(os.environ.get("GONGDUAN_HTTP_STEPS", "40"))
SEED = int(os.environ.get("GONGDUAN_WALK_SEED", "1"))
PACKS = {
    "taobao.general": ["QUALITY", "DAMAGED", "NOT_RECEIVED"], "taobao.virtual": ["QUALITY", "NOT_RECEIVED"],
    "tmall": ["QUALITY"], "xianyu.general": ["NOT_AS_DESCRIBED", "QUALITY"], "xianyu.virtual": ["GC_VALUE"],
    "aliexpress": ["QUALITY", "NOT_AS_DESCRIBED"],
}  # fmt: skip

GOODS = {"taobao.virtual": "virtual", "xianyu.virtual": "gift_card"}


class RolledBack(Exception):
    """The case of one walk is taken away again."""


@pytest.fixture
def clients(ming: Any, lan: Any, zhou: Any, wu: Any, he: Any) -> dict[int, Any]:
    """Everybody with a token, by the number a walk knows them under."""
    from rest_framework.test import APIClient

    made = {}
    for number, person in enumerate((ming, lan, zhou, wu, he), start=1):
        made[number] = APIClient()
        made[number].credentials(HTTP_AUTHORIZATION=f"Bearer {issue_token(person)}", HTTP_ACCEPT_LANGUAGE="en")
    return made


def walk(number: int, clients: dict[int, Any], order_of: Callable[..., Any], travel: Any) -> tuple[int, list[str], str]:
    """One case: how many steps, what differed, and where it ended."""
    random = Random(f"{SEED}/{number}")
    pack = list(PACKS)[number % len(PACKS)]
    ground = Ground(pack, load_policy(pack), load_calendar("cn"))
    reason = random.choice(PACKS[pack])
    remedies = sorted(ground.policy.reasons[reason].remedies)
    order = order_of(pack=pack, platform=ground.policy.platform, goods_type=GOODS.get(pack, "general"))
    form = {"reason": reason, "remedy": random.choice(remedies), "amount": random.choice(["128.00", "50.00"])}
    lines = [{"line": line.pk, "quantity": line.quantity} for line in order.lines.all()]
    body = {"order": order.pk, "lines": lines, "description": "It is broken.", **form}
    if ground.policy.reasons[reason].received is False:
        body["goods_received"] = False
    answer = clients[1].post("/api/v1/cases/", body, format="json")
    assert answer.status_code == 201, answer.content
    pair = HousePair(Start(pack, database_now(), form), ground, answer.json()["number"], clients, travel)
    drawer, told, count = Drawer(random, ground.choices), list[str](), 0
    while goes_on(pair, count):
        count += 1
        step = drawn(drawer, pair, random)
        told.append(str(step))
        found = [item for item in pair.take(step) if not known(item)]
        if found:
            return count, [f"case {number}, {pack}, {form}", *told, *[f"-> {item}" for item in found]], pair.case.stage
    return count, [], pair.case.stage


def test_the_house_and_the_model_agree_through_the_interface(
    clients: dict[int, Any],
    order_of: Callable[..., Any],
    travel: Any,
) -> None:
    steps, failures, ends, number = 0, list[str](), Counter[str](), 0
    while steps < STEPS and len(failures) < 5:
        number += 1
        try:
            with transaction.atomic():
                count, told, stage = walk(number, clients, order_of, travel)
                raise RolledBack
        except RolledBack:
            steps, ends = steps + count, ends + Counter([stage])
            failures += ["\n".join(told)] if told else []
    said = f"seed {SEED}: {steps:,} steps through interface and database, {number:,} cases, ended in {dict(ends)}"
    sys.stdout.write(f"\n{said}\n{number - len(failures):,} passed, {len(failures):,} failed\n")
    assert not failures, "\n\n".join(failures)
