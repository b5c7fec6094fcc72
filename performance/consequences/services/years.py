"""What follows from decided years: grades, honours of places, persons, departments (S2-40, S2-44..46)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any, cast

from django.db.models import Max

from alliance.lib.period import Month
from alliance.models import Institution
from alliance.services import parameters
from performance.consequences.services import proposals
from performance.consequences.services.proposals import Finding, Reviewed
from performance.engine.annual import leaders, share
from performance.engine.exact import half_up
from performance.models import Consequence, Level, LevelRun, LevelSubject, YearEvaluation, YearLine
from performance.show import ranks

Kind = Consequence.Kind
OF_PLACES = (Kind.EXCELLENT, Kind.FAIL, Kind.RECOMMEND, Kind.HONOUR)
OF_LEADERS = (Kind.PRIMARY, Kind.REFERRER, Kind.DOCTOR, Kind.INNOVATION)
KEYS = ("gb.grade", "gb.recommend_years", "gb.honour_lists", "gb.innovation_award", "gb.honour_quality",
        "gb.honour_collaboration")  # fmt: skip
PLACES = 4


@dataclass(frozen=True)
class Award:
    """One list of honour: its level, the parameter that names the dimensions, whose posts are compared."""

    kind: str
    level: str
    dimensions: str
    primary: bool | None = None


AWARDS = (
    Award(Kind.PRIMARY, Level.PERSON, "gb.honour_collaboration", primary=True),
    Award(Kind.REFERRER, Level.PERSON, "gb.honour_collaboration", primary=False),
    Award(Kind.DOCTOR, Level.PERSON, "gb.honour_quality"),
    Award(Kind.INNOVATION, Level.DEPARTMENT, "gb.honour_collaboration"),
)


def look(*, now: datetime) -> Reviewed:
    """Bring the proposals of the last two decided years to what was decided."""
    years = list(
        YearEvaluation.objects.filter(state=YearEvaluation.State.DECIDED, year__gte=now.year - 2).order_by(
            "year"
        )
    )
    if not years:
        return Reviewed()
    findings = [one for year in years for one in (*_of_places(year), *_of_leaders(year))]
    rows = proposals.live((*OF_PLACES, *OF_LEADERS), period__in=[str(one.year) for one in years])
    return proposals.review(findings, rows, now=now)


def _read(year: int) -> dict[str, Any]:
    return cast("dict[str, Any]", parameters.several_in_force(KEYS, on=Month(year, 12).last_day))


def _of_places(row: YearEvaluation) -> Iterator[Finding]:
    """Grades with their consequence, the recommendation, the honour."""
    read = _read(row.year)
    bands = {name: row.rules[name] for name in ("excellent", "fail", "honour_score", "honour_years")}
    for line in YearLine.objects.filter(year=row):
        figures = {
            "mean": line.mean, "known": line.known, "place": line.place, "bands": bands, "year": row.pk,
            "years": line.excellent_years, **({"past": line.past} if line.past else {}),
            **({"vetoed": True} if any(one.get("vetoed") for one in line.quarters) else {}),
        }  # fmt: skip
        for kind, percent in _following(line, read):
            yield Finding(
                kind, str(row.year), figures, institution=line.institution_id, percent=percent,
                low=None if percent is None else Decimal(0), high=percent,
            )  # fmt: skip


def _following(line: YearLine, read: Mapping[str, Any]) -> Iterator[tuple[str, Decimal | None]]:
    if line.grade == "excellent":
        yield Kind.EXCELLENT, abs(read["gb.grade"]["excellent"])
    if line.grade == "fail":
        yield Kind.FAIL, abs(read["gb.grade"]["fail"])
    if line.excellent_years >= read["gb.recommend_years"]:
        yield Kind.RECOMMEND, None
    if line.honour:
        yield Kind.HONOUR, None


def _of_leaders(row: YearEvaluation) -> Iterator[Finding]:
    """Who leads each list, by quality and collaboration alone, never by volume (S1-71, S2-44, S2-45)."""
    read, least = _read(row.year), ranks.least(Month(row.year, 12))[0]
    subjects = {str(level): _subjects(row.year, level) for level in (Level.PERSON, Level.DEPARTMENT)}
    vetoed = set(YearLine.objects.filter(year=row, honour=False).values_list("institution", flat=True))
    for award in AWARDS:
        months, rows = subjects[award.level]
        chosen = [one for one in rows if _belongs(award, one) and one.institution_id not in vetoed]
        shares: dict[int, list[Fraction]] = defaultdict(list)
        of: dict[int, LevelSubject] = {}
        for one in chosen:
            key = one.staff_id if award.level == Level.PERSON else one.department_id
            found = share(one.dimensions, read[award.dimensions])
            if key is not None and found is not None:
                shares[key].append(found)
                of[key] = one
        led = leaders(shares, months=months, places=int(read["gb.honour_lists"]), least=least)
        for place, (key, mean) in enumerate(led, start=1):
            yield _leader(award, row.year, of[key], place, mean, len(shares), read)


def _leader(
    award: Award, year: int, one: LevelSubject, place: int, mean: Fraction, compared: int,
    read: Mapping[str, Any],
) -> Finding:  # fmt: skip
    figures: dict[str, Any] = {
        "place": place, "compared": compared, "mean": half_up(mean, PLACES),
        "dimensions": list(read[award.dimensions]), "level": award.level, "code": one.code,
    }  # fmt: skip
    if award.kind == Kind.INNOVATION:
        figures["award_fen"] = [read["gb.innovation_award"]["min"], read["gb.innovation_award"]["max"]]
    return Finding(
        award.kind, str(year), figures, institution=one.institution_id,
        department=one.department_id if award.level == Level.DEPARTMENT else None,
        staff=one.staff_id if award.level == Level.PERSON else None,
    )  # fmt: skip


def _belongs(award: Award, one: LevelSubject) -> bool:
    if award.primary is None or one.institution is None:
        return one.institution_id is not None
    return (one.institution.level == Institution.Level.PRIMARY) == award.primary


def _subjects(year: int, level: str) -> tuple[int, Sequence[LevelSubject]]:
    """The scores of a level in the year's months, of the latest run of each; how many months there are."""
    runs = LevelRun.objects.filter(level=level, month__year=year, state=LevelRun.State.COMPUTED)
    latest = dict(runs.values_list("month").annotate(last=Max("number")))
    counted = [run.pk for run in runs if run.number == latest[run.month]]
    rows = LevelSubject.objects.filter(run__in=counted).select_related("institution")
    return len(counted), list(rows)
