"""The table of weights: columns, dimensions, indicators, and what each was before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.urls import reverse
from django.utils.http import urlencode

from performance.drafting import words
from performance.drafting.show.data import Known, known_of
from performance.engine.exact import plain
from performance.engine.indicators import Indicator
from performance.engine.scheme import FULL, Column, Dimension, Item, Scheme
from performance.models import Level, SchemeDraft
from performance.services import schemes


@dataclass(frozen=True)
class Cell:
    """The weight of an indicator in a column. `before`: in the version it was copied from, "" where alike."""

    name: str
    value: str
    before: str
    label: str
    url: str
    there: bool = True


@dataclass(frozen=True)
class ItemRow:
    """One indicator in all columns."""

    code: str
    name: str
    cells: Sequence[Cell]


@dataclass(frozen=True)
class Heading:
    """A dimension with its sums by column: the weight, what it was before, what is decided ("" for none)."""

    code: str
    name: str
    sums: Sequence[tuple[str, str, str]]
    rows: Sequence[ItemRow] = ()


@dataclass(frozen=True)
class Matrix:
    """All weights: columns, dimensions with their indicators, sums."""

    columns: Sequence[str]
    headings: Sequence[Heading]
    sums: Sequence[tuple[str, bool]] = field(default_factory=tuple)


def matrix(
    scheme: Scheme, base: Scheme | None, draft: SchemeDraft | None, typed: Mapping[str, str] | None = None
) -> Matrix:
    """The weights of a scheme beside those of its base; cells open where the draft may be edited.

    `typed`: what was sent, shown instead of what is stored.
    """
    table = Table(scheme, base, draft, typed or {})
    sums = [sum((item.weight for item in column.items), Decimal(0)) for column in scheme.columns]
    return Matrix(
        [words.named(column) for column in scheme.columns],
        [table.heading(one) for one in scheme.dimensions],
        tuple((plain(one), one == FULL) for one in sums),
    )


class Table:
    """The cells of the table, one scheme beside its base."""

    def __init__(
        self, scheme: Scheme, base: Scheme | None, draft: SchemeDraft | None, typed: Mapping[str, str]
    ) -> None:
        self.columns, self.draft, self.typed = scheme.columns, draft, typed
        self.before = {column.code: column for column in base.columns} if base else {}
        self.known = schemes.known_indicators()

    def heading(self, dimension: Dimension) -> Heading:
        """A dimension: its sums, and each of its indicators in all columns."""
        codes = dict.fromkeys(
            item.indicator
            for column in self.columns
            for item in column.items
            if item.dimension == dimension.code
        )
        rows = [
            ItemRow(code, self._name(code), [self._cell(one, code, dimension.code) for one in self.columns])
            for code in codes
        ]
        sums = [self._sum(column, dimension.code) for column in self.columns]
        return Heading(dimension.code, words.named(dimension), sums, rows)

    def _name(self, code: str) -> str:
        return words.named(self.known[code]) if code in self.known else code

    def _sum(self, column: Column, dimension: str) -> tuple[str, str, str]:
        now, before = plain(column.weight(dimension)), self.before.get(column.code)
        then = plain(before.weight(dimension)) if before else now
        asked = next((plain(one.weight) for one in column.blocks if one.dimension == dimension), "")
        return now, "" if then == now else then, asked

    def _cell(self, column: Column, code: str, dimension: str) -> Cell:
        """The weight and where its form opens; where the column lacks the indicator, the way to add it."""
        for item in column.items:
            if (item.indicator, item.dimension) == (code, dimension):
                name = f"weight.{column.code}.{code}"
                value = self.typed.get(name, words.weight(item))
                url = self._url("performance-draft-item", column.code, code)
                return Cell(name, value, self._then(column, item), words.named(column), url)
        query = urlencode({"indicator": code, "dimension": dimension, "columns": column.code})
        url = self._url("performance-draft-add")
        return Cell("", "", "", words.named(column), url and f"{url}?{query}", there=False)

    def _then(self, column: Column, item: Item) -> str:
        before = self.before.get(column.code)
        old = {one.indicator: one.weight for one in before.items} if before else {item.indicator: item.weight}
        then = old.get(item.indicator, Decimal(0))
        return "" if then == item.weight else plain(then)

    def _url(self, name: str, *args: str) -> str:
        return reverse(name, args=[self.draft.pk, *args]) if self.draft else ""


@dataclass(frozen=True)
class Scored:
    """One indicator of a column in words; `url` opens its form, `known` says for how many it had a value."""

    item: Item
    name: str
    form: str
    missing: str
    url: str
    known: str


@dataclass(frozen=True)
class ColumnRows:
    """A column with its indicators; `month`: of which month `known` speaks, None: of none."""

    name: str
    rows: Sequence[Scored]
    month: object = None


def columns(scheme: Scheme, draft: SchemeDraft | None = None, *, edits: bool = False) -> list[ColumnRows]:
    """Every column with its indicators, how each is scored in words; of a draft with the data of a month."""
    known = known_of(scheme) if draft is not None and draft.level == Level.INSTITUTION else None
    indicators = schemes.known_indicators()
    return [
        ColumnRows(
            words.named(column),
            [
                _scored(scheme, column, item, indicators, draft if edits else None, known)
                for item in column.items
            ],
            known.month if known else None,
        )
        for column in scheme.columns
    ]


def _scored(
    scheme: Scheme, column: Column, item: Item, indicators: Mapping[str, Indicator],
    draft: SchemeDraft | None, known: Known | None,
) -> Scored:  # fmt: skip
    code = item.indicator
    return Scored(
        item,
        words.named(indicators[code]) if code in indicators else code,
        words.form(item),
        str(words.MISSED[item.when_missing or scheme.when_missing]),
        reverse("performance-draft-item", args=[draft.pk, column.code, code]) if draft else "",
        known.told(column, code) if known else "",
    )
