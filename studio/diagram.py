"""How a case flows, as a drawing: stages on a fixed grid, ways between them, and the same as a table."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from disputes.labels.actions import ACTIONS
from disputes.labels.words import STAGES, name_of
from rules import wording
from rules.circumstances import listed
from rules.engine.policy import Policy, Term
from rules.engine.types import DeadlineKind, Stage
from rules.flow import Move, moves_of

WIDTH, HEIGHT, ACROSS, DOWN, MARGIN = 188, 92, 32, 56, 48
LINE = 22
"""Latin letters of a name that fit a node; a Chinese character counts as two."""

NOTE_LINE = 24
"""The same of the lengths beneath it, in smaller letters."""

MOST_SPANS = 2
"""Lengths that are named in a node; the sentences name all."""

PLACES = {
    Stage.WAIT_SELLER: (0, 0), Stage.SELLER_REFUSED: (1, 0), Stage.INTERVENTION_REQUESTED: (2, 0),
    Stage.EVIDENCE: (3, 0), Stage.REVIEW: (4, 0), Stage.WAIT_BUYER_RETURN: (0, 1), Stage.WAIT_SELLER_RECEIPT: (1, 1),
    Stage.SELLER_FOLLOWUP: (3, 1), Stage.RULED: (4, 1), Stage.WAIT_REPLACEMENT: (0, 2), Stage.WAIT_BUYER_CHECK: (1, 2),
    Stage.RE_REVIEW: (2, 2), Stage.APPEAL_EVIDENCE: (3, 2), Stage.CLOSED: (4, 2),
}  # fmt: skip
"""Column and row: asking, proving and deciding above, goods that travel below, the end at the right."""

AGREEING = frozenset({"accept", "accept_proposal", "refund_without_return", "withdraw", "withdraw_objection"})
"""Possible nearly everywhere: drawn once, from the first stage, and listed in the table."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """One stage."""

    stage: Stage
    x: int
    y: int
    middle: int
    right: int
    bottom: int
    lines: tuple[tuple[int, str], ...]
    """Each line of its name with its height."""
    notes: tuple[tuple[int, str], ...]
    """How long it lasts by itself, each line with its height."""
    ends: bool
    """Whether the case may end by itself here."""
    last: bool
    changed: bool = False
    """Whether it lasts otherwise than in the drawing it is compared with, or is new."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """One way."""

    path: str
    timer: bool
    """Only passing time leads there."""
    state: str = ""
    """Compared with another drawing: `new`, `gone`, or nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """The same way in words."""

    source: str
    target: str
    actions: str
    timers: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagram:
    """Everything a template needs to draw a pack."""

    title: str
    description: str
    width: int
    height: int
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    rows: tuple[Row, ...]
    compared: bool = False
    """Whether differences to another drawing are marked."""


def diagram_of(policy: Policy) -> Diagram:
    """Drawn from the policy alone: the same pack gives the same drawing."""
    moves = moves_of(policy)
    reached = {Stage.WAIT_SELLER, *(stage for move in moves for stage in (move.source, move.target))}
    stages = [stage for stage in PLACES if stage in policy.stages and stage in reached]
    rows = tuple(_row(move, policy) for move in moves)
    label = wording.label_of(policy.labels, get_language() or "", policy.pack)
    way = _("from “%(source)s” to “%(target)s”")
    return Diagram(
        title=_("How a case flows: %(pack)s") % {"pack": label},
        description="; ".join(way % {"source": row.source, "target": row.target} for row in rows),
        width=2 * MARGIN + 5 * WIDTH + 4 * ACROSS, height=2 * MARGIN + 3 * HEIGHT + 2 * DOWN, rows=rows,
        nodes=tuple(_node(stage, policy, moves) for stage in stages), edges=tuple(_edges(moves)),
    )  # fmt: skip


def compared(before: Diagram, after: Diagram) -> Diagram:
    """The second drawing, with everything marked that the first shows otherwise."""
    told = {node.stage: (_texts(node.notes), node.ends) for node in before.nodes}
    nodes = (replace(node, changed=told.get(node.stage) != (_texts(node.notes), node.ends)) for node in after.nodes)
    known = set(before.edges)
    edges = [replace(edge, state="" if edge in known else "new") for edge in after.edges]
    gone = [replace(edge, state="gone") for edge in before.edges if edge not in after.edges]
    return replace(after, nodes=tuple(nodes), edges=(*edges, *gone), compared=True)


def wrapped(text: str, width: int = LINE) -> list[str]:
    """Lines no wider than a node; Chinese breaks anywhere, Latin words stay whole."""
    lines, line = [], ""
    for piece in _pieces(text):
        if line and _wide(line + piece.rstrip()) > width:
            lines.append(line.rstrip())
            line = ""
        line += piece
    return [*lines, line.rstrip()]


def _pieces(text: str) -> Iterator[str]:
    word = ""
    for letter in text:
        if unicodedata.east_asian_width(letter) in "WF":
            yield from ([word] if word else [])
            word = ""
            yield letter
        else:
            word += letter
            if letter == " ":
                yield word
                word = ""
    yield word


def _wide(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def _corner(stage: Stage) -> tuple[int, int]:
    column, row = PLACES[stage]
    return MARGIN + column * (WIDTH + ACROSS), MARGIN + row * (HEIGHT + DOWN)


def _node(stage: Stage, policy: Policy, moves: tuple[Move, ...]) -> Node:
    x, y = _corner(stage)
    lines = wrapped(name_of(STAGES, str(stage)))[:3]
    notes = _stacked(_spans(stage, policy))
    first = y + HEIGHT // 2 + 5 - 9 * (len(lines) - 1) - 8 * len(notes)
    ends = any(move.source is stage and move.target is Stage.CLOSED and move.timers for move in moves)
    return Node(
        stage=stage, x=x, y=y, middle=x + WIDTH // 2, right=x + WIDTH - 16, bottom=y + HEIGHT,
        lines=tuple((first + 18 * position, line) for position, line in enumerate(lines)),
        notes=tuple((first + 18 * len(lines) + 16 * position, line) for position, line in enumerate(notes)),
        ends=ends, last=stage is Stage.CLOSED,
    )  # fmt: skip


def _texts(lines: tuple[tuple[int, str], ...]) -> tuple[str, ...]:
    return tuple(text for _height, text in lines)


def _stacked(spans: list[str]) -> list[str]:
    """The lengths in one line, or each in its own where one line would be wider than a node."""
    together = " / ".join(spans)
    return spans if _wide(together) > NOTE_LINE else [together] if spans else []


def _spans(stage: Stage, policy: Policy) -> list[str]:
    """The lengths of what ends the stage by itself, else of the platform's targets."""
    rules = [rule for rule in policy.by_stage.get(stage, ()) if stage is not Stage.CLOSED and not rule.reminds_of]
    moving = [rule for rule in rules if any(branch.to or branch.to_fact or branch.route for branch in rule.lapse)]
    chosen = moving or [rule for rule in rules if rule.kind is DeadlineKind.TARGET]
    spans = dict.fromkeys(_span(rule.terms[-1]) for rule in chosen if rule.terms[-1].length.amount)
    return list(spans)[:MOST_SPANS]


def _span(term: Term) -> str:
    if term.maximum is None:
        return wording.length_in_words(term.length)
    return f"{term.length.amount}–{wording.length_in_words(term.maximum)}"


def _edges(moves: tuple[Move, ...]) -> Iterator[Edge]:
    for move in moves:
        usual = not move.timers and set(move.actions) <= AGREEING and move.source is not Stage.WAIT_SELLER
        if usual or (move.source is Stage.CLOSED and move.target is Stage.RULED):
            continue
        if move.target is Stage.CLOSED and move.source not in (Stage.RULED, Stage.RE_REVIEW, Stage.APPEAL_EVIDENCE):
            continue
        yield Edge(path=_path(move.source, move.target), timer=move.by_itself)


def _path(source: Stage, target: Stage) -> str:
    (column, row), (to_column, to_row) = PLACES[source], PLACES[target]
    (x, y), (to_x, to_y) = _corner(source), _corner(target)
    if row == to_row:
        return _along(x, to_x, y, to_column - column, top=row == 0)
    shift = 22 if to_row > row else -22
    start_x, end_x = x + WIDTH // 2 + shift, to_x + WIDTH // 2 + shift
    start_y, end_y = (y + HEIGHT, to_y) if to_row > row else (y, to_y + HEIGHT)
    middle = (start_y + end_y) // 2
    if abs(to_row - row) > 1 and column == to_column:
        side = x - 26 if column == 0 else x + WIDTH + 26
        edge = x if column == 0 else x + WIDTH
        start, end = y + HEIGHT // 2, to_y + HEIGHT // 2
        return f"M{edge} {start} C{side} {start} {side} {end} {edge} {end}"
    return f"M{start_x} {start_y} C{start_x} {middle} {end_x} {middle} {end_x} {end_y}"


def _along(x: int, to_x: int, y: int, steps: int, *, top: bool) -> str:
    """Along a row: straight to a neighbour, over the others to one further away."""
    if abs(steps) == 1:
        height = y + HEIGHT // 2 + (-10 if steps > 0 else 10)
        return f"M{x + WIDTH} {height} H{to_x}" if steps > 0 else f"M{x} {height} H{to_x + WIDTH}"
    start, end = (x + WIDTH // 2 + 12 * steps, to_x + WIDTH // 2 - 12 * steps)
    edge = y if top else y + HEIGHT
    bow = edge - 14 * abs(steps) if top else edge + 14 * abs(steps)
    return f"M{start} {edge} C{start} {bow} {end} {bow} {end} {edge}"


def _row(move: Move, policy: Policy) -> Row:
    language = get_language() or ""
    timers = {name: policy.deadlines[name].provenance.labels for name in move.timers}
    return Row(
        source=name_of(STAGES, str(move.source)), target=name_of(STAGES, str(move.target)),
        actions=listed(_action(policy, name, language) for name in move.actions),
        timers=listed(wording.label_of(labels, language, name) for name, labels in timers.items()),
    )  # fmt: skip


def _action(policy: Policy, name: str, language: str) -> str:
    labels = policy.actions[name].provenance.labels
    return wording.label_of(labels, language, name) if labels else name_of(ACTIONS, name)
