"""Results of patients: entered by hand, by a program or from a sheet; corrected by withdrawing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from alliance.models import Institution, Membership, Person
from alliance.models.base import Stale
from alliance.services import journal
from referrals.recognition.models import Item, Result
from referrals.recognition.services.common import item_on, local_day, own_place, require
from referrals.recognition.services.refusals import RecognitionRefused

EARLIEST = 1900  # the year before which no report is


@dataclass(frozen=True, slots=True)
class Report:
    """One report of the own house: item by code, times aware, `number` the house's report number."""

    item: str
    number: str
    taken_at: datetime
    conclusion: str
    reported_at: datetime | None = None
    reference: str = ""


@transaction.atomic
def enter(
    *, by: Membership, person: Person, report: Report, channel: str, now: datetime
) -> tuple[Result, bool]:
    """Keep a result of the member's house. Returns it and whether it is new; the same report twice is one.

    Raises PermissionDenied and RecognitionRefused (item, number, conclusion, taken_later, reported_before,
    other_content).
    """
    require(by, "result.enter")
    house = own_place(by)
    for fault in faults(report, now):
        raise fault
    row = made_of(by, house, person, report, item_on(report.item, local_day(report.taken_at)), channel, now)
    if stored := same_number(house, [row]).get((row.number, row.item.code)):
        if not same_content(stored, row):
            raise RecognitionRefused("other_content", number=row.number)
        return stored, False
    row.save(force_insert=True)
    journal.write(by=by, verb="result.entered", about=row, item=row.item.code, channel=channel)
    return row, True


def faults(report: Report, now: datetime) -> list[RecognitionRefused]:
    """Everything wrong with a report beside its item and its patient."""
    wrong = {
        "number": not report.number.strip(),
        "conclusion": not report.conclusion.strip(),
        "taken_early": report.taken_at.year < EARLIEST,
        "taken_later": report.taken_at > now,
        "reported_before": report.reported_at is not None and report.reported_at < report.taken_at,
    }
    return [RecognitionRefused(name) for name, is_so in wrong.items() if is_so]


def made_of(
    by: Membership,
    house: Institution,
    person: Person,
    report: Report,
    item: Item,
    channel: str,
    now: datetime,
) -> Result:
    """The row of a checked report: family and validity as the item has them on the day it was taken."""
    return Result(
        person=person, institution=house, item=item, family=item.family, number=report.number.strip(),
        taken_at=report.taken_at, reported_at=report.reported_at,
        valid_until=report.taken_at + timedelta(days=item.validity_days),
        conclusion=report.conclusion.strip(), reference=report.reference.strip(), channel=channel,
        entered_by=by, entered_at=now,
    )  # fmt: skip


def same_number(house: Institution, rows: list[Result]) -> dict[tuple[str, str], Result]:
    """Stored results of a house with the report numbers of `rows`, by number and item code; one query."""
    found = Result.objects.filter(institution=house, number__in={row.number for row in rows})
    return {(row.number, row.item.code): row for row in found.select_related("item")}


def same_content(stored: Result, row: Result) -> bool:
    """Whether a report that came again says the same; a withdrawn one never does."""
    told = ("person_id", "taken_at", "reported_at", "conclusion", "reference")
    return stored.withdrawn_at is None and all(getattr(stored, name) == getattr(row, name) for name in told)


@transaction.atomic
def withdraw(*, by: Membership, result: Result, why: str, now: datetime) -> Result:
    """Take a wrong result out of use; it stays readable where it was shown. Only its own house may."""
    require(by, "result.enter")
    if by.institution_id != result.institution_id:
        raise PermissionDenied(_("Only the examining institution withdraws a result."))
    if not why.strip():
        raise RecognitionRefused("note")
    try:
        gone: Result = Result.objects.claim(
            result.pk,
            expect={"withdrawn_at": None},
            change={"withdrawn_at": now, "withdrawn_by": by, "withdrawn_why": why.strip()[:200]},
        )
    except Stale:
        raise RecognitionRefused("withdrawn") from None
    journal.write(by=by, verb="result.withdrawn", about=gone)
    return gone
