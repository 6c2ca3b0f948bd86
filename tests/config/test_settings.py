"""The settings of each place, tried in processes of their own."""

import os
import subprocess
import sys
from typing import Any

import pytest
from celery import Celery
from django.conf import settings as configured
from django.core.management import call_command

from run.places import CHECKOUT

PRODUCTION = {
    "DJANGO_SETTINGS_MODULE": "config.settings.production",
    "SECRET_KEY": "a-key-of-fifty-characters-or-more-with-27-different-ones-XYZ",
    "ALLOWED_HOSTS": "desk.example.org",
    "DATABASE_URL": "postgresql://gongduan_app@db/gongduan",
    "DATABASE_OWNER_URL": "postgresql://gongduan_owner@db/gongduan",
    "REDIS_URL": "redis://redis:6379",
    "EMAIL_HOST": "mail.example.org",
}


def django_check(environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    surroundings = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/")}
    return subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=CHECKOUT,
        env={**surroundings, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_deployment_passes_every_check_of_django() -> None:
    result = django_check(PRODUCTION)
    assert (result.returncode, result.stderr) == (0, "")


@pytest.mark.parametrize("missing", sorted(PRODUCTION.keys() - {"DJANGO_SETTINGS_MODULE", "DATABASE_OWNER_URL"}))
def test_production_asks_for_what_it_has_no_default_for(missing: str) -> None:
    result = django_check({name: value for name, value in PRODUCTION.items() if name != missing})
    assert result.returncode != 0
    assert missing in result.stderr.splitlines()[-1]


def test_the_demo_password_is_refused_in_production() -> None:
    result = django_check({**PRODUCTION, "DEMO_PASSWORD": "gongduan-demo"})
    assert "DEMO_PASSWORD is for development only" in result.stderr


@pytest.mark.django_db
def test_every_change_of_a_model_has_its_migration() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


@pytest.mark.django_db
def test_the_house_passes_its_own_checks(settings: Any) -> None:
    settings.DEBUG = True  # a movable clock is for development only
    call_command("check", fail_level="WARNING", databases=["default"])


@pytest.fixture
def celery() -> Celery:
    from config.celery import app

    return app


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("worker_enable_remote_control", False),
        ("task_ignore_result", True),
        ("task_acks_late", True),
        ("timezone", "UTC"),
        ("enable_utc", True),
        ("worker_prefetch_multiplier", 1),
        ("task_publish_retry", False),
    ],
)
def test_a_worker_survives_its_broker_and_waits_for_nothing(celery: Celery, option: str, value: Any) -> None:
    assert celery.conf[option] == value


def test_no_task_may_run_longer_than_redis_waits_for_its_acknowledgement(celery: Celery) -> None:
    assert celery.conf.task_time_limit < celery.conf.broker_transport_options["visibility_timeout"]


def test_a_silent_redis_is_given_up_in_two_seconds(celery: Celery) -> None:
    options = celery.conf.broker_transport_options
    assert (options["socket_timeout"], options["socket_connect_timeout"]) == (2, 2)


def test_a_request_is_not_a_transaction() -> None:
    assert configured.DATABASES["default"]["ATOMIC_REQUESTS"] is False


def test_people_write_in_both_languages() -> None:
    assert [code for code, _ in configured.LANGUAGES] == ["zh-hans", "en"]
    assert configured.LANGUAGE_CODE == "zh-hans"
