"""The composition of a bill: fee classes in plain words, a picture of a hundred squares, who paid.

Pure: from the facts of a stay to what the page shows. The lines always add up to the total, to the fen: what
no class holds stands on a line of its own.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from pathlib import Path

from alliance.lib.money import split_pool
from grouping.billed import BillFact

CLASSES = Path(__file__).parent / "data" / "classes.toml"
REST = "rest"  # what the total holds beyond the classes
SQUARES = 100


@dataclass(frozen=True, slots=True)
class FeeClass:
    """A class of charges: column, family of the picture, name and plain words in both languages."""

    key: str
    family: str
    name: Mapping[str, str]
    text: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a bill in fen; share of the total, None where the total is not above zero."""

    key: str
    family: str
    name: str
    text: str
    fen: int
    share: Fraction | None


@dataclass(frozen=True, slots=True)
class Family:
    """One colour of the picture: `squares` of a hundred, fen of its lines."""

    key: str
    name: str
    fen: int
    squares: int


@dataclass(frozen=True, slots=True)
class Bill:
    """What the page shows; money in fen. paid_fen: by the insurance, and ratio its share of the total; both
    None where nobody states them (front page alone).
    """

    lines: Sequence[Line]
    families: Sequence[Family]
    total_fen: int
    listed: bool
    own_fen: int | None
    inside_fen: int | None
    outside_fen: int | None
    paid_fen: int | None
    ratio: Fraction | None

    def known(self, key: str) -> Line:
        """The line of a key the page offered."""
        return next(one for one in self.lines if one.key == key)


@lru_cache(maxsize=1)
def classes() -> Mapping[str, FeeClass]:
    """Every class a document may state, by its column."""
    read = tomllib.loads(CLASSES.read_text(encoding="utf-8"))
    return {
        key: FeeClass(
            key, row["family"], {"zh-hans": row["zh"], "en": row["en"]},
            {"zh-hans": row["zh_text"], "en": row["en_text"]},
        )
        for key, row in read["class"].items()
    }  # fmt: skip


@lru_cache(maxsize=1)
def families() -> Mapping[str, Mapping[str, str]]:
    """The families of the picture in their order: names by language."""
    read = tomllib.loads(CLASSES.read_text(encoding="utf-8"))
    return {key: {"zh-hans": row["zh"], "en": row["en"]} for key, row in read["family"].items()}


def name_of(key: str, language: str) -> str:
    """The name of a line; one no class knows is called what is not broken down."""
    return classes().get(key, classes()[REST]).name[language]


def compose(fact: BillFact, language: str) -> Bill:
    """The bill of a stay in a language, "zh-hans" or "en"; its lines add up to the total (S1-67)."""
    known, total = classes(), fact.total_fen
    amounts = dict(fact.fees)
    rest = total - sum(amounts.values())
    if rest or not amounts:
        amounts[REST] = rest
    lines = [_line(known.get(key, known[REST]), key, fen, total, language) for key, fen in amounts.items()]
    lines.sort(key=lambda one: (one.key == REST, -one.fen, one.key))
    paid = None if fact.own_fen is None else total - fact.own_fen
    ratio = Fraction(paid, total) if paid is not None and total > 0 else None
    return Bill(
        lines, _families(lines, language), total, fact.listed, fact.own_fen, fact.inside_fen,
        fact.outside_fen, paid, ratio,
    )  # fmt: skip


def _line(one: FeeClass, key: str, fen: int, total: int, language: str) -> Line:
    share = Fraction(fen, total) if total > 0 else None
    return Line(key, one.family, one.name[language], one.text[language], fen, share)


def _families(lines: Sequence[Line], language: str) -> list[Family]:
    """The families that hold money, and how many of a hundred squares each fills (largest remainder)."""
    sums = {key: sum(one.fen for one in lines if one.family == key) for key in families()}
    held = {key: fen for key, fen in sums.items() if fen > 0}
    parts = {part.code: part.fen for part in split_pool(SQUARES, held).parts} if held else {}
    return [Family(key, families()[key][language], fen, parts[key]) for key, fen in held.items()]


def squares(found: Sequence[Family]) -> list[tuple[int, int, str]]:
    """The picture: (column, row, family) of every square, row by row from the top."""
    order = [one.key for one in found for _n in range(one.squares)]
    return [(at % 10, at // 10, key) for at, key in enumerate(order)]
