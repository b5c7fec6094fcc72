"""A frozen roster corrected by two people; what it was before a correction, for pools computed by it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max, Sum

from alliance.lib.period import Month
from alliance.models import Department, Institution, Membership, RosterRow, Staff
from alliance.services import journal
from performance.models import PayPool, RosterChange
from performance.models.pay import CONFIRM, RUN
from performance.roster.refusals import RosterRefused
from performance.services.rights import require

DECIMALS = ("post_coefficient", "share", "days", "leave_days")
DATES = ("joined_on", "left_on")
FIELDS = (*DECIMALS, *DATES, "seconded", "employment")
Key = tuple[int, int, int | None]  # staff, institution, department


def frozen(month: Month) -> bool:
    """Whether the roster of a month is frozen: a pool that ends at persons has been proposed."""
    rows = PayPool.objects.filter(month=month.first_day, persons=True).exclude(state=PayPool.State.DRAFT)
    return rows.exists()


def frozen_on(day: date) -> bool:
    """The same of the month of a day."""
    return frozen(Month.of(day))


def said(row: RosterRow) -> dict[str, Any]:
    """The values of a line as plain data: numbers and days as text."""
    return plain({name: getattr(row, name) for name in FIELDS})


def plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values by field as they are kept."""
    found = dict(values)
    for name in DECIMALS:
        places = -RosterRow._meta.get_field(name).decimal_places
        found[name] = str(Decimal(values[name]).quantize(Decimal(1).scaleb(places)))
    for name in DATES:
        found[name] = values[name].isoformat() if values[name] else None
    return found


def values(kept: Mapping[str, Any]) -> dict[str, Any]:
    """The same as columns of a line."""
    found = dict(kept)
    found |= {name: Decimal(kept[name]) for name in DECIMALS}
    found |= {name: date.fromisoformat(kept[name]) if kept[name] else None for name in DATES}
    return found


@transaction.atomic
def enter(
    *, by: Membership, month: Month, staff: Staff, institution: Institution, department: Department | None,
    line: Mapping[str, Any] | None, reason: str, now: datetime,
) -> RosterChange:  # fmt: skip
    """Enter what a line of a frozen roster should be (None: no line); it waits for a second person.

    Raises PermissionDenied, RosterRefused (open, why, same, share, waiting).
    """
    require(by, RUN)
    if not frozen(month):
        raise RosterRefused("open", month=month)
    if not reason.strip():
        raise RosterRefused("why")
    row = _line(month, staff.pk, institution.pk, department.pk if department else None)
    was, wanted = (said(row) if row else None), (plain(line) if line is not None else None)
    if was == wanted:
        raise RosterRefused("same")
    _whole(month, staff.pk, row, wanted)
    try:
        with transaction.atomic():
            made: RosterChange = RosterChange.objects.create(
                month=month.first_day, staff=staff, institution=institution, department=department, was=was,
                now=wanted, reason=reason.strip(), entered_by=by, entered_at=now,
            )  # fmt: skip
    except IntegrityError as error:
        if "rosterchange_one_waits" not in str(error):
            raise
        raise RosterRefused("waiting") from None
    journal.write(by=by, verb="roster.change_entered", about=made, month=str(month))
    return made


def _line(month: Month, staff: int, institution: int, department: int | None) -> RosterRow | None:
    rows = RosterRow.objects.filter(
        month=month.first_day, staff=staff, institution=institution, department=department
    )
    return rows.first()


def _whole(month: Month, staff: int, row: RosterRow | None, wanted: Mapping[str, Any] | None) -> None:
    """A person's shares of a month are at most 1; the database keeps it, here it is said before."""
    if wanted is None:
        return
    others = RosterRow.objects.filter(month=month.first_day, staff=staff)
    if row is not None:
        others = others.exclude(pk=row.pk)
    whole = (others.aggregate(sum=Sum("share"))["sum"] or 0) + Decimal(wanted["share"])
    if whole > 1:
        raise RosterRefused("share", sum=whole)


@transaction.atomic
def confirm(*, by: Membership, row: RosterChange, now: datetime) -> RosterChange:
    """The second person stands by it: the line changes, under the next number of the month.

    Pools already computed keep their money; a pool made after it reads the corrected roster. Raises
    PermissionDenied, RosterRefused (same_person, ended, changed, share).
    """
    held = _held(by, row)
    month = Month.of(held.month)
    line = _line(month, held.staff_id, held.institution_id, held.department_id)
    if (said(line) if line else None) != held.was:
        raise RosterRefused("changed")
    _whole(month, held.staff_id, line, held.now)
    # One month's corrections take their numbers in turn.
    list(PayPool.objects.select_for_update().filter(month=held.month, persons=True).order_by("pk"))
    last = RosterChange.objects.filter(month=held.month).aggregate(last=Max("number"))["last"] or 0
    changes = RosterChange.objects.filter(pk=held.pk)
    changes.update(confirmed_by=by, confirmed_at=now, number=last + 1)
    if held.now is None:
        assert line is not None, "what is taken away was there"
        line.delete()
    elif line is None:
        RosterRow.objects.create(
            month=held.month, staff_id=held.staff_id, institution_id=held.institution_id,
            department_id=held.department_id, **values(held.now),
        )  # fmt: skip
    else:
        RosterRow.objects.filter(pk=line.pk).update(**values(held.now))
    changes.update(applied_at=now)
    journal.write(by=by, verb="roster.change_confirmed", about=held, month=str(month), number=last + 1)
    return RosterChange.objects.get(pk=held.pk)


def _held(by: Membership, row: RosterChange) -> RosterChange:
    require(by, CONFIRM)
    if row.entered_by.user_id == by.user_id:
        raise RosterRefused("same_person")
    Staff.objects.select_for_update().get(pk=row.staff_id)
    held: RosterChange = RosterChange.objects.get(pk=row.pk)
    if held.confirmed_at is not None or held.declined_at is not None:
        raise RosterRefused("ended")
    return held


@transaction.atomic
def decline(*, by: Membership, row: RosterChange, now: datetime) -> None:
    """The second person does not stand by it. Raises PermissionDenied, RosterRefused (same_person, ended)."""
    held = _held(by, row)
    RosterChange.objects.filter(pk=held.pk).update(declined_by=by, declined_at=now)
    journal.write(by=by, verb="roster.change_declined", about=held, month=str(Month.of(held.month)))


# What it was ------------------------------------------------------------------------------
def number_at(month: Month, moment: datetime | None) -> int:
    """How many corrections of a month's roster were confirmed by a moment; all of them without one."""
    rows = RosterChange.objects.filter(month=month.first_day, number__isnull=False)
    if moment is not None:
        rows = rows.filter(confirmed_at__lte=moment)
    return int(rows.aggregate(last=Max("number"))["last"] or 0)


def as_of(month: Month, rows: list[RosterRow], number: int | None) -> list[RosterRow]:
    """The roster (`rows`: as it is) as it was after so many corrections; as it is without a number."""
    if number is None:
        return rows
    later = RosterChange.objects.filter(month=month.first_day, number__gt=number).order_by("-number")
    undone = list(
        later.select_related("staff__institution", "staff__department", "institution__parent", "department")
    )
    if not undone:
        return rows
    found: dict[Key, RosterRow] = {(row.staff_id, row.institution_id, row.department_id): row for row in rows}
    for one in undone:
        key = one.staff_id, one.institution_id, one.department_id
        found.pop(key, None)
        if one.was is not None:
            found[key] = RosterRow(
                month=one.month, staff=one.staff, institution=one.institution, department=one.department,
                **values(one.was),
            )  # fmt: skip
    return sorted(found.values(), key=_order)


def _order(row: RosterRow) -> tuple[str, str, str]:
    return row.institution.code, row.staff.code, row.department.code if row.department else ""
