"""Why this number: sentence, formula with numbers put in, chain, and the records behind every term."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _

from alliance.web import parameter_values, words
from alliance.web.parts import ChainLink, Fact, FormulaLine, history
from performance.engine.indicators import Indicator
from performance.models import IndicatorValue, Line, Score
from performance.services import bases, months
from performance.show import labels, ranges, road, table
from performance.show.beside import Beside
from performance.show.formulas import Token, plain, shown
from performance.show.frame import Frame, closed


def money(frame: Frame, line: Line) -> dict[str, Any]:
    """The page of an institution's money."""
    earlier = table.before(frame)
    values = values_of(frame, line)
    return {
        **about(frame, line), "title": _("How this amount came about"),
        "sentence": share_sentence(frame, line), "change": earlier.fen(line),
        "formula": [*share_lines(frame, line), score_line(frame, line), *rounding(line)],
        "chain": chain(frame, line), "records": records(frame, line, values.values()),
        "closed": _closed(frame, values.values()),
        "reason": labels.reason(line.reason, frame.indicators), "months": past(frame, line),
    }  # fmt: skip


def about(frame: Frame, line: Line) -> dict[str, Any]:
    """What every page of one institution's month names."""
    return {
        "frame": frame, "month": frame.month, "line": line, "institution": line.institution,
        "run": frame.run, "chip": labels.chip(frame.run), "settlement": frame.settlement,
        "column": labels.named(frame.column(line.column)),
        "history": history(frame.run, words=road.said()),
    }  # fmt: skip


def share_sentence(frame: Frame, line: Line) -> str:
    """The amount in words."""
    if line.fen is None:
        return _("The scheme blocks this month; nothing is shared.")
    share = Fraction(line.fen, frame.settlement.pool_fen)
    return _(
        "%(name)s gets %(share)s of the pool of %(pool)s yuan: its score of %(score)s times its base of "
        "%(basis)s yuan, out of the same product of all institutions."
    ) % {
        "name": line.institution.short_name, "share": words.pct(share, 2),
        "pool": words.yuan(frame.settlement.pool_fen), "score": words.assessed(line.score, 4),
        "basis": words.yuan(line.basis_fen),
    }  # fmt: skip


def share_lines(frame: Frame, line: Line) -> list[FormulaLine]:
    """Pool x score x base / sum, exact to the hundredth of a fen."""
    if line.quota is None:
        return []
    exact = words.num(Fraction(line.quota) / 100, 4)
    terms = frame.writer(line.institution).terms(line.formula)
    return [FormulaLine(_("Share"), terms, exact, _("pool × score × base ÷ sum"))]


def score_line(frame: Frame, line: Line) -> FormulaLine:
    """Sum of weight x points / sum of weights."""
    result = words.assessed(line.score, 4)
    note = _("indicators that could not be assessed are left out") if line.missing else ""
    return FormulaLine(_("Score"), frame.writer(line.institution).terms(line.score_formula), result, note)


def rounding(line: Line) -> list[FormulaLine]:
    """From the exact share to whole fen by largest remainder."""
    if line.fen is None or line.quota is None:
        return []
    exact = words.num(Fraction(line.quota) / 100, 6)
    extra = _("one fen more, place %(rank)d") if line.got_extra_fen else _("no fen more, place %(rank)d")
    note = _("%(exact)s in whole fen by largest remainder: %(extra)s; all shares add up to the pool.") % {
        "exact": exact, "extra": extra % {"rank": line.remainder_rank},
    }  # fmt: skip
    return [FormulaLine(_("Amount"), result=words.yuan(line.fen), note=note, total=True, unit=_("yuan"))]


def chain(frame: Frame, line: Line) -> list[ChainLink]:
    """From the pool to the institution."""
    pool = frame.settlement.pool
    share = None if line.fen is None else _hundredths(Fraction(100 * line.fen, frame.settlement.pool_fen))
    code = line.institution.code
    top = ChainLink(
        _("Alliance"), pool.source, frame.settlement.pool_fen,
        frame.url("month-records", code, str(frame.month), "pool"), Decimal(100),
        [Fact(_("source"), str(pool.get_source_kind_display())),
         Fact(_("decision number"), pool.document or words.DASH)],
    )  # fmt: skip
    facts = [
        Fact(
            _("of the level above"), words.pct(Fraction(share) / 100, 2) if share is not None else words.DASH
        ),
        Fact(_("score"), words.assessed(line.score, 4), frame.url("month-institution", code)),
        Fact(
            _("× base"),
            words.yuan(line.basis_fen),
            frame.url("month-records", code, str(frame.month), "basis"),
        ),
        Fact(
            _("÷ sum"), words.num(Fraction(frame.settlement.weight) / 100, 2), f"{frame.url('month')}#shares"
        ),
    ]
    own = ChainLink(_("Institution"), line.institution.name, line.fen, "", share, facts, here=True)
    return [top, own]


def _hundredths(value: Fraction) -> Decimal:
    """Percent points with two decimals, for a bar."""
    return Decimal(round(value * 100)) / 100


def values_of(frame: Frame, line: Line) -> dict[str, IndicatorValue]:
    """The institution's indicator values by code."""
    rows = IndicatorValue.objects.filter(settlement=frame.settlement, institution=line.institution)
    return {row.indicator: row for row in rows.order_by("indicator")}


def scores_of(frame: Frame, line: Line) -> dict[str, Score]:
    """The institution's points by indicator."""
    rows = Score.objects.filter(settlement=frame.settlement, institution=line.institution)
    return {row.indicator: row for row in rows.order_by("indicator")}


def records(frame: Frame, line: Line, values: Iterable[IndicatorValue]) -> list[dict[str, Any]]:
    """Every fact the figures rest on, once each: its number, how many records, where they open."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for row in values:
        for token in row.tokens:
            if token.get("origin") == "fact":
                key = (token["month"], token["name"])
                if key not in found:
                    found[key] = _record(frame, line, token)
                found[key]["used"].append(labels.named(frame.indicators[row.indicator]))
    for entry in found.values():
        entry["used"] = "、".join(dict.fromkeys(entry["used"]))
    return [found[key] for key in sorted(found, key=lambda key: (key[0] != str(frame.month), key))]


def _closed(frame: Frame, values: Iterable[IndicatorValue]) -> str:
    """What of these records the member may not open, and who may."""
    tokens = (token for row in values for token in row.tokens if token.get("origin") == "fact")
    return closed(frame.membership, ((token["name"], str(token["evidence_kind"])) for token in tokens))


def _record(frame: Frame, line: Line, token: Token) -> dict[str, Any]:
    url = frame.records_url(line.institution.code, token)
    left = frame.left.records(line.institution, token)
    view = "out" if token["evidence_kind"] in ("case", "metric") else "rest"
    return {
        "name": labels.fact(token["name"]), "month": token["month"], "value": shown(token),
        "count": token["evidence_count"], "known": token["value"] is not None, "used": [],
        "source": labels.source(str(token["evidence_kind"])),
        "url": url, "left": left, "left_url": f"{url}?view={view}" if url else "",
    }  # fmt: skip


def past(frame: Frame, line: Line, count: int = 6) -> list[dict[str, Any]]:
    """The institution's amounts of the last months that have a result, newest first, for a bar each."""
    first = frame.month.plus(1 - count)
    rows = months.lines_between(line.institution_id, first, frame.month)
    most = max((abs(row.fen or 0) for row in rows), default=0) or 1
    return [
        {"month": row.settlement.month, "fen": row.fen,
         "length": _hundredths(Fraction(100 * abs(row.fen or 0), most)),
         "here": row.settlement_id == frame.settlement.pk}
        for row in rows
    ]  # fmt: skip


def institution(frame: Frame, line: Line) -> dict[str, Any]:
    """The page of an institution's indicators, dimension by dimension."""
    values, scores = values_of(frame, line), scores_of(frame, line)
    fewest = ranges.least(frame.month.last_day)
    beside = Beside(ranges.of_institutions(line, fewest), _before(frame, line))
    dimensions = [
        {
            "code": dimension.code, "name": labels.named(dimension),
            "cell": table.cell(line, dimension.code, ""),
            "rows": [
                _indicator_row(frame, line, values[code], score, beside)
                for code, score in scores.items() if score.dimension == dimension.code
            ],
        }
        for dimension in frame.scheme.dimensions
    ]  # fmt: skip
    return {
        **about(frame, line), "title": line.institution.name,
        "dimensions": [one for one in dimensions if one["rows"]],
        "others": [
            _indicator_row(frame, line, row, None, beside)
            for code, row in values.items() if code not in scores
        ],
        "fewest": fewest, "formula": [score_line(frame, line)],
        "bases": bases.history(line.institution_id, frame.month),
    }  # fmt: skip


def _before(frame: Frame, line: Line) -> dict[str, Decimal]:
    """The institution's values of the month before, by indicator; two queries."""
    run = months.current(frame.month.previous())
    if run is None:
        return {}
    rows = IndicatorValue.objects.filter(settlement=run.settlement_id, institution=line.institution_id)
    return dict(rows.filter(value__isnull=False).values_list("indicator", "value"))


def _indicator_row(
    frame: Frame, line: Line, value: IndicatorValue, score: Score | None, beside: Beside
) -> dict[str, Any]:
    indicator = frame.indicators[value.indicator]
    reason = value.reason or (score.reason if score else None)
    return {
        "name": labels.named(indicator), "unit": labels.unit(indicator),
        "value": labels.value(value.value, indicator), "score": score,
        "reason": labels.reason(reason, frame.indicators), "above_one": "above_one" in value.flags,
        "few": labels.few_said(value.flags),
        "gives": _gives(score), **beside.of(indicator),
        "url": frame.url("month-why-indicator", line.institution.code, value.indicator),
    }  # fmt: skip


def _gives(score: Score | None) -> Decimal | None:
    """Points of the total: points x weight in effect."""
    if score is None or score.score is None or score.weight_in_effect is None:
        return None
    return score.score * score.weight_in_effect / 100


def indicator(frame: Frame, line: Line, code: str) -> dict[str, Any]:
    """The page of one indicator of one institution."""
    value, score = values_of(frame, line)[code], scores_of(frame, line).get(code)
    found = frame.indicators[code]
    return {
        **about(frame, line), "title": labels.named(found), "indicator": found, "value": value,
        "score": score, "shown": labels.value(value.value, found), "unit": labels.unit(found),
        "definition": labels.defined(found), "cited": parameter_values.cited(found.source),
        "formula": [value_line(frame, line, value, found), *points_lines(frame, line, score)],
        "reason": labels.reason(value.reason or (score.reason if score else None), frame.indicators),
        "records": records(frame, line, [value]), "closed": _closed(frame, [value]),
        "gives": _gives(score),
        "above_one": "above_one" in value.flags, "few": labels.few_said(value.flags),
    }  # fmt: skip


def value_line(frame: Frame, line: Line, value: IndicatorValue, found: Indicator) -> FormulaLine:
    """The indicator with its facts put in."""
    result = labels.value(value.value, found)
    terms = frame.writer(line.institution).terms(value.formula)
    unit = labels.unit(found) if value.value is not None else ""
    return FormulaLine(_("Value"), terms, result, frame.left.note(line.institution, value.tokens), unit=unit)


def points_lines(frame: Frame, line: Line, score: Score | None) -> list[FormulaLine]:
    """How the value became points, and what they give to the score."""
    if score is None:
        return []
    limits = {"floor": _("not below 0"), "ceiling": _("not above 100")}
    result = words.assessed(score.score, 4)
    terms = frame.writer(line.institution).terms(score.formula)
    found = [FormulaLine(_("Points"), terms, result, limits.get(score.limited, ""))]
    gives = _gives(score)
    if gives is not None and score.weight_in_effect is not None:
        note = _("weight %(weight)s of 100 in effect (%(scheme)s by the scheme)") % {
            "weight": plain(score.weight_in_effect), "scheme": plain(score.weight.normalize()),
        }  # fmt: skip
        found.append(
            FormulaLine(_("Gives"), result=words.num(gives, 4), note=note, total=True, unit=_("points"))
        )
    return found
