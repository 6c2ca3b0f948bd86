"""What the parties might do, reduced to the choices that some condition of the policy tells apart."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import product
from typing import Any

from rules.engine.policy import ActionRule, FieldRule, Policy
from rules.engine.soundness_orders import PROCEDURAL, moments
from rules.engine.soundness_reading import alive_by_stage, asked_in, told_by, written_facts
from rules.engine.types import Fact, Party, Stage
from rules.engine.vocabulary import FACTS, REMEDIES

ASKED, MORE, HALF, MAXIMUM = "100.00", "3000.00", "50.00", "5000.00"
"""What the buyer asks for; enough for a second person; a part; and the most there is to refund."""
ARBITRATORS = (10, 11, 12)
"""One rules, one approves, one decides on second review."""
MOST_ORDERS = 48
"""More combinations of what an order may say than this are tried one deviation at a time."""

_REMEDY_WORDS = ("remedy", "agreed_remedy", "ruled_remedy")
_REFUSING = ("seller", "not_admitted")
_REMEDY_OF_OUTCOME = {
    "buyer_refund_only": ("refund_only",), "buyer_return_and_refund": ("return_and_refund",),
    "buyer_partial_refund": ("partial_refund",), "shared": ("partial_refund",),
    "buyer_exchange": ("exchange", "send_again", "replacement_card"),
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """An event somebody might try."""

    kind: str
    party: Party
    actor: int | None
    data: Mapping[str, Fact]

    def __str__(self) -> str:
        told = ", ".join(f"{name}={value}" for name, value in self.data.items() if _telling(name, value))
        return f"{self.party} {self.kind}" + (f" ({told})" if told else "")


def _telling(name: str, value: Fact) -> bool:
    return name != "order" and value not in ("x", ["x"]) and not isinstance(value, Mapping)


class Choices:
    """The values a policy's conditions tell apart, and the events made of them."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self.mentioned = _mentioned_values(policy.document)
        self.kept = _mentioned_values(policy.document, events=False)
        self.offered = tuple(policy.remedies) or tuple(REMEDIES)
        self.attributes = _reason_attributes(policy.document)

    def remedy_class(self, remedy: Fact, words: tuple[str, ...] = _REMEDY_WORDS) -> tuple[bool, ...]:
        """Which of the lists that these facts, or the event's remedy, are compared with hold this one."""
        lists = [values for word in words for values in sorted(self.mentioned.get(word, ()), key=sorted)]
        return tuple(remedy in values for values in lists)

    def remembered_remedy(self, remedy: Fact, *, agreed: bool) -> tuple[bool, ...]:
        """The same without what is only asked of events: what later steps can learn from a remedy kept as a fact."""
        words = _REMEDY_WORDS[1:] if agreed else _REMEDY_WORDS
        return tuple(remedy in values for word in words for values in sorted(self.kept.get(word, ()), key=sorted))

    def offers(self) -> list[Mapping[str, Fact]]:
        """Proposals of each kind that an agreement tells apart."""
        classes = {self.remembered_remedy(remedy, agreed=True): remedy for remedy in sorted(self.offered, reverse=True)}
        return [{"remedy": remedy, "amount": ASKED, "version": 1} for remedy in classes.values()]

    def remedies(self, among: Iterable[str]) -> list[str]:
        """One remedy of each class."""
        return list({self.remedy_class(remedy): remedy for remedy in sorted(among, reverse=True)}.values())

    def reason_class(self, code: Fact) -> tuple[bool, ...]:
        """Which of the attributes conditions ask for this reason has."""
        reason = self.policy.reasons.get(str(code))
        return tuple(reason is not None and reason.attribute(name) in wanted for name, wanted in self.attributes)

    def reasons(self) -> list[str]:
        """One reason of each class; of two that differ only in what they allow, the one that allows more."""
        classes: dict[Any, str] = {}
        for code, reason in self.policy.reasons.items():
            allows = frozenset({*map(self.remedy_class, reason.remedies), *(["counted"] if reason.counts else [])})
            classes.setdefault((self.reason_class(code), str(reason.source.get("when")), allows), code)
        return [
            code for (told, when, allows), code in classes.items()
            if not any((told, when) == other[:2] and allows < other[2] for other in classes)
        ]  # fmt: skip

    def filings(self, at: datetime) -> Iterator[Candidate]:
        """Every kind of case: what the order says, the reason and the remedy asked for."""
        rule = self.policy.actions["file"]
        for order, reason in product(self._orders(at), self.reasons()):
            for remedy in self.remedies(self.policy.reasons[reason].remedies):
                for extra in self._rest(rule, frozenset({"reason", "remedy", "amount"})):
                    data = {"order": order, "reason": reason, "remedy": remedy, "amount": ASKED, **extra}
                    yield Candidate(kind="file", party=Party.BUYER, actor=1, data=data)

    def candidates(self, stage: Stage, at: datetime) -> Iterator[Candidate]:
        """What anybody might try in a stage."""
        for rule in self.policy.actions.values():
            if stage in rule.stages and stage is not Stage.NEW and rule.name != "file" and self._heard(rule, stage):
                for party, data in product(sorted(rule.by), self._data(rule, at)):
                    yield from self._by_actors(rule, party, data)
        yield from self._queueing(stage)

    def _heard(self, rule: ActionRule, stage: Stage) -> bool:
        """Whether news from outside can matter here: it moves the case, or somebody asks for what it tells."""
        if rule.by != {Party.MARKETPLACE} or any(branch.to or branch.route for branch in rule.branches):
            return True
        return bool(told_by(rule) & asked_in(self.policy, stage))

    def _by_actors(self, rule: ActionRule, party: Party, data: Mapping[str, Fact]) -> Iterator[Candidate]:
        actors: tuple[int | None, ...] = ({Party.BUYER: 1, Party.SELLER: 2}.get(party),)
        if party is Party.PLATFORM:
            told_apart = "same_person" in str(rule.source.get("guards"))
            actors = ARBITRATORS if told_apart else ARBITRATORS[:1]
        for actor in actors:
            yield Candidate(kind=rule.name, party=party, actor=actor, data=data)

    def _queueing(self, stage: Stage) -> Iterator[Candidate]:
        for rule in self.policy.actions.values():
            if rule.queueable and stage not in (Stage.NEW, Stage.CLOSED):
                for party in sorted(rule.by):
                    data = {"action": rule.name, "data": {}}
                    yield Candidate(kind="queue_action", party=party, actor=None, data=data)

    def _data(self, rule: ActionRule, at: datetime) -> list[dict[str, Fact]]:
        if any(field.type == "ruling" for field in rule.fields.values()):
            return list(self._rulings(rule))
        options = {name: self._values(rule, field, at) for name, field in rule.fields.items()}
        for name, values in _event_mentions(self.policy, rule).items():
            options.setdefault(name, [None, *values])
        if rule.confirm is not None:
            options["confirm"] = [True]
        return list(_combined(options))

    def _rest(self, rule: ActionRule, known: frozenset[str]) -> Iterator[dict[str, Fact]]:
        mentions = _event_mentions(self.policy, rule)
        yield from _combined({name: [None, *values] for name, values in mentions.items() if name not in known})

    def _values(self, rule: ActionRule, field: FieldRule, at: datetime) -> list[Fact]:
        told_apart = field.name in _event_mentions(self.policy, rule) or field.name in _copied(rule.source)
        wanted = _event_mentions(self.policy, rule).get(field.name, [])
        missing: list[Fact] = [] if field.required else [None]
        if field.type == "reason":
            return missing or list(self.reasons())
        if field.type == "remedy":
            return [*missing, *self.remedies(self.offered)]
        if field.type == "money":
            return [ASKED] if field.required else [None]
        if field.choices and (told_apart or field.required):
            return [*missing, *field.choices] if told_apart else [field.choices[0]]
        plain: dict[str, Fact] = {
            "refusal": next(iter(self.policy.refusals), "x"), "rejection": next(iter(self.policy.rejections), "x"),
            "flag": True, "number": 1, "party": "seller", "exhibits": ["x"],
        }  # fmt: skip
        value: Fact = (at + timedelta(days=2)).isoformat() if field.type == "time" else plain.get(field.type, "x")
        values = wanted if field.type == "flag" and wanted else [value]
        return [*missing, *(values if told_apart or field.required else [])]

    def _rulings(self, rule: ActionRule) -> Iterator[dict[str, Fact]]:
        """Coherent rulings, one of each kind that conditions tell apart, and one that needs a second person."""
        base = {"statement": "x", "ruling": {"text": "x"}, "clause": "x"}
        if "decision" in rule.fields:
            yield {**base, "decision": "uphold"}
            base = {**base, "decision": "change"}
        seen = set()
        for outcome in rule.fields["outcome"].choices:
            for remedy in _REMEDY_OF_OUTCOME.get(outcome, (None,)):
                lists = sorted(self.mentioned.get("ruled_outcome", ()), key=sorted)
                told = tuple(outcome in values for values in lists)
                if (told, self.remedy_class(remedy)) not in seen:
                    seen.add((told, self.remedy_class(remedy)))
                    yield {**base, **_ruling(outcome, remedy)}
        yield {**base, **_ruling("buyer_refund_only", "refund_only"), "amount": MORE}

    def _orders(self, at: datetime) -> Iterator[dict[str, Fact]]:
        for moment, facts in product(moments(at), self._order_facts()):
            yield {"facts": {"maximum": MAXIMUM, **moment[0], **facts}, "anchors": moment[1]}

    def _order_facts(self) -> list[dict[str, Fact]]:
        """What only an order can tell and some condition asks."""
        asked = frozenset().union(*alive_by_stage(self.policy).values())
        outside = asked - written_facts(self.policy) - {"shipped", "completed", "reason", "remedy", "amount", "maximum"}
        options = {name: self._fact_values(name) for name in sorted(outside) if not name.startswith("@")}
        options = {name: values for name, values in options.items() if len(values) > 1}
        combined = list(_combined(options))
        return combined if len(combined) <= MOST_ORDERS // 4 else [{}, *_one_deviation(options)]

    def _fact_values(self, name: str) -> list[Fact]:
        if name in PROCEDURAL:
            return [None]
        values = {value for wanted in self.mentioned.get(name, ()) for value in wanted}
        if not values:
            return [None, True]
        return [None, *sorted((value for value in values if value is not False), key=str)]


def _ruling(outcome: str, remedy: str | None) -> dict[str, Fact]:
    refused = outcome in _REFUSING
    amount = "0" if refused else HALF if remedy == "partial_refund" else ASKED
    data = {"outcome": outcome, "amount": amount, "liable": "buyer" if refused else "seller"}
    return data if remedy is None else {**data, "remedy": remedy}


def _combined(options: Mapping[str, list[Fact]]) -> Iterator[dict[str, Fact]]:
    for values in product(*options.values()):
        yield {name: value for name, value in zip(options, values, strict=True) if value is not None}


def _one_deviation(options: Mapping[str, list[Fact]]) -> Iterator[dict[str, Fact]]:
    for name, values in options.items():
        yield from ({name: value} for value in values if value is not None)


def _mentioned_values(document: Mapping[str, Any], *, events: bool = True) -> dict[str, set[frozenset[Fact]]]:
    """The value lists each fact is compared with, anywhere in the document, perhaps only as a field of an event."""
    found: dict[str, set[frozenset[Fact]]] = {}
    for word, value in _entries(document, leave_out="" if events else "event"):
        values = value if isinstance(value, (list, tuple)) else [value]
        if word in FACTS and all(isinstance(item, (str, bool, int)) for item in values):
            found.setdefault(word, set()).add(frozenset(values))
    return found


def _reason_attributes(document: Mapping[str, Any]) -> list[tuple[str, list[Any]]]:
    """Each attribute of reasons that a condition asks for, with the values it asks for."""
    conditions = [value for word, value in _entries(document) if word == "reason_is"]
    asked = [(name, wanted) for value in conditions for name, wanted in value.items()]
    lists = [(name, list(wanted) if isinstance(wanted, (list, tuple)) else [wanted]) for name, wanted in asked]
    return [item for position, item in enumerate(lists) if item not in lists[:position]]


def _event_mentions(policy: Policy, rule: ActionRule) -> dict[str, list[Fact]]:
    """The event fields the action's conditions look at, with the values they look for."""
    found: dict[str, list[Fact]] = {}
    for word, value in _entries([rule.source, *_routes_of(policy, rule.source)]):
        if word != "event" or not isinstance(value, Mapping):
            continue
        for name, wanted in value.items():
            values = [None] if wanted == "absent" else _looked_for(rule, name, wanted)
            found[name] = list(dict.fromkeys([*found.get(name, []), *values]))
    return {name: [value for value in values if value is not None] for name, values in found.items()}


def _looked_for(rule: ActionRule, name: str, wanted: Any) -> list[Fact]:
    if wanted != "present":
        return list(wanted) if isinstance(wanted, (list, tuple)) else [wanted]
    field = rule.fields.get(name)
    return ["refund_only" if field is not None and field.type == "remedy" else "x"]


def _routes_of(policy: Policy, source: Any) -> list[Any]:
    names = {value for word, value in _entries(source) if word == "route" and isinstance(value, str)}
    return [[branch.source for branch in policy.routes[name]] for name in sorted(names)]


def _copied(source: Any) -> set[str]:
    """The event fields an effect keeps as facts."""
    takes = [value for word, value in _entries(source) if word == "take"]
    taken = {name for value in takes for name in ([value] if isinstance(value, str) else value)}
    kept = {
        str(reader["event"]) for word, value in _entries(source) if word == "set" and isinstance(value, Mapping)
        for reader in value.values() if isinstance(reader, Mapping) and "event" in reader
    }  # fmt: skip
    return taken | kept


def _entries(node: Any, leave_out: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(node, Mapping):
        for word, value in node.items():
            if word != leave_out:
                yield str(word), value
                yield from _entries(value, leave_out)
    elif isinstance(node, (list, tuple)):
        for item in node:
            yield from _entries(item, leave_out)
