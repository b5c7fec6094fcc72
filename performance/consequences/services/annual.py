"""A year closed from its decided months, put to the vote, published by it (S2-40, S3-27; practice.md 4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from alliance.approvals import chains, registry
from alliance.approvals import services as approvals
from alliance.approvals.facts import second_person
from alliance.approvals.models import Approval
from alliance.lib.canonical import digest, to_plain
from alliance.lib.period import Month
from alliance.models import Institution, Membership
from alliance.services import journal, steps
from performance.consequences.earlier import earlier_years
from performance.consequences.refusals import YearRefused
from performance.declared.services.vetoes import vetoed
from performance.engine.exact import half_up
from performance.engine.standing import Standing, standing
from performance.models import Line, YearEvaluation, YearLine
from performance.models.consequences import PROPOSE
from performance.portrait.standing import decided as decided_lines
from performance.portrait.standing import monthly, rules
from performance.services.rights import require
from performance.show import ranks

KIND = "performance.year"
State = YearEvaluation.State
PLACES = 4


@dataclass(frozen=True)
class Whole:
    """Everything that follows from the decided months up to one: standings and lines by institution."""

    standings: Mapping[int, Standing]
    lines: Mapping[int, Mapping[Month, Line]]
    places: Mapping[int, Institution]
    until: Month


def whole(until: Month, *, back_years: int = 3) -> Whole:
    """Standings of all institutions up to a month; five queries however many.

    Years decided before this system count where the own months give no mean.
    """
    found, _percent = rules(until)
    first = Month(until.year - max(back_years, found.years, found.honour_years) + 1, 1)
    known = earlier_years(first.year, until.year)
    lines: dict[int, dict[Month, Line]] = {}
    out = vetoed(first, until)
    places: dict[int, Institution] = {}
    for at, line in decided_lines(first, until):
        lines.setdefault(line.institution_id, {})[at] = line
        places[line.institution_id] = line.institution
    standings = {
        pk: standing({at: monthly(at, one, out) for at, one in own.items()}, until, found, known.get(pk))
        for pk, own in lines.items()
    }
    return Whole(standings, lines, places, until)


@transaction.atomic
def compute(*, by: Membership, year: int, now: datetime) -> YearEvaluation:
    """Close a year from its months; a decided year stays, an undecided one is replaced.

    Raises PermissionDenied, YearRefused (early, nothing, decided, voting).
    """
    require(by, PROPOSE)
    december = Month(year, 12)
    if now.date() <= december.last_day:
        raise YearRefused("early", year=year)
    found = whole(december)
    rows = _rows(found, year)
    if not rows:
        raise YearRefused("nothing", year=year)
    last = (
        YearEvaluation.objects.select_for_update().filter(year=year).exclude(state=State.SUPERSEDED).first()
    )
    if last is not None and last.state != State.COMPUTED:
        raise YearRefused("decided" if last.state == State.DECIDED else "voting", year=year)
    if last is not None:
        step = steps.open_now("supersede", last)
        steps.take(step, by=by, row=last, verb="year.superseded", said={"year": year})
    number = YearEvaluation.objects.filter(year=year).aggregate(last=Max("number"))["last"] or 0
    kept = to_plain(rules(december)[0])
    made: YearEvaluation = YearEvaluation.objects.create(
        year=year, number=number + 1, rules=kept, digest=digest([year, kept, rows]), made_by=by, made_at=now
    )
    YearLine.objects.bulk_create(YearLine(year=made, **row) for row in rows)
    journal.write(by=by, verb="year.computed", about=made, year=year, rows=len(rows))
    return made


def _rows(found: Whole, year: int) -> list[dict[str, Any]]:
    """The lines of a year as they are stored, by code of the institution."""
    rows: list[dict[str, Any]] = []
    means: dict[str, Decimal | None] = {}
    for pk, place in sorted(found.places.items(), key=lambda one: one[1].code):
        own = next((one for one in found.standings[pk].years if one.year == year), None)
        months = {at: line for at, line in found.lines[pk].items() if at.year == year}
        if own is None or not months:
            continue
        mean = None if own.period.mean is None else half_up(own.period.mean, PLACES)
        possible = sum(line.possible for line in months.values()) / len(months)
        means[place.code] = mean if possible >= ranks.least(found.until)[1] else None
        rows.append({
            "institution_id": pk, "known": own.period.known, "mean": mean, "grade": own.grade or "",
            "excellent_years": found.standings[pk].excellent_years, "honour": found.standings[pk].honour,
            "quarters": _quarters(found.standings[pk], year), "past": _past(found.standings[pk], year),
            "months": [
                {"month": str(at), "score": None if one.score is None else str(one.score), "line": one.pk}
                for at, one in sorted(months.items())
            ],
        })  # fmt: skip
    ranked = ranks.places(means, least=ranks.least(found.until)[0])
    for row in rows:
        there = ranked.get(found.places[row["institution_id"]].code)
        row["place"] = there.number if there else None
    return rows


def _quarters(own: Standing, year: int) -> list[dict[str, Any]]:
    return [
        {
            "quarter": str(quarter), "known": period.known, "double": period.double,
            **({"vetoed": True} if period.vetoed else {}),
            "mean": None if period.mean is None else str(half_up(period.mean, PLACES)),
        }
        for quarter, period in own.quarters.items()
        if quarter.year == year
    ]  # fmt: skip


def _past(own: Standing, year: int) -> list[dict[str, Any]]:
    """The years up to this one, as streak and honour counted them; `decision`: of an earlier one."""
    return [
        {
            "year": one.year, "grade": one.grade or "", "decision": one.decision,
            "mean": None if one.period.mean is None else str(half_up(one.period.mean, PLACES)),
        }
        for one in own.years
        if one.year <= year
    ]  # fmt: skip


def changed_since(row: YearEvaluation) -> Sequence[str]:
    """The institutions whose mean would be another from the months as they stand today."""
    today = {one["institution_id"]: one["mean"] for one in _rows(whole(Month(row.year, 12)), row.year)}
    lines = YearLine.objects.filter(year=row).select_related("institution")
    return [
        line.institution.short_name
        for line in lines
        if today.get(line.institution_id, line.mean) != line.mean
    ]


@transaction.atomic
def propose(
    *, by: Membership, row: YearEvaluation, chain: str, today: date, version: int | None = None
) -> YearEvaluation:
    """Put a closed year to the vote. Raises PermissionDenied, Stale, and what `approvals.propose` raises."""
    require(by, PROPOSE)
    step = steps.open_now("propose", row, version)
    approval = approvals.propose(
        by=by, kind=KIND, about=row, chain=chains.in_force(chain, on=today, kind=KIND), digest=row.digest,
        arguments={"year": row.year},
    )  # fmt: skip
    moved: YearEvaluation = steps.take(
        step, by=by, row=row, verb="year.proposed", approval=approval, proposed_by=by,
        said={"year": row.year},
    )  # fmt: skip
    return moved


def digest_of(approval: Approval) -> str:
    """The digest of a year as it stands now."""
    return str(YearEvaluation.objects.get(pk=approval.about_id).digest)


def decided(approval: Approval, by: Membership) -> None:
    """What follows from a vote: a yes publishes the year, anything else gives it back."""
    row = YearEvaluation.objects.get(pk=approval.about_id)
    if approval.state != Approval.State.APPROVED:
        step = steps.open_now("give_back", row)
        steps.take(step, by=by, row=row, verb="year.given_back", said={"year": row.year})
        return
    steps.take(
        steps.open_now("decide", row), by=by, row=row, verb="year.decided", now=timezone.now(),
        decided_by=second_person(approval), said={"year": row.year},
    )  # fmt: skip


registry.on_decided(KIND, decided)
