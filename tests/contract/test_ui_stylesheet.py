"""The stylesheet's promises that can be computed: readable contrast, and no weight to carry."""

import gzip
import re
from itertools import product
from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parent.parent.parent / "static" / "gongduan"
STYLES = (FOLDER / "gongduan.css").read_text(encoding="utf-8")
GROUNDS = ("paper", "card", "sunken")
INKS = ("ink", "ink-2", "ink-3", "accent-ink", "soon", "late", "good", "info", "buyer", "seller", "platform")
TEXT = [
    *product(INKS, GROUNDS[:2]),
    *product(INKS[:4], GROUNDS[2:]),
    *((name, f"{name}-soft") for name in ("soon", "late", "good", "info", "buyer", "seller", "platform")),
    *product(("ink", "ink-2", "ink-3"), ("accent-soft", "soon-soft", "late-soft", "good-soft", "info-soft")),
    *product(("accent-ink",), ("accent-soft", "soon-soft", "late-soft", "good-soft", "info-soft")),
    ("on-accent", "accent"),
    ("on-accent", "accent-hover"),
    ("on-late", "late"),
    ("paper", "ink"),
]
EDGES = [*product(("edge", "accent", "soon", "late", "good"), GROUNDS[:2])]


def _tokens(block: str) -> dict[str, str]:
    return dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{3,6})\b", block))


def _schemes() -> dict[str, dict[str, str]]:
    light, dark = re.findall(r":root \{(.*?)\}", STYLES, re.DOTALL)[:2]
    return {"light": _tokens(light), "dark": _tokens(light) | _tokens(dark)}


def _luminance(colour: str) -> float:
    digits = colour.lstrip("#")
    digits = "".join(digit * 2 for digit in digits) if len(digits) == 3 else digits
    channels = (int(digits[index : index + 2], 16) / 255 for index in (0, 2, 4))
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in channels]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def _contrast(first: str, second: str) -> float:
    darker, lighter = sorted((_luminance(first), _luminance(second)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("pairs", "least"), [(TEXT, 4.5), (EDGES, 3.0)], ids=["text", "edges"])
def test_every_pair_of_colours_that_meet_can_be_told_apart(
    scheme: str, pairs: list[tuple[str, str]], least: float
) -> None:
    tokens = _schemes()[scheme]
    ratios = {pair: round(_contrast(tokens[pair[0]], tokens[pair[1]]), 2) for pair in pairs}
    assert {pair: ratio for pair, ratio in ratios.items() if ratio < least} == {}


def test_styles_and_scripts_together_stay_under_forty_kilobytes_compressed() -> None:
    files = [path for path in FOLDER.iterdir() if path.suffix in {".css", ".js"}]
    assert sum(len(gzip.compress(path.read_bytes())) for path in files) < 40_000


def test_nothing_is_fetched_from_elsewhere() -> None:
    for path in FOLDER.iterdir():
        outside = re.findall(r"(?:https?:)?//(?!www\.w3\.org)[\w.-]+\.\w+|@import", path.read_text(encoding="utf-8"))
        assert outside == [], path.name
