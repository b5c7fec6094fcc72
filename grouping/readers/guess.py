"""The mapping assistant's proposal: each column by its heading, else by its content. A person decides."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass, replace

from grouping.readers import cells, headings
from grouping.readers.fields import FIELDS, Kind
from grouping.readers.mapping import (
    DELIMITERS,
    HOURS,
    RESULT_FIELDS,
    SECONDS,
    SEPARATORS,
    SERIES,
    SPLITS,
    Column,
    TableMap,
    field_of,
)
from grouping.readers.words import words_of

HEADING, CONTENT, KEPT = "heading", "content", "kept"
_DIAGNOSIS = re.compile(r"[A-Z]\d{2}(?:\.[0-9A-Za-z]{1,8})?(?:\+[A-Z]\d{2}(?:\.\w{1,6})?\*?)?")
_PROCEDURE = re.compile(r"\d{2}\.\d{1,4}(?:x\d{1,4})?")
_ID = re.compile(r"\d{17}[\dXx]")
_SPLIT = re.compile(f"[{re.escape(SEPARATORS)}]")
_ANY = re.compile(f"[{re.escape(SPLITS[-1])}]")
_CODES = {*SERIES["C03C"], *SERIES["C14x01C"]}
_PAIRS = [
    *zip(SERIES["C03C"], SERIES["C04N"], strict=True),
    *zip(SERIES["C14x01C"], SERIES["C15x01N"], strict=True),
]
# The name beside a code, the code beside a name.
_OTHER_SIDE = {**dict(_PAIRS), **{name: code for code, name in _PAIRS}}
_ENOUGH = 0.8  # share of the filled cells that must look alike
_SOME = 0.05  # share of code cells with several codes from which a cell is cut
LINES_LOOKED_AT = 8


@dataclass(frozen=True, slots=True)
class Guess:
    """One column with the reason for its proposal ("heading", "content", "kept", "") and its first values.

    unknown: words of an enumeration that nobody has given a code yet.
    """

    column: Column
    why: str
    values: tuple[str, ...]
    unknown: tuple[str, ...] = ()


def delimiter_of(lines: Sequence[str]) -> str:
    """The separator that cuts the first lines into the most columns."""
    return max(DELIMITERS, key=lambda sign: max((_cut(line, sign) for line in lines), default=0))


def _cut(line: str, delimiter: str) -> int:
    try:
        return len([cell for cell in next(csv.reader([line], delimiter=delimiter), []) if cell.strip()])
    except csv.Error:
        return 0


def header_line_of(rows: Sequence[Sequence[str]]) -> int:
    """The line (from 1) among the first with the most known headings; titles above it are passed over."""
    known: list[int] = [
        len([cell for cell in row if headings.target_of(cell)[1]]) for row in rows[:LINES_LOOKED_AT]
    ]
    most = max(known, default=0)
    return known.index(most) + 1 if most else 1


def guess(
    header: Sequence[str],
    rows: Sequence[Sequence[str]],
    before: TableMap | None = None,
    *,
    results: bool = False,
) -> list[Guess]:
    """A proposal for each column with a heading. What a mapping `before` says about a heading stays.

    `results`: the file holds central group results, not cases.
    """
    kept = {column.heading.upper(): column for column in (before.columns if before else ())}
    found = [
        _first(heading, _filled(rows, place), kept.get(heading.upper()))
        for place, heading in enumerate(header) if heading
    ]  # fmt: skip
    if results:
        return [_detailed(each) for each in _once([_only(each, RESULT_FIELDS) for each in found])]
    settled = _by_content(_once([_only(each, (*FIELDS, *HOURS, *SECONDS)) for each in found]))
    return [_detailed(each) for each in settled]


def _filled(rows: Sequence[Sequence[str]], place: int) -> tuple[str, ...]:
    texts = (row[place].strip() for row in rows if place < len(row))
    return tuple(text for text in texts if text and text != "-")


def _first(heading: str, values: tuple[str, ...], kept: Column | None) -> Guess:
    if kept is not None:
        return Guess(kept, KEPT, values)
    target, sure = headings.target_of(heading)
    other = _OTHER_SIDE.get(target, "")
    if other and values and _are_codes(target, values) != (target in _CODES):
        target = other  # “主要诊断” heads codes in one hospital and names in the next
    return Guess(Column(heading, target), HEADING if sure else "", values)


def _only(each: Guess, targets: Container[str]) -> Guess:
    """The guess if its target is one of these, else none."""
    if not each.column.target or each.column.target in targets:
        return each
    return Guess(Column(each.column.heading), "", each.values)


def _are_codes(target: str, values: tuple[str, ...]) -> bool:
    looks = _LOOKS["C14x01C" if target in (*SERIES["C14x01C"], *SERIES["C15x01N"]) else "C03C"]
    return sum(map(looks, values)) >= _ENOUGH * len(values)


def _once(found: list[Guess]) -> list[Guess]:
    """Each meaning once: kept before guessed, the better word before the other."""
    best: dict[str, Guess] = {}
    for each in found:
        target = each.column.target
        if target and (target not in best or _order(each) < _order(best[target])):
            best[target] = each
    return [
        each if not each.column.target or best[each.column.target] is each
        else Guess(Column(each.column.heading), "", each.values)
        for each in found
    ]  # fmt: skip


def _order(each: Guess) -> tuple[bool, int, int]:
    heading = each.column.heading
    return each.why != KEPT, -headings.target_of(heading)[1], headings.rank(heading)


_LOOKS: dict[str, Callable[[str], bool]] = {
    "A20": lambda text: bool(_ID.fullmatch(text)),
    "A12C": lambda text: text in ("男", "女", "男性", "女性"),
    "B34C": lambda text: text in words_of("B34C"),
    "B11C": lambda text: text in words_of("B11C") and text != "其他",
    "C03C": lambda text: all(_DIAGNOSIS.fullmatch(part.strip()) for part in _ANY.split(text) if part.strip()),
    "C14x01C": lambda text: all(
        _PROCEDURE.fullmatch(part.strip()) for part in _ANY.split(text) if part.strip()
    ),
}


def _by_content(found: list[Guess]) -> list[Guess]:
    """Columns without a known heading whose cells all look like one thing that no column has yet."""
    taken = {each.column.target for each in found}
    made = []
    for each in found:
        target = "" if each.column.target or each.why == KEPT else _looks_like(each.values, taken)
        if target:
            taken.add(target)
            each = replace(each, column=replace(each.column, target=target), why=CONTENT)
        made.append(each)
    return made


def _looks_like(values: tuple[str, ...], taken: set[str]) -> str:
    for target, looks in _LOOKS.items():
        if target not in taken and values and sum(map(looks, values)) >= _ENOUGH * len(values):
            return target
    return ""


def _detailed(each: Guess) -> Guess:
    """Units, forms, value maps and separators of a proposal; what is kept stays but for new words."""
    column, field = each.column, field_of(each.column.target)
    if field is None:
        return each
    if each.why != KEPT:
        column = _with_details(column, field.kind, each.values)
    unknown: tuple[str, ...] = ()
    if field.choices:
        words = dict.fromkeys(parts_of(each.values, column.split))
        known = {text: cells.choice(text, field.code, column.values) for text in words}
        values = {text: code for text, code in known.items() if code in field.choices and text != code}
        column = replace(column, values={**values, **column.values})
        unknown = tuple(text for text, code in known.items() if code not in field.choices)[:8]
    return replace(each, column=column, unknown=unknown)


def _with_details(column: Column, kind: Kind, values: tuple[str, ...]) -> Column:
    if kind is Kind.AMOUNT:
        return replace(column, unit=headings.unit_of(column.heading))
    if column.target in SERIES and values:
        column = replace(column, split=_split_of(column.target, kind, values))
    if kind in (Kind.DAY, Kind.MOMENT):
        return replace(column, form=_form_of(tuple(parts_of(values, column.split))))
    return column


def parts_of(values: Sequence[str], split: str) -> list[str]:
    """The single values of cells that hold several, parted by the signs of `split`."""
    if not split:
        return list(values)
    cut = re.compile(f"[{re.escape(split)}]")
    return [part.strip() for text in values for part in cut.split(text) if part.strip()]


def _split_of(target: str, kind: Kind, values: tuple[str, ...]) -> str:
    """The signs that part several values in a cell: those after which every part is a value of the column.

    Names may hold commas and slashes themselves, so only the usual signs part them.
    """
    looks = _value_of(target, kind)
    for split in SPLITS if looks is not None else ():
        assert looks is not None
        whole = [text for text in values if not looks(text)]
        parted = [text for text in whole if all(map(looks, parts_of([text], split)))]
        if len(parted) > _SOME * len(values) and len(parted) >= _ENOUGH * len(whole):
            return split
    several = sum(bool(_SPLIT.search(text)) for text in values)
    return SEPARATORS if several > _SOME * len(values) else ""


def _value_of(target: str, kind: Kind) -> Callable[[str], bool] | None:
    """Whether a text is one value of a series: date, level or code; None for names, which show nothing."""
    if kind in (Kind.DAY, Kind.MOMENT):
        forms = (cells.YEAR_FIRST, cells.DAY_FIRST)
        return lambda text: any(cells.date_of(text, form) is not None for form in forms)
    field = field_of(target)
    if field is not None and field.choices:
        return lambda text: cells.choice(text, field.code) in field.choices or len(text) == 1
    if target in SERIES["C03C"]:
        return lambda text: bool(_DIAGNOSIS.fullmatch(text))
    return (lambda text: bool(_PROCEDURE.fullmatch(text))) if target in SERIES["C14x01C"] else None


def _form_of(values: tuple[str, ...]) -> str:
    """Which number of a year-last date is the month, when the values themselves show it."""
    if not values or cells.date_of(values[0]) is not None:
        return cells.YEAR_FIRST
    for form in (cells.DAY_FIRST, cells.MONTH_FIRST):
        numbers = [cells.date_of(text, form) for text in values]
        if all(found is not None for found in numbers):
            months = [int(found[1]) for found in numbers if found is not None]
            days = [int(found[2]) for found in numbers if found is not None]
            if max(months) <= 12 < max(days):
                return form
    return cells.YEAR_FIRST


def proposal(guesses: Sequence[Guess], delimiter: str, header_line: int) -> TableMap:
    """The mapping the guesses make."""
    return TableMap(tuple(each.column for each in guesses), delimiter, header_line)
