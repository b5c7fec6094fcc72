"""A township that asks, a hospital that answers, a reading centre: the smallest stage of a consultation."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from alliance.models import Department, Institution, Staff
from referrals.consultations import services
from referrals.consultations.models import Centre, Consultation
from tests.referrals.scene import patient
from tests.world import World

# Thursday 12 November 2026, 10:24 in Shanghai.
NOW = datetime(2026, 11, 12, 2, 24, tzinfo=UTC)


def after(**span: int) -> datetime:
    """So long after the question was asked."""
    return NOW + timedelta(**span)


def reading_room(place: Institution, code: str = "21", name: str = "影像科") -> Department:
    """A department of medical technology."""
    room, _made = Department.objects.get_or_create(
        institution=place, code=code, defaults={"name": name, "kind": "technology"}
    )
    return room


def centre(world: World, *kinds: str, place: str = "lead") -> Centre:
    """A registered centre of a hospital. Call inside act_in."""
    room = reading_room(getattr(world, place))
    return services.register(by=world.su, department=room, kinds=kinds or ("imaging", "ultrasound"))


def doctor(place: Institution, code: str = "D1", **more: Any) -> Staff:
    """Somebody who can be named to answer."""
    fields = {"name": "秦若虚", "kind": "doctor", "title": "主任医师"} | more
    row: Staff = Staff.objects.create(institution=place, code=code, **fields)
    return row


def question(target: Institution, **change: Any) -> services.Question:
    """A complete question for a remote consultation."""
    fields: dict[str, Any] = {
        "kind": "consultation", "question": "是否需要调整抗凝方案？", "diagnosis_name": "心房颤动",
        "diagnosis_code": "I48.900", "summary": "反复心悸 2 年。", "consent": True,
    }  # fmt: skip
    return services.Question(target_institution=target, **(fields | change))


def asked(
    world: World,
    *,
    by: str = "zhao",
    serial: int = 1,
    target: str = "lead",
    now: datetime = NOW,
    **change: Any,
) -> Consultation:
    """A consultation just asked, about patient `serial`. Call inside act_in."""
    person = patient(world.people[by], serial)
    body = question(getattr(world, target), **change)
    return services.ask(by=world.people[by], person=person, question=body, now=now)


def read(world: World, kind: str = "imaging", **more: Any) -> Consultation:
    """A reading just asked of a centre of the lead hospital."""
    room = centre(world, kind).department
    fields = {"examination": "胸部 CT 平扫", "target_department": room} | more
    return asked(world, kind=kind, **fields)


def answered(world: World, row: Consultation, *, now: datetime, by: str = "lin") -> Consultation:
    """The same, answered."""
    return services.answer(by=world.people[by], consultation=row, now=now, conclusion="右肺下叶炎症。")
