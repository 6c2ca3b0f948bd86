"""Conditions of a document, compiled once into functions over a draft."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from rules.engine.draft import Draft, as_money
from rules.engine.errors import DocumentError
from rules.engine.predicates import PREDICATE_TESTS
from rules.engine.types import DeadlineStatus, Fact, Party, Stage
from rules.engine.vocabulary import ANCHORS, CONDITION_WORDS, COUNTED_FACTS, FACTS, PREDICATES

if TYPE_CHECKING:
    from rules.engine.policy import DeadlineRule, Reason

Condition = Callable[[Draft], bool]

EVENT_PREDICATES = frozenset(
    {"remedy_of_reason", "event_changes_request", "reason_open_here", "withdrawn_with_this_reason"}
)


def always(draft: Draft) -> bool:
    return True


def compile_condition(source: object) -> Condition:
    """Turn a `when:` map into a function; all its entries must hold.

    Raises DocumentError naming the unknown word or the value of the wrong kind.
    """
    if source is None or source == {}:
        return always
    if not isinstance(source, Mapping):
        raise DocumentError("a condition is a map of words to values", word=source)
    tests = [_compile_entry(str(word), value) for word, value in source.items()]
    return tests[0] if len(tests) == 1 else _all(tests)


def mentions_event(source: object) -> bool:
    """Whether a condition can only be answered with the event's own data at hand."""
    if isinstance(source, str):
        return source in EVENT_PREDICATES
    if isinstance(source, Mapping):
        return any(
            word == "event" or word in EVENT_PREDICATES or mentions_event(value) for word, value in source.items()
        )
    if isinstance(source, (list, tuple)):
        return any(mentions_event(item) for item in source)
    return False


def _compile_entry(word: str, value: Any) -> Condition:
    try:
        if word in _BUILDERS:
            return _BUILDERS[word](value)
        if word in PREDICATES:
            return _predicate(word, value)
        if word in FACTS:
            return _fact_in(word, _as_list(value))
    except DocumentError as error:
        raise error.under(word) from None
    choices = tuple(sorted({*CONDITION_WORDS, *PREDICATES, *FACTS}))
    raise DocumentError("unknown word in a condition", path=(word,), word=word, choices=choices)


def _as_list(value: Any) -> list[Any]:
    return list(value) if isinstance(value, (list, tuple)) else [value]


def _all(tests: list[Condition]) -> Condition:
    frozen = tuple(tests)

    def every(draft: Draft) -> bool:
        for test in frozen:  # noqa: SIM110  (the hottest loop of a sweep: `all` with a generator takes twice as long)
            if not test(draft):
                return False
        return True

    return every


def _build_all(value: Any) -> Condition:
    return _all([compile_condition(item) for item in _as_list(value)])


def _build_any(value: Any) -> Condition:
    tests = tuple(compile_condition(item) for item in _as_list(value))
    return lambda draft: any(test(draft) for test in tests)


def _build_not(value: Any) -> Condition:
    test = compile_condition(value)
    return lambda draft: not test(draft)


def _fact_in(name: str, values: list[Any]) -> Condition:
    """A fact equals one of the values. A missing flag counts as false."""
    wanted = frozenset(values)
    if False in wanted:
        return lambda draft: draft.facts.get(name) in wanted or name not in draft.facts
    return lambda draft: _hashable(draft.facts.get(name)) in wanted


def _hashable(value: Fact) -> Any:
    return value if isinstance(value, (str, int, bool, type(None))) else None


def _build_stage(value: Any) -> Condition:
    stages = frozenset(parse_stage(item) for item in _as_list(value))
    return lambda draft: draft.stage in stages


def _build_by(value: Any) -> Condition:
    parties = frozenset(parse_party(item) for item in _as_list(value))
    return lambda draft: draft.event.party in parties


def _build_event(value: Any) -> Condition:
    if not isinstance(value, Mapping):
        raise DocumentError("`event` needs a map of field to values", word=value)
    tests = [_event_field(str(name), wanted) for name, wanted in value.items()]
    return _all(tests)


def _event_field(name: str, wanted: Any) -> Condition:
    if wanted == "present":
        return lambda draft: draft.event.data.get(name) not in (None, "", [], ())
    if wanted == "absent":
        return lambda draft: draft.event.data.get(name) in (None, "", [], ())
    values = _as_list(wanted)
    if False in values:
        return lambda draft: (draft.event.data.get(name) or False) in values
    return lambda draft: draft.event.data.get(name) in values


def _build_reason_is(value: Any) -> Condition:
    if not isinstance(value, Mapping):
        raise DocumentError("`reason_is` needs a map of attribute to values", word=value)
    wanted = {str(name): _as_list(values) for name, values in value.items()}

    def test(draft: Draft) -> bool:
        reason: Reason | None = draft.policy.reasons.get(draft.facts.get("reason", ""))
        return reason is not None and all(reason.attribute(name) in values for name, values in wanted.items())

    return test


def _build_setting(value: Any) -> Condition:
    if not isinstance(value, Mapping):
        raise DocumentError("`setting` needs a map of setting to values", word=value)
    wanted = {str(name): _as_list(values) for name, values in value.items()}
    return lambda draft: all(draft.policy.settings.get(name) in values for name, values in wanted.items())


def _build_present(value: Any) -> Condition:
    names = _known(_as_list(value), FACTS, "fact")
    return lambda draft: all(draft.facts.get(name) not in (None, "", [], {}) for name in names)


def _build_absent(value: Any) -> Condition:
    names = _known(_as_list(value), FACTS, "fact")
    return lambda draft: all(draft.facts.get(name) in (None, "", [], {}) for name in names)


def _build_anchored(value: Any) -> Condition:
    names = _known(_as_list(value), ANCHORS, "anchor")
    return lambda draft: all(name in draft.anchors for name in names)


def _build_fewer_than(value: Any) -> Condition:
    if not isinstance(value, Mapping) or len(value) != 1:
        raise DocumentError("`fewer_than` needs one counter and its limit", word=value)
    ((name, limit),) = value.items()
    if name == "appeals_of_party":
        return lambda draft: draft.facts.get(f"appeals_{draft.event.party}", 0) < draft.policy.number(limit)
    _known([name], COUNTED_FACTS, "counter")
    return lambda draft: draft.facts.get(name, 0) < draft.policy.number(limit)


def _build_under(value: Any) -> Condition:
    if not isinstance(value, Mapping) or set(value) - {"fact", "limit"}:
        raise DocumentError("`under` needs `fact` and `limit`", word=value)
    (fact,) = _known([value["fact"]], FACTS, "fact")
    limit = value["limit"]

    def test(draft: Draft) -> bool:
        amount, bound = draft.money(fact), as_money(draft.policy.value(limit))
        return amount is not None and bound is not None and amount <= bound

    return test


def _build_same_person(value: Any) -> Condition:
    (fact,) = _known([value], FACTS, "fact")
    return lambda draft: draft.event.actor is not None and draft.facts.get(fact) == draft.event.actor


def _build_gate(value: Any) -> Condition:
    name = str(value)
    return lambda draft: gate_opens_at(draft, name) is None


def _build_within(value: Any) -> Condition:
    name = str(value)
    return lambda draft: window_is_open(draft, name)


_BUILDERS: dict[str, Callable[[Any], Condition]] = {
    "all": _build_all, "any": _build_any, "not": _build_not, "stage": _build_stage, "by": _build_by,
    "event": _build_event, "reason_is": _build_reason_is, "setting": _build_setting, "present": _build_present,
    "absent": _build_absent, "anchored": _build_anchored, "fewer_than": _build_fewer_than, "under": _build_under,
    "same_person": _build_same_person, "gate": _build_gate, "within": _build_within,
}  # fmt: skip


def _known(names: list[Any], words: frozenset[str], kind: str) -> tuple[str, ...]:
    for name in names:
        if name not in words:
            raise DocumentError(f"unknown {kind}", word=name, choices=tuple(sorted(words)))
    return tuple(names)


def parse_stage(word: object) -> Stage:
    try:
        return Stage(str(word))
    except ValueError:
        raise DocumentError("unknown stage", word=word, choices=tuple(Stage)) from None


def parse_party(word: object) -> Party:
    try:
        return Party(str(word))
    except ValueError:
        raise DocumentError("unknown party", word=word, choices=tuple(Party)) from None


def gate_opens_at(draft: Draft, name: str) -> Any:
    """When the gate opens; None when it is open already or does not apply to this case."""
    state = draft.deadlines.get(name)
    if state is not None:
        if state.status is DeadlineStatus.PASSED:
            return None
        return None if state.pending and draft.moment >= state.wakes_at else state.due_at
    rule: DeadlineRule = draft.policy.deadlines[name]
    if not rule.when(draft):
        return None
    due = rule.due_from_anchor(draft)
    return None if due is None or draft.moment >= rule.wakes(due) else due


def window_is_open(draft: Draft, name: str) -> bool:
    state = draft.deadlines.get(name)
    if state is not None:
        return state.status is not DeadlineStatus.PASSED and draft.moment < state.wakes_at
    rule: DeadlineRule = draft.policy.deadlines[name]
    due = rule.due_from_anchor(draft)
    return due is not None and draft.moment < rule.wakes(due)


def _predicate(word: str, value: Any) -> Condition:
    test = PREDICATE_TESTS[word]
    if value is True:
        return test
    if value is False:
        return lambda draft: not test(draft)
    raise DocumentError("a predicate is true or false", word=value, choices=("true", "false"))
