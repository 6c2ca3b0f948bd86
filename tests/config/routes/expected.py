"""Who gets what at every page of the house: the contract, written down by hand.

Whoever a line does not name gets 404, as for something that does not exist; whoever is not logged in is led to the
login. `said` is what a form would send; words that name something of the scene stand for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

WHO = (
    "anonymous", "buyer", "other_buyer", "seller", "other_seller", "arbitrator", "arbitrator_elsewhere", "recused",
    "lead", "administrator", "administrator_elsewhere", "second_person", "operator",
)  # fmt: skip
"""The second person administers every platform; the operator has the admin site and no role in any platform."""

EVERYBODY = WHO[1:]
PARTIES = ("buyer", "seller")
STAFF = ("arbitrator", "recused", "lead", "administrator", "second_person")
STAFF_AT_WORK = tuple(who for who in STAFF if who != "recused")
ALL_STAFF = (*STAFF, "arbitrator_elsewhere", "administrator_elsewhere")
ADMINISTRATORS = ("administrator", "second_person")
ALL_ADMINISTRATORS = (*ADMINISTRATORS, "administrator_elsewhere")
EVERY_PLATFORM = ("second_person",)
"""Calendars serve every platform: whoever changes them administers all of those."""

Answers = Mapping[int, tuple[str, ...]]

SEEN_BY_ALL: Answers = {200: EVERYBODY}
NOT_TAKEN: Answers = {405: EVERYBODY}
NOT_TAKEN_IN_STUDIO: Answers = {405: ALL_ADMINISTRATORS}


@dataclass(frozen=True, kw_only=True)
class Line:
    """One address with what it is asked for, and the answers."""

    name: str
    get: Answers = field(default_factory=lambda: NOT_TAKEN)
    post: Answers = field(default_factory=lambda: NOT_TAKEN)
    at: Mapping[str, str] = field(default_factory=dict)
    """Parts of the address, where they differ from the scene's own of that name."""
    said: Mapping[str, Any] = field(default_factory=dict)
    anonymous: tuple[int, int] = (302, 302)
    """What nobody in particular gets, for looking and for sending."""


def case(name: str, **given: Any) -> Line:
    return Line(name=f"disputes:{name}", **given)


def studio(name: str, **given: Any) -> Line:
    return Line(name=f"studio:{name}", **{"get": NOT_TAKEN_IN_STUDIO, "post": NOT_TAKEN_IN_STUDIO, **given})


MESSAGE = {"text": "Is anybody there?"}
RULING = {
    "outcome": "buyer_refund_only", "amount": "128.00", "liable": "seller", "clause": "T7", "reasons": "Cracked.",
    "finding_0": "first_finding", "finding_1": "second_finding", "step": "issue",
}  # fmt: skip
LENGTH = {
    "amount_0": "6", "unit_0": "days", "source": "The platform's notice", "confidence": "A", "draft": "",
    "do": "keep", "base": "base",
}  # fmt: skip
DAYS_OFF = {"revision": "1", "days": "2027-02-11", "kind": "off", "group": "spring_festival"}
YEAR = {"revision": "1", "year": "2027", "announced": "yes", "source": "The notice"}
CSV = "date,kind,group\n2027-02-11,off,spring_festival\n"
DRAFT = {"title": "Ten days", "origin": "base"}
NEW_PASSWORD = {"old_password": "gongduan-demo", "new_password1": "good-word-77", "new_password2": "good-word-77"}
NEW_PERSON = {"do": "person", "person-username": "neu", "person-language": "en", "person-password": "good-word-77"}
FREEZE = {
    "scope": "taobao", "begins_at": "2099-02-01T00:00", "ends_at": "2099-02-08T00:00", "kinds": "automatic",
    "reason_zh": "春节", "reason_en": "Spring Festival", "do": "plan",
}  # fmt: skip
IMPORT = {"format": "native", "payload": '{"version": 1, "orders": []}', "overdue": "hold", "do": "import"}

LINES: tuple[Line, ...] = (
    Line(name="healthz", get=SEEN_BY_ALL, anonymous=(200, 405)),
    Line(name="readyz", get=SEEN_BY_ALL, anonymous=(200, 405)),
    Line(name="evidence:serve", get={200: ("buyer",)}, anonymous=(302, 405)),
    # oneself
    Line(name="accounts:login", get={302: EVERYBODY}, post={302: EVERYBODY}, anonymous=(200, 302),
         said={"username": "ming", "password": "gongduan-demo"}),
    Line(name="accounts:logout", post={302: EVERYBODY}, anonymous=(405, 302)),
    Line(name="accounts:settings", get=SEEN_BY_ALL, post={302: EVERYBODY}, said={"language": "en", "time_zone": "UTC"}),
    Line(name="accounts:password", get=SEEN_BY_ALL, post={302: EVERYBODY}, said=NEW_PASSWORD),
    Line(name="accounts:role", post={302: ("administrator", "administrator_elsewhere", "second_person"),
                                     403: tuple(who for who in EVERYBODY if who not in ALL_ADMINISTRATORS)},
         said={"role": "administrator"}),
    Line(name="accounts:language", post={302: EVERYBODY}, said={"language": "en"}, anonymous=(405, 302)),
    Line(name="notifications:inbox", get=SEEN_BY_ALL),
    Line(name="notifications:open", get={302: ("buyer",)}),
    Line(name="notifications:read-all", post={302: EVERYBODY}, said={"newest": "999999"}),
    Line(name="notifications:settings", get=SEEN_BY_ALL, post={302: EVERYBODY}, said={"email": "on"}),
    # lists and the way in
    case("home", get={302: EVERYBODY}),
    case("help", get=SEEN_BY_ALL, anonymous=(200, 405)),
    case("orders", get=SEEN_BY_ALL),
    case("cases", get=SEEN_BY_ALL),
    case("shop-cases", get=SEEN_BY_ALL),
    case("shop-orders", get=SEEN_BY_ALL),
    case("shop-settings", get=SEEN_BY_ALL, post={302: ("seller",)}, said={"shop": "shop", "return_address": "1 Road"}),
    # an order
    case("order", at={"order_id": "sold"}, get={200: (*PARTIES, *STAFF)}),
    case("order-action", at={"order_id": "abroad", "action": "request_extension"}, get={200: ("buyer",)},
         post={302: ("buyer",)}),
    case("order-action", at={"order_id": "abroad", "action": "extend_receipt"}, get={409: ("seller",)},
         post={302: ("seller",)}),
    case("file", get={200: ("buyer",)}),
    case("file-evidence", get={302: ("buyer",)}, post={302: ("buyer",)}, said={"description": "A scratch."}),
    case("file-step", at={"step": "received"}, get={200: ("buyer",)}, post={302: ("buyer",)}, said={"received": "yes"}),
    case("file-step", at={"step": "check"}, get={302: ("buyer",)}, post={302: ("buyer",)}),
    # a case, for its parties
    case("case", get={200: PARTIES, 302: STAFF}),
    case("submitted", get={200: ("buyer",), 302: ("seller", *STAFF)}),
    case("calendar", get={200: (*PARTIES, *STAFF)}),
    case("why", get={200: (*PARTIES, *STAFF)}),
    case("ruling", at={"number": "closed"}, get={200: (*PARTIES, *STAFF)}),
    case("ruling", at={"number": "awaiting"}, get={}),
    case("action", at={"action": "message"}, said=MESSAGE, get={200: (*PARTIES, *STAFF_AT_WORK), 409: ("recused",)},
         post={302: (*PARTIES, *STAFF_AT_WORK), 409: ("recused",)}),
    case("action", at={"action": "withdraw"}, get={200: ("buyer",), 409: ("seller", *STAFF)},
         post={302: ("buyer",), 409: ("seller", *STAFF)}),
    case("action", at={"action": "no_such_thing"}, get={409: (*PARTIES, *STAFF)}, post={409: (*PARTIES, *STAFF)}),
    case("evidence", get={200: PARTIES}, post={302: PARTIES}, said={"description": "A scratch."}),
    case("submit-evidence", post={302: ("buyer",)}),
    case("discard-evidence", at={"exhibit": "draft"}, post={302: ("buyer",)}),
    case("withdraw-evidence", get={200: ("buyer",)}, post={302: ("buyer",)}),
    # a case, for those who decide
    case("bench-queue", get={200: ALL_STAFF}),
    case("bench-next", post={302: ALL_STAFF}),
    case("bench-case", get={200: STAFF, 302: PARTIES}),
    case("bench-take", post={302: STAFF}),
    case("bench-rule", at={"action": "rule"}, said=RULING, get={302: STAFF},
         post={302: ("arbitrator", "lead"), 409: ("recused", "administrator", "second_person")}),
    case("bench-action", at={"action": "note"}, said=MESSAGE, get={200: STAFF_AT_WORK, 409: ("recused",)},
         post={302: STAFF_AT_WORK, 409: ("recused",)}),
    case("bench-action", at={"action": "pause"}, said={"reason": "technical"},
         get={200: ("lead", *ADMINISTRATORS), 409: ("arbitrator", "recused")},
         post={302: ("lead", *ADMINISTRATORS), 409: ("arbitrator", "recused")}),
    case("bench-action", at={"number": "awaiting", "action": "approve_ruling"},
         get={200: ("lead", *ADMINISTRATORS), 409: ("arbitrator", "recused")},
         post={302: ("lead", *ADMINISTRATORS), 409: ("arbitrator", "recused")}),
    # the studio
    studio("home", get={200: ALL_ADMINISTRATORS}),
    studio("sources", get={200: ALL_ADMINISTRATORS}),
    studio("pack", get={200: ADMINISTRATORS}),
    studio("pack-versions", get={200: ADMINISTRATORS}),
    studio("change", get={200: ADMINISTRATORS}, post={302: ADMINISTRATORS}, said=LENGTH),
    studio("sentence", get={200: ADMINISTRATORS}),
    studio("explain", get={200: ADMINISTRATORS}),
    studio("stop", get={200: ADMINISTRATORS}, post={200: ADMINISTRATORS}, said={"reason": "The feed is wrong."}),
    studio("resume-pack", post={302: ADMINISTRATORS}),
    studio("migration", get={200: ADMINISTRATORS}, post={422: ADMINISTRATORS}),
    studio("repin-calendar", get={200: ALL_ADMINISTRATORS}, post={422: ALL_ADMINISTRATORS}),
    studio("drafts", get={200: ADMINISTRATORS}, post={302: ADMINISTRATORS}, said=DRAFT),
    studio("draft", get={200: ADMINISTRATORS}),
    studio("draft-sources", post={302: ADMINISTRATORS}, said={"revision": "1"}),
    studio("draft-section", get={200: ADMINISTRATORS}),
    studio("draft-entry", get={200: ADMINISTRATORS}, post={422: ADMINISTRATORS}, said={"revision": "1"}),
    studio("draft-preview", get={200: ADMINISTRATORS}),
    studio("draft-text", get={200: ADMINISTRATORS}),
    studio("draft-document", get={200: ADMINISTRATORS}, post={422: ADMINISTRATORS},
           said={"revision": "1", "text": "a"}),
    studio("draft-prove", post={302: ADMINISTRATORS}),
    studio("draft-accept", post={302: ADMINISTRATORS}, said={"revision": "1"}),
    studio("draft-submit", post={302: ADMINISTRATORS}, said={"revision": "1"}),
    studio("draft-decide", post={302: ADMINISTRATORS}, said={"revision": "1", "do": "publish"}),
    studio("draft-discard", post={302: ADMINISTRATORS}, said={"revision": "1"}),
    studio("calendars", get={200: ALL_ADMINISTRATORS}),
    studio("calendar", get={200: ALL_ADMINISTRATORS}),
    studio("calendar-month", get={200: ALL_ADMINISTRATORS}),
    studio("calendar-editions", get={200: ALL_ADMINISTRATORS}),
    studio("calendar-export", get={200: ALL_ADMINISTRATORS}),
    studio("calendar-begin", post={302: EVERY_PLATFORM}),
    studio("calendar-draft", get={200: EVERY_PLATFORM}),
    studio("calendar-days", get={200: EVERY_PLATFORM}, post={302: EVERY_PLATFORM}, said=DAYS_OFF),
    studio("calendar-year", post={302: EVERY_PLATFORM}, said=YEAR),
    studio("calendar-file", get={200: EVERY_PLATFORM}, post={200: EVERY_PLATFORM}, said={"text": CSV, "revision": "1"}),
    studio("calendar-draft-export", get={200: EVERY_PLATFORM}),
    studio("calendar-submit", post={422: EVERY_PLATFORM}, said={"revision": "1", "source": "The notice"}),
    studio("calendar-decide", post={302: EVERY_PLATFORM}, said={"revision": "1", "do": "add_empty"}),
    studio("lab", get={200: ALL_ADMINISTRATORS}, post={302: ALL_ADMINISTRATORS}),
    studio("lab-run", get={200: ADMINISTRATORS}),
    studio("lab-table", get={200: ADMINISTRATORS}),
    studio("lab-cancel", post={302: ADMINISTRATORS}),
    studio("lab-compare", get={}),
    studio("audit", get={200: ALL_ADMINISTRATORS}),
    studio("audit-table", get={200: ALL_ADMINISTRATORS}),
    studio("timers", get={200: ALL_ADMINISTRATORS}),
    studio("retry", post={302: ADMINISTRATORS}),
    studio("retry-all", post={302: ALL_ADMINISTRATORS}),
    studio("choose", get={200: ALL_ADMINISTRATORS}),
    studio(
        "choose-preview", get={302: ALL_ADMINISTRATORS}, post={200: ALL_ADMINISTRATORS},
        said={"kind": "hold", "held_for": "technical"},
    ),
    studio("bulk-runs", get={200: ALL_ADMINISTRATORS}),
    studio("bulk-run", get={200: ADMINISTRATORS}),
    studio("bulk-table", get={200: ADMINISTRATORS}),
    studio("bulk-cancel", post={302: ADMINISTRATORS}),
    studio("resume", post={302: ALL_ADMINISTRATORS}, said={"case": "number", "mode": "fresh"}),
    studio("freezes", get={200: ALL_ADMINISTRATORS}),
    studio(
        "freeze-new", get={200: ALL_ADMINISTRATORS}, post={302: ADMINISTRATORS, 422: ("administrator_elsewhere",)},
        said=FREEZE,
    ),
    studio("freeze", get={200: ADMINISTRATORS}),
    studio("freeze-end", get={200: ADMINISTRATORS}, post={302: ADMINISTRATORS}),
    studio("feeds", get={200: ALL_ADMINISTRATORS}),
    studio("feed-on", get={200: ADMINISTRATORS}, post={302: ADMINISTRATORS}),
    studio("feed-off", get={200: ADMINISTRATORS}, post={302: ADMINISTRATORS}),
    studio("imports", get={200: ALL_ADMINISTRATORS}, post={200: ALL_ADMINISTRATORS}, said=IMPORT),
    studio("import-run", get={200: ("second_person",)}),
    studio("people", get={200: ("second_person",)}, post={302: ("second_person",)}, said=NEW_PERSON),
    studio("person", get={200: ("second_person",)}, post={302: ("second_person",)}, said={"do": "suspend"}),
)  # fmt: skip

LEAVE_A_TRACE: Mapping[str, frozenset[str]] = {
    "evidence:serve": frozenset({"evidence_custodyevent", "evidence_custodyhead"}),
    "notifications:open": frozenset({"notifications_notification"}),
}
"""Looking is written down where the promise is that it is: each touch of evidence, and that somebody was told."""

ADMIN_TABLES = ("accounts_user", "accounts_shop", "accounts_membershiprecord", "accounts_identitylink")
ADMIN_SITE = (
    "index", "login", "logout", "password_change", "password_change_done", "autocomplete", "jsi18n", "view_on_site",
    "app_list", "auth_user_password_change",
    *(f"{table}_{page}" for table in ADMIN_TABLES for page in ("changelist", "add", "history", "delete", "change")),
)  # fmt: skip
"""The operators' pages, which open for operators and for nobody else."""

OF_THE_INTERFACE = ("schema", "api-docs")
"""Public documents; the rest below /api/ has a table of its own."""
