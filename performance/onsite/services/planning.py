"""Visits: planned with inspectors and samples drawn by seed, begun, called off."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, IntegrityError, transaction
from django.utils.translation import gettext as _

from alliance.lib import sampling
from alliance.models import Department, Institution, Membership
from alliance.services import journal, steps
from grouping import facts as case_books
from performance.engine.checklist import Drawn
from performance.engine.spans import Span
from performance.models import OnsiteChecklist, OnsiteInspector, OnsiteSample, OnsiteVisit
from performance.models.onsite import INSPECT, PLAN
from performance.onsite.refusals import OnsiteRefused
from performance.services.rights import require

RESIDENT = re.compile(r"[A-Za-z0-9-]{3,30}")
ID_NUMBER = re.compile(r"\d{17}[\dXx]|\d{15}")


@dataclass(frozen=True)
class Inspector:
    """Who inspects; sections by code, of those nobody is given the lead answers."""

    member: Membership
    is_lead: bool = False
    sections: tuple[str, ...] = ()


@dataclass(frozen=True)
class Plan:
    """Where, when, with which checklist, by whom; `residents` are the record numbers to draw from."""

    checklist: OnsiteChecklist
    institution: Institution
    quarter: Span
    planned_on: date
    inspectors: Sequence[Inspector]
    residents: Sequence[str] = ()


@transaction.atomic
def plan(*, by: Membership, plan: Plan, now: datetime, seed: str = "") -> OnsiteVisit:
    """Plan a visit and draw its samples; the seed is new unless given (to repeat a draw).

    Raises PermissionDenied, OnsiteRefused (not_published, kind, not_yet, not_quarter, lead, nobody,
    inspector, own_institution, there, no_charts, no_rooms, no_residents, resident).
    """
    require(by, PLAN)
    _check(plan)
    populations = _populations(plan)
    try:
        with transaction.atomic():
            visit: OnsiteVisit = OnsiteVisit.objects.create(
                checklist=plan.checklist, institution=plan.institution, quarter=plan.quarter.first.first_day,
                planned_on=plan.planned_on, planned_by=by, planned_at=now,
            )  # fmt: skip
    except IntegrityError:
        raise OnsiteRefused("there", quarter=plan.quarter.first.quarter) from None
    for one in plan.inspectors:
        _appoint(visit, one)
    seed = seed or secrets.token_hex(16)
    for kind, population in populations.items():
        _draw(visit, kind, population, seed)
    journal.write(by=by, verb="onsite.planned", about=visit, institution=plan.institution.code)
    return visit


def _check(plan: Plan) -> None:
    table = plan.checklist
    if table.state != OnsiteChecklist.State.PUBLISHED:
        raise OnsiteRefused("not_published")
    if plan.institution.kind not in table.kinds:
        raise OnsiteRefused("kind", checklist=table.name)
    if plan.planned_on < table.from_date:
        raise OnsiteRefused("not_yet", day=table.from_date)
    if plan.planned_on < plan.quarter.first.first_day:
        raise OnsiteRefused("not_quarter")
    if not plan.inspectors:
        raise OnsiteRefused("nobody")
    if sum(one.is_lead for one in plan.inspectors) != 1:
        raise OnsiteRefused("lead")
    for one in plan.inspectors:
        if not one.member.can(INSPECT):
            raise OnsiteRefused("inspector", name=one.member.user)


def _appoint(visit: OnsiteVisit, one: Inspector) -> None:
    """The database refuses whoever belongs to the inspected institution."""
    try:
        with transaction.atomic():
            OnsiteInspector.objects.create(
                visit=visit, member=one.member, is_lead=one.is_lead, sections=list(one.sections)
            )
    except DatabaseError as error:
        if "nobody inspects" not in str(error):
            raise
        raise OnsiteRefused("own_institution", name=one.member.user) from None


def _populations(plan: Plan) -> Mapping[Drawn, list[str]]:
    """What can be drawn, by kind: discharged charts of the quarter, departments, residents' records."""
    found: dict[Drawn, list[str]] = {}
    for kind in plan.checklist.checklist.drawn:
        if kind == "chart":
            found[kind] = _charts(plan)
        elif kind == "room":
            found[kind] = _rooms(plan.institution)
        else:
            found[kind] = _residents(plan)
    return found


def _charts(plan: Plan) -> list[str]:
    found: set[str] = set()
    for months in range(3):
        rows = case_books.cases(plan.quarter.first.plus(months), plan.institution.pk)
        found.update(rows.order_by().values_list("record_no", flat=True))
    if not found:
        raise OnsiteRefused("no_charts", quarter=plan.quarter.first.quarter)
    return sorted(found)


def _rooms(place: Institution) -> list[str]:
    rows = Department.objects.filter(institution=place, is_active=True).order_by("code")
    found = [f"{code} {name}" for code, name in rows.values_list("code", "name")]
    if not found:
        raise OnsiteRefused("no_rooms")
    return found


def _residents(plan: Plan) -> list[str]:
    found = sorted({text.strip() for text in plan.residents if text.strip()})
    for text in found:
        if not RESIDENT.fullmatch(text) or ID_NUMBER.fullmatch(text):
            raise OnsiteRefused("resident", text=text)
    least = plan.checklist.checklist.resident
    if len(found) < least:
        raise OnsiteRefused("no_residents", least=least)
    return found


def _draw(visit: OnsiteVisit, kind: Drawn, population: list[str], seed: str) -> None:
    count = min(visit.checklist.checklist.size(kind), len(population))
    OnsiteSample.objects.create(
        visit=visit, kind=kind, seed=seed, rule=sampling.RULE, population=population,
        population_digest=sampling.population_digest(population),
        drawn=sampling.draw(population, seed=seed, count=count),
    )  # fmt: skip


def inspects(by: Membership, visit: OnsiteVisit) -> OnsiteInspector:
    """The member as inspector of the visit. Raises PermissionDenied."""
    row: OnsiteInspector | None = OnsiteInspector.objects.filter(visit=visit, member=by).first()
    if row is None or not by.can(INSPECT):
        raise PermissionDenied(_("Only the inspectors of this visit do this."))
    return row


@transaction.atomic
def start(*, by: Membership, visit: OnsiteVisit, version: int | None = None) -> OnsiteVisit:
    """Begin the visit: from now on answers are taken. Raises PermissionDenied, Stale."""
    inspects(by, visit)
    step = steps.open_now("start", visit, version)
    moved: OnsiteVisit = steps.take(step, by=by, row=visit, verb="onsite.begun")
    return moved


@transaction.atomic
def cancel(*, by: Membership, visit: OnsiteVisit, why: str, version: int | None = None) -> OnsiteVisit:
    """Call it off before it has begun. Raises PermissionDenied, Stale."""
    require(by, PLAN)
    step = steps.open_now("cancel", visit, version)
    moved: OnsiteVisit = steps.take(
        step, by=by, row=visit, verb="onsite.cancelled", remark=why, why=why.strip()
    )
    return moved
