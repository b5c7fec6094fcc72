"""The first rows of a file as a mapping reads them, persons masked."""

from __future__ import annotations

from dataclasses import dataclass

from alliance.lib.identity import mask_name
from grouping import texts
from grouping.readers.mapping import TableMap
from grouping.readers.messages import Names
from grouping.readers.rows import BadRow, FrontPage, Procedure
from grouping.services.samples import Trial, rows_shown

SHOWN = 12


@dataclass(frozen=True)
class Row:
    """One row as read: masked, or its errors as sentences."""

    line: int
    record: str
    patient: str
    stay: str
    department: str
    way: str
    diagnoses: str
    procedures: str
    fen: int | None
    errors: tuple[str, ...] = ()


def rows(trial: Trial, mapping: TableMap) -> list[Row]:
    """The first rows, some of the bad ones among them."""
    names = Names(mapping.headings)
    return [_row(row, names) for row in rows_shown(trial.rows, SHOWN)]


def _row(row: FrontPage | BadRow, names: Names) -> Row:
    if isinstance(row, BadRow):
        errors = tuple(error.text(texts.language(), names) for error in row.errors)
        record = str(row.raw.get("A48", ""))
        return Row(row.line, record, "", "", str(row.raw.get("B16C", "")), "", "", "", None, errors)
    stay = row.stay
    return Row(
        line=row.line, record=f"{row.record_no}/{row.visit_no}",
        patient=_patient(row),
        stay=f"{stay.admitted:%Y-%m-%d} – {stay.discharged:%Y-%m-%d}", department=stay.department_out,
        way=str(texts.DISCHARGE_WAYS.get(stay.discharge_way, stay.discharge_way)),
        diagnoses=" ".join(each.code for each in row.diagnoses),
        procedures=" ".join(map(_operation, row.procedures)), fen=row.bill.total,
    )  # fmt: skip


def _operation(each: Procedure) -> str:
    """The code, with day and level where the file states them: 39.7200 (10-09, 3)."""
    beside = [f"{each.at:%m-%d}" if each.at else "", str(each.level) if each.level else ""]
    said = ", ".join(filter(None, beside))
    return f"{each.code} ({said})" if said else each.code


def _patient(row: FrontPage) -> str:
    patient = row.patient
    return f"{mask_name(patient.name or '')} {texts.SEXES.get(patient.sex, '')} {patient.age}"
