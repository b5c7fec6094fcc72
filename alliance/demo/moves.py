"""Returns, referrals and bounces: what happens between two stays of one person.

A person takes part in at most one of them, so that each is exactly what the expected results say: the only
opposite referrals of one person within 14 days are the planned bounces (definitions section 4, ping-pong).
"""

from datetime import datetime, timedelta
from random import Random

from alliance.demo import plans
from alliance.demo.casemix import MIXES, treats
from alliance.demo.chance import happens, stream
from alliance.demo.families import FAMILIES
from alliance.demo.family import Family
from alliance.demo.plans import DATA_END, Draft, Move, Plan
from alliance.demo.values import Place

RETURNING = 80  # of 1000 persons
RETURN_DAYS = 30
ONE_SEX = (0, 100)  # men in per cent
BOUNCES = {"lanchuan": 26, "jiangzhou": 14}
_LAST_BOUNCE_START = datetime(2026, 10, 14)
_MINUTE = timedelta(minutes=1)


def connect(draft: Draft) -> None:
    """Add every move to the first stays: down, up, bounced, returned."""
    refer_down(draft)
    refer_up(draft)
    send_up(draft)
    bounce(draft)
    come_back(draft)


def refer_down(draft: Draft) -> None:
    """Hospitals hand patients over: within hours the receiver admits them (B34C 3, or 2 to a hospital)."""
    dice = stream(draft.code, "down")
    for plan in list(draft.plans):
        if plan.place.level == "primary" or not _free(plan) or not happens(dice, plan.family.down):
            continue
        target = _down_target(dice, draft, plan)
        family = FAMILIES[plan.family.after or plan.family.code]
        after = _next_stay(dice, plan, target, family, plan.discharged + dice.randint(40, 420) * _MINUTE)
        if after.discharged <= DATA_END:
            plan.way = plans.TO_PRIMARY if target.level == "primary" else plans.TRANSFERRED
            _link(draft, "down", plan, after)


def _down_target(dice: Random, draft: Draft, plan: Plan) -> Place:
    rehabilitation = [place for place in draft.hospitals if place.kind == "special"]
    wanted = plan.place.role == "lead" and treats("rehabilitation", plan.family.after)
    return (
        rehabilitation[0] if rehabilitation and wanted and happens(dice, 350) else draft.home_of(plan.patient)
    )


def refer_up(draft: Draft) -> None:
    """Patients whom their primary institution sent up from its clinic: no earlier stay."""
    dice = stream(draft.code, "up")
    for plan in draft.plans:
        if plan.place.level != "primary" and _free(plan, any_end=True) and happens(dice, plan.family.up):
            origin = _up_origin(dice, draft, plan)
            plan.route, plan.bound = plans.REFERRED, True
            draft.moves.append(
                Move("up", origin, plan.place, plan.patient, plan.family, plan.principal, after=plan)
            )


def _up_origin(dice: Random, draft: Draft, plan: Plan) -> Place:
    """Where the patient was first: the primary institution at home; before a tertiary also a secondary."""
    lower = [
        place
        for place in draft.hospitals
        if place.level == "secondary" and treats(place.mix, plan.family.code)
    ]
    if plan.place.level == "tertiary" and lower and happens(dice, 300):
        return dice.choice(lower)
    return draft.home_of(plan.patient)


def send_up(draft: Draft) -> None:
    """Inpatients of primary institutions who go up at the end of their stay (B34C 2)."""
    dice = stream(draft.code, "sent up")
    for plan in list(draft.plans):
        if plan.place.level == "primary" and _free(plan) and happens(dice, plan.family.moved_up):
            target = _up_target(dice, draft, plan)
            after = _next_stay(
                dice, plan, target, plan.family, plan.discharged + dice.randint(50, 300) * _MINUTE
            )
            if after.discharged <= DATA_END:
                plan.way = plans.TRANSFERRED
                _link(draft, "up", plan, after)


def _up_target(dice: Random, draft: Draft, plan: Plan) -> Place:
    able = [place for place in draft.hospitals if treats(place.mix, plan.family.code)]
    return able[0] if happens(dice, 750) else dice.choice(able)


def bounce(draft: Draft) -> None:
    """Patients handed down who come straight back up: same diagnosis, within 14 days (S3-49)."""
    dice = stream(draft.code, "bounced")
    wanted = BOUNCES[draft.code]
    for down in dice.sample(_may_bounce(draft), wanted):
        assert down.after and down.before
        first, again = down.before, down.after
        again.discharged = plans.discharge_after(dice, again.admitted, dice.randint(2, 9))
        again.way = plans.TRANSFERRED
        back = _next_stay(
            dice, again, first.place, first.family, again.discharged + dice.randint(50, 240) * _MINUTE
        )
        back.discharged = plans.discharge_after(dice, back.admitted, dice.randint(3, 9))
        draft.bounces.append((down, _link(draft, "up", again, back)))


def _may_bounce(draft: Draft) -> list[Move]:
    return [
        move
        for move in draft.moves
        if move.direction == "down"
        and move.target.level == "primary"
        and move.before
        and move.before.discharged < _LAST_BOUNCE_START
        and move.family.profile in ("medical", "rehab")
    ]


def come_back(draft: Draft) -> None:
    """Plan the returns: 8 % of all persons are admitted again within 30 days, some at another member."""
    dice = stream(draft.code, "returned")
    persons = len({plan.patient.number for plan in draft.plans})
    wanted = (persons * RETURNING + 500) // 1000
    candidates = [plan for plan in draft.plans if _free(plan) and plan.family.returns and not plan.planned]
    dice.shuffle(candidates)
    for plan in candidates:
        if len(draft.returns) < wanted and (again := _return(dice, draft, plan)):
            plan.bound = again.bound = True
            draft.plans.append(again)
            draft.returns.append((plan, again))
    if len(draft.returns) != wanted:
        raise AssertionError(f"{draft.code}: only {len(draft.returns)} of {wanted} returns could be placed")


def _return(dice: Random, draft: Draft, plan: Plan) -> Plan | None:
    place = plan.place if happens(dice, 640) else _elsewhere(dice, draft, plan)
    if place is None or not treats(place.mix, plan.family.code):
        return None
    family, principal = plan.family, plan.principal
    if happens(dice, 380):
        family = _other_family(dice, draft, place, plan)
        principal = family.principal_deck.draw(dice)
    days = min(dice.randint(1, RETURN_DAYS), dice.randint(1, RETURN_DAYS))
    admitted = plan.discharged + timedelta(days=days, minutes=dice.randint(-60, 60))
    again = Plan(place, plan.patient, family, principal, admitted, admitted)
    again.discharged = plans.discharge_after(dice, admitted, max(1, plans.stay_days(dice, family)))
    return again if again.discharged <= DATA_END else None


def _other_family(dice: Random, draft: Draft, place: Place, plan: Plan) -> Family:
    """Another illness such a person may have: of the place's mix, of that age and either sex."""
    age = (plan.admitted.date() - plan.patient.birth).days // 366
    for _ in range(12):
        family = FAMILIES[MIXES[place.mix].draw(dice)]
        if family.returns and family.male not in ONE_SEX and family.ages[0] <= age <= family.ages[2]:
            return family
    return plan.family


def _elsewhere(dice: Random, draft: Draft, plan: Plan) -> Place | None:
    others = [place for place in (*draft.hospitals, draft.home_of(plan.patient)) if place is not plan.place]
    able = [place for place in others if treats(place.mix, plan.family.code)]
    return dice.choice(able) if able else None


def _free(plan: Plan, any_end: bool = False) -> bool:
    return not plan.bound and (any_end or plan.way == plans.BY_DOCTOR)


def _next_stay(dice: Random, plan: Plan, place: Place, family: Family, admitted: datetime) -> Plan:
    days = max(1, plans.stay_days(dice, family))
    discharged = plans.discharge_after(dice, admitted, days)
    return Plan(
        place, plan.patient, family, plan.principal, admitted, discharged, route=plans.REFERRED, bound=True
    )


def _link(draft: Draft, direction: str, before: Plan, after: Plan) -> Move:
    before.receiver, before.bound = after.place.name, True
    move = Move(
        direction, before.place, after.place, before.patient, before.family, before.principal, before, after
    )
    draft.plans.append(after)
    draft.moves.append(move)
    return move
