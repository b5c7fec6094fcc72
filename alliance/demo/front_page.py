"""The front page as a row of the HQMS case file (definitions section 10.1)."""

from alliance.demo import fees
from alliance.demo.codes import CAUSES, COMMON_MORPHOLOGY, DIAGNOSES, MORPHOLOGY, PATHOLOGY, PROCEDURES
from alliance.demo.families import FAMILIES
from alliance.demo.stays import OPERATIONS, SECONDARIES
from alliance.demo.values import Operation, Stay

_ABSENT = "-"
_PERSON = [
    "A01",
    "A02",
    "A48",
    "A49",
    "A46C",
    "A47",
    "A11",
    "A12C",
    "A13",
    "A14",
    "A15C",
    "A16",
    "A17",
    "A18x01",
    "A19C",
    "A20",
    "A21C",
    "A26",
    "A27",
    "A32",
    "A33C",
    "A35",
    "A38C",
]
_STAY = [
    "B11C",
    "B12",
    "B13C",
    "B15",
    "B16C",
    "B20",
    "B21C",
    "B22",
    "B23",
    "B24",
    "B25",
    "B26",
    "B29",
    "B30C",
    "B33",
    "B34C",
    "B35",
    "B36C",
    "B37",
]
_PRINCIPAL = ["C01C", "C02N", "C03C", "C04N", "C05C"]
_COMPANIONS = ["C09C", "C10N", "C11", "C12C", "C13N", "C24C", "C26C", "C27C", "C34C"]
_MAIN = ["C14x01C", "C15x01N", "C16x01", "C17x01", "C18x01", "C21x01C", "C22x01C"]
_NEOPLASM = ("C", "D0", "D1", "D2", "D3", "D4")
_INJURY = ("S", "T")
DIED = "5"


def _header() -> tuple[str, ...]:
    other = [
        f"{stem}{n:02}{end}"
        for n in range(1, SECONDARIES + 1)
        for stem, end in (("C06x", "C"), ("C07x", "N"), ("C08x", "C"))
    ]
    operations = [
        f"{stem}{n:02}{end}"
        for n in range(1, OPERATIONS)
        for stem, end in (("C35x", "C"), ("C36x", "N"), ("C37x", ""), ("C38x", ""), ("C39x", ""))
    ]
    return (
        *_PERSON,
        *_STAY,
        *_PRINCIPAL,
        *other,
        *_COMPANIONS,
        *_MAIN,
        *operations,
        "D01",
        "D09",
        *fees.COLUMNS,
    )


HEADER = _header()


def row(stay: Stay) -> list[str]:
    """Return the cells of a stay in the order of HEADER."""
    cells = [*_person(stay), *_days(stay), *_principal(stay), *_others(stay), *_companions(stay)]
    cells += [*_main(stay), *_further(stay), money(stay.total), money(stay.own_pay)]
    cells += [money(fen) for fen in stay.fees]
    return cells


def money(fen: int) -> str:
    """Fen as the file writes yuan: "8412.50"."""
    return f"{fen // 100}.{fen % 100:02d}" if fen else "0.00"


def _person(stay: Stay) -> list[str]:
    patient, age, days = stay.patient, stay.age, stay.age_days
    weight = str(stay.weight) if stay.weight else ""
    organisation, record_no, visit_no = stay.key
    married = "1" if age < 22 else "2" if age < 76 or patient.number % 3 else "3"
    work = "90" if age < 6 else "31" if age < 19 else "80" if age > 60 and patient.payment == "1" else "27"
    return [
        organisation,
        stay.institution.name,
        record_no,
        str(visit_no),
        patient.payment,
        _ABSENT,
        patient.name,
        str(patient.sex),
        str(patient.birth),
        str(age),
        "CHN",
        str(days) if age == 0 else "",
        weight,
        weight,
        "01",
        patient.id_number or _ABSENT,
        married,
        patient.address,
        patient.phone,
        patient.name[0] + "某",
        "5" if age < 18 else "1" if age < 60 else "2",
        patient.phone,
        work,
    ]


def _days(stay: Stay) -> list[str]:
    head, chief, attending, resident, nurse, coder = stay.doctors
    return [
        stay.route,
        str(stay.admitted),
        stay.department,
        str(stay.discharged),
        stay.department,
        str(stay.days),
        "",
        head,
        chief,
        attending,
        resident,
        nurse,
        coder,
        "1",
        str(stay.discharged.date()),
        stay.way,
        stay.receiver or _ABSENT,
        "2" if stay.planned else "1",
        "继续治疗" if stay.planned else _ABSENT,
    ]


def _principal(stay: Stay) -> list[str]:
    name = DIAGNOSES[stay.principal]
    return [stay.principal, name, stay.principal, name, "1"]


def _others(stay: Stay) -> list[str]:
    cells: list[str] = []
    for code, condition in stay.secondary:
        cells += (code, DIAGNOSES[code], condition)
    return cells + [""] * (3 * SECONDARIES - len(cells))


def _companions(stay: Stay) -> list[str]:
    number = stay.patient.number
    pathology, cause = (_ABSENT, _ABSENT, _ABSENT), (_ABSENT, _ABSENT)
    if stay.principal.startswith(_NEOPLASM):
        code = FAMILIES[stay.family].pathology or MORPHOLOGY.get(stay.principal[:3], COMMON_MORPHOLOGY)
        pathology = (code, PATHOLOGY[code], f"P{number:06d}")
    if stay.principal.startswith(_INJURY):
        code = FAMILIES[stay.family].cause or CAUSES[number % len(CAUSES)]
        cause = (code, DIAGNOSES[code])
    blood = str((1, 1, 2, 2, 3, 3, 3, 4, 6)[number % 9])
    return [*pathology, *cause, "1", blood, "2", "2" if stay.way == DIED else ""]


def _main(stay: Stay) -> list[str]:
    if not stay.operations:
        return [""] * len(_MAIN)
    first = stay.operations[0]
    cut = PROCEDURES[first.code].level >= 3 and stay.family in _CUTTING
    return [*_operation(first), *(("2", "01") if cut else ("", ""))]


def _further(stay: Stay) -> list[str]:
    cells = [cell for operation in stay.operations[1:] for cell in _operation(operation)]
    return cells + [""] * (5 * (OPERATIONS - 1) - len(cells))


def _operation(operation: Operation) -> list[str]:
    procedure = PROCEDURES[operation.code]
    return [operation.code, procedure.name, str(operation.at), str(procedure.level), operation.surgeon]


_CUTTING = frozenset(
    code for code, family in FAMILIES.items() if family.profile in ("surgical", "implant", "birth")
)
