"""Few cases: rolling months, then the kind together, else not assessed; and the mean of the region."""

import json
from dataclasses import replace
from decimal import Decimal

import pytest

from alliance.lib.canonical import canonical
from alliance.lib.period import Month
from performance.engine.forms import AgainstMean
from performance.engine.formula import Number
from performance.engine.indicators import IndicatorValue
from performance.engine.month import IndicatorScore
from performance.engine.restore import restore
from performance.engine.scheme import Item, Problem, Scheme, check
from performance.engine.settlement import recompute, settle
from tests.engines.performance.cast import OCTOBER, a_month, fact, facts_of

CODE = "accepted_in_time"  # 100 x accepted in time / received; 10 received at least in these tests
KEYS = ("referrals_accepted_in_time", "referrals_received")


def with_item(scheme: Scheme, **changes: object) -> Scheme:
    """The demonstration scheme with other words about one indicator, in all columns that score it."""
    columns = [
        replace(
            one,
            items=tuple(replace(item, **changes) if item.indicator == CODE else item for item in one.items),
        )
        for one in scheme.columns
    ]
    return replace(scheme, columns=tuple(columns))


def judged(
    town: dict[Month, tuple[Number | None, Number | None]], *, beside: tuple[Number, Number] = (18, 20),
    **changes: object,
) -> tuple[IndicatorValue, IndicatorScore]:  # fmt: skip
    """The township's value and points; `beside`: what a second township has this month."""
    usual = [one for code in ("LEAD", "TCM", "TOWN") for one in facts_of(code)]
    facts = [one for one in usual if not (one.institution == "TOWN" and one.key in KEYS)]
    for month, numbers in town.items():
        facts += [fact("TOWN", key, number, month) for key, number in zip(KEYS, numbers, strict=True)]
    month = a_month(facts)
    second = replace(next(one for one in month.members if one.code == "TOWN"), code="TOWN2")
    basis = replace(next(one for one in month.bases if one.institution == "TOWN"), institution="TOWN2")
    more = [replace(one, institution="TOWN2") for one in facts_of("TOWN2") if one.key not in KEYS]
    more += [fact("TOWN2", key, number) for key, number in zip(KEYS, beside, strict=True)]
    inputs = replace(
        month,
        members=(*month.members, second),
        bases=(*month.bases, basis),
        facts=(*month.facts, *more),
        scheme=with_item(month.scheme, **{"minimum_n": 10, **changes}),
    )
    found = settle(inputs)
    value = next(one for one in found.values if (one.institution, one.code) == ("TOWN", CODE))
    score = next(one for one in found.scores if (one.institution, one.indicator) == ("TOWN", CODE))
    return value, score


def back(months: int) -> Month:
    return OCTOBER.plus(-months)


def test_rolling_months_are_taken_until_there_are_enough() -> None:
    town = {OCTOBER: (3, 4), back(1): (2, 5), back(2): (1, 4), back(3): (None, 9), back(12): (9, 9)}
    value, _score = judged(town, rolling=12, pooled=True)
    # Three months are known whole: (3 + 2 + 1) of (4 + 5 + 4); the year before lies outside twelve months.
    assert (value.value, value.numerator, value.denominator) == (Decimal("46.15"), 6, 13)
    assert value.flags == ("rolling:3",) and value.reason is None
    assert {one.month for one in value.evidence} == {OCTOBER, back(1), back(2)}
    # This month alone is enough: nothing is widened.
    alone, _score = judged({OCTOBER: (9, 12), back(1): (0, 40)}, rolling=12, pooled=True)
    assert (alone.value, alone.flags) == (Decimal("75.00"), ())


def test_then_the_kind_together_else_not_assessed() -> None:
    value, _score = judged({OCTOBER: (3, 4), back(1): (1, 2)}, rolling=12, pooled=True)
    assert (value.value, value.numerator, value.denominator) == (Decimal("87.50"), 21, 24)
    assert value.flags == ("pooled:2",)
    # Pooled numbers name no other institution's records (second wall).
    assert value.evidence == ()
    for beside, changes in (
        ((2, 3), {"rolling": 12, "pooled": True}),
        ((18, 20), {"rolling": 12}),
        ((18, 20), {}),
    ):
        few, points = judged({OCTOBER: (3, 4), back(1): (1, 2)}, beside=beside, **changes)
        assert (few.value, few.reason.code, points.score) == (None, "below_minimum_n", None)  # type: ignore[union-attr]


@pytest.mark.parametrize("own", [(None, 4), (3, None), (None, None)])
def test_what_is_missing_is_neither_rolled_nor_pooled_nor_zero(
    own: tuple[Number | None, Number | None],
) -> None:
    value, points = judged({OCTOBER: own, back(1): (30, 40)}, rolling=12, pooled=True)
    assert value.reason is not None
    assert (value.value, value.reason.code, points.score) == (None, "missing_fact", None)


def test_who_had_nothing_this_month_has_his_year_but_no_part_in_a_pool() -> None:
    assert judged({OCTOBER: (0, 0), back(1): (9, 12)}, rolling=12)[0].value == Decimal("75.00")
    value, _score = judged({OCTOBER: (0, 0)}, pooled=True)
    assert value.reason is not None and value.reason.code == "empty_denominator"


def test_the_mean_of_the_region_is_computed_from_everybody_and_says_of_how_many() -> None:
    form = AgainstMean("higher", None, Decimal(60), Decimal(2))
    value, score = judged({OCTOBER: (6, 12)}, form=form)
    # LEAD and TCM 37 of 40 each, TOWN 6 of 12, TOWN2 18 of 20: 98 of 112; 60 + 200 x (50 - 87.5) / 87.5
    assert value.value == Decimal("50.00")
    mean = next(one for one in score.formula.operands if one.name.startswith("region_mean"))
    assert (mean.name, mean.value, mean.origin) == ("region_mean:4", Decimal("87.50"), "result")
    assert score.score == Decimal(0) and score.limited == "floor"
    decided = judged({OCTOBER: (6, 12)}, form=replace(form, mean=Decimal(50)))[1]
    assert decided.score == 60 and "region_mean" not in str(decided.formula)


def test_what_was_frozen_before_has_the_same_bytes_and_faults_are_named() -> None:
    item = a_month().scheme.columns[0].items[0]
    assert b"rolling" not in canonical(item) and b"pooled" not in canonical(item)
    wide = replace(item, rolling=12, pooled=True)
    assert restore(Item, json.loads(canonical(item))) == item
    assert b'"pooled":true' in canonical(wide) and b'"rolling":12' in canonical(wide)
    month = a_month()
    known = {one.code: one for one in month.indicators}
    problems = check(with_item(month.scheme, rolling=99), known)
    assert {one.code for one in problems} == {"rolling"} and isinstance(problems[0], Problem)
    frozen = replace(month, scheme=with_item(month.scheme, rolling=12, pooled=True))
    assert recompute(frozen.frozen()).digest == settle(frozen).digest
