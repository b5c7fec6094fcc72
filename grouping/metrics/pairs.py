"""Pairs of stays: readmissions, split admissions, overlaps, down-referrals, each with both stays shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alliance.lib.period import Month
from alliance.web import parts, words
from grouping import facts as case_facts
from grouping.engine.readmission import Rate
from grouping.metrics.facts import ALL, Scope
from grouping.metrics.show import Question
from grouping.models import Case
from grouping.readmission import facts as readmission
from grouping.readmission.facts import StayFact

VIEWS: dict[str, Any] = {
    "again": gettext_lazy("Readmissions"),
    "split": gettext_lazy("Split admissions (R01)"),
    "overlap": gettext_lazy("Overlapping stays (R02)"),
    "down": gettext_lazy("Down-referrals"),
}


@dataclass(frozen=True)
class Pair:
    """Two stays of one patient by the ids of their cases; a stay of another institution is not opened."""

    first: int
    second: int | None
    text: str


def pairs(view: str, facts: Sequence[StayFact], asked: Question) -> list[Pair]:
    """The pairs of a view whose first (index) or flagged stay was discharged in the month and scope."""
    inside = [one for one in facts if one.month == asked.month and readmission.within(one, asked.scope)]
    around = Around({one.id: one for one in facts}, {one.previous: one for one in reversed(facts)})
    return [pair for one in inside for pair in MAKERS[view](one, around)]


@dataclass(frozen=True)
class Around:
    """The stays of the same patients: by id, and the one that followed a discharge."""

    by_id: Mapping[int, StayFact]
    after: Mapping[int | None, StayFact]


def _again(one: StayFact, around: Around) -> list[Pair]:
    if one.excluded:
        return []
    return [Pair(one.id, other, _again_text(one, around.by_id[other])) for other in one.again["all"]]


def _again_text(one: StayFact, other: StayFact) -> str:
    said = [_("after %(days)d days") % {"days": other.gap or 0}]
    if other.id in one.again["dx3"]:
        said.append(_("same diagnosis category"))
    if other.id in one.again["adrg"]:
        said.append(_("same ADRG"))
    return ", ".join(said)


def _split(one: StayFact, around: Around) -> list[Pair]:
    if one.split_reason != "flag" or one.home is None:
        return []
    return [Pair(one.home, one.id, _("after %(days)d days") % {"days": one.home_gap or 0})]


def _overlap(one: StayFact, around: Around) -> list[Pair]:
    return [Pair(one.id, other, _("overlap in time")) for other in one.others]


def _down(one: StayFact, around: Around) -> list[Pair]:
    if not one.down_referral:
        return []
    after = around.after.get(one.id)
    return [Pair(one.id, after.id if after else None, _("sent down"))]


MAKERS: dict[str, Callable[[StayFact, Around], list[Pair]]] = {
    "again": _again, "split": _split, "overlap": _overlap, "down": _down,
}  # fmt: skip


@dataclass(frozen=True)
class Line:
    """One pair with its cases; `second` None: it is not stored, or not this member's to see."""

    first: Any
    second: Any
    text: str
    elsewhere: bool = False


def lines(found: Sequence[Pair], asked: Question) -> list[Line]:
    """The pairs of one page with their cases: one query; another institution's stay stays closed."""
    ids = {pk for pair in found for pk in (pair.first, pair.second) if pk is not None}
    rows = case_facts.with_group(Case.objects.filter(pk__in=ids).select_related("institution", "person"))
    by_id = {case.pk: case for case in rows}
    own = asked.own

    def open_(pk: int | None) -> Any:
        case = by_id.get(pk) if pk is not None else None
        return case if case and own in (None, case.institution_id) else None

    return [
        Line(
            open_(pair.first), open_(pair.second), pair.text,
            elsewhere=any(
                pk is not None and pk in by_id and open_(pk) is None for pk in (pair.first, pair.second)
            ),
        )
        for pair in found
    ]  # fmt: skip


def rates(asked: Question, used: readmission.Windows) -> list[parts.Fig]:
    """The rates of the scope in three variants, beside the alliance's and last year's; n beside each."""
    found = _of([asked.month], used, asked.scope)
    labels = {"all": _("any cause"), "dx3": _("same diagnosis category"), "adrg": _("same ADRG")}
    shown = [_fig(label, found.get(name)) for name, label in labels.items()]
    if asked.scope != ALL:
        around = _of([asked.month], used, Scope(drg=asked.scope.drg)).get("all")
        shown.append(_fig(_("Alliance, any cause"), around))
    before = asked.month.plus(-12)
    windows = readmission.windows(before, national=used.national)
    then = _of([before], windows, asked.scope).get("all")
    shown.append(_fig(_("%(month)s, any cause") % {"month": words.month(before)}, then, _("no cases stored")))
    return shown


def _of(months: Sequence[Month], used: readmission.Windows, scope: Scope) -> Mapping[str, Rate]:
    return readmission.rates(months, used, "alliance", scope).get((0, ""), {})


def _fig(label: str, rate: Rate | None, nothing: str = "") -> parts.Fig:
    if rate is None or rate.pct is None:
        return parts.Fig(label, words.assessed(None), detail=nothing)
    detail = _("%(again)s of %(eligible)s discharges") % {
        "again": words.num(rate.readmitted), "eligible": words.num(rate.eligible)
    }  # fmt: skip
    return parts.Fig(label, f"{words.num(rate.pct, 2)}%", detail=detail)
