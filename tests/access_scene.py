"""What the crawl asks for: the same objects of the asker's own institution, of a neighbour, of the other
alliance.

Their texts bear a mark, so that they are found wherever they leak.
"""

from __future__ import annotations

import io
from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.utils import timezone

from alliance.approvals import chains
from alliance.approvals import services as approvals
from alliance.approvals.models import Approval
from alliance.confirmation import services as confirmations
from alliance.confirmation.models import Round
from alliance.equipment import services as equipment
from alliance.equipment.models import (
    CityRank,
    Clearing,
    CostItem,
    Device,
    ExamItem,
    PurchaseRequest,
    Qualification,
    SplitRule,
    Usage,
    Waiting,
)
from alliance.equipment.services import clearing
from alliance.joint.models import (
    Conference,
    ConferencePaper,
    Enrolment,
    Licence,
    Milestone,
    Participant,
    Project,
    Research,
    ResearchPartner,
    Step,
    Subsidy,
    Technique,
    TechniqueCase,
)
from alliance.ledger import services as ledger
from alliance.lib import sheets
from alliance.lib.period import Month
from alliance.lib.workdays import SHANGHAI
from alliance.models import (
    Alliance,
    Department,
    Institution,
    Job,
    Membership,
    MessageAddress,
    Outbox,
    Parameter,
    RosterRow,
    Staff,
    Team,
    TeamMember,
    WorkCalendarDay,
)
from alliance.postings.models import Posting, Visit
from alliance.services import api_keys, files, imports, jobs, people
from alliance.services import parameter_proposals as proposals
from alliance.services.files import Upload
from alliance.training.models import Attendance, Session, Spending
from complaints.bills import asking as bill_questions
from complaints.bills import composition
from complaints.bills import services as bills
from complaints.services import keepers
from complaints.surveys import services as survey_services
from grouping import billed
from grouping.disputes import services as disputes
from grouping.models import Case, CaseFile, Pairing, WorkItem
from grouping.queues import found as queue_found
from grouping.queues import services as queue_services
from grouping.readers.fields import REQUIRED
from grouping.readers.mapping import Column, TableMap
from grouping.services import (
    central,
    declarations,
    dip,
    intake,
    publishing,
    samples,
    sources,
    tariff,
)
from grouping.services import edits as scheme_edits
from grouping.services import efficiency as fund_reports
from grouping.services import items as item_services
from grouping.services import runs as grouping_runs
from grouping.services import schemes as grouping_schemes
from grouping.services import versions as scheme_versions
from grouping.services import weighing as weight_proposals
from grouping.services.effects import Period
from performance.consequences.services import letters
from performance.consequences.services import templates as letter_templates
from performance.declared import services as declared
from performance.declared.services import sheets as value_sheets
from performance.engine.spans import Span
from performance.engine.templates import shipped_templates
from performance.evaluations import services as evaluations
from performance.levels import services as levels
from performance.models import (
    Appeal,
    Clue,
    ClueAnswer,
    ClueException,
    ClueFile,
    ClueRecord,
    ClueRemedy,
    Consequence,
    DeclaredBatch,
    DeclaredCheck,
    DeclaredDuty,
    DeclaredNotice,
    DeclaredSample,
    DeclaredValue,
    Disclosure,
    EarlierScore,
    EarlierValue,
    EarlierYear,
    Entitlement,
    EvaluationRound,
    FairnessRun,
    FundEntry,
    Interview,
    Letter,
    LetterTemplate,
    LevelSubject,
    Line,
    MonthException,
    MonthLife,
    MonthReminder,
    MonthRun,
    OnsiteChecklist,
    OnsiteProof,
    OnsiteRectification,
    OnsiteStatement,
    OnsiteVisit,
    OwnIndicator,
    Paper,
    PayCharge,
    PayFund,
    PayLine,
    PayLinked,
    PayoutAccount,
    PayoutEntity,
    PayoutHold,
    PayoutLot,
    PayoutRow,
    PayoutSettled,
    PayoutSheet,
    PayoutTemplate,
    PayoutVoucher,
    PayPool,
    PayPot,
    PayReply,
    PayTransfer,
    PayUplift,
    ResultTemplate,
    RosterChange,
    SchemeDraft,
    SchemeException,
    YearEvaluation,
)
from performance.own import services as own
from performance.services import bases, completeness, drafts, months, pools, result_templates, schemes, trials
from referrals import services as referrals
from referrals.consultations import services as consultations
from referrals.recognition import services as recognition
from referrals.services import papers
from tests.agreements import access as agreements_access
from tests.care import access as care_access
from tests.complaints import access as complaints_access
from tests.duty import access as duty_access
from tests.engines.readers.sources import lists_text
from tests.grouping.files import as_csv, front_page
from tests.improvement import access as improvement_access
from tests.meetings import access as meetings_access
from tests.offsite import access as offsite_access
from tests.performance import appeals_access, life_access, papers_access, pay_access, payout_access
from tests.performance import onsite_access as onsite
from tests.referrals.scene import content, number_of
from tests.surveys import access as survey_access
from tests.verification import access as verification_access
from tests.violations import access as violations_access
from tests.world import World
from tests.world import member as make_member

AUGUST, OCTOBER, NOVEMBER = Month(2026, 8), Month(2026, 10), Month(2026, 11)
NOW = datetime(2026, 11, 12, 2, 24, tzinfo=UTC)
KEY = "gb.primary_floor"


@dataclass
class Side:
    """Who owns the objects: an institution with its steward, a partner it refers to, the alliance's
    offices.
    """

    alliance: Alliance
    place: Institution
    partner: Institution
    steward: Membership
    office: Membership
    second: Membership
    admin: Membership
    mark: str
    direction: str = "down"
    serial: int = 1
    # Numbers of referrals run by alliance and day: on one day, those of two alliances would be the same.
    logged: datetime = NOW


def sides(world: World) -> dict[str, Side]:
    """Own (Lin at the lead hospital), sibling (Tan at the other hospital), foreign (Qian in the city)."""
    county = (world.luo, world.cai, world.su)
    return {
        "own": Side(world.qinghe, world.lead, world.shiqiao, world.lin, *county, mark="自家记号", serial=11),
        "sibling": Side(world.qinghe, world.tcm, world.liulin, world.tan, *county, "邻院记号", serial=22),
        "foreign": Side(
            world.jiangzhou, world.city_lead, world.linhu, world.qian, world.qiao, world.shen, world.shen,
            mark="外方记号", serial=33, logged=NOW - timedelta(days=1),
        ),
    }  # fmt: skip


@dataclass
class Things:
    """The objects of one side, made when first asked for, inside the side's alliance (Case.arguments)."""

    side: Side

    # Of one institution ------------------------------------------------------------
    @cached_property
    def job(self) -> Job:
        side = self.side
        return Job.objects.create(
            kind="journal.verify", dedupe=side.mark, created_by=side.steward, state="failed", error=side.mark
        )

    @cached_property
    def file(self) -> Any:
        return files.store(
            by=self.side.steward, name=f"{self.side.mark}.csv", content=[self.side.mark.encode()],
            purpose="case_file", content_type="text/csv", limit=9_999,
        )  # fmt: skip

    @cached_property
    def complaint(self) -> Any:
        return complaints_access.complaint(self.side.place, self.side.mark, NOW)

    @cached_property
    def complaint_slip(self) -> str:
        return complaints_access.slip(self.side.steward, self.side.place, self.side.mark, NOW)

    @cached_property
    def report(self) -> Any:
        return complaints_access.report(self.side.place, self.side.mark, NOW)

    @cached_property
    def token(self) -> Any:
        expires = timezone.now() + timedelta(days=9)
        return api_keys.issue(by=self.side.office, name=self.side.mark, expires_at=expires)[0]

    @cached_property
    def stays(self) -> list[dict[str, str]]:
        """The discharges of the side, by column of the front page."""
        side = self.side
        days = {"B12": "2026-11-08 09:00:00", "B15": "2026-11-11 10:00:00"}
        # No two sides cost the same: a mean of the alliance moves with the neighbour's rows.
        cost = {"D01": f"{1_234 + 10 * side.serial}.56", "D23": f"{1_000 + 10 * side.serial}.00"}
        return [
            front_page(side.place.organisation, f"{side.serial}{number}", A11=side.mark, **days, **cost)
            for number in range(2)
        ]

    def delivered(self, name: str, body: bytes, source: Any = None) -> CaseFile:
        """A file received, checked, stored and grouped."""
        file, _made = intake.receive_file(
            by=self.side.steward, name=name, content=[body], source=source, today=date(2026, 11, 12)
        )
        jobs.drain(self.side.alliance)
        publishing.publish_by_id(by=self.side.steward, file_id=file.pk)
        jobs.drain(self.side.alliance)
        return CaseFile.objects.get(pk=file.pk)

    @cached_property
    def case_file(self) -> CaseFile:
        assert self.scheme
        return self.delivered(f"{self.side.mark}.csv", as_csv(self.stays))

    @cached_property
    def office_file(self) -> CaseFile:
        """A bad row of the side in a file that the office delivered for several members."""
        assert self.scheme
        side = self.side
        row = self.stays[0] | {"A48": f"{side.serial}88", "C03C": "Q99.999"}
        file, _made = intake.receive_file(
            by=side.office, name=f"{side.mark}汇总.csv", content=[as_csv([row])], today=date(2026, 11, 12)
        )
        jobs.drain(side.alliance)
        return CaseFile.objects.get(pk=file.pk)

    @cached_property
    def pair(self) -> Any:
        """The settlement list of the case, which a file of its own brought after the front page."""
        side, case = self.side, self.case
        made = sources.create(by=side.steward, institution=None, name=f"L{side.mark}", format="settlement")
        sources.settle(
            by=side.steward, source=made, edition="insurance", from_date=date(2026, 1, 1),
            organisations={"H32059900001": side.place.organisation},
        )  # fmt: skip
        stay = next(row for row in self.stays if row["A48"] == case.record_no)
        file = self.delivered(f"{side.mark}.json", lists_text([defaultdict(str, stay)]).encode(), made)
        return Pairing.objects.get(settlement__file=file, page=case)

    @cached_property
    def central_file(self) -> Any:
        """Group results with the case of the side, and another group than ours."""
        side = self.side
        made = sources.create(by=side.steward, institution=None, name=f"R{side.mark}", format="results")
        mapping = TableMap((Column("号", "A48"), Column("日", "B15"), Column("组", "R01")))
        sources.settle(
            by=side.steward, source=made, edition="insurance", from_date=date(2026, 1, 1), mapping=mapping
        )
        day = timezone.localdate(self.case.discharged_at)
        content = f"号,日,组\n{self.case.record_no},{day},{side.mark}\n".encode()
        file, _made = central.receive(
            by=side.steward, source=made, name=f"{side.mark}.csv", content=[content], today=date(2026, 11, 12)
        )
        jobs.drain(side.alliance)
        return file

    @cached_property
    def central_row(self) -> Any:
        return self.central_file.results.get()

    @cached_property
    def source(self) -> Any:
        side = self.side
        made = sources.create(by=side.steward, institution=None, name=side.mark, format="mapped")
        mapping = TableMap(
            (Column(side.mark, "A48"), *(Column(code, code) for code in sorted(REQUIRED - {"A48"})))
        )
        sources.settle(
            by=side.steward, source=made, edition="insurance", from_date=date(2026, 1, 1), mapping=mapping
        )
        return made

    @cached_property
    def sample(self) -> Any:
        content = f"{self.side.mark},B12\n1,2026-11-08\n".encode()
        return samples.keep(
            by=self.side.steward, source=self.source, name="x.csv", content=iter([content]),
            today=date(2026, 11, 12),
        )  # fmt: skip

    @cached_property
    def case(self) -> Case:
        return Case.objects.front_pages().filter(file=self.case_file).order_by("-pk")[0]

    @cached_property
    def work_item(self) -> Any:
        """A bad row of the institution, about which its doctor was asked."""
        side = self.side
        assert self.scheme
        days = {"B12": "2026-11-01 09:00:00", "B15": "2026-11-05 10:00:00"}
        row = front_page(side.place.organisation, f"{side.serial}99", A11=side.mark, C03C="Q99.999", **days)
        file, _made = intake.receive_file(
            by=side.steward, name="bad.csv", content=[as_csv([row])], today=date(2026, 11, 12)
        )
        jobs.drain(side.alliance)
        queue_found.in_file(CaseFile.objects.get(pk=file.pk))
        item = WorkItem.objects.get(institution=side.place, subject=f"{side.serial}99/1")
        queue_services.ask(by=side.steward, items=[item.pk], text=side.mark, now=NOW)
        return item

    @cached_property
    def box_keeper(self) -> Any:
        """Somebody proposed for the sealed box."""
        side = self.side
        inspector = make_member(f"keeper{side.serial}", side.mark, None, "discipline")
        return keepers.propose(by=side.admin, member=inspector, reason=side.mark, until=None, now=NOW)

    @cached_property
    def message_address(self) -> Any:
        """Where the steward's messages would go."""
        return MessageAddress.objects.create(
            membership=self.side.steward, channel="mail", address="x@example.org", shown=self.side.mark,
            entered_by=self.side.admin, entered_at=NOW,
        )  # fmt: skip

    @cached_property
    def message(self) -> Any:
        body = {"title": self.side.mark, "text": self.side.mark}
        return Outbox.objects.create(
            key=self.side.mark, channel="mail", address=self.message_address, body=body, created_at=NOW,
            try_at=NOW,
        )  # fmt: skip

    @cached_property
    def bill_batch(self) -> Any:
        """The slips of the day the institution's case was discharged."""
        case = self.case
        day = case.discharged_at.astimezone(SHANGHAI).date()
        return bills.print_day(by=self.side.steward, institution=self.side.place, day=day, now=NOW)[0]

    @cached_property
    def bill_question(self) -> Any:
        """A line somebody questioned by a slip of the day."""
        link = self.bill_batch.links.first()
        fact = billed.bill(link.case_id)
        assert fact is not None
        line = composition.compose(fact, "en").lines[0]
        bill_questions.question(
            link=link, fact=fact, line=line, text=self.side.mark, phone="", mark=self.side.mark, now=NOW
        )
        return link.questions.get()

    @cached_property
    def bill_guide(self) -> Any:
        side = self.side
        return bills.enter_guide(
            by=side.office, from_date=date(2026, 1, 1), decided_by=side.mark, scope=side.mark, own=side.mark,
            rows=[{"who": side.mark, "deductible_fen": 100, "percent": "75"}],
        )  # fmt: skip

    @cached_property
    def dispute(self) -> Any:
        side = self.side
        scan = files.store(
            by=side.steward, name="x.pdf", content=[b"%PDF-1.4"], purpose="evidence",
            content_type="application/pdf", limit=9_999, institution=side.place,
        )  # fmt: skip
        return disputes.file_dispute(
            by=side.steward, about="rule", scheme=self.scheme, code="ES2", text=side.mark, evidence=scan,
            now=NOW,
        )  # fmt: skip

    @cached_property
    def referral(self) -> Any:
        side = self.side
        person = people.find_or_create(by=side.steward, name=side.mark, id_number=number_of(side.serial))
        body = content(side.partner, direction=side.direction, reason="rehabilitation", summary=side.mark)
        return referrals.log_referral(by=side.steward, person=person, content=body, now=side.logged)

    @cached_property
    def consultation(self) -> Any:
        """A question of the side's institution to one that can answer: a village room cannot."""
        side = self.side
        person = people.find_or_create(by=side.steward, name=side.mark, id_number=number_of(side.serial))
        body = consultations.Question(
            kind="consultation", target_institution=side.partner.parent or side.partner, question=side.mark,
            diagnosis_name=side.mark, consent=True,
        )  # fmt: skip
        return consultations.ask(by=side.steward, person=person, question=body, now=NOW)

    @cached_property
    def duty_version(self) -> Any:
        return duty_access.version(self.side.office, NOW)

    @cached_property
    def duty_person(self) -> Any:
        assert self.duty_version
        return self.side.steward

    @cached_property
    def duty_letter(self) -> Any:
        return duty_access.letter(self.duty_version, self.side.steward, NOW)

    @cached_property
    def tolerance_case(self) -> Any:
        side = self.side
        return care_access.tolerance_case(side.steward, side.office, side.place, side.mark, NOW)

    @cached_property
    def relief(self) -> Any:
        """A posted correction of an exemption of the institution's department."""
        side = self.side
        share = self.clawback.shares.get(bearer="department")
        case = care_access.tolerance_case(
            side.steward, side.office, side.place, side.mark, NOW, department=share.department
        )
        return care_access.relief(side.office, side.second, case, share, NOW)

    @cached_property
    def exempted_case(self) -> Any:
        """The case it follows from."""
        return self.relief.exemption.case

    @cached_property
    def mdt_meeting(self) -> Any:
        side = self.side
        staff = Staff.objects.create(institution=side.place, code=f"MDT{side.serial}", name=side.mark)
        return care_access.meeting(side.steward, side.place, staff, side.mark, NOW)

    @cached_property
    def abnormal_report(self) -> Any:
        return care_access.report(self.side.steward, self.case, self.side.mark, NOW)

    @cached_property
    def patient_day(self) -> Any:
        return care_access.day(self.side.steward, self.side.place, self.side.mark)

    @cached_property
    def focus_group(self) -> Any:
        return care_access.group(self.side.steward, self.side.place, self.side.mark)

    @cached_property
    def offsite_filing(self) -> Any:
        return offsite_access.filing(self.side.place, self.side.mark, NOW)

    @cached_property
    def offsite_slip(self) -> str:
        return offsite_access.slip(self.side.steward, self.side.place, self.side.mark, NOW)

    @cached_property
    def exam_result(self) -> Any:
        """A result of the side's institution; the register holds its item for the whole alliance."""
        side = self.side
        if not recognition.known("CT001"):
            item = recognition.NewItem("CT001", "胸部 CT", "imaging", 30)
            recognition.register(by=side.admin, item=item, from_date=date(2026, 1, 1))
        person = people.find_or_create(by=side.steward, name=side.mark, id_number=number_of(side.serial))
        report = recognition.Report(
            item="CT001", number=f"R{side.serial}", taken_at=NOW - timedelta(days=3), conclusion=side.mark
        )
        return recognition.enter(by=side.steward, person=person, report=report, channel="hand", now=NOW)[0]

    @cached_property
    def exam_order(self) -> Any:
        """An order of the side's institution for which its own result was shown."""
        side = self.side
        wanted = recognition.Wanted("CT001", indication=side.mark)
        return recognition.place(by=side.steward, person=self.exam_result.person, wanted=wanted, now=NOW)[0]

    @cached_property
    def episode(self) -> Any:
        return consultations.open_episode(by=self.side.steward, consultation=self.consultation, now=NOW)

    @cached_property
    def consultation_file(self) -> Any:
        side = self.side
        return consultations.attach(
            by=side.steward, consultation=self.consultation, name="x.pdf", content=[b"%PDF-1.4"],
            content_type="application/pdf", limit=9_999, now=NOW,
        )  # fmt: skip

    @cached_property
    def training(self) -> Any:
        """A session everybody may know; its lines belong to the side."""
        side = self.side
        return Session.objects.create(
            title="共同课程", organiser=side.partner, teacher="x", starts_at=NOW,
            ends_at=NOW + timedelta(hours=1),
            entered_by=side.steward,
        )  # fmt: skip

    @cached_property
    def attendance(self) -> Any:
        side = self.side
        return Attendance.objects.create(
            session=self.training, staff=self.staff, minutes=30, way="onsite", source="typed",
            entered_by=side.steward, entered_at=NOW,
        )  # fmt: skip

    @cached_property
    def payment(self) -> Any:
        side = self.side
        return Spending.objects.create(
            institution=side.place, day=date(2026, 11, 10), fen=100, purpose=side.mark, voucher="P-1",
            entered_by=side.steward, entered_at=NOW,
        )  # fmt: skip

    @cached_property
    def joint_project(self) -> Any:
        """A project everybody may know, whose persons belong to the side."""
        side = self.side
        made = Project.objects.create(
            code=f"J{side.serial}", name="共同项目", first_day=date(2026, 1, 1), entered_by=side.office
        )
        Step.objects.create(
            project=made, from_day=date(2026, 1, 1), number=1, name="方案", side="hospital", days=30,
            entered_by=side.office,
        )  # fmt: skip
        return made

    @cached_property
    def joint_person(self) -> Any:
        side = self.side
        who = people.find_or_create(by=side.steward, name=side.mark, sex=1, birth_date=date(1960, 5, 1))
        return Enrolment.objects.create(
            project=self.joint_project, person=who, hospital=side.place, primary=side.partner,
            first_day=date(2026, 10, 5), source="typed", enrolled_by=side.steward, enrolled_at=NOW,
        )  # fmt: skip

    @cached_property
    def joint_step(self) -> Any:
        side = self.side
        return Milestone.objects.create(
            enrolment=self.joint_person, number=1, name=side.mark, side="hospital", at=side.place,
            begins_on=date(2026, 10, 5), due_on=date(2026, 11, 4),
        )  # fmt: skip

    @cached_property
    def technique(self) -> Any:
        """A technique everybody may know."""
        side = self.side
        made = Technique.objects.create(
            code=f"T{side.serial}", name="共同技术", source="fund", entered_by=side.office
        )
        Subsidy.objects.create(
            technique=made, from_day=date(2026, 1, 1), fen=100, decided_by="x", entered_by=side.office
        )
        return made

    @cached_property
    def licence(self) -> Any:
        side = self.side
        return Licence.objects.create(
            technique=self.technique, institution=side.partner, from_day=date(2026, 1, 1),
            entered_by=side.office,
        )  # fmt: skip

    @cached_property
    def technique_case(self) -> Any:
        """A case of the side's institution that waits for a second person."""
        side = self.side
        return TechniqueCase.objects.create(
            technique=self.technique, institution=side.place, operator=self.staff, record_no=side.mark,
            day=date(2026, 11, 3), note=side.mark, fen=100, source="fund", entered_by=side.steward,
            entered_at=NOW,
        )  # fmt: skip

    @cached_property
    def conference(self) -> Any:
        """A conference everybody may know; its lines belong to the side."""
        side = self.side
        return Conference.objects.create(
            host=side.partner, topic="共同讨论", starts_at=NOW, entered_by=side.steward
        )

    @cached_property
    def conference_line(self) -> Any:
        side = self.side
        return Participant.objects.create(
            conference=self.conference, staff=self.staff, institution=side.place, entered_by=side.steward
        )

    @cached_property
    def conference_paper(self) -> Any:
        assert self.conference_line
        return ConferencePaper.objects.create(
            conference=self.conference, file=self.file, added_by=self.side.steward
        )

    @cached_property
    def study(self) -> Any:
        """A research project that the side leads."""
        side = self.side
        made = Research.objects.create(
            title=side.mark, number=side.mark, leader=self.staff, institution=side.place,
            first_day=date(2026, 1, 1), last_day=date(2026, 12, 31), entered_by=side.steward,
        )  # fmt: skip
        ResearchPartner.objects.create(research=made, institution=side.partner)
        return made

    @cached_property
    def posting(self) -> Any:
        """An offer of the side's institution to its partner."""
        side = self.side
        return Posting.objects.create(
            kind="visiting", staff=self.staff, sender=side.place, host=side.partner, purpose=side.mark,
            first_day=date(2026, 11, 2), last_day=date(2026, 11, 29), weekdays=[1], proposed_by=side.steward,
            proposed_at=NOW,
        )  # fmt: skip

    @cached_property
    def dispatch(self) -> Any:
        """A backbone doctor's agreed posting, one day of it confirmed by the host."""
        side = self.side
        made = Posting.objects.create(
            kind="resident", staff=self.staff, sender=side.place, host=side.partner, purpose=side.mark,
            first_day=date(2026, 11, 3), last_day=date(2026, 11, 27), weekdays=[2], backbone=True,
            proposed_by=side.steward, proposed_at=NOW,
        )  # fmt: skip
        made.agree()
        made.save()
        day = Visit.objects.create(
            posting=made, staff=self.staff, day=date(2026, 11, 3), morning=True, afternoon=True,
            patients_seen=1, teaching_minutes=1, retained=1, note=side.mark,
        )  # fmt: skip
        day.report()
        day.save()
        day.confirmed_by, day.confirmed_at = side.office, NOW
        day.confirm()
        day.save()
        return made

    @cached_property
    def confirmation(self) -> Any:
        """October is being confirmed in the alliance; no record of a side belongs to it."""
        found = Round.objects.first()
        return found or confirmations.open_round(by=self.side.office, month=OCTOBER, now=NOW)

    @cached_property
    def disagreement(self) -> Any:
        """The partner, or the township its village room reports to, misses a record: a difference."""
        side = self.side
        partner = side.partner.parent or side.partner
        speaker = Membership.objects.filter(institution=partner, roles__contains=["data_steward"]).first()
        given = confirmations.Objection(own_count=side.serial, reason="unlogged", text=side.mark)
        return confirmations.report_missing(
            by=speaker or make_member(f"w{side.serial}", side.mark, partner, "data_steward"),
            round_=self.confirmation, kind="posting.day", partner=side.place, gives=False, objection=given,
            now=NOW,
        )  # fmt: skip

    @cached_property
    def counted_line(self) -> Any:
        return self.disagreement.line

    @cached_property
    def visit(self) -> Any:
        return Visit.objects.create(
            posting=self.posting, staff=self.staff, day=date(2026, 11, 2), morning=True, afternoon=True,
            note=self.side.mark,
        )  # fmt: skip

    @cached_property
    def referral_file(self) -> Any:
        return papers.attach(
            by=self.side.steward, referral=self.referral, name="x.pdf", content=[b"%PDF-1.4"],
            content_type="application/pdf", limit=9_999,
        )  # fmt: skip

    @cached_property
    def approval(self) -> Approval:
        """A proposal that is the institution's own matter, with a body that may decide on paper."""
        side = self.side
        steps = [{"name": "院务会", "roles": ["finance"], "rule": "one", "outside": True}]
        chain = chains.add(
            by=None,
            code=f"own{side.serial}",
            name=side.mark,
            steps=steps,
            from_date=date(2020, 1, 1),
            decided_by="x",
        )
        terms = {
            "key": KEY, "value": "61", "level": "", "from_date": f"2028-01-{side.serial}",
            "decided_by": side.mark, "source": "",
        }  # fmt: skip
        row = Parameter.objects.filter(key__gt=KEY).order_by("key")[side.serial]
        return approvals.propose(
            by=side.admin, kind=proposals.KIND, about=row, chain=chain, institution=side.place, terms=terms,
            digest=proposals.content_digest(terms),
        )  # fmt: skip

    @cached_property
    def paper(self) -> Any:
        scan = files.store(
            by=self.side.office, name="x.pdf", content=[b"%PDF-1.4"], purpose="evidence",
            content_type="application/pdf", limit=9_999,
        )  # fmt: skip
        return approvals.enter_outside(
            by=self.side.office, approval=self.approval, verdict="yes", decided_on=date(2026, 11, 1),
            document=self.side.mark, attachment=scan,
        )  # fmt: skip

    @cached_property
    def department(self) -> Department:
        return Department.objects.create(
            institution=self.side.place, code="88", name=self.side.mark, kind="clinical"
        )

    @cached_property
    def staff(self) -> Staff:
        return Staff.objects.create(
            institution=self.side.place, code="S88", name=self.side.mark, kind="doctor"
        )

    @cached_property
    def roster(self) -> RosterRow:
        """Of a month that nothing is paid of: its roster is not frozen."""
        return RosterRow.objects.create(
            month=date(2026, 7, 1), staff=self.staff, institution=self.side.place, post_coefficient="1.2",
            days=20, employment="contract",
        )  # fmt: skip

    @cached_property
    def team(self) -> Team:
        return Team.objects.create(institution=self.side.place, code="T88", name=self.side.mark)

    @cached_property
    def team_member(self) -> TeamMember:
        return TeamMember.objects.create(
            team=self.team, staff=self.staff, role="gp", leads=True, from_date=date(2026, 1, 1)
        )

    @cached_property
    def sheet(self) -> Any:
        name = f"{self.side.mark}.csv"
        return imports.receive(by=self.side.steward, name=name, content=io.BytesIO(b"code,name\n1,x\n"))

    # Shared equipment
    @cached_property
    def device(self) -> Any:
        """With its item: what a shared device is used for is known throughout the alliance."""
        side = self.side
        made = Device.objects.create(
            code=f"D{side.serial}", name=f"设备{side.serial}", kind="mri", institution=side.place,
            bought_on=date(2024, 1, 1), cost_fen=1_000_000, opening="1-7 08:00-18:00",
        )  # fmt: skip
        ExamItem.objects.create(device=made, code="E1", name="平扫", minutes=30, fee_fen=100)
        return made

    @cached_property
    def exam_item(self) -> Any:
        return self.device.items.get()

    @cached_property
    def running_cost(self) -> Any:
        return CostItem.objects.create(
            device=self.device, kind="maintenance", per="month", fen=100, from_date=date(2026, 1, 1),
            source=self.side.mark,
        )  # fmt: skip

    @cached_property
    def qualification(self) -> Any:
        return Qualification.objects.create(
            staff=self.staff, skill="mr", number=self.side.mark, valid_from=date(2026, 1, 1)
        )

    @cached_property
    def booking(self) -> Any:
        """Tomorrow at noon, for a patient of the side."""
        side = self.side
        person = people.find_or_create(by=side.steward, name=side.mark, id_number=number_of(side.serial))
        begin = NOW.replace(day=13, hour=4, minute=0)
        wish = equipment.Wish(self.device, begin, self.exam_item, person=person, note=side.mark)
        return equipment.book(by=side.steward, wish=wish, now=NOW)

    @cached_property
    def waiting_place(self) -> Any:
        side = self.side
        return Waiting.objects.create(
            device=self.device, item=self.exam_item, person=self.booking.person, institution=side.place,
            asked_by=side.steward, earliest=NOW, latest=NOW + timedelta(days=1), asked_at=NOW, note=side.mark,
        )  # fmt: skip

    @cached_property
    def outage(self) -> Any:
        begin = NOW + timedelta(days=3)
        return equipment.declare(
            by=self.side.steward, device=self.device, kind="fault", text=self.side.mark, starts_at=begin,
            ends_at=begin + timedelta(hours=1), now=NOW,
        ).outage  # fmt: skip

    @cached_property
    def use(self) -> Any:
        log = equipment.Log(
            self.device, self.side.place, NOW - timedelta(hours=2), NOW - timedelta(hours=1),
            item_name=self.side.mark, fee_fen=100,
        )  # fmt: skip
        return equipment.record(by=self.side.steward, log=log, now=NOW)

    @cached_property
    def split_rule(self) -> Any:
        return SplitRule.objects.create(
            device=self.device, method="item", owner_percent=70, user_percent=30, decided_by=self.side.mark,
            from_date=date(2026, 1, 1),
        )  # fmt: skip

    @cached_property
    def equipment_clearing(self) -> Any:
        """A use by the partner, confirmed, cleared and posted."""
        side = self.side
        log = equipment.Log(
            self.device, side.partner, NOW - timedelta(hours=4), NOW - timedelta(hours=3),
            item_name=side.mark, fee_fen=1000,
        )  # fmt: skip
        use = equipment.record(by=side.steward, log=log, now=NOW)
        Usage.objects.filter(pk=use.pk).update(state="confirmed", confirmed_by=side.steward, confirmed_at=NOW)
        made = clearing.make(by=side.office, month=NOVEMBER, now=NOW)
        Clearing.objects.filter(pk=made.pk).update(state="proposed")
        return clearing.post(by=side.office, confirmed_by=side.second, clearing=made)

    @cached_property
    def purchase(self) -> Any:
        side = self.side
        return PurchaseRequest.objects.create(
            institution=side.place, kind="ct", name=side.mark, estimate_fen=100, uses_a_month=1,
            reason=side.mark, asked_by=side.steward, asked_at=NOW,
        )  # fmt: skip

    @cached_property
    def city_rank(self) -> Any:
        return CityRank.objects.create(
            year=2000 + self.side.serial, rank=1, alliances=9, document=self.side.mark
        )

    # Of a whole alliance -----------------------------------------------------------
    @cached_property
    def day(self) -> WorkCalendarDay:
        return WorkCalendarDay.objects.order_by("pk")[self.side.serial]

    @cached_property
    def parameter(self) -> Parameter:
        return Parameter.objects.order_by("pk")[self.side.serial]

    @cached_property
    def scheme(self) -> Any:
        return grouping_schemes.adopt_shipped(
            by=self.side.admin, code="xietong_demo", from_date=date(2020, 1, 1)
        )

    @cached_property
    def version(self) -> Any:
        """A draft of the alliance's own."""
        assert self.scheme
        shipped = scheme_versions.released(self.scheme.digest)
        assert shipped is not None
        return scheme_edits.copy(by=self.side.admin, version=shipped, named=self.side.mark)

    @cached_property
    def trial(self) -> Any:
        """A dry run of the draft over November. Every institution may know it: it brings no case of the
        side, or the lists would hold the neighbour's rows before they are looked at.
        """
        month = Month(2026, 11)
        run = grouping_runs.begin_trial(by=self.side.admin, version=self.version, first=month, last=month)
        jobs.drain(self.side.alliance)
        return run

    @cached_property
    def weight_proposal(self) -> Any:
        return weight_proposals.begin(
            by=self.side.admin, version=self.version, method="plain", first=OCTOBER, last=NOVEMBER,
            today=date(2026, 11, 12),
        )  # fmt: skip

    @cached_property
    def tariff_sheet(self) -> Any:
        return tariff.keep(
            by=self.side.admin, kind="rate", from_date=date(2027 + self.side.serial, 1, 1), source="",
            decided_by=self.side.mark, rows=[{"key": "/", "value": "1000000"}],
        )  # fmt: skip

    @cached_property
    def dip_catalogue(self) -> Any:
        day = date(2027 + self.side.serial, 1, 1)
        return dip.receive(
            by=self.side.admin, title=self.side.mark, decision=dip.Decision(day, self.side.mark, ""),
            name="x.csv", content=io.BytesIO("主要诊断,分值\nJ18.9,1\n".encode()),
        )  # fmt: skip

    @cached_property
    def books(self) -> Any:
        side = self.side
        ledger.open_period(by=side.office, month=OCTOBER)
        accounts = ledger.open_accounts(
            by=side.office,
            accounts=[
                ledger.NewAccount(f"source:{side.serial}", side.mark, "source"),
                ledger.NewAccount(f"to:{side.serial}", side.mark, "institution", institution=side.place),
            ],
        )  # fmt: skip
        first, second = accounts.values()
        lines = [ledger.Line(first, -100, {"rule": "x"}), ledger.Line(second, 100, {"rule": side.mark})]
        return ledger.post(
            by=side.office,
            confirmed_by=side.second,
            month=OCTOBER,
            kind="settlement",
            key=side.mark,
            entries=lines,
        )

    @cached_property
    def declared(self) -> DeclaredValue:
        """A value of the side's institution with its file, waiting for the second person."""
        side, span = self.side, Span(OCTOBER)
        number = declared.Entry(
            declared.Place(side.place), "contracted", span, Decimal(620 + side.serial), side.mark, side.mark
        )
        (row,) = declared.enter(by=side.steward, entries=[number], now=NOW)
        scan = Upload(f"{side.mark}.pdf", [b"%PDF-1.4"], "application/pdf", 9_999)
        row = declared.prove(by=side.steward, value=row, uploads=[scan], now=NOW)
        return declared.submit(by=side.steward, row=row, now=NOW)

    @cached_property
    def onsite_table(self) -> OnsiteChecklist:
        """A published checklist of one item that the alliance shares."""
        return onsite.table(self.side.office, f"t{self.side.serial}")

    @cached_property
    def onsite_draft(self) -> OnsiteChecklist:
        """A draft of a checklist."""
        return onsite.draft(self.side.office, f"d{self.side.serial}")

    @cached_property
    def onsite_open(self) -> OnsiteVisit:
        """A visit to the side's institution that the office carries out."""
        side = self.side
        return onsite.open_visit(side.office, self.onsite_table, side.place, Span(Month(2026, 4), "quarter"))

    @cached_property
    def onsite_visit(self) -> OnsiteVisit:
        """A signed visit with a deduction, its photo, a statement and an answered rectification."""
        side, quarter = self.side, Span(Month(2026, 7), "quarter")
        visit = onsite.open_visit(side.office, self.onsite_table, side.place, quarter)
        return onsite.sign_visit(side.office, visit, side.mark)

    @cached_property
    def onsite_statement(self) -> OnsiteStatement:
        return OnsiteStatement.objects.create(
            result=self.onsite_visit.results.get(), text=self.side.mark, by=self.side.steward, at=NOW
        )

    @cached_property
    def onsite_right(self) -> OnsiteRectification:
        """A rectification with its proof."""
        row = OnsiteRectification.objects.get(result__visit=self.onsite_visit)
        file = files.store(
            by=self.side.steward, name=f"{self.side.mark}.pdf", content=[b"%PDF-1.4"], purpose="evidence",
            content_type="application/pdf", limit=9_999, institution=self.side.place,
        )  # fmt: skip
        OnsiteProof.objects.create(rectification=row, file=file, by=self.side.steward, at=NOW)
        return row

    @cached_property
    def values_file(self) -> Any:
        """A sheet of values whose columns the steward has not looked at yet."""
        return files.store(
            by=self.side.steward, name=f"{self.side.mark}.csv", content=[self.side.mark.encode()],
            purpose="evidence", content_type="text/csv", limit=9_999, keep_days=7,
            institution=self.side.place,
        )  # fmt: skip

    @cached_property
    def values_sheet(self) -> DeclaredBatch:
        """A sheet of values of the side's institution, one of them not taken."""
        side = self.side
        number = declared.Entry(
            declared.Place(side.place), "resident_population", Span(OCTOBER), Decimal(900 + side.serial),
            side.mark, side.mark,
        )  # fmt: skip
        tried = value_sheets.Tried((number,), (value_sheets.Bad(3, side.mark, "x", side.mark),), 0)
        return value_sheets.take(
            by=side.steward, file=self.values_file, source=side.mark, columns=[], tried=tried, month=OCTOBER,
            place=None, now=NOW,
        )  # fmt: skip

    @cached_property
    def values_sample(self) -> DeclaredSample:
        """A sample of one confirmed value of the side's institution."""
        side = self.side
        number = declared.Entry(
            declared.Place(side.place), "outpatient_visits", Span(OCTOBER), Decimal(70 + side.serial),
            side.mark, side.mark,
        )  # fmt: skip
        rows = declared.enter(by=side.steward, entries=[number], now=NOW)
        rows = declared.submit_all(by=side.steward, rows=rows, now=NOW)
        declared.confirm_all(by=side.office, rows=rows, now=NOW)
        sample = DeclaredSample.objects.create(
            month=OCTOBER.first_day, number=side.serial, seed=side.mark, rule="x", share=5, least=1,
            population=1, population_digest="x", drawn_by=side.office, drawn_at=NOW,
        )  # fmt: skip
        DeclaredCheck.objects.create(sample=sample, value=rows[0], place=1)
        return sample

    @cached_property
    def values_check(self) -> DeclaredCheck:
        return self.values_sample.checks.get()  # type: ignore[no-any-return, attr-defined]

    @cached_property
    def values_notice(self) -> DeclaredNotice:
        """A notice to the side's institution."""
        return DeclaredNotice.objects.create(  # type: ignore[no-any-return]
            sample=self.values_sample, institution=self.side.place, checked=1, wrong=1, limit=5,
            issued_at=NOW, due_at=NOW + timedelta(days=9),
        )  # fmt: skip

    @cached_property
    def letter_template(self) -> LetterTemplate:
        """The template of hospitals."""
        letter_templates.install(by=self.side.office, year=2026, now=NOW)
        return LetterTemplate.objects.get(code="hospital")

    @cached_property
    def letter(self) -> Letter:
        """A letter of the institution whose signed paper waits for its check."""
        side = self.side
        assert self.letter_template
        made = letters.draft(by=side.office, institution=side.place, year=2026, now=NOW)
        scan = Upload(f"{side.mark}.pdf", [b"%PDF-1.4"], "application/pdf", 99)
        return letters.enter_paper(
            by=side.office, letter=letters.offer(by=side.office, letter=made, now=NOW), document=side.mark,
            signed_on=NOW.date(), signed_name=side.mark, scan=scan,
        )  # fmt: skip

    @cached_property
    def consequence(self) -> Consequence:
        """A proposal about the institution."""
        return Consequence.objects.create(  # type: ignore[no-any-return]
            kind="honour", institution=self.side.place, period="2026-Q3", digest=self.side.mark,
            opened_at=NOW,
            figures={
                "year": 1, "known": 12, "mean": "86", "years": 2,
                "bands": {"excellent": "90", "fail": "60", "honour_score": "85", "honour_years": 2},
            },
        )  # fmt: skip

    @cached_property
    def pay_charge(self) -> PayCharge:
        """A charge of it that was given back."""
        side, first = self.side, NOW.date().replace(day=1)
        return PayCharge.objects.create(  # type: ignore[no-any-return]
            consequence=self.consequence, institution=side.place, fen=1, month=first, into=first, digest="d",
            made_by=side.office, made_at=NOW,
        )  # fmt: skip

    @cached_property
    def body(self) -> Any:
        """A body of the institution."""
        side = self.side
        return meetings_access.body(side.office, side.place, side.steward, side.mark, side.serial)

    @cached_property
    def meeting(self) -> Any:
        """A meeting of it with its minutes."""
        return meetings_access.meeting(self.side.office, self.body, self.side.mark)

    @cached_property
    def drawn(self) -> Any:
        """A case of the institution that was drawn for the meeting."""
        return meetings_access.drawn(self.side.office, self.meeting, self.case, self.side.mark)

    @cached_property
    def task(self) -> Any:
        """A task of the institution, answered."""
        side = self.side
        return meetings_access.task(side.office, side.place, side.steward, self.body, side.mark)

    @cached_property
    def improvement(self) -> Any:
        """An item of the institution."""
        side = self.side
        return improvement_access.item(side.office, side.place, self.settled, side.mark)

    @cached_property
    def agreement(self) -> Any:
        """A signed agreement of the institution with a clause checked by hand."""
        side = self.side
        return agreements_access.agreement(side.office, side.second, side.place, side.mark)

    @cached_property
    def violation(self) -> Any:
        """A case against the institution, warned and heard."""
        side = self.side
        return violations_access.violation(side.office, side.place, side.steward, side.mark, side.serial)

    @cached_property
    def verification(self) -> Any:
        """A signed opinion on a case of the institution."""
        side = self.side
        return verification_access.opinion(side.office, side.place, self.case, side.mark)

    @cached_property
    def month_paper(self) -> Paper:
        """A draft of minutes."""
        return papers_access.paper(self.side.office, self.side.serial, self.side.mark)

    @cached_property
    def disclosed(self) -> Disclosure:
        """A month that waits to be read by the public."""
        return papers_access.disclosed(self.side.office, self.settled, self.side.serial, self.side.mark)

    @cached_property
    def month_life(self) -> MonthLife:
        """A published month of the alliance."""
        side = self.side
        assert self.scheme
        there = MonthLife.objects.first()
        if there is not None:
            return there
        schemes.adopt_demonstration(by=side.office)
        return life_access.published(self.computed(AUGUST), self.books.journal)

    @cached_property
    def month_reminder(self) -> MonthReminder:
        """A reminder of the institution."""
        return life_access.reminded(self.side.office, self.month_life, self.side.place)

    @cached_property
    def statement(self) -> Any:
        """A posted statement of the insurer with a case of the institution."""
        side = self.side
        return life_access.stated(
            side.office, self.central_row, Month(2025, 1).plus(side.serial // 11), side.mark, self.approval,
            self.books.journal,
        )  # fmt: skip

    @cached_property
    def lock_exception(self) -> Any:
        """A lock exception of the institution."""
        return life_access.excepted(self.side.office, self.month_life, self.side.place, self.side.mark)

    @cached_property
    def month_correction(self) -> Any:
        """What came of it."""
        return life_access.corrected(self.side.office, self.lock_exception, self.approval, self.books.journal)

    @cached_property
    def clawback(self) -> Any:
        """A claw-back of its rejection."""
        side = self.side
        unit = Department.objects.filter(institution=side.place).order_by("pk")[0]
        return life_access.charged(
            side.office, self.statement, side.mark, self.approval, self.books.journal, unit
        )

    @cached_property
    def pay_fund(self) -> PayFund:
        side = self.side
        return pay_access.fund(side.office, f"f{side.serial}", side.mark)

    @cached_property
    def roster_change(self) -> RosterChange:
        return pay_access.roster_change(self.side.office, self.staff, self.side.mark)

    @cached_property
    def pay_entry(self) -> FundEntry:
        """An entry that waits for its second person."""
        return pay_access.entry(self.side.office, self.pay_fund, self.side.mark)

    @cached_property
    def pay_sheet(self) -> Entitlement:
        """A confirmed entitlement sheet of the institution."""
        side = self.side
        return pay_access.sheet(side.office, side.second, side.place, side.mark, side.serial)

    @cached_property
    def pay_uplift(self) -> PayUplift:
        """A confirmed uplift sheet of the institution."""
        side, life = self.side, self.month_life
        run = MonthRun.objects.get(month=life.month, state=MonthRun.State.POSTED)
        return pay_access.uplift(side.office, side.second, run, side.place, side.mark)

    @cached_property
    def pay_linked(self) -> PayLinked:
        """A list of linked indicators that waits for its second person."""
        row: PayLinked = PayLinked.objects.create(
            from_date=date(2027, 1, 1), revision=self.side.serial, indicators=["cmi"],
            decided_by=self.side.mark, entered_by=self.side.office, entered_at=NOW,
        )  # fmt: skip
        return row

    @cached_property
    def pay_staff(self) -> Staff:
        """A person of the institution with a line."""
        return self.staff

    @cached_property
    def pay_pool(self) -> PayPool:
        """A posted award of which the institution has all."""
        side, fund = self.side, self.pay_fund
        return pay_access.pool(side.office, fund, side.place, self.staff, side.serial, side.mark)

    @cached_property
    def pay_pot(self) -> PayPot:
        """Its pot, whose plan is shown to the department."""
        pot = PayPot.objects.get(pool=self.pay_pool)
        pay_access.post(self.pay_pool, self.books.journal, self.approval)
        return pay_access.shown(pot, self.side.office, self.staff, self.side.mark)

    @cached_property
    def pay_line(self) -> PayLine:
        """The line of its person."""
        return PayLine.objects.get(plan=self.pay_pot.plan)  # type: ignore[no-any-return]

    @cached_property
    def pay_reply(self) -> PayReply:
        """An objection of its person."""
        return PayReply.objects.create(  # type: ignore[no-any-return]
            plan=self.pay_pot.plan, staff=self.staff, agrees=False, text=self.side.mark, given_at=NOW
        )

    @cached_property
    def payout_line(self) -> PayLine:
        """A line of the institution's staff in the books, of a pool of its own and a published month."""
        side, month = self.side, self.month_life.period
        pool = pay_access.pool(
            side.office, self.pay_fund, side.place, self.staff, side.serial + 50, side.mark, month=month
        )
        pay_access.post(pool, self.books.journal, self.approval)
        pot = pay_access.shown(PayPot.objects.get(pool=pool), side.office, self.staff, side.mark)
        return payout_access.posted(pot, side.office, self.books.journal)

    @cached_property
    def payout_account(self) -> PayoutAccount:
        """A change that waits, beside the account that counts."""
        side, own = self.side, self.staff
        payout_access.account(side.office, side.second, own, side.mark, 1)
        return payout_access.account(side.office, None, own, side.mark, 2)

    @cached_property
    def payout_sheet(self) -> PayoutSheet:
        """A sheet that proposed one account."""
        side = self.side
        return payout_access.sheet(side.office, self.staff, side.mark)

    @cached_property
    def payout_entity(self) -> PayoutEntity:
        side = self.side
        payout_access.template(side.office, side.second, side.serial, side.mark)
        return payout_access.entity(side.office, side.second, side.place, side.mark)

    @cached_property
    def payout_template(self) -> PayoutTemplate:
        """A template that waits."""
        side = self.side
        return payout_access.template(side.office, None, side.serial + 1, side.mark)

    @cached_property
    def payout_lot(self) -> PayoutLot:
        """With the bank: one payment."""
        side, waits = self.side, self.payout_account
        own = PayoutAccount.objects.get(staff=waits.staff, revision=1)
        return payout_access.lot(side.office, side.second, self.payout_line, own, self.payout_entity)

    @cached_property
    def payout_row(self) -> PayoutRow:
        return payout_access.row(self.side.office, self.payout_lot, self.side.mark)

    @cached_property
    def payout_paper(self) -> PayoutVoucher:
        return payout_access.paper(self.side.office, self.payout_lot, self.side.mark)

    @cached_property
    def payout_hold(self) -> PayoutHold:
        """A line of another pool, held by hand."""
        side = self.side
        pool = pay_access.pool(
            side.office, self.pay_fund, side.place, self.staff, side.serial + 90, side.mark
        )
        pay_access.post(pool, self.books.journal, self.approval)
        pot = pay_access.shown(PayPot.objects.get(pool=pool), side.office, self.staff, side.mark)
        line = payout_access.posted(pot, side.office, self.books.journal)
        return payout_access.hold(side.office, line, side.mark)

    @cached_property
    def payout_transfer(self) -> PayTransfer:
        """Owed to the partner in a month of its own."""
        side = self.side
        return payout_access.transfer(
            side.office, self.approval, self.books.journal, side.place, side.partner, side.serial
        )

    @cached_property
    def payout_settled(self) -> PayoutSettled:
        return payout_access.settled(self.side.office, self.payout_transfer, self.side.mark)

    @cached_property
    def appeal(self) -> Appeal:
        """What the institution's steward holds against a line of its pot, with a file."""
        return appeals_access.appeal(self.side.steward, self.pay_line, self.side.mark)

    @cached_property
    def clue(self) -> Clue:
        """A clue about the side's institution with a case of its own as evidence."""
        side = self.side
        run = FairnessRun.objects.create(
            month=OCTOBER.first_day, limits={}, started_by=side.office, started_at=NOW
        )
        numbers = {"last": 40, "events": 90, "share": "44.4", "usual": "10.0", "expected": "9.0",
                   "before": "10.0", "others": "9.0", "excess": "34.4"}  # fmt: skip
        found = Clue.objects.create(
            run=run, detector="rush", month=OCTOBER.first_day, institution=side.place, part="discharge",
            subject=f"{side.place.code}||discharge", severity="high", numbers=numbers,
            limits={"fairness.false_share": "0.05"}, chance=0, share=0, evidence=1, opened_at=NOW,
            due_at=NOW + timedelta(days=14),
        )  # fmt: skip
        ClueRecord.objects.create(
            clue=found, detector="rush", subject=found.subject, kind="case", object_id=self.case.pk, told={}
        )
        return found  # type: ignore[no-any-return]

    @cached_property
    def clue_file(self) -> ClueFile:
        """A file the institution explained its clue with."""
        side = self.side
        answer = ClueAnswer.objects.create(
            clue=self.clue, institution=side.place, text=side.mark, said_by=side.steward, said_at=NOW
        )
        scan = files.store(
            by=side.steward, name=f"{side.mark}.pdf", content=[b"%PDF-1.4"], purpose="evidence",
            content_type="application/pdf", limit=9_999, institution=side.place,
        )  # fmt: skip
        return ClueFile.objects.create(answer=answer, file=scan)  # type: ignore[no-any-return]

    @cached_property
    def clue_exception(self) -> ClueException:
        """The pattern of the side's clue rests."""
        return ClueException.objects.create(  # type: ignore[no-any-return]
            clue=self.clue, detector="rush", subject=self.clue.subject, until=date(2027, 3, 1),
            reason=self.side.mark, made_by=self.side.office, made_at=NOW,
        )  # fmt: skip

    @cached_property
    def clue_remedy(self) -> ClueRemedy:
        """What should follow from the side's clue."""
        return ClueRemedy.objects.create(  # type: ignore[no-any-return]
            clue=self.clue, kind="notice", why=self.side.mark, opened_at=NOW
        )

    @cached_property
    def closed_year(self) -> YearEvaluation:
        """A year of the alliance that was closed; the office alone knows it."""
        found = YearEvaluation.objects.filter(year=2024).first()
        return found or YearEvaluation.objects.create(
            year=2024, number=1, digest="d", made_by=self.side.office, made_at=NOW,
            rules={"excellent": "90", "fail": "60", "weights": ["25"] * 4, "missing": 0},
        )  # fmt: skip

    @cached_property
    def earlier_year(self) -> EarlierYear:
        """A decision on a year before the system, which waits for its second person."""
        found = EarlierYear.objects.filter(year=2023).first()
        if found is not None:
            return found
        side = self.side
        scan = files.store(
            by=side.office, name="x.pdf", content=[b"%PDF-1.4"], purpose="evidence",
            content_type="application/pdf", limit=99, institution=None,
        )  # fmt: skip
        made = EarlierYear.objects.create(
            year=2023, body=side.mark, decided_on=date(2024, 1, 9), document=side.mark, scan=scan,
            entered_by=side.office, entered_at=NOW,
        )  # fmt: skip
        EarlierScore.objects.create(decision=made, institution=side.place, score=91, grade="excellent")
        return made  # type: ignore[no-any-return]

    @cached_property
    def interview(self) -> Interview:
        """An interview of the institution."""
        return Interview.objects.create(  # type: ignore[no-any-return]
            consequence=self.consequence, institution=self.side.place, owner=self.side.office,
            due_on=NOW.date(),
        )  # fmt: skip

    @cached_property
    def reweight(self) -> Consequence:
        """A proposal of other weights, which is the whole alliance's."""
        found = Consequence.objects.filter(kind="reweight").first()
        return found or Consequence.objects.create(
            kind="reweight", period="2026-Q2", digest="d", opened_at=NOW,
            figures={"budget_fen": 100, "spent_fen": 120, "over": "20", "limit": "5", "to": "40"},
        )  # fmt: skip

    @cached_property
    def own_indicator(self) -> OwnIndicator:
        """An indicator of the side's alliance that waits for its second person."""
        side = self.side
        meaning = own.Meaning(
            f"own_{side.serial}", side.mark, side.mark, side.mark, side.mark, "count", "higher", 0, 0
        )
        return own.enter(by=side.office, meaning=meaning, expression="discharges", first=OCTOBER, now=NOW)

    @cached_property
    def layout(self) -> ResultTemplate:
        """The alliance's own layout of results."""
        body = io.BytesIO()
        sheets.write_xlsx(body, [["{{code}}", "{{score}}"]])
        return result_templates.keep(
            by=self.side.office, name=self.side.mark, file_name="x.xlsx", content=body, now=NOW
        )

    @cached_property
    def duty(self) -> DeclaredDuty:
        """An indicator that the side's alliance watches."""
        found = DeclaredDuty.objects.filter(indicator="contract_rate").first()
        return found or declared.watch(
            by=self.side.office, indicator="contract_rate", kinds=[], first=OCTOBER, now=NOW
        )

    @cached_property
    def settled(self) -> MonthRun:
        """October computed over the side's institution alone."""
        side = self.side
        assert self.scheme
        schemes.adopt_demonstration(by=side.office)
        days = {"B12": "2026-10-08 09:00:00", "B15": "2026-10-12 10:00:00"}
        rows = [
            front_page(side.place.organisation, f"{side.serial}0{n}", A11="某人", **days) for n in range(2)
        ]
        file, _made = intake.receive_file(
            by=side.steward, name="oct.csv", content=[as_csv(rows)], today=date(2026, 11, 10)
        )
        jobs.drain(side.alliance)
        publishing.publish_by_id(by=side.steward, file_id=file.pk)
        jobs.drain(side.alliance)
        declarations.declare(
            by=side.office, institution=side.place, month=OCTOBER, discharges=2, total_fen=246_912
        )
        return self.computed(OCTOBER)

    def computed(self, month: Month) -> MonthRun:
        """A month with a basis for everybody, its pool, and exceptions for who has not delivered."""
        side = self.side
        for place in Institution.objects.exclude(kind="village"):
            bases.set_basis(
                by=side.office, institution=place, fen=300_000_000, from_month=month, source=side.mark
            )
        assert self.pool if month == OCTOBER else self.pool_of(month)
        for late in completeness.deliveries(month):
            if not (late.complete or late.excepted) and late.expected:
                signed = completeness.sign_exception(
                    by=side.office, institution=late.institution, month=month, reason=side.mark
                )
                completeness.confirm_exception(by=side.second, exception=signed, now=NOW)
        run = months.enqueue_run(by=side.admin, month=month)
        jobs.drain(side.alliance)
        run = MonthRun.objects.get(pk=run.pk)
        assert run.settlement is not None, run.refusal
        return run

    @cached_property
    def pool(self) -> Any:
        return self.pool_of(OCTOBER)

    def pool_of(self, month: Month) -> Any:
        """The money of a month, confirmed."""
        side = self.side
        row = pools.enter_pool(
            by=side.office, month=month, fen=1_000_001, source_kind="pay_total", source=side.mark
        )
        return pools.confirm_pool(by=side.second, pool=row, now=NOW)

    @cached_property
    def line(self) -> Line:
        assert self.settled
        return Line.objects.filter(institution=self.side.place).order_by("pk")[0]

    @cached_property
    def performance_version(self) -> Any:
        """The version of the performance scheme in force."""
        assert self.settled
        return schemes.in_force(OCTOBER)

    @cached_property
    def performance_draft(self) -> SchemeDraft:
        """A draft copied from it."""
        return drafts.copy(
            by=self.side.office, base=self.performance_version, label=self.side.mark[:20],
            from_date=date(2027, 1, 1), now=NOW,
        )  # fmt: skip

    @cached_property
    def survey(self) -> Any:
        return survey_access.running(self.side)

    @cached_property
    def survey_run(self) -> Any:
        """Slips of a survey of its own, on paper."""
        side = self.side
        made = survey_access.running(side)
        return survey_services.print_slips(by=side.office, campaign=made, institution=side.place, now=NOW)[0]

    @cached_property
    def survey_of_staff(self) -> Any:
        return survey_access.running(self.side, "staff")

    @cached_property
    def survey_counted(self) -> Any:
        return survey_access.counted(self.side)

    @cached_property
    def questionnaire(self) -> Any:
        return survey_access.edition(self.side)

    @cached_property
    def evaluation(self) -> EvaluationRound:
        """A counted round in which the steward rated the own institution; too few rated for a result."""
        side, today = self.side, timezone.localdate()
        taken = set(EvaluationRound.objects.values_list("indicator", flat=True))
        free = sorted(evaluations.indicators().keys() - taken - {evaluations.PEERS})[0]
        terms = evaluations.Terms(side.mark, free, OCTOBER, today, today)
        made = evaluations.open_round(
            by=side.office, terms=terms, raters={"internal": [side.steward]}, subjects=[side.place]
        )
        asked = made.invitations.get()
        evaluations.rate(
            by=side.steward, made=made, points={asked.pk: Decimal(80)}, today=today, now=timezone.now()
        )
        return evaluations.close(by=side.office, made=made, today=today, now=timezone.now())

    @cached_property
    def level_subject(self) -> LevelSubject:
        """The score of the institution's department in October."""
        side = self.side
        found = shipped_templates()["department_four"]
        if schemes.in_force(OCTOBER, found.level) is None:
            scheme = replace(found.scheme, effective_from=OCTOBER.first_day)
            schemes.adopt(by=side.office, scheme=scheme, level=found.level)
        if levels.current(OCTOBER, found.level) is None:
            levels.enqueue(by=side.admin, month=OCTOBER, level=found.level)
            jobs.drain(side.alliance)
        run = levels.current(OCTOBER, found.level)
        assert run is not None
        rows = LevelSubject.objects.filter(run=run, institution=side.place)
        assert rows.count() == 1
        return rows.get()

    @cached_property
    def performance_trial(self) -> Any:
        """The draft tried on October."""
        return trials.report(by=self.side.office, draft=self.performance_draft, now=NOW)

    @cached_property
    def earlier(self) -> EarlierValue:
        return EarlierValue.objects.create(
            month=date(2025, 10, 1), institution=self.side.place, indicator="cmi", value="1.1",
            source=self.side.mark,
        )  # fmt: skip

    @cached_property
    def scheme_exception(self) -> SchemeException:
        """Somebody answers for a trial of little data; a second person has not confirmed it."""
        return SchemeException.objects.create(
            trial=self.performance_trial, reason=self.side.mark, signed_by=self.side.office
        )

    @cached_property
    def performance_job(self) -> Job:
        """A job that tries it."""
        return trials.enqueue(by=self.side.office, draft=self.performance_draft)

    @cached_property
    def exception(self) -> MonthException:
        """November is not complete: an exception waits for a second person."""
        side = self.side
        assert self.settled
        declarations.declare(
            by=side.office, institution=side.place, month=NOVEMBER, discharges=9, total_fen=1
        )
        return completeness.sign_exception(
            by=side.office, institution=side.place, month=NOVEMBER, reason=side.mark
        )

    @cached_property
    def fund_report(self) -> Any:
        """An evaluation of November against October, a draft; like `trial` without a case of the side."""
        period, compared = Period(NOVEMBER, NOVEMBER), Period(OCTOBER, OCTOBER)
        texts = dict.fromkeys(fund_reports.TEXTS, self.side.mark)
        return fund_reports.write(by=self.side.office, period=period, compared=compared, texts=texts)

    @cached_property
    def item_list(self) -> Any:
        """Two items of the institution, one of them to decide, checked against the alliance's catalogue."""
        side = self.side
        if item_services.in_force(OCTOBER.last_day) is None:
            item_services.import_catalogue(
                by=side.office, title="目录", from_date=OCTOBER.first_day, source="文件", name="c.csv",
                content=io.BytesIO("编码,名称\n1101,挂号费\n".encode()),
            )  # fmt: skip
        body = f"编码,名称\n1101,挂号费\n9,{side.mark}\n".encode()
        return item_services.import_list(
            by=side.steward, institution=side.place, name=f"{side.mark}.csv", content=io.BytesIO(body),
            on=OCTOBER.last_day,
        )  # fmt: skip

    @cached_property
    def listed_item(self) -> Any:
        return self.item_list.lines.get(open=True)
