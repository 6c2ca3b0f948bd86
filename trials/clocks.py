"""Wrong clocks and awkward days: the same cases have the same outcomes, due times and notices, whatever a clock says.

    python -m trials.clocks

Cases of AliExpress (Pacific time) and Taobao (China) are opened a few days before the ends of summer and winter time,
a year's end and a leap day, and lived through to their ends: once undisturbed, and once with each disturbance, each in
a process of its own on a copy of the same database.

- the application's clock three days ahead, or behind, and in other zones (`TZ`): nothing may differ
- the database server in another zone: nothing may differ
- the database's clock an hour back after everything that fell due, and right again: nothing may differ
- the database's clock an hour back whenever people act: the same outcomes, no due time off by more than the step

There is no chance in it: `--seed` is taken as by the other trials, and changes nothing.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from run.places import CHECKOUT, OWNER_ROLE, Places
from run.postgres import Superuser
from trials.calendar_story import EDGES, PACKS, PLOTS, Record, Story, due_times
from trials.checks import Report
from trials.population import hang_up
from trials.stage import Stage, database

STEP = timedelta(hours=1)
ANSWER = timedelta(days=5)
"""What a seller has under both packs: so many times 24 hours, also over a night of 23 or 25."""
LONGEST_QUIET = timedelta(hours=10)
"""From ten in the evening until eight in the morning the buyer gets no mail."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Disturbance:
    """What is wrong with the clocks of one run."""

    name: str
    ahead: timedelta = timedelta()
    """Of the application's clock."""
    zone: str = "UTC"
    """Of the application."""
    server_zone: str = "UTC"
    stepping: str = ""
    """When the database's clock steps back: `idle`, when nobody acts, or `acting`."""


PLAIN = Disturbance(name="undisturbed")
DISTURBANCES = (
    Disturbance(name="application three days ahead", ahead=timedelta(days=3)),
    Disturbance(name="application three days behind", ahead=-timedelta(days=3), zone="America/Los_Angeles"),
    Disturbance(name="application fourteen hours east", zone="Pacific/Kiritimati"),
    Disturbance(name="server in Pacific time", server_zone="America/Los_Angeles"),
    Disturbance(name="database an hour back in between", stepping="idle"),
    Disturbance(name="database an hour back when people act", stepping="acting"),
)
BY_NAME = {item.name: item for item in (PLAIN, *DISTURBANCES)}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--live", choices=list(BY_NAME), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.live:
        return live_in_this_process(BY_NAME[options.live])
    count = len(EDGES) * len(PACKS) * len(PLOTS)
    print(f"clocks: {count} cases over {', '.join(EDGES)}, {len(DISTURBANCES)} disturbances", flush=True)
    with database("clocks") as folder:
        hang_up()
        places = Places(data=folder / "data")
        return run(lambda disturbance: lived_elsewhere(places, disturbance)).end(Path(folder) / "house.log")


def run(live: Callable[[Disturbance], Record], disturbances: tuple[Disturbance, ...] = DISTURBANCES) -> Report:
    """Live the same story undisturbed and disturbed, and compare."""
    report = Report()
    plain = live(PLAIN)
    check_by_itself(report, plain)
    for disturbance in disturbances:
        record = live(disturbance)
        if disturbance.stepping == "acting":
            check_within_the_step(report, disturbance.name, plain, record)
        else:
            check_same(report, disturbance.name, plain, record)
    return report


def check_by_itself(report: Report, record: Record) -> None:
    """What holds without any comparison: nobody is early, days have 24 hours, mails wait for the morning at most."""
    lapses = [(event[2], event[3]) for case in record for event in case["events"] if event[0] == "lapsed"]
    report.check("cases and deadlines that passed", f"{len(record)}, {len(lapses)}", len(lapses) >= len(record) // 2)
    report.none("events recorded before their time", sum(_at(recorded) < _at(at) for at, recorded in lapses))
    answers = [(row[2], row[3]) for case in record for row in case["deadlines"] if row[0] == "seller_response"]
    wrong = [(started, due) for started, due in answers if _at(due) - _at(started) != ANSWER]
    report.check(
        f"sellers given five times 24 hours, of {len(answers)}", wrong[:2] or "all", bool(answers) and not wrong
    )
    untold = sum(not case["told"] for case in record)
    report.none("cases nobody was told of", untold)
    waits = [_at(at) - _at(made) for case in record for made, at in case["mails"]]
    sensible = [wait for wait in waits if timedelta() <= wait <= LONGEST_QUIET]
    held = sum(wait > timedelta() for wait in waits)
    report.check("mails at once or in the morning", f"{len(sensible)} of {len(waits)}, {held} held", sensible == waits)


def check_same(report: Report, name: str, plain: Record, record: Record) -> None:
    differences = [
        f"{one['pack']} at {one['edge']}: {key} {one[key]} and {other[key]}"[:300]
        for one, other in zip(plain, record, strict=True) for key in one if one[key] != other[key]
    ]  # fmt: skip
    report.check(f"{name}: differences", differences[:2] or 0, not differences)


def check_within_the_step(report: Report, name: str, plain: Record, record: Record) -> None:
    """The same ends by the same steps, and no time further off than the step."""
    ends = [
        [(case["stage"], case["outcome"], [event[0] for event in case["events"]]) for case in each]
        for each in (plain, record)
    ]
    report.check(f"{name}: outcomes", "the same" if ends[0] == ends[1] else "others", ends[0] == ends[1])
    pairs = list(zip(due_times(plain), due_times(record), strict=ends[0] == ends[1]))
    early = max((one - other for one, other in pairs), default=timedelta())
    late = max((other - one for one, other in pairs), default=timedelta())
    report.check(
        f"{name}: earliest and latest of {len(pairs)}", f"{early} early, {late} late", max(early, late) <= STEP
    )


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text)


# One run


def lived_elsewhere(places: Places, disturbance: Disturbance) -> Record:
    """The record of one run, in a process and on a copy of the database of its own."""
    name = "lived"
    with Superuser(places) as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        cursor.execute(f"CREATE DATABASE {name} TEMPLATE gongduan OWNER {OWNER_ROLE}")
        cursor.execute(f"ALTER DATABASE {name} SET timezone TO '{disturbance.server_zone}'")
        cursor.execute(f"ALTER DATABASE {name} SET synchronous_commit TO off")
    address = places.database_url(OWNER_ROLE, name)
    environment = {
        **os.environ, "DATABASE_URL": address, "DATABASE_OWNER_URL": address, "TZ": disturbance.zone,
        "GONGDUAN_DATA": str(places.data), "DJANGO_SETTINGS_MODULE": "trials.settings",
    }  # fmt: skip
    command = [sys.executable, "-m", "trials.clocks", "--live", disturbance.name]
    done = subprocess.run(command, cwd=CHECKOUT, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    return list(json.loads(done.stdout))


def live_in_this_process(disturbance: Disturbance) -> int:
    with shifted(disturbance.ahead):
        import django

        django.setup()
        json.dump(lived(disturbance, EDGES), sys.stdout)
    return 0


@contextmanager
def shifted(ahead: timedelta) -> Iterator[None]:
    """The clock of this process, so much ahead of the machine's."""
    import time_machine

    with time_machine.travel(time.time() + ahead.total_seconds(), tick=True):
        yield


def lived(disturbance: Disturbance, edges: dict[str, datetime]) -> Record:
    """The story, with people of its own, in the database this process is connected to."""
    from contract import clock

    clock.freeze(min(edges.values()))
    stage = replace(Stage.set(), start=min(edges.values()))
    _sleep_at_night(stage)
    story = Story(stage=stage)
    if disturbance.stepping == "idle":
        story.between = look_an_hour_earlier
    if disturbance.stepping == "acting":
        story.acting = an_hour_back
    return story.live(edges)


def _sleep_at_night(stage: Stage) -> None:
    """The buyer lives by Pacific time and wants no mail at night."""
    from accounts.models import User
    from notifications.models import Preference

    User.objects.filter(pk=stage.people.buyer).update(time_zone="America/Los_Angeles")
    Preference.objects.update_or_create(
        user_id=stage.people.buyer, defaults={"quiet_from": "22:00", "quiet_until": "08:00"}
    )


def look_an_hour_earlier(now: datetime) -> None:
    """The clock steps back, everybody looks, and it is put right."""
    from disputes.services.sweeping import sweep_until_done
    from notifications.services.relay import relay_until_done

    with _stepped_back(now):
        sweep_until_done(sweeper="trial")
        relay_until_done()


def an_hour_back(act: Callable[[], None]) -> None:
    from contract.clock import database_now

    with _stepped_back(database_now()):
        act()


@contextmanager
def _stepped_back(now: datetime) -> Iterator[None]:
    from contract import clock

    clock.freeze(now - STEP)
    yield
    clock.freeze(now)


if __name__ == "__main__":
    sys.exit(main())
