"""What the pages of a level say: where it stands, one subject by dimension, one indicator's facts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from alliance.lib.canonical import to_plain
from alliance.lib.period import Month
from alliance.models import Membership
from alliance.web import words
from alliance.web.parts import Fig, FormulaLine, Tab
from performance.engine.indicators import IndicatorValue
from performance.engine.month import IndicatorScore
from performance.levels import below, seen, services
from performance.levels.explained import Explained, number
from performance.levels.tables import called, column_name
from performance.models import Level, LevelFact, LevelRun, LevelScore, LevelSubject
from performance.show import labels, ranges
from performance.show.beside import Beside
from performance.show.formulas import Token, Writer
from performance.show.formulas import plain as written
from performance.show.frame import LISTED, closed

State = LevelRun.State
SHOWN = (Level.ALLIANCE, Level.DEPARTMENT, Level.TEAM, Level.PERSON)


def tabs(month: Month, level: str) -> list[Tab]:
    """The levels of a month beside each other, the institutions first."""
    home = reverse("month", args=[str(month)])
    found = [Tab(str(Level.INSTITUTION.label), home, level == Level.INSTITUTION)]
    found += [
        Tab(str(one.label), reverse("level", args=[str(month), one.value]), one.value == level)
        for one in SHOWN
    ]
    return found


def head(membership: Membership, month: Month, level: str) -> dict[str, Any]:
    """What stands above the list: run, what went wrong, what may be done; a few queries."""
    run, last = services.current(month, level), services.latest(month, level)
    version = run.scheme if run else services.scheme_of(month, level)
    running = last if last and last.state == State.RUNNING else None
    failed = last if last and last.state == State.FAILED and last != run else None
    return {
        "title": _("%(level)s: scores of %(month)s")
        % {"level": Level(level).label, "month": words.month(month)},
        "month": month, "level": level, "run": run, "version": version, "levels": tabs(month, level),
        "running": running, "failed": services.sentence(failed) if failed else "",
        "poll": reverse("level-progress", args=[str(month), level]),
        "here": reverse("level", args=[str(month), level]),
        "computes": membership.institution_id is None and membership.can("month.compute"),
        "figs": figs(membership, run) if run else [],
    }  # fmt: skip


def figs(membership: Membership, run: LevelRun) -> list[Fig]:
    """How many the member sees, their mean, how many could not be assessed."""
    scores = list(seen.subjects(membership, run).values_list("score", flat=True))
    known = [score for score in scores if score is not None]
    mean = sum(known, Decimal(0)) / len(known) if known else None
    out = len(scores) - len(known)
    return [
        Fig(_("Shown to you"), words.num(len(scores)), detail=_("of %(n)d scored") % {"n": run.subjects}),
        Fig(_("Mean score"), words.assessed(mean, 2), detail=_("of %(n)d scored") % {"n": len(known)}),
        Fig(_("Without a score"), words.num(out), detail=_("each says why"), bad=bool(out)),
    ]


def subject(membership: Membership, found: Explained) -> dict[str, Any]:
    """The page of one subject."""
    rows: dict[str, list[dict[str, Any]]] = {}
    fewest = ranges.least(found.run.period.last_day)
    beside = Beside(ranges.of_subjects(found.row, fewest), _before(found))
    for value, score in found.pairs():
        rows.setdefault(score.dimension, []).append(_row(found, value, score, beside))
    possible = {one.dimension: one for one in found.sheet.total.dimensions}
    total = found.sheet.total
    heading, under = below.below(membership, found)
    return {
        **about(found), "title": called(found.row), "agrees": found.agrees,
        "heading": heading, "below": under, "lacking": below.lacking(found.row, found.run.period),
        "dimensions": [
            {"code": one.code, "name": labels.named(one),
             "points": possible[one.code].points if possible[one.code].possible else None,
             "weight": possible[one.code].weight, "rows": rows[one.code]}
            for one in found.scheme.dimensions if one.code in rows
        ],
        "formula": [
            FormulaLine(
                _("Score"), writer(membership, found).terms(found.plain(total.formula)),
                words.assessed(total.score, 4),
                _("indicators that could not be assessed are left out") if total.missing else "",
            )
        ],
        "facts": facts(membership, found), "closed": _closed(membership, found), "fewest": fewest,
    }  # fmt: skip


def _before(found: Explained) -> dict[str, Decimal]:
    """The subject's own values of the month before, by indicator; two queries."""
    row, run = found.row, services.current(found.run.period.previous(), found.run.level)
    if run is None:
        return {}
    rows = LevelScore.objects.filter(subject__run=run, subject__code=row.code, value__isnull=False)
    return dict(rows.values_list("indicator", "value"))


def about(found: Explained) -> dict[str, Any]:
    """What every page of one subject names."""
    row, run = found.row, found.run
    return {
        "row": row, "run": run, "month": run.period, "level": run.level, "called": called(row),
        "column": column_name(found.scheme, row.column), "version": run.scheme,
        "level_name": str(Level(run.level).label),
    }  # fmt: skip


def _row(found: Explained, value: IndicatorValue, score: IndicatorScore, beside: Beside) -> dict[str, Any]:
    indicator = found.indicators[score.indicator]
    gives = None
    if score.score is not None and score.weight_in_effect is not None:
        gives = score.score * score.weight_in_effect / 100
    reason: Any = to_plain(value.reason or score.reason)
    return {
        "name": labels.named(indicator), "unit": labels.unit(indicator),
        "value": labels.value(value.value, indicator), "score": score, "gives": gives,
        "reason": labels.reason(reason, found.indicators), "above_one": "above_one" in value.flags,
        "few": labels.few_said(value.flags), **beside.of(indicator),
        "url": reverse("level-indicator", args=[found.row.pk, score.indicator]),
    }  # fmt: skip


def indicator(membership: Membership, found: Explained, code: str) -> dict[str, Any]:
    """How one indicator's value and points came about; KeyError for one that is not scored."""
    value, score = {one.indicator: (value, one) for value, one in found.pairs()}[code]
    known = found.indicators[code]
    terms = writer(membership, found)
    lines = [
        FormulaLine(
            _("Value"), terms.terms(found.plain(value.formula)), labels.value(value.value, known),
            unit=labels.unit(known) if value.value is not None else "",
        ),
        FormulaLine(
            _("Points"), terms.terms(found.plain(score.formula)), words.assessed(score.score, 4),
            {"floor": _("not below 0"), "ceiling": _("not above 100")}.get(score.limited, ""),
        ),
    ]  # fmt: skip
    reason: Any = to_plain(value.reason or score.reason)
    used = {one.name for one in value.evidence}
    return {
        **about(found), "title": labels.named(known), "formula": lines,
        "shown": labels.value(value.value, known), "unit": labels.unit(known), "value": value,
        "definition": labels.defined(known), "few": labels.few_said(value.flags),
        "reason": labels.reason(reason, found.indicators),
        "facts": facts(membership, found, used), "closed": _closed(membership, found, used),
    }  # fmt: skip


def facts(
    membership: Membership, found: Explained, only: set[str] | None = None
) -> Sequence[Mapping[str, Any]]:
    """The frozen facts with the number of records and where these open."""
    return [
        {
            "name": labels.fact(one.key), "month": one.month, "count": one.count, "value": _shown(one),
            "source": labels.source(one.kind),
            "url": records_url(membership, found.row, one.key, one.kind, Month.of(one.month)),
        }
        for one in found.facts
        if only is None or one.key in only
    ]  # fmt: skip


def _closed(membership: Membership, found: Explained, only: set[str] | None = None) -> str:
    """What of the records behind the facts the member may not open, and who may."""
    if found.row.institution_id is None:
        return ""
    return closed(membership, ((one.key, one.kind) for one in found.facts if only is None or one.key in only))


def _shown(fact: LevelFact) -> str:
    return words.yuan(int(fact.value)) if fact.key.endswith("_fen") else written(number(fact))


def records_url(membership: Membership, row: LevelSubject, key: str, kind: str, at: Month) -> str:
    """Where the records behind a fact open; '' where the member may not list them, or there is no list.

    The alliance's sums open at its institutions, not as one list.
    """
    if row.institution_id is None or kind not in LISTED or not membership.can(LISTED[kind]):
        return ""
    return reverse("level-records", args=[row.pk, str(at), key])


def writer(membership: Membership, found: Explained) -> Writer:
    """Writes the formulas of a subject."""

    def address(token: Token) -> str:
        if token["origin"] == "fact":
            at = Month.parse(token["month"])
            return records_url(membership, found.row, token["name"], token["evidence_kind"], at)
        _kind, _colon, code = token["name"].partition(":")
        return reverse("level-indicator", args=[found.row.pk, code]) if code in found.indicators else ""

    return Writer(found.indicators, address)
