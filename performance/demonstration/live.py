"""What is under way in the demonstration at this hour: referrals in every state, some late, one emergency.

The months before are the past as it was; these begin when the demonstration is loaded: its clocks run.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from alliance.demo import DemoAlliance
from alliance.models import Department, Institution, Membership, Person, Staff
from alliance.services import people
from alliance.tenancy.scope import act_in
from performance.demonstration.ground import Ground
from referrals import services
from referrals.services import emergency, reception

PATIENTS = 40
# Departments of the hospital that are a centre for an emergency: what for, its name, what it can do now.
CENTRES = {
    "神经内科": (("stroke",), "卒中中心", "可溶栓、可取栓，导管室空闲"),
    "心血管内科": (("chest_pain",), "胸痛中心", "可急诊介入，导管室空闲"),
    "骨科": (("trauma",), "创伤中心", "可急诊手术"),
    "妇产科": (("obstetric",), "危重孕产妇救治中心", "产房、手术间可用"),
    "新生儿科": (("newborn",), "危重新生儿救治中心", "暖箱、呼吸机可用"),
}
SLOTS, WARD_PHONE = 12, "8100"
ILL = (
    ("I10.x00", "原发性高血压", "连续两次随访血压 182/106 mmHg，头晕。", "hypertension"),
    ("J18.900", "肺炎", "发热咳嗽 4 天，血氧 91%，已吸氧、静脉抗感染。", "difficult"),
    ("E11.900", "2 型糖尿病", "空腹血糖 18.6 mmol/L，尿酮阴性。", "diabetes"),
    ("K35.800", "急性阑尾炎", "转移性右下腹痛 14 小时，麦氏点压痛。", "no_technique"),
    ("I50.900", "心力衰竭", "活动后气促 3 天，双下肢水肿，已利尿。", "difficult"),
    ("M51.202", "腰椎间盘突出", "右下肢放射痛 2 周，需磁共振明确。", "examination"),
)
HOME = (("I63.900", "脑梗死", "rehabilitation"), ("S72.000", "股骨颈骨折", "rehabilitation"),
        ("I50.900", "心力衰竭", "stable"), ("J44.900", "慢性阻塞性肺疾病", "long_term"))  # fmt: skip


@dataclass
class Cast:
    """Who sends and who receives, patients to take turns, the hour of now."""

    sender: Membership
    receiver: Membership
    patients: Iterator[Person]
    now: datetime
    count: int = 0

    def ago(self, **time: float) -> datetime:
        """So long before now."""
        return self.now - timedelta(**time)


def load(base: Ground, demo: DemoAlliance, now: datetime) -> int:
    """Store what is under way; returns how many referrals. Without both sides at hand nothing happens."""
    with act_in(base.alliance), transaction.atomic():
        cast = _cast(base, demo, now)
        if cast is None:
            return 0
        _receptions(cast)
        for begin in (_waiting, _expected, _treated, _ended, _homeward, _ineffective, _emergencies):
            begin(cast)
        return cast.count


def _cast(base: Ground, demo: DemoAlliance, now: datetime) -> Cast | None:
    def find(*, primary: bool) -> Membership | None:
        for one in base.members.values():
            here = one.institution
            if here and (here.level == Institution.Level.PRIMARY) == primary and one.can("referral.log"):
                return one
        return None

    sender, receiver = find(primary=True), find(primary=False)
    if sender is None or receiver is None:
        return None
    known = [one for one in demo.patients if one.id_number][100 : 100 + PATIENTS]
    who = [people.Identity(one.name, one.sex, one.birth, one.id_number, one.phone) for one in known]
    stored = people.store_many(by=base.steward, identities=who)
    return Cast(sender, receiver, iter(sorted(stored.values(), key=lambda person: person.key)), now)


def _receptions(cast: Cast) -> None:
    """What the hospital's departments offer, and which are centres, with a doctor of theirs on duty."""
    here = cast.receiver.institution
    rooms = Department.objects.filter(institution=here, kind="clinical").order_by("code")
    doctors = Staff.objects.filter(institution=here, kind="doctor", is_active=True).order_by("-code")
    duty = {one.department_id: one.name for one in doctors}
    for place, room in enumerate(rooms):
        what, centre, able = CENTRES.get(room.name, ((), "", ""))
        reception.describe(
            by=cast.receiver, institution=here, department=room, now=cast.now,
            offers=centre or "门诊、住院收治", daily_slots=SLOTS, phone=f"{WARD_PHONE}{place:02d}",
            is_open=True, emergencies=list(what), present=able,
            on_duty=duty.get(room.pk, str(cast.receiver.user)) if what else "",
        )  # fmt: skip


def _up(cast: Cast, at: datetime, urgency: str = "ordinary", **change: Any) -> Any:
    """An up-referral of the next patient, logged at a time."""
    code, name, summary, reason = ILL[cast.count % len(ILL)]
    what = {
        "diagnosis_code": code, "diagnosis_name": name, "summary": summary, "reason": reason,
    }  # fmt: skip
    return _log(cast, cast.sender, cast.receiver, at, direction="up", urgency=urgency, **(what | change))


def _down(cast: Cast, at: datetime, **change: Any) -> Any:
    """A down-referral of the next patient, logged at a time."""
    code, name, reason = HOME[cast.count % len(HOME)]
    what = {
        "diagnosis_code": code, "diagnosis_name": name, "reason": reason, "summary": f"{name}，病情稳定。",
        "next_plan": "继续康复训练，两周后复诊。", "medication": "按出院带药执行。",
        "follow_up_plan": "一周内首次随访。", "discharge_summary": f"{name}治疗后好转出院。",
    }  # fmt: skip
    return _log(cast, cast.receiver, cast.sender, at, direction="down", urgency="ordinary", **(what | change))


def _log(cast: Cast, by: Membership, to: Membership, at: datetime, **what: Any) -> Any:
    person = what.pop("person", None) or next(cast.patients)
    cast.count += 1
    content = services.Content(
        target_institution=to.institution, consent=True, contact_phone="13900000000", **what
    )
    return services.log_referral(by=by, person=person, content=content, now=at)


def _accepted(cast: Cast, row: Any, at: datetime) -> Any:
    by = cast.receiver if row.direction == "up" else cast.sender
    return services.accept(by=by, referral=row, now=at)


def _arrived(cast: Cast, row: Any, at: datetime) -> Any:
    """Accepted an hour before the patient came."""
    by = cast.receiver if row.direction == "up" else cast.sender
    accepted = _accepted(cast, row, at - timedelta(hours=1))
    return services.arrive(by=by, referral=accepted, now=at)


def _waiting(cast: Cast) -> None:
    """Without an answer, two of them late; one given back for what is missing."""
    _up(cast, cast.ago(minutes=12))
    _up(cast, cast.ago(minutes=9), "urgent")
    _up(cast, cast.ago(minutes=52), "urgent")
    _up(cast, cast.ago(days=4))
    asked = _up(cast, cast.ago(hours=3))
    services.ask(by=cast.receiver, referral=asked, now=cast.ago(hours=2), question="请补充心电图与近期用药。")
    _down(cast, cast.ago(hours=1))


def _expected(cast: Cast) -> None:
    """Accepted, and with an appointment."""
    _accepted(cast, _up(cast, cast.ago(hours=5)), cast.ago(hours=4))
    row = _accepted(cast, _up(cast, cast.ago(hours=7)), cast.ago(hours=6))
    tomorrow = (cast.now + timedelta(days=1)).replace(hour=1, minute=30, second=0, microsecond=0)
    services.schedule(by=cast.receiver, referral=row, now=cast.ago(hours=5), planned_at=tomorrow)


def _treated(cast: Cast) -> None:
    """At the hospital: just come, in treatment, back with a reply."""
    _arrived(cast, _up(cast, cast.ago(hours=9)), cast.ago(hours=1))
    for days in (1, 3):
        row = _arrived(cast, _up(cast, cast.ago(days=days, hours=6)), cast.ago(days=days))
        services.treat(by=cast.receiver, referral=row, now=cast.ago(days=days, hours=-1))
    for reason in ("difficult", "diabetes"):  # after the second the township follows up
        row = _up(cast, cast.ago(days=6), reason=reason)
        _replied(cast, _arrived(cast, row, cast.ago(days=5)), cast.ago(hours=8))


def _replied(cast: Cast, row: Any, at: datetime) -> Any:
    row = services.treat(by=cast.receiver, referral=row, now=row.arrived_at + timedelta(hours=1))
    return services.complete(
        by=cast.receiver, referral=row, now=at, reply="治疗后好转，建议回社区继续用药，一周后随访。"
    )


def _ended(cast: Cast) -> None:
    """Declined with its reason, taken back, not come."""
    for reason, text in (("no_bed", ""), ("not_indicated", "血压可在基层调整用药后复测。")):
        row = _up(cast, cast.ago(days=2))
        services.decline(
            by=cast.receiver, referral=row, now=cast.ago(days=2, minutes=-25), reason=reason, text=text
        )
    services.cancel(
        by=cast.sender, referral=_up(cast, cast.ago(days=3)), now=cast.ago(days=3, hours=-1),
        note="患者决定到专科医院就诊。",
    )  # fmt: skip
    gone = _accepted(cast, _up(cast, cast.ago(days=5)), cast.ago(days=5, hours=-1))
    services.no_show(by=cast.receiver, referral=gone, now=cast.ago(days=3), note="电话联系，家属称暂不来。")


def _homeward(cast: Cast) -> None:
    """Sent home: a first follow-up that is due, one that is late, one that has been made."""
    _arrived(cast, _down(cast, cast.ago(days=3)), cast.ago(days=2))
    _arrived(cast, _down(cast, cast.ago(days=14)), cast.ago(days=12))
    done = _arrived(cast, _down(cast, cast.ago(days=9)), cast.ago(days=8))
    seen = cast.ago(days=4)
    visit = services.Visit(
        seen_at=seen, seen_by=str(cast.sender.user), way="home", rehabilitation="done", medication="done",
        complications="done", condition="better", note="",
    )  # fmt: skip
    services.follow_up(by=cast.sender, referral=done, now=seen, visit=visit)


def _ineffective(cast: Cast) -> None:
    """Down and up again with the same disease within days; and one who came and was not treated."""
    back = next(cast.patients)
    _arrived(cast, _down(cast, cast.ago(days=11), person=back), cast.ago(days=10))
    again = {"diagnosis_code": "", "diagnosis_name": "", "summary": "回社区 4 天后症状加重。"}
    down = HOME[(cast.count - 1) % len(HOME)]
    again |= {"diagnosis_code": down[0], "diagnosis_name": down[1]}
    row = _log(
        cast, cast.sender, cast.receiver, cast.ago(days=5), person=back, direction="up", urgency="urgent",
        reason="difficult", **again,
    )  # fmt: skip
    row = _arrived(cast, row, cast.ago(days=4))
    services.treat(by=cast.receiver, referral=row, now=cast.ago(days=4, hours=-2))
    idle = _arrived(cast, _up(cast, cast.ago(days=7)), cast.ago(days=6))
    services.complete(
        by=cast.receiver, referral=idle, now=cast.ago(days=6, hours=-2), reply="未见需住院情况，已劝回。",
        treated=False,
    )  # fmt: skip


def _emergencies(cast: Cast) -> None:
    """One that rings now, and one of yesterday whose form is still missing."""
    target = cast.receiver.institution
    assert target is not None
    calls = (
        (cast.ago(hours=27), emergency.Call("chest_pain", target, who="女，约 58 岁", telephoned=True)),
        (cast.ago(minutes=1), emergency.Call("stroke", target, who="男，约 65 岁", phone="13900000000")),
    )
    for at, call in calls:
        row = emergency.send(by=cast.sender, call=call, now=at)
        cast.count += 1
        if at < cast.ago(hours=1):
            _accepted(cast, row, at + timedelta(minutes=3))
