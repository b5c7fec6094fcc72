"""The portrait of an institution: where its points came from and went, its peers, its months (S3-14)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from statistics import median
from typing import Any

from django.utils.translation import gettext as _

from alliance.web import charts, words
from alliance.web.parts import Fig
from alliance.web.profile_charts import Axis, Spark, radar, spark
from performance import origins
from performance.declared.services import samples
from performance.engine.control import Rule
from performance.engine.reach import Points, losses
from performance.models import IndicatorValue, Line, Score
from performance.portrait import goals, signals
from performance.portrait.past import Past, past, rule
from performance.show import labels, ranks, table, why
from performance.show.frame import Frame
from performance.show.ranks import Place

MOST = 3  # indicators named as those that would gain most


def page(frame: Frame, line: Line) -> dict[str, Any]:
    """Everything of the page; a number of queries that does not grow with institutions or indicators."""
    values, scores = why.values_of(frame, line), why.scores_of(frame, line)
    peers = [one for one in frame.lines() if one.column == line.column]
    by = rule(frame.month)
    before = past(frame.month, by, institution=line.institution_id)
    axes = _axes(frame, line, peers)
    rows = _rows(frame, line, values, before, by)
    lost = _losses(frame, line, values, scores)
    return {
        **why.about(frame, line), "title": _("Portrait of %(name)s") % {"name": line.institution.short_name},
        "figs": _figs(frame, line, peers, before), "radar": _radar(axes, line) if axes else None,
        "trend": _trend(before, line), "losses": lost, "most": _most(lost),
        "unassessed": [labels.named(frame.indicators[code]) for code in line.missing],
        "rows": rows,
        "veto": samples.vetoes(frame.month).get(line.institution.code),
        "signals": signals.of_institution(frame, line, before, by),
        "portrait": origins.portrait_number(line.institution, frame.month),
        "few": all(row.limits == words.DASH for row in rows), "rule": by,
    }  # fmt: skip


def _figs(frame: Frame, line: Line, peers: Sequence[Line], before: Past) -> list[Fig]:
    scores = before.scores(line.institution_id)
    known = scores[-2] if len(scores) > 1 else None
    change = None if line.score is None or known is None else line.score - known
    place = _place(frame, line, peers)
    mean = [one.score for one in peers if one.score is not None]
    return [
        Fig(_("Score"), words.assessed(line.score, 2),
            detail=_("against the month before %(diff)s") % {"diff": words.diff(change, 2)}),
        Fig(_("Place"), place or _("no place"),
            detail=_("%(n)d institutions scored alike") % {"n": len(peers)}),
        Fig(_("Median of those scored alike"), words.assessed(median(mean) if mean else None, 2)),
        Fig(_("One point more gives"), words.yuan(_worth(frame, line)), _("yuan"),
            _("while all others stay as they are")),
    ]  # fmt: skip


def _place(frame: Frame, line: Line, peers: Sequence[Line]) -> str:
    least, assessed = ranks.least(frame.month)
    ranked = ranks.places(ranks.scores(peers, least_assessed=assessed), least=least)
    found: Place | None = ranked.get(line.institution.code)
    return str(found.number) if found else ""


def _worth(frame: Frame, line: Line) -> int | None:
    """Fen that one point of score more would move here: the pool shared anew with that one score changed."""
    if line.weight is None or line.score is None or line.score > 99 or not line.basis_fen:
        return None
    pool, whole, own = frame.settlement.pool_fen, Fraction(frame.settlement.weight), Fraction(line.weight)
    if not whole:
        return None
    return round(pool * ((own + line.basis_fen) / (whole + line.basis_fen) - own / whole))


def _axes(frame: Frame, line: Line, peers: Sequence[Line]) -> list[Axis]:
    """Percent of what each dimension can give, own and the peers' median."""
    found = []
    for dimension in frame.scheme.dimensions:
        shares = {one.pk: _share(one, dimension.code) for one in peers}
        known = [share for share in shares.values() if share is not None]
        if known or frame.column(line.column).weight(dimension.code):
            middle = Decimal(median(known)) if known else None
            found.append(Axis(labels.named(dimension), shares[line.pk], middle))
    return found


def _share(line: Line, dimension: str) -> Decimal | None:
    cell = table.cell(line, dimension, "")
    if cell.points is None or not cell.weight:
        return None
    return round(100 * cell.points / cell.weight, 2)


def _radar(axes: Sequence[Axis], line: Line) -> charts.Chart:
    own = line.institution.short_name
    known = [axis for axis in axes if axis.own is not None and axis.peers is not None]
    sentence = ""
    if known:
        gap = min(known, key=lambda axis: (axis.own or 0) - (axis.peers or 0))
        sentence = _("Farthest behind the others: %(name)s, %(own)s %% against %(peers)s %%.") % {
            "name": gap.name, "own": words.num(gap.own, 1), "peers": words.num(gap.peers, 1),
        }  # fmt: skip
        if (gap.own or 0) >= (gap.peers or 0):
            sentence = _("In no dimension behind the median of those scored alike.")
    return radar(
        "portrait", _("Points reached by dimension, percent of what it can give"), axes,
        (own, _("median of those scored alike")),
        (_("dimension"), own, _("median of those scored alike")), sentence=sentence,
    )  # fmt: skip


def _trend(before: Past, line: Line) -> charts.Chart:
    scores = before.scores(line.institution_id)
    first = next((place for place, score in enumerate(scores) if score is not None), len(scores) - 1)
    named = [
        (words.month(month), score)
        for month, score in zip(before.months[first:], scores[first:], strict=True)
    ]
    known = [score for _name, score in named if score is not None]
    sentence = (
        _("From %(low)s to %(high)s in %(n)d months with a result.")
        % {"low": words.num(min(known), 2), "high": words.num(max(known), 2), "n": len(known)}
        if known
        else ""
    )
    return charts.line(
        "score-months", _("Score by month"), (_("month"), _("score")), named, sentence=sentence
    )


@dataclass(frozen=True)
class Cost:
    """An indicator that cost points: how many, out of how many, and what would bring them back."""

    name: str
    url: str
    value: str
    lost: str
    length: Decimal
    goal: str
    gain: str
    won: Fraction = Fraction(0)


def _losses(
    frame: Frame, line: Line, values: Mapping[str, IndicatorValue], scores: Mapping[str, Score]
) -> list[Cost]:
    """Dearest first; they add up to what the score lacks of 100."""
    found = losses(Points(row.indicator, row.score, row.weight_in_effect) for row in scores.values())
    most = found[0].lost if found else Fraction(1)
    items = {item.indicator: item for item in frame.column(line.column).items}
    rows = []
    for one in found:
        indicator, value, score = (
            frame.indicators[one.indicator],
            values[one.indicator],
            scores[one.indicator],
        )
        goal = goals.found(indicator, items[one.indicator].form, value, score)
        shown = labels.value(value.value, indicator)
        rows.append(Cost(
            labels.named(indicator), frame.url("month-why-indicator", line.institution.code, one.indicator),
            f"{shown} {labels.unit(indicator)}".strip(), words.num(one.lost, 2),
            Decimal(round(10000 * one.lost / most)) / 100, goals.sentence(goal, indicator),
            words.num(goal.gain, 2) if goal else words.DASH, goal.gain if goal else Fraction(0),
        ))  # fmt: skip
    return rows


def _most(rows: Sequence[Cost]) -> list[Cost]:
    """The indicators that would gain most, the greatest first."""
    return sorted((row for row in rows if row.won), key=lambda row: -row.won)[:MOST]


@dataclass(frozen=True)
class Over:
    """One indicator over the months, small."""

    name: str
    url: str
    value: str
    unit: str
    spark: Spark
    limits: str
    signals: Sequence[str]


def _rows(
    frame: Frame, line: Line, values: Mapping[str, IndicatorValue], before: Past, by: Rule
) -> list[Over]:
    found = []
    for code, value in values.items():
        indicator = frame.indicators[code]
        series = before.series(line.institution_id, code)
        judged = before.judged(line.institution_id, indicator, by)
        worse = any(one.side == "worse" for one in judged.signals)
        found.append(Over(
            labels.named(indicator), frame.url("month-why-indicator", line.institution.code, code),
            labels.value(value.value, indicator), labels.unit(indicator),
            spark([one.value for one in series], signals.spoken(indicator, before.months, series), bad=worse),
            signals.usual(judged, indicator), [signals.word(one) for one in judged.signals],
        ))  # fmt: skip
    return found
