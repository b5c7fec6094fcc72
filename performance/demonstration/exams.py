"""Consultations, readings and recognised results of the demonstration: what a township asks a hospital.

Each past up-referral of the township had a question before it, and an examination that was ordered again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from alliance.demo import DemoAlliance, Referral
from alliance.models import Department, Institution, Membership, Person
from alliance.services import people
from alliance.tenancy.scope import act_in
from performance.demonstration import deliveries
from performance.demonstration.ground import FIRST_DAY, Ground
from referrals.consultations import services as consultations
from referrals.recognition import services as recognition

ITEMS = (
    ("CT-CHEST", "胸部 CT 平扫", "imaging", 30, "CHEST-CT"),
    ("CT-CHEST-E", "胸部 CT 增强", "imaging", 30, "CHEST-CT"),
    ("US-ABD", "腹部超声", "ultrasound", 30, "US-ABD"),
    ("ECG-12", "十二导联心电图", "ecg", 7, "ECG-12"),
    ("LAB-HBA1C", "糖化血红蛋白", "laboratory", 30, "LAB-HBA1C"),
    ("LAB-CBC", "血常规", "laboratory", 7, "LAB-CBC"),
)
FEES = (("imaging", 8_000), ("ecg", 2_500), ("ultrasound", 6_000), ("laboratory", 3_000))
REASONS = ("R1", "R2", "R3")
HEAD_START = timedelta(days=2)


@dataclass(frozen=True)
class Cast:
    """Who asks, who answers, where images are read, who decides about the registers."""

    asker: Membership
    answerer: Membership
    room: Department
    office: Membership


def load(ground: Ground, demo: DemoAlliance) -> str:
    """Store what happened; return a line for people. Without both sides at hand nothing happens."""
    with act_in(ground.alliance), transaction.atomic():
        cast = _cast(ground)
        if cast is None:
            return "no township and hospital that ask and answer"
        _registers(cast)
        sent = [
            one
            for one in demo.referrals
            if one.direction == "up" and one.origin == cast.asker.institution.code
        ]
        asked = sum(_ask(ground, cast, one, number) for number, one in enumerate(sent))
        ordered = sum(_order(ground, cast, one, number) for number, one in enumerate(sent))
        return f"{asked} consultations and readings, {ordered} orders with results to recognise"


def _cast(ground: Ground) -> Cast | None:
    housed = [one for one in ground.members.values() if one.institution is not None]
    primary = Institution.Level.PRIMARY
    askers = [one for one in housed if one.can("consultation.ask") and one.institution.level == primary]
    answerers = [one for one in housed if one.can("recognition.decide") and one.institution.level != primary]
    offices = [one for one in ground.members.values() if one.can("centre.change")]
    if not (askers and answerers and offices):
        return None
    hospital = answerers[0].institution_id
    technology = Department.objects.filter(institution=hospital, kind=Department.Kind.TECHNOLOGY)
    room = technology.filter(name__contains="影像").first() or technology.first()
    return Cast(askers[0], answerers[0], room, offices[0]) if room else None


def _registers(cast: Cast) -> None:
    """The reading centre, the fees, the recognisable items."""
    kinds = ["imaging", "ecg", "ultrasound"]
    consultations.register(by=cast.office, department=cast.room, kinds=kinds)
    for kind, fen in FEES:
        consultations.set_rate(
            by=cast.office, kind=kind, fen=fen, from_date=FIRST_DAY, source="医疗服务价格项目（演示）"
        )
    for code, name, modality, days, family in ITEMS:
        item = recognition.NewItem(code, name, modality, days, family=family, mark="HR")
        recognition.register(by=cast.office, item=item, from_date=FIRST_DAY, source="互认项目目录（演示）")


def _person(ground: Ground, one: Referral) -> Person | None:
    return people.find(deliveries.identity(one), alliance=ground.alliance)


def _ask(ground: Ground, cast: Cast, one: Referral, number: int) -> int:
    """A question two days before the patient was sent; every third one a reading; one in nine still waits."""
    person = _person(ground, one)
    if person is None:
        return 0
    at = deliveries.local(one.logged_at) - HEAD_START
    kind = ("consultation", "imaging", "ecg")[number % 3]
    row = consultations.ask(by=cast.asker, person=person, question=_question(cast, one, kind), now=at)
    if number % 9 == 8:
        consultations.decline(
            by=cast.answerer, consultation=row, now=at + timedelta(minutes=25), reason="needs_referral"
        )
        return 1
    row = consultations.answer(
        by=cast.answerer, consultation=row, now=at + _wait(kind, number), findings="详见图像与病历资料。",
        conclusion=f"符合{one.diagnosis_name}表现。", advice="对症处理，无好转时上转。",
    )  # fmt: skip
    _closed(cast, row, number, at + timedelta(hours=60))
    return 1


def _question(cast: Cast, one: Referral, kind: str) -> consultations.Question:
    reading = kind != "consultation"
    target = cast.answerer.institution
    assert target is not None
    return consultations.Question(
        kind=kind, target_institution=target, target_department=cast.room if reading else None,
        question="请协助诊断并指导下一步处理。", diagnosis_name=one.diagnosis_name,
        diagnosis_code=one.diagnosis,
        summary=one.summary, examination={"imaging": "胸部 CT 平扫", "ecg": "十二导联心电图"}.get(kind, ""),
        impression=f"考虑{one.diagnosis_name}。", consent=True,
    )  # fmt: skip


def _wait(kind: str, number: int) -> timedelta:
    """Minutes until the answer: mostly inside the limit, every seventh one late."""
    minutes = {"consultation": 240, "imaging": 150, "ecg": 14}[kind] + number * 7 % 11
    return timedelta(minutes=minutes * (12 if number % 7 == 6 else 1))


def _closed(cast: Cast, row: Any, number: int, at: datetime) -> None:
    verdict = ("agrees", "agrees", "partly", "agrees", "differs")[number % 5]
    consultations.close(
        by=cast.asker, consultation=row, now=at, outcome="referred_up", verdict=verdict,
        verdict_text="部分意见不同，已按答复调整。" if verdict == "differs" else "",
    )  # fmt: skip


def _order(ground: Ground, cast: Cast, one: Referral, number: int) -> int:
    """The township examined before it sent; the hospital ordered the same: recognised, repeated, open."""
    person = _person(ground, one)
    if person is None:
        return 0
    logged = deliveries.local(one.logged_at)
    item = ITEMS[number % len(ITEMS)][0]
    report = recognition.Report(
        item=item, number=f"YS{number:04d}", taken_at=logged - timedelta(hours=6),
        conclusion=f"{one.diagnosis_name}，请结合临床。", reference=f"PACS-{number:06d}",
    )  # fmt: skip
    recognition.enter(by=cast.asker, person=person, report=report, channel="api", now=logged)
    order, _made = recognition.place(
        by=cast.answerer, person=person, wanted=recognition.Wanted(item), now=logged + timedelta(hours=20)
    )
    _decide(cast, order, number, logged + timedelta(hours=22))
    return 1


def _decide(cast: Cast, order: Any, number: int, at: datetime) -> None:
    offers: Sequence[int] = list(order.offers.values_list("result", flat=True))
    if not offers or number % 12 == 11:
        return
    if number % 6 == 4:
        reason = REASONS[number % len(REASONS)]
        recognition.repeat(by=cast.answerer, order=order, now=at, reason=reason)
    else:
        recognition.recognise(by=cast.answerer, order=order, now=at, result=offers[0])
