"""From a reader's rows to the staging table: who the patient is, whose case it is, what the content's digest
is.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from hashlib import sha256
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from alliance.models import Institution, Person
from alliance.models.fields import SealedField
from alliance.services import people
from alliance.sql import copy_rows
from grouping import sql
from grouping.models import CaseFile, StagedCase
from grouping.readers.rows import BadRow, FrontPage, RowError

SHANGHAI = ZoneInfo("Asia/Shanghai")
OWN = (
    "file_id",
    "line",
    "row_key",
    "institution_id",
    "person_key",
    "person_name",
    "name_key",
    "birth_date",
    "id_number",
)
COLUMNS = [*OWN, *sql.CONTENT]
BAD_COLUMNS = ["file_id", "line", "row_key", "column", "code", "value", "message", "params", "raw"]


def stage(file: CaseFile, rows: Iterator[FrontPage | BadRow], limit: int) -> tuple[int, int, bool]:
    """Take up to `limit` rows of a reader into staging; return (rows read, bad rows, whether the reader has
    more).
    """
    taken = list(islice(rows, limit))
    places = {place.organisation: place for place in Institution.objects.all()}
    good: list[FrontPage] = []
    bad: list[BadRow] = []
    for row in taken:
        row = _placed(row, places, file) if isinstance(row, FrontPage) else row
        (good if isinstance(row, FrontPage) else bad).append(row)  # type: ignore[arg-type]
    copy_rows(StagedCase._meta.db_table, COLUMNS, _staged(file, good, places))
    copy_rows("grouping_badrow", BAD_COLUMNS, _refused(file, bad))
    return len(taken), len(bad), len(taken) == limit


def _placed(page: FrontPage, places: dict[str, Institution], file: CaseFile) -> FrontPage | BadRow:
    """The page, or a bad row when it belongs to no member or to another than the one that delivers."""
    if long := _too_long(page):
        column, most = long
        error = RowError(page.line, column, "value_too_long", "", "value_too_long", (("most", most),))
        return BadRow(page.line, page.line, (error,), page.key, page.raw)
    place = places.get(page.organisation)
    if place is not None and file.institution_id in (None, place.pk):
        return page
    message = "institution_unknown" if place is None else "institution_other"
    params = () if place is None or file.institution is None else (("expected", file.institution.name),)
    error = RowError(page.line, "A01", message, page.organisation, message, params)
    return BadRow(page.line, page.line, (error,), page.key, page.raw)


def _too_long(page: FrontPage) -> tuple[str, int] | None:
    """The first column whose text does not fit where it is stored, and how many characters do."""
    texts = (
        ("A11", page.patient.name, StagedCase, "person_name"),
        ("A48", page.record_no, StagedCase, "record_no"),
        ("B16C", page.stay.department_out, StagedCase, "department_code"),
        ("B35", page.stay.receiver, StagedCase, "receiver"),
    )
    for column, text, model, field in texts:
        spec: Any = model._meta.get_field(field)
        most = int(spec.max_length)
        if text and len(text) > most:
            return column, most
    return None


def _staged(file: CaseFile, pages: list[FrontPage], places: dict[str, Institution]) -> Iterator[list[object]]:
    """Rows of the staging table, in the order of COLUMNS."""
    who = [_identity(page) for page in pages]
    seal = Person._meta.get_field("id_number")  # sealed for the column it ends up in
    assert isinstance(seal, SealedField)
    for page, person, keys in zip(pages, who, people.keys_for(who, alliance=file.alliance), strict=True):
        content = _content(page)
        yield [
            file.pk,
            page.line,
            page.key,
            places[page.organisation].pk,
            keys.key,
            person.name,
            keys.name_key,
            person.birth_date,
            seal.get_prep_value(person.id_number or None),
            *content,
        ]


def _identity(page: FrontPage) -> people.Identity:
    """Who was treated; a nameless newborn or unknown is told apart by the record number."""
    patient = page.patient
    name = patient.name or f"无名 {page.record_no}"
    return people.Identity(name, Person.Sex(patient.sex), patient.birth, patient.id_number or "")


def _content(page: FrontPage) -> list[object]:
    """Values of sql.CONTENT; the digest is over all of them, whatever the order of the file's columns."""
    patient, stay, bill = page.patient, page.stay, page.bill
    weight = patient.birth_weights[0] if patient.birth_weights else patient.admission_weight
    values: list[object] = [
        page.record_no,
        page.visit_no,
        stay.discharged.date().replace(day=1),
        _local(stay.admitted),
        _local(stay.discharged),
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
        [diagnosis.code for diagnosis in page.diagnoses],
        [procedure.code for procedure in page.procedures],
        json.dumps(_recorded(page), ensure_ascii=False),
        json.dumps(dict(bill.parts), sort_keys=True),
        bill.total,
        bill.own_pay,
    ]
    values.append(json.dumps(dict(page.raw), ensure_ascii=False, sort_keys=True))
    return [*values, _digest(values)]


def _digest(values: list[object]) -> str:
    """Over all values; hours of intensive care only where they are stated, so that a front page's digest is
    the same as before they were known.
    """
    known = [value for name, value in zip(sql.CONTENT, values, strict=False) if name != "icu_hours" or value]
    return sha256(json.dumps(known, ensure_ascii=False, default=str).encode()).hexdigest()


def _recorded(page: FrontPage) -> dict[str, Any]:
    """What is shown beside the codes: names, conditions, times, levels, doctors by column."""
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


def _refused(file: CaseFile, rows: Iterable[BadRow]) -> Iterator[list[object]]:
    for row in rows:
        for error in row.errors:
            params = {
                name: list(value) if isinstance(value, tuple) else value for name, value in error.params
            }
            yield [
                file.pk,
                row.line,
                row.key,
                error.column,
                error.code,
                error.value[:120],
                error.message,
                json.dumps(params, ensure_ascii=False),
                json.dumps(dict(row.raw), ensure_ascii=False),
            ]


def _local(moment: datetime) -> datetime:
    """Hospitals write local clock readings."""
    return moment.replace(tzinfo=SHANGHAI)
