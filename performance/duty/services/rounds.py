"""Signing rounds, who must sign, who has not, and the numbered reminder (S1-62)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import DateField, Exists, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Cast, Coalesce, Greatest, TruncDate
from django.utils import timezone

from alliance.lib.workdays import SHANGHAI
from alliance.models import Institution, Journal, Membership
from alliance.services import journal, parameters
from performance.duty.models import (
    LIST,
    OVERSEE,
    RUN,
    LetterVersion,
    Reminded,
    Reminder,
    Signature,
    SigningRound,
)
from performance.duty.refusals import DutyRefused
from performance.services.rights import require

GRACE, RENEWAL = "duty.grace", "duty.renewal"


def days(key: str, on: date) -> int:
    """A number of days by its parameter in force."""
    return int(str(parameters.in_force(key, on=on)))


@transaction.atomic
def open_round(
    *, by: Membership, version: LetterVersion, year: int, due_on: date, now: datetime
) -> SigningRound:
    """Ask for signatures of a version until a day; the round that was open ends with it.

    Raises PermissionDenied, DutyRefused (not_in_force, due_on, round_there).
    """
    require(by, RUN)
    if version.enforced_at is None:
        raise DutyRefused("not_in_force")
    if due_on < max(timezone.localdate(now), version.from_date):
        raise DutyRefused("due_on")
    try:
        with transaction.atomic():
            SigningRound.objects.filter(ended_at=None).update(ended_by=by, ended_at=now)
            row: SigningRound = SigningRound.objects.create(
                version=version, year=year, due_on=due_on, opened_by=by, opened_at=now
            )
    except IntegrityError as error:
        if "duty_round_once" not in str(error):
            raise
        raise DutyRefused("round_there") from None
    journal.write(by=by, verb="duty.round_opened", about=row, year=year, version=version.number)
    return row


@transaction.atomic
def end_round(*, by: Membership, round: SigningRound, now: datetime) -> None:
    """Ask no longer. Raises PermissionDenied, DutyRefused (ended)."""
    require(by, RUN)
    if not SigningRound.objects.filter(pk=round.pk, ended_at=None).update(ended_by=by, ended_at=now):
        raise DutyRefused("ended")
    journal.write(by=by, verb="duty.round_ended", about=round)


def current(on: date | None = None) -> SigningRound | None:
    """The open round; of a day the newest that was opened by its end, ended or not."""
    rows = SigningRound.objects.select_related("version")
    if on is None:
        found: SigningRound | None = rows.filter(ended_at=None).first()
        return found
    end = datetime.combine(on + timedelta(days=1), datetime.min.time(), SHANGHAI)
    return rows.filter(opened_at__lt=end).first()


def due(round: SigningRound, on: date) -> QuerySet[Any]:
    """Everybody who must sign the version of a round on a day, by institution, department and name.

    `due_on`: the round's, or for who joined later some days after joining (parameter duty.grace).
    `signature`: the id of the signature that holds on the day, `valid_to` its last day. One query.
    """
    version = round.version
    # Who was granted the membership, or other roles, is due from then on; a move alone changes no clock.
    told = Journal.objects.filter(
        Q(verb="membership.granted")
        | Q(verb="membership.changed") & ~Q(detail__before__roles=F("detail__after__roles"))
        | Q(verb="membership.changed", detail__before__active=False),
        about_kind="alliance.membership", about_id=OuterRef("pk"),
    ).order_by("-pk")  # fmt: skip
    held = Signature.objects.filter(version=version, membership=OuterRef("pk")).on(on)
    day = {"output_field": DateField()}
    later = TruncDate(F("joined_at") + timedelta(days=days(GRACE, on)), tzinfo=SHANGHAI)
    rows: QuerySet[Any] = Membership.objects.living().filter(
        institution__is_active=True, institution__kind__in=version.kinds, roles__overlap=version.roles
    )
    found: QuerySet[Any] = (
        rows.annotate(
            joined_at=Subquery(told.values("at")[:1]),
            signature=Subquery(held.values("pk")[:1]),
            valid_to=Subquery(held.values("valid_to")[:1]),
        )
        .annotate(
            due_on=Greatest(
                Value(round.due_on, **day), Coalesce(Cast(later, **day), Value(round.due_on, **day))
            )
        )
        .select_related("user", "institution", "department")
        .order_by("institution__code", "department__code", "user__name", "pk")
    )
    return found


def within(rows: QuerySet[Any], membership: Membership) -> QuerySet[Any]:
    """Of those who must sign the ones a member reads: the own line; a head of department the department's;
    the institution's for who oversees it, or all (second wall).
    """
    here = membership.institution_id
    if membership.can(OVERSEE):
        return rows if here is None else rows.filter(institution=here)
    own = Q(pk=membership.pk)
    if membership.can(LIST) and membership.department_id is not None:
        own |= Q(department=membership.department_id)
    return rows.filter(own)


def missing(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Those who have not signed."""
    return rows.filter(signature=None)


@transaction.atomic
def remind(*, by: Membership, round: SigningRound, institution: Institution, now: datetime) -> Reminder:
    """Remind everybody of an institution who has not signed and was not reminded in this round.

    Raises PermissionDenied, DutyRefused (ended, nobody).
    """
    require(by, RUN)
    if round.ended_at is not None:
        raise DutyRefused("ended")
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtext('duty'))")
    today = timezone.localdate(now)
    told = Reminded.objects.filter(round=round, membership=OuterRef("pk"))
    rows = list(missing(due(round, today)).filter(~Exists(told), institution=institution))
    if not rows:
        raise DutyRefused("nobody")
    number = Reminder.objects.filter(number__startswith=f"CQ{today.year}-").count() + 1
    made: Reminder = Reminder.objects.create(
        number=f"CQ{today.year}-{number:04d}", round=round, institution=institution, sent_by=by, sent_at=now
    )
    Reminded.objects.bulk_create(Reminded(reminder=made, round=round, membership=one) for one in rows)
    journal.write(by=by, verb="duty.reminded", about=made, number=made.number, persons=len(rows))
    return made
