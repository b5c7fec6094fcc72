"""Founding a body, seating and unseating its members, and who sits where (X2)."""

from __future__ import annotations

from datetime import date, datetime

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from alliance.approvals import chains
from alliance.approvals.models import Chain
from alliance.models import Institution, Membership
from alliance.services import journal
from performance.meetings.models import RUN, Body, Seat
from performance.meetings.refusals import BodyRefused

# What the members of each kind of body are by X2; the council and the office go by the roles of their people.
ROLES = {
    Body.Kind.MANAGEMENT: "management_committee", Body.Kind.BUDGET: "budget_committee",
    Body.Kind.QUALITY: "quality_committee", Body.Kind.TECHNICAL: "technical_team",
    Body.Kind.WORKING: "joint_working_group", Body.Kind.FUND: "fund_committee",
    Body.Kind.FUND_REVIEW: "fund_review_committee",
}  # fmt: skip


def require_run(by: Membership, institution_id: int | None) -> None:
    """Raise PermissionDenied unless the member keeps the bodies of the alliance, or of that institution."""
    if not (by.can(RUN) and by.sees(institution_id)):
        raise PermissionDenied(_("Your role does not include this step."))


@transaction.atomic
def found(
    *, by: Membership, code: str, kind: str, rhythm: str, document: str, now: datetime, name: str = "",
    due_day: int | None = None, institution: Institution | None = None,
) -> Body:  # fmt: skip
    """Found a body; with it the chain by which its members decide: more than half of them, or its paper.

    Raises PermissionDenied, BodyRefused (document, due_day, code).
    """
    require_run(by, institution.pk if institution else None)
    if not document.strip():
        raise BodyRefused("document")
    if rhythm != Body.Rhythm.NEED and not (due_day and 1 <= due_day <= 28):
        raise BodyRefused("due_day")
    body = Body(
        code=code, kind=kind, name=name.strip(), institution=institution, rhythm=rhythm,
        due_day=None if rhythm == Body.Rhythm.NEED else due_day, document=document.strip(), made_by=by,
        made_at=now,
    )  # fmt: skip
    try:
        with transaction.atomic():
            body.save(force_insert=True)
    except IntegrityError as error:
        if "body_code" not in str(error):
            raise
        raise BodyRefused("code") from None
    chains.add(
        by=by, code=chain_code(body), name=body.title, from_date=date(2020, 1, 1), decided_by=body.document,
        steps=[{"name": body.title, "body": body.code, "rule": "majority", "outside": True}],
    )  # fmt: skip
    journal.write(by=by, verb="body.founded", about=body, kind=kind)
    return body


def chain_code(body: Body) -> str:
    """The chain by which the members of a body decide."""
    return f"body-{body.code}"


def chain_of(body: Body, *, on: date) -> Chain:
    """Its version in force on a day."""
    return chains.in_force(chain_code(body), on=on)


@transaction.atomic
def seat(
    *, by: Membership, body: Body, function: str, post: str, from_date: date, document: str, now: datetime,
    membership: Membership | None = None, name: str = "", organisation: str = "", until: date | None = None,
) -> Seat:  # fmt: skip
    """Seat a member of the alliance, or somebody from outside by name and organisation, for a term.

    Raises PermissionDenied, BodyRefused (document, name, until, overlap, chair).
    """
    require_run(by, body.institution_id)
    if not document.strip():
        raise BodyRefused("document")
    if membership is None and not (name.strip() and organisation.strip()):
        raise BodyRefused("name")
    if until is not None and until < from_date:
        raise BodyRefused("until")
    shown = membership.user.name if membership else name.strip()
    row = Seat(
        body=body, membership=membership, user=membership.user if membership else None, name=shown,
        organisation="" if membership else organisation.strip(), function=function, post=post,
        from_date=from_date, until=until, document=document.strip(), entered_by=by, entered_at=now,
    )  # fmt: skip
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        if "seat_one_chair" in str(error):
            raise BodyRefused("chair") from None
        if "seat_once_at_a_time" in str(error):
            raise BodyRefused("overlap", name=shown) from None
        raise
    journal.write(by=by, verb="body.seated", about=row, body=body.code, function=function)
    return row


@transaction.atomic
def end(*, by: Membership, seat: Seat, last_day: date, reason: str) -> Seat:
    """End a term before its day. Raises PermissionDenied, BodyRefused (ended, ended_on, reason)."""
    require_run(by, seat.body.institution_id)
    row: Seat = Seat.objects.select_for_update().get(pk=seat.pk)
    if row.ended_on is not None:
        raise BodyRefused("ended")
    if last_day < row.from_date or (row.until is not None and last_day > row.until):
        raise BodyRefused("ended_on")
    if not reason.strip():
        raise BodyRefused("reason")
    row.ended_on, row.ended_why, row.ended_by = last_day, reason.strip(), by
    row.save(update_fields=["ended_on", "ended_why", "ended_by"])
    journal.write(by=by, verb="body.unseated", about=row, until=last_day.isoformat())
    return row


def codes_of(membership: Membership, day: date) -> frozenset[str]:
    """Codes of the bodies a person sits in on a day; one query."""
    sitting = Seat.objects.on(day).filter(user=membership.user_id)
    return frozenset(sitting.values_list("body__code", flat=True))


def roles_of(membership: Membership, day: date) -> frozenset[str]:
    """Roles of X2 for which the seats of a person stand on a day; one query."""
    sitting = Seat.objects.on(day).filter(user=membership.user_id).values_list("body__kind", flat=True)
    return frozenset(ROLES[kind] for kind in sitting if kind in ROLES)


def users_of(code: str, day: date) -> frozenset[int]:
    """Ids of the users who sit in a body on a day; one query."""
    sitting = Seat.objects.on(day).filter(body__code=code, user__isnull=False)
    return frozenset(sitting.values_list("user", flat=True))


def sitting_in(kind: str, day: date) -> frozenset[int]:
    """Ids of the users who sit in the alliance's bodies of a kind on a day; one query."""
    sitting = Seat.objects.on(day).filter(body__kind=kind, body__institution=None, user__isnull=False)
    return frozenset(sitting.values_list("user", flat=True))


def title_of(code: str) -> str:
    """What a body is called."""
    found = Body.objects.select_related("alliance").filter(code=code).first()
    return found.title if found else code


def titles() -> dict[str, str]:
    """What each body of the whole alliance is called, by its code; one query."""
    rows = Body.objects.select_related("alliance").filter(institution=None)
    return {row.code: row.title for row in rows}
