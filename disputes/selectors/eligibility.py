"""What may be filed about an order, line by line: found out by trying, with the rules a filing would be judged by."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from contract.clock import database_now
from contract.money import Money
from disputes.labels.refusals import refusal_sentence
from disputes.labels.words import BURDENS, name_of
from disputes.models import Case, Order, OrderLine
from disputes.selectors.access import OrderAccess
from disputes.selectors.actions import reason_label, remedy_label
from disputes.selectors.cases import pack_word
from disputes.selectors.evidence import slot_words
from disputes.selectors.order_facts import line_cap, order_facts
from disputes.selectors.order_views import Eligibility, LineEligibility, ReasonOption, ReasonRefused, RemedyOption
from disputes.selectors.orders import read_order
from disputes.selectors.platforms import zone_of_platform
from disputes.selectors.wording import Worded
from disputes.snapshot import anchors_from
from rules.engine.calendar import Calendar
from rules.engine.decide import decide
from rules.engine.draft import Draft
from rules.engine.events import Event, Refusal
from rules.engine.policy import Policy, Reason
from rules.engine.types import BLANK, CaseSnapshot, Party
from rules.selectors import calendar_edition, newest_calendar_id, version_in_force


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """A line as a filing would meet it."""

    order: Order
    line: OrderLine
    policy: Policy
    calendar: Calendar
    told: dict[str, Any]
    """What the engine would be told of the order."""
    maximum: Decimal
    now: datetime

    def refusal(self, reason: str, remedy: str) -> Refusal | None:
        """Why the whole line could not be filed for with this reason and remedy; None when it could."""
        data = {"reason": reason, "remedy": remedy, "amount": f"{self.maximum:.2f}", "order": self.told}
        event = Event(kind="file", party=Party.BUYER, actor=self.order.buyer_id, at=self.now, data=data)
        result = decide(self.policy, self.calendar, BLANK, event, now=self.now)
        return result if isinstance(result, Refusal) else None


def eligibility(access: OrderAccess, *, now: datetime | None = None) -> Eligibility:
    """What may be filed about each line now; if nothing, why, and from when or until when."""
    moment = now or database_now()
    order = read_order(access.order_id)
    lines = tuple(_line(order, line, moment) for line in order.lines.all())
    return Eligibility(
        order_id=order.pk,
        now=moment,
        currency=order.currency,
        zone=zone_of_platform(order.platform),
        eligible=any(line.eligible for line in lines),
        lines=lines,
    )


def _line(order: Order, line: OrderLine, now: datetime) -> LineEligibility:
    version = version_in_force(line.pack, now)
    maximum = line_cap(line, line.quantity)
    running = Case.objects.filter(lines__line=line).exclude(stage="CLOSED").values_list("number", flat=True).first()
    trial = Trial(
        order=order, line=line, policy=version.policy, maximum=maximum, now=now,
        calendar=calendar_edition(newest_calendar_id(version.policy.calendar)),
        told=order_facts(order, [line], version.policy, maximum=maximum),
    )  # fmt: skip
    code = "line_disputed" if running else "" if maximum > 0 else "nothing_left"
    options, refused = ((), ()) if code else _tried(trial)
    return _told(trial, code, tuple(options), tuple(refused), running or "")


def _told(
    trial: Trial, code: str, options: tuple[ReasonOption, ...], refused: tuple[ReasonRefused, ...], running: str
) -> LineEligibility:
    common = None if options or code else _common(refused)
    code = code or (common.refusal if common else "")
    return LineEligibility(
        line_id=trial.line.pk, title=trial.line.title, quantity=trial.line.quantity, pack=pack_word(trial.policy),
        eligible=bool(options), maximum=Money(trial.maximum, trial.order.currency), reasons=options, refused=refused,
        code=code, detail=str(refusal_sentence(code)) if code else "",
        available_from=common.available_from if common else None,
        available_until=common.available_until if common else _closes(trial), case=running,
    )  # fmt: skip


def _common(refused: tuple[ReasonRefused, ...]) -> ReasonRefused | None:
    """The refusal most reasons meet: what stands in the way of the line as a whole."""
    if not refused:
        return None
    codes = [item.refusal for item in refused]
    most = max(codes, key=codes.count)
    return next(item for item in refused if item.refusal == most)


def _closes(trial: Trial) -> datetime | None:
    """Until when filing is possible: the end of the windows that filing looks at, where they have begun."""
    snapshot = CaseSnapshot(facts=trial.told["facts"], anchors=anchors_from(trial.told["anchors"]))
    draft = Draft(
        trial.policy, trial.calendar, snapshot, Event(kind="file", party=Party.BUYER, at=trial.now), trial.now
    )
    windows = (trial.policy.deadlines[guard.window] for guard in trial.policy.actions["file"].guards if guard.window)
    return min((due for rule in windows if (due := rule.due_from_anchor(draft))), default=None)


def _tried(trial: Trial) -> tuple[list[ReasonOption], list[ReasonRefused]]:
    options, refused = [], []
    for reason in trial.policy.reasons.values():
        outcomes = {remedy: trial.refusal(reason.code, remedy) for remedy in reason.remedies}
        open_remedies = [remedy for remedy, refusal in outcomes.items() if refusal is None]
        if open_remedies:
            options.append(_option(trial.policy, reason, open_remedies))
        elif first := next((refusal for refusal in outcomes.values() if refusal), None):
            refused.append(_refused(reason, first))
    return options, refused


def _option(policy: Policy, reason: Reason, remedies: list[str]) -> ReasonOption:
    return ReasonOption(
        code=reason.code, label=reason_label(reason), group=reason.group, burden=reason.burden,
        hint=name_of(BURDENS, reason.burden), remedies=tuple(_remedies(policy, remedies)),
        evidence=tuple(Worded(code=slot, text=slot_words(policy, slot)[0]) for slot in reason.slots.get("buyer", ())),
        not_received=reason.group in ("not_received", "shipping"),
    )  # fmt: skip


def _remedies(policy: Policy, codes: list[str]) -> Iterator[RemedyOption]:
    for code in codes:
        returns = bool((policy.remedies.get(code) or {}).get("returns_goods"))
        yield RemedyOption(code=code, label=remedy_label(policy, code), returns_goods=returns)


def _refused(reason: Reason, refusal: Refusal) -> ReasonRefused:
    return ReasonRefused(
        code=reason.code, label=reason_label(reason), refusal=refusal.code, detail=str(refusal_sentence(refusal.code)),
        available_from=refusal.available_from, available_until=refusal.available_until,
    )  # fmt: skip
