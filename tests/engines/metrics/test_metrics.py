"""Metrics of grouped stays: the example of the definitions, and every row of the independent results."""

import csv
from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest

from grouping.engine.metrics import GroupedStay, Tally, tally
from grouping.engine.result import Status
from tests.shared import shared

SCHEME = "chs_drg_11"
COLUMNS = [
    *("submitted", "grouped", "grouping_rate_pct", "ungrouped", "ambiguous", "drg_count", "drg_count_n5"),
    *("weighted_cases", "unweighted_grouped", "total_weight", "cmi", "stay_days", "mean_stay"),
    *("cost_fen", "mean_cost_fen", "deaths"),
]


def rows(path: Path, encoding: str = "utf-8-sig") -> Iterator[dict[str, str]]:
    with path.open(encoding=encoding, newline="") as file:
        yield from csv.DictReader(file)


def pages() -> Iterator[dict[str, str]]:
    """The columns needed of the clean front-page exports; plain reading is fast enough for 390 columns."""
    wanted = ("A01", "A48", "B15", "B16C", "B20", "B34C", "D01")
    files = [
        row for row in rows(shared("grouping/hqms/MANIFEST.csv")) if row["file"].startswith(f"{SCHEME}/")
    ]
    assert len(files) == 6
    for row in files:
        with (shared("grouping/hqms") / row["file"]).open(encoding=row["encoding"], newline="") as file:
            reader = csv.reader(file)
            header = next(reader)
            places = [(code, header.index(code)) for code in wanted]
            for cells in reader:
                yield {code: cells[place] for code, place in places}


def expected_groups() -> dict[str, str]:
    return {row["case_no"]: row["expected_drg"] for row in rows(shared(f"grouping/oracle/{SCHEME}.csv"))}


@cache
def stays() -> tuple[GroupedStay, ...]:
    groups = expected_groups()
    package = shared(f"grouping/schemes/{SCHEME}")
    weights = {row["drg"]: Decimal(row["weight"]) for row in rows(package / "drg.csv") if row["weight"]}
    ambiguous = {row["adrg"] for row in rows(package / "adrg.csv") if row["kind"] == "ambiguous"}

    def status(drg: str) -> Status:
        if drg in ambiguous:
            return Status.AMBIGUOUS
        return Status.UNGROUPABLE if drg == "0000" else Status.GROUPED

    return tuple(
        GroupedStay(
            hospital=page["A01"],
            department=page["B16C"],
            month=page["B15"][:7],
            status=status(groups[page["A48"]]),
            drg=groups[page["A48"]],
            weight=weights.get(groups[page["A48"]]),
            stay_days=int(page["B20"]),
            cost_fen=int(Decimal(page["D01"]) * 100),
            died=page["B34C"] == "5",
        )
        for page in pages()
    )


def written(value: object) -> str:
    return "" if value is None else str(value)


def line(found: Tally) -> dict[str, str]:
    """The columns as the results write them: empty for no figure, a sum of weights without trailing zeros."""
    weight = found.total_weight
    plain = {column: written(getattr(found, column)) for column in COLUMNS}
    return plain | {"total_weight": "" if weight is None else format(weight.normalize(), "f")}


def test_all_metrics_equal_the_independent_result() -> None:
    found = {place: line(sums) for place, sums in tally(stays()).items()}
    expected = {
        (row["level"], row["hospital"], row["month"], row["key"]): {column: row[column] for column in COLUMNS}
        for row in rows(shared("oracles/metrics/expected.csv"))
    }
    assert len(expected) == 3512
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
