"""Schemes: the demonstration scheme is sound, and each fault is named with its column and its numbers."""

from dataclasses import replace
from decimal import Decimal

import pytest

from alliance.lib.canonical import to_plain
from performance.engine.dictionary import shipped_dictionary
from performance.engine.forms import LinearHigher, LinearLower
from performance.engine.restore import restore
from performance.engine.scheme import Column, Item, Problem, Scheme, check, demonstration_scheme

DEMO = demonstration_scheme()
KNOWN = {code: entry.indicator for code, entry in shipped_dictionary().items()}


def lead_with(*items: Item) -> Scheme:
    lead = replace(DEMO.columns[0], items=items)
    return replace(DEMO, columns=(lead,))


def faults(scheme: Scheme) -> list[Problem]:
    return list(check(scheme, KNOWN))


def test_the_demonstration_scheme_has_no_fault() -> None:
    assert faults(DEMO) == []


@pytest.mark.parametrize(
    ("column", "points"), [("lead", 40), ("county_member", 30), ("township", 50), ("community", 50)]
)
def test_the_collaboration_block_weighs_what_the_sources_say(column: str, points: int) -> None:
    found = next(one for one in DEMO.columns if one.code == column)
    assert found.weight("collaboration") == points


@pytest.mark.parametrize(
    ("role", "kind", "column"),
    [
        ("lead", "general", "lead"),
        ("member", "maternal", "county_member"),
        ("member", "township", "township"),
        ("member", "community", "community"),
        ("member", "village", None),
    ],
)
def test_role_and_kind_choose_the_column(role: str, kind: str, column: str | None) -> None:
    found = DEMO.column_for(role, kind)
    assert (found.code if found else None) == column


def test_the_same_content_has_the_same_digest_and_a_changed_weight_another() -> None:
    again = restore(Scheme, to_plain(DEMO))
    assert (again, again.digest) == (DEMO, DEMO.digest)
    lead = DEMO.columns[0]
    heavier = replace(lead.items[0], weight=Decimal(16))
    changed = replace(DEMO, columns=(replace(lead, items=(heavier, *lead.items[1:])), *DEMO.columns[1:]))
    assert changed.digest != DEMO.digest


def first(column: Column, **changes: object) -> tuple[Item, ...]:
    return (replace(column.items[0], **changes), *column.items[1:])  # type: ignore[arg-type]


LEAD = DEMO.columns[0]
TAGLESS = tuple(replace(item, tags=()) for item in LEAD.items)


@pytest.mark.parametrize(
    ("items", "fault"),
    [
        (LEAD.items[:-1], Problem("weights_not_100", "lead", "", "85", "100")),
        (first(LEAD, dimension="quality"), Problem("block_weight", "lead", "collaboration", "25", "40")),
        (TAGLESS, Problem("floor", "lead", "collaboration_county", "0", "30")),
        (first(LEAD, indicator="luck"), Problem("unknown_indicator", "lead", "luck")),
        (first(LEAD, indicator="cmi"), Problem("repeated_indicator", "lead", "cmi")),
        (first(LEAD, dimension="taste"), Problem("unknown_dimension", "lead", "down_arrivals", "taste")),
        (first(LEAD, weight=Decimal(-1)), Problem("negative_weight", "lead", "down_arrivals", "-1", "0")),
        (
            first(LEAD, form=LinearHigher(Decimal(5), Decimal(5))),
            Problem("target_not_above_base", "lead", "down_arrivals"),
        ),
        (
            first(LEAD, form=LinearLower(Decimal(1), Decimal(5))),
            Problem("direction", "lead", "down_arrivals", "linear_lower", "higher"),
        ),
        (
            first(LEAD, indicator="surgical_income_share"),
            Problem("no_direction", "lead", "surgical_income_share", "linear_higher"),
        ),
    ],
)
def test_each_fault_is_named(items: tuple[Item, ...], fault: Problem) -> None:
    assert fault in faults(lead_with(*items))


def test_a_scheme_without_columns_scores_nobody() -> None:
    assert faults(replace(DEMO, columns=())) == [Problem("no_columns", "", "demonstration")]
