"""The table of a month: institutions by column of the scheme, with points, score, place and money."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from alliance.web.parts import Bar
from performance.models import Line
from performance.services import months
from performance.services.completeness import Delivery
from performance.show import labels, ranks
from performance.show.frame import Frame
from performance.show.ranks import Place


@dataclass(frozen=True)
class Cell:
    """Points of one dimension out of what it can give; None: nothing of it could be assessed."""

    points: Decimal | None
    weight: Decimal
    url: str


@dataclass(frozen=True)
class Row:
    """One institution of the month; differences are against the month before, None without one."""

    line: Line
    url: str
    institution_url: str
    cells: Sequence[Cell]
    place: str
    delivery: Delivery | None
    score_change: Decimal | None
    fen_change: int | None

    @property
    def own(self) -> bool:
        """True when the member may open the row."""
        return bool(self.url)


@dataclass(frozen=True)
class Group:
    """The institutions scored alike, best first where they are ranked."""

    name: str
    rows: Sequence[Row]


@dataclass(frozen=True)
class Before:
    """The month before, by institution."""

    lines: Mapping[int, Line]

    def score(self, line: Line) -> Decimal | None:
        """The difference of the score."""
        then = self.lines.get(line.institution_id)
        if then is None or then.score is None or line.score is None:
            return None
        return line.score - then.score

    def fen(self, line: Line) -> int | None:
        """The difference of the share in fen."""
        then = self.lines.get(line.institution_id)
        return None if then is None or then.fen is None or line.fen is None else line.fen - then.fen

    def total(self) -> int | None:
        """The pool of the month before; None without one."""
        known = [line.fen for line in self.lines.values() if line.fen is not None]
        return sum(known) if known else None


def before(frame: Frame) -> Before:
    """The lines of the month before that count; two queries."""
    run = months.current(frame.month.previous())
    if run is None:
        return Before({})
    return Before({line.institution_id: line for line in Line.objects.filter(settlement=run.settlement_id)})


def groups(
    frame: Frame, lines: Sequence[Line], earlier: Before, deliveries: Sequence[Delivery],
    limits: tuple[int, Decimal],
) -> list[Group]:  # fmt: skip
    """The table, column by column of the scheme; `limits` as `ranks.least` gives them."""
    least, assessed = limits
    arrived = {one.institution.pk: one for one in deliveries}
    found = []
    for column in frame.scheme.columns:
        inside = [line for line in lines if line.column == column.code]
        ranked = ranks.places(ranks.scores(inside, least_assessed=assessed), least=least)
        rows = [_row(frame, line, earlier, arrived, ranked) for line in _ordered(inside, ranked)]
        if rows:
            found.append(Group(_heading(labels.named(column), len(rows), bool(ranked), least), rows))
    return found


def _ordered(lines: Sequence[Line], ranked: Mapping[str, Place]) -> list[Line]:
    """By place where there are places, else by code."""
    last = len(lines) + 1

    def key(line: Line) -> tuple[int, str]:
        place = ranked.get(line.institution.code)
        return (place.number if place else last, line.institution.code)

    return sorted(lines, key=key)


def _heading(name: str, count: int, ranked: bool, least: int) -> str:
    number = ngettext("%(name)s, %(n)d institution", "%(name)s, %(n)d institutions", count)
    head = number % {"name": name, "n": count}
    if ranked:
        return _("%(head)s (by score)") % {"head": head}
    return _("%(head)s (fewer than %(least)d: no places)") % {"head": head, "least": least}


def _row(
    frame: Frame,
    line: Line,
    earlier: Before,
    arrived: Mapping[int, Delivery],
    ranked: Mapping[str, Place],
) -> Row:
    code = line.institution.code
    may = frame.opens(line.institution)
    url = frame.url("month-institution", code) if may else ""
    return Row(
        line=line,
        url=frame.url("month-why", code) if may else "",
        institution_url=url,
        cells=[cell(line, dimension.code, url) for dimension in frame.scheme.dimensions],
        place=_place(ranked.get(code)),
        delivery=arrived.get(line.institution_id),
        score_change=earlier.score(line),
        fen_change=earlier.fen(line),
    )


def cell(line: Line, dimension: str, url: str) -> Cell:
    """Points of a dimension; a dimension the column does not have weighs nothing."""
    found: Mapping[str, Any] | None = next(
        (one for one in line.dimensions if one["dimension"] == dimension), None
    )
    if found is None:
        return Cell(None, Decimal(0), "")
    assessed = Decimal(found["possible"]) > 0
    points = Decimal(found["points"]) if assessed else None
    # Beside them stand the points that were possible here: what was not assessed weighs nothing.
    return Cell(points, Decimal(found["possible"]), f"{url}#{dimension}" if url else "")


def _place(place: Place | None) -> str:
    if place is None:
        return ""
    return _("equal %(n)d") % {"n": place.number} if place.shared else str(place.number)


def changes(lines: Sequence[Line], earlier: Before) -> list[Bar]:
    """Who gains and who loses against the month before, the largest gain first."""
    found = [(line.institution.short_name, earlier.fen(line)) for line in lines]
    bars = [Bar(name, fen) for name, fen in found if fen is not None]
    return sorted(bars, key=lambda bar: (-bar.fen, bar.name))
