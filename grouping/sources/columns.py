"""The mapping as a page shows it and a person corrects it: one line a column."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from grouping.readers import cells, headings, mapping
from grouping.readers.cells import UNASKED
from grouping.readers.fields import FIELDS, Kind, field_name
from grouping.readers.guess import CONTENT, HEADING, KEPT, Guess, parts_of
from grouping.readers.mapping import (
    HOURS,
    RESULT_FIELDS,
    SECONDS,
    SERIES,
    Column,
    TableMap,
    field_of,
)
from grouping.readers.masking import masked
from grouping.texts import language

SHOWN = 3  # values of a column
WHY = {
    HEADING: gettext_lazy("by its heading"), CONTENT: gettext_lazy("by its values"),
    KEPT: gettext_lazy("as before"),
}  # fmt: skip
UNITS = [("", gettext_lazy("yuan")), ("fen", gettext_lazy("fen")), ("wan", gettext_lazy("10,000 yuan"))]
FORMS = [
    ("", gettext_lazy("year first")), ("dmy", gettext_lazy("day/month/year")),
    ("mdy", gettext_lazy("month/day/year")),
]  # fmt: skip
UNIT_OPEN = (UNASKED, gettext_lazy("unit not stated"))
SPLITS = [
    ("", gettext_lazy("one value")),
    *zip(mapping.SPLITS, (
        gettext_lazy("several, parted by | ; 、"), gettext_lazy("several, parted by ,"),
        gettext_lazy("several, parted by /"), gettext_lazy("several, parted by any of | ; 、 , /"),
    ), strict=True),
]  # fmt: skip
# Offered for choosing: every single column, and of the series the first ones; others are typed.
_SERIES_SHOWN = 8
_PLAIN_KINDS = (Kind.CHOICE, Kind.CODE, Kind.INTEGER, Kind.AMOUNT, Kind.DAY, Kind.MOMENT)
_PAIR = re.compile(r"[=＝→]")


@dataclass(frozen=True)
class Option:
    """One choice of a small list."""

    value: str
    label: str
    chosen: bool


@dataclass(frozen=True)
class Line:
    """One column on the page: its controls are those that fit what it is read as."""

    number: int
    heading: str
    values: tuple[str, ...]
    target: str
    why: str
    units: list[Option]
    forms: list[Option]
    splits: list[Option]
    words: str | None
    unknown: tuple[str, ...]
    fault: str = ""

    @property
    def controls(self) -> bool:
        """Whether anything can be said about how its cells are read."""
        return bool(self.units or self.forms or self.splits or self.unknown) or self.words is not None


def lines(guesses: Sequence[Guess], faults: Mapping[str, str] | None = None) -> list[Line]:
    """The columns as the page shows them."""
    return [
        _line(number, each, (faults or {}).get(each.column.heading, ""))
        for number, each in enumerate(guesses)
    ]


def _line(number: int, each: Guess, fault: str) -> Line:
    column, field = each.column, field_of(each.column.target)
    kind = field.kind if field else None
    return Line(
        number=number, heading=column.heading, values=_shown(each, kind), target=label_of(column.target),
        why=str(WHY.get(each.why, "")), unknown=each.unknown, fault=fault,
        units=_options(_units(column), column.unit) if kind is Kind.AMOUNT else [],
        forms=_options(FORMS, column.form) if kind in (Kind.DAY, Kind.MOMENT) else [],
        splits=_options(SPLITS, column.split) if column.target in SERIES else [],
        words=words_text(column.values) if kind is Kind.CHOICE or column.values else None,
    )  # fmt: skip


def _units(column: Column) -> list[tuple[str, Any]]:
    """The units to choose from; that none is stated can be left, not chosen."""
    return [UNIT_OPEN, *UNITS] if column.unit == UNASKED else UNITS


def _shown(each: Guess, kind: Kind | None) -> tuple[str, ...]:
    """The first different values; whatever may name a person is masked."""
    texts = list(dict.fromkeys(each.values))[:SHOWN]
    if kind in _PLAIN_KINDS:
        return tuple(text[:40] for text in texts)
    return tuple(masked(each.column.target, text) for text in texts)


def _options(known: Sequence[tuple[str, Any]], chosen: str) -> list[Option]:
    return [Option(value, str(label), value == chosen) for value, label in known]


def label_of(target: str) -> str:
    """A target as it is chosen: code and name."""
    return f"{target} {target_name(target)}" if target else ""


def target_name(target: str) -> str:
    """The name of a target in the language of the page."""
    if target in HOURS:
        return _("%(field)s, hour") % {"field": field_name(HOURS[target], language())}
    if target in SECONDS:
        return _("%(field)s, second column") % {"field": field_name(SECONDS[target], language())}
    return field_name(target, language())


def offered(results: bool = False) -> list[str]:
    """The targets one may choose, as they are written in the field."""
    if results:
        return [label_of(code) for code in RESULT_FIELDS]
    found = [code for code in FIELDS if _offered(code)]
    return [label_of(code) for code in (*found, *HOURS, *SECONDS)]


def _offered(code: str) -> bool:
    hit = re.fullmatch(r"[A-Z]\d{2}x(\d{2})[CN]?", code)
    return hit is None or int(hit[1]) <= _SERIES_SHOWN


def words_text(values: Mapping[str, str]) -> str:
    """A value map as it is typed: 男=1；女=2."""
    return "；".join(f"{text}={code}" for text, code in values.items())


def read(data: Mapping[str, Any], guesses: Sequence[Guess]) -> tuple[list[Guess], dict[str, str]]:
    """The guesses as a person has corrected them, and what cannot be understood by heading."""
    faults: dict[str, str] = {}
    found = []
    for number, each in enumerate(guesses):
        column, fault = _read_column(data, number, each.column)
        if fault:
            faults[each.column.heading] = fault
        why = each.why if column.target == each.column.target else ""
        found.append(replace(each, column=column, why=why, unknown=_unknown(column, each.values)))
    return found, faults


def _read_column(data: Mapping[str, Any], number: int, before: Column) -> tuple[Column, str]:
    typed = str(data.get(f"c{number}_target", "")).strip()
    target, fault = _target(typed)
    same = target == before.target
    values, bad = _words(str(data.get(f"c{number}_words", "")), before.values if same else {})
    unit = before.unit if same else _unit_of(before.heading, target)
    if unit == UNASKED:
        unit = _one_of(data.get("money_unit"), UNITS, unit)
    return Column(
        before.heading, target, values,
        unit=_one_of(data.get(f"c{number}_unit"), UNITS, unit),
        form=_one_of(data.get(f"c{number}_form"), FORMS, before.form if same else ""),
        split=_one_of(data.get(f"c{number}_split"), SPLITS, before.split if same else ""),
    ), fault or bad  # fmt: skip


def _unit_of(heading: str, target: str) -> str:
    """The unit a heading states for money; nothing for what is no money."""
    field = field_of(target)
    return headings.unit_of(heading) if field is not None and field.kind is Kind.AMOUNT else ""


def _target(typed: str) -> tuple[str, str]:
    code = typed.split(" ", 1)[0]
    if not typed or field_of(code) or code in HOURS or code in SECONDS:
        return code, ""
    by_name = {field.zh: field.code for field in FIELDS.values()} | {f.en: f.code for f in FIELDS.values()}
    if typed in by_name:
        return by_name[typed], ""
    return "", _("“%(text)s” is no column of the standard; choose one of the list.") % {"text": typed[:40]}


def _words(typed: str, before: Mapping[str, str]) -> tuple[dict[str, str], str]:
    if not typed.strip():
        return dict(before), ""
    found: dict[str, str] = {}
    for pair in re.split(r"[;；\n]", typed):
        if not pair.strip():
            continue
        text, *code = (part.strip() for part in _PAIR.split(pair, maxsplit=1))
        if not code or not code[0]:
            return dict(before), _("Write values as text=code, parted by ；, such as 男=1；女=2.")
        found[text] = code[0]
    return found, ""


def _one_of(typed: Any, known: Sequence[tuple[str, Any]], otherwise: str) -> str:
    return typed if typed in [value for value, _label in known] else otherwise


def _unknown(column: Column, values: tuple[str, ...]) -> tuple[str, ...]:
    field = field_of(column.target)
    if field is None or not field.choices:
        return ()
    texts = dict.fromkeys(parts_of(values, column.split))
    return tuple(
        text for text in texts if cells.choice(text, field.code, column.values) not in field.choices
    )[:8]


def as_map(guesses: Sequence[Guess], delimiter: str, header_line: int) -> TableMap:
    """The mapping of the corrected guesses."""
    return TableMap(tuple(each.column for each in guesses), delimiter, header_line)


@dataclass(frozen=True)
class UnitChoice:
    """One unit of money, and what the first amounts of the file would be in it (yuan)."""

    value: str
    label: str
    shown: tuple[str, ...]


def unit_choices(guesses: Sequence[Guess]) -> list[UnitChoice]:
    """The units to choose from for money whose headings say none; nothing where every unit is known.

    The total charge shows best which unit it is; without it the first column of money.
    """
    open_ = [each for each in guesses if each.column.target and each.column.unit == UNASKED]
    if not open_:
        return []
    shown = next((each for each in open_ if each.column.target == "D01"), open_[0])
    texts = [text for text in dict.fromkeys(shown.values) if cells.amount(text) != "0.00"][:SHOWN]
    return [
        UnitChoice(value, str(label), tuple(_in_yuan(text, value) for text in texts))
        for value, label in UNITS
    ]


def _in_yuan(text: str, unit: str) -> str:
    """An amount of the file in yuan with commas, or as it stands where it is none in this unit."""
    found = cells.amount(text, unit)
    try:
        return f"{Decimal(found):,.2f}"
    except InvalidOperation:
        return found
