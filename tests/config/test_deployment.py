"""The compose file, the image and what is around them, checked without an engine."""

import re
import subprocess
import sys
from typing import Any

import pytest
import yaml

from run.house import background, web
from run.places import CHECKOUT
from tests.architecture.sources import BESIDE, LAYERS

COMPOSE = CHECKOUT / "docker-compose.yml"
DOCKERFILE = CHECKOUT / "Dockerfile"


@pytest.fixture
def services() -> dict[str, Any]:
    return dict(yaml.safe_load(COMPOSE.read_text())["services"])


def test_the_compose_file_follows_its_specification() -> None:
    result = subprocess.run(
        [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", str(COMPOSE)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stdout


def test_everything_that_make_run_starts_is_deployed(services: dict[str, Any]) -> None:
    expected = {
        "caddy",
        "web",
        "worker-deadlines",
        "worker-default",
        "beat",
        "ringer",
        "prepared",
        "postgres",
        "valkey",
    }
    assert services.keys() == expected


def test_only_the_preparation_knows_the_owner_of_the_tables(services: dict[str, Any]) -> None:
    knowing = {name for name, service in services.items() if "DATABASE_OWNER_URL" in service.get("environment", {})}
    assert knowing == {"prepared"}


def test_only_the_front_door_is_open(services: dict[str, Any]) -> None:
    assert {name for name, service in services.items() if "ports" in service} == {"caddy"}


def test_the_ringer_needs_no_broker(services: dict[str, Any]) -> None:
    assert "valkey" not in services["ringer"]["depends_on"]


@pytest.mark.parametrize(("service", "program"), [("worker-deadlines", "deadlines"), ("worker-default", "default")])
def test_a_deployed_worker_has_the_options_of_a_local_one(services: dict[str, Any], service: str, program: str) -> None:
    local = next(each for each in background() if each.name == program)
    quiet = {"--quiet", "--loglevel", "warning"}
    wanted = {word for word in local.command[local.command.index("--app") :] if word not in quiet}
    assert wanted <= set(services[service]["command"].split())


@pytest.mark.parametrize("program", [each.name for each in background()])
def test_what_is_watched_locally_is_watched_when_deployed(services: dict[str, Any], program: str) -> None:
    watched = [service for service in services.values() if f"run.alone {program} " in service.get("command", "")]
    assert len(watched) == 1
    assert watched[0]["restart"] == "unless-stopped", "it is ended, and Compose starts it again"


def test_every_secret_is_asked_for(services: dict[str, Any]) -> None:
    example = (CHECKOUT / "deploy" / "environment.example").read_text()
    asked = set(re.findall(r"\$\{(\w+)", COMPOSE.read_text()))
    assert asked == set(re.findall(r"^(\w+)=", example, re.MULTILINE))
    assert "PASSWORD:-" not in COMPOSE.read_text().replace("EMAIL_HOST_PASSWORD:-", "")


def test_the_image_holds_every_package() -> None:
    copied = set(re.findall(r"^COPY (\w+) \1$", DOCKERFILE.read_text(), re.MULTILINE))
    assert copied == {*LAYERS, *BESIDE, "templates", "static", "locale"}
    allowed = set(re.findall(r"^!(\w+)$", (CHECKOUT / ".dockerignore").read_text(), re.MULTILINE))
    assert copied <= allowed


def test_the_image_serves_what_make_run_serves() -> None:
    served = web().command[-1]
    assert f'"{served}"]' in DOCKERFILE.read_text()


def test_the_first_script_of_the_database_is_sound_bash() -> None:
    script = CHECKOUT / "deploy" / "postgres" / "roles.sh"
    assert subprocess.run(["bash", "-n", str(script)], check=False).returncode == 0
    assert subprocess.run(["bash", "-n", str(CHECKOUT / ".ci" / "run")], check=False).returncode == 0
