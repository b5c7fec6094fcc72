"""How an encounter is paid: the document first, then the first rule that holds; what tables may leave."""

from __future__ import annotations

import pytest

from grouping.engine.paytype import (
    Decided,
    Encounter,
    Rule,
    RulesRefused,
    checked,
    decide,
    defaults,
    plain,
    rule_of,
)


def encounter(**changes: object) -> Encounter:
    values = {"kind": "general", "department": "03", "principal": "J18.900", "stay_days": 4}
    return Encounter(**{**values, **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, Decided("drg", 6)),
        ({"stay_days": 59}, Decided("drg", 6)),
        ({"stay_days": 60}, Decided("bed_day", 1)),
        ({"department": "1501"}, Decided("bed_day", 2)),
        ({"principal": "F20.000"}, Decided("bed_day", 3)),
        ({"department": "21", "principal": "F20.000"}, Decided("bed_day", 3)),
        ({"department": "24"}, Decided("bed_day", 5)),
        # The settlement list has the word, zeros in front or not; a code nobody knows leaves it to the rules.
        ({"stay_days": 90, "document_code": "4"}, Decided("drg", None)),
        ({"document_code": "03"}, Decided("dip", None)),
        ({"document_code": "6"}, Decided("capitation", None)),
        ({"document_code": "9"}, Decided("drg", 6)),
    ],
)
def test_the_shipped_table(changes: dict[str, object], expected: Decided) -> None:
    assert decide(encounter(**changes), defaults()) == expected


def test_all_conditions_of_a_rule_must_hold_and_values_of_one_are_alternatives() -> None:
    rule = Rule(type="capitation", kinds=("township", "community"), diagnoses=("I10", "E11"), max_stay=3)
    holds = encounter(kind="township", principal="E11.900", stay_days=3)
    assert rule.holds(holds)
    for change in ({"kind": "general"}, {"principal": "J18.900"}, {"stay_days": 4}):
        values = {"kind": "township", "principal": "E11.900", "stay_days": 3, **change}
        assert not rule.holds(encounter(**values))


ALL = Rule(type="drg")


@pytest.mark.parametrize(
    ("rules", "reason", "number"),
    [
        ([], "none", None),
        ([Rule(type="gold"), ALL], "type", 1),
        ([Rule(type="bed_day", min_stay=9, max_stay=8), ALL], "stay", 1),
        ([Rule(type="bed_day", diagnoses=("F*",)), ALL], "code", 1),
        ([Rule(type="bed_day", departments=("精",)), ALL], "code", 1),
        ([ALL, Rule(type="bed_day", min_stay=60)], "no_condition", 1),
        ([Rule(type="bed_day", min_stay=60)], "last", 1),
        ([Rule(type="bed_day", min_stay=60)] * 60 + [ALL], "too_many", None),
    ],
)
def test_a_table_that_leaves_encounters_undecided_is_refused(
    rules: list[Rule], reason: str, number: int | None
) -> None:
    with pytest.raises(RulesRefused) as refused:
        checked(rules)
    assert (refused.value.reason, refused.value.params.get("number")) == (reason, number)


def test_rules_survive_json() -> None:
    table = defaults()
    assert tuple(map(rule_of, plain(table.rules))) == table.rules
