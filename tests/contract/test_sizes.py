"""No request is read further than what is taken, and whoever sends more is told how much that is."""

from __future__ import annotations

import json
from collections.abc import Callable
from io import BytesIO
from typing import Any, ClassVar

import pytest
from django.http import HttpResponse
from django.test import RequestFactory
from rest_framework.response import Response
from rest_framework.test import APIClient, APIRequestFactory
from rest_framework.views import APIView

from contract.middleware import SizeMiddleware
from contract.parsing import BodyIncomplete, BodyTooLarge, FormParser, MultiPartParser, WholeStream, read_bounded

PROBLEM = "application/problem+json"
CASES = "/api/v1/cases/"
IMPORT = "/api/v1/orders/import/"


class Counted(BytesIO):
    """A body that knows how much of it was read."""

    taken = 0

    def read(self, size: int | None = -1, /) -> bytes:
        found = super().read(size)
        self.taken += len(found)
        return found


@pytest.fixture
def asked(person: Callable[..., Any]) -> APIClient:
    from accounts.services import issue_token

    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {issue_token(person('somebody'))}", HTTP_ACCEPT_LANGUAGE="en")
    return client


def told(answer: Any) -> tuple[int, str, str]:
    return answer.status_code, answer.headers["Content-Type"], answer.json()["code"]


def test_reading_stops_one_byte_after_what_is_taken() -> None:
    body = Counted(b"x" * 1_000_000)
    with pytest.raises(BodyTooLarge):
        read_bounded(body, 100_000)
    assert body.taken == 100_001
    assert read_bounded(BytesIO(b"x" * 100_000), 100_000) == b"x" * 100_000


@pytest.mark.django_db
def test_json_above_the_limit_is_refused_by_a_problem_that_names_it(asked: APIClient, settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100_000
    body = json.dumps({"description": "x" * 100_000})
    answer = asked.post(CASES, body, content_type="application/json")
    assert told(answer) == (413, PROBLEM, "body_too_large")
    assert answer.json()["max_bytes"] == 100_000
    assert "97.7\xa0KB" in answer.json()["detail"]
    within = asked.post(CASES, json.dumps({"description": "x" * 99_000}), content_type="application/json")
    assert within.status_code == 422, "its fields are looked at"


@pytest.mark.django_db
def test_an_import_may_be_larger_but_has_its_own_limit(asked: APIClient, settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000
    body = json.dumps({"format": "native", "payload": "x" * 2_000})
    assert asked.post(IMPORT, body, content_type="application/json").status_code != 413
    above = json.dumps({"format": "native", "payload": "x" * settings.IMPORT_MAX_BODY_SIZE})
    answer = asked.post(IMPORT, above, content_type="application/json")
    assert told(answer) == (413, PROBLEM, "body_too_large")
    assert answer.json()["max_bytes"] == settings.IMPORT_MAX_BODY_SIZE


class TakesForms(APIView):
    """An address that takes forms, with or without files."""

    authentication_classes: ClassVar = []  # type: ignore[misc]
    permission_classes: ClassVar = []  # type: ignore[misc]
    throttle_classes: ClassVar = []  # type: ignore[misc]
    parser_classes: ClassVar = [FormParser, MultiPartParser]  # type: ignore[misc]

    def post(self, request: Any) -> Response:
        return Response(sorted(request.data))


def sent(body: Any, **form: str) -> Any:
    return TakesForms.as_view()(APIRequestFactory().post("/", body, **form)).render()


ENCODED = {"content_type": "application/x-www-form-urlencoded"}
MULTIPART = {"format": "multipart"}


def test_a_form_above_the_limit_is_refused_by_a_problem_that_names_it(settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000
    for answer in (sent("text=" + "x" * 2_000, **ENCODED), sent({"text": "x" * 2_000}, **MULTIPART)):
        assert (answer.status_code, answer.data["code"], answer.data["max_bytes"]) == (413, "body_too_large", 1_000)


def test_a_form_of_too_many_parts_is_refused_by_a_problem_that_names_how_many(settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_NUMBER_FIELDS, settings.DATA_UPLOAD_MAX_NUMBER_FILES = 5, 3
    fields = {f"field{n}": "x" for n in range(6)}
    files = {f"file{n}": BytesIO(b"x") for n in range(4)}
    for answer in (
        sent("&".join(f"{name}=x" for name in fields), **ENCODED),
        *(sent(b, **MULTIPART) for b in (fields, files)),
    ):
        assert (answer.status_code, answer.data["code"]) == (413, "too_many_parts")
        assert (answer.data["max_fields"], answer.data["max_files"]) == (5, 3)


@pytest.mark.parametrize("path", [CASES, "/cases/X/evidence/"])
def test_a_request_that_says_it_is_too_large_is_refused_unread(path: str, settings: Any) -> None:
    body = Counted(b"x")
    request = RequestFactory().post(path, content_type="application/json")
    request.META.update({"CONTENT_LENGTH": str(settings.UPLOAD_MAX_REQUEST_SIZE + 1), "wsgi.input": body})
    answer = SizeMiddleware(lambda _request: pytest.fail("it went on"))(request)
    assert answer.status_code == 413
    assert "209.8" in answer.content.decode()
    assert body.taken == 0


def chunked(path: str, body: BytesIO) -> Any:
    """A request as it comes from a server that takes chunked bodies: its length is not told."""
    request = RequestFactory().post(path, content_type="application/json")
    request.META.pop("CONTENT_LENGTH", None)
    request.META.update({"HTTP_TRANSFER_ENCODING": "chunked", "wsgi.input_terminated": True, "wsgi.input": body})
    return request


def test_a_body_without_a_length_is_read_and_no_further_than_the_limit(settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000
    small = chunked(CASES, BytesIO(b'{"order": 1}'))
    assert SizeMiddleware(lambda request: HttpResponse(request.body))(small).content == b'{"order": 1}'
    large = Counted(b"x" * 100_000)
    answer = SizeMiddleware(lambda _request: pytest.fail("it went on"))(chunked(CASES, large))
    assert (answer.status_code, answer.headers["Content-Type"]) == (413, PROBLEM)
    assert large.taken == 1_001


@pytest.mark.parametrize("stated", ["-1", "x", "²"])
def test_a_length_that_is_no_number_is_none(stated: str) -> None:
    request = RequestFactory().post(CASES, b"{}", content_type="application/json")
    request.META["CONTENT_LENGTH"] = stated
    assert SizeMiddleware(lambda _request: HttpResponse("went on"))(request).content == b"went on"


def half_of(path: str, body: bytes, content_type: str) -> Any:
    """A request whose connection ended before the body was as long as it said."""
    request = RequestFactory().post(path, body, content_type=content_type)
    request._stream = BytesIO(body[: len(body) // 2])
    return request


def test_half_of_an_upload_is_no_shorter_upload() -> None:
    form = b'--x\r\nContent-Disposition: form-data; name="description"\r\n\r\na mug\r\n'
    form += b'--x\r\nContent-Disposition: form-data; name="files"; filename="chat.txt"\r\n\r\n' + b"line\n" * 99
    request = half_of(CASES, form + b"\r\n--x--\r\n", "multipart/form-data; boundary=x")

    def reads(given: Any) -> Any:
        return given.POST

    with pytest.raises(BodyIncomplete) as refused:
        SizeMiddleware(reads)(request)
    assert refused.value.status == 400


@pytest.mark.parametrize("way", ["POST", "body"])
def test_half_of_a_form_is_no_shorter_form(way: str) -> None:
    request = half_of("/login/", b"username=ming&password=secret", "application/x-www-form-urlencoded")
    with pytest.raises(BodyIncomplete):
        SizeMiddleware(lambda given: getattr(given, way))(request)


def test_a_whole_form_is_read_and_closed() -> None:
    request = RequestFactory().post("/login/", b"username=ming", content_type="application/x-www-form-urlencoded")
    request._stream = BytesIO(b"username=ming")
    SizeMiddleware(lambda given: given.body)(request)
    assert request.POST["username"] == "ming"


@pytest.mark.parametrize("size", [None, -1, 3])
def test_a_whole_body_is_read_to_its_end(size: int | None) -> None:
    stream = WholeStream(BytesIO(b"0123456789"), 10)
    parts = list(iter(lambda: stream.read(size), b""))
    assert b"".join(parts) == b"0123456789"


def test_lines_of_half_a_body_end_in_a_refusal() -> None:
    stream = WholeStream(BytesIO(b"one\ntwo"), 20)
    assert (stream.readline(), stream.readline()) == (b"one\n", b"two")
    with pytest.raises(BodyIncomplete):
        stream.readline()
