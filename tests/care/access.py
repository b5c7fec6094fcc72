"""Things of the care rooms of any side, small, for the crawl; their texts bear the mark."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from alliance.approvals import chains
from alliance.approvals import services as approvals
from alliance.ledger import facts as books
from alliance.models import Institution, Membership
from alliance.services.files import Upload
from complaints.events.models import FocusGroup, PatientDay
from grouping.abnormal.models import AbnormalReport
from grouping.models import Case
from performance.models import ClawbackShare
from performance.tolerance import exempting, reliefs
from performance.tolerance import services as tolerance
from performance.tolerance.models import Relief, ToleranceCase
from referrals.mdt.models import MdtMeeting, Seat


def tolerance_case(
    steward: Membership, office: Membership, place: Institution, mark: str, now: datetime, **of: Any
) -> ToleranceCase:
    """Opened by the office for the steward, with evidence; `of`: its department."""
    row = tolerance.open_case(
        by=office, institution=place, person=steward, kind="dispute", happened_on=date(2026, 11, 1),
        what=mark, pathway=mark, now=now, **of,
    )  # fmt: skip
    pdf = Upload("表.pdf", [b"%PDF-1.4"], "application/pdf", 99)
    return tolerance.prove(by=office, case=row, uploads=[pdf], note=mark, now=now)


def relief(
    office: Membership, second: Membership, case: ToleranceCase, share: ClawbackShare, now: datetime
) -> Relief:
    """The case decided by the second person, the share exempted by it, the correction in the books."""
    ToleranceCase.objects.filter(pk=case.pk).update(state="review", statement="x", stated_at=now)
    rows = ToleranceCase.objects.filter(pk=case.pk)
    rows.update(state="proposed", proposed_outcome="main", grounds="x")
    asked = approvals.propose(
        by=office, kind=tolerance.KIND, about=rows.get(), digest=tolerance.content_digest(rows.get()),
        chain=chains.in_force(chains.TWO_PEOPLE, on=now.date(), kind=tolerance.KIND),
        arguments={"number": case.number, "place": case.institution.short_name, "outcome": "main"},
    )  # fmt: skip
    rows.update(approval=asked)
    approvals.decide(by=second, approval=asked, verdict="yes")
    exemption = exempting.exempt(by=office, case=rows.get(), line=share, now=now)
    into = max(books.open_months())
    made = reliefs.make(by=office, exemption=exemption, into=into, now=now)
    asked = reliefs.propose(by=office, row=made, today=now.date())
    approvals.decide(by=second, approval=asked, verdict="yes")
    found: Relief = Relief.objects.get(pk=made.pk)
    return found


def meeting(steward: Membership, place: Institution, staff: Any, mark: str, now: datetime) -> MdtMeeting:
    """Planned, with one seat."""
    row: MdtMeeting = MdtMeeting.objects.create(
        institution=place, record_no=mark, question=mark, starts_at=now, entered_by=steward
    )
    Seat.objects.create(meeting=row, staff=staff, profession="physician", entered_by=steward)
    return row


def report(steward: Membership, case: Case, mark: str, now: datetime) -> AbnormalReport:
    """Waiting for its answer."""
    row: AbnormalReport = AbnormalReport.objects.create(
        case=case, institution_id=case.institution_id, kind="cost", text=mark, reported_by=steward,
        reported_at=now, rule="D9", due_at=now.replace(day=28),
    )  # fmt: skip
    return row


def day(steward: Membership, place: Institution, mark: str) -> PatientDay:
    """Planned."""
    row: PatientDay = PatientDay.objects.create(
        institution=place, month=date(2026, 11, 1), planned_on=date(2026, 11, 20), topic=mark, plan=mark,
        entered_by=steward,
    )  # fmt: skip
    return row


def group(steward: Membership, place: Institution, mark: str) -> FocusGroup:
    """With its follow-up open."""
    row: FocusGroup = FocusGroup.objects.create(
        institution=place, held_on=date(2026, 11, 2), topic=mark, inpatients=3, findings=mark, follow_up=mark,
        owner=steward, due_on=date(2026, 11, 30), entered_by=steward,
    )  # fmt: skip
    return row


def cases(case: Any, one: Any, part: Any, listing: Any) -> dict[str, Any]:
    """How the addresses of these rooms are asked for."""
    return {
        "tolerance": listing,
        "tolerance-open": listing,
        "tolerance-case": one("tolerance_case"),
        "tolerance-file": part("tolerance_case", "file", "evidence"),
        "tolerance-act": one("tolerance_case", step="withdraw"),
        "relief-make": part("exempted_case", "exemption", "exemptions"),
        "relief": one("relief"),
        "relief-act": one("relief", step="propose"),
        "mdt": listing,
        "api:mdt": case(queries=("?state=planned", "?state=x")),
        "api:mdt-record": one("mdt_meeting"),
        "api:tolerance": case(queries=("?kind=dispute", "?kind=x")),
        "api:tolerance-case": one("tolerance_case"),
        "api:abnormal": case(queries=("?state=sent", "?kind=x")),
        "api:abnormal-report": one("abnormal_report"),
        "api:patient-days": case(queries=("?state=planned", "?state=x")),
        "api:patient-day": one("patient_day"),
        "api:focus-groups": listing,
        "mdt-plan": listing,
        "mdt-meeting": one("mdt_meeting"),
        "mdt-sheet": one("mdt_meeting"),
        "mdt-unseat": part("mdt_meeting", "seat", "seats"),
        "mdt-act": one("mdt_meeting", step="cancel"),
        "abnormal": case(queries=("?view=answered", "?view=all", "?month=2026-11", "?month=x")),
        "abnormal-new": case(lambda things: {"case": things.case.pk}, of=("case",)),
        "abnormal-report": one("abnormal_report"),
        "abnormal-act": one("abnormal_report", step="reply"),
        "patient-days": case(queries=("?year=2025", "?year=x")),
        "patient-day-plan": listing,
        "patient-day": one("patient_day"),
        "patient-day-act": one("patient_day", step="cancel"),
        "focus-group-new": listing,
        "focus-group": one("focus_group"),
        "focus-group-done": one("focus_group"),
    }
