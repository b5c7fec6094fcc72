"""Persons of a project from a sheet: whole or not at all, a wrong line is named."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime
from typing import BinaryIO

from django.db import transaction

from alliance.joint.models import Enrolment, Project
from alliance.joint.services.enrolments import Entry, enrol
from alliance.joint.services.moving import own_institution
from alliance.joint.services.refusals import JointRefused
from alliance.lib import sheets
from alliance.lib.refusal import Refused
from alliance.models import Institution, Membership, Person, Staff
from alliance.services import journal, people
from alliance.web.refused import worded

MOST_LINES = 2_000
HEADINGS = {
    "name": ("姓名", "患者姓名", "name"),
    "id_number": ("身份证号", "证件号码", "id number"),
    "sex": ("性别", "sex"),
    "birth_date": ("出生日期", "date of birth"),
    "phone": ("电话", "联系电话", "phone"),
    "first_day": ("首诊日期", "基层首诊日期", "day of the first diagnosis"),
    "other": ("对方机构编码", "机构编码", "code of the other institution"),
    "doctor": ("本方医生工号", "医生工号", "staff number"),
}
NEEDED = frozenset({"name", "first_day", "other"})
SEXES = {"": 0, "男": 1, "女": 2, "1": 1, "2": 2, "male": 1, "female": 2}
_DAY = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?: 00:00(?::00)?)?")


@dataclass(frozen=True, slots=True)
class _Known:
    """What a line names by code: institutions of the alliance, doctors of the own."""

    here: Institution
    places: Mapping[str, Institution]
    doctors: Mapping[str, Staff]


@transaction.atomic
def enrol_by_sheet(
    *, by: Membership, project: Project, name: str, content: BinaryIO, now: datetime
) -> list[Enrolment]:
    """Enrol the persons of a sheet. Raises SheetRefused, JointRefused with the line and the remedy."""
    here = own_institution(by)
    known = _Known(
        here,
        {one.code: one for one in Institution.objects.filter(is_active=True)},
        {one.code: one for one in Staff.objects.filter(institution=here, is_active=True)},
    )
    made = []
    for line, cells in _lines(name, content):
        try:
            entry = _entry(by, line, cells, known)
            made.append(enrol(by=by, project=project, entry=entry, now=now, source="sheet"))
        except Refused as error:
            if isinstance(error, JointRefused) and "line" in error.params:
                raise
            sentence = worded(error)
            raise JointRefused("line", line=line, sentence=sentence) from None
    if not made:
        raise JointRefused("no_lines")
    journal.write(by=by, verb="joint.sheet", about=project, lines=len(made))
    return made


def _lines(name: str, content: BinaryIO) -> Iterator[tuple[int, dict[str, str]]]:
    # Closed here: the reader holds the file, which belongs to the caller, until its rows end.
    with closing(sheets.read(name, content)) as rows:  # type: ignore[type-var]
        head = next(rows, None)
        places = _places(head.cells if head else ())
        for number, row in enumerate(rows, 1):
            if number > MOST_LINES:
                raise JointRefused("too_many", limit=MOST_LINES)
            cells = {key: row.cells[at].strip() for key, at in places.items() if at < len(row.cells)}
            yield row.line, cells


def _places(cells: Sequence[str]) -> dict[str, int]:
    known = {word: key for key, words in HEADINGS.items() for word in words}
    found: dict[str, int] = {}
    for at, cell in enumerate(cells):
        if key := known.get(cell.strip().casefold()):
            found.setdefault(key, at)
    if not set(found) >= NEEDED or not ({"id_number"} <= set(found) or {"sex", "birth_date"} <= set(found)):
        raise JointRefused("columns")
    return found


def _entry(by: Membership, line: int, cells: dict[str, str], known: _Known) -> Entry:
    other = known.places.get(code := cells.get("other", ""))
    if other is None:
        raise JointRefused("line_place", line=line, code=code[:20])
    number = cells.get("doctor", "")
    if number and number not in known.doctors:
        raise JointRefused("line_staff", line=line, code=number[:20])
    person = _person(by, line, cells)
    mine_primary = known.here.level == Institution.Level.PRIMARY
    hospital, primary = (other, known.here) if mine_primary else (known.here, other)
    first_day = _day(line, cells.get("first_day", ""))
    return Entry(person, hospital, primary, first_day, known.doctors.get(number))


def _person(by: Membership, line: int, cells: dict[str, str]) -> Person:
    sex = SEXES.get((text := cells.get("sex", "")).casefold())
    if sex is None:
        raise JointRefused("line_sex", line=line, text=text[:20])
    born = cells.get("birth_date", "")
    return people.find_or_create(
        by=by, name=cells.get("name", ""), sex=sex, birth_date=_day(line, born) if born else None,
        id_number=cells.get("id_number", ""), phone=cells.get("phone", ""),
    )  # fmt: skip


def _day(line: int, text: str) -> date:
    found = _DAY.fullmatch(text)
    try:
        if found is not None:
            return date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        pass
    raise JointRefused("line_day", line=line, text=text[:20])
