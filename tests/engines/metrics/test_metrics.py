"""Metrics of grouped stays: the example of the definitions, and every row of the independent results."""

import csv
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest

from grouping.engine.benchmark import Group, Norm, local_norms, risk_grades
from grouping.engine.exact import half_up, percent
from grouping.engine.metrics import GroupedStay, Tally, columns, tally
from grouping.engine.result import Status
from grouping.engine.stays import Operation, Session, sessions
from tests.shared import shared

SCHEME = "chs_drg_11"
KEYS = ("level", "hospital", "month", "key")


def rows(path: Path, encoding: str = "utf-8-sig") -> Iterator[dict[str, str]]:
    with path.open(encoding=encoding, newline="") as file:
        yield from csv.DictReader(file)


FEES = [f"D{number}" for number in range(11, 35)]
PROCEDURES = ["C14x01C", *(f"C35x{number:02}C" for number in range(1, 41))]
WANTED = ["A01", "A48", "B12", "B15", "B16C", "B20", "B34C", "D01", "D09", *FEES, *PROCEDURES]


def pages() -> Iterator[dict[str, str]]:
    """The columns needed of the clean front-page exports; plain reading is fast enough for 390 columns."""
    files = [
        row for row in rows(shared("grouping/hqms/MANIFEST.csv")) if row["file"].startswith(f"{SCHEME}/")
    ]
    assert len(files) == 6
    for row in files:
        with (shared("grouping/hqms") / row["file"]).open(encoding=row["encoding"], newline="") as file:
            reader = csv.reader(file)
            header = next(reader)
            places = [(code, header.index(code)) for code in WANTED if code in header]
            for cells in reader:
                yield {code: cells[place] for code, place in places}


def expected_groups() -> dict[str, str]:
    return {row["case_no"]: row["expected_drg"] for row in rows(shared(f"grouping/oracle/{SCHEME}.csv"))}


def fen(text: str) -> int:
    return int(Decimal(text) * 100)


@cache
def stays() -> tuple[GroupedStay, ...]:
    groups = expected_groups()
    package = shared(f"grouping/schemes/{SCHEME}")
    weights = {row["drg"]: Decimal(row["weight"]) for row in rows(package / "drg.csv") if row["weight"]}
    ambiguous = {row["adrg"] for row in rows(package / "adrg.csv") if row["kind"] == "ambiguous"}
    valid = {row["code"] for row in rows(package / "lists.csv") if row["list"] == "valid"}

    def status(drg: str) -> Status:
        if drg in ambiguous:
            return Status.AMBIGUOUS
        return Status.UNGROUPABLE if drg == "0000" else Status.GROUPED

    def one(page: dict[str, str]) -> GroupedStay:
        drg = groups[page["A48"]]
        procedures = [page[column] for column in PROCEDURES if page.get(column)]
        return GroupedStay(
            hospital=page["A01"],
            department=page["B16C"],
            month=page["B15"][:7],
            status=status(drg),
            drg=drg,
            weight=weights.get(drg),
            stay_days=int(page["B20"]),
            cost_fen=fen(page["D01"]),
            died=page["B34C"] == "5",
            lasted=datetime.fromisoformat(page["B15"]) - datetime.fromisoformat(page["B12"]),
            operated=not valid.isdisjoint(procedures),
            treated=bool(procedures),
            fees={column: fen(page[column]) for column in FEES if page.get(column)},
            own_pay_fen=fen(page["D09"]),
        )

    return tuple(map(one, pages()))


@cache
def norms() -> dict[str, Norm]:
    """The benchmark: all hospitals and both months together."""
    groups: dict[str, Group] = {}
    for one in stays():
        if one.status is Status.GROUPED:
            sums = groups.setdefault(one.drg, Group())
            sums += Group(1, one.cost_fen, one.stay_days, int(one.died))
    return local_norms(groups)


def written(value: object) -> str:
    return "" if value is None else str(value)


def line(found: Tally) -> dict[str, str]:
    """The columns as the results write them: empty for no figure, a sum of weights without trailing zeros."""
    weight = found.total_weight
    plain = {name: written(value) for name, value in columns(found, norms()).items()}
    return plain | {"total_weight": "" if weight is None else format(weight.normalize(), "f")}


def test_all_metrics_equal_the_independent_result() -> None:
    found = {place: line(sums) for place, sums in tally(stays(), norms()).items()}
    expected = {tuple(row[key] for key in KEYS): row for row in rows(shared("oracles/metrics/expected.csv"))}
    assert len(expected) == 3512
    assert found.keys() == expected.keys()
    wanted = set(next(iter(expected.values()))) - set(KEYS)
    assert len(wanted) == 36
    wrong = [
        (place, name, found[place][name], row[name])
        for place, row in expected.items()
        for name in wanted
        if found[place][name] != row[name]
    ]
    assert not wrong, wrong[:10]


def test_the_benchmark_equals_the_independent_result() -> None:
    expected = {row["drg"]: row for row in rows(shared("oracles/metrics/benchmark.csv"))}
    assert len(expected) == 627
    deaths: dict[str, Group] = {}
    for one in stays():
        if one.status is Status.GROUPED:
            sums = deaths.setdefault(one.drg, Group())
            sums += Group(1, one.cost_fen, one.stay_days, int(one.died))
    found = {
        drg: {
            "drg": drg,
            "cases": str(sums.cases),
            "deaths": str(sums.deaths),
            "cost_fen": str(sums.cost_fen),
            "mean_cost_fen": str(half_up(norms()[drg].mean_cost, 0)),
            "stay_days": str(sums.stay_days),
            "mean_stay": str(half_up(norms()[drg].mean_stay, 2)),
            "mortality_pct": str(percent(sums.deaths, sums.cases)),
            "risk_score": str(norms()[drg].risk),
        }
        for drg, sums in deaths.items()
    }
    assert found == expected


def stay(**changes: object) -> GroupedStay:
    usual = {
        "hospital": "H", "department": "03", "month": "2026-10", "status": Status.GROUPED, "drg": "A",
        "weight": Decimal("1.2"), "stay_days": 5, "cost_fen": 100, "died": False,
    }  # fmt: skip
    return GroupedStay(**(usual | changes))  # type: ignore[arg-type]


def test_the_worked_example_of_the_definitions() -> None:
    """50 x 1.2 + 30 x 0.8 + 20 x 2.5 = 134 over 100 cases: CMI 1.34."""
    sums = Tally()
    for cases, drg, weight in ((50, "A", "1.2"), (30, "B", "0.8"), (20, "C", "2.5")):
        for _ in range(cases):
            sums.add(stay(drg=drg, weight=Decimal(weight)))
    assert (sums.total_weight, sums.cmi) == (Decimal("134.0"), Decimal("1.3400"))
    assert (sums.drg_count, sums.drg_count_n5) == (3, 3)


def test_a_group_without_weight_stays_out_of_cmi_and_is_shown() -> None:
    sums = Tally()
    sums.add(stay())
    sums.add(stay(drg="B", weight=None))
    assert (sums.weighted_cases, sums.unweighted_grouped, sums.cmi) == (1, 1, Decimal("1.2000"))


def test_nothing_divided_by_nothing_is_no_figure() -> None:
    empty = Tally()
    assert [empty.cmi, empty.mean_stay, empty.mean_cost_fen, empty.grouping_rate_pct] == [None] * 4


@pytest.mark.parametrize("status", [Status.AMBIGUOUS, Status.UNGROUPABLE, Status.ADRG_ONLY])
def test_only_grouped_cases_bring_weight(status: Status) -> None:
    found = tally([stay(), stay(status=status)])
    alliance = found["alliance", "", "2026-10", ""]
    assert (alliance.submitted, alliance.grouped, alliance.grouping_rate_pct) == (2, 1, Decimal("50.00"))
    assert alliance.total_weight == Decimal("1.2")
    assert found["drg", "H", "2026-10", "A"].submitted == 1


def test_operations_at_one_moment_share_a_table_time() -> None:
    """Two codes of one session, the higher level counts; a later operation is a table-time of its own."""
    found = sessions(
        [Operation("A", "2026-10-09T08:00", 2), Operation("B", "2026-10-09T08:00", 4),
         Operation("C", "2026-10-11T08:00", None)],
        minimal=frozenset({"C"}),
    )  # fmt: skip
    assert found == (Session(4, False), Session(None, True))


def test_operation_shares_by_hand() -> None:
    """Four stays: levels 4, 3 and 2 elective, one of them by day, and a laparoscopy in an emergency."""
    sums = Tally()
    day = timedelta(hours=24)
    sums.add(stay(sessions=(Session(4), Session(3, True)), operated=True, lasted=timedelta(days=5)))
    sums.add(stay(sessions=(Session(2),), operated=True, lasted=day))
    sums.add(stay(sessions=(Session(1, True),), operated=True, lasted=day, emergency=True))
    sums.add(stay())
    assert (sums.operation_share_pct, sums.level4_share_pct, sums.level34_share_pct) == (
        Decimal("100.00"), Decimal("25.00"), Decimal("50.00"),
    )  # fmt: skip
    assert (sums.minimal_share_pct, sums.day_share_pct) == (Decimal("50.00"), Decimal("33.33"))
    assert (sums.day_surgery_24h, sums.elective_times, sums.day_times) == (2, 3, 1)


def test_a_second_over_a_day_is_no_day_surgery_and_a_death_never() -> None:
    sums = Tally()
    sums.add(stay(operated=True, lasted=timedelta(hours=24, seconds=1)))
    sums.add(stay(operated=True, lasted=timedelta(hours=3), died=True))
    assert (sums.day_surgery_24h, sums.day_surgery_48h) == (0, 1)


def test_service_income_is_what_drugs_material_and_tests_leave() -> None:
    sums = Tally()
    sums.add(stay(cost_fen=1000, fees={"D11": 300, "D15": 100, "D23": 200, "D25": 100, "D33": 300}))
    assert sums.service_income_share_pct == Decimal("30.00")
    assert (sums.service_fen, sums.exam_fen, sums.consumables_fen) == (300, 100, 300)


def test_one_group_with_deaths_has_no_grade() -> None:
    """A deviation needs two values: not assessed, not a guess."""
    assert risk_grades({"A": Group(10, 0, 0, 1), "B": Group(10)}) == {"A": None, "B": 0}


def test_a_group_the_benchmark_lacks_is_in_no_index() -> None:
    sums = Tally()
    sums.add(stay(cost_fen=150))
    sums.add(stay(drg="B", cost_fen=999))
    known = local_norms({"A": Group(2, 200, 20, 0)})
    assert (sums.cei(known), sums.tei(known)) == (Decimal("1.5000"), Decimal("0.5000"))
    assert Tally().cei(known) is None


def test_merged_sums_are_the_sums_of_all() -> None:
    """The stored roll-up adds cells up: nothing may depend on how stays were cut into cells."""
    apart = [Tally(), Tally()]
    whole = Tally()
    for number, one in enumerate((stay(own_pay_fen=5), stay(weight=None), stay(died=True, fees={"D31": 7}))):
        apart[number % 2].add(one)
        whole.add(one)
    merged = Tally()
    for part in apart:
        merged.absorb(part)
    assert {
        name: getattr(merged, name) for name in ("submitted", "weight_sum", "deaths", "consumables_fen")
    } == {name: getattr(whole, name) for name in ("submitted", "weight_sum", "deaths", "consumables_fen")}
