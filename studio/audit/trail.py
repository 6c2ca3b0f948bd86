"""The audit trail: everything administrators did, from every table that keeps a part of it, the newest first."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import connection

from accounts.models import User
from contract.paging import CursorPage, PageRequest, page_of
from disputes.labels.words import PLATFORMS, name_of
from studio.access import administers_everything
from studio.audit.words import label_of
from studio.selectors import platform_codes_of

TRAIL: Final = "audit"
"""The name of the list in cursors."""

PACKS: Final = "(SELECT DISTINCT pack, platform FROM rules_policyversion) packs"
OF_ONE: Final = "CASE jsonb_array_length(platforms) WHEN 1 THEN platforms ->> 0 ELSE '' END"
"""The platform of what belongs to one alone; empty for the rest."""
LINKS: Final = """accounts_identitylink link
    JOIN accounts_outsideidentity identity ON identity.id = link.identity_id
    JOIN accounts_user holder ON holder.id = link.person_id"""

SOURCES: Final[Mapping[str, str]] = {
    "rules": f"""action.id, at, actor_id, kind, packs.platform,
        CASE WHEN draft_id IS NULL THEN pack ELSE pack || ' #' || draft_id END, before, after
        FROM rules_ruleaction action JOIN {PACKS} USING (pack)""",
    "calendars": """id, at, actor_id, kind, '',
        CASE WHEN draft_id IS NULL THEN country ELSE country || ' #' || draft_id END, before, after
        FROM rules_calendaraction""",
    "stop": f"""stop.id, stopped_at, stopped_by_id, 'stopped', packs.platform, pack,
        NULL::jsonb, jsonb_build_object('reason', reason)
        FROM disputes_automaticstop stop JOIN {PACKS} USING (pack)""",
    "resumption": f"""stop.id, resumed_at, resumed_by_id, 'resumed', packs.platform, pack, NULL::jsonb, NULL::jsonb
        FROM disputes_automaticstop stop JOIN {PACKS} USING (pack) WHERE resumed_at IS NOT NULL""",
    "freeze": """id, planned_at, planned_by_id, 'frozen', platform, coalesce(nullif(pack, ''), platform), NULL::jsonb,
        jsonb_build_object('reason', reason_en, 'begins_at', begins_at, 'ends_at', ends_at)
        FROM disputes_freeze""",
    "freeze_end": """id, ended_at, ended_by_id, CASE WHEN ended_at > begins_at THEN 'thawed' ELSE 'called_off' END,
        platform, coalesce(nullif(pack, ''), platform), jsonb_build_object('ends_at', ends_at), NULL::jsonb
        FROM disputes_freeze WHERE ended_at IS NOT NULL""",
    "lab": f"""id, created_at, by_id, kind, {OF_ONE}, '#' || id,
        NULL::jsonb, jsonb_strip_nulls(jsonb_build_object('rules', nullif(rules, ''), 'cases', total))
        FROM studio_labrun""",
    "import": """id, started_at, started_by_id, CASE WHEN dry_run THEN 'tried' ELSE 'imported' END, '', '#' || id,
        NULL::jsonb, jsonb_build_object(
            'format', format, 'created', created, 'updated', updated, 'unchanged', unchanged, 'refused', refused)
        FROM disputes_importrun""",
    "bulk": f"""id, asked_at, asked_by_id, kind, {OF_ONE}, '#' || id,
        NULL::jsonb, jsonb_build_object('reason', reason, 'cases', total)
        FROM disputes_bulkrun""",
    "bulk_cancelled": f"""id, finished_at, cancelled_by_id, 'cancelled', {OF_ONE}, '#' || id, NULL::jsonb, NULL::jsonb
        FROM disputes_bulkrun WHERE cancelled_by_id IS NOT NULL""",
    "link": f"""link.id, linked_at, linked_by_id, 'name_linked', identity.platform, identity.outside_id,
        NULL::jsonb, jsonb_build_object('user_name', holder.username, 'orders', link.orders, 'cases', link.cases)
        FROM {LINKS}""",
    "unlink": f"""link.id, undone_at, undone_by_id, 'name_unlinked', identity.platform, identity.outside_id,
        jsonb_build_object('user_name', holder.username), NULL::jsonb
        FROM {LINKS} WHERE undone_at IS NOT NULL""",
    "member": """record.id, record.at, by_id, change, shop.platform, shop.name,
        NULL::jsonb, jsonb_build_object('user_name', member.username, 'role', record.role)
        FROM accounts_membershiprecord record
        JOIN accounts_shop shop ON shop.id = record.shop_id
        JOIN accounts_user member ON member.id = record.user_id""",
    "others": """action.id, at, actor_id, kind, platform, coalesce(whose.username, subject), before, after
        FROM accounts_administratoraction action LEFT JOIN accounts_user whose ON whose.id = action.person_id""",
}  # fmt: skip
"""What each table keeps of what somebody did, one row for each thing."""
PART: Final = """(
    SELECT '{source}' AS source, entry.*
    FROM (SELECT {rows}) entry (id, at, actor_id, kind, platform, subject, before, after)
    WHERE (%(platform)s::text IS NULL OR platform = %(platform)s)
        AND (%(since)s::timestamptz IS NULL OR at >= %(since)s) AND (%(until)s::timestamptz IS NULL OR at < %(until)s)
        AND (%(who)s::text IS NULL OR EXISTS (SELECT FROM accounts_user person WHERE person.id = actor_id
            AND (person.username = %(who)s OR strpos(lower(person.display_name), lower(%(who)s)) > 0)))
        AND (%(mine)s::text[] IS NULL OR platform = ANY(%(mine)s))
        AND (%(after_at)s::timestamptz IS NULL OR at <= %(after_at)s
            AND (at, '{source}', id) < (%(after_at)s, %(after_source)s, %(after_id)s))
    ORDER BY at DESC, id DESC LIMIT %(limit)s
)"""
"""The newest of one source: no more of it is read than a page holds, however much it keeps."""
NEWEST: Final = """
SELECT source, entry.id, at, kind, platform, subject, before::text, after::text,
    coalesce(nullif(person.display_name, ''), person.username, '')
FROM ({parts}) entry LEFT JOIN accounts_user person ON person.id = actor_id
ORDER BY at DESC, source DESC, entry.id DESC LIMIT %(limit)s
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which entries; empty means all."""

    source: str = ""
    platform: str = ""
    who: str = ""
    """A user name, or a part of a name."""
    since: datetime | None = None
    until: datetime | None = None
    """Left out itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One thing somebody did."""

    source: str
    id: int
    """Within its source."""
    at: datetime
    by: str
    """Who; empty for the house itself."""
    kind: str
    label: str
    platform: str
    platform_label: str
    """Empty for what belongs to no single platform."""
    subject: str
    before: Mapping[str, Any]
    after: Mapping[str, Any]


def entries_for(user: User, wanted: Wanted, page: PageRequest) -> CursorPage[Entry]:
    """What somebody may read of the trail: their own platforms', and everything for who administers everything."""
    after = page.after or (None, None, None)
    values = {
        "platform": wanted.platform or None, "who": wanted.who or None,
        "since": wanted.since, "until": wanted.until, "limit": page.limit + 1,
        "mine": None if administers_everything(user) else list(platform_codes_of(user)),
        "after_at": after[0], "after_source": after[1], "after_id": after[2],
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_newest(wanted.source), values)
        rows = [_entry(*row) for row in cursor.fetchall()]
    return page_of(rows, page.limit, lambda entry: (entry.at, entry.source, entry.id), of=TRAIL)


def _newest(source: str) -> str:
    """The statement for one source, or for all."""
    asked = {source: SOURCES[source]} if source else SOURCES
    return NEWEST.format(parts=" UNION ALL ".join(PART.format(source=name, rows=rows) for name, rows in asked.items()))


def _entry(
    source: str, id: int, at: datetime, kind: str, platform: str, subject: str, before: str, after: str, by: str
) -> Entry:
    return Entry(
        source=source, id=id, at=at, by=by, kind=kind, label=label_of(source, kind), platform=platform,
        platform_label=name_of(PLATFORMS, platform) if platform else "", subject=subject,
        before=json.loads(before) if before else {}, after=json.loads(after) if after else {},
    )  # fmt: skip
