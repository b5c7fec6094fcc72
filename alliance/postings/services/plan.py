"""Postings are proposed by the sender and agreed by the host; then their days are planned."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from alliance.lib.workdays import SHANGHAI, WorkCalendar
from alliance.models import Department, Institution, Membership, Staff
from alliance.postings.models import Posting, Visit
from alliance.postings.services.moving import move
from alliance.postings.services.refusals import PostingRefused
from alliance.services import calendar, journal

# A posting is agreed anew each year; one entered later than a quarter after it began is a mistake of typing.
LONGEST = 366
BACK = 92


@dataclass(frozen=True, slots=True)
class Terms:
    """What the two sides agree on; money in fen, weekdays 1 (Monday) to 7."""

    kind: str
    staff: Staff
    host: Institution
    first_day: date
    last_day: date
    weekdays: tuple[int, ...]
    purpose: str
    host_department: Department | None = None
    morning: bool = True
    afternoon: bool = True
    backbone: bool = False
    kept_salary_fen: int | None = None
    allowance_fen: int = 0


@transaction.atomic
def propose(*, by: Membership, terms: Terms, now: datetime) -> Posting:
    """Offer an expert to a host. Raises PermissionDenied, PostingRefused (field by field)."""
    if not by.can("posting.plan"):
        raise PermissionDenied(_("Your role does not include this step."))
    if by.institution is None:
        raise PostingRefused("no_institution")
    for fault in faults(terms, sender=by.institution, today=now.astimezone(SHANGHAI).date()):
        raise fault
    columns = {name: getattr(terms, name) for name in terms.__dataclass_fields__}
    columns["weekdays"] = sorted(terms.weekdays)
    posting: Posting = Posting.objects.create(
        sender=by.institution, sender_department=terms.staff.department, proposed_by=by, proposed_at=now,
        **columns,
    )  # fmt: skip
    journal.write(by=by, verb="posting.proposed", about=posting)
    return posting


@transaction.atomic
def agree(*, by: Membership, posting: Posting, now: datetime, version: int | None = None) -> Posting:
    """The host takes the expert and the days are planned.

    Raises PostingRefused (taken) when the expert is planned elsewhere on one of them, or Stale.
    """
    agreed: Posting = move("agree", by=by, row=posting, version=version, answered_at=now)
    days = list(days_of(agreed, calendar.calendar()))
    if taken := clash(agreed.staff, days, morning=agreed.morning, afternoon=agreed.afternoon):
        raise refuse_taken(taken)
    rows = [
        Visit(posting=agreed, staff=agreed.staff, day=day, morning=agreed.morning, afternoon=agreed.afternoon)
        for day in days
    ]
    insert(rows)
    return agreed


@transaction.atomic
def refuse(
    *, by: Membership, posting: Posting, why: str, now: datetime, version: int | None = None
) -> Posting:
    """The host says no and why."""
    return _give_up("refuse", by, posting, why, version, answered_at=now)


@transaction.atomic
def withdraw(*, by: Membership, posting: Posting, why: str, version: int | None = None) -> Posting:
    """The sender takes an offer back that nobody has answered."""
    return _give_up("withdraw", by, posting, why, version)


@transaction.atomic
def end(*, by: Membership, posting: Posting, ended_on: date, why: str, version: int | None = None) -> Posting:
    """End early after a last day of service; days planned after it are dropped, what was reported stays."""
    if not posting.first_day <= ended_on < posting.last_day:
        raise PostingRefused("ended_on")
    ended = _give_up("end", by, posting, why, version, ended_on=ended_on)
    later = Visit.objects.filter(posting=posting, state=Visit.State.PLANNED, day__gt=ended_on)
    later.update(state=Visit.State.DROPPED, why=why.strip())
    return ended


def _give_up(
    name: str, by: Membership, posting: Posting, why: str, version: int | None, **change: Any
) -> Posting:
    if not why.strip():
        raise PostingRefused("why")
    stopped: Posting = move(
        name, by=by, row=posting, version=version, note=why.strip(), why=why.strip(), **change
    )
    return stopped


def faults(terms: Terms, *, sender: Institution, today: date) -> Iterator[PostingRefused]:
    """Everything that is wrong with the terms, so that a form can say all of it at once."""
    if terms.staff.institution_id != sender.pk or not terms.staff.is_active:
        yield PostingRefused("staff")
    if terms.host.pk == sender.pk or not terms.host.is_active:
        yield PostingRefused("host")
    elif terms.host_department is not None and terms.host_department.institution_id != terms.host.pk:
        yield PostingRefused("department")
    if not terms.purpose.strip():
        yield PostingRefused("purpose")
    if not (terms.morning or terms.afternoon):
        yield PostingRefused("half")
    yield from _wrong_days(terms, today)


def _wrong_days(terms: Terms, today: date) -> Iterator[PostingRefused]:
    if not 0 <= (terms.last_day - terms.first_day).days <= LONGEST:
        yield PostingRefused("last_day", most=LONGEST)
    elif terms.first_day < today - timedelta(days=BACK):
        yield PostingRefused("first_day", most=BACK)
    elif next(days_of(terms, calendar.calendar()), None) is None:
        yield PostingRefused("weekdays")


def days_of(terms: Terms | Posting, known: WorkCalendar) -> Iterator[date]:
    """The days of a posting: its weekdays, without public holidays; a weekend day only where it is chosen."""
    for offset in range((terms.last_day - terms.first_day).days + 1):
        day = terms.first_day + timedelta(days=offset)
        holiday = day.weekday() < 5 and not known.is_workday(day)
        if day.isoweekday() in terms.weekdays and not holiday:
            yield day


def clash(staff: Staff, days: list[date], *, morning: bool, afternoon: bool) -> Visit | None:
    """The first day on which the expert is already planned for the same half; None without one."""
    half = (Q(morning=True) if morning else Q(pk=None)) | (Q(afternoon=True) if afternoon else Q(pk=None))
    taken: Visit | None = (
        Visit.objects.with_names()
        .filter(half, staff=staff, day__in=days, state__in=Visit.STANDING)
        .order_by("day")
        .first()
    )
    return taken


def insert(rows: list[Visit]) -> None:
    """Store planned days; two who plan the same expert at the same moment: the index lets one through."""
    try:
        with transaction.atomic():
            Visit.objects.bulk_create(rows)
    except IntegrityError as error:
        first = rows[0]
        taken = clash(
            first.staff, [row.day for row in rows], morning=first.morning, afternoon=first.afternoon
        )
        if taken is None or "visit_one_" not in str(error):
            raise
        raise refuse_taken(taken) from None


def refuse_taken(taken: Visit) -> PostingRefused:
    """The refusal that names the day in the way."""
    return PostingRefused("taken", name=taken.staff.name, day=taken.day, place=taken.posting.host.short_name)
