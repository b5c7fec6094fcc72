"""Joint work of the demonstration: a diabetes project, techniques with subsidy, a conference, research."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from django.db import transaction

from alliance.demo import DemoAlliance
from alliance.joint import services
from alliance.models import Institution, Membership, Person, Staff
from alliance.services import parameters, people
from alliance.tenancy.scope import act_in
from performance.demonstration import deliveries
from performance.demonstration.ground import Ground

OPENED = date(2026, 7, 1)
PERSONS, CASES = 24, 30
# Days after the first diagnosis on which plan and follow-up were done; None: not at all.
RHYTHM = ((12, 41), (25, 58), (29, 66), (18, 44), (34, 60), (21, None), (27, 55), (None, None))
STEPS = (
    services.Agreed("制定联合管理方案", "hospital", parameter="cp.joint_dm.plan"),
    services.Agreed("基层随访、调整用药", "primary", parameter="cp.joint_dm.followup"),
)
TECHNIQUES = (("TCM-01", "小针刀治疗", 3_000), ("TCM-02", "穴位贴敷", 800))
COSTS = {"record_update": 500, "follow_up": 2_000, "teaching_hour": 20_000}
SUBJECT = "县域糖尿病分级管理模式研究"


@dataclass(frozen=True)
class Cast:
    """The office, who acts at the hospital and at the township, their doctors."""

    office: Membership
    hospital: Membership
    host: Membership
    township: Membership
    hospital_doctors: list[Staff]
    township_doctors: list[Staff]


def load(ground: Ground, demo: DemoAlliance, today: date) -> str:
    """Store what happened; return a line for people. Without both sides at hand nothing happens."""
    with act_in(ground.alliance), transaction.atomic():
        cast = _cast(ground)
        if cast is None:
            return "no township and hospital that work together"
        persons = list(_persons(ground, demo, cast))[:PERSONS]
        if not persons:
            return "nobody the township sent up"
        enrolled = _project(cast, persons, today)
        cases = _techniques(cast, today)
        _conferences(cast, persons)
        _research(cast)
        parameters.decide(
            by=cast.office, key="cp.coordination_cost", value=COSTS, from_date=OPENED,
            decided_by="管委会（演示）",
        )  # fmt: skip
        return f"{enrolled} persons looked after together, {cases} cases of techniques"


def _cast(ground: Ground) -> Cast | None:
    members = list(ground.members.values())
    primary = Institution.Level.PRIMARY
    lead = [one for one in members if one.institution and one.institution.role == Institution.Role.LEAD]
    towns = [one for one in members if one.institution and one.institution.level == primary]
    office = next((one for one in members if one.can("joint.plan") and one.can("joint.confirm")), None)
    hospital = next((one for one in lead if one.can("joint.enrol") and one.can("joint.attend")), None)
    host = next((one for one in lead if one.can("joint.host")), None)
    town = next((one for one in towns if one.can("joint.enrol") and one.can("joint.perform")), None)
    if office is None or hospital is None or host is None or town is None:
        return None
    doctors = [
        list(Staff.objects.filter(institution=one.institution, kind="doctor").order_by("code")[:6])
        for one in (hospital, town)
    ]
    return Cast(office, hospital, host, town, *doctors) if all(doctors) else None


def _persons(ground: Ground, demo: DemoAlliance, cast: Cast) -> Iterator[Person]:
    """Patients the township sent up, each once."""
    seen: set[int] = set()
    assert cast.township.institution is not None
    for one in demo.referrals:
        if one.direction != "up" or one.origin != cast.township.institution.code:
            continue
        person = people.find(deliveries.identity(one), alliance=ground.alliance)
        if person is not None and person.pk not in seen:
            seen.add(person.pk)
            yield person


def _project(cast: Cast, persons: list[Person], today: date) -> int:
    """Persons enrolled every five days; their steps follow the rhythm, as far as the day has come."""
    terms = services.Terms(
        "DM", "糖尿病联合管理", OPENED, STEPS, "基层首诊后三级（县级）制定方案，基层随访调药。"
    )
    project = services.open_project(by=cast.office, terms=terms)
    for number, person in enumerate(persons):
        first = OPENED + timedelta(days=5 * number)
        doctor = cast.township_doctors[number % len(cast.township_doctors)]
        hospital, town = cast.hospital.institution, cast.township.institution
        assert hospital is not None and town is not None
        entry = services.Entry(person, hospital, town, first, doctor)
        row = services.enrol(by=cast.township, project=project, entry=entry, now=_noon(first))
        for step, after in zip(row.milestones.order_by("number"), RHYTHM[number % len(RHYTHM)], strict=True):
            day = first + timedelta(days=after or 0)
            if after is None or day > today:
                continue
            side = step.side == "hospital"
            doctors = cast.hospital_doctors if side else cast.township_doctors
            services.finish(
                by=cast.hospital if side else cast.township, milestone=step, day=day,
                doctor=doctors[number % len(doctors)], now=_noon(day),
                note="二甲双胍缓释片 0.5 g 每日两次，4 周后复查。" if side else "血糖达标，维持用药。",
            )  # fmt: skip
    return len(persons)


def _techniques(cast: Cast, today: date) -> int:
    """Two techniques the hospital pays, cases of the township; the latest wait for the second person."""
    hospital, town = cast.hospital.institution, cast.township.institution
    assert hospital is not None and town is not None
    made = []
    for code, name, fen in TECHNIQUES:
        new = services.NewTechnique(code, name, "institution", hospital, OPENED, fen, "管委会（演示）")
        made.append(services.register_technique(by=cast.office, new=new))
        services.allow(by=cast.office, technique=made[-1], institution=town, from_day=OPENED)
    for number in range(CASES):
        day = today - timedelta(days=2 * number + 1)
        doctor = cast.township_doctors[number % len(cast.township_doctors)]
        case = services.Performed(doctor, day, record_no=f"MZ{number + 1:06d}")
        row = services.perform(
            by=cast.township, technique=made[number % len(made)], case=case, now=_noon(day)
        )
        if number >= 4:
            services.confirm_case(by=cast.host, case=row)
    return CASES


def _conferences(cast: Cast, persons: list[Person]) -> None:
    """One held in September, one held in October, one planned for the end of November."""
    for topic, day, held in (
        ("糖尿病足早期处理", date(2026, 9, 17), True), ("血糖控制不佳病例讨论", date(2026, 10, 22), True),
        ("糖尿病合并高血压用药", date(2026, 11, 26), False),
    ):  # fmt: skip
        row = services.plan_conference(
            by=cast.host, meeting=services.Meeting(topic, _noon(day) + timedelta(hours=2), "县医院五楼会议室")
        )
        for doctor in cast.hospital_doctors[:3]:
            services.take_part(by=cast.hospital, conference=row, staff=doctor)
        for doctor in cast.township_doctors[:2]:
            services.take_part(by=cast.township, conference=row, staff=doctor)
        asked = services.Question("空腹血糖长期偏高，如何调整方案？", persons[day.month % len(persons)])
        services.bring_case(by=cast.township, conference=row, question=asked)
        if held:
            said = services.Held(day, "复核用药与依从性，加用基础胰岛素；基层两周后随访。")
            services.hold_conference(by=cast.host, conference=row, held=said, now=_noon(day))


def _research(cast: Cast) -> None:
    town = cast.township.institution
    assert town is not None
    study = services.Study(
        SUBJECT, "XT-2026-018", cast.hospital_doctors[0], [town], date(2026, 3, 1), date(2027, 12, 31),
        "县级科技计划（演示）",
    )  # fmt: skip
    services.register_research(by=cast.host, study=study)


def _noon(day: date) -> datetime:
    return datetime.combine(day, time(4), UTC)
