"""From a planned stay to the whole front page: diagnoses, procedures, bill, doctors, record numbers."""

from collections import Counter
from datetime import datetime, timedelta
from random import Random

from alliance.demo import fees
from alliance.demo.burden import GRAVE, chance_here, extra_cost
from alliance.demo.chance import below, happens, stream
from alliance.demo.names import MALE
from alliance.demo.plans import Draft, Plan
from alliance.demo.staff import Directory
from alliance.demo.values import Operation, Stay, StayKey

SECONDARIES = 8
OPERATIONS = 3
# Diagnoses nobody has before 30, and those of men alone.
_OF_ADULTS = ("E11", "E78", "F03", "I10", "I2", "I48", "I5", "I6", "I7", "J44", "K76", "M81", "N18", "N40")
_OF_MEN = ("N40",)
_ADULT = 30
_CONDITION_PRESENT, _CONDITION_ACQUIRED = "1", "4"
_WEIGHTS = {"P07.102": (1080, 1490), "P07.101": (1560, 2480), "P07.300": (1820, 2720)}
_NEWBORN_WEIGHT = (2550, 4150)


def write_out(draft: Draft, directory: Directory) -> dict[Plan, Stay]:
    """Write out every planned stay in order of discharge; the same plan always gives the same page."""
    numbers = RecordNumbers(draft)
    dice = stream(draft.code, "pages")
    plans = sorted(draft.plans, key=lambda plan: (plan.discharged, plan.patient.number))
    return {plan: _stay(dice, plan, numbers.key(plan), directory) for plan in plans}


class RecordNumbers:
    """Record numbers per institution and person, and the number of each stay."""

    def __init__(self, draft: Draft) -> None:
        self._next = {
            place.code: 3000 + 7919 * number % 60000 for number, place in enumerate(draft.places, 1)
        }
        self._numbers: dict[tuple[str, int], str] = {}
        self._visits: Counter[tuple[str, int]] = Counter()

    def key(self, plan: Plan) -> StayKey:
        """The key of the next stay of this person here; call in order of discharge."""
        who = plan.place.code, plan.patient.number
        if who not in self._numbers:
            self._next[plan.place.code] += 1
            self._numbers[who] = f"{self._next[plan.place.code]:07d}"
            known = plan.patient.id_number and plan.patient.number % 5 == 0
            self._visits[who] = plan.patient.number % 3 if known else 0
        self._visits[who] += 1
        return StayKey(plan.place.organisation, self._numbers[who], self._visits[who])


def _stay(dice: Random, plan: Plan, key: StayKey, directory: Directory) -> Stay:
    department = directory.department(plan.place, plan.family.department_codes)
    secondary = _secondary(dice, plan)
    extra = extra_cost(code for code, _ in secondary)
    days = max(1, (plan.discharged.date() - plan.admitted.date()).days)
    total = fees.total(dice, plan.family, plan.place, days, extra)
    team = _team(dice, plan, directory, department)
    return Stay(
        key=key,
        institution=plan.place,
        patient=plan.patient,
        family=plan.family.code,
        admitted=plan.admitted,
        discharged=plan.discharged,
        department=department,
        route=plan.route,
        way=plan.way,
        receiver=plan.receiver,
        planned=plan.planned,
        principal=plan.principal,
        secondary=secondary,
        operations=_operations(dice, plan, team[2]),
        total=total,
        own_pay=fees.own_pay(dice, plan.patient.payment, total, primary=plan.place.level == "primary"),
        fees=fees.split(dice, plan.family, total),
        weight=_weight(dice, plan),
        doctors=team,
    )


def _secondary(dice: Random, plan: Plan) -> tuple[tuple[str, str], ...]:
    chances = plan.family.secondary_chances
    drawn = [
        code for code, chance in chances if happens(dice, chance_here(plan.family, plan.place, code, chance))
    ]
    found: dict[str, str] = {plan.principal[:3]: ""}
    for code in drawn:
        # One code of a category is enough: nobody has hypertension of two grades.
        if code[:3] not in found and _may_have(plan, code):
            found[code[:3]] = code
    return tuple((code, _condition(dice, code)) for code in found.values() if code)[:SECONDARIES]


def _condition(dice: Random, code: str) -> str:
    return _CONDITION_ACQUIRED if code in GRAVE and happens(dice, 300) else _CONDITION_PRESENT


def _may_have(plan: Plan, code: str) -> bool:
    grown = plan.admitted.year - plan.patient.birth.year > _ADULT
    return (grown or not code.startswith(_OF_ADULTS)) and (
        plan.patient.sex == MALE or not code.startswith(_OF_MEN)
    )


def _operations(dice: Random, plan: Plan, surgeon: str) -> tuple[Operation, ...]:
    codes = [group.draw(dice) for chance, group in plan.family.operation_decks if happens(dice, chance)]
    return tuple(Operation(code, _within(dice, plan, i), surgeon) for i, code in enumerate(codes))[
        :OPERATIONS
    ]


def _within(dice: Random, plan: Plan, step: int) -> datetime:
    """A time inside the stay, most often in its first three days."""
    stay = plan.discharged - plan.admitted
    early = min(stay, timedelta(days=3))
    at = plan.admitted + timedelta(minutes=20 * step) + early * (5 + below(dice, 76)) // 100
    return min(at, plan.discharged - timedelta(minutes=10)).replace(microsecond=0)


def _weight(dice: Random, plan: Plan) -> int | None:
    if plan.family.profile != "newborn":
        return None
    if plan.family.grams:
        lightest, heaviest = plan.family.grams.split("-")
        return dice.randint(int(lightest), int(heaviest))
    return dice.randint(*_WEIGHTS.get(plan.principal, _NEWBORN_WEIGHT))


def _team(dice: Random, plan: Plan, directory: Directory, department: str) -> tuple[str, ...]:
    """Names: head, chief, attending, resident, nurse, coder."""
    doctors = directory.doctors(plan.place, department)
    attending, resident = doctors[below(dice, len(doctors))], doctors[-1 - below(dice, min(2, len(doctors)))]
    chief = doctors[min(1, len(doctors) - 1)]
    nurse, coder = directory.nurse(plan.place, dice), directory.coder(plan.place)
    return tuple(worker.name for worker in (doctors[0], chief, attending, resident, nurse, coder))
