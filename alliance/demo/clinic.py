"""Referrals that lead to no stay: treated in the outpatient clinic, declined, not come, still waiting."""

from datetime import date, datetime, time, timedelta
from random import Random

from alliance.demo import plans
from alliance.demo.casemix import MIXES
from alliance.demo.chance import between, happens, stream
from alliance.demo.families import FAMILIES
from alliance.demo.names import FEMALE, MALE
from alliance.demo.plans import MONTHS, Draft, Move
from alliance.demo.values import Place
from alliance.lib.period import Month

# Up-referrals a month: treated as outpatients, declined, not come; and how many wait at the end.
MONTHLY = {
    "lanchuan": {"completed": 24, "declined": 7, "no_show": 4},
    "jiangzhou": {"completed": 18, "declined": 5, "no_show": 3},
}
WAITING = {"lanchuan": 6, "jiangzhou": 4}
DOWN_MONTHLY = {"declined": 3, "no_show": 2}
_OPEN_DAYS = 28


def refer_outpatients(draft: Draft) -> None:
    """Add the referrals without an admission, and the down-referrals that came to nothing."""
    for month in MONTHS:
        dice = stream(draft.code, "clinic", month)
        for outcome, count in MONTHLY[draft.code].items():
            draft.moves += [_up(dice, draft, _working_time(dice, month), outcome) for _ in range(count)]
        for outcome, count in DOWN_MONTHLY.items():
            _down(dice, draft, month, outcome, count)
    dice = stream(draft.code, "waiting")
    for _ in range(WAITING[draft.code]):
        logged = datetime(2026, 10, 31, 14, 0) + timedelta(
            minutes=dice.randint(0, 170), seconds=dice.randint(0, 59)
        )
        draft.moves.append(_up(dice, draft, logged, "submitted"))


def _up(dice: Random, draft: Draft, logged: datetime, outcome: str) -> Move:
    origin = dice.choice(draft.primaries)
    target = draft.hospitals[0] if happens(dice, 700) else _other_hospital(dice, draft)
    family = FAMILIES[MIXES[target.mix].draw(dice)]
    while family.ages[2] == 0 or not family.returns:
        family = FAMILIES[MIXES[target.mix].draw(dice)]
    birth = date(logged.year - between(dice, *family.ages) - 1, dice.randint(1, 12), dice.randint(1, 28))
    sex = MALE if dice.randrange(100) < family.male else FEMALE
    patient = draft.registry.person(
        dice, sex=sex, birth=birth, home=origin.code, town=plans.town(origin), newborn=False
    )
    diagnosis = family.principal_deck.draw(dice)
    return Move("up", origin, target, patient, family, diagnosis, outcome=outcome, logged=logged)


def _other_hospital(dice: Random, draft: Draft) -> Place:
    return dice.choice([place for place in draft.hospitals[1:] if place.kind in ("general", "tcm")])


def _working_time(dice: Random, month: Month) -> datetime:
    day = date(month.year, month.number, dice.randint(1, _OPEN_DAYS))
    return datetime.combine(day, time(8)) + timedelta(seconds=dice.randint(0, 9 * 3600))


def _down(dice: Random, draft: Draft, month: Month, outcome: str, count: int) -> None:
    """Down-referrals the receiver declined, or whose patient went home instead (B34C 3 without arrival)."""
    wanted = [
        plan
        for plan in draft.plans
        if plan.place.role == "lead"
        and not plan.bound
        and plan.way == plans.BY_DOCTOR
        and plan.family.down
        and month.contains(plan.discharged.date())
    ]
    for plan in dice.sample(wanted, count):
        plan.bound = True
        home = draft.home_of(plan.patient)
        if outcome == "no_show":
            plan.way, plan.receiver = plans.TO_PRIMARY, home.name
        move = Move(
            "down", plan.place, home, plan.patient, plan.family, plan.principal, before=plan, outcome=outcome
        )
        draft.moves.append(move)
