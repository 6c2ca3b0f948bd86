"""The floor: set-based SQL, written by hand for the two lapses of the measurement, that writes the very rows.

It knows no policy, no late rule and no calendar beyond what these two lapses need; a rule engine cannot do less
work than this and still leave the same rows behind.
"""

from __future__ import annotations

FLOOR = """
WITH due AS MATERIALIZED (
    SELECT c.id, c.stage, c.version, c.head_digest, c.facts, c.anchors, c.order_id, c.shop_id, c.currency, c.amount,
        c.recorded_at
    FROM disputes_case c
    WHERE c.wake_at IS NOT NULL AND c.wake_at <= (SELECT gongduan_clock())
    ORDER BY c.wake_at, c.id LIMIT %(limit)s FOR NO KEY UPDATE SKIP LOCKED
), now AS MATERIALIZED (SELECT gongduan_clock() AS at, count(*) FROM due
), running AS MATERIALIZED (
    SELECT d.* FROM disputes_deadline d JOIN due ON due.id = d.case_id WHERE d.status = 'pending'
), lapsing AS MATERIALIZED (
    SELECT DISTINCT ON (case_id) case_id, name, rule, due_at FROM running WHERE kind = 'auto'
    ORDER BY case_id, due_at
), starting (stage, name, rule, wait) AS (
    VALUES ('EVIDENCE', 'pick_up', 'T8b', interval '2 days'), ('EVIDENCE', 'opinion', 'T9', interval '4 days')
), changed AS MATERIALIZED (
    SELECT r.case_id, r.name, r.kind, r.party, r.rule, r.anchor, r.started_at, r.due_at, r.wakes_at,
        'cancelled' AS status, r.rung, r.paused_at, r.pause_reason, r.stated
    FROM running r
    UNION ALL
    SELECT l.case_id, s.name, 'target', 'platform', s.rule, l.due_at::text, l.due_at, l.due_at + s.wait,
        l.due_at + s.wait, 'pending', 0, NULL, '', false
    FROM lapsing l JOIN due ON due.id = l.case_id JOIN starting s ON s.stage = due.stage
), told AS MATERIALIZED (
    SELECT case_id, jsonb_object_agg(name, jsonb_build_object('name', name, 'anchor', anchor, 'started_at', started_at,
        'due_at', due_at, 'wakes_at', wakes_at, 'status', status, 'rung', rung, 'paused_at', paused_at,
        'pause_reason', pause_reason, 'stated', stated)) AS deadlines,
        min(due_at) FILTER (WHERE status = 'pending') AS next_at
    FROM changed GROUP BY case_id
), decided AS MATERIALIZED (
    SELECT due.*, due.version + 1 AS sequence, l.name, l.rule, l.due_at, t.next_at, due.stage = 'WAIT_SELLER' AS silent,
        CASE WHEN due.stage = 'WAIT_SELLER' THEN 'CLOSED' ELSE 'REVIEW' END AS new_stage,
        CASE WHEN due.stage = 'WAIT_SELLER' THEN 'refunded_by_silence' ELSE '' END AS new_outcome,
        greatest(now.at, due.recorded_at) AS noticed_at,
        CASE WHEN due.stage = 'WAIT_SELLER'
            THEN jsonb_build_object('closed', l.due_at, 'first_closed', l.due_at, 'stage_entered', l.due_at)
            ELSE jsonb_build_object('review_started', l.due_at, 'stage_entered', l.due_at) END AS new_anchors,
        CASE WHEN due.stage = 'WAIT_SELLER'
            THEN jsonb_build_object('payout', 'ordered', 'paid_amount', due.facts ->> 'amount')
            ELSE '{}' END AS new_facts,
        t.deadlines
    FROM due JOIN lapsing l ON l.case_id = due.id JOIN told t ON t.case_id = due.id CROSS JOIN now
), journal AS MATERIALIZED (
    SELECT *, jsonb_build_object('data', jsonb_build_object('deadline', name, 'rung', 0), 'anchors', new_anchors,
        'deadlines', deadlines) || CASE WHEN silent THEN jsonb_build_object('set', new_facts, 'emits',
        jsonb_build_array(jsonb_build_object('name', 'refund', 'basis', 'requested', 'amount', facts ->> 'amount')))
        ELSE '{}' END AS told
    FROM decided
), sealed AS MATERIALIZED (
    SELECT *, sha256(head_digest || convert_to(jsonb_build_array(id, sequence, 'lapsed', due_at, noticed_at, 'platform',
        NULL, 'timer', rule, true, new_stage, new_outcome, told)::text, 'UTF8')) AS digest
    FROM journal
), events AS (
    INSERT INTO disputes_caseevent (case_id, sequence, kind, at, recorded_at, party, actor_id, via, rule, material,
        stage, outcome, facts, digest)
    SELECT id, sequence, 'lapsed', due_at, noticed_at, 'platform', NULL, 'timer', rule, true, new_stage, new_outcome,
        told, digest
    FROM sealed ORDER BY id
    RETURNING id, case_id, sequence
), relayed AS (
    INSERT INTO disputes_pendingrelay (event_id, case_id, sequence) SELECT id, case_id, sequence FROM events
), ended AS (
    INSERT INTO disputes_deadline AS d (case_id, name, kind, party, rule, anchor, started_at, due_at, wakes_at, status,
        rung, paused_at, pause_reason, stated)
    SELECT case_id, name, kind, party, rule, anchor, started_at, due_at, wakes_at, status, rung, paused_at,
        pause_reason, stated
    FROM changed
    ON CONFLICT (case_id, name) DO UPDATE SET anchor = excluded.anchor, started_at = excluded.started_at,
        due_at = excluded.due_at, wakes_at = excluded.wakes_at, status = excluded.status, rung = excluded.rung,
        paused_at = excluded.paused_at, pause_reason = excluded.pause_reason, stated = excluded.stated
), paid AS (
    INSERT INTO disputes_ledgerentry (case_id, sequence, position, kind, payer, payee, amount, currency, basis, at,
        recorded_at)
    SELECT id, sequence, 0, 'refund', 'seller', 'buyer', amount, currency, 'requested', due_at, noticed_at
    FROM sealed WHERE silent
), ordered AS (
    INSERT INTO disputes_payout (case_id, sequence, amount, currency, payer, payee, status, reason, reference,
        ordered_at)
    SELECT id, sequence, amount, currency, 'seller', 'buyer', 'ordered', '', '', noticed_at FROM sealed WHERE silent
), moved AS (
    UPDATE disputes_case c SET version = s.sequence, stage = s.new_stage, outcome = s.new_outcome,
        waiting_on = CASE WHEN s.silent THEN 'none' ELSE 'platform' END, buyer_due_at = NULL, seller_due_at = NULL,
        platform_due_at = s.next_at, due_at = s.next_at, wake_at = s.next_at,
        closed_at = CASE WHEN s.silent THEN s.due_at END, recorded_at = s.noticed_at, facts = c.facts || s.new_facts,
        anchors = c.anchors || s.new_anchors, retry_at = NULL, head_digest = s.digest
    FROM sealed s WHERE s.id = c.id
    RETURNING c.id
)
SELECT count(*) FROM moved
"""

CLAIMING = """WHERE c.wake_at IS NOT NULL AND c.wake_at <= (SELECT gongduan_clock())
    ORDER BY c.wake_at, c.id LIMIT %(limit)s FOR NO KEY UPDATE SKIP LOCKED"""
FLOOR_OF_ONE = FLOOR.replace(CLAIMING, "WHERE c.id = %(case)s FOR NO KEY UPDATE")
"""The same lapse of one case that somebody else found to be due."""
assert "%(case)s" in FLOOR_OF_ONE


def sweep_by_hand(limit: int) -> int:
    """Move everything that is due, `limit` cases a transaction; how many there were."""
    from django.db import connection, transaction

    moved = 0
    while True:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(FLOOR, {"limit": limit})
            (batch,) = cursor.fetchone()
        if not batch:
            return moved
        moved += batch
