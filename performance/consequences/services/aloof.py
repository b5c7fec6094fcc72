"""Persistent non-collaboration 持续不协同: who stood aloof in so many of the last months (S3-25).

The figures are those of decided months: the share of what collaboration could give. A month that was not
assessed says nothing. What is asked for, an interview (约谈) or other resources (资源调控), is a proposal
with these figures, decided by a vote like every other consequence.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any, cast

from django.db import IntegrityError, transaction

from alliance.lib.period import Month
from alliance.models import Institution, Membership
from alliance.services import parameters
from performance.consequences.refusals import ConsequenceRefused
from performance.consequences.services import interviews, proposals
from performance.consequences.services.proposals import Finding, Reviewed
from performance.engine.exact import half_up
from performance.models import Consequence, Line, MonthRun
from performance.models.consequences import PROPOSE
from performance.portrait.standing import decided as decided_lines
from performance.services.rights import require
from performance.show import table

Kind = Consequence.Kind
KINDS = (Kind.TALK, Kind.RESOURCE)
KEYS = ("cp.aloof", "cp.aloof.months")
COLLABORATION = "collaboration"
PLACES = 2


@dataclass(frozen=True, slots=True)
class Rule:
    """Below `line` percent in `least` of the last `of` months."""

    line: Decimal
    least: int
    of: int


@dataclass(frozen=True, slots=True)
class MonthShare:
    """Percent of what collaboration could give in a month, two decimals; None: not assessed."""

    month: Month
    share: Decimal | None
    below: bool


@dataclass(frozen=True, slots=True)
class Stood:
    """How an institution stood in the months looked at, oldest first."""

    institution: Institution
    months: tuple[MonthShare, ...]

    @property
    def below(self) -> int:
        """Months below the line."""
        return sum(one.below for one in self.months)


def rule(until: Month) -> Rule:
    """What holds at the end of a month; one query. Raises parameters.NotInForce."""
    read = cast("dict[str, Any]", parameters.several_in_force(KEYS, on=until.last_day))
    months = read["cp.aloof.months"]
    return Rule(Decimal(read["cp.aloof"]["share"]), int(months["least"]), max(int(months["of"]), 1))


def newest() -> Month | None:
    """The newest decided month; None while there is none."""
    runs = MonthRun.objects.filter(state__in=[MonthRun.State.APPROVED, MonthRun.State.POSTED])
    last = runs.order_by("-month").values_list("month", flat=True).first()
    return None if last is None else Month.of(last)


def stood(until: Month, by: Rule) -> list[Stood]:
    """Every institution over the last months, by its code; a number of queries that does not grow."""
    months = [until.plus(-back) for back in range(by.of - 1, -1, -1)]
    lines: dict[int, dict[Month, Line]] = {}
    places: dict[int, Institution] = {}
    for at, line in decided_lines(months[0], until):
        lines.setdefault(line.institution_id, {})[at] = line
        places[line.institution_id] = line.institution
    found = [
        Stood(places[pk], tuple(_share(at, own.get(at), by.line) for at in months))
        for pk, own in lines.items()
    ]
    return sorted(found, key=lambda one: one.institution.code)


def _share(at: Month, line: Line | None, limit: Decimal) -> MonthShare:
    cell = None if line is None else table.cell(line, COLLABORATION, "")
    if cell is None or cell.points is None or not cell.weight:
        return MonthShare(at, None, below=False)
    exact = 100 * Fraction(cell.points) / Fraction(cell.weight)
    return MonthShare(at, half_up(exact, PLACES), exact < Fraction(limit))


def listed(found: Iterable[Stood], by: Rule) -> list[Stood]:
    """Those on the list: the most months first."""
    rows = [one for one in found if one.below >= by.least]
    return sorted(rows, key=lambda one: (-one.below, one.institution.code))


def finding(kind: str, one: Stood, by: Rule, measure: str) -> Finding:
    """The proposal about an institution: its months below the line, and what is asked for."""
    shares = [[str(row.month), str(row.share)] for row in one.months if row.below]
    figures = {"months": shares, "line": by.line, "least": by.least, "of": by.of, "measure": measure}
    return Finding(kind, str(one.months[-1].month), figures, one.institution.pk)


@transaction.atomic
def ask(*, by: Membership, institution: Institution, kind: str, measure: str, now: datetime) -> Consequence:
    """Open a proposal about an institution of the list; it waits to be put to the vote.

    Raises PermissionDenied, ConsequenceRefused (kind, measure, not_listed, asked).
    """
    require(by, PROPOSE)
    if kind not in KINDS:
        raise ConsequenceRefused("kind")
    if not measure.strip():
        raise ConsequenceRefused("measure")
    until = newest()
    limit = None if until is None else rule(until)
    rows = [] if until is None or limit is None else listed(stood(until, limit), limit)
    one = next((row for row in rows if row.institution.pk == institution.pk), None)
    if one is None or limit is None:
        raise ConsequenceRefused("not_listed")
    try:
        with transaction.atomic():
            return proposals.open_one(finding(kind, one, limit, measure.strip()[:500]), now, by=by)
    except IntegrityError as error:
        if "consequence_once" not in str(error):
            raise
        raise ConsequenceRefused("asked") from None


def look(*, now: datetime) -> Reviewed:
    """Bring what was asked for to the decided months; three queries for each month they are of."""
    rows = proposals.live(KINDS)
    known = {period: _by_place(Month.parse(period)) for period in {row.period for row in rows}}
    findings = []
    for row in rows:
        by, places = known[row.period]
        one = places.get(row.institution_id)
        if one is not None and one.below >= by.least:
            findings.append(finding(row.kind, one, by, row.figures["measure"]))
    return proposals.review(findings, rows, now=now)


def _by_place(until: Month) -> tuple[Rule, Mapping[int | None, Stood]]:
    by = rule(until)
    return by, {one.institution.pk: one for one in stood(until, by)}


proposals.EFFECTS[Kind.TALK] = interviews.plan
