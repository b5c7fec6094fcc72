"""The page of a month's metrics: a row an institution, department, doctor or group, against the alliance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alliance.lib.period import Month
from alliance.models import Department, Institution, Membership
from alliance.services import parameters
from alliance.web import parts, words
from grouping.engine.metrics import Tally
from grouping.engine.readmission import Rate
from grouping.metrics import facts, figures, names, rollup, settlement
from grouping.metrics.facts import Key, Level, Scope, Yardstick
from grouping.metrics.figures import Figure
from grouping.metrics.rows import Cell, Row, Rows
from grouping.readmission import facts as readmission

BY: dict[str, tuple[Any, Level]] = {
    "institution": (gettext_lazy("Institutions"), "institution"),
    "department": (gettext_lazy("Departments"), "department"),
    "doctor": (gettext_lazy("Doctors"), "doctor"),
    "group": (gettext_lazy("DRG groups"), "group"),
}
SINGLE = {
    "institution": gettext_lazy("institution"), "department": gettext_lazy("department"),
    "doctor": gettext_lazy("doctor"), "group": gettext_lazy("group"),
}  # fmt: skip
NEXT = {"institution": "department", "department": "group", "doctor": "group"}
READMISSION = "readmission"


@dataclass(frozen=True)
class Question:
    """What the address asks for, already narrowed to what the member may see."""

    membership: Membership
    month: Month
    by: str
    scope: Scope
    topic: str
    sort: str

    @property
    def own(self) -> int | None:
        """The institution the member belongs to; None for the offices."""
        return self.membership.institution_id

    def url(self, name: str = "metrics", /, **changes: Any) -> str:
        """An address with the same question, some of it changed; empty parts are left out."""
        asked: dict[str, Any] = {
            "month": str(self.month), "by": self.by, "view": self.topic,
            "institution": self.scope.institution, "department": self.scope.department,
            "doctor": self.scope.doctor, "drg": self.scope.drg,
        }  # fmt: skip
        found = {key: value for key, value in {**asked, **changes}.items() if value not in (None, "")}
        return f"{reverse(name)}?{urlencode(found)}"


@dataclass
class Sums:
    """What the page is made of: sums of its rows, of the whole, and readmission where the topic shows it."""

    rows: dict[Key, Tally]
    whole: Tally
    before: Tally
    yardstick: Yardstick
    readmitted: Mapping[Key, Mapping[str, Rate]] | None = None
    whole_readmitted: Mapping[str, Rate] = field(default_factory=dict)
    before_readmitted: Mapping[str, Rate] = field(default_factory=dict)
    used: readmission.Windows | None = None
    minimal: bool = False  # whether a catalogue of minimally invasive operations is in force


def sums(asked: Question) -> Sums:
    """The sums behind a page; the number of queries does not grow with the rows."""
    yardstick = facts.yardstick(asked.month)
    months, norms = [asked.month], yardstick.norms
    level = BY[asked.by][1]
    read = facts.full_tallies if asked.topic == "efficiency" else _plain
    rows = read(months, level, norms, asked.scope)
    whole = read(months, "alliance", norms, facts.ALL).get((0, ""), Tally())
    before = read([asked.month.plus(-12)], "alliance", norms, facts.ALL).get((0, ""), Tally())
    if asked.topic == "payment":
        stays = settlement.settled(asked.month, facts.ALL)
        settlement.fill(rows, [one for one in stays if settlement.within(one, asked.scope)], level)
        settlement.fill({(0, ""): whole}, stays, "alliance")
        if before.submitted:
            then = settlement.settled(asked.month.plus(-12), facts.ALL)
            settlement.fill({(0, ""): before}, then, "alliance")
    found = Sums(rows, whole, before, yardstick, minimal=rollup.catalogue_of(asked.month) is not None)
    if asked.topic == "safety":
        _add_readmission(found, asked, level)
    return found


def _add_readmission(found: Sums, asked: Question, level: Level) -> None:
    """Rates of the rows, of the alliance, and of the alliance a year ago where it has cases of then."""
    used = found.used = readmission.windows(asked.month)
    found.readmitted = readmission.rates([asked.month], used, level, asked.scope)
    found.whole_readmitted = readmission.rates([asked.month], used, "alliance").get((0, ""), {})
    if found.before.submitted:
        before = asked.month.plus(-12)
        then = readmission.rates([before], readmission.windows(before), "alliance")
        found.before_readmitted = then.get((0, ""), {})


def _plain(months: Sequence[Month], level: Level, norms: Any, scope: Scope) -> dict[Key, Tally]:
    return facts.tallies(months, level, scope)


def table(asked: Question, found: Sums) -> dict[str, Any]:
    """Heads, rows in order, and the lines below: the alliance now and a year ago."""
    shown = columns(asked)
    sort = figures.FIGURES.get(asked.sort.removeprefix("-")) or shown[0]
    least = int(str(parameters.in_force("min_n_rank", on=asked.month.last_day)))
    ordered = _ordered(found, sort, least, rising=asked.sort.startswith("-"))
    called = names.of(asked.by, [key for key, _tally in ordered], asked.month)
    place = _places(found, sort, least, ordered)

    def make(number: int) -> Row:
        key, tally = ordered[number]
        return _row(asked, found, shown, key, tally, called[key], place[number])

    rows = Rows(len(ordered), make)
    return {
        "heads": [_head(asked, one, sort) for one in shown], "rows": rows, "sort": sort,
        "readmission": _readmission_head(found), "least": least,
        "level_name": SINGLE[asked.by],
        "feet": _feet(asked, found, shown),
    }  # fmt: skip


def columns(asked: Question) -> list[Figure]:
    """The figures of the page: discharges first, then those of the topic."""
    of_topic = figures.of_topic(asked.topic)
    first = figures.FIGURES["submitted"]
    return [first, *(one for one in of_topic if one is not first)]


def _ordered(found: Sums, sort: Figure, least: int, *, rising: bool) -> list[tuple[Key, Tally]]:
    """Rows by the sorted figure; those too few for a rank after the others, those without a value last."""

    def key(row: tuple[Key, Tally]) -> tuple[Any, ...]:
        value = sort.value(row[1], found.yardstick.norms)
        few = sort.rate and sort.n(row[1], found.yardstick.norms) < least
        number = 0 if value is None else value
        return (value is None, few, number if rising else -number, row[0])

    return sorted(found.rows.items(), key=key)


def _places(found: Sums, sort: Figure, least: int, ordered: Sequence[tuple[Key, Tally]]) -> list[str]:
    """Ranks of the ordered rows: equal values share one, fewer than `least` have none."""
    norms = found.yardstick.norms
    values = [sort.value(tally, norms) for _key, tally in ordered]
    few = [sort.rate and sort.n(tally, norms) < least for _key, tally in ordered]
    counted = [value for value, less in zip(values, few, strict=True) if value is not None and not less]
    first: dict[figures.Value, int] = {}
    for number, value in enumerate(counted, start=1):
        first.setdefault(value, number)
    return [
        "" if value is None else _("not ranked") if less else str(first[value])
        for value, less in zip(values, few, strict=True)
    ]


def _row(
    asked: Question,
    found: Sums,
    shown: Sequence[Figure],
    key: Key,
    tally: Tally,
    name: names.Name,
    place: str,
) -> Row:
    institution = key[0]
    scope = _scope_of(asked, key)
    opens = asked.own is None or asked.own == scope["institution"] or asked.by == "group"
    deeper = NEXT.get(asked.by)
    url = asked.url(by=deeper, **scope) if deeper and opens else ""
    cells = [_cell(asked, one, tally, found, scope if opens else None) for one in shown]
    if found.readmitted is not None:
        cells.append(_readmitted(asked, found.readmitted.get(key), scope if opens else None))
    return Row(name.text, url, name.sub, place, cells, own=asked.own is not None and asked.own == institution)


def _scope_of(asked: Question, key: Key) -> dict[str, Any]:
    """The scope of one row: that of the page and the row's own key."""
    scope = {
        "institution": key[0] or asked.scope.institution, "department": asked.scope.department,
        "doctor": asked.scope.doctor, "drg": asked.scope.drg,
    }  # fmt: skip
    own = {"department": "department", "doctor": "doctor", "group": "drg"}.get(asked.by)
    return {**scope, **({own: key[1]} if own else {})}


def _cell(
    asked: Question, figure: Figure, tally: Tally, found: Sums, scope: Mapping[str, Any] | None
) -> Cell:
    value = value_of(figure, tally, found.yardstick, minimal=found.minimal)
    url = "" if scope is None or value is None else asked.url("metric", metric=figure.code, **scope)
    n = figure.n(tally, found.yardstick.norms)
    beside = words.num(n) if figure.rate and value is not None and n != tally.submitted else ""
    return Cell(figures.shown(figure, value), str(figure.label), url, value is None, beside)


def value_of(figure: Figure, tally: Tally, yardstick: Yardstick, *, minimal: bool) -> figures.Value:
    """A figure of some sums; without a catalogue (`minimal`) or a tariff nothing is known about what rests
    on it.
    """
    if figure.topic == "payment" and not tally.priced:
        return None
    if figure.cases == "minimal" and not minimal:
        return None
    return figure.value(tally, yardstick.norms)


def _head(asked: Question, figure: Figure, sort: Figure) -> dict[str, Any]:
    """A heading that sorts by its figure, and the other way round the second time."""
    here = figure is sort
    rising = here and asked.sort.startswith("-")
    name = figure.code if not here or rising else f"-{figure.code}"
    unit = figures.unit(figure)
    label = f"{figure.label} ({unit})" if figure.kind == "yuan" else str(figure.label)
    return {
        "label": label, "url": asked.url(sort=name),
        "order": ("ascending" if rising else "descending") if here else "",
    }  # fmt: skip


def _readmission_head(found: Sums) -> str:
    if found.used is None:
        return ""
    return _("readmitted within %(days)d days") % {"days": found.used.days}


def _readmitted(asked: Question, rates: Mapping[str, Rate] | None, scope: Mapping[str, Any] | None) -> Cell:
    """The rate of one line; it opens the readmitted discharges with what came after each."""
    rate = (rates or {}).get("all")
    if rate is None or rate.pct is None:
        return Cell(words.assessed(None), _("readmission"), missing=True)
    may = asked.membership.can("case.list")
    url = asked.url("metric-readmissions", by=None, view=None, **scope) if scope is not None and may else ""
    return Cell(f"{words.num(rate.pct, 1)}%", _("readmission"), url, n=words.num(rate.eligible))


def _feet(asked: Question, found: Sums, shown: Sequence[Figure]) -> list[Row]:
    """The alliance this month, and in the same month of last year where cases of it are stored."""
    opened = {"institution": None} if asked.own is None else None
    now = [_cell(asked, one, found.whole, found, opened) for one in shown]
    then = [_cell(asked, one, found.before, found, None) for one in shown]
    if found.readmitted is not None:
        now.append(_readmitted(asked, found.whole_readmitted, opened))
        then.append(_readmitted(asked, found.before_readmitted, None))
    rows = [Row(_("Alliance"), "", "", "", now)]
    if found.before.submitted:
        rows.append(Row(_("Alliance, same month of last year"), "", "", "", then))
    return rows


def tabs(asked: Question) -> list[parts.Tab]:
    """The topics as saved views."""
    return [
        parts.Tab(str(label), asked.url(view=topic), topic == asked.topic)
        for topic, label in figures.TOPICS.items()
    ]


def institutions(membership: Membership) -> list[Institution]:
    """Institutions the member may narrow the page to."""
    found = Institution.objects.filter(is_active=True).exclude(kind="village")
    own = membership.institution_id
    return list(found if own is None else found.filter(pk=own))


def crumbs(asked: Question) -> list[parts.Fact]:
    """The way back from a narrowed page."""
    found = []
    scope = asked.scope
    if scope.institution is not None:
        place = Institution.objects.filter(pk=scope.institution).first()
        if place is not None:
            url = asked.url(by="department", department=None, doctor=None, drg=None)
            found.append(parts.Fact(place.short_name or place.name, url=url))
    if scope.department is not None:
        room = Department.objects.filter(institution=scope.institution, code=scope.department).first()
        found.append(parts.Fact(room.name if room else scope.department, url=asked.url(by="group", drg=None)))
    if scope.doctor is not None:
        found.append(parts.Fact(scope.doctor, url=asked.url(by="group", drg=None)))
    return found
