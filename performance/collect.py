"""The one door where all facts of a month enter: cases, referrals, declarations, populations, bases, pool.

A fact is delivered only where an indicator asks for it. 0 is a known zero; what is not known is absent, which
the engine takes as missing (conventions 21). Village rooms report through their township (practice.md 1).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal

from alliance.lib.period import Month
from alliance.models import Institution
from grouping import facts as case_books
from performance.engine.fact import Fact
from performance.engine.forms import AgainstLast
from performance.engine.formula import Number
from performance.engine.indicators import Indicator, shipped_indicators
from performance.engine.inputs import Basis, Member, MonthInputs, Pool
from performance.engine.scheme import Scheme
from performance.services import bases
from referrals import facts as referral_books

CASE, DECLARATION, REFERRAL, INSTITUTION = "case", "declaration", "referral", "institution"
CASE_KEYS = frozenset({"discharges", "stay_days", "cost_fen", "weighted_cases", "total_weight"})
DECLARED_KEYS = frozenset({"discharges", "cost_fen"})
REFERRAL_KEYS = frozenset(referral_books.MEASURES)
POPULATION = "served_population"
# Weights of schemes have four decimals or more; a sum out of the database carries zeros nobody wrote.
WEIGHT_PLACES = Decimal("0.0001")

Needs = Mapping[Month, frozenset[str]]


def month_inputs(month: Month, *, scheme: Scheme, pool: Pool) -> MonthInputs:
    """Everything a month is computed from, ready to be frozen: members, bases, facts (fen, days, weights).

    A number of queries that does not grow with institutions or cases. Source: house.md, one month end to end.
    """
    indicators = tuple(shipped_indicators().values())
    places = list(Institution.objects.filter(is_active=True).select_related("parent").order_by("code"))
    return MonthInputs(
        month=month,
        indicators=indicators,
        scheme=scheme,
        members=tuple(member_of(place) for place in places),
        bases=tuple(
            Basis(row.institution.code, row.fen, row.from_date, row.source) for row in bases.in_force(month)
        ),
        pool=pool,
        facts=tuple(facts_of(needs(indicators, scheme, month), places)),
    )


def member_of(place: Institution) -> Member:
    """An institution as the engine knows it; a village room is paid through the institution it belongs to."""
    through = place.parent.code if place.kind == Institution.Kind.VILLAGE and place.parent else ""
    return Member(place.code, place.role, place.kind, through)


def needs(indicators: Iterable[Indicator], scheme: Scheme, month: Month) -> Needs:
    """The fact keys the indicators divide, by the month they are needed of: this one, those compared with."""
    found: dict[Month, set[str]] = defaultdict(set)
    back = _months_back(scheme)
    for indicator in indicators:
        keys = {*indicator.numerator, *indicator.denominator}
        for start in {month, *(month.plus(-months) for months in back.get(indicator.code, ()))}:
            found[start] |= keys
            if indicator.form == "change":
                found[start.plus(-indicator.months_back)] |= keys
    return {at: frozenset(keys) for at, keys in found.items()}


def _months_back(scheme: Scheme) -> Mapping[str, set[int]]:
    """How many months earlier the own value of an indicator is compared with, by indicator."""
    found: dict[str, set[int]] = defaultdict(set)
    for column in scheme.columns:
        for item in column.items:
            if isinstance(item.form, AgainstLast):
                found[item.indicator].add(item.form.months_back)
    return found


def facts_of(wanted: Needs, places: Iterable[Institution]) -> Iterator[Fact]:
    """The facts that are known among those wanted, of all institutions."""
    members = list(places)
    for month, keys in wanted.items():
        for fact in (
            *_case_facts(month, keys),
            *_referral_facts(month, keys),
            *_populations(month, keys, members),
        ):
            if fact.key in keys:
                yield fact


def _case_facts(month: Month, keys: frozenset[str]) -> Iterator[Fact]:
    """Discharges and their sums: declared totals of a month before the system, else what the cases say."""
    if not keys & CASE_KEYS:
        return
    totals = {total.code: total for total in case_books.declared_totals(month)}
    for total in totals.values():
        yield Fact(total.code, month, "discharges", total.discharges, DECLARATION, 1)
        yield Fact(total.code, month, "cost_fen", total.cost_fen, DECLARATION, 1)
    counted = {fact.code: fact for fact in case_books.case_facts(month, stored=False)}
    for fact in counted.values():
        known = DECLARED_KEYS if fact.code in totals else frozenset()
        yield from _of_cases(fact, CASE_KEYS - known)
    for row in case_books.completeness(month):
        if row.declared == 0 and row.code not in counted.keys() | totals.keys():
            yield from (Fact(row.code, month, key, _zero(key), CASE, 0) for key in sorted(CASE_KEYS))


def _of_cases(fact: case_books.CaseFact, keys: frozenset[str]) -> Iterator[Fact]:
    """The evidence of every figure is all discharges: those without weight were looked at, too."""
    numbers: dict[str, Number] = {
        "discharges": fact.discharges,
        "stay_days": fact.stay_days,
        "cost_fen": fact.cost_fen,
        "weighted_cases": fact.weighted_cases,
        "total_weight": plain_weight(fact.total_weight or Decimal(0)),
    }
    for key, value in numbers.items():
        if key in keys:
            yield Fact(fact.code, fact.month, key, value, CASE, fact.discharges)


def _zero(key: str) -> Number:
    return plain_weight(Decimal(0)) if key == "total_weight" else 0


def plain_weight(weight: Decimal) -> Decimal:
    """A weight with four decimals, or as many as it needs: equal weights are written alike."""
    short = weight.normalize()
    places = short.as_tuple().exponent
    return short if isinstance(places, int) and places < -4 else short.quantize(WEIGHT_PLACES)


def _referral_facts(month: Month, keys: frozenset[str]) -> Iterator[Fact]:
    wanted = keys & REFERRAL_KEYS
    if not wanted:
        return
    for code, ids in referral_ids(month).items():
        for key in sorted(wanted):
            yield Fact(code, month, key, len(ids[key]), REFERRAL, len(ids[key]))


def referral_ids(month: Month) -> dict[str, dict[str, tuple[int, ...]]]:
    """Ids of the referrals behind each measure, by institution and measure; empty where there were none.

    A move between a township and its own village rooms stays inside one paid unit: it counts once, for its
    sender.
    """
    rooms = Institution.objects.filter(kind=Institution.Kind.VILLAGE, parent__isnull=False)
    home = dict(rooms.values_list("pk", "parent_id"))
    rows = referral_books.referral_facts(month)
    inside = _inside_units(rows, home)
    return {
        row.institution: {
            name: tuple(one for one in row.ids.get(name, ()) if not (_is_arrival(name) and one in inside))
            for name in referral_books.MEASURES
        }
        for row in rows
    }


def _is_arrival(measure: str) -> bool:
    return measure.endswith("_arrived_received")


def _inside_units(rows: list[referral_books.ReferralFact], home: Mapping[int, int | None]) -> frozenset[int]:
    """Referrals that arrived in the unit they came from."""
    sent: dict[int, set[int]] = defaultdict(set)
    received: dict[int, set[int]] = defaultdict(set)
    for row in rows:
        unit = home.get(row.institution_id) or row.institution_id
        for direction in ("up", "down"):
            sent[unit].update(row.ids.get(f"{direction}_arrived_sent", ()))
            received[unit].update(row.ids.get(f"{direction}_arrived_received", ()))
    return frozenset(one for unit, ids in sent.items() for one in ids & received[unit])


def _populations(month: Month, keys: frozenset[str], places: Iterable[Institution]) -> Iterator[Fact]:
    """Served persons of those with a line of their own; a township's number includes its village rooms."""
    if POPULATION not in keys:
        return
    for place in places:
        if not member_of(place).through:
            yield Fact(place.code, month, POPULATION, place.served_population, INSTITUTION, 1)
