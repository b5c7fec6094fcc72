"""The referrals with their times, reasons and people, from the planned moves."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

from alliance.demo.chance import happens, stream
from alliance.demo.codes import DIAGNOSES
from alliance.demo.plans import Draft, Move, Plan
from alliance.demo.staff import Directory
from alliance.demo.values import Referral, Stay

# Minutes, shortest and longest: lead before the patient moves, answer in time, answer too late (the limits
# of requirements X1: critical 5 minutes, urgent 30 minutes, ordinary 1 working day).
_LEAD = {"critical": (25, 80), "urgent": (130, 420), "ordinary": (300, 1600)}
_ANSWER = {"critical": (1, 4), "urgent": (3, 27), "ordinary": (8, 260)}
_LATE = {"critical": (7, 15), "urgent": (40, 100)}
_LATE_CHANCE = {"critical": 50, "urgent": 90, "ordinary": 60}
_HOLIDAYS = (date(2026, 9, 22), date(2026, 10, 9))
_MONDAY_TUESDAY = (0, 1)
_UP_REASONS = {
    "critical": ("critical",),
    "urgent": ("difficult", "no_technique", "difficult"),
    "ordinary": ("examination", "no_technique", "contract_request", "examination"),
}
_DOWN_REASONS = {"surgical": ("rehabilitation",), "implant": ("rehabilitation",)}
_DOWN_OTHERWISE = ("stable", "stable", "long_term", "community_wish")
_DECLINES = (
    ("no_bed", ""),
    ("outpatient", ""),
    ("incomplete", "缺近期检查报告，请补后再转"),
    ("beyond_ability", ""),
)
_REPLIES = {
    "up": (
        "经治疗病情好转，已出院，按出院医嘱服药，两周后复查。",
        "诊断已明确，治疗方案见出院记录，请基层继续管理。",
    ),
    "down": ("已完成康复治疗，功能改善，转入家庭医生随访。", "病情平稳出院，首次随访已完成。"),
}


@dataclass(frozen=True, slots=True)
class Times:
    """When a referral was logged, answered, arrived, completed or given up."""

    logged: datetime
    answered: datetime | None
    arrived: datetime | None = None
    completed: datetime | None = None
    closed: datetime | None = None
    late: bool = False


def write_referrals(draft: Draft, stays: dict[Plan, Stay], directory: Directory) -> dict[int, Referral]:
    """Return each referral by the place of its move in `draft.moves`; numbers run by day of logging."""
    dice = stream(draft.code, "referrals")
    bounced = {id(move) for pair in draft.bounces for move in pair}
    drawn = []
    for place, move in enumerate(draft.moves):
        urgency = _urgency(dice, move)
        times = _times(dice, move, urgency, may_wait=id(move) not in bounced)
        drawn.append((times, urgency, place, move))
    drawn.sort(key=lambda item: (item[0].logged, item[2]))
    used: Counter[date] = Counter()
    found: dict[int, Referral] = {}
    for times, urgency, place, move in drawn:
        used[times.logged.date()] += 1
        number = f"ZZ{times.logged:%y%m%d}-{used[times.logged.date()]:04d}"
        found[place] = _referral(dice, number, move, urgency, times, stays, _people(dice, move, directory))
    return found


def _urgency(dice: Random, move: Move) -> str:
    if move.direction == "down":
        return "ordinary"
    urgency = move.family.urgency_deck.draw(dice)
    # An emergency may only be accepted or diverted, and its patient comes at once (practice.md section 8).
    return "urgent" if urgency == "critical" and not move.after else urgency


def _times(dice: Random, move: Move, urgency: str, may_wait: bool) -> Times:
    logged, answered, late = _logged_and_answered(dice, move, urgency, may_wait)
    completed: datetime | None
    if move.outcome == "submitted":
        return Times(logged, None)
    if move.outcome == "declined":
        return Times(logged, answered, late=late)
    if move.outcome == "no_show":
        return Times(
            logged, answered, closed=answered + timedelta(days=3, minutes=dice.randint(0, 300)), late=late
        )
    if move.after is None:
        arrived = answered + timedelta(minutes=dice.randint(60, 400))
        completed = arrived + timedelta(minutes=dice.randint(120, 2800))
        return Times(logged, answered, arrived, completed, late=late)
    arrived = move.after.admitted - timedelta(minutes=dice.randint(6, 22), seconds=dice.randint(0, 59))
    finished = move.after.discharged.date() < date(2026, 10, 30) or happens(dice, 500)
    completed = move.after.discharged + timedelta(minutes=dice.randint(50, 2400)) if finished else None
    return Times(logged, answered, arrived, completed, late=late)


def _logged_and_answered(
    dice: Random, move: Move, urgency: str, may_wait: bool
) -> tuple[datetime, datetime, bool]:
    reference = _reference(dice, move)
    lead, answer = dice.randint(*_LEAD[urgency]), dice.randint(*_ANSWER[urgency])
    late = happens(dice, _LATE_CHANCE[urgency])
    if late and urgency in _LATE:
        answer = dice.randint(*_LATE[urgency])
        lead = max(lead, answer + 8)
    elif late and may_wait and move.logged is None and (early := _two_working_days_before(move, reference)):
        waited = early + timedelta(days=2, hours=5, minutes=dice.randint(0, 120))
        return early, waited, True
    logged = move.logged or reference - timedelta(minutes=lead)
    if move.before and logged < move.before.admitted:
        logged = move.before.admitted + (reference - move.before.admitted) // 3
    return (
        logged.replace(microsecond=0),
        (logged + timedelta(minutes=answer)).replace(microsecond=0),
        late and urgency in _LATE,
    )


def _reference(dice: Random, move: Move) -> datetime:
    """The time before which sender and receiver must have agreed."""
    if move.before:
        return move.before.discharged
    if move.after:
        return move.after.admitted - timedelta(minutes=25)
    return move.logged or datetime.min


def _two_working_days_before(move: Move, reference: datetime) -> datetime | None:
    """A Monday or Tuesday morning 3 to 6 days before, clear of holidays: an answer two days on is late."""
    for days in range(3, 7):
        morning = (reference - timedelta(days=days)).replace(hour=9, minute=12, second=0)
        clear = not _HOLIDAYS[0] <= morning.date() <= _HOLIDAYS[1]
        inside = move.before is None or morning > move.before.admitted
        if morning.weekday() in _MONDAY_TUESDAY and clear and inside:
            return morning
    return None


def _state(move: Move, times: Times) -> str:
    if move.outcome != "completed":
        return move.outcome
    return "completed" if times.completed else "arrived"


def _referral(
    dice: Random,
    number: str,
    move: Move,
    urgency: str,
    times: Times,
    stays: dict[Plan, Stay],
    people: tuple[str, str, str, str],
) -> Referral:
    state = _state(move, times)
    declined = dice.choice(_DECLINES) if state == "declined" else ("", "")
    return Referral(
        number=number,
        direction=move.direction,
        urgency=urgency,
        state=state,
        origin=move.origin.code,
        origin_department=people[0],
        target=move.target.code,
        target_department=people[1],
        doctor=people[2],
        decider=people[3] if times.answered else "",
        patient=move.patient,
        diagnosis=move.diagnosis,
        diagnosis_name=DIAGNOSES[move.diagnosis],
        reason=_reason(dice, move, urgency),
        summary=f"{move.family.name}：{DIAGNOSES[move.diagnosis]}，{_story(move)}",
        reply=dice.choice(_REPLIES[move.direction]) if state == "completed" else "",
        decline_reason=declined[0],
        decline_text=declined[1],
        logged_at=times.logged,
        answered_at=times.answered,
        arrived_at=times.arrived,
        completed_at=times.completed,
        closed_at=times.closed,
        from_stay=stays[move.before].key if move.before else None,
        admission=stays[move.after].key if move.after else None,
        late=times.late,
    )


def _people(dice: Random, move: Move, directory: Directory) -> tuple[str, str, str, str]:
    """Departments and doctors: origin, target, sender, receiver."""
    wanted = move.family.department_codes
    origin, target = directory.department(move.origin, wanted), directory.department(move.target, wanted)
    sender, receiver = directory.doctors(move.origin, origin), directory.doctors(move.target, target)
    return origin, target, dice.choice(sender).code, dice.choice(receiver).code


def _reason(dice: Random, move: Move, urgency: str) -> str:
    if move.direction == "down":
        return dice.choice(_DOWN_REASONS.get(move.family.profile, _DOWN_OTHERWISE))
    return "hypertension" if move.family.code == "hypertension" else dice.choice(_UP_REASONS[urgency])


def _story(move: Move) -> str:
    if move.direction == "down":
        return "急性期治疗结束，生命体征平稳，请继续康复与用药管理。"
    return "已做初步处理，请进一步诊治。" if move.before is None else "住院治疗后需上级医院继续诊治。"
