"""What of a front page is stored, as the text PostgreSQL reads in COPY: one line a row, one digest over it.

Both ways of reading end in these texts: a row proven sound in bulk and a page read cell by cell give the same
line, so they have the same digest.
"""

import json
from binascii import hexlify
from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Any

from grouping.readers.layout import DIAGNOSES, PARTS, PROCEDURES
from grouping.readers.rows import FrontPage

NULL = r"\N"
# In the order of the line; the digest follows as the last one.
CONTENT = (
    *("record_no", "visit_no", "month", "admitted_at", "discharged_at", "department_code", "sex", "age"),
    *("age_days", "weight_g", "stay_days", "icu_hours", "admission_path", "discharge_way", "receiver"),
    *("readmission_plan", "diagnoses", "procedures", "recorded", "fees", "total_fen", "own_pay_fen", "raw"),
)
# Hospitals write the readings of local clocks.
ZONE = "+08:00"
# Columns that another column of the case says: they are not kept raw a second time.
SAID = frozenset(
    (
        *("A01", "A48", "A49", "A46C", "A12C", "A14", "A16", "B11C", "B12", "B13C", "B15", "B16C", "B20"),
        *("B21C", "B34C", "B35", "B36C", "D01", "D09", *PARTS),
    )
)
# Said beside their code, and so only where there is one.
SLOTS: Mapping[str, tuple[str, ...]] = {
    **{slot.code: (slot.code, slot.name, slot.condition) for slot in DIAGNOSES.values()},
    **{slot.code: (slot.code, slot.name, slot.at, slot.level) for slot in PROCEDURES.values()},
}
_ESCAPES = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})


def field(value: object) -> str:
    """Return a value as a field of COPY: None as NULL, what would end a field or line escaped."""
    return NULL if value is None else str(value).translate(_ESCAPES)


def as_json(value: object) -> str:
    """Return JSON with Chinese left readable."""
    return json.dumps(value, ensure_ascii=False)


def array(codes: Iterable[str]) -> str:
    """Return a text array as PostgreSQL writes it, every element in quotes."""
    quoted = (code.replace("\\", "\\\\").replace('"', '\\"') for code in codes)
    return "{" + ",".join(f'"{code}"' for code in quoted) + "}"


def digest_of(line: bytes) -> bytes:
    """Return the digest of a content line, 64 hexadecimal characters."""
    return hexlify(sha256(line).digest())


def line_of(page: FrontPage) -> str:
    """Return the content of a page in the order of CONTENT, fields separated by tabs."""
    return "\t".join(map(field, values_of(page)))


def values_of(page: FrontPage) -> list[object]:
    """Return the values of a page in the order of CONTENT; times carry the zone, lists and JSON are text."""
    patient, stay, bill = page.patient, page.stay, page.bill
    weight = patient.birth_weights[0] if patient.birth_weights else patient.admission_weight
    return [
        page.record_no,
        page.visit_no,
        stay.discharged.date().replace(day=1),
        f"{stay.admitted}{ZONE}",
        f"{stay.discharged}{ZONE}",
        stay.department_out,
        patient.sex,
        patient.age,
        patient.age_days,
        weight,
        stay.days,
        stay.icu_hours,
        stay.admission_path,
        stay.discharge_way,
        stay.receiver or "",
        stay.readmission_plan,
        array(diagnosis.code for diagnosis in page.diagnoses),
        array(procedure.code for procedure in page.procedures),
        as_json(recorded(page)),
        as_json({part: bill.parts[part] for part in sorted(bill.parts)}),
        bill.total,
        bill.own_pay,
        as_json(kept_raw(page.raw)),
    ]


def recorded(page: FrontPage) -> dict[str, Any]:
    """Return what is shown beside the codes: names, conditions, times, levels, doctors by column."""
    return {
        "diagnoses": [[each.recorded, each.name, each.condition] for each in page.diagnoses],
        "procedures": [
            [each.recorded, each.name, each.at and each.at.isoformat(), each.level]
            for each in page.procedures
        ],
        "payment": page.patient.payment,
        "department_in": page.stay.department_in,
        "transfers": list(page.stay.transfers),
        "doctors": dict(page.stay.doctors),
    }


def kept_raw(raw: Mapping[str, str]) -> dict[str, str]:
    """Return the raw columns that nothing else of the case says, in order of their names."""
    said = set(SAID)
    for code in SLOTS.keys() & raw.keys():
        if raw[code] != "-":
            said.update(SLOTS[code])
    return {column: raw[column] for column in sorted(raw.keys() - said)}
