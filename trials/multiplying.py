"""Many cases out of a few: rows copied as they are, under ids and numbers of their own, so that tables are large."""

from __future__ import annotations

from typing import Any, Final

COPY: Final = """
CREATE TEMP TABLE copies ON COMMIT DROP AS
SELECT nextval(pg_get_serial_sequence('disputes_case', 'id')) AS case_id,
       nextval(pg_get_serial_sequence('disputes_order', 'id')) AS order_id, m.id AS model, m.order_id AS model_order
FROM generate_series(0, %(count)s - 1) AS n
JOIN (
    SELECT id, order_id, row_number() OVER (ORDER BY id) - 1 AS place FROM disputes_case WHERE number = ANY(%(models)s)
) m ON m.place = n %% cardinality(%(models)s::text[]);

INSERT INTO disputes_order (id, outside_id, {order})
SELECT k.order_id, 'copy-' || k.order_id, {order} FROM copies k JOIN disputes_order o ON o.id = k.model_order;
INSERT INTO disputes_case (id, number, order_id, {case})
SELECT k.case_id, 'TB-' || lpad(k.case_id::text, 12, '0'), k.order_id, {case}
FROM copies k JOIN disputes_case o ON o.id = k.model;
INSERT INTO disputes_caseevent (case_id, {caseevent})
SELECT k.case_id, {caseevent} FROM copies k JOIN disputes_caseevent o ON o.case_id = k.model
ORDER BY k.case_id, o.sequence;
INSERT INTO disputes_deadline (case_id, {deadline})
SELECT k.case_id, {deadline} FROM copies k JOIN disputes_deadline o ON o.case_id = k.model ORDER BY k.case_id;
"""
OWN: Final = {
    "order": ("id", "outside_id"), "case": ("id", "number", "order_id"), "caseevent": ("id", "case_id"),
    "deadline": ("id", "case_id"),
}  # fmt: skip
"""What a copy has of its own."""
COLUMNS: Final = """
SELECT string_agg('o.' || quote_ident(column_name), ', '), string_agg(quote_ident(column_name), ', ')
FROM information_schema.columns
WHERE table_schema = current_schema() AND table_name = %s AND column_name <> ALL(%s) AND is_generated = 'NEVER'
"""


def multiply(cursor: Any, models: list[str], count: int) -> None:
    """Copy the cases of these numbers until there are `count` more, in the transaction of the cursor."""
    script = COPY
    for name, own in OWN.items():
        cursor.execute(COLUMNS, [f"disputes_{name}", list(own)])
        of_model, plain = cursor.fetchone()
        script = script.replace(f", {{{name}}})", f", {plain})").replace(f"{{{name}}}", of_model)
    cursor.execute(script, {"models": models, "count": count})
