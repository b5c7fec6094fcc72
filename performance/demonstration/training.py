"""A year of training: course days of the lead hospital, who took part, examinations, the training fund."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.db import transaction

from alliance.models import Institution, Membership, Staff
from alliance.tenancy.scope import act_in
from alliance.training import facts, services
from performance.demonstration.clock import acting
from performance.demonstration.ground import Ground

# Day, begin (local hour), hours, title, topic, teacher's place in the list, mode, pass mark.
COURSES = (
    (date(2026, 3, 12), 8, 6, "高血压、糖尿病基层规范管理", "慢病管理", 0, "both", 60),
    (date(2026, 4, 16), 8, 6, "心电图判读与危急值上报", "诊断能力", 1, "both", 60),
    (date(2026, 5, 14), 8, 5, "合理用药与处方点评", "合理用药", 2, "both", None),
    (date(2026, 6, 11), 8, 6, "卒中早期识别与转诊绿色通道", "急诊急救", 3, "onsite", 60),
    (date(2026, 7, 16), 8, 4, "家庭医生签约与随访记录", "家庭医生", 4, "online", None),
    (date(2026, 8, 13), 8, 6, "胸痛患者现场处置与心肺复苏", "急诊急救", 5, "onsite", 70),
    (date(2026, 9, 10), 8, 6, "病案首页填写与主要诊断选择", "病案质量", 0, "both", 60),
    (date(2026, 10, 15), 8, 6, "慢阻肺筛查与肺功能检查", "慢病管理", 1, "both", 60),
    (date(2026, 11, 5), 14, 3, "检查检验结果互认规则", "互认", 2, "online", None),
    (date(2026, 11, 19), 8, 6, "产后出血早期识别与转运", "妇幼", 3, "both", 60),
    (date(2026, 12, 10), 8, 6, "老年综合评估", "慢病管理", 4, "onsite", 60),
)
# Policy training in tiers (S1-61): the leaders' comes last.
POLICY = (
    (date(2026, 5, 28), 14, 3, "DRG付费与临床路径", "医保政策", 0, "online", 60, "clinical"),
    (date(2026, 9, 24), 14, 3, "医保基金使用监管与结算清单", "医保政策", 1, "both", 60, "insurance"),
    (date(2026, 12, 16), 14, 3, "支付方式改革下的运营管理", "医保政策", 2, "onsite", None, "management"),
)
# Warning education beside the responsibility letters (S1-62).
WARNING = (
    (
        date(2026, 11, 12),
        14,
        2,
        "警示教育：虚构医疗服务与串换药品典型案例",
        "医保基金",
        2,
        "both",
        None,
        "",
        "warning",
    ),
)
Course = tuple[date, int, int, str, str, int, str, int | None, str, str]
PLACE = "县人民医院学术报告厅"
# What a township paid from its fund: days before today, yuan, purpose, voucher.
PAYMENTS = (
    (150, 3_600_00, "全科医生转岗培训学费", "记-0612"), (96, 1_280_00, "心电图教学软件一年", "记-0804"),
    (41, 2_400_00, "县级医院进修三个月补助", "记-0930"), (6, 860_00, "急救模型租用", "记-1103"),
)  # fmt: skip


def load(base: Ground, today: date) -> str:
    """Plan the course days and hold those that are over; returns what came of it in one line."""
    with act_in(base.alliance), transaction.atomic():
        organiser = next((one for one in base.members.values() if _organises(one)), None)
        if organiser is None:
            return "no training"
        teachers = list(Staff.objects.filter(institution=organiser.institution, kind="doctor")[:6])
        courses = _courses()
        for course in courses:
            _plan(organiser, teachers, course)
        lines = _hold(organiser, today)
        return f"{len(courses)} training sessions, {lines} attendances, {_fund(base, today)} payments"


def hold_since(base: Ground, today: date) -> str:
    """Hold the course days that were still to come when the year was loaded and are over by now."""
    with act_in(base.alliance), transaction.atomic():
        organiser = next((one for one in base.members.values() if _organises(one)), None)
        return f"{_hold(organiser, today) if organiser else 0} attendances of the last weeks"


def _courses() -> list[Course]:
    plain = ((*one, "", "") for one in COURSES)
    return [*plain, *((*one, "") for one in POLICY), *WARNING]


def _organises(one: Membership) -> bool:
    lead = one.institution is not None and one.institution.role == Institution.Role.LEAD
    return lead and one.can("training.organise")


def _speakers() -> list[tuple[Membership, list[Staff]]]:
    """Who enters for each primary institution, and its doctors, by its code."""
    rows = Membership.objects.select_related("institution", "user").filter(
        institution__level=Institution.Level.PRIMARY, is_active=True
    )
    found: dict[int, Membership] = {}
    for one in rows.order_by("institution__code", "user__username"):
        if one.can("training.attend"):
            found.setdefault(one.institution_id or 0, one)
    doctors: dict[int, list[Staff]] = {place: [] for place in found}
    for who in Staff.objects.filter(institution__in=found, kind="doctor", is_active=True).order_by("code"):
        doctors[who.institution_id].append(who)
    return [(one, doctors[place]) for place, one in found.items()]


def _plan(by: Membership, teachers: Sequence[Staff], course: Course) -> None:
    day, hour, hours, title, topic, teacher, mode, mark, tier, kind = course
    begin = datetime.combine(day, time(hour - 8), UTC)
    services.plan(
        by=by,
        plan=services.Plan(
            title, teachers[teacher % len(teachers)].name, mode, begin, begin + timedelta(hours=hours),
            topic, "" if mode == "online" else PLACE, mark, tier, kind,
        ),
    )  # fmt: skip


def _hold(by: Membership, today: date) -> int:
    """The planned days before `today`; returns how many took part."""
    speakers, lines = _speakers(), 0
    planned = {one.title: one for one in facts.planned()}
    for number, course in enumerate(_courses()):
        session = planned.get(course[3])
        if session is not None and course[0] < today:
            with acting(session.ends_at + timedelta(hours=1)):
                lines += _attended(by, session, speakers, number, course)
    return lines


def _attended(
    by: Membership, session: Any, speakers: Sequence[tuple[Membership, list[Staff]]], number: int,
    course: Course,
) -> int:  # fmt: skip
    """One course day. Most doctors come, fewer on a long way to the hospital."""
    hours, mode, mark = course[2], course[6], course[7]
    lines, now = 0, session.ends_at + timedelta(hours=1)
    for house, (speaker, doctors) in enumerate(speakers):
        present = [
            services.Presence(
                who, hours * 60 - 30 * ((place + number) % 3), _way(mode, house),
                None if mark is None else 52 + 7 * ((3 * place + house + number) % 7),
            )
            for place, who in enumerate(doctors)
            if (2 * place + house + number) % 6
        ]  # fmt: skip
        lines += services.deliver(by=speaker, session=session, present=present, now=now).new
    services.close(by=by, session=session, now=now)
    return lines


def _way(mode: str, house: int) -> str:
    """Every third house follows a course online where it may."""
    if mode == "both":
        return "online" if house % 3 == 2 else "onsite"
    return mode


def _fund(base: Ground, today: date) -> int:
    """Payments of a township's fund; all but the last are confirmed by the office."""
    members = list(base.members.values())
    towns = [one for one in members if one.institution and one.institution.level == Institution.Level.PRIMARY]
    by = next((one for one in towns if one.can("training.spend")), None)
    office = next((one for one in members if one.institution is None and one.can("training.confirm")), None)
    if by is None or office is None:
        return 0
    for number, (before, fen, purpose, voucher) in enumerate(PAYMENTS):
        day = today - timedelta(days=before)
        row = services.spend(
            by=by, day=day, fen=fen, purpose=purpose, voucher=voucher, staff=None,
            now=datetime.combine(day, time(4), UTC),
        )  # fmt: skip
        if number < len(PAYMENTS) - 1:
            services.confirm(by=office, spending=row)
    return len(PAYMENTS)
