"""Pack documents as text: read strictly, with the place of every field, and merged with their ancestors.

YAML is read as text, integers and true/false only, so that no date, octal number or `no` is ever
guessed. Duplicate keys are refused. A problem names file, line, field and the nearest known word.
"""

from __future__ import annotations

import copy
import difflib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

from rules.engine.errors import DocumentError

Path = tuple[str | int, ...]

_INTEGER = re.compile(r"-?(0|[1-9][0-9]*)\Z")
_BOOLEANS = {"true": True, "false": False}
_NOTHING = ("null", "~", "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a field stands."""

    file: str
    line: int


@dataclass(slots=True, kw_only=True)
class Document:
    """Plain values and the place of each."""

    values: dict[str, Any]
    places: dict[Path, Place] = field(default_factory=dict)


class PackError(Exception):
    """A pack cannot be used. Its words name file, line, field and, for a mistyped word, the nearest known one."""

    def __init__(self, problem: str, *, file: str, line: int, path: Path = (), nearest: str = "") -> None:
        self.problem, self.file, self.line, self.path, self.nearest = problem, file, line, path, nearest
        super().__init__(str(self))

    def __str__(self) -> str:
        where = ".".join(str(part) for part in self.path)
        guess = f" Did you mean “{self.nearest}”?" if self.nearest else ""
        return f"{self.file}, line {self.line}: {where + ': ' if where else ''}{self.problem}.{guess}"


def read_document(text: str, *, file: str) -> Document:
    """Parse one YAML document. Raises PackError for anything but a map of plain values."""
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise PackError(f"not valid YAML: {error.problem}", file=file, line=line) from None
    except yaml.YAMLError as error:
        raise PackError(f"not valid YAML: {error}", file=file, line=1) from None
    if not isinstance(node, yaml.MappingNode):
        raise PackError("a pack is a map of fields", file=file, line=1)
    document = Document(values={})
    document.values = _mapping(node, (), document, file)
    return document


def _value(node: yaml.Node, path: Path, document: Document, file: str) -> Any:
    document.places[path] = Place(file=file, line=node.start_mark.line + 1)
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, path, document, file)
    if isinstance(node, yaml.SequenceNode):
        return [_value(item, (*path, position), document, file) for position, item in enumerate(node.value)]
    return _scalar(node)


def _mapping(node: yaml.MappingNode, path: Path, document: Document, file: str) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for key_node, value_node in node.value:
        key = key_node.value
        if not isinstance(key_node, yaml.ScalarNode) or key in values:
            problem = f"“{key}” stands here twice" if isinstance(key_node, yaml.ScalarNode) else "a field name is text"
            raise PackError(problem, file=file, line=key_node.start_mark.line + 1, path=path)
        values[key] = _value(value_node, (*path, key), document, file)
        document.places[(*path, key)] = Place(file=file, line=key_node.start_mark.line + 1)
    return values


def _scalar(node: Any) -> Any:
    text: str = node.value
    if node.style in ("'", '"', "|", ">"):
        return text
    if text in _BOOLEANS:
        return _BOOLEANS[text]
    if _INTEGER.match(text):
        return int(text)
    return None if text in _NOTHING else text


def resolve(name: str, read: Callable[[str], Document]) -> Document:
    """A document merged with its ancestors: each once, ancestors before descendants, later ones win.

    Maps merge by key, lists and plain values replace, `remove: [a.b]` deletes a path of what was inherited.
    Raises PackError when the inheritance is cyclic or a path to remove does not exist.
    """
    merged = Document(values={})
    for ancestor in _lineage(name, read, ()):
        document = read(ancestor)
        _remove(merged, document)
        own = {key: value for key, value in document.values.items() if key not in ("inherits", "remove", "abstract")}
        _merge(merged, own, document, ())
    return merged


def _lineage(name: str, read: Callable[[str], Document], below: tuple[str, ...]) -> list[str]:
    if name in below:
        document = read(below[-1])
        place = document.places.get(("inherits",), Place(file=below[-1], line=1))
        chain = " → ".join((*below[below.index(name) :], name))
        raise PackError(f"packs inherit from each other in a circle: {chain}", file=place.file, line=place.line)
    order: list[str] = []
    for parent in read(name).values.get("inherits") or []:
        order.extend(item for item in _lineage(parent, read, (*below, name)) if item not in order)
    return [*order, name]


def _remove(merged: Document, document: Document) -> None:
    for position, dotted in enumerate(document.values.get("remove") or []):
        *parents, last = str(dotted).split(".")
        holder: Any = merged.values
        for part in parents:
            holder = holder.get(part) if isinstance(holder, dict) else None
        if not isinstance(holder, dict) or last not in holder:
            place = document.places[("remove", position)]
            raise PackError(
                f"nothing inherited stands at “{dotted}”", file=place.file, line=place.line, path=("remove", position)
            )
        del holder[last]


def _merge(merged: Document, values: Mapping[str, Any], source: Document, path: Path) -> None:
    target: Any = merged.values
    for part in path:
        target = target[part]
    for key, value in values.items():
        here = (*path, key)
        if isinstance(value, dict) and isinstance(target.get(key), dict) and not _replaces(path, key, value):
            merged.places[here] = source.places[here]
            _merge(merged, value, source, here)
            continue
        target[key] = copy.deepcopy(value)
        for place in [p for p in merged.places if p[: len(here)] == here]:
            del merged.places[place]
        merged.places.update({p: at for p, at in source.places.items() if p[: len(here)] == here})


_CONDITIONS = ("when", "confirm", "from", "length", "cut", "feed")


def _replaces(path: Path, key: str, value: dict[str, Any]) -> bool:
    """Conditions and lengths mean one thing as a whole, so a descendant's replaces its ancestor's."""
    return key in _CONDITIONS


def explain_error(error: DocumentError, document: Document, *, file: str) -> PackError:
    """Tell where in which file a document error stands, and the nearest known word."""
    path = error.path
    while path and path not in document.places:
        path = path[:-1]
    place = document.places.get(path, Place(file=file, line=1))
    return PackError(error.problem, file=place.file, line=place.line, path=error.path, nearest=nearest_of(error))


def nearest_of(error: DocumentError) -> str:
    """The known word nearest to the one that stands there; empty where none is near."""
    if not isinstance(error.word, str):
        return ""
    close = difflib.get_close_matches(error.word, [str(choice) for choice in error.choices], n=1, cutoff=0.5)
    return close[0] if close else ""
