"""What a month tells the public: budget executed, outcomes, satisfaction; sums of many, never of few.

Every group of 1 to 9 persons is left out, with a second one beside it where the total would give it away
(walls 5; alliance.lib.hiding).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from django.db.models import Sum
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from alliance.lib.documents import Part, Table
from alliance.lib.hiding import hide
from alliance.lib.period import Month
from alliance.models import Institution
from alliance.web import words
from performance import collect
from performance.bulletin.filling import least
from performance.engine.few import DIVIDED
from performance.engine.indicators import Indicator
from performance.models import FundEntry, IndicatorValue, Line, MonthRun, PayFund, PayPool
from performance.show import labels

POINTS, ANSWERS = "satisfaction_points", "satisfaction_answers"
HIDDEN = "*"
Pair = tuple[Decimal, Decimal]


def fill(month: Month, run: MonthRun) -> Sequence[Part]:
    """The parts of the public page, in the language that is active."""
    return [budget(month, run), outcomes(month, run), satisfaction(month)]


def budget(month: Month, run: MonthRun) -> Part:
    """The month's shared pool, and each source account of the year: decided, spent, left (yuan)."""
    assert run.settlement is not None
    lines = Line.objects.filter(settlement=run.settlement, fen__isnull=False)
    shared = sum(lines.values_list("fen", flat=True))
    first, last = month.first_day.replace(month=1), month.last_day
    fed = FundEntry.objects.standing().filter(day__range=(first, last))
    spent = PayPool.objects.filter(state="posted", fund__isnull=False, month__range=(first, last))
    decided, given = _by_fund(fed), _by_fund(spent)
    rows = [(
        _("Collaboration bonus fund of the month"), words.yuan(run.settlement.pool_fen), words.yuan(shared),
        words.yuan(run.settlement.pool_fen - shared),
    )]  # fmt: skip
    rows += [
        (
            fund.name, words.yuan(decided.get(fund.pk, 0)), words.yuan(given.get(fund.pk, 0)),
            words.yuan(decided.get(fund.pk, 0) - given.get(fund.pk, 0)),
        )
        for fund in PayFund.objects.filter(pk__in={*decided, *given}).order_by("code")
    ]  # fmt: skip
    text = _("Source accounts from January to the month.")
    heads = (
        pgettext("disclosure", "what for"),
        pgettext("disclosure", "decided (yuan)"),
        pgettext("disclosure", "executed (yuan)"),
        pgettext("disclosure", "left (yuan)"),
    )
    return Part(_("Budget executed"), text, Table(heads, tuple(rows), (1, 2, 3)))


def _by_fund(rows: object) -> dict[int, int]:
    found = rows.values("fund").annotate(sum=Sum("fen")).order_by()  # type: ignore[attr-defined]
    return dict(found.values_list("fund", "sum"))


def outcomes(month: Month, run: MonthRun) -> Part:
    """Each rate of the month over all institutions and by group of the scheme."""
    assert run.settlement is not None
    columns = {line.institution_id: line.column for line in Line.objects.filter(settlement=run.settlement)}
    indicators = {code: one for code, one in run.settlement.indicators().items() if one.form in DIVIDED}
    sides: dict[str, dict[str, Pair]] = defaultdict(dict)
    rows = IndicatorValue.objects.filter(settlement=run.settlement, indicator__in=indicators)
    for row in rows.exclude(numerator=None).exclude(denominator=None):
        column = columns[row.institution_id]
        top, bottom = sides[row.indicator].get(column, (Decimal(0), Decimal(0)))
        sides[row.indicator][column] = (top + Decimal(row.numerator), bottom + Decimal(row.denominator))
    names = {one.code: labels.named(one) for one in run.settlement.scheme.scheme().columns}
    shown = [
        _rates(indicators[code], found, names, least(month)) for code, found in sorted(sides.items()) if found
    ]
    heads = (_("indicator"), *names.values(), pgettext("disclosure", "all"))
    return Part(_("Outcomes"), table=Table(heads, tuple(shown), tuple(range(1, len(heads)))))


def _rates(
    indicator: Indicator, sides: Mapping[str, Pair], names: Mapping[str, str], smallest: int
) -> tuple[str, ...]:
    """A rate where the group behind it is large enough and gives no smaller one away."""
    counts = hide({code: int(bottom) for code, (_top, bottom) in sides.items()}, smallest)
    cells = [
        _rate(indicator, sides.get(code), HIDDEN if code in sides and counts.cells[code] is None else "")
        for code in names
    ]
    whole = _added(sides.values())
    unit = labels.unit(indicator)
    name = f"{labels.named(indicator)} ({unit})" if unit else labels.named(indicator)
    return (name, *cells, _rate(indicator, whole, HIDDEN if counts.total is None else ""))


def _rate(indicator: Indicator, pair: Pair | None, hidden: str) -> str:
    if hidden:
        return hidden
    if pair is None or not pair[1]:
        return words.DASH
    top, bottom = pair
    left = bottom - top if indicator.form == "complement" else top
    return words.num(indicator.scale * left / bottom, indicator.decimals)


def _added(pairs: Iterable[Pair]) -> Pair:
    found = list(pairs)
    return sum((top for top, _b in found), Decimal(0)), sum((bottom for _t, bottom in found), Decimal(0))


def satisfaction(month: Month) -> Part:
    """Mean points of the valid questionnaires, by kind of institution."""
    places = {one.code: one for one in Institution.objects.filter(is_active=True)}
    sums: dict[str, dict[str, Decimal]] = {POINTS: defaultdict(Decimal), ANSWERS: defaultdict(Decimal)}
    for fact in collect.facts_of({month: frozenset({POINTS, ANSWERS})}, list(places.values())):
        if fact.value is not None:
            kind = places[fact.institution].get_kind_display()
            sums[fact.key][str(kind)] += Decimal(fact.value)
    if not any(sums[ANSWERS].values()):
        return Part(_("Satisfaction"), _("No survey of this month."))
    counts = hide({kind: int(number) for kind, number in sums[ANSWERS].items()}, least(month))
    rows = [(kind, *_answers(counts.cells[kind], sums[POINTS][kind])) for kind in sorted(sums[ANSWERS])]
    rows.append(
        (pgettext("disclosure", "all"), *_answers(counts.total, sum(sums[POINTS].values(), Decimal(0))))
    )
    heads = (_("kind of institution"), _("valid questionnaires"), _("mean points (of 100)"))
    return Part(_("Satisfaction"), table=Table(heads, tuple(rows), (1, 2)))


def _answers(count: int | None, points: Decimal) -> tuple[str, str]:
    if count is None:
        return HIDDEN, HIDDEN
    return words.num(count), words.num(points / count, 1) if count else words.DASH
