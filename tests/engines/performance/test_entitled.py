"""What is due by rules of its own: examples of the sources, refusals, a stored sheet gives the same."""

from __future__ import annotations

import random
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alliance.lib.canonical import to_plain
from alliance.lib.register import load_register, to_json
from performance.engine.pay.entitled import again, due, in_order, numbers
from performance.engine.pay.entitled_parts import Due, EntitledRefused
from performance.engine.pay.entitled_rules import KINDS
from performance.engine.pay.flow import FlowRule, Post
from performance.engine.pay.named import flow_named
from performance.engine.pay.steps import PayRefused

KNOWN = load_register()
RULE = FlowRule((("doctor", Decimal(1)), ("nurse", Decimal("0.8"))), Decimal("0.9"))


def terms(kind: str, **change: Any) -> dict[str, Any]:
    """The defaults of the parameters a kind reads."""
    return {key: change.get(key, KNOWN[key].value) for key in KINDS[kind].keys}


def worked(
    kind: str, rows: list[dict[str, Any]], head: dict[str, Any] | None = None, **change: Any
) -> list[Due]:
    return list(due(kind, terms(kind, **change), head or {}, in_order(rows)))


def test_a_subsidy_a_head_has_a_fixed_part_and_one_that_follows_the_result() -> None:  # X6-2
    [one] = worked("heads", [{"heads": 3_000, "drg": Decimal(80)}], {"months": 12})
    assert [part.fen for part in one.parts] == [2_400_000, 2_880_000] and one.fen == 5_280_000
    [month] = worked("heads", [{"heads": 3_000, "drg": Decimal(100)}], {"months": 1})
    assert month.fen == 500_000


@pytest.mark.parametrize(("saving", "result"), [(2_000_000, 1_000_000), (-2_000_000, -600_000)])
def test_packages_reward_half_a_saving_and_deduct_less_of_an_overspend(
    saving: int, result: int
) -> None:  # X6-3
    row = {"months_low": 1_200, "months_mid": 600, "months_high": 120, "saving_fen": saving, "prepaid_fen": 0}
    [one] = worked("packages", [row])
    assert [part.fen for part in one.parts] == [500_000, 500_000, 200_000, result]
    assert one.fen == 1_200_000 + result
    paid, other = worked("packages", [{**row, "prepaid_fen": 1_000_000}, row])
    assert (paid.sum, paid.fen) == (200_000 + result, max(0, 200_000 + result))
    assert other.parts == one.parts


def test_the_teams_part_is_of_the_increase_of_the_retained_surplus() -> None:  # X6-4
    head = {"this_year_fen": 35_000_000, "last_year_fen": 10_000_000}
    found = worked("retained", [{"heads": 1}, {"heads": 2}], head)
    assert [one.fen for one in found] == [2_500_000, 5_000_000]
    with pytest.raises(EntitledRefused, match="no increase"):
        worked("retained", [{"heads": 1}], {"this_year_fen": 1, "last_year_fen": 1})


def steps(**change: Any) -> dict[str, Any]:
    row: dict[str, Any] = {
        "pay_fen": 10_000_000, "follow_up_now": Decimal(92), "follow_up_last": Decimal(80),
        "control_now": Decimal(75), "control_last": Decimal(50), "cost_now_fen": 96_600,
        "cost_last_fen": 100_000,
    }  # fmt: skip
    return {**row, **change}


def test_steps_of_follow_up_control_and_cost() -> None:  # X6-13: 4 %, 10 %, 3 % or 3.4 %
    [one] = worked("steps", [steps()])
    assert [part.fen for part in one.parts] == [400_000, 1_000_000, 300_000]
    [linear] = worked("steps", [steps()], **{"fd.step.whole": False})
    assert [part.fen for part in linear.parts] == [480_000, 1_250_000, 340_000]
    [capped] = worked("steps", [steps(cost_now_fen=50_000)])
    assert capped.parts[2].fen == 2_000_000  # at most the part of the groups, 20 %
    with pytest.raises(EntitledRefused, match="from 0 to 100"):
        worked("steps", [steps(control_now=Decimal(101))])
    with pytest.raises(EntitledRefused, match="above zero"):
        worked("steps", [steps(cost_last_fen=0)])
    [worse] = worked("steps", [steps(control_now=Decimal(40))])
    assert worse.parts[1].fen == 0


def test_four_parts_stay_in_their_ranges_and_the_base_above_the_minimum_wage() -> None:
    row = {
        "pay_fen": 3_000_000, "posts": Decimal(5), "process": Decimal(90), "outcome": Decimal(80),
        "drg": Decimal(50),
    }  # fmt: skip
    [one] = worked("four_part", [row])
    assert [part.fen for part in one.parts] == [1_050_000, 675_000, 600_000, 225_000]
    with pytest.raises(EntitledRefused, match=r"1050\.00|below the local minimum wage") as low:
        worked("four_part", [{**row, "posts": Decimal(6)}])
    assert low.value.reason == "floor"
    shares = {"base": Decimal(30), "process": Decimal(20), "outcome": Decimal(20), "drg": Decimal(10)}
    with pytest.raises(EntitledRefused, match="add up to 80"):
        worked("four_part", [row], **{"fd.pay.composition": shares})
    with pytest.raises(EntitledRefused, match="outside 10 to 20"):
        worked("four_part", [row], **{"fd.pay.composition": {**shares, "drg": Decimal(30)}})
    with pytest.raises(EntitledRefused, match="no score"):
        worked("four_part", [{**row, "drg": None}])
    with pytest.raises(EntitledRefused, match="fill in"):
        worked("four_part", [{"pay_fen": 1}])


def test_prevention_and_awards() -> None:
    found = worked(
        "prevention",
        [{"contribution": Decimal("0.5")}, {"contribution": Decimal("1.5")}],
        {"saved_fen": 1_001},
    )
    assert [one.fen for one in found] == [125, 376]  # half of 1,001 is 500.5, rounded once to 501
    assert worked("clinic", [{"clinics": 1}])[0].fen == 50_000_000
    with pytest.raises(EntitledRefused, match="outside 50,000"):
        worked("innovation", [{"award_fen": 4_999_999}])
    with pytest.raises(EntitledRefused, match="Nobody"):
        worked("clinic", [{"clinics": 0}])


@given(
    heads=st.lists(st.integers(0, 10_000), min_size=1, max_size=12).filter(any),
    more=st.integers(1, 10**11),
)
def test_what_is_divided_adds_up_and_a_stored_sheet_gives_the_same(heads: list[int], more: int) -> None:
    head, rows = {"this_year_fen": more + 5, "last_year_fen": 5}, [{"heads": count} for count in heads]
    used = terms("retained")
    try:
        found = due("retained", used, head, in_order(rows))
    except EntitledRefused as refused:
        assert refused.reason == "nothing" and more < 4
        return
    assert sum(one.fen for one in found) == (more * 30 + 50) // 100
    plain = {key: to_json(value) for key, value in used.items()}
    stored = {"kind": "retained", "head": to_plain(head), "terms": plain}
    assert again(stored, [dict(row) for row in rows]) == found
    assert numbers(KINDS["retained"].row, (), {"heads": "7"}) == {"heads": 7}


POSTS = (
    Post("P1", "A", "doctor", Decimal(1), Decimal(1), "team:T1"),
    Post("P2", "A", "nurse", Decimal(1), Decimal(1)),
    Post("P3", "B", "doctor", Decimal(2), Decimal("0.5"), "team:T2"),
    Post("P4", "B", "administrator", Decimal(1), Decimal(1)),
)


UNITS = st.sampled_from(["team:T1", "team:T2", "A", "B"])


@given(amounts=st.dictionaries(UNITS, st.integers(1, 10**9), min_size=1))
def test_each_team_and_department_gets_its_own_to_the_fen(amounts: dict[str, int]) -> None:
    posts = list(POSTS)
    random.Random(sum(amounts.values())).shuffle(posts)
    found = flow_named("H", amounts, posts, RULE)
    got: dict[str, int] = {}
    for pot in found.pots:
        got[pot.unit] = got.get(pot.unit, 0) + pot.fen
        assert pot.points
    assert got == amounts
    assert flow_named("H", amounts, POSTS, RULE) == found


def test_a_team_nobody_works_in_is_refused() -> None:
    with pytest.raises(PayRefused, match="Nobody in X"):
        flow_named("H", {"X": 5}, POSTS, RULE)


def test_an_award_of_a_person_is_a_tenth_of_the_pay_of_the_month() -> None:  # S1-63
    found = worked("innovation_personal", [{"month_pay_fen": Decimal(pay)} for pay in (312_345, 312_344, 5)])
    assert [one.fen for one in found] == [31_235, 31_234, 1]
    assert found[0].parts[0].told == (("", "month_pay_fen", 312_345), ("×", "percent", Decimal(10)))
    with pytest.raises(EntitledRefused, match="no pay of this month in the books"):
        worked("innovation_personal", [{"month_pay_fen": Decimal(0)}])


def test_persons_are_paid_by_name_where_they_work_most() -> None:
    posts = [
        Post("甲", "内科", "doctor", Decimal(1), Decimal("0.4")),
        Post("甲", "外科", "doctor", Decimal(1), Decimal("0.6")),
        Post("乙", "外科", "doctor", Decimal(1), Decimal(1)),
        Post("丙", "外科", "nurse", Decimal(1), Decimal(1)),
    ]  # fmt: skip
    found = flow_named("x", {"person:甲": 70, "person:乙": 31, "person:丙": 9}, posts, RULE)
    assert [(pot.unit, pot.group, pot.fen, dict(pot.points), pot.by_name) for pot in found.pots] == [
        ("外科", "doctor", 101, {"甲": 70, "乙": 31}, True), ("外科", "nurse", 9, {"丙": 9}, True)
    ]  # fmt: skip
    with pytest.raises(PayRefused, match="丁 is not on the roster of x"):
        flow_named("x", {"person:丁": 1}, posts, RULE)
