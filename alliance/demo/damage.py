"""Planted faults: what hospital exports really get wrong, each with the column a reader must point at."""

from collections.abc import Callable
from datetime import timedelta
from random import Random
from typing import NamedTuple

from alliance.demo import fees
from alliance.demo.codes import CLINICAL
from alliance.demo.front_page import money
from alliance.demo.values import Stay, StayKey

Cells = tuple[tuple[str, str], ...]


class Fault(NamedTuple):
    """A kind of fault: the column to be reported, which stays can have it, what changes in the row."""

    column: str
    suits: Callable[[Stay], bool]
    cells: Callable[[Stay], Cells]


def _always(stay: Stay) -> bool:
    return True


def _later_admission(stay: Stay) -> Cells:
    return (("B12", str(stay.discharged + timedelta(days=10))),)


def _letter_for_digit(stay: Stay) -> Cells:
    return (("D01", money(stay.total)[:-1] + "O"),)


def _a_part_too_much(stay: Stay) -> Cells:
    laboratory = stay.fees[fees.COLUMNS.index("D16")]
    return (("D16", money(laboratory + 1240)),)


def _longer_stay(stay: Stay) -> Cells:
    return (("B20", str(stay.days + 30)),)


def _has_long_code(stay: Stay) -> bool:
    return "x" not in stay.principal and stay.principal.endswith("00")


FAULTS: dict[str, Fault] = {
    "discharge_before_admission": Fault("B12", _always, _later_admission),
    "principal_one_level_short": Fault("C03C", _has_long_code, lambda stay: (("C03C", stay.principal[:-2]),)),
    "invalid_sex": Fault("A12C", _always, lambda stay: (("A12C", "3"),)),
    "procedure_rewritten_by_a_spreadsheet": Fault(
        "C14x01C", lambda stay: bool(stay.operations), lambda stay: (("C14x01C", "44927"),)
    ),
    "letter_in_the_amount": Fault("D01", _always, _letter_for_digit),
    "missing_principal": Fault("C03C", _always, lambda stay: (("C03C", ""),)),
    "parts_differ_from_total": Fault("D01", _always, _a_part_too_much),
    "duplicate_record": Fault("A48", _always, lambda stay: ()),
    "id_number_rounded_by_a_spreadsheet": Fault(
        "A20",
        lambda stay: bool(stay.patient.id_number),
        lambda stay: (("A20", f"{stay.patient.id_number[0]}.90123E+17"),),
    ),
    "days_of_stay_conflict": Fault("B20", _always, _longer_stay),
    "unknown_way_of_discharge": Fault("B34C", _always, lambda stay: (("B34C", "7"),)),
    "principal_of_the_clinical_edition": Fault(
        "C03C", lambda stay: stay.principal in CLINICAL, lambda stay: (("C03C", CLINICAL[stay.principal]),)
    ),
}
# The October file of the county's Chinese-medicine hospital has one row of each of these.
NINE = tuple(FAULTS)[:9]


class Damaged(NamedTuple):
    """A row to be written: the stay, the cells that differ, and the kind of fault ("" = sound)."""

    stay: Stay
    cells: Cells
    kind: str


def damage(
    dice: Random, stays: list[Stay], kinds: tuple[str, ...], spared: frozenset[StayKey]
) -> list[Damaged]:
    """Return the rows of a file with one fault of each kind, in stays that no expected result depends on."""
    chosen: dict[StayKey, str] = {}
    for kind in kinds:
        free = [s for s in stays if s.key not in chosen and s.key not in spared and FAULTS[kind].suits(s)]
        chosen[dice.choice(free).key] = kind
    rows: list[Damaged] = []
    for stay in stays:
        kind = chosen.get(stay.key, "")
        if kind == "duplicate_record":
            rows.append(Damaged(stay, (), ""))
        rows.append(Damaged(stay, FAULTS[kind].cells(stay) if kind else (), kind))
    return rows
