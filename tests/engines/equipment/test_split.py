"""Dividing the money of a device: parts add up to the fen, whatever the numbers."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from alliance.equipment.engine.split import (
    COST,
    FEE,
    READING,
    Costs,
    Line,
    Shares,
    Use,
    back,
    by_work,
    cost_of,
    fee_lines,
    hour_lines,
    less,
    net,
    straight_line,
)
from alliance.lib.period import Month

SHARES = Shares(Decimal(70), Decimal(30), Decimal(0))
PLACES = st.sampled_from(["A", "B", "C", "D"])
USES = st.lists(
    st.builds(
        Use, id=st.integers(1, 10**6), owner=st.just("A"), user=PLACES,
        reader=st.sampled_from(["", "A", "D"]), collector=PLACES, minutes=st.integers(1, 600),
        fee=st.integers(0, 10**7),
    ),
    max_size=12,
)  # fmt: skip


def use(
    user: str = "B",
    collector: str = "B",
    *,
    pk: int = 1,
    minutes: int = 30,
    fee: int = 42_000,
    reader: str = "",
) -> Use:
    return Use(pk, "A", user, reader, collector, minutes, fee)


def short(lines: list[Line]) -> list[tuple[str, str, str, int]]:
    return [(line.kind, line.payer, line.payee, line.fen) for line in lines]


def test_the_township_charges_420_yuan_and_owes_70_percent() -> None:
    assert short(fee_lines(use(), SHARES)) == [(FEE, "B", "A", 29_400)]


def test_the_hospital_charges_and_owes_the_township_30_percent() -> None:
    assert short(fee_lines(use(collector="A"), SHARES)) == [(FEE, "A", "B", 12_600)]


def test_ones_own_use_owes_nobody() -> None:
    assert fee_lines(use("A", "A"), SHARES) == []


def test_a_reader_has_its_share_and_the_fen_left_over_goes_by_largest_remainder() -> None:
    shares = Shares(Decimal("33.333"), Decimal("33.334"), Decimal("33.333"))
    lines = fee_lines(use(fee=100, reader="C"), shares)
    assert short(lines) == [(FEE, "B", "A", 33), (FEE, "B", "C", 33)]
    assert lines[0].numbers["fee_fen"] == 100 and lines[0].uses == (1,)


def test_the_cost_of_a_month_goes_by_minutes_used() -> None:
    uses = [
        use("A", "A", pk=1, minutes=60),
        use("B", "B", pk=2, minutes=30),
        use("C", "A", pk=3, minutes=30, reader="D"),
    ]
    costs = Costs(
        {"depreciation": 1_000_00, "maintenance": 200_00}, {"energy": 30_00}, {"consumables": 10_00}, 40_00
    )
    assert cost_of(uses, costs) == {
        "depreciation": 100_000, "maintenance": 20_000, "energy": 6_000, "consumables": 3_000
    }  # fmt: skip
    assert short(hour_lines(uses, costs)) == [
        (COST, "B", "A", 32_250), (COST, "C", "A", 32_250),  # a quarter each of 1,290.00
        (READING, "C", "D", 4_000),
        (FEE, "A", "C", 42_000),  # charged by the owner for C
    ]  # fmt: skip


@given(USES, st.integers(0, 100), st.integers(0, 100))
def test_shares_of_every_fee_add_up_to_the_fen(uses: list[Use], one: int, two: int) -> None:
    low, high = sorted((one, two))
    shares = Shares(Decimal(low), Decimal(high - low), Decimal(100 - high))
    for each in uses:
        lines = fee_lines(each, shares)
        left = each.fee - sum(line.fen for line in lines)
        # What the collector keeps is its own share: never negative, and all of it when it owes nobody.
        assert 0 <= left <= each.fee
        own = {each.owner: shares.owner, each.user: shares.user, each.reader or each.owner: shares.reader}
        if each.collector not in own and each.fee:
            assert left == 0
        assert all(line.payer == each.collector and line.fen > 0 for line in lines)


@given(USES, st.integers(0, 10**9), st.integers(0, 10**5))
def test_parts_of_a_cost_add_up_to_the_fen(uses: list[Use], monthly: int, hourly: int) -> None:
    costs = Costs({"depreciation": monthly}, {"energy": hourly})
    lines = [line for line in hour_lines(uses, costs) if line.kind == COST]
    pool = sum(cost_of(uses, costs).values())
    owners = sum(each.minutes for each in uses if each.user == "A")
    total = sum(each.minutes for each in uses)
    owed = sum(line.fen for line in lines)
    if total:
        # The owner keeps its own part, exact to one fen.
        assert abs((pool - owed) * total - pool * owners) < total
    if not owners and uses:
        assert owed == pool


@given(USES)
def test_nets_keep_what_every_institution_gains_or_loses(uses: list[Use]) -> None:
    lines = [line for each in uses for line in fee_lines(each, SHARES)]
    nets = net(lines)
    for place in "ABCD":
        gross = sum(one.fen for one in lines if one.payee == place)
        gross -= sum(one.fen for one in lines if one.payer == place)
        left = sum(n.fen for n in nets if n.payee == place) - sum(n.fen for n in nets if n.payer == place)
        assert gross == left
    assert len({frozenset((n.payer, n.payee)) for n in nets}) == len(nets)
    assert all(n.fen == n.owed - n.back > 0 for n in nets)


@given(USES, USES)
def test_settled_before_and_the_difference_make_what_is_owed_now(before: list[Use], late: list[Use]) -> None:
    costs = Costs({"depreciation": 123_457})
    old, now = hour_lines(before, costs), hour_lines([*before, *late], costs)
    balance = {(n.payer, n.payee): n.fen for n in net([*old, *less(now, old)])}
    assert balance == {(n.payer, n.payee): n.fen for n in net(now)}
    assert less(old, old) == []


def test_taken_back_is_owed_back() -> None:
    line = fee_lines(use(), SHARES)[0]
    assert net([line, back(line)]) == []


@given(st.integers(0, 10**11), st.integers(1, 240))
def test_straight_line_adds_up_to_the_cost(cost: int, life: int) -> None:
    bought = Month(2022, 3)
    months = [bought.plus(number) for number in range(-2, life + 3)]
    parts = [straight_line(cost, life, bought, month) for month in months]
    assert sum(parts) == cost
    assert parts[:2] == [0, 0] and parts[-3:] == [0, 0, 0]
    assert max(parts) - min(parts[2:-3]) <= 1


def test_depreciation_by_work() -> None:
    assert by_work(1_000_000, 10_000, 90) == 150  # 100 fen an hour
