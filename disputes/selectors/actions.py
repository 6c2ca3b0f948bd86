"""What the reader may do and what not: the engine's answer, with labels, fields and choices."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import get_language

from contract.money import Money
from disputes.labels import actions as words
from disputes.labels.platform_terms import in_terms_of
from disputes.labels.refusals import refusal_to
from disputes.labels.words import (
    BURDENS,
    CARRIERS,
    HOLDS,
    HOLDS_OF_ONE_CASE,
    LIABLE,
    PARTIES,
    REASON_GROUPS,
    REMEDIES,
    RULING_OUTCOMES,
    name_of,
    pack_words,
)
from disputes.selectors.action_views import ActionView, Choice, FieldView, QueuedView, UnavailableView
from disputes.selectors.builtin_actions import BUILTIN_FIELDS, SECOND_REVIEW, builtin_offers, staff_may
from disputes.selectors.reading import CaseRead
from rules.engine.decide import allowed
from rules.engine.events import Allowed, Unavailable
from rules.engine.policy import ActionRule, FieldRule, Policy, Reason
from rules.engine.types import CaseSnapshot, Party

INSIDE_RULING: Mapping[str, tuple[tuple[str, str, bool], ...]] = {
    "ruling": (("reasons", "text", True), ("findings", "findings", False), ("lines", "ruling_lines", False)),
}
"""What the engine takes as one ruling, people write as reasons, answers to the exhibits and further amounts."""
NEVER_TYPED = frozenset({"slot"})
CHOICE_TABLES: Mapping[str, Mapping[str, Any]] = {
    "outcome": RULING_OUTCOMES, "liable": LIABLE, "return_carrier": CARRIERS, "party": PARTIES, "from": PARTIES,
    "false_evidence_by": PARTIES, "return_freight_by": PARTIES, "hold": HOLDS,
}  # fmt: skip


def allowed_in(read: CaseRead) -> Allowed:
    """The engine's answer for the reader's party."""
    party = Party(read.viewer)
    return allowed(read.policy, read.calendar, read.snapshot, party, now=read.now, actor=read.access.user_id)


def available_actions(read: CaseRead, answer: Allowed, *, awaited: bool) -> tuple[ActionView, ...]:
    """Everything the reader may do, the main thing first."""
    offered = [(item.action, item.until) for item in answer.available if _staff_may(read, item.action)[0]]
    names = [name for name, _until in offered]
    main = _main(read, names) if awaited else ""
    views = [_view(read, read.policy.actions[name], until, main=name == main) for name, until in offered]
    views.sort(key=lambda view: not view.main)
    views.extend(
        ActionView(
            action=name,
            label=words.action_name(name),
            until=None,
            fields=_builtin_fields(read, name),
            danger=name in words.DANGEROUS,
        )
        for name in builtin_offers(read.access, read.snapshot, read.policy, read.signers)
    )
    return tuple(views)


def _staff_may(read: CaseRead, action: str) -> tuple[bool, str]:
    return staff_may(read.access, read.snapshot, action, read.signers)


def _main(read: CaseRead, names: list[str]) -> str:
    wanted = words.MAIN_BY_STAGE.get((read.viewer, str(read.snapshot.stage)), ())
    return next((name for name in wanted if name in names), "")


def _view(read: CaseRead, rule: ActionRule, until: datetime | None, *, main: bool) -> ActionView:
    """An action; in a second review withdrawing takes back the request for it, and nothing else."""
    label = action_label(read.policy, rule)
    if rule.name == "withdraw" and read.snapshot.stage in SECOND_REVIEW:
        label = in_terms_of(read.policy.pack, words.WITHDRAW_SECOND_REVIEW)
    return ActionView(
        action=rule.name, label=label, until=until, fields=tuple(_fields(read, rule)), main=main,
        danger=rule.name in words.DANGEROUS, confirm=_confirmation(read, rule.name),
    )  # fmt: skip


def action_label(policy: Policy, rule: ActionRule) -> str:
    """An action's name: the document's own, else the generic one."""
    said = pack_words(rule.provenance.labels, get_language() or "", words.action_name(rule.name))
    return in_terms_of(policy.pack, said)


def _confirmation(read: CaseRead, action: str) -> str:
    if action == "withdraw" and read.facts.get("return_tracking"):
        return words.confirmation("withdraw_shipped")
    amount = read.facts.get("agreed_amount") if action == "confirm_return" else read.facts.get("amount")
    return in_terms_of(read.policy.pack, words.confirmation(action, str(read.money(amount) or "")))


def unavailable_actions(read: CaseRead, answer: Allowed) -> tuple[UnavailableView, ...]:
    """What the reader may not do now, with the reason."""
    queued = {item.action for item in read.snapshot.queued if item.party == read.viewer}
    views = [unavailable_view(read.policy, item, read.viewer, queued) for item in answer.unavailable]
    for item in answer.available:
        may, code = _staff_may(read, item.action)
        if not may and code:
            views.append(unavailable_view(read.policy, Unavailable(action=item.action, code=code), read.viewer, queued))
    return tuple(view for view in views if view.code != "not_in_this_stage")


def unavailable_view(policy: Policy, item: Unavailable, viewer: str, queued: set[str]) -> UnavailableView:
    rule = policy.actions.get(item.action) or policy.order_actions[item.action]
    return UnavailableView(
        action=item.action, label=action_label(policy, rule), code=item.code,
        detail=in_terms_of(policy.pack, refusal_to(viewer, item.code)),
        available_from=item.available_from, available_until=item.available_until,
        queueable=item.queueable and item.action not in queued,
    )  # fmt: skip


def queued_views(read: CaseRead, answer: Allowed) -> tuple[QueuedView, ...]:
    """What the reader's side waits for; staff see both sides'."""
    opens = {item.action: item.available_from for item in answer.unavailable}
    return tuple(
        QueuedView(
            action=q.action, label=in_terms_of(read.policy.pack, words.action_name(q.action)), queued_at=q.queued_at,
            expected_at=opens.get(q.action),
        )
        for q in read.snapshot.queued
        if read.staff or q.party == read.viewer
    )


def _fields(read: CaseRead, rule: ActionRule) -> Iterator[FieldView]:
    for field in rule.fields.values():
        if field.name in INSIDE_RULING:
            for name, kind, required in INSIDE_RULING[field.name]:
                yield _plain(name, kind, required)
        elif field.name not in NEVER_TYPED:
            yield _field(read, rule, field)


def _plain(name: str, kind: str, required: bool) -> FieldView:
    return FieldView(name=name, label=words.field_name(name), type=kind, required=required, help=words.field_help(name))


def _field(read: CaseRead, rule: ActionRule, field: FieldRule) -> FieldView:
    return FieldView(
        name=field.name, label=words.field_name(field.name), type=field.type, required=field.required,
        choices=tuple(_choices(read, rule, field)), initial=_initial(read, rule, field),
        maximum=_maximum(read, field), minimum_zero=Party(read.viewer) in field.zero, help=words.field_help(field.name),
    )  # fmt: skip


def _maximum(read: CaseRead, field: FieldRule) -> Money | None:
    return read.money(read.facts.get("maximum")) if field.capped else None


def _initial(read: CaseRead, rule: ActionRule, field: FieldRule) -> str:
    """What is known already is not asked again."""
    if rule.name in ("edit_request", "propose", "rule") and field.name in ("reason", "remedy", "amount"):
        return str(read.facts.get(field.name) or "")
    if field.type == "address":
        return read.case.shop.return_address if read.viewer == Party.SELLER else ""
    return ""


def _choices(read: CaseRead, rule: ActionRule, field: FieldRule) -> Iterator[Choice]:
    policy, language = read.policy, get_language() or ""
    match field.type:
        case "remedy":
            codes = remedies_of(
                policy, read.facts.get("reason") if read.viewer == Party.BUYER and rule.name == "propose" else None
            )
            yield from (Choice(value=code, label=remedy_label(policy, code)) for code in codes)
        case "reason":
            for code, reason in policy.reasons.items():
                yield Choice(
                    value=code, label=reason_label(reason), hint=name_of(BURDENS, reason.burden),
                    group=name_of(REASON_GROUPS, reason.group),
                )  # fmt: skip
        case "refusal":
            for code, labels in policy.refusals.items():
                yield Choice(value=code, label=pack_words(labels, language, code))
        case "rejection":
            for code in policy.rejections:
                yield Choice(value=code, label=rejection_label(policy, code), hint=rejection_advice(policy, code))
        case _:
            yield from (Choice(value=code, label=_choice_label(field.name, code)) for code in _codes(field))


def _codes(field: FieldRule) -> tuple[str, ...]:
    return field.choices or (("buyer", "seller") if field.type == "party" else ())


def _choice_label(name: str, code: str) -> str:
    table = words.CHOICES.get(name) or CHOICE_TABLES.get(name) or {}
    return name_of(table, code)


def remedies_of(policy: Policy, reason: str | None) -> tuple[str, ...]:
    """The remedies of a reason, or all the pack knows."""
    found = policy.reasons.get(reason or "")
    return found.remedies if found else tuple(policy.remedies)


def remedy_label(policy: Policy, code: str) -> str:
    """A remedy's name: the document's own, else the generic one."""
    labels = (policy.remedies.get(code) or {}).get("labels")
    return pack_words(labels, get_language() or "", name_of(REMEDIES, code))


def rejection_label(policy: Policy, code: str) -> str:
    """What a preliminary review rejected a call for."""
    return pack_words(policy.rejections.get(code), get_language() or "", code)


def rejection_advice(policy: Policy, code: str) -> str:
    """What the pack advises after such a rejection; empty when it says nothing."""
    found = policy.document["rejections"][code] if code in policy.rejections else {}
    return pack_words(found.get("advice"), get_language() or "")


def reason_label(reason: Reason) -> str:
    return pack_words(reason.labels, get_language() or "", reason.code)


def _builtin_fields(read: CaseRead, name: str) -> tuple[FieldView, ...]:
    return tuple(
        FieldView(
            name=field, label=words.field_name(field), type=kind, required=required, help=words.field_help(field),
            choices=tuple(_builtin_choices(read, name, field)),
        )
        for field, kind, required in BUILTIN_FIELDS.get(name, ())
    )  # fmt: skip


def _builtin_choices(read: CaseRead, name: str, field: str) -> Iterator[Choice]:
    if field == "deadline":
        for label, deadline in running_deadlines(read.policy, read.snapshot):
            yield Choice(value=deadline, label=label)
    elif field == "mode":
        codes = ("lapse", "fresh") if read.facts.get("held") == "overdue_on_arrival" else ("moved", "lapse", "fresh")
        yield from (Choice(value=code, label=_choice_label("mode", code)) for code in codes)
    elif name == "pause" and field == "reason":
        yield from (Choice(value=code, label=name_of(HOLDS, code)) for code in HOLDS_OF_ONE_CASE)


def running_deadlines(policy: Policy, snapshot: CaseSnapshot) -> Iterator[tuple[str, str]]:
    """Labels and names of the running deadlines somebody may be given more time for."""
    for state in snapshot.deadlines.values():
        rule = policy.deadlines[state.name]
        if state.pending and not rule.reminds_of:
            yield pack_words(rule.provenance.labels, get_language() or "", state.name), state.name
