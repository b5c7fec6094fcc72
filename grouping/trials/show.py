"""What the page of a dry run shows: who gains and who loses, by institution, department and group."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from alliance.lib.sheets.out import Cell
from alliance.models import Department, Institution
from alliance.web import parts, words
from grouping.engine.shift import Shift, Shifts, Side, share
from grouping.models import GroupingRun
from grouping.reports.bars import spread

MOVES = 200  # pairs of groups shown; the file holds all


@dataclass(frozen=True)
class Line:
    """One line of a table: what, both sides, the difference."""

    name: str
    url: str
    cases: int
    changed: int
    old_weight: str
    new_weight: str
    weight: str
    old_cmi: str
    new_cmi: str
    money: str
    rate: str


def title(run: GroupingRun, found: Shifts | None) -> str:
    """The sentence on top."""
    if found is None:
        return _("Dry run of %(version)s") % {"version": run.version}
    figures = {"changed": words.num(found.all.changed), "cases": words.num(found.all.cases)}
    return _("%(changed)s of %(cases)s cases change their group") % figures


def span(run: GroupingRun) -> str:
    """The months of a run."""
    first, last = words.month(run.first_month), words.month(run.last_month)
    return first if first == last else f"{first} – {last}"


def figures(found: Shifts) -> list[parts.Fig]:
    """What decides."""
    whole = found.all
    rose = share(whole.weight, whole.old.weight)
    money = share(whole.fen, whole.old.fen)
    return [
        *grouped(found),
        parts.Fig(_("cases with another group"), words.num(whole.changed), detail=_of(whole)),
        parts.Fig(_("total weight"), words.diff(whole.weight, 2), detail=_percent(rose)),
        parts.Fig("CMI", _index(whole.new.cmi), detail=_("before %(cmi)s") % {"cmi": _index(whole.old.cmi)}),
        parts.Fig(
            _("payment standard (yuan)"), words.yuan_diff(whole.fen) if priced(found) else words.DASH,
            detail=_percent(money) if priced(found) else _("no rate in force"),
        ),
    ]  # fmt: skip


def grouped(found: Shifts) -> list[parts.Fig]:
    """Whether cases fall out of grouping: the rate on both sides, bad when it falls, and how many move."""
    whole = found.all
    before, after = (share(side.grouped, whole.cases) for side in (whole.old, whole.new))
    said = _("%(lost)s lose their group, %(gained)s gain one") % {
        "lost": words.num(whole.lost), "gained": words.num(whole.gained),
    }  # fmt: skip
    return [
        parts.Fig(
            _("grouping rate"),
            f"{words.pct(before, 2)} → {words.pct(after, 2)}",
            detail=said,
            bad=falls(found),
        )
    ]


def falls(found: Shifts) -> bool:
    """Whether fewer cases are in a group than before."""
    return found.all.new.grouped < found.all.old.grouped


def _of(whole: Shift) -> str:
    return _("%(share)s of all") % {"share": words.pct(share(whole.changed, whole.cases))}


def _percent(value: Fraction | None) -> str:
    """A relative change; nothing to say where there is none."""
    return "" if not value else f"{words.diff(value * 100, 2)}%"


def _index(value: Any) -> str:
    return words.assessed(value, 4)


def priced(found: Shifts) -> bool:
    """Whether a rate was in force, so that weight is money."""
    return bool(found.all.old.fen or found.all.new.fen)


def line(name: str, url: str, one: Shift, *, money: bool) -> Line:
    """One line of a table."""
    return Line(
        name, url, one.cases, one.changed, words.num(one.old.weight, 2), words.num(one.new.weight, 2),
        words.diff(one.weight, 2), _index(one.old.cmi), _index(one.new.cmi),
        words.yuan_diff(one.fen) if money else words.DASH, _percent(share(one.weight, one.old.weight)),
    )  # fmt: skip


def institutions(found: Shifts, names: Mapping[str, str]) -> list[Line]:
    """A line an institution, the largest gain first."""
    ranked = sorted(found.institutions.items(), key=lambda one: (-_effect(one[1], found), one[0]))
    return [
        line(names.get(code, code), "?" + urlencode({"institution": code}), one, money=priced(found))
        for code, one in ranked
    ]


def _effect(one: Shift, found: Shifts) -> Fraction:
    return Fraction(one.fen) if priced(found) else Fraction(one.weight)


def departments(found: Shifts, institution: Institution, run: GroupingRun) -> list[Line]:
    """A line a department of one institution."""
    names = dict(Department.objects.filter(institution=institution).values_list("code", "name"))
    rows = [(code, one) for (place, code), one in found.departments.items() if place == institution.code]
    return [
        line(
            names.get(code, code),
            _cases(run, institution=institution.pk, department=code),
            one,
            money=priced(found),
        )
        for code, one in sorted(rows, key=lambda row: (-_effect(row[1], found), row[0]))
    ]


def moves(
    found: Shifts, run: GroupingRun, before: Mapping[str, str], after: Mapping[str, str]
) -> list[tuple[Line, str, str, str, str]]:
    """Pairs of an old and a new group, the most frequent first, with their codes and names, each side's by
    its own scheme.
    """
    ranked = sorted(found.moves.items(), key=lambda one: (-one[1].cases, one[0]))[:MOVES]
    return [
        (line("", _cases(run, old=old, new=new), one, money=priced(found)), old or _("without a group"),
         before.get(old, ""), new or _("without a group"), after.get(new, ""))
        for (old, new), one in ranked
    ]  # fmt: skip


def _cases(run: GroupingRun, **conditions: object) -> str:
    return reverse("scheme-trial-cases", args=[run.pk]) + "?" + urlencode(conditions)


def bars(found: Shifts, names: Mapping[str, str]) -> list[Any]:
    """Winners and losers from a middle line: money where a rate holds, else weight."""
    ranked = sorted(found.institutions.items(), key=lambda one: (-_effect(one[1], found), one[0]))
    return spread(
        (
            names.get(code, code), _effect(one, found),
            words.yuan_diff(one.fen) if priced(found) else words.diff(one.weight, 2),
        )
        for code, one in ranked
    )  # fmt: skip


def sheet(found: Shifts, names: Mapping[str, str]) -> Iterator[list[Cell]]:
    """All sums as rows of a file."""
    yield [
        _("institution"), _("department"), _("group before"), _("group after"), _("cases"),
        _("changed cases"), _("weight before"), _("weight after"), _("standard before (fen)"),
        _("standard after (fen)"),
    ]  # fmt: skip
    for code, one in sorted(found.institutions.items()):
        yield [names.get(code, code), "", "", "", *_cells(one, money=priced(found))]
    for (code, department), one in sorted(found.departments.items()):
        yield [names.get(code, code), department, "", "", *_cells(one, money=priced(found))]
    for (old, new), one in sorted(found.moves.items()):
        yield ["", "", old, new, *_cells(one, money=priced(found))]


def _cells(one: Shift, *, money: bool) -> list[Cell]:
    weights = [Decimal(f"{side.weight.normalize():f}") for side in (one.old, one.new)]
    return [one.cases, one.changed, *weights, *(_standard(side, money) for side in (one.old, one.new))]


def _standard(side: Side, money: bool) -> int | None:
    """The standard in fen; nothing, not zero, where no rate is in force for any of the cases."""
    return side.fen if money and (side.without_rate < side.weighted or not side.weighted) else None
