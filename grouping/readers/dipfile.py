"""A city's DIP files: the catalogue of diseases with their points, or the values of a point (definitions 3).

Which of the two a file is, its headings say. Every line is looked at, so that all faults are told at once; a
file with a fault is taken not at all. Points keep the digits as written, money becomes whole fen.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from alliance.lib import money
from alliance.lib.refusal import Refused
from alliance.lib.sheets.limits import SheetRow
from grouping.engine.dip import Combination, combination

MOST_LINES = 50_000
LEVELS = ("tertiary", "secondary", "primary")
HEADINGS: Mapping[str, tuple[str, ...]] = {
    "list": ("目录", "目录类型", "类型", "list", "kind"),
    "diagnosis": ("主要诊断", "主要诊断编码", "诊断编码", "诊断", "diagnosis", "principal"),
    "procedures": ("手术操作", "手术操作编码", "操作编码", "手术编码", "procedures"),
    "name": ("病种名称", "名称", "name"),
    "points": ("分值", "病种分值", "rw", "points"),
    "tertiary": ("三级均费", "三级医院上年次均费用", "三级次均费用", "mean tertiary"),
    "secondary": ("二级均费", "二级医院上年次均费用", "二级次均费用", "mean secondary"),
    "primary": ("一级均费", "一级医院上年次均费用", "一级次均费用", "mean primary"),
    "insurance": ("险种", "险种类型", "insurance"),
    "level": ("级别", "医院级别", "机构级别", "level"),
    "value": ("点值", "点值(元)", "分值单价", "point value"),
}
CORE, WIDE = ("核心", "核心病种", "core"), ("综合", "综合病种", "comprehensive")
INSURANCE_WORDS: Mapping[str, tuple[str, ...]] = {
    "": ("", "全部", "不限", "any"), "employee": ("职工", "职工医保", "employee"),
    "resident": ("居民", "居民医保", "城乡居民", "resident"),
}  # fmt: skip
LEVEL_WORDS: Mapping[str, tuple[str, ...]] = {
    "": ("", "全部", "不限", "any"), "tertiary": ("三级", "tertiary"), "secondary": ("二级", "secondary"),
    "primary": ("一级", "一级及以下", "基层", "primary"),
}  # fmt: skip
DIAGNOSIS = re.compile(r"[A-Z]\d{2}(?:\.?[0-9A-Za-z].*)?\Z")
PROCEDURE = re.compile(r"\d{2}\.[0-9][0-9A-Za-z]*\Z")
POINTS = re.compile(r"\d{1,8}(?:\.\d{1,6})?\Z")
Kind = Literal["catalogue", "points"]

# What is wrong -> what to do. Filled with the finding's text and params.
REASONS: Mapping[str, tuple[str, str]] = {
    "headings": (
        "the first line lacks needed headings",
        "A catalogue needs 主要诊断 (diagnosis) and 分值 (points); point values need 点值 (point value).",
    ),
    "empty_file": ("no line below the headings", "Put one disease, or one point value, in each line."),
    "too_many": ("more than %(limit)s lines", "Deliver the catalogue of one city alone."),
    "empty": ("a value is needed here", "Fill it in."),
    "diagnosis": (
        "no diagnosis code",
        "Write a letter and two digits, a dot and more, as in J18.9; for the comprehensive list J18.",
    ),
    "short": (
        "a core disease needs four characters of the diagnosis",
        "Write the fourth character, as in J18.9, or put the line into the comprehensive list.",
    ),
    "procedure": (
        "no procedure code: a spreadsheet may have rewritten it",
        "Write two digits, a dot and more, as in 36.0601; several with + between. Set the column to text.",
    ),
    "points": ("no points", "Write a number above 0 with at most six decimals, as in 737.85."),
    "money": ("no amount in yuan", "Write yuan with at most two decimals and without a sign, as in 8231.50."),
    "list": ("no kind of list", "Write 核心 (core) or 综合 (comprehensive); empty counts as core."),
    "word": ("an unknown word", "Write one of: %(words)s."),
    "twice": ("the same as line %(line)s", "Keep one of both lines."),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """A fault of a file: line (1 = headings), column as the file calls it, the text there, which kind."""

    line: int
    column: str
    text: str
    kind: str
    params: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Disease:
    """One line of a catalogue; `means`: last year's mean cost (fen) by level, where the city gives one."""

    of: Combination
    core: bool
    name: str
    points: Decimal
    means: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class PointValue:
    """Fen a point is worth, for an insurance and a level ("" = any)."""

    insurance: str
    level: str
    fen: int


@dataclass
class Read:
    """What a file holds: its kind, its lines where nothing is wrong, or every fault."""

    kind: Kind = "catalogue"
    diseases: list[Disease] = field(default_factory=list)
    values: list[PointValue] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


def read(rows: Iterable[SheetRow]) -> Read:
    """Read a file by its headings. Raises what the rows raise (SheetRefused)."""
    found, lines = Read(), iter(rows)
    head = next(lines, None)
    places = _places(head.cells) if head is not None else {}
    if "value" in places:
        found.kind = "points"
    elif not {"diagnosis", "points"} <= set(places):
        found.findings.append(Finding(1, "", "", "headings"))
        return found
    names = head.cells if head is not None else ()
    take = _Lines(found, {column: names[place].strip() for column, place in places.items()})
    for number, row in enumerate(lines, start=1):
        if number > MOST_LINES:
            found.findings.append(Finding(row.line, "", "", "too_many", {"limit": MOST_LINES}))
            break
        cells = {name: row.cells[place].strip() for name, place in places.items() if place < len(row.cells)}
        take.line(row.line, cells)
    if not (found.findings or found.diseases or found.values):
        found.findings.append(Finding(2, "", "", "empty_file"))
    return found


def _places(cells: Sequence[str]) -> dict[str, int]:
    known = {word: column for column, words in HEADINGS.items() for word in words}
    found: dict[str, int] = {}
    for place, cell in enumerate(cells):
        column = known.get(cell.strip().replace("（", "(").replace("）", ")").casefold())
        if column is not None:
            found.setdefault(column, place)
    return found


class _Lines:
    """Takes line after line into `Read`; a faulty one adds its faults instead."""

    def __init__(self, found: Read, names: Mapping[str, str]) -> None:
        self.found, self.names = found, names
        self.first: dict[object, int] = {}
        self.number, self.cells = 0, dict[str, str]()

    def line(self, number: int, cells: dict[str, str]) -> None:
        """One line."""
        self.number, self.cells = number, cells
        before = len(self.found.findings)
        made = self._value() if self.found.kind == "points" else self._disease()
        if len(self.found.findings) > before or made is None:
            return
        key: object = made.of if isinstance(made, Disease) else (made.insurance, made.level)
        if self.first.setdefault(key, number) != number:
            self._fault("diagnosis" if isinstance(made, Disease) else "level", "twice", line=self.first[key])
        elif isinstance(made, Disease):
            self.found.diseases.append(made)
        else:
            self.found.values.append(made)

    def _fault(self, column: str, kind: str, **params: object) -> None:
        name, text = self.names.get(column, ""), self.cells.get(column, "")
        self.found.findings.append(Finding(self.number, name, text, kind, params))

    def _disease(self) -> Disease | None:
        core, of = self._core(), self._combination()
        points, means = self._points(), self._means()
        if core and of is not None and len(of.head) < 4:
            self._fault("diagnosis", "short")
        if of is None or points is None or core is None:
            return None
        return Disease(of if core else _class(of), core, self.cells.get("name", "")[:200], points, means)

    def _core(self) -> bool | None:
        text = self.cells.get("list", "").casefold()
        if text and text not in (*CORE, *WIDE):
            self._fault("list", "list")
            return None
        return text not in WIDE

    def _combination(self) -> Combination | None:
        diagnosis = self.cells.get("diagnosis", "")
        if not diagnosis:
            self._fault("diagnosis", "empty")
            return None
        if not DIAGNOSIS.match(diagnosis):
            self._fault("diagnosis", "diagnosis")
            return None
        codes = [one for one in re.split(r"[+＋;；,，、|/\s]+", self.cells.get("procedures", "")) if one]
        if any(one not in ("*", "有", "无") and not PROCEDURE.match(one) for one in codes):
            self._fault("procedures", "procedure")
            return None
        return combination(diagnosis, ("*" if one == "有" else one for one in codes if one != "无"))

    def _points(self) -> Decimal | None:
        text = self.cells.get("points", "")
        if not POINTS.match(text) or not Decimal(text):
            self._fault("points", "points" if text else "empty")
            return None
        return Decimal(text)

    def _means(self) -> dict[str, int]:
        found = {level: self._fen(level) for level in LEVELS if self.cells.get(level)}
        return {level: value for level, value in found.items() if value is not None}

    def _value(self) -> PointValue | None:
        insurance = self._word("insurance", INSURANCE_WORDS)
        level = self._word("level", LEVEL_WORDS)
        if not self.cells.get("value"):
            self._fault("value", "empty")
            return None
        value = self._fen("value")
        if insurance is None or level is None or value is None:
            return None
        return PointValue(insurance, level, value)

    def _fen(self, column: str) -> int | None:
        try:
            value = money.fen(self.cells[column])
        except Refused:
            value = 0
        if value <= 0:
            self._fault(column, "money")
            return None
        return value

    def _word(self, column: str, words: Mapping[str, Sequence[str]]) -> str | None:
        text = self.cells.get(column, "").casefold()
        for code, known in words.items():
            if text in known:
                return code
        said = "、".join(known[0] or known[1] for known in words.values())
        self._fault(column, "word", words=said)
        return None


def _class(of: Combination) -> Combination:
    """The class of a comprehensive line: three characters, procedure or none."""
    return Combination(of.head[:3], ("*",) if of.procedures else ())
