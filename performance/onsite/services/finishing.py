"""The end of a visit: complete, agreed, signed; its result, its copy, its rectifications at once."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from django.db import transaction

from alliance.lib.period import SERVED_YEARS
from alliance.lib.workdays import SHANGHAI
from alliance.models import Membership
from alliance.services import calendar, parameters, steps
from performance.engine import checkscore
from performance.models import OnsiteRectification, OnsiteResult, OnsiteVisit
from performance.onsite.facts import counts_for, score_of
from performance.onsite.refusals import OnsiteRefused
from performance.onsite.services.delivering import deliver
from performance.onsite.services.planning import inspects
from performance.onsite.sheet import Sheet, sheet_of

DEADLINE = "onsite.rectification_deadline"


@transaction.atomic
def finish(*, by: Membership, visit: OnsiteVisit, now: datetime, due_on: date | None = None) -> OnsiteVisit:
    """Close the visit: the institution sees the copy from this moment, what cost points is to be put right.

    Only the lead; asked again after it was done, it answers the same. `due_on`: until when it is put right;
    without one the deadline of the parameter. Raises PermissionDenied, OnsiteRefused (not_lead, not_open,
    waits, conflict, unsigned, due), Stale.
    """
    if not inspects(by, visit).is_lead:
        raise OnsiteRefused("not_lead")
    visit = OnsiteVisit.objects.select_for_update(of=("self",)).select_related(
        "checklist", "institution__parent"
    ).get(pk=visit.pk)  # fmt: skip
    if visit.state == OnsiteVisit.State.SIGNED:
        return visit
    if visit.state != OnsiteVisit.State.OPEN:
        raise OnsiteRefused("not_open")
    until = due_at(now, due_on)
    found = sheet_of(visit)
    _require_whole(found)
    results = _results(found)
    whole = found.whole
    step = steps.open_now("finish", visit, None)
    moved: OnsiteVisit = steps.take(
        step, by=by, row=visit, verb="onsite.signed", said={"institution": visit.institution.code},
        signed_at=now, points=whole.points, full=whole.full, percent=whole.percent, capped=whole.capped,
    )  # fmt: skip
    OnsiteRectification.objects.bulk_create(
        OnsiteRectification(result=row, institution=visit.institution, due_at=until)
        for row in results
        if row.points is not None and row.points < row.full
    )
    deliver(by=by, place=counts_for(visit.institution), span=visit.span, now=now)
    return moved


def due_at(now: datetime, due_on: date | None) -> datetime:
    """The end of the day until which something is put right. Raises OnsiteRefused (due)."""
    if due_on is None:
        rule = str(parameters.in_force(DEADLINE, on=now.astimezone(SHANGHAI).date()))
        return calendar.deadline(now, rule).due_at
    if due_on <= now.astimezone(SHANGHAI).date() or due_on.year not in SERVED_YEARS:
        raise OnsiteRefused("due")
    return datetime.combine(due_on + timedelta(days=1), time.min, tzinfo=SHANGHAI)


def _require_whole(found: Sheet) -> None:
    if found.waits:
        raise OnsiteRefused("waits", n=len(found.waits), items="、".join(found.waits[:6]))
    if found.conflicts:
        raise OnsiteRefused("conflict", items="、".join(found.conflicts))
    if unsigned := found.unsigned():
        raise OnsiteRefused("unsigned", items="、".join(unsigned[:6]))


def _results(found: Sheet) -> list[OnsiteResult]:
    """One row an item; an item that cost points at the visit before is marked as found again."""
    before = _lost_before(found.visit)
    rows = []
    for place, (code, item) in enumerate(found.checklist.items.items(), 1):
        row, answer = found.scores[code], found.answer(code)
        assert answer is not None, "checked by _require_whole"
        again = code in before and row.points is not None and row.points < row.full
        rows.append(
            OnsiteResult(
                visit=found.visit, answer=found.rows[answer.uid], item=code, place=place,
                outcome=row.outcome, full=row.full, points=row.points, units=row.units, failed=row.failed,
                measures=list(item.measures), repeated=again,
            )
        )  # fmt: skip
    made: list[OnsiteResult] = OnsiteResult.objects.bulk_create(rows)
    return made


def _lost_before(visit: OnsiteVisit) -> set[str]:
    """The items that cost points at the visit before with the same checklist, whatever its version."""
    last = OnsiteVisit.objects.filter(
        institution=visit.institution, checklist__code=visit.checklist.code, quarter__lt=visit.quarter,
        state=OnsiteVisit.State.SIGNED,
    ).order_by("-quarter").first()  # fmt: skip
    if last is None:
        return set()
    return {row.item for row in last.results.all() if row.points is not None and row.now < row.full}


def rescore(visit: OnsiteVisit) -> OnsiteVisit:
    """The whole again after points were given back."""
    table = visit.checklist.checklist
    rows = [score_of(row) for row in visit.results.all()]  # type: ignore[attr-defined]
    whole = checkscore.score(table, rows)
    moved: OnsiteVisit = OnsiteVisit.objects.claim(
        visit.pk, expect={"version": visit.version, "state": OnsiteVisit.State.SIGNED},
        change={"points": whole.points, "percent": whole.percent, "capped": whole.capped,
                "version": visit.version + 1},
    )  # fmt: skip
    return moved
