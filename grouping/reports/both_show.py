"""DRG beside DIP as a page shows it: shares or money of each institution and disease, and the difference."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from alliance.models import Institution
from alliance.web import parts, words
from grouping.engine.dip import Combination
from grouping.engine.exact import fen
from grouping.reports import bars, grid
from grouping.reports.names import Names
from grouping.services.both_ways import Case, Comparison, Line

MOST_DISEASES = 30
MOST_BARS = 12


@dataclass(frozen=True)
class Compared:
    """One line both ways: shares of the total, or fen; `difference` DIP less DRG."""

    drg: Fraction
    dip: Fraction

    @property
    def difference(self) -> Fraction:
        """What DIP gives more than DRG."""
        return self.dip - self.drg


class Reading:
    """How the numbers of a comparison are read: money where prices are in force, else shares of the total."""

    def __init__(self, found: Comparison) -> None:
        self.found, self.point = found, found.point_fen
        self.money = found.valued or self.point is not None

    def of(self, line: Line) -> Compared:
        """A line both ways."""
        if self.found.valued:
            return Compared(Fraction(line.drg_fen), Fraction(line.dip_fen))
        if self.point is not None:
            return Compared(Fraction(line.drg_fen), Fraction(fen(line.points * self.point)))
        total = self.found.total
        return Compared(
            line.weight / total.weight if total.weight else Fraction(0),
            line.points / total.points if total.points else Fraction(0),
        )

    def text(self, value: Fraction) -> str:
        """A value of one side."""
        return words.yuan(int(value)) if self.money else words.pct(value, 2)

    def difference(self, value: Fraction) -> str:
        """A difference with its sign and unit."""
        if self.money:
            return words.yuan_diff(int(value))
        shown = words.diff(value * 100, 2)
        return shown if shown == words.diff(0) else _("%(points)s pp") % {"points": shown}

    def columns(self, first: str) -> list[grid.Column]:
        """Headings of a table of lines."""
        unit = _("(yuan)") if self.money else _("(share)")
        return grid.columns(
            (first, grid.HEAD), (_("cases"), grid.NUMBER), (f"DRG {unit}", grid.NUMBER),
            (f"DIP {unit}", grid.NUMBER), (_("DIP less DRG"), grid.KEY), (_("cost (yuan)"), grid.DESK_NUMBER),
        )  # fmt: skip


def title(found: Comparison, places: Mapping[int, Institution]) -> str:
    """The answer: who stands best and worst under DIP."""
    month = words.month(found.month)
    reading = Reading(found)
    ranked = sorted(found.institutions.items(), key=lambda pair: reading.of(pair[1]).difference)
    if len(ranked) < 2:
        return _("%(month)s by DRG and by DIP") % {"month": month}
    (low, worst), (high, best) = ranked[0], ranked[-1]
    return _("%(month)s: under DIP %(high)s %(more)s, %(low)s %(less)s") % {
        "month": month, "high": places[high].short_name, "low": places[low].short_name,
        "more": reading.difference(reading.of(best).difference),
        "less": reading.difference(reading.of(worst).difference),
    }  # fmt: skip


def figures(found: Comparison) -> list[parts.Fig]:
    """What is compared by what."""
    if found.city.rows:
        return _city_figures(found)
    known = found.catalogue
    if known is None:
        return []
    core = sum(entry.cases for entry in known.core.values())
    behind = core + sum(entry.cases for entry in known.comprehensive.values())
    return [
        *_counted(found, _("without a weight")),
        parts.Fig(
            _("core diseases of DIP"), words.num(len(known.core)),
            detail=_("%(share)s of %(cases)s past cases")
            % {"share": words.pct(Fraction(core, behind)), "cases": words.num(behind)},
        ),
        parts.Fig(_("mean cost (yuan)"), words.yuan(fen(known.mean_fen)), detail=_("M of RW = m / M")),
        *_point(found),
    ]  # fmt: skip


def _counted(found: Comparison, why: str) -> list[parts.Fig]:
    """The cases of the month: compared, left out, paid otherwise."""
    return [
        parts.Fig(_("cases compared"), words.num(found.total.cases)),
        parts.Fig(_("left out"), words.num(found.left_out), detail=why, bad=bool(found.left_out)),
        parts.Fig(
            _("paid otherwise"), words.num(found.other_types),
            detail=_("by bed-day, capitation and the like; all three make %(cases)s cases of the month")
            % {"cases": words.num(found.total.cases + found.left_out + found.other_types)},
        ),
    ]  # fmt: skip


def _city_figures(found: Comparison) -> list[parts.Fig]:
    """The same by the city's catalogue."""
    since, name, known = found.city.rows[0]
    lines = words.num(len(known.core) + len(known.comprehensive))
    return [
        *_counted(found, _("without a weight or a line of the catalogue")),
        parts.Fig(
            _("lines of the city's catalogue"), lines,
            detail=_("%(name)s, from %(day)s") % {"name": name, "day": since.isoformat()},
        ),
        *([] if found.valued else _point(found)),
    ]  # fmt: skip


def _point(found: Comparison) -> list[parts.Fig]:
    if found.point_fen is None:
        return []
    detail = _("standards of DRG ÷ points × coefficients")
    return [parts.Fig(_("point value (yuan)"), words.yuan(fen(found.point_fen)), detail=detail)]


def by_institution(found: Comparison, places: Mapping[int, Institution]) -> grid.Grid:
    """One line an institution, with a total."""
    reading = Reading(found)
    ordered = sorted(found.institutions, key=lambda pk: (places[pk].pinyin, places[pk].code))
    rows = [
        _row(reading, places[pk].short_name, found.institutions[pk], cases_url(found, institution=pk))
        for pk in ordered
    ]
    total = _row(reading, _("total of the alliance"), found.total, "")
    return grid.Grid(reading.columns(_("institution")), rows, total.cells, caption=_("By institution"))


def by_disease(found: Comparison, names: Names) -> grid.Grid:
    """The diseases that differ most, either way."""
    reading = Reading(found)
    ranked = sorted(found.diseases.items(), key=lambda pair: (-abs(reading.of(pair[1]).difference), pair[0]))
    rows = [
        _row(reading, disease_name(disease, names), line, cases_url(found, disease=disease))
        for disease, line in ranked[:MOST_DISEASES]
    ]
    return grid.Grid(reading.columns(_("disease (DIP)")), rows, caption=_("By disease"))


def disease_name(disease: Combination, names: Names) -> str:
    """Code and words."""
    return f"{disease} {names.of(disease)}".strip()


def _row(reading: Reading, name: str, line: Line, url: str) -> grid.Row:
    both = reading.of(line)
    return grid.row(
        name, grid.Cell(words.num(line.cases), url), reading.text(both.drg), reading.text(both.dip),
        reading.difference(both.difference), words.yuan(line.cost_fen),
    )  # fmt: skip


def institution_bars(found: Comparison, places: Mapping[int, Institution]) -> list[bars.Bar]:
    """Who gains and who loses under DIP, the largest differences first."""
    return _bars(found, found.institutions, lambda pk: places[pk].short_name)


def disease_bars(found: Comparison, names: Names) -> list[bars.Bar]:
    """The diseases that gain and lose most under DIP."""
    return _bars(found, found.diseases, lambda disease: names.of(disease) or str(disease))


def _bars(found: Comparison, lines: Mapping[Any, Line], name: Callable[[Any], str]) -> list[bars.Bar]:
    reading = Reading(found)
    pairs = [(name(key), reading.of(line).difference) for key, line in lines.items()]
    largest = sorted(pairs, key=lambda pair: (-abs(pair[1]), pair[0]))[:MOST_BARS]
    largest.sort(key=lambda pair: -pair[1])
    return bars.spread((one, value, reading.difference(value)) for one, value in largest)


def cases_url(
    found: Comparison, *, institution: int | None = None, disease: Combination | None = None
) -> str:
    """The cases behind a line."""
    asked: dict[str, object] = {"month": str(found.month)}
    if institution:
        asked["institution"] = institution
    if disease:
        asked |= {"head": disease.head, "procedures": "+".join(disease.procedures)}
    return f"{reverse('both-ways-cases')}?{urlencode(asked)}"


def cases(
    rows: list[tuple[dict[str, Any], Case | None]], places: Mapping[int, Institution], names: Names,
    *, linked: bool,
) -> grid.Grid:  # fmt: skip
    """Cases both ways."""
    columns = grid.columns(
        (_("record number"), grid.HEAD), (_("institution"), grid.TEXT), (_("discharged"), grid.TEXT),
        (_("disease (DIP)"), grid.WRAP), ("DRG", grid.TEXT), (_("weight"), grid.NUMBER),
        (_("DIP points"), grid.NUMBER), (_("cost (yuan)"), grid.KEY),
        (_("standard (yuan)"), grid.NUMBER),
    )  # fmt: skip
    return grid.Grid(columns, [_case(row, both, places, names, linked) for row, both in rows])


def _case(
    row: dict[str, Any], both: Case | None, places: Mapping[int, Institution], names: Names,
    linked: bool,
) -> grid.Row:  # fmt: skip
    return grid.row(
        grid.Cell(
            f"{row['record_no']}/{row['visit_no']}", reverse("case", args=[row["id"]]) if linked else ""
        ),
        places[row["institution_id"]].short_name, words.day(row["discharged_at"]),
        disease_name(both.combination, names) if both else row["head"], row["drg"] or words.DASH,
        _weight(row["weight"]), words.num(both.points, 4) if both else words.DASH,
        words.yuan(row["total_fen"]), words.yuan(both.drg_fen if both else None),
    )  # fmt: skip


def _weight(value: Decimal | None) -> str:
    return words.DASH if value is None else words.num(value, 4)
