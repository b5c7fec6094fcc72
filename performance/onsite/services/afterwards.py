"""After the copy: statements of the inspected and their answers, rectification and its re-check."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from alliance.lib.workdays import SHANGHAI
from alliance.models import Membership
from alliance.services import calendar, journal, parameters, steps
from alliance.services.files import Upload
from performance.declared.services.proving import keep
from performance.models import (
    OnsiteInspector,
    OnsiteProof,
    OnsiteRectification,
    OnsiteResult,
    OnsiteStatement,
    OnsiteVisit,
)
from performance.models.onsite import ANSWER, INSPECT, PLAN
from performance.onsite.facts import counts_for
from performance.onsite.refusals import OnsiteRefused
from performance.onsite.services.delivering import deliver
from performance.onsite.services.finishing import due_at, rescore
from performance.services.rights import require

STATEMENTS = "onsite.statement_deadline"


def speaks_for(by: Membership, visit: OnsiteVisit) -> bool:
    """Whether the member answers for the inspected: its own people, of a village room its township's."""
    place = visit.institution
    return (
        by.can(ANSWER) and by.institution_id is not None and by.institution_id in (place.pk, place.parent_id)
    )


def _require_inspected(by: Membership, visit: OnsiteVisit) -> None:
    if not speaks_for(by, visit):
        raise PermissionDenied(_("This step belongs to the inspected institution."))


def statements_until(visit: OnsiteVisit) -> datetime:
    """Until when the inspected may state something about a signed visit."""
    assert visit.signed_at is not None
    rule = str(parameters.in_force(STATEMENTS, on=visit.signed_at.astimezone(SHANGHAI).date()))
    return calendar.deadline(visit.signed_at, rule).due_at


@transaction.atomic
def state(*, by: Membership, result: OnsiteResult, text: str, now: datetime) -> OnsiteStatement:
    """Say something to an item of the copy. Raises PermissionDenied, OnsiteRefused (text, late)."""
    _require_inspected(by, result.visit)
    if not text.strip():
        raise OnsiteRefused("text")
    until = statements_until(result.visit)
    if now >= until:
        raise OnsiteRefused("late", day=until.astimezone(SHANGHAI).date())
    made: OnsiteStatement = OnsiteStatement.objects.create(result=result, text=text.strip(), by=by, at=now)
    journal.write(by=by, verb="onsite.stated", about=result.visit, item=result.item)
    return made


@transaction.atomic
def decide(
    *, by: Membership, statement: OnsiteStatement, answer: str, restored: Decimal | None, now: datetime
) -> OnsiteStatement:
    """Answer a statement; points given back change the result from now on, and its rectification falls with
    the last of them.

    Raises PermissionDenied, OnsiteRefused (own_case, answer, answered, restored, given), Stale.
    """
    require(by, PLAN)
    result, visit = statement.result, statement.result.visit
    if OnsiteInspector.objects.filter(visit=visit, member__user=by.user_id).exists():
        raise OnsiteRefused("own_case")
    if not answer.strip():
        raise OnsiteRefused("answer")
    rows = OnsiteStatement.objects.filter(pk=statement.pk, answered_at=None)
    if not rows.update(answer=answer.strip(), answered_by=by, answered_at=now):
        raise OnsiteRefused("answered")
    if restored:
        _give_back(by, result, restored)
        rescore(visit)
        deliver(by=by, place=counts_for(visit.institution), span=visit.span, now=now)
    journal.write(by=by, verb="onsite.statement_answered", about=visit, item=result.item,
                  restored=str(restored or 0))  # fmt: skip
    statement.refresh_from_db()
    return statement


def _give_back(by: Membership, result: OnsiteResult, restored: Decimal) -> None:
    taken = result.full - (result.points if result.points is not None else result.full)
    if not 0 < restored <= taken:
        raise OnsiteRefused("restored", most=taken.normalize())
    open_ = OnsiteResult.objects.filter(pk=result.pk, restored=None)
    if not open_.update(restored=restored, restored_by=by):
        raise OnsiteRefused("given")
    if restored == taken:
        for row in result.rectifications.all():  # type: ignore[attr-defined]
            if step := steps.from_here("drop", row):
                steps.take(step, by=by, row=row, verb="onsite.rectification_dropped")


@transaction.atomic
def reply(
    *, by: Membership, row: OnsiteRectification, said: str, uploads: Sequence[Upload], now: datetime,
    version: int | None = None,
) -> OnsiteRectification:  # fmt: skip
    """Say what was put right, with what shows it. Raises PermissionDenied, OnsiteRefused (said), Stale,
    DeclaredRefused (files, file_large).
    """
    _require_inspected(by, row.result.visit)
    if not said.strip():
        raise OnsiteRefused("said")
    name = "reply_again" if row.state == OnsiteRectification.State.FAILED else "reply"
    step = steps.open_now(name, row, version)
    kept = keep(by=by, place=row.institution, uploads=uploads)
    OnsiteProof.objects.bulk_create(OnsiteProof(rectification=row, file=file, by=by, at=now) for file in kept)
    moved: OnsiteRectification = steps.take(
        step, by=by, row=row, verb="onsite.rectified", remark=said, done=said.strip(), answered_by=by
    )
    return moved


def checks(by: Membership, row: OnsiteRectification) -> bool:
    """Whether the member re-checks: an inspector of the visit, or the office; never the institution."""
    if by.institution_id is None and by.can(PLAN):
        return True
    mine = OnsiteInspector.objects.filter(visit=row.result.visit_id, member=by)
    return by.can(INSPECT) and mine.exists()


@transaction.atomic
def recheck(
    *, by: Membership, row: OnsiteRectification, holds: bool, found: str, now: datetime,
    due_on: date | None = None, version: int | None = None,
) -> OnsiteRectification:  # fmt: skip
    """Re-check what was put right: it holds, or it is still so and a new day is set.

    Raises PermissionDenied, OnsiteRefused (found, due), Stale.
    """
    if not checks(by, row):
        raise PermissionDenied(_("Only the inspectors of this visit do this."))
    if not found.strip():
        raise OnsiteRefused("found")
    change: dict[str, object] = {"found": found.strip(), "checked_by": by}
    if not holds:
        change["due_at"] = due_at(now, due_on)
    step = steps.open_now("close" if holds else "fail", row, version)
    verb = "onsite.rectification_closed" if holds else "onsite.rectification_failed"
    moved: OnsiteRectification = steps.take(step, by=by, row=row, verb=verb, remark=found, **change)
    return moved
