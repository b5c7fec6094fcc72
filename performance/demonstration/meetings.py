"""Bodies of the demonstration with their members, three months of meetings, tasks in every state."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from django.db import transaction
from django.utils import timezone

from alliance.approvals import services as approvals
from alliance.demo import DemoAlliance
from alliance.lib.period import Month
from alliance.models import Institution, Membership, Staff, User
from alliance.tenancy.scope import act_in
from performance.demonstration.clock import acting, days_after, later
from performance.demonstration.ground import Ground
from performance.meetings.models import Attendance, Body, Meeting, Resolution, Seat, Task, Unified
from performance.meetings.services import agenda, bodies, meetings, minuting, resolving, tasks

FOUNDED, SINCE = "医共体党委〔2026〕3号", date(2026, 1, 1)
MOST_OF_A_KIND = 3  # points of the agenda that one source brings to a meeting
DAY = 12  # of the month after, when the committees meet
Kind, Rhythm, Function, Post = Body.Kind, Body.Rhythm, Seat.Function, Seat.Post
# Founded in January where they meet when needed or consult in spring, those with a rhythm before their first
# meeting: what a body owes begins with the month it was founded.
JANUARY, AUGUST, OCTOBER = (datetime(2026, month, 9, 1, tzinfo=UTC) for month in (1, 8, 10))
BODIES = (
    ("council", Kind.COUNCIL, Rhythm.QUARTERLY, 20, OCTOBER),
    ("management", Kind.MANAGEMENT, Rhythm.MONTHLY, 15, OCTOBER),
    ("budget", Kind.BUDGET, Rhythm.QUARTERLY, 18, OCTOBER),
    ("quality", Kind.QUALITY, Rhythm.MONTHLY, DAY, AUGUST),
    ("office", Kind.OFFICE, Rhythm.MONTHLY, 10, OCTOBER),
    ("technical", Kind.TECHNICAL, Rhythm.NEED, None, JANUARY),
    ("working", Kind.WORKING, Rhythm.NEED, None, JANUARY),
)
OUTSIDE = (
    ("council", "陈立言", "县医疗保障局", Post.INSURER), ("council", "宋知远", "县卫生健康局", Post.HEALTH),
    ("council", "费一平", "县财政局", Post.FISC), ("technical", "白若溪", "市中心医院", Post.CLINICAL),
    ("technical", "沈数", "财经大学", Post.STATISTICS), ("working", "陈立言", "县医疗保障局", Post.INSURER),
)  # fmt: skip
# What each month decided: the text, days until it is due, whether it was answered and checked.
DECIDED = (
    ("抗菌药物分级管理：限制级处方由临床药师会审", 9, "done"),
    ("超耗科室“一对一”帮扶，医保联络员每周通报", 9, "answered"),
    ("迟报机构补齐结算清单，并说明原因", 7, "open"),
)
# How far the members are in each area: what shows it, how many are through, how many are under way.
UNIFIED = (
    (Unified.Area.PERSONNEL, "县管乡用岗位名册", 3, 5),
    (Unified.Area.FINANCE, "医共体会计核算中心启用通知", 7, 8),
    (Unified.Area.DRUGS, "医共体统一用药目录（2026年版）", 18, 3),
    (Unified.Area.SUPPLIES, "耗材统一采购协议", 14, 6),
    (Unified.Area.STANDARDS, "同质化诊疗规范第一批", 11, 7),
    (Unified.Area.INFORMATION, "信息平台接入验收单", 9, 9),
)


def load(base: Ground, demo: DemoAlliance) -> str:
    """Found, seat, meet three times; a line of the report."""
    months = [one.month for one in demo.pools[-4:-1]] or [demo.pools[0].month]
    with act_in(base.alliance), transaction.atomic():
        found = {code: _founded(base, code, *more) for code, *more in BODIES}
        _seated(base, found)
        unify(base)
        fund = _fund(base)
        _consulted(base, found["working"])
        _liaisons(base)
        for number, month in enumerate(months):
            with acting(days_after(month, DAY)):
                _met(base, found["quality"], month, number, last=number == len(months) - 1)
        coming = later(timezone.now(), 7)
        meetings.plan(
            by=base.office[0], body=fund, month=Month.of(timezone.localdate()), title="医保运行分析会",
            begins_at=coming, place="行政楼三楼会议室", now=timezone.now(),
        )  # fmt: skip
        return (
            f"{Body.objects.count()} bodies, {Meeting.objects.count()} meetings, {Task.objects.count()} tasks"
        )


def _founded(base: Ground, code: str, kind: str, rhythm: str, day: int | None, at: datetime) -> Body:
    return bodies.found(
        by=base.office[0], code=code, kind=kind, rhythm=rhythm, due_day=day, document=FOUNDED, now=at,
        name=_name(base, kind),
    )  # fmt: skip


def _name(base: Ground, kind: str) -> str:
    """Where the deciding body is a council there are two of that name: the governing one bears its level."""
    governing = kind == Kind.COUNCIL and base.alliance.body == Kind.COUNCIL
    return f"{base.alliance.name}理事会（县级）" if governing else ""


def _deciders(base: Ground) -> Sequence[Membership]:
    """Chair, secretary and members: who can vote, the head first where there is one."""
    people = [one for one in base.members.values() if one.can("approval.decide")]
    secretary = base.office[0]
    chairs = [one for one in people if "institution_head" in one.roles or "alliance_admin" in one.roles]
    chair = next((one for one in chairs if "institution_head" in one.roles), chairs[0])
    return [chair, secretary, *(one for one in people if one not in (chair, secretary))]


def _seated(base: Ground, found: dict[str, Body]) -> None:
    chair, secretary, *others = _deciders(base)
    for code, body in found.items():
        _seat(base, body, chair, Function.CHAIR, Post.DEPUTY_HEAD if code == "office" else Post.HEAD)
        _seat(base, body, secretary, Function.SECRETARY, Post.ANALYST)
        for person, post in zip(others, (Post.QUALITY, Post.FINANCE, Post.MEMBER_HEAD), strict=False):
            _seat(base, body, person, Function.MEMBER, post)
    for code, name, organisation, post in OUTSIDE:
        bodies.seat(
            by=base.office[0], body=found[code], function=Function.MEMBER, post=post, from_date=SINCE,
            name=name, organisation=organisation, document=FOUNDED, now=found[code].made_at,
        )  # fmt: skip


def _seat(base: Ground, body: Body, person: Membership, function: str, post: str) -> None:
    bodies.seat(
        by=base.office[0], body=body, membership=person, function=function, post=post, from_date=SINCE,
        document=FOUNDED, now=body.made_at,
    )  # fmt: skip


def unify(base: Ground) -> None:
    """How far each member is, area by area; one statement."""
    members = [one for one in base.places.values() if one.kind != Institution.Kind.VILLAGE]
    members.sort(key=lambda one: one.code)
    rows = []
    for area, evidence, through, under_way in UNIFIED:
        degrees = [Unified.Degree.DONE] * through + [Unified.Degree.PARTLY] * under_way
        for place, degree in zip(members, degrees, strict=False):
            rows.append(
                Unified(
                    institution=place, area=area, degree=degree, evidence=evidence,
                    entered_by=base.office[0], entered_at=JANUARY,
                )
            )  # fmt: skip
        rows += [
            Unified(
                institution=place, area=area, degree=Unified.Degree.NOT, entered_by=base.office[0],
                entered_at=JANUARY,
            )
            for place in members[len(degrees):]
        ]  # fmt: skip
    Unified.objects.bulk_create(rows)


# Consultations with the insurer (S4-23): last month of the quarter, when held; the third is missing.
CONSULTED = ((3, datetime(2026, 4, 15, 6, tzinfo=UTC)), (6, datetime(2026, 7, 24, 6, tzinfo=UTC)))


def _consulted(base: Ground, body: Body) -> None:
    """The first quarter's in time, the second's late."""
    by = base.office[0]
    for number, at in CONSULTED:
        row = meetings.plan(
            by=by, body=body, month=Month(2026, number), title="医保沟通协商会", begins_at=at,
            place="县医疗保障局", kind=Meeting.Kind.CONSULTATION, now=at - timedelta(days=7),
        )  # fmt: skip
        row = meetings.invite(by=by, meeting=_again(row), now=at - timedelta(days=5))
        there = {one.pk: Attendance.Presence.PRESENT for one in row.attendance.all()}
        meetings.hold(by=by, meeting=_again(row), presence=there, now=at + timedelta(hours=2))


def _liaisons(base: Ground) -> None:
    """One or two liaisons in most departments of the lead hospital (S1-54); the others still lack one."""
    units = [
        one for (place, _code), one in sorted(base.units.items()) if place == "A01" and one.kind == "clinical"
    ]
    for number, unit in enumerate(units[:-4]):
        doctors = Staff.objects.filter(department=unit, kind="doctor", is_active=True).order_by("-code")
        for doctor in doctors[: 1 + number % 2]:
            user = User.objects.create_user(f"{base.alliance.code}-{doctor.code}".lower(), name=doctor.name)
            Membership.objects.create(
                user=user, institution_id=unit.institution_id, department=unit, roles=["insurance_liaison"]
            )


def _fund(base: Ground) -> Body:
    """The lead hospital's fund committee, not complete yet."""
    lead = base.places["A01"]
    body = bodies.found(
        by=base.office[0], code="fund-a01", kind=Kind.FUND, rhythm=Rhythm.MONTHLY, due_day=DAY,
        document="院发〔2026〕8号", institution=lead, now=OCTOBER,
    )  # fmt: skip
    here = [one for one in base.members.values() if one.institution_id == lead.pk]
    posts = (Post.HEAD, Post.INSURANCE, Post.CLINICAL)
    functions = (Function.CHAIR, Function.SECRETARY, Function.MEMBER)
    heads = sorted(here, key=lambda one: ("institution_head" not in one.roles, one.pk))
    for person, function, post in zip(heads, functions, posts, strict=False):
        _seat(base, body, person, function, post)
    return body


def _met(base: Ground, body: Body, month: Month, number: int, *, last: bool) -> None:
    """One meeting of the committee: the last one waits for a vote and for its signatures."""
    chair, secretary, *others = _deciders(base)
    begins = days_after(month, DAY)
    row = meetings.plan(
        by=secretary, body=body, month=month, title=f"{month.number}月质量控制例会", begins_at=begins,
        place="行政楼三楼会议室", now=begins,
    )  # fmt: skip
    agenda.fill(by=secretary, meeting=_again(row), now=begins)
    _shortened(secretary, row)
    agenda.add(by=secretary, meeting=_again(row), title="医疗质量与费用情况通报")
    meetings.invite(by=secretary, meeting=_again(row), now=begins)
    asked = list(Attendance.objects.filter(meeting=row))
    presence = {one.pk: Attendance.Presence.PRESENT for one in asked}
    meetings.hold(by=secretary, meeting=_again(row), presence=presence, now=begins)
    text, days, state = DECIDED[number % len(DECIDED)]
    resolution = resolving.write(
        by=secretary, meeting=_again(row), text=text, institution=base.places["A01"], now=begins,
        due_on=timezone.localdate(begins) + timedelta(days=days),
    )  # fmt: skip
    _carried(resolution, chair, others, begins)
    _answered(base, secretary, resolution, state, begins)
    if last:
        waits = resolving.write(
            by=secretary, meeting=_again(row), text="将质量效率报告列为每季固定议题", now=begins
        )
        resolving.put(by=secretary, resolution=waits, now=begins)
    minuting.write(by=secretary, meeting=_again(row), now=begins)
    if not last:
        for signer in (secretary, chair):
            minuting.sign(by=signer, meeting=_again(row), number=1, now=begins)


def _shortened(secretary: Membership, row: Meeting) -> None:
    """The month brings dozens of points; the secretary leaves the first of each kind on the agenda and takes
    out what the offices settle among themselves, as before any real meeting.
    """
    kept: dict[str, int] = defaultdict(int)
    for point in row.agenda.order_by("place"):
        kept[point.source] += 1
        if kept[point.source] > MOST_OF_A_KIND:
            agenda.remove(by=secretary, meeting=_again(row), point=point)


def _carried(row: Resolution, chair: Membership, others: Sequence[Membership], now: datetime) -> None:
    """As many agree as it takes."""
    put = resolving.put(by=row.written_by, resolution=row, now=now)
    assert put.approval is not None
    for person in (chair, *others, row.written_by):
        put.approval.refresh_from_db()
        if put.approval.state == "open":
            approvals.decide(by=person, approval=put.approval, verdict="yes")


def _answered(base: Ground, secretary: Membership, row: Resolution, state: str, now: datetime) -> None:
    """The institution answers, the secretary checks; an open one is late by now."""
    task = Task.objects.named().get(about_kind="meetings.resolution", about_id=row.pk)
    if state == "open":
        return
    owner = next(one for one in base.members.values() if one.can("task.answer"))
    tasks.answer(by=owner, task=task, text="已落实：会审记录和通报见附件目录。", now=now + timedelta(days=5))
    if state == "done":
        tasks.check(
            by=secretary,
            task=Task.objects.named().get(pk=task.pk),
            accepted=True,
            now=now + timedelta(days=6),
        )


def _again(row: Meeting) -> Meeting:
    found: Meeting = Meeting.objects.named().get(pk=row.pk)
    return found
