"""Every figure is what its listed cases say, over random months and places; comparisons, the top share."""

from __future__ import annotations

import random
from datetime import date, timedelta
from fractions import Fraction
from math import ceil
from typing import Any

from django.test import override_settings

from alliance.lib.period import Month
from alliance.services import parameters
from grouping.engine.exact import half_up, quotient
from grouping.engine.metrics import Tally, columns, unusual
from grouping.engine.result import Status
from grouping.engine.stays import FEE_CLASSES, GroupedStay, Operation, sessions
from grouping.engine.sums import Rules
from grouping.metrics import evidence, facts, figures, mix, rollup, settlement, show, trail
from grouping.metrics.facts import ALL, Scope, Yardstick
from grouping.metrics.show import Question
from grouping.models import Benchmark, BenchmarkGroup, Case, GroupedCase, OperationCatalogue
from grouping.services import payment_types, schemes
from tests.grouping.files import front_page
from tests.grouping.scene import inside, store
from tests.grouping.test_metrics_pages import HIP, priced
from tests.world import World

SEPTEMBER, OCTOBER, LAST_YEAR = Month(2026, 9), Month(2026, 10), Month(2025, 10)
EMPTY = Month(2026, 8)
MINIMAL = "47.0901"
PAID = {
    "priced": "priced", "passed": "passed", "estimated": "estimated", "high_cases": "high",
    "over_cap_cases": "over_cap", "low_cases": "low",
}  # fmt: skip


def rows(world: World, month: Month, count: int, chance: random.Random, codes: list[str]) -> list[Any]:
    """Discharges of two institutions with everything the figures ask for drawn at random."""
    made = []
    for number in range(count):
        days = chance.choice([1, 2, 4, 9, 70])
        out = month.first_day + timedelta(days=chance.randrange(20))
        since = out - timedelta(days=days)
        drugs, rest = chance.randrange(100, 90_000), chance.randrange(100, 90_000)
        operated = chance.random() < 0.4
        made.append(
            front_page(
                chance.choice([world.lead, world.tcm]).organisation, f"{month}{number}",
                A11=f"人{number}", A14=str(since.year - 1960), B12=f"{since} 09:00:00",
                B15=f"{out} {chance.choice(['08', '09', '10'])}:00:00", B20=str(days),
                B16C=chance.choice(["03", "04"]), B34C=chance.choice(["1", "1", "1", "2", "5"]),
                B11C=chance.choice(["1", "2"]), C03C=chance.choice(codes), C04N="病",
                D01=f"{drugs + rest}.00", D23=f"{drugs}.00", D11=f"{rest}.00", D15="",
                D09=chance.choice(["", "10.00"]),
                **(
                    {"C14x01C": chance.choice([HIP, MINIMAL]), "C15x01N": "术",
                     "C17x01": chance.choice(["2", "3", "4"]),
                     "C16x01": f"{out - timedelta(days=1)} 10:00:00"} if operated else {}
                ),
            )
        )  # fmt: skip
    return made


def some_months(world: World, seed: int) -> None:
    chance = random.Random(seed)
    with inside(world):
        package = schemes.package(schemes.in_force(date(2026, 10, 1)))
        codes = chance.sample(sorted(package.diagnosis_names), 60)
        OperationCatalogue.objects.create(
            name="c", source="s", from_date=date(2020, 1, 1), codes=[MINIMAL], entered_by=world.luo
        )
        priced(world, 9_000_00, since=date(2020, 1, 1))
    for month, count in ((LAST_YEAR, 40), (SEPTEMBER, 60), (OCTOBER, 90)):
        store(world, rows(world, month, count, chance, codes), by=world.luo)
    with inside(world):
        for month in (LAST_YEAR, SEPTEMBER, OCTOBER):
            rollup.refresh(month)


def engine_of(month: Month, scope: Scope, yardstick: Yardstick) -> Tally:
    """The sums of the listed cases, stay by stay in the engine, with nothing of the roll-up."""
    found = Tally()
    valid = set(rollup.operations(schemes.in_force(month.last_day)))
    outside = set(payment_types.outside(month))
    high, low = facts.multiples(month)
    rules = Rules(high=high, low=low)
    for case in evidence.cases(month, scope, "all", yardstick):
        stay = stay_of(case, valid, inside_scope=case.pk not in outside)
        found.add(stay, rules)
        over, below = unusual(stay, yardstick.norms, rules)
        found.cases_over += over
        found.cases_below += below
    for name, kind in PAID.items():
        setattr(found, name, evidence.cases(month, scope, kind, yardstick).count())
    return found


def stay_of(case: Any, valid: set[str], *, inside_scope: bool) -> GroupedStay:
    said = case.recorded["procedures"]
    operations = [
        Operation(code, said[place][2] or "", said[place][3])
        for place, code in enumerate(case.procedures) if code in valid
    ]  # fmt: skip
    return GroupedStay(
        hospital="", department="", month="", status=Status(case.group_status), drg=case.drg,
        weight=case.weight, stay_days=case.stay_days, cost_fen=case.total_fen, died=case.discharge_way == 5,
        lasted=case.discharged_at - case.admitted_at, operated=bool(operations),
        treated=bool(case.procedures), emergency=case.admission_path == 1, in_scope=inside_scope,
        sessions=sessions(operations, frozenset([MINIMAL])), fees=case.fees, own_pay_fen=case.own_pay_fen,
    )  # fmt: skip


def scopes(chance: random.Random, count: int) -> list[Scope]:
    """The alliance and a random sample of institutions, departments, groups and doctors."""
    keys = Case.objects.values_list("institution_id", "department_code").distinct()
    drgs = GroupedCase.objects.filter(status="grouped").values_list("drg", flat=True).distinct()
    places = sorted({place for place, _room in keys})
    every = [
        *(Scope(place) for place in places), *(Scope(place, room) for place, room in sorted(keys)),
        *(Scope(drg=drg) for drg in sorted(drgs)), *(Scope(places[0], drg=drg) for drg in sorted(drgs)),
        Scope(places[0], doctor="没有此人"),
    ]  # fmt: skip
    return [ALL, *chance.sample(every, count)]


def counted(month: Month, scope: Scope, yardstick: Yardstick) -> Tally:
    found = facts.full_tallies([month], "alliance", yardstick.norms, scope)
    settlement.fill(found, settlement.settled(month, scope), "alliance")
    return found.get((0, ""), Tally())


def test_every_figure_of_random_places_is_what_its_listed_cases_say(scene: World) -> None:
    some_months(scene, 12)
    chance = random.Random(7)
    with inside(scene):
        for month in (SEPTEMBER, OCTOBER, EMPTY):
            yardstick = facts.yardstick(month)
            for scope in scopes(chance, 8):
                stored, own = counted(month, scope, yardstick), engine_of(month, scope, yardstick)
                wanted, found = columns(own, yardstick.norms), columns(stored, yardstick.norms)
                assert found == wanted, (month, scope)
                lengths(month, scope, yardstick, own)
        assert counted(EMPTY, ALL, facts.yardstick(EMPTY)).submitted == 0
        assert counted(OCTOBER, ALL, facts.yardstick(OCTOBER)).priced > 0


def lengths(month: Month, scope: Scope, yardstick: Yardstick, own: Tally) -> None:
    """What a count lists is as long as the count."""
    listed = {
        "all": own.submitted, "grouped": own.grouped, "weighted": own.weighted_cases, "dead": own.deaths,
        "over": own.cases_over, "below": own.cases_below, "day": own.day_surgery_24h,
        "out_of_scope": own.out_of_scope, "in_scope_grouped": own.in_scope_grouped,
        "lowrisk_dead": own.risk(yardstick.norms, 1).deaths,
    }  # fmt: skip
    for kind, number in listed.items():
        assert evidence.cases(month, scope, kind, yardstick).order_by().count() == number, (
            month,
            scope,
            kind,
        )


@override_settings(ROOT_URLCONF="config.alliance_urls")
def test_each_figure_stands_beside_the_alliance_last_year_and_the_imported_list(scene: World) -> None:
    some_months(scene, 5)
    with inside(scene):
        head = Benchmark.objects.create(
            name="省平均", source="通知", from_date=date(2026, 1, 1), entered_by=scene.luo
        )
        for drg, norm in facts.own_norms([OCTOBER]).items():
            BenchmarkGroup.objects.create(
                benchmark=head, drg=drg, mean_cost_fen=int(norm.mean_cost or 0) + 1000, mean_stay=5, risk=1
            )
        scope = Scope(scene.lead.pk)
        asked = Question(scene.luo, OCTOBER, "institution", scope, "output", "")
        yardstick = facts.yardstick(OCTOBER)
        assert yardstick.list == head
        for figure in figures.FIGURES.values():
            page = trail.page(asked, figure)["figures"]
            own, whole, then = (
                show.value_of(
                    figure,
                    counted(month, where, yardstick),
                    yardstick,
                    minimal=rollup.catalogue_of(month) is not None,
                )
                for month, where in ((OCTOBER, scope), (OCTOBER, ALL), (LAST_YEAR, scope))
            )
            shown = [fig.value for fig in page]
            wanted = [figures.shown(figure, value, full=True) for value in (own, whole, then)]
            assert shown[:3] == wanted, figure.code
            if figure.code in ("mean_cost_fen", "mean_stay"):
                assert page[3].label == str(head)


@override_settings(ROOT_URLCONF="config.alliance_urls")
def test_the_top_share_by_weight_and_its_cost_structure_by_hand(scene: World) -> None:
    """S1-44: the tenth of the groups with the highest weight, from the cases themselves."""
    some_months(scene, 44)
    with inside(scene):
        asked = Question(scene.luo, OCTOBER, "group", ALL, "output", "")
        found = mix.top(asked)
        cases = list(evidence.cases(OCTOBER, ALL, "weighted", facts.yardstick(OCTOBER)))
        by_group: dict[str, list[Any]] = {}
        for case in cases:
            by_group.setdefault(case.drg, []).append(case)
        means = {drg: sum(Fraction(case.weight) for case in own) / len(own) for drg, own in by_group.items()}
        share: Any = parameters.in_force("qe.high_cmi_top", on=OCTOBER.last_day)
        number = ceil(len(means) * Fraction(str(share)) / 100)
        wanted = sorted(means, key=lambda drg: (-means[drg], drg))[:number]
        assert number >= 2 and [row.name for row in found["top_rows"]] == wanted
        for row in found["top_rows"]:
            by_hand(row, by_group[row.name])
        by_hand(found["top_feet"][0], [case for drg in wanted for case in by_group[drg]])


def by_hand(row: mix.Part, cases: list[Any]) -> None:
    """One line of the table against its cases: number, mean charge, shares of the classes, consumables."""
    cost = sum(case.total_fen for case in cases)

    def of(*names: str) -> int:
        return sum(case.fees.get(code, 0) for case in cases for name in names for code in FEE_CLASSES[name])

    assert (row.cases, row.mean_cost) == (len(cases), int(half_up(Fraction(cost, len(cases)), 0)))
    assert row.weight == quotient(sum(Fraction(case.weight) for case in cases), len(cases), 4)
    assert row.consumables == quotient(100 * of("consumables"), cost, 2)
    assert list(row.shares) == [quotient(100 * of(*parts), cost, 1) for _label, parts in mix.CLASSES.values()]
