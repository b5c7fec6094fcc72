"""A diabetes project of the county hospital and Shiqiao township."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from alliance.joint import services
from alliance.joint.models import (
    Conference,
    Enrolment,
    Milestone,
    Project,
    Research,
    Technique,
    TechniqueCase,
)
from alliance.models import Membership, Staff
from alliance.services import calendar, parameters, people
from tests.world import World, member

# Thursday 12 November 2026, 10:24 in Shanghai.
NOW = datetime(2026, 11, 12, 2, 24, tzinfo=UTC)
DIABETES = (
    services.Agreed("制定联合管理方案", "hospital", parameter="cp.joint_dm.plan"),
    services.Agreed("基层随访调药", "primary", parameter="cp.joint_dm.followup"),
)


def prepare(world: World) -> None:
    """What an alliance needs before it works together. Call inside act_in."""
    parameters.load_register()
    calendar.seed(since=2026)
    world.people["bai"] = member("bai", "白术", world.shiqiao, "institution_admin")


def doctor(at: Any, code: str = "D101", name: str = "沈梅") -> Staff:
    """A doctor of an institution, of its first department."""
    return Staff.objects.create(
        institution=at, code=code, name=name, kind="doctor", department=at.departments.first()
    )


def opened(world: World, **change: Any) -> Project:
    """The diabetes project, open since January."""
    fields: dict[str, Any] = {
        "code": "DM", "name": "糖尿病联合管理", "first_day": date(2026, 1, 1), "steps": DIABETES,
    }  # fmt: skip
    return services.open_project(by=world.luo, terms=services.Terms(**(fields | change)))


def patient(by: Membership, name: str = "周建国", born: date = date(1960, 5, 1)) -> Any:
    """A person without an ID number."""
    return people.find_or_create(by=by, name=name, sex=1, birth_date=born)


def enrolled(world: World, project: Project, first_day: date = date(2026, 10, 1), **change: Any) -> Enrolment:
    """Enrolled by Shiqiao, with the county hospital."""
    by = change.pop("by", world.zhao)
    who = change.pop("person", None) or patient(by)
    entry = services.Entry(who, world.lead, world.shiqiao, first_day, change.pop("doctor", None))
    return services.enrol(by=by, project=project, entry=entry, now=NOW, **change)


def steps(row: Enrolment) -> list[Milestone]:
    """The steps of a person in order."""
    return list(row.milestones.order_by("number"))


def finished(world: World, step: Milestone, day: date, who: Staff, **change: Any) -> Milestone:
    """Recorded by the side whose step it is."""
    by = change.pop("by", world.lin if step.side == "hospital" else world.zhao)
    return services.finish(by=by, milestone=step, day=day, doctor=who, note="", now=NOW, **change)


# Techniques ------------------------------------------------------------------------
def registered(world: World, **change: Any) -> Technique:
    """Needle-knife therapy, 20 yuan a case paid by the county hospital, allowed at Shiqiao since March."""
    fields: dict[str, Any] = {
        "code": f"T{Technique.objects.count()}", "name": "小针刀治疗", "source": "institution",
        "payer": world.lead, "from_day": date(2026, 1, 1), "fen": 2_000, "decided_by": "管委会",
    }  # fmt: skip
    made = services.register_technique(by=world.luo, new=services.NewTechnique(**(fields | change)))
    services.allow(by=world.luo, technique=made, institution=world.shiqiao, from_day=date(2026, 3, 1))
    return made


def entered(world: World, technique: Technique, who: Staff, **change: Any) -> TechniqueCase:
    """Entered by Shiqiao's doctor on 10 November."""
    by = change.pop("by", world.zhao)
    case = services.Performed(who, change.pop("day", date(2026, 11, 10)), **change)
    return services.perform(by=by, technique=technique, case=case, now=NOW)


# Conferences and research ----------------------------------------------------------
def meeting(world: World) -> Conference:
    """Planned by the county hospital for 11 November."""
    plan = services.Meeting("糖尿病足联合讨论", datetime(2026, 11, 11, 6, tzinfo=UTC))
    return services.plan_conference(by=world.kong, meeting=plan)


def held(world: World) -> Conference:
    """One doctor of each, one case, minutes."""
    row = meeting(world)
    services.take_part(by=world.kong, conference=row, staff=doctor(world.lead, "C1"))
    services.take_part(by=world.bai, conference=row, staff=doctor(world.shiqiao, "C2"))
    question = services.Question("如何调药", patient(world.zhao, "欧阳建国"))
    services.bring_case(by=world.bai, conference=row, question=question)
    return services.hold_conference(
        by=world.kong, conference=row, held=services.Held(date(2026, 11, 11), "讨论一例。"), now=NOW
    )


def study(world: World, **change: Any) -> Research:
    """Led by the county hospital with Shiqiao, the whole year."""
    fields: dict[str, Any] = {
        "title": "基层糖尿病管理研究", "number": "K-1", "partners": [world.shiqiao],
        "first_day": date(2026, 1, 1), "last_day": date(2026, 12, 31),
    } | change  # fmt: skip
    fields.setdefault("leader", doctor(world.lead, f"R{Staff.objects.count()}"))
    return services.register_research(by=world.kong, study=services.Study(**fields))
