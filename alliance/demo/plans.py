"""Who lies where and when: stays are planned first, with their moves, and written out afterwards."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import accumulate
from random import Random

from alliance.demo.casemix import MIXES
from alliance.demo.chance import Weighted, below, between, happens, multiplier, stream
from alliance.demo.families import FAMILIES
from alliance.demo.family import Family
from alliance.demo.names import FEMALE, MALE, Registry
from alliance.demo.values import Patient, Place
from alliance.lib.period import Month

MONTHS = (Month(2026, 8), Month(2026, 9), Month(2026, 10))
DATA_END = datetime(2026, 10, 31, 18, 0)

BY_DOCTOR, TRANSFERRED, TO_PRIMARY, AGAINST_ADVICE, DIED = "1", "2", "3", "4", "5"
EMERGENCY, OUTPATIENT, REFERRED = "1", "2", "3"
_SEASON = {8: 960, 9: 985, 10: 1055}
_SUNDAY = 6


@dataclass(slots=True, eq=False)
class Plan:
    """One stay to be. `way` is B34C, `route` B11C; `bound` = it has a return or a referral already."""

    place: Place
    patient: Patient
    family: Family
    principal: str
    admitted: datetime
    discharged: datetime
    way: str = BY_DOCTOR
    route: str = OUTPATIENT
    receiver: str = ""
    planned: bool = False
    bound: bool = False


@dataclass(slots=True)
class Move:
    """A referral to be: `before` is the stay left, `after` the stay it led to; either may be missing."""

    direction: str
    origin: Place
    target: Place
    patient: Patient
    family: Family
    diagnosis: str
    before: Plan | None = None
    after: Plan | None = None
    outcome: str = "completed"
    logged: datetime | None = None


@dataclass(slots=True)
class Draft:
    """One alliance while it is being planned."""

    code: str
    places: tuple[Place, ...]
    registry: Registry
    plans: list[Plan] = field(default_factory=list)
    moves: list[Move] = field(default_factory=list)
    returns: list[tuple[Plan, Plan]] = field(default_factory=list)
    bounces: list[tuple[Move, Move]] = field(default_factory=list)

    @property
    def hospitals(self) -> list[Place]:
        """The hospitals, lead first."""
        return [place for place in self.places if place.level != "primary"]

    @property
    def primaries(self) -> list[Place]:
        """The primary institutions with beds."""
        return [place for place in self.places if place.level == "primary" and place.mix]

    def home_of(self, patient: Patient) -> Place:
        """The primary institution where a person lives."""
        return next(place for place in self.primaries if place.code == patient.home)


def first_stays(draft: Draft) -> None:
    """Plan the first stay of every person: every institution, every month, by its case mix."""
    homes = _homes(draft.primaries)
    towns = {place.code: town(place) for place in draft.primaries}
    for place in draft.places:
        for month in MONTHS if place.mix else ():
            dice = stream(draft.code, "stays", place.code, month)
            for _ in range(place.volume * _SEASON[month.number] // 1000):
                home = place.code if place.level == "primary" else homes.draw(dice)
                draft.plans.append(_first_stay(dice, draft.registry, place, month, home, towns[home]))


def town(primary: Place) -> str:
    """The town a primary institution stands in, for addresses."""
    return primary.name.removesuffix("社区卫生服务中心").removesuffix("卫生院")


def _homes(primaries: list[Place]) -> Weighted:
    codes = tuple(place.code for place in primaries)
    return Weighted(codes, tuple(accumulate(place.served_population for place in primaries)))


def _first_stay(dice: Random, registry: Registry, place: Place, month: Month, home: str, town: str) -> Plan:
    family = FAMILIES[MIXES[place.mix].draw(dice)]
    discharged = discharge_in(dice, month)
    admitted = admission_before(dice, family, discharged)
    if admitted.date() == discharged.date():
        discharged = discharged.replace(hour=14 + discharged.hour % 4)
    patient = _patient(dice, registry, family, admitted, home, town)
    plan = Plan(place, patient, family, family.principal_deck.draw(dice), admitted, discharged)
    _decide_end(dice, plan)
    plan.route = EMERGENCY if happens(dice, 300) else OUTPATIENT
    return plan


def _patient(
    dice: Random, registry: Registry, family: Family, admitted: datetime, home: str, town: str
) -> Patient:
    sex = MALE if below(dice, 100) < family.male else FEMALE
    newborn = family.ages[2] == 0
    if newborn:
        birth = admitted.date() - timedelta(days=dice.choice((0, 0, 0, 1, 1, 2, 3, 4, 6, 9)))
    else:
        age = between(dice, *family.ages)
        birth = _years_before(admitted.date(), age) - timedelta(days=1 + below(dice, 360))
    return registry.person(dice, sex=sex, birth=birth, home=home, town=town, newborn=newborn)


def _years_before(day: date, years: int) -> date:
    return date(day.year - years, day.month, min(day.day, 28))


def _decide_end(dice: Random, plan: Plan) -> None:
    if happens(dice, plan.family.death):
        plan.way = DIED
    elif happens(dice, 22):
        plan.way = AGAINST_ADVICE
    else:
        plan.planned = happens(dice, plan.family.planned)


def discharge_in(dice: Random, month: Month) -> datetime:
    """A time of discharge in the month: in office hours, few on Sundays."""
    day = date(month.year, month.number, dice.randint(1, month.last_day.day))
    if day.weekday() == _SUNDAY and happens(dice, 700):
        day = day.replace(day=day.day - 1 if day.day > 1 else day.day + 1)
    return _clock(dice, day, 8, 17)


def admission_before(dice: Random, family: Family, discharged: datetime) -> datetime:
    """A time of admission so that the stay is as long as stays of the family are."""
    days = stay_days(dice, family)
    day = discharged.date() - timedelta(days=days)
    return _clock(dice, day, 7, 20) if days else _clock(dice, day, 7, 7)


def stay_days(dice: Random, family: Family) -> int:
    """Days of stay: log-normal around the family's median; 0 only for families treated within the day."""
    if family.stay == 0:
        return 0 if happens(dice, 420) else dice.randint(1, 3)
    return max(1, (family.stay * multiplier(dice, 340) + 500) // 1000)


def discharge_after(dice: Random, admitted: datetime, days: int) -> datetime:
    """A time of discharge so many days after an admission."""
    return _clock(dice, admitted.date() + timedelta(days=days), 8, 17)


def _clock(dice: Random, day: date, first_hour: int, last_hour: int) -> datetime:
    seconds = first_hour * 3600 + below(dice, (last_hour - first_hour + 1) * 3600)
    return datetime.combine(day, time()) + timedelta(seconds=seconds)


def by_person(plans: list[Plan]) -> dict[int, list[Plan]]:
    """The stays of each person in order of admission."""
    found: defaultdict[int, list[Plan]] = defaultdict(list)
    for plan in sorted(plans, key=lambda plan: (plan.admitted, plan.discharged)):
        found[plan.patient.number].append(plan)
    return dict(found)
