"""Readmission read from stored stays: what each stay is, rates by institution; set by set."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from alliance.lib.period import Month
from alliance.services import parameters
from grouping import sql as cases_sql
from grouping.engine.readmission import Rate
from grouping.metrics import rollup
from grouping.metrics.facts import ALL, Key, Level, Scope
from grouping.readmission import sql
from grouping.readmission.coverage import coverage

VARIANTS = ("all", "dx3", "adrg")
# Days, then clocks, in the order of the fields of `Windows`.
WINDOWS = (
    "split_admission.days", "readmission.newborn_days", "referral.down_record_days", "overlap.allowed",
    "referral.transfer_window",
)  # fmt: skip
Rates = dict[str, Rate]


@dataclass(frozen=True)
class StayFact:
    """One stay judged, by the ids of its case: as grouping.engine.readmission.Judged, Split and Overlap.

    `again` holds the counted admissions after it by variant; `split_reason` "flag" is R01, `overlap` "flag"
    R02 (e) with `others`. Department, doctor and DRG ("" in none) are those the metrics count the stay by.
    """

    id: int
    institution_id: int
    month: Month
    excluded: str
    previous: int | None
    gap: int | None
    reason: str
    again: dict[str, tuple[int, ...]]
    home: int | None
    home_gap: int | None
    split_reason: str
    split_anywhere: bool
    overlap: str
    others: tuple[int, ...]
    down_referral: bool
    department: str
    doctor: str
    drg: str


@dataclass(frozen=True)
class Windows:
    """The windows in force: days of readmission and of split admission, hours, the last day with data.

    `missing`: whose data of the days after it are awaited, by institution id.
    """

    days: int
    split_days: int
    newborn_days: int
    down_days: int
    overlap: timedelta
    transfer: timedelta
    data_end: date
    national: bool = False
    missing: tuple[int, ...] = ()

    @property
    def last_judged(self) -> date:
        """The last day whose discharges are judged: the window of later ones reaches beyond the data."""
        return self.data_end - timedelta(days=self.days)


def windows(month: Month, *, national: bool = False) -> Windows:
    """The windows of a month from the register; `national` takes the window of the national export.

    The last day with data is that of the last month every member has delivered (coverage.coverage).
    """
    named = "readmit_days.national" if national else "readmit_days"
    held = parameters.several_in_force({named, *WINDOWS}, on=month.last_day)
    days, split, newborn, down = (int(str(held[key])) for key in (named, *WINDOWS[:3]))
    overlap, transfer = (_clock(held[key]) for key in WINDOWS[3:])
    known = coverage(month)
    return Windows(days, split, newborn, down, overlap, transfer, known.last_day, national, known.missing)


def _clock(rule: Any) -> timedelta:
    """A clock such as H4 as a length of time."""
    return timedelta(**{"hours" if rule.unit == "H" else "minutes": rule.number})


def judge(months: Sequence[Month], used: Windows) -> list[StayFact]:
    """Every stay of the patients discharged in the months, those of other months among them; one query."""
    return [_fact(row) for row in cases_sql.fetch(sql.JUDGE, **arguments(months, used))]


def rates(
    months: Sequence[Month], used: Windows, level: Level = "institution", scope: Scope = ALL
) -> dict[Key, Rates]:
    """Rates by the key of a level and variant, of the index discharges of the months and scope; one query.

    Levels and keys as in grouping.metrics.facts.tallies: the rate counts for whom discharged first.
    """
    asked = {
        **arguments(months, used), "institution": scope.institution, "department": scope.department,
        "doctor": scope.doctor, "drg": scope.drg,
    }  # fmt: skip
    return {
        (int(row["institution_id"]), str(row["key"])): {
            variant: Rate(row["eligible"], row[f"{variant}_times"]) for variant in VARIANTS
        }
        for row in cases_sql.fetch(sql.rates(level), **asked)
    }


def within(one: StayFact, scope: Scope) -> bool:
    """Whether a stay is of the scope."""
    asked = (scope.institution, scope.department, scope.doctor, scope.drg)
    own = (one.institution_id, one.department, one.doctor, one.drg)
    return all(wanted in (None, value) for wanted, value in zip(asked, own, strict=True))


def arguments(months: Sequence[Month], used: Windows) -> dict[str, object]:
    """What the statements about stays are asked with."""
    return {
        "doctors": rollup.doctor_columns(max(months)),
        "months": [month.first_day for month in months], "days": used.days, "split_days": used.split_days,
        "newborn_days": used.newborn_days, "down_days": used.down_days, "overlap": used.overlap,
        "transfer": used.transfer, "data_end": used.data_end,
    }  # fmt: skip


def _fact(row: dict[str, Any]) -> StayFact:
    gap, home_gap = row["gap"], row["home_gap"]
    return StayFact(
        row["id"], row["institution_id"], Month.of(row["month"]), row["excluded"], row["previous_id"],
        None if gap is None else int(gap), row["reason"],
        {variant: tuple(row[f"{variant}_ids"] or ()) for variant in VARIANTS},
        row["home_id"], None if home_gap is None else int(home_gap), row["split_reason"],
        bool(row["split_anywhere"]), row["overlap"], tuple(row["others"] or ()), row["down_referral"],
        row["department"], row["doctor"], row["drg"],
    )  # fmt: skip


def percent_of(rate: Rate | None) -> Decimal | None:
    """The rate in percent; None without an eligible discharge."""
    return rate.pct if rate else None
