"""The insurance desk of the county hospital: filings, an abnormal case, a day of patients, a focus group."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from alliance.lib.workdays import SHANGHAI
from alliance.models import Attachment, Person
from complaints.events import services as events
from complaints.events.models import FocusGroup, PatientDay
from grouping.abnormal import services as reports
from grouping.abnormal.models import AbnormalReport
from grouping.models import Case, CaseFile
from referrals.offsite import services as offsite
from referrals.offsite.models import Filing
from tests.offsite.scene import sent
from tests.world import World, member

NOW = datetime(2026, 11, 12, 10, tzinfo=SHANGHAI)
DAY = date(2026, 11, 12)


def desk(world: World) -> None:
    """Who answers and who reports. Call inside act_in."""
    world.people["fang"] = member("fang", "方医保", world.lead, "insurance_office")
    world.people["lian"] = member("lian", "连络", world.lead, "insurance_liaison")


def case(world: World) -> Case:
    """One stay of the county hospital, delivered in a file of its own."""
    sealed = Attachment.objects.create(
        purpose="case_file", stored_name="x", shown_name="x", content_type="text/csv", size=1,
        sha256="0" * 64, owner=world.lin,
    )  # fmt: skip
    file = CaseFile.objects.create(
        attachment=sealed, sha256="0" * 64, received_by=world.lin, delivered_on=NOW.date()
    )
    who = Person.objects.create(key="stay", name="某某", name_key="n", sex=1)
    return Case.objects.create(
        institution=world.lead, person=who, file=file, line=2, record_no="R1", visit_no=1,
        month=NOW.date().replace(day=1), admitted_at=NOW - timedelta(days=5), discharged_at=NOW,
        department_code="03", sex=1, age=50, stay_days=5, discharge_way=1, diagnoses=["I50.900"],
        total_fen=1, raw={}, digest="1" * 64,
    )  # fmt: skip


def filing(world: World, mark: str = "m", now: datetime = NOW) -> Filing:
    """Asked, not yet answered."""
    return sent(world.lead, mark, now).filing


def answered(world: World, mark: str = "m", now: datetime = NOW, after: int = 30) -> Filing:
    """Filed with the insurer some minutes after it was asked."""
    at = now + timedelta(minutes=after)
    return offsite.answer(
        by=world.fang, filing=filing(world, mark, now), verdict="filed", filing_no=mark, now=at
    )


def abnormal(world: World, case: Case, now: datetime = NOW, days: int | None = 0) -> AbnormalReport:
    """Reported by the liaison; answered some days later, or not."""
    row = reports.report(by=world.lian, case=case, now=now, kind="cost", text="费用为同组均值三倍。")
    if days is None:
        return row
    at = now + timedelta(days=days)
    return reports.reply(by=world.fang, report=row, finding="confirmed", answer="属实", now=at)


def day(world: World, on: date = DAY) -> PatientDay:
    """Held: twelve things asked, nine settled."""
    row = events.plan(by=world.kong, institution=world.lead, planned_on=on, topic="结算体验", plan="陪同办理")
    return events.hold(
        by=world.kong, day=row, held_on=on, minutes="排队偏长。", visitors=18, asked=12, settled=9,
        now=datetime(on.year, on.month, on.day, 8, tzinfo=UTC),
    )  # fmt: skip


def group(world: World, on: date = DAY) -> FocusGroup:
    """Eight people about their discharge."""
    return events.interview(
        by=world.kong, institution=world.lead, held_on=on, topic="出院带药", findings="说明书看不懂。",
        follow_up="改用大字说明", owner=world.lin, due_on=on + timedelta(days=20), inpatients=5, families=3,
        now=datetime(on.year, on.month, on.day, 8, tzinfo=UTC),
    )  # fmt: skip
