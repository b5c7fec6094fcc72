"""A sheet of values whose layout is somebody else's: what its columns mean, and the numbers in it.

Two layouts: one line a number (institution, fact, value), or one line an institution and a column a fact. A
column is recognised by its heading, else by its cells; a person decides. An empty cell is missing, never 0.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from performance.engine.factbook import BookedFact

INSTITUTION, FACT, VALUE, NOTE = "institution", "fact", "value", "note"
ROLES = (INSTITUTION, FACT, VALUE, NOTE)
WORDS: Mapping[str, tuple[str, ...]] = {
    INSTITUTION: ("机构", "机构编码", "机构代码", "机构名称", "单位", "医疗机构", "institution"),
    FACT: ("数据项", "数据项代码", "指标项", "项目", "代码", "fact", "key"),
    VALUE: ("数值", "值", "本期数", "填报数", "value"),
    NOTE: ("备注", "说明", "来源", "note"),
}
TEN_THOUSAND = "万元"
LOOKED_AT = 8  # lines among which the headings are looked for
SHOWN = 3  # cells of a column
ENOUGH = 0.8  # share of the filled cells that must be known
_SPACES, _UNIT = re.compile(r"[\s_　]+"), re.compile(r"[(（\[].*?[)）\]]")


def plain(text: str) -> str:
    """A heading or name without spaces, case and the unit in brackets."""
    return _UNIT.sub("", _SPACES.sub("", text)).casefold()


@dataclass(frozen=True, slots=True)
class Column:
    """One column: heading, what it means ("" not read), why it is thought so, and its first cells."""

    heading: str
    target: str
    why: str = ""
    values: tuple[str, ...] = ()

    @property
    def times(self) -> Decimal:
        """By what its amounts are multiplied: 10,000 where the heading says 万元."""
        return Decimal(10_000) if TEN_THOUSAND in self.heading else Decimal(1)


@dataclass(frozen=True, slots=True)
class Cell:
    """One filled cell that should be a number: where it stands and what it is of."""

    line: int
    heading: str
    place: str
    fact: str
    text: str
    note: str
    times: Decimal


def names_of(book: Mapping[str, BookedFact]) -> dict[str, str]:
    """Keys of facts by everything that names them."""
    found: dict[str, str] = {}
    for key, fact in book.items():
        for name in (fact.name_zh, fact.name_en, key):
            found.setdefault(plain(name), key)
    return found


def head_of(rows: Sequence[Sequence[str]], facts: Mapping[str, str]) -> int:
    """Which of the first rows (from 0) holds the headings: the one with most that are known."""
    known = [sum(bool(_by_heading(cell, facts)) for cell in row) for row in rows[:LOOKED_AT]]
    most: int = max(known, default=0)
    return known.index(most) if most else 0


def guess(
    header: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    facts: Mapping[str, str],
    is_place: Callable[[str], bool],
    kept: Mapping[str, str],
) -> list[Column]:
    """What each column means: as kept for this source, by its heading; by its cells where nothing else is."""
    found = []
    for at, heading in enumerate(header):
        cells = [row[at].strip() for row in rows if at < len(row) and row[at].strip()]
        if heading in kept:
            found.append(Column(heading, kept[heading], "kept", tuple(cells)))
        else:
            target = _by_heading(heading, facts)
            found.append(Column(heading, target, "heading" if target else "", tuple(cells)))
    taken = {column.target for column in found}
    known = {INSTITUTION: is_place, FACT: lambda cell: plain(cell) in facts}
    for at, column in enumerate(found):
        role = _by_cells(column, {role: test for role, test in known.items() if role not in taken})
        if role and column.heading not in kept:
            taken.add(role)
            found[at] = Column(column.heading, role, "content", column.values)
    return [Column(one.heading, one.target, one.why, one.values[:SHOWN]) for one in found]


def _by_cells(column: Column, known: Mapping[str, Callable[[str], bool]]) -> str:
    cells = column.values
    if column.target or not cells:
        return ""
    return next((role for role, test in known.items() if sum(map(test, cells)) >= ENOUGH * len(cells)), "")


def _by_heading(heading: str, facts: Mapping[str, str]) -> str:
    said = plain(heading)
    if said in facts:
        return facts[said]
    return next((role for role, words in WORDS.items() if said and said in words), "")


def faults(columns: Sequence[Column], *, place_known: bool) -> list[str]:
    """What a layout lacks: twice:<target>, institution, value, fact, nothing."""
    targets = [column.target for column in columns if column.target]
    found = [f"twice:{target}" for target in dict.fromkeys(targets) if targets.count(target) > 1]
    if INSTITUTION not in targets and not place_known:
        found.append(INSTITUTION)
    if (FACT in targets) != (VALUE in targets):
        found.append(VALUE if FACT in targets else FACT)
    if FACT not in targets and not set(targets) - set(ROLES):
        found.append("nothing")
    return found


def cells(
    columns: Sequence[Column], rows: Sequence[tuple[int, Sequence[str]]], facts: Mapping[str, str]
) -> Iterator[Cell]:
    """Every cell that should be a number, empty ones too (their text is ""), line by line."""
    places = {column.target: at for at, column in enumerate(columns) if column.target in ROLES}
    for line, row in rows:
        said = {role: row[at].strip() if at < len(row) else "" for role, at in places.items()}
        if not any(cell.strip() for cell in row):
            continue
        place, note = said.get(INSTITUTION, ""), said.get(NOTE, "")
        if FACT in said:
            key = facts.get(plain(said[FACT]), said[FACT])
            column = columns[places[VALUE]]
            yield Cell(line, column.heading, place, key, said.get(VALUE, ""), note, column.times)
            continue
        for at, column in enumerate(columns):
            if column.target and column.target not in ROLES:
                text = row[at].strip() if at < len(row) else ""
                yield Cell(line, column.heading, place, column.target, text, note, column.times)
