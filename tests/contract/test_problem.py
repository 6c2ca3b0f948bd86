"""How refusals are told: problem documents whose words follow the reader and whose codes do not."""

import json
import pickle
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.utils import translation
from django.utils.translation import gettext_lazy
from rest_framework import exceptions, serializers
from rest_framework.permissions import AllowAny
from rest_framework.renderers import BrowsableAPIRenderer, JSONRenderer
from rest_framework.response import Response
from rest_framework.test import APIRequestFactory
from rest_framework.views import APIView

from contract import errors
from contract.problem import TITLES, ProblemSerializer, exception_handler, problems


def answer(error: Exception, **headers: str) -> Any:
    """What a view that raises this answers."""

    class Failing(APIView):
        authentication_classes = ()
        permission_classes = (AllowAny,)
        renderer_classes = (JSONRenderer, BrowsableAPIRenderer)

        def get(self, request: Any) -> Response:
            raise error

    return Failing.as_view()(APIRequestFactory().get("/", headers=headers)).render()


def document(error: Exception, **headers: str) -> dict[str, Any]:
    return json.loads(answer(error, **headers).content)


def test_a_refused_action_says_what_is_possible_instead() -> None:
    error = errors.Conflict(
        "gate_closed",
        gettext_lazy("This is not possible as things stand."),
        stage="SELLER_REFUSED",
        available_actions=[{"action": "withdraw"}],
        secret="not told",
    )
    with translation.override("en"):
        assert document(error) == {
            "type": "urn:gongduan:problem:gate_closed",
            "title": "Not possible as things stand",
            "status": 409,
            "detail": "This is not possible as things stand.",
            "code": "gate_closed",
            "errors": [],
            "stage": "SELLER_REFUSED",
            "available_actions": [{"action": "withdraw"}],
        }


def test_a_stale_decision_is_shown_the_differences() -> None:
    told = document(errors.Stale(differences=[{"sequence": 7, "kind": "request_edited"}]))
    assert (told["status"], told["differences"][0]["sequence"]) == (412, 7)


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (errors.NotFound(), 404, "not_found"),
        (errors.Forbidden(), 403, "forbidden"),
        (errors.Conflict(), 409, "conflict"),
        (errors.Stale(), 412, "stale"),
        (errors.Invalid(), 422, "invalid"),
        (errors.Malformed(), 400, "malformed"),
        (errors.TooLarge(), 413, "too_large"),
        (errors.TooMany(retry_after=7), 429, "too_many_requests"),
        (errors.Unavailable(), 503, "unavailable"),
        (Http404(), 404, "not_found"),
        (PermissionDenied(), 403, "forbidden"),
        (exceptions.ParseError(), 400, "parse_error"),
        (exceptions.NotAcceptable(), 406, "not_acceptable"),
        (exceptions.UnsupportedMediaType("text/plain"), 415, "unsupported_media_type"),
        (exceptions.Throttled(9), 429, "throttled"),
    ],
)
def test_every_known_error_is_a_problem_document(error: Exception, status: int, code: str) -> None:
    response = answer(error)
    told = json.loads(response.content)
    assert response.headers["Content-Type"] == "application/problem+json"
    assert (response.status_code, told["status"], told["code"]) == (status, status, code)
    assert set(told) == {"type", "title", "status", "detail", "code", "errors"}
    assert told["detail"]


def test_an_error_nobody_foresaw_is_left_to_the_server() -> None:
    assert exception_handler(RuntimeError("boom"), {}) is None


def test_waiting_times_are_in_the_header() -> None:
    assert answer(errors.TooMany(retry_after=7)).headers["Retry-After"] == "7"
    assert answer(exceptions.Throttled(9)).headers["Retry-After"] == "9"


@pytest.mark.parametrize("wanted", ["text/html", "application/xml", "image/png"])
def test_an_error_is_a_problem_document_whatever_was_asked_for(wanted: str) -> None:
    response = answer(errors.NotFound(), Accept=wanted)
    assert response.headers["Content-Type"] == "application/problem+json"
    assert json.loads(response.content)["status"] in {404, 406}


def test_fields_are_named_by_pointers() -> None:
    problem = errors.FieldProblem(pointer="/lines/0/quantity", code="above_paid", detail="At most 2.")
    told = document(errors.Invalid(fields=[problem]))
    assert told["errors"] == [{"pointer": "/lines/0/quantity", "code": "above_paid", "detail": "At most 2."}]


class Line(serializers.Serializer):
    quantity = serializers.IntegerField(min_value=1)


class Filing(serializers.Serializer):
    reason = serializers.CharField()
    lines = Line(many=True)
    tags = serializers.ListField(child=serializers.CharField(max_length=2))

    def validate(self, attrs: Any) -> Any:
        raise serializers.ValidationError("Neither.", code="neither")


def test_the_errors_of_a_serializer_become_pointers() -> None:
    filing = Filing(data={"lines": [{"quantity": 1}, {"quantity": 0}], "tags": ["ok", "long"]})
    with pytest.raises(exceptions.ValidationError) as refused:
        filing.is_valid(raise_exception=True)
    found = {(each["pointer"], each["code"]) for each in document(refused.value)["errors"]}
    assert found == {("/reason", "required"), ("/lines/1/quantity", "min_value"), ("/tags/1", "max_length")}


def test_an_error_of_the_whole_points_at_the_whole() -> None:
    filing = Filing(data={"reason": "r", "lines": [], "tags": []})
    with pytest.raises(exceptions.ValidationError) as refused:
        filing.is_valid(raise_exception=True)
    (only,) = document(refused.value)["errors"]
    assert (only["pointer"], only["code"], only["detail"]) == ("", "neither", "Neither.")


def test_a_name_with_a_slash_is_escaped_in_its_pointer() -> None:
    (only,) = document(exceptions.ValidationError({"a/b~c": ["wrong"]}))["errors"]
    assert only["pointer"] == "/a~1b~0c"


@pytest.mark.parametrize("error", [errors.Conflict(), errors.Invalid(), errors.NotFound(), Http404()])
def test_the_language_changes_words_and_never_codes(error: Exception) -> None:
    told = {}
    for language in ("en", "zh-hans"):
        with translation.override(language):
            told[language] = document(error)
    for member in ("type", "status", "code", "errors"):
        assert told["en"][member] == told["zh-hans"][member]
    for member in ("title", "detail"):
        assert told["en"][member] != told["zh-hans"][member]


def test_every_status_that_an_error_may_have_has_a_title() -> None:
    kinds = [errors.DomainError, *errors.DomainError.__subclasses__(), errors.Malformed]
    assert {kind.status for kind in kinds} <= set(TITLES)


def test_a_page_answers_not_found_and_forbidden_by_itself() -> None:
    assert issubclass(errors.NotFound, Http404)
    assert issubclass(errors.Forbidden, PermissionDenied)


def test_a_sentence_is_filled_from_the_data() -> None:
    error = errors.Conflict("too_soon", "Possible in %(days)s days.", days=3)
    assert error.message() == str(error) == "Possible in 3 days."


def test_the_apis_description_knows_every_member_of_a_problem_document() -> None:
    assert set(document(errors.Conflict())) == set(ProblemSerializer().fields)
    assert problems(404) == {(404, "application/problem+json"): ProblemSerializer}


def test_data_cannot_be_changed_on_the_way() -> None:
    with pytest.raises(TypeError):
        errors.Conflict(stage="REVIEW").data["stage"] = "CLOSED"  # type: ignore[index]


@pytest.mark.parametrize(
    "error",
    [
        errors.Conflict("c", "s", stage="REVIEW"),
        errors.Invalid(fields=[errors.FieldProblem(pointer="/a", code="b", detail="c")]),
        errors.TooMany(retry_after=3),
    ],
)
def test_an_error_survives_the_way_between_processes(error: errors.DomainError) -> None:
    again = pickle.loads(pickle.dumps(error))
    assert (type(again), again.code, again.message(), dict(again.data)) == (
        type(error),
        error.code,
        error.message(),
        dict(error.data),
    )
