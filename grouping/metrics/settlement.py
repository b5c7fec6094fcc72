"""Cases of a month against their payment standard: pass rate (S0-39) and cost classes (definitions 1 and 2).

The standard comes from the tariffs in force on the day of discharge; without a rate a case has none and is
not judged. Front pages carry no settlement: the figures are an estimate (预估) until the insurer says more.
The cap on high cases belongs to the statement of a period and is not applied here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from alliance.lib.period import Month
from alliance.lib.workdays import SHANGHAI
from alliance.services import parameters
from grouping import facts as case_facts
from grouping.engine.metrics import Tally
from grouping.engine.payment import Preset, class_of
from grouping.engine.tariff import Subject, Tariff
from grouping.metrics import rollup, sql
from grouping.metrics.facts import Key, Level, Scope
from grouping.services import tariff

INSURANCES = {"1": "employee", "2": "resident", "3": "resident"}  # RC032: 城镇职工, 城镇居民, 新农合
FIELDS = (
    "pk", "institution_id", "institution__code", "institution__level", "department_code", "drg", "weight",
    "total_fen", "discharge_way", "discharged_at", "recorded__payment", "doctor",
)  # fmt: skip


@dataclass(frozen=True)
class Settled:
    """One case with a standard: whose it is, whether its cost is within it, its class."""

    case: int
    institution: int
    department: str
    doctor: str
    drg: str
    passed: bool
    kind: str

    def key(self, level: Level) -> Key:
        """Its key at a level of the metrics."""
        keys: Mapping[str, Key] = {
            "alliance": (0, ""), "institution": (self.institution, ""),
            "department": (self.institution, self.department), "doctor": (self.institution, self.doctor),
            "drg": (self.institution, self.drg), "group": (0, self.drg),
        }  # fmt: skip
        return keys[level]


def preset(month: Month) -> Preset:
    """The multiples in force for the month; primary institutions count as secondary ones."""
    high: Any = parameters.in_force("drg.outlier.high", on=month.last_day)
    low = parameters.in_force("drg.outlier.low", on=month.last_day)
    multiples = {level: Fraction(str(value)) for level, value in high.items()}
    multiples.setdefault("primary", multiples["secondary"])
    return Preset("in force", "standard", Fraction(str(low)), multiples, "excess", "cost")


def settled(month: Month, scope: Scope) -> list[Settled]:
    """Every grouped case of the month and scope that has a standard; three queries and those of the rules."""
    tables = tariff.tables(month.last_day)
    if not tables.rates:
        return []
    found: Any = case_facts.weighted_cases(month, scope.institution)
    found = sql.with_doctor(found, rollup.doctor_columns(month))
    for name in ("department_code", "doctor", "drg"):
        wanted = getattr(scope, name.removesuffix("_code"))
        found = found.filter(**{name: wanted}) if wanted is not None else found
    judge = Judge(tables, preset(month), _minimal(month))
    return [one for row in found.values(*FIELDS) if (one := judge(row)) is not None]


def _minimal(month: Month) -> frozenset[int] | None:
    """Cases with a minimally invasive operation; None where no catalogue says which those are."""
    catalogue = rollup.catalogue_of(month)
    if catalogue is None:
        return None
    found = case_facts.cases(month).order_by().filter(procedures__overlap=catalogue.codes)
    return frozenset(found.values_list("pk", flat=True))


class Judge:
    """Judges rows; cases of one group, place and day share a standard, which is worked out once."""

    def __init__(self, tables: Tariff, used: Preset, minimal: frozenset[int] | None) -> None:
        self._tables, self._used, self._minimal = tables, used, minimal
        self._known: dict[tuple[Any, ...], int | None] = {}

    def __call__(self, row: Mapping[str, Any]) -> Settled | None:
        """The case judged; None without a rate in force."""
        level = row["institution__level"]
        standard = self._standard(row, level)
        if standard is None:
            return None
        kind = class_of(row["total_fen"], standard, level, self._used)
        return Settled(
            row["pk"], row["institution_id"], row["department_code"], row["doctor"], row["drg"],
            row["total_fen"] <= standard, kind,
        )  # fmt: skip

    def _standard(self, row: Mapping[str, Any], level: str) -> int | None:
        payment = str(row["recorded__payment"] or "").lstrip("0")[:1]
        minimal = None if self._minimal is None else row["pk"] in self._minimal
        day = row["discharged_at"].astimezone(SHANGHAI).date()
        weight: Decimal = row["weight"]
        subject = Subject(
            weight, row["institution__code"], level, INSURANCES.get(payment, ""), row["drg"], minimal,
            row["discharge_way"],
        )  # fmt: skip
        key = (*(getattr(subject, name) for name in subject.__slots__), day)
        if key not in self._known:
            self._known[key] = self._tables.standard(subject, day).fen
        return self._known[key]


def fill(found: Mapping[Key, Tally], month: Month, level: Level, scope: Scope) -> None:
    """Count what was judged into the sums of a level."""
    for one in settled(month, scope):
        tally = found.get(one.key(level))
        if tally is not None:
            tally.priced += 1
            tally.passed += one.passed
            tally.high_cases += one.kind == "high"
            tally.low_cases += one.kind == "low"


def ids(month: Month, scope: Scope, which: str) -> list[int]:
    """The cases behind a figure: passed, high or low."""
    return [
        one.case for one in settled(month, scope) if (one.passed if which == "passed" else one.kind == which)
    ]
