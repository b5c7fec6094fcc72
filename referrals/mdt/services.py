"""Plan an MDT, enter who takes part as what, record plan and estimate; the actual cost is read (S1-56)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from alliance.lib.refusal import Refused
from alliance.lib.workdays import SHANGHAI
from alliance.models import Department, Institution, Membership, Staff
from alliance.services import journal, parameters, steps
from grouping import billed, visible
from grouping.billed import BillFact
from referrals.mdt.models import RUN, MdtMeeting, Profession, Seat

REQUIRED = "mdt.professions"


class MdtRefused(Refused):
    """A step of an MDT record cannot be taken."""

    reasons = {
        "record_no": "Give the record number of the stay.",
        "question": "Say what the meeting has to answer.",
        "department": "This department belongs to another institution. Choose one of your own.",
        "staff": "This person is entered already, or works elsewhere.",
        "missing": "Still missing: %(who)s. Enter them first; the meeting needs each of these professions.",
        "plan": "Write the plan of care and insurance.",
        "held_on": "This day has not come yet. Choose the day the meeting was held.",
        "estimate": "Both parts of the estimate are amounts of zero or more.",
        "why": "Say why.",
    }
    fields = {"missing": "", "estimate": "own_fen"}


def required(on: date) -> list[str]:
    """The professions a meeting of a day needs (S1-56)."""
    found: Sequence[str] = parameters.in_force(REQUIRED, on=on)  # type: ignore[assignment]
    return list(found)


def _runs(by: Membership, institution_id: int | None) -> None:
    if not by.can(RUN) or not by.sees(institution_id):
        raise PermissionDenied(_("Your role does not include this step."))


@transaction.atomic
def plan(
    *, by: Membership, institution: Institution, record_no: str, question: str, starts_at: datetime,
    place: str = "", department: Department | None = None,
) -> MdtMeeting:  # fmt: skip
    """Plan a meeting about a stay. Raises PermissionDenied, MdtRefused (record_no, question, department)."""
    _runs(by, institution.pk)
    if not record_no.strip():
        raise MdtRefused("record_no")
    if not question.strip():
        raise MdtRefused("question")
    if department is not None and department.institution_id != institution.pk:
        raise MdtRefused("department")
    row: MdtMeeting = MdtMeeting.objects.create(
        institution=institution, department=department, record_no=record_no.strip(),
        question=question.strip(), starts_at=starts_at, place=place.strip(), entered_by=by,
    )  # fmt: skip
    journal.write(by=by, verb="mdt.planned", about=row)
    journal.step(by=by, about=row, name="plan", before="", after=row.state)
    return row


@transaction.atomic
def seat(*, by: Membership, meeting: MdtMeeting, staff: Staff, profession: str) -> Seat:
    """Enter one person and as what. Raises PermissionDenied, MdtRefused (staff)."""
    _runs(by, meeting.institution_id)
    if staff.institution_id != meeting.institution_id or profession not in Profession.values:
        raise MdtRefused("staff")
    try:
        with transaction.atomic():
            row: Seat = Seat.objects.create(
                meeting=meeting, staff=staff, profession=profession, entered_by=by
            )
    except IntegrityError:
        raise MdtRefused("staff") from None
    journal.write(by=by, verb="mdt.seated", about=meeting, profession=profession)
    return row


@transaction.atomic
def unseat(*, by: Membership, seat: Seat, why: str, now: datetime) -> Seat:
    """Void a line that was wrong. Raises PermissionDenied, MdtRefused (why)."""
    _runs(by, seat.meeting.institution_id)
    if not why.strip():
        raise MdtRefused("why")
    Seat.objects.filter(pk=seat.pk, voided_at=None).update(voided_at=now, why=why.strip())
    journal.write(by=by, verb="mdt.unseated", about=seat.meeting)
    return seat


def missing(meeting: MdtMeeting, on: date) -> list[str]:
    """The professions that are needed and not entered."""
    there = set(meeting.seats.filter(voided_at=None).values_list("profession", flat=True))
    return [one for one in required(on) if one not in there]


def said(professions: Iterable[str]) -> str:
    """Professions in words, one after the other."""
    return _(", ").join(str(Profession(one).label) for one in professions)


@transaction.atomic
def hold(
    *, by: Membership, meeting: MdtMeeting, held_on: date, plan: str, fund_fen: int, own_fen: int,
    now: datetime, version: int | None = None,
) -> MdtMeeting:  # fmt: skip
    """Record a meeting with its plan and the estimate in fen; from then on nothing of it changes.

    Raises PermissionDenied, Stale, MdtRefused (missing, plan, held_on, estimate).
    """
    step = steps.admitted("hold", by=by, row=meeting, version=version)
    if not plan.strip():
        raise MdtRefused("plan")
    if held_on > now.astimezone(SHANGHAI).date():
        raise MdtRefused("held_on")
    if fund_fen < 0 or own_fen < 0:
        raise MdtRefused("estimate")
    if lacking := missing(meeting, held_on):
        raise MdtRefused("missing", who=said(lacking))
    moved: MdtMeeting = steps.take(
        step, by=by, row=meeting, verb="mdt.held", held_on=held_on, plan=plan.strip(), fund_fen=fund_fen,
        own_fen=own_fen, required=required(held_on),
    )  # fmt: skip
    return moved


@transaction.atomic
def cancel(*, by: Membership, meeting: MdtMeeting, why: str, version: int | None = None) -> MdtMeeting:
    """It does not take place. Raises PermissionDenied, Stale, MdtRefused (why)."""
    step = steps.admitted("cancel", by=by, row=meeting, version=version)
    if not why.strip():
        raise MdtRefused("why")
    moved: MdtMeeting = steps.take(
        step, by=by, row=meeting, verb="mdt.cancelled", why=why.strip(), remark=why
    )
    return moved


@dataclass(frozen=True, slots=True)
class Actual:
    """What the settled case cost: total, paid by the fund, own part, in fen; the last two None where no
    settlement list states them.
    """

    bill: BillFact
    total_fen: int
    fund_fen: int | None
    own_fen: int | None


def actual(meeting: MdtMeeting, by: Membership) -> Actual | None:
    """The cost of the meeting's stay as its documents say now, or None while no case of it has arrived."""
    rows = visible.cases(by).filter(institution=meeting.institution_id, record_no=meeting.record_no)
    found = rows.order_by("document", "-visit_no").values_list("pk", flat=True).first()
    bill = billed.bill(found) if found else None
    if bill is None:
        return None
    fund = None if bill.own_fen is None else bill.total_fen - bill.own_fen
    return Actual(bill, bill.total_fen, fund, bill.own_fen)


def differences(meeting: MdtMeeting, cost: Actual) -> Mapping[str, int]:
    """Actual less estimate in fen by part: total, and fund and own where the case states them."""
    assert meeting.fund_fen is not None and meeting.own_fen is not None
    found = {"total": cost.total_fen - meeting.fund_fen - meeting.own_fen}
    if cost.fund_fen is not None and cost.own_fen is not None:
        found |= {"fund": cost.fund_fen - meeting.fund_fen, "own": cost.own_fen - meeting.own_fen}
    return found
