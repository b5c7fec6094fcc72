"""Results of a house from a sheet: every row checked, patients told apart, the same report kept once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, BinaryIO

from django.db import transaction

from alliance.lib.refusal import Refused
from alliance.models import Institution, Membership, Person
from alliance.services import journal, people
from referrals.recognition import sheets
from referrals.recognition.models import Item, Result
from referrals.recognition.services import results
from referrals.recognition.services.common import local_day, own_place, require
from referrals.recognition.services.refusals import RecognitionRefused

HEADINGS: Mapping[str, tuple[str, ...]] = {
    "number": ("报告号", "报告单号", "report_no", "number"),
    "item": ("项目编码", "item", "code"),
    "name": ("姓名", "患者姓名", "name"),
    "id_number": ("身份证号", "证件号码", "id_number"),
    "sex": ("性别", "sex"),
    "birth_date": ("出生日期", "birth_date"),
    "taken_at": ("检查时间", "采样时间", "taken_at"),
    "reported_at": ("报告时间", "reported_at"),
    "conclusion": ("结论", "诊断结论", "结果", "conclusion"),
    "reference": ("调阅地址", "影像号", "reference"),
}
NEEDED = ("number", "item", "name", "taken_at", "conclusion")
SEXES = {"": 0, "男": 1, "女": 2, "1": 1, "2": 2, "male": 1, "female": 2}
# The column a refusal of a patient's identity stands at; the ID number otherwise.
PERSON_COLUMNS = {
    "no_name": "name",
    "other_name": "name",
    "other_sex": "sex",
    "birth_date": "birth_date",
    "other_birth_date": "birth_date",
}


@dataclass(frozen=True, slots=True)
class Checked:
    """A row without fault so far."""

    line: int
    who: people.Identity
    report: results.Report
    item: Item


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a sheet: rows read, stored, known before, bad."""

    read: int
    stored: int
    known: int
    bad: int


@transaction.atomic
def import_results(
    *, by: Membership, name: str, content: BinaryIO, now: datetime, take_good: bool = False
) -> Taken:
    """Take the results of the member's house from a csv or xlsx sheet; a number of queries that is constant.

    Raises PermissionDenied, SheetRefused, SheetWrong, and Faults with every wrong field, unless the good rows
    alone shall be taken.
    """
    require(by, "result.enter")
    house = own_place(by)
    read = list(sheets.rows(name, content, headings=HEADINGS, needed=NEEDED))
    good, faults = _checked(read, now)
    rows, more = _told_apart(by, house, good, now)
    new, known, others = _new(house, rows)
    faults = sorted([*faults, *more, *others], key=lambda fault: fault.line)
    bad = len({fault.line for fault in faults})
    if faults and not take_good:
        raise sheets.Faults(faults, len(read) - bad)
    persons = people.store_many(by=by, identities=[one.who for one, _row, _key in new])
    for _one, row, key in new:
        row.person = persons[key]
    Result.objects.bulk_create([row for _one, row, _key in new], batch_size=500)
    journal.write(by=by, verb="result.sheet_taken", rows=len(read), stored=len(new), known=known, bad=bad)
    return Taken(len(read), len(new), known, bad)


def _checked(read: list[sheets.Row], now: datetime) -> tuple[list[Checked], list[sheets.Fault]]:
    """Rows whose fields are right, and every fault of the others."""
    register = Register()
    good, faults = [], []
    first: dict[tuple[str, str], int] = {}
    for row in read:
        found = list(_fields(row, register, now))
        wrong = [one for one in found if isinstance(one, sheets.Fault)]
        key = (row["number"], row["item"])
        if all(key) and first.setdefault(key, row.line) != row.line:
            why = sheets.Wrong("twice", line=first[key])
            wrong.append(sheets.Fault(row.line, HEADINGS["number"][0], why))
        faults += wrong
        good += [one for one in found if isinstance(one, Checked) and not wrong]
    return good, faults


class Register:
    """The items of a sheet by code and day; the whole history of the register is read once."""

    def __init__(self) -> None:
        self._rows: dict[str, list[Item]] = {}
        for item in Item.objects.order_by("code", "from_date"):
            self._rows.setdefault(item.code, []).append(item)

    def on(self, code: str, day: date) -> Item:
        """The item as it holds on a day. Raises RecognitionRefused (item)."""
        held = [item for item in self._rows.get(code, []) if item.from_date <= day]
        if not held or held[-1].retired:
            raise RecognitionRefused("item", code=code)
        return held[-1]


def _fields(row: sheets.Row, register: Register, now: datetime) -> Iterator[Checked | sheets.Fault]:
    """The row, or each of its faults."""
    values: dict[str, Any] = {}
    wrong = []
    for column, read in READERS.items():
        try:
            values[column] = read(row[column])
        except Refused as why:
            wrong.append(sheets.Fault(row.line, HEADINGS[column][0], why))
    if wrong:
        yield from wrong
        return
    report = results.Report(
        item=values["item"], number=values["number"], taken_at=values["taken_at"],
        conclusion=values["conclusion"], reported_at=values["reported_at"], reference=values["reference"],
    )  # fmt: skip
    yield from (
        sheets.Fault(row.line, HEADINGS[fault.field][0], fault) for fault in results.faults(report, now)
    )
    try:
        who = people.complete(
            people.Identity(values["name"], values["sex"], values["birth_date"], values["id_number"])
        )
    except Refused as why:
        yield sheets.Fault(row.line, HEADINGS[PERSON_COLUMNS.get(why.reason, "id_number")][0], why)
        return
    try:
        yield Checked(row.line, who, report, register.on(report.item, local_day(report.taken_at)))
    except RecognitionRefused as why:
        yield sheets.Fault(row.line, HEADINGS["item"][0], why)


def _sex(value: str) -> int:
    if value.casefold() not in SEXES:
        raise sheets.Wrong("sex", text=value)
    return SEXES[value.casefold()]


READERS: Mapping[str, Any] = {
    "number": lambda value: sheets.text(value, most=40),
    "item": lambda value: sheets.text(value, most=32),
    "name": lambda value: sheets.text(value, most=60),
    "id_number": lambda value: sheets.text(value, most=30, needed=False),
    "sex": _sex,
    "birth_date": lambda value: sheets.day(value) if value else None,
    "taken_at": sheets.moment,
    "reported_at": lambda value: sheets.moment(value) if value else None,
    "conclusion": lambda value: sheets.text(value, most=4000),
    "reference": lambda value: sheets.text(value, most=300, needed=False),
}

Line = tuple[Checked, Result, str]  # the row, what it becomes, the key of its patient


def _told_apart(
    by: Membership, house: Institution, good: list[Checked], now: datetime
) -> tuple[list[Line], list[sheets.Fault]]:
    """The rows with their patients' keys; an ID number known under another name is a fault of its row."""
    keys = people.keys_for([one.who for one in good], alliance=by.alliance)
    known = {person.key: person for person in Person.objects.filter(key__in={key.key for key in keys})}
    lines, faults = [], []
    for one, key in zip(good, keys, strict=True):
        person = known.get(key.key)
        if person is not None and person.name_key != key.name_key:
            why = people.PersonRefused("other_name")
            faults.append(sheets.Fault(one.line, HEADINGS["name"][0], why))
            continue
        row = results.made_of(by, house, person or Person(), one.report, one.item, Result.Channel.SHEET, now)
        lines.append((one, row, key.key))
    return lines, faults


def _new(house: Institution, lines: list[Line]) -> tuple[list[Line], int, list[sheets.Fault]]:
    """Rows not stored yet, how many are, and those stored with another content."""
    stored = results.same_number(house, [row for _one, row, _key in lines])
    new, known, faults = [], 0, []
    for one, row, key in lines:
        before = stored.get((row.number, row.item.code))
        if before is None:
            new.append((one, row, key))
        elif results.same_content(before, row):
            known += 1
        else:
            why = RecognitionRefused("other_content", number=row.number)
            faults.append(sheets.Fault(one.line, HEADINGS["number"][0], why))
    return new, known, faults
