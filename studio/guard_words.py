"""What must hold for an action of a pack, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from contract.errors import Words
from disputes.labels.refusals import REFUSALS
from disputes.labels.words import PARTIES, REASON_GROUPS, REMEDIES, STAGES, name_of
from rules.circumstances import any_of, condition_in_words, listed, readable
from rules.drafts_changes import value_at
from rules.engine.policy import Policy
from rules.wording import label_of

TABLES: Mapping[str, Mapping[str, Any]] = {
    "stage": STAGES, "by": PARTIES, "remedy": REMEDIES, "group": REASON_GROUPS, "evidence_from": PARTIES,
    "late_evidence": PARTIES,
}  # fmt: skip

MORE: Mapping[str, Words] = {
    "completed:True": gettext_lazy("the order is completed"),
    "anchored:receipt_ends": gettext_lazy("the receipt period is known"),
}
"""Conditions only guards have."""


def guard_in_words(guard: Mapping[str, Any], policy: Policy) -> str:
    """A guard that tells why it refuses, and what must hold.

    Words for the reader, not the whole text of the guard: what no table names is told by its code.
    """
    told = {"refusal": name_of(REFUSALS, guard["code"]), "condition": _all({**guard, "code": None}, policy)}
    return _("unless %(condition)s, this is said: “%(refusal)s”") % told


def _all(source: Mapping[str, Any], policy: Policy) -> str:
    return _(" and ").join(_parts(source, policy))


def _parts(source: Mapping[str, Any], policy: Policy) -> Iterator[str]:
    for word, value in source.items():
        if word == "code" and value is None:
            continue
        if word in ("any", "all"):
            parts = [_all(part, policy) for part in value]
            yield any_of(parts) if word == "any" else _(" and ").join(parts)
        elif word == "not":
            yield _("not (%(condition)s)") % {"condition": _all(value, policy)}
        elif word in ("event", "reason_is") and isinstance(value, Mapping):
            yield _all(value, policy)
        else:
            yield _leaf(word, value, policy)


def _leaf(word: str, value: Any, policy: Policy) -> str:
    values = value if isinstance(value, (list, tuple)) else [value]
    if word in ("gate", "within"):
        told = {"deadline": listed(_deadline(name, policy) for name in values)}
        return (_("“%(deadline)s” has come") if word == "gate" else _("“%(deadline)s” is not over")) % told
    if word == "reason" or word in TABLES:
        return _named(word, [str(item) for item in values], policy)
    return str(MORE.get(f"{word}:{value}") or condition_in_words({word: value}))


def _named(word: str, codes: list[str], policy: Policy) -> str:
    if codes == ["absent"]:
        return _("%(what)s is not stated") % {"what": _subject(word)}
    names = listed(_name(word, code, policy) for code in codes)
    return _("%(what)s is %(names)s") % {"what": _subject(word), "names": names}


def _subject(word: str) -> str:
    subjects = {
        "stage": _("the stage"), "by": _("who acts"), "reason": _("the reason"), "remedy": _("what is asked for"),
        "group": _("the kind of reason"), "evidence_from": _("who was asked for evidence"),
        "late_evidence": _("whose late evidence was admitted"),
    }  # fmt: skip
    return subjects[word]


def _name(word: str, code: str, policy: Policy) -> str:
    labels = value_at(policy.document, ("reasons", code, "labels")) if word == "reason" else None
    return _labelled(labels, code) if word == "reason" else name_of(TABLES[word], code)


def _deadline(name: str, policy: Policy) -> str:
    rule = policy.deadlines.get(name)
    return _labelled(rule.provenance.labels if rule else None, name)


def _labelled(labels: Any, code: str) -> str:
    return label_of(labels, get_language() or "", code) if isinstance(labels, Mapping) else readable(code)
