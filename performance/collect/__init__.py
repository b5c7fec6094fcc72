"""The one door where all facts of a month enter: cases, referrals, declarations, populations, bases, pool.

A fact is delivered only where an indicator asks for it. 0 is a known zero; what is not known is absent, which
the engine takes as missing (conventions 21). Village rooms report through their township (practice.md 1).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from alliance.lib.period import Month
from alliance.models import Institution
from grouping.metrics import monthly
from performance.collect import (
    cases,
    commitments,
    complaints,
    declared,
    duty,
    equipment,
    exams,
    insurance,
    joint,
    metrics,
    opinions,
    people,
    places,
    referrals,
    setaside,
    surveys,
)
from performance.collect.cases import plain_weight
from performance.collect.places import INSTITUTION, member_of
from performance.collect.source import Source
from performance.engine.fact import Fact, Place
from performance.engine.forms import AgainstLast
from performance.engine.indicators import Indicator
from performance.engine.inputs import Basis, MonthInputs, Pool
from performance.engine.scheme import Scheme
from performance.services import bases, schemes

__all__ = [
    "INSTITUTION", "SOURCES", "bring_up", "facts_of", "member_of", "month_inputs", "needs", "plain_weight",
    "source_of",
]  # fmt: skip

SOURCES = (
    *cases.SOURCES, *metrics.SOURCES, *referrals.SOURCES, *exams.SOURCES, *equipment.SOURCES,
    *people.SOURCES, *joint.SOURCES, *opinions.SOURCES,
    *commitments.SOURCES, *places.SOURCES, *surveys.SOURCES, *complaints.SOURCES, *insurance.SOURCES,
    *duty.SOURCES,
    *declared.SOURCES,
)  # fmt: skip
BY_KIND = {source.kind: source for source in SOURCES}

Needs = Mapping[Month, frozenset[str]]


def month_inputs(month: Month, *, scheme: Scheme, pool: Pool) -> MonthInputs:
    """Everything a month is computed from, ready to be frozen: members, bases, facts (fen, days, weights).

    A number of queries that does not grow with institutions or cases. Source: house.md, one month end to end.
    """
    indicators = schemes.indicators_of(scheme, month=month)
    members = list(Institution.objects.filter(is_active=True).select_related("parent").order_by("code"))
    return MonthInputs(
        month=month,
        indicators=indicators,
        scheme=scheme,
        members=tuple(member_of(place) for place in members),
        bases=tuple(
            Basis(row.institution.code, row.fen, row.from_date, row.source) for row in bases.in_force(month)
        ),
        pool=pool,
        facts=tuple(facts_of(needs(indicators, scheme, month), members)),
    )


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
    """How many months earlier an indicator looks: at the own value then, at the months it is taken over."""
    found: dict[str, set[int]] = defaultdict(set)
    for column in scheme.columns:
        for item in column.items:
            if isinstance(item.form, AgainstLast):
                found[item.indicator].add(item.form.months_back)
            found[item.indicator].update(range(1, item.rolling))
    return found


def facts_of(
    wanted: Needs, places: Iterable[Institution], out: setaside.Held | None = None
) -> Iterator[Fact]:
    """The facts that are known among those wanted, of the institutions given.

    Where two sources know the same number the first counts: what was counted here, before what is declared.
    Records that a decision leaves out do not count (performance.collect.setaside); `out` names them where
    the caller knows: one query less.
    """
    members = list(places)
    codes, out = {place.code for place in members}, setaside.held() if out is None else out
    for month, keys in wanted.items():
        known: set[Place] = set()
        for source in SOURCES:
            if asked := keys & source.keys:
                read = setaside.without(source.read(month, asked, members), source, month, asked, out)
                found = [fact for fact in read if fact.key in asked and fact.institution in codes]
                yield from (fact for fact in found if fact.place not in known)
                known.update(fact.place for fact in found)


def bring_up(month: Month, scheme: Scheme) -> None:
    """Make sure that every sum the scheme asks for is that of today's records; writes sums, no results."""
    for at, keys in needs(schemes.indicators_of(scheme, month=month), scheme, month).items():
        if keys & monthly.KEYS:
            monthly.bring_up(at)


def source_of(kind: str) -> Source:
    """Where a kind of record comes from. Raises KeyError."""
    return BY_KIND[kind]
