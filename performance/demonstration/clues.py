"""Clues of the demonstration: October looked at after a burst of referrals was planted at its end.

The ping-pong referrals of the past are there already. One clue is explained by its institution, one dismissed
with an exception; of one its records are left out by a vote, of one a notice waits for it; the others wait.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.db import transaction

from alliance.approvals import chains
from alliance.approvals import services as approvals
from alliance.approvals.models import Decision
from alliance.demo import DemoAlliance
from alliance.lib.period import Month
from alliance.models import Institution, Membership
from alliance.services import people
from alliance.tenancy.scope import act_in
from performance.demonstration.clock import acting, later
from performance.demonstration.deliveries import local
from performance.demonstration.ground import Ground
from performance.fairness import services as fairness
from performance.fairness.services import remedies
from performance.fairness.services.explaining import may_explain
from performance.models import Clue, ClueRemedy
from referrals.services import history

MONTH = Month(2026, 10)
LOOKED = datetime(2026, 11, 12, 9, 5)
BURST = 26  # referrals logged on the last days of the month and never used
FIRST_PATIENT = 220  # of the demonstration's persons, whom nothing else takes
WHY = "康复接续试点，双方已备案，试点结束后恢复排查"
# What follows of the clues nobody explained in time, in order of how unlikely they are.
HELD = (
    (
        Clue.Measure.EXCLUDE,
        "限期内未作说明；逐份核对，同一病人两院间往返且无新增病情记录，不计入当月双向转诊指标",
    ),
    (Clue.Measure.NOTICE, "限期内未作说明；请在本院系统核对登记时间并补正，5 个工作日内回复"),
)
SAID = {
    "rush": "月末两天集中开展慢病专项筛查，当日统一登记转诊，附活动通知，请核实。",
    "pingpong": "以上患者均在下转后出现病情加重，附随访与急诊记录，请核实。",
}


def load(base: Ground, demo: DemoAlliance) -> str:
    """Plant, look, let one institution explain and the office dismiss one; a line of the report."""
    with act_in(base.alliance), transaction.atomic():
        planted = _burst(base, demo)
        fairness.look(by=base.office[0], month=MONTH, now=local(LOOKED))
        explained = _explained(base)
        dismissed = _dismissed(base, explained)
        held = _held(base, [one.pk for one in (explained, dismissed) if one is not None])
        found = Counter(Clue.objects.values_list("detector", flat=True))
    told = ", ".join(f"{number} {detector}" for detector, number in sorted(found.items()))
    return f"{planted} referrals planted at the end of {MONTH}; clues: {told or 'none'}; {held} measures"


def _burst(base: Ground, demo: DemoAlliance) -> int:
    """A primary institution logs referrals on the last two days and takes them back."""
    who = [one for one in demo.patients if one.id_number][FIRST_PATIENT : FIRST_PATIENT + BURST]
    identities = [people.Identity(one.name, one.sex, one.birth, one.id_number, one.phone) for one in who]
    stored = list(people.store_many(by=base.steward, identities=identities).values())
    origin = next(
        one for code, one in sorted(base.places.items()) if one.kind in ("township", "community") and code
    )
    target = next(one for one in base.places.values() if one.role == Institution.Role.LEAD)
    past = [_past(base, origin, target, person, number) for number, person in enumerate(stored)]
    return history.take_over(by=base.steward, referrals=past)


def _past(
    base: Ground, origin: Institution, target: Institution, person: object, number: int
) -> history.PastReferral:
    at = local(datetime.combine(date(2026, 10, 30 + number % 2), datetime.min.time()))
    at += timedelta(hours=15, minutes=7 * number)
    return history.PastReferral(
        number=f"ZZ{at:%y%m%d}-{7000 + number}", direction="up", urgency="ordinary", state="cancelled",
        person=person, logged_by=base.clinician(origin.code), origin=origin, origin_department=None,  # type: ignore[arg-type]
        target=target, target_department=None, reason="examination", diagnosis_code="I10.x00",
        diagnosis_name="原发性高血压", summary="建议上级医院检查。", reply="", decline_reason="",
        decline_text="",
        logged_at=at, answered_at=None, arrived_at=None, completed_at=None,
        closed_at=at + timedelta(hours=3),
    )  # fmt: skip


def _explained(base: Ground) -> Clue | None:
    """The first clue that somebody of the demonstration may speak to."""
    for clue in Clue.objects.filter(detector__in=SAID).order_by("share", "pk"):
        by = _speaker(base, clue)
        if by is not None:
            fairness.explain(
                by=by, clue=clue, text=SAID[clue.detector], now=local(LOOKED) + timedelta(days=1)
            )
            return clue
    return None


def _speaker(base: Ground, clue: Clue) -> Membership | None:
    return next((one for one in base.members.values() if may_explain(one, clue)), None)


def _dismissed(base: Ground, explained: Clue | None) -> Clue | None:
    """Another one is dismissed; its pattern rests until the new year."""
    rows = Clue.objects.filter(detector="pingpong").exclude(pk=explained.pk if explained else None)
    clue: Clue | None = rows.order_by("-share", "-pk").first()
    if clue is not None:
        fairness.dismiss(
            by=base.office[0], clue=clue, reason=WHY, now=local(LOOKED) + timedelta(days=2),
            until=date(2027, 1, 31),
        )  # fmt: skip
    return clue


def _held(base: Ground, taken: Sequence[int]) -> int:
    """Two clues nobody explained in time are held for real by two: one measure in force, one to be voted."""
    first, second = base.office[0], base.office[1]
    rows = Clue.objects.filter(state=Clue.State.OPEN, confidential=False).exclude(pk__in=taken)
    records = rows.exclude(detector="balance").order_by("share", "pk")[: len(HELD)]
    for clue, (measure, why) in zip(records, HELD, strict=False):
        after = later(clue.due_at or local(LOOKED), 1, 10)
        held = fairness.propose(by=first, clue=clue, reason=why, measure=measure, now=after)
        agreed = after + timedelta(hours=2)
        fairness.confirm(by=second, clue=held, now=agreed)
        remedy = ClueRemedy.objects.named().get(clue=clue)
        with acting(agreed):
            remedy = remedies.propose(by=first, remedy=remedy, chain=chains.TWO_PEOPLE, today=after.date())
        if measure == Clue.Measure.EXCLUDE:
            with acting(agreed + timedelta(hours=3)):
                approvals.decide(by=second, approval=remedy.approval, verdict=Decision.Verdict.YES)
    return int(ClueRemedy.objects.count())
