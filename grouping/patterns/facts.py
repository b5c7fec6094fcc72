"""What cases tell a look for unusual patterns: split admissions, last days of months, heavier groups."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from alliance.lib.period import Month
from grouping import sql as cases_sql
from grouping.models import Case, Scheme
from grouping.patterns import sql
from grouping.readmission import facts as readmission

KIND = Case._meta.label_lower


@dataclass(frozen=True, slots=True)
class SplitFact:
    """Admissions of a department in a group in some months, by code of the institution.

    `split`: those that look split (R01), each with id, first (the stay before), days between, paid (charge of
    the first stay by the mean of its group, "" without a group).
    """

    place: str
    department: str
    group: str
    admissions: int
    split: tuple[dict[str, Any], ...]


def splits(months: Sequence[Month], *, planned: Sequence[str], anywhere: bool) -> list[SplitFact]:
    """Every department and group of the months; one query beside those of the windows.

    `planned`: beginnings of diagnoses of planned chains, left out; `anywhere`: the stay before may be another
    member's (else R01's own institution).
    """
    used = readmission.windows(max(months))
    asked = {"planned": [f"{code}%" for code in planned], "anywhere": anywhere}
    rows = cases_sql.fetch(sql.SPLITS, **readmission.arguments(months, used), **asked)
    return [
        SplitFact(
            row["place"], row["department"], row["group"], row["admissions"], tuple(json.loads(row["split"]))
        )
        for row in rows
    ]


@dataclass(frozen=True, slots=True)
class ErasedFact:
    """Patients of an institution (code) who came back within the window: counted as readmissions, and
    those a referral erased that does not continue the stay, each with id, first (the stay before), days,
    referral (number) and its direction.
    """

    place: str
    counted: int
    erased: tuple[dict[str, Any], ...]


def erased(months: Sequence[Month]) -> list[ErasedFact]:
    """Every institution whose patients came back; one query beside those of the windows."""
    used = readmission.windows(max(months))
    rows = cases_sql.fetch(sql.ERASED, **readmission.arguments(months, used))
    return [ErasedFact(row["place"], row["counted"], tuple(json.loads(row["erased"]))) for row in rows]


@dataclass(frozen=True, slots=True)
class DaysFact:
    """Discharges of an institution in a month, those on its last days, some of them by id."""

    place: str
    month: Month
    events: int
    hits: int
    ids: tuple[int, ...]


def last_days(month: Month, before: int, *, days: int, most: int) -> list[DaysFact]:
    """The month and so many months before it; at most `most` ids, of the month itself; one query."""
    months = [month.plus(-back).first_day for back in range(before + 1)]
    rows = cases_sql.fetch(sql.LAST_DAYS, months=months, month=month.first_day, days=days, most=most)
    return [
        DaysFact(row["place"], Month.of(row["month"]), row["events"], row["hits"], tuple(row["ids"] or ()))
        for row in rows
    ]


@dataclass(frozen=True, slots=True)
class FamilyFact:
    """Cases of an institution in one ADRG with lighter and heavier groups, before and after a day."""

    place: str
    family: str
    cases_before: int
    heavy_before: int
    cases_after: int
    heavy_after: int


def change_of_weights(first: date, last: date) -> date | None:
    """The newest day in the time on which another grouping scheme, with its weights, began to hold."""
    days = list(Scheme.objects.order_by("from_date").values_list("from_date", flat=True))[1:]
    return max((day for day in days if first <= day <= last), default=None)


def families(change: date, first: Month, last: Month) -> list[FamilyFact]:
    """Every family of groups of every institution, by the cases of the months around the day; one query.

    Heavier is whatever is not the member with the least weight after the change.
    """
    asked = {"change": change, "first": first.first_day, "last": last.first_day}
    return [FamilyFact(**row) for row in cases_sql.fetch(sql.FAMILIES, **asked)]


def heavier(
    change: date, first: Month, last: Month, *, place: str, families: Sequence[str], most: int
) -> list[tuple[int, str]]:
    """Cases after the change in heavier groups of some families of an institution: id and group."""
    asked = {
        "change": change, "first": first.first_day, "last": last.first_day, "place": place,
        "families": list(families), "most": most,
    }  # fmt: skip
    return [(row["id"], row["drg"]) for row in cases_sql.fetch(sql.HEAVIER, **asked)]


def named(ids: Sequence[int]) -> list[Case]:
    """Cases by their keys, with their institutions; one query."""
    return list(Case.objects.filter(pk__in=ids).select_related("institution"))
