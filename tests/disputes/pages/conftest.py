"""People in front of pages: a browser for each, a case to look at."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from disputes.selectors.access import case_for
from disputes.services.acting import perform


class Reader(Client):
    """A browser of somebody who reads English, so that sentences can be compared."""

    def page(self, path: str, status: int = 200) -> str:
        """The text of a page, without its marks."""
        return words(self.answer(path, status))

    def answer(self, path: str, status: int = 200) -> HttpResponse:
        response: Any = self.get(path)
        assert response.status_code == status, (path, response.status_code, response.headers.get("Location"))
        return response

    def send(self, path: str, data: dict[str, Any] | None = None, status: int = 302) -> HttpResponse:
        """Fill in the form of a page with what it carries along, and send it."""
        response: Any = self.post(path, {**hidden(self.get(path)), **(data or {})})
        assert response.status_code == status, (path, response.status_code, words(response)[:2000])
        return response


def words(response: Any) -> str:
    """What a page says, in one line."""
    text = re.sub(r"<script.*?</script>", " ", response.content.decode(), flags=re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text)).replace("&#x27;", "'").replace("&quot;", '"')


def hidden(response: Any) -> dict[str, str]:
    """The hidden fields of the page's main form."""
    main = response.content.decode().partition("<main")[2]
    fields = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', main)
    return {name: value for name, value in fields if name in ("version", "once", "later", "offer", "sure")}


@pytest.fixture
def reads(db: None) -> Callable[..., Reader]:
    """`reads(ming)`: a browser somebody is logged in with."""

    def log_in(somebody: Any) -> Reader:
        somebody.language = "en"
        somebody.save(update_fields=["language"])
        client = Reader()
        client.force_login(somebody)
        return client

    return log_in


@pytest.fixture
def buyer(reads: Callable[..., Reader], ming: Any) -> Reader:
    """Ming, at the pages."""
    return reads(ming)


@pytest.fixture
def seller(reads: Callable[..., Reader], lan: Any, shop: Any) -> Reader:
    """Lan, at the pages."""
    return reads(lan)


@pytest.fixture
def acts() -> Callable[..., None]:
    """Somebody acts through the service that pages use: `acts(lan, number, "refuse", refusal=..., statement=...)`."""

    def run(somebody: Any, number: str, action: str, **data: Any) -> None:
        perform(case_for(somebody, number), action, data)

    return run


@pytest.fixture
def number(order_of: Callable[..., Any], file: Callable[..., Any]) -> str:
    """A case of a broken mug that waits for the seller."""
    return str(file(order_of()).number)


@pytest.fixture
def declined(number: str, acts: Callable[..., None], lan: Any) -> str:
    """The same, declined with a counter-offer of 60.00."""
    offer = {"remedy": "partial_refund", "amount": "60.00"}
    acts(lan, number, "refuse", refusal="AS_DESCRIBED", statement="It left here whole.", **offer)
    return number


@pytest.fixture
def disputed(declined: str, acts: Callable[..., None], ming: Any) -> str:
    """The same, with the platform asked to step in: both sides give evidence."""
    acts(ming, declined, "request_intervention", statement="It came in pieces.")
    return declined


@pytest.fixture
def returning(order_of: Callable[..., Any], file: Callable[..., Any], acts: Callable[..., None], lan: Any) -> str:
    """A return that was agreed, with the address given: the buyer is to send the item."""
    number = str(file(order_of(), reason="NOT_AS_DESCRIBED", remedy="return_and_refund").number)
    acts(lan, number, "accept", address="Lan, 1 Wenyi Road, Hangzhou")
    return number
