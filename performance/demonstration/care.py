"""Tolerance, MDT records, abnormal cases, days of patients in the demonstration; all invented."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction

from alliance.approvals import services as approvals
from alliance.lib.workdays import SHANGHAI
from alliance.models import Institution, Membership, Staff
from alliance.services.files import Upload
from alliance.tenancy.scope import act_in
from complaints.events import services as events
from grouping import visible
from grouping.abnormal import services as abnormal
from performance.demonstration.ground import Ground
from performance.models import ClawbackShare
from performance.tolerance import exempting
from performance.tolerance import services as tolerance
from performance.tolerance.models import ToleranceCase
from referrals.mdt import services as mdt

GAP = 11  # one month in so many passes without its day
DAYS = (
    (
        "陪同就医，体验结算",
        "集中反映：慢病续方需重复挂号；异地备案不会操作。续方窗口已并号，备案改为扫码办理。",
    ),
    ("住院费用一日清单", "清单字小、项目看不懂。改大字版，护士站每日口头说明自付部分。"),
    ("转诊回来的第一周", "回镇取药要跑两次。上级出院带药与卫生院备药清单已对齐。"),
)
PDF = Upload("临床路径执行单.pdf", [b"%PDF-1.4 demonstration"], "application/pdf", 999)


def load(base: Ground, now: datetime) -> str:
    """One or two of each; a line of the report."""
    if len(base.office) < 2 or not {"A01", "B01"} <= set(base.places):
        return "no care rooms"
    office, lead = base.office[0], base.places["A01"]
    with act_in(base.alliance), transaction.atomic():
        _days(office, base, now)
        _meeting(office, lead, now)
        _reports(office, lead, now)
        decided = _tolerance(base, lead, now)
        return f"days of patients, an MDT record, abnormal cases, {decided} tolerance cases"


def _days(office: Membership, base: Ground, now: datetime) -> None:
    """Held in the months of the year at every institution but a few; this month's planned at two."""
    today = now.astimezone(SHANGHAI).date()
    first = today.replace(day=1)
    houses = sorted((code, place) for code, place in base.places.items() if place.parent_id is None)
    for nth, (code, place) in enumerate(houses):
        for number in range(1, first.month):
            if (nth * 3 + number * 5) % GAP == 0:
                continue  # a month without its day is seen as missing
            _held(office, place, date(first.year, number, 14 + (nth + number) % 7), nth + number, now)
        if code in ("A01", "B01"):
            events.plan(
                by=office,
                institution=place,
                planned_on=today,
                topic="出院结算一站式",
                plan="重点看床旁结算。",
            )
    events.interview(
        by=office, institution=base.places["A01"], held_on=first - timedelta(days=9), topic="出院带药说明",
        inpatients=5, families=3, staff=2, findings="老年患者看不清说明书，漏服常见；希望有大字用药卡。",
        follow_up="药学部制作大字用药卡并在三个病区试用", owner=office,
        due_on=today + timedelta(days=12), now=now,
    )  # fmt: skip


def _held(office: Membership, place: Institution, on: date, seed: int, now: datetime) -> None:
    topic, minutes = DAYS[seed % len(DAYS)]
    asked = 6 + seed * 7 % 19
    day = events.plan(
        by=office, institution=place, planned_on=on, topic=topic,
        plan="院领导与医保办陪同患者走完挂号、检查、结算全程，记录堵点。",
    )  # fmt: skip
    events.hold(
        by=office, day=day, held_on=on, visitors=asked + 3 + seed % 5, asked=asked,
        settled=asked - seed % 4, minutes=minutes, now=now,
    )  # fmt: skip


def _meeting(office: Membership, lead: Institution, now: datetime) -> None:
    """About a stay whose case has arrived, so that the actual cost stands beside the estimate."""
    case = visible.cases(office).filter(institution=lead, voided_at=None).order_by("-total_fen").first()
    staff = list(Staff.objects.filter(institution=lead, is_active=True).order_by("code")[:5])
    by = _who(lead, "mdt.run")
    if case is None or by is None or len(staff) < 5:
        return
    row = mdt.plan(
        by=by, institution=lead, record_no=case.record_no, starts_at=case.admitted_at + timedelta(days=1),
        question="住院时间与费用预计偏高，营养支持与早期康复如何安排？医保支付标准内能否完成？",
    )  # fmt: skip
    needed = mdt.required(now.astimezone(SHANGHAI).date())
    for person, profession in zip(staff, needed, strict=False):
        mdt.seat(by=by, meeting=row, staff=person, profession=profession)
    total = case.total_fen * 9 // 10
    own = total // 4
    mdt.hold(
        by=by, meeting=row, held_on=row.starts_at.astimezone(SHANGHAI).date(), fund_fen=total - own,
        own_fen=own, now=now,
        plan="停用重叠抗菌药物，改肠内营养；术后第二日起床旁康复；自费耗材改用集采品种。",
    )  # fmt: skip


def _who(place: Institution, right: str) -> Membership | None:
    """A member of an institution who has a right, or None."""
    rows = Membership.objects.living().filter(institution=place).select_related("user").order_by("pk")
    return next((one for one in rows if one.can(right)), None)


def _reports(office: Membership, lead: Institution, now: datetime) -> None:
    """One answered, one waiting; by a member who may report."""
    by = _who(lead, "abnormal.report")
    cases = list(visible.cases(office).filter(institution=lead, voided_at=None).order_by("-total_fen")[1:3])
    if by is None or len(cases) < 2:
        return
    told = abnormal.report(
        by=by, case=cases[0], kind="cost", text="费用约为同组均值三倍，含两次重症监护。",
        now=now - timedelta(days=6),
    )  # fmt: skip
    abnormal.reply(
        by=office, report=told, finding="explained", answer="危重抢救所致，拟列入特病单议。",
        now=now - timedelta(days=5),
    )  # fmt: skip
    abnormal.report(
        by=by, case=cases[1], kind="coding", text="主要诊断与手术部位不一致。", now=now - timedelta(hours=5)
    )


def _tolerance(base: Ground, lead: Institution, now: datetime) -> int:
    """One decided by a vote; where its person bears a share of a claw-back, that is exempted."""
    office, second = base.office[0], base.office[1]
    own = [one for one in base.members.values() if one.institution_id == lead.pk]
    shares = ClawbackShare.objects.filter(
        institution=lead, bearer=ClawbackShare.Bearer.PERSON, clawback__state="posted",
        staff__user__in=[one.user_id for one in own],
    )  # fmt: skip
    share = shares.select_related("staff").order_by("pk").first()
    bears = share.staff.user_id if share is not None and share.staff is not None else None
    person = next((one for one in own if one.user_id == bears), own[0])
    at = (now - timedelta(days=40)).astimezone(SHANGHAI).date()
    row = tolerance.open_case(
        by=office, institution=lead, person=person, kind="dispute", happened_on=at,
        now=now - timedelta(days=30),
        what="按路径术前禁食，家属认为延误进食导致低血糖，投诉并要求赔偿。", pathway="腹股沟疝临床路径",
    )  # fmt: skip
    tolerance.prove(by=office, case=row, uploads=[PDF], note="路径执行单，无变异", now=now)
    if not person.is_active:
        return ToleranceCase.objects.count()
    row = tolerance.state(
        by=person, case=row, text="入院评估、禁食时间与血糖监测均按路径执行，发现低血糖即处理。", now=now
    )
    body = [
        one
        for one in Membership.objects.living().exclude(institution=lead).select_related("user").order_by("pk")
        if one.can("tolerance.view") and one.user_id not in (office.user_id, person.user_id, second.user_id)
    ][:3]
    if len(body) < 3:
        return ToleranceCase.objects.count()
    for one in body:
        tolerance.name(by=office, case=row, member=one)
    row = tolerance.review(by=office, case=row, now=now)
    for one in body:
        tolerance.opine(by=one, case=row, opinion="main", text="路径完整，处置及时，无过失。", now=now)
    row = tolerance.propose(
        by=office, case=row, outcome="main", grounds="三份意见一致，证据完整。", chain="two_people", now=now
    )
    if row.approval is not None:
        approvals.decide(by=second, approval=row.approval, verdict="yes")
        if share is not None:
            exempting.exempt(by=office, case=ToleranceCase.objects.get(pk=row.pk), line=share, now=now)
    return ToleranceCase.objects.count()
