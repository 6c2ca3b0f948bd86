"""The interface's description: complete, valid, and without a warning."""

from __future__ import annotations

from typing import Any

import pytest
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.validation import validate_schema

from tests.disputes.api.test_authorisation import EXPECTED, routes


@pytest.fixture(scope="module")
def description() -> dict[str, Any]:
    with GENERATOR_STATS.silence():
        return SchemaGenerator().get_schema(request=None, public=True)


def test_the_description_is_valid_and_nothing_in_it_was_guessed(description: dict[str, Any]) -> None:
    validate_schema(description)
    assert not GENERATOR_STATS
    assert {
        scheme["scheme"] for scheme in description["components"]["securitySchemes"].values() if "scheme" in scheme
    } == {"bearer"}


def test_every_address_and_method_is_described(description: dict[str, Any]) -> None:
    described = {(path, method) for path, methods in description["paths"].items() for method in methods}
    assert len([1 for path, _method in described if "auth/token" not in path]) == len(EXPECTED)
    assert len(routes()) == len({path for path, _method in described if "auth/token" not in path})
