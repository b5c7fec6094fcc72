"""A fast path that proves rows sound, column by column; whatever it cannot prove is read row by row.

It holds exactly the checks of definitions section 10.1 that `parts` and `checks` hold; a property test keeps
both in agreement. It never writes an error: a doubtful row goes to the reader that explains.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import compress
from typing import Any

from grouping.readers.assembling import row_key
from grouping.readers.bulk import bills, memo, raw, stay
from grouping.readers.bulk.codes import CodeReader
from grouping.readers.bulk.memo import ABSENT, DOUBT, Cells, Memo
from grouping.readers.bulk.persons import IdNumbers
from grouping.readers.checks import CHINESE_NATIONALS
from grouping.readers.content import NULL, ZONE, as_json
from grouping.readers.dictionary import Dictionary, Edition
from grouping.readers.fields import FIELDS
from grouping.readers.layout import Layout
from grouping.readers.rows import Limits
from grouping.readers.values import is_scientific, payment_method


@dataclass(frozen=True, slots=True)
class Proven:
    """Rows without an error: `places` says which of those given; the rest is parallel to it.

    Texts as in the file; `name` and `id_number` are "" when missing, `birth` is yyyy-MM-dd. `content` is the
    line of content.CONTENT. Name and number stay out of every repr.
    """

    places: list[int]
    key: list[bytes]
    organisation: list[str]
    record_no: list[str]
    department: list[str]
    receiver: list[str]
    name: list[str]
    id_number: list[str]
    sex: list[str]
    birth: list[str]
    content: list[str]

    def __repr__(self) -> str:
        return f"Proven({len(self.places)} rows)"


@dataclass(frozen=True, slots=True)
class House:
    """What the house asks of a row beyond the standard; a row that does not fit is read row by row.

    organisations: whose discharges are taken (None: anybody's). longest: characters that fit, by column.
    """

    organisations: frozenset[str] | None = None
    longest: Mapping[str, int] = field(default_factory=dict)


class Prover:
    """Proves rows of one layout; what a cell means is remembered from block to block."""

    def __init__(
        self,
        layout: Layout,
        dictionary: Dictionary,
        edition: Edition,
        limits: Limits,
        house: House,
    ) -> None:
        self.layout = layout
        self.limits = limits
        self.house = house
        self.codes = CodeReader(layout.columns, dictionary, edition)
        self.raw = raw.RawReader(layout)
        self.ids = IdNumbers()
        self.days, self.amounts = Memo(stay.required_day), Memo(memo.amount)
        self.tails, self.nationals = Memo(_tail), Memo(_is_national)
        self.numbers = Memo(memo.number)
        self.readers = {name: Memo(memo.required) for name in ("A01", "B16C")}
        self.readers["A13"] = Memo(stay.required_day, memo.CATALOGUE)
        self.readers["B35"] = Memo(lambda cell: memo.optional(cell) or "")
        self.readers |= {name: Memo(memo.whole(FIELDS[name], DOUBT)) for name in ("A49", "A14", "B20")}
        self.readers |= {name: Memo(memo.whole(FIELDS[name])) for name in ("A16", "A17", *layout.weights)}
        self.readers |= {name: Memo(memo.choice(FIELDS[name], DOUBT)) for name in ("A12C", "B34C")}
        self.readers |= {name: Memo(memo.choice(FIELDS[name])) for name in ("B11C", "B36C")}
        self.readers |= {name: Memo(memo.kept(name, absent=ABSENT)) for name in layout.doctors}

    def prove(self, rows: Sequence[Sequence[str]]) -> Proven:
        """Return those rows that have no error; each must have as many cells as the layout has columns."""
        return _Block(self, rows).proven()


def _is_national(cell: str) -> bool:
    return _present(cell).upper() in CHINESE_NATIONALS


def _present(cell: str) -> str:
    text = cell.strip()
    return "" if text == "-" else text


def _tail(cells: tuple[str, str, str]) -> str:
    """What `recorded` says of the stay: way of payment, admitting department, transfers."""
    payment, department, transfers = map(_present, cells)
    if not memo.is_plain(payment + department + transfers):
        return DOUBT
    shown = {
        "payment": payment_method(payment) if payment else None,
        "department_in": department or None,
        "transfers": [code for part in transfers.split(",") if (code := part.strip())],
    }
    return as_json(shown)[1:-1]


class _Block:
    """Some hundred rows at work: `sound` falls for each row that a step leaves in doubt."""

    def __init__(self, prover: Prover, rows: Sequence[Sequence[str]]) -> None:
        self.prover = prover
        self.size = len(rows)
        self.columns: dict[str, Cells] = dict(zip(prover.layout.header, zip(*rows, strict=True), strict=True))
        self.empty = ("",) * self.size
        self.sound = bytearray(b"\1") * self.size

    def cells(self, name: str) -> Cells:
        """The cells of a column, empty ones when the file does not have it."""
        return self.columns.get(name, self.empty)

    def settle(self, found: list[Any]) -> list[Any]:
        """Note the doubts of a column and return it."""
        for place in memo.doubtful(found):
            self.sound[place] = 0
        return found

    def read(self, name: str) -> list[Any]:
        """One column by its reader."""
        return self.settle(self.prover.readers[name].of(self.cells(name)))

    def proven(self) -> Proven:
        """Every check, then the sound rows."""
        record_no, name = self._record_numbers(), self._names()
        organisation, visit = self.read("A01"), self.read("A49")
        sex, birth = self.read("A12C"), self.read("A13")
        id_number = self._id_numbers(sex, birth)
        department, receiver = self.read("B16C"), self.read("B35")
        self._fit(organisation, {"A48": record_no, "A11": name, "B16C": department, "B35": receiver})
        content = [
            record_no, self.prover.numbers.of(visit), *self._stay(birth, department), self.read("B11C"),
            self.read("B34C"), receiver, self.read("B36C"), *self._codes(), *self._bill(), self._raw(),
        ]  # fmt: skip
        content.insert(6, sex)
        lines = map("\t".join, compress(zip(*content, strict=True), self.sound))
        keys = map(row_key, self.held(organisation), self.held(record_no), self.held(visit))
        return Proven(
            places=self.held(range(self.size)),
            key=list(keys),
            organisation=self.held(organisation),
            record_no=self.held(record_no),
            department=self.held(department),
            receiver=self.held(receiver),
            name=self.held(name),
            id_number=self.held(id_number),
            sex=self.held(sex),
            birth=[day.text for day in self.held(birth)],
            content=list(lines),
        )

    def held(self, column: Sequence[Any]) -> list[Any]:
        """What a column holds for the sound rows."""
        return list(compress(column, self.sound))

    def _fit(self, organisation: list[str], texts: Mapping[str, list[str]]) -> None:
        """Leave in doubt what the house has no place for."""
        known = self.prover.house.organisations
        if known is not None and not known.issuperset(organisation):
            self.settle([one if one in known else DOUBT for one in organisation])
        for column, most in self.prover.house.longest.items():
            if max(map(len, texts[column])) > most:
                self.settle([DOUBT if len(text) > most else text for text in texts[column]])

    def _record_numbers(self) -> list[str]:
        found = list(map(str.strip, self.cells("A48")))
        joined = "".join(found)
        suspect = "E" in joined or "e" in joined or not memo.is_plain(joined)
        return self.settle([DOUBT if _no_number(text, suspect) else text for text in found])

    def _names(self) -> list[str]:
        found = list(map(_present, self.cells("A11")))
        if not memo.is_plain("".join(found)):
            self.settle([text if memo.is_plain(text) else DOUBT for text in found])
        return found

    def _id_numbers(self, sex: list[str], birth: list[Any]) -> list[str]:
        """The numbers, in doubt where one does not agree with sex and birth; foreigners have other papers."""
        national = self.prover.nationals.of(self.cells("A15C"))
        found = list(map(_present, self.cells("A20")))
        agrees = self.prover.ids.agrees
        for place, (number, chinese, says, born) in enumerate(zip(found, national, sex, birth, strict=True)):
            if number and self.sound[place]:
                held = agrees(number, says, born.text) if chinese else memo.is_plain(number)
                self.sound[place] = held
        return found

    def _stay(self, birth: list[Any], department: list[str]) -> list[list[str]]:
        """Content from the month to the hours of intensive care, sex left out."""
        prover, limits = self.prover, self.prover.limits
        admitted, discharged = self.cells("B12"), self.cells("B15")
        first = self.first = self.settle(stay.moment_days(admitted, prover.days))
        last = self.last = self.settle(stay.moment_days(discharged, prover.days))
        age, age_days, days = self.read("A14"), self.read("A16"), self.read("B20")
        for place in compress(range(self.size), self.sound):
            self.sound[place] = stay.stay_in_order(
                admitted[place], discharged[place], first[place], last[place], days[place], limits.stay_days
            ) and stay.age_in_order(
                birth[place], first[place], age[place], age_days[place], limits.age_years, limits.age_days
            )
        text = prover.numbers.of
        return [
            [f"{cell[:7]}-01" for cell in discharged],
            [cell + ZONE for cell in admitted],
            [cell + ZONE for cell in discharged],
            department, text(age), text(age_days), text(self._weights(age, age_days)), text(days),
            [NULL] * self.size,
        ]  # fmt: skip

    def _weights(self, age: list[Any], age_days: list[Any]) -> list[int | None]:
        """The first birth weight, else the weight on admission; the youngest must have one of them."""
        columns = [self.read(name) for name in (*self.prover.layout.weights, "A17") if any(self.cells(name))]
        found = [next(filter(None, row), None) for row in zip(*columns, strict=True)] or [None] * self.size
        for place, (weight, years, days) in enumerate(zip(found, age, age_days, strict=True)):
            if years == 0 and weight is None and days is not None and self.sound[place]:
                self.sound[place] = days > self.prover.limits.newborn_days
        return found

    def _codes(self) -> tuple[list[str], list[str], list[str]]:
        """Diagnoses and procedures as arrays, and `recorded`; what is done is done during the stay."""
        codes = self.prover.codes
        for companion in codes.companions(self.cells):
            self.settle(companion)
        diagnoses = codes.diagnoses(self.cells, self.size)
        procedures, done = codes.procedures(self.cells, self.size)
        for place in diagnoses.doubts | procedures.doubts:
            self.sound[place] = 0
        for place, on in done:
            if self.sound[place]:
                self.sound[place] = self.first[place].ordinal <= on.ordinal <= self.last[place].ordinal
        paid = zip(self.cells("A46C"), self.cells("B13C"), self.cells("B21C"), strict=True)
        tails = self.settle(self.prover.tails.of(list(paid)))
        doctors = self._doctors()
        join = ", ".join
        recorded = [
            f'{{"diagnoses": [{join(one)}], "procedures": [{join(two)}], {tail}, "doctors": {who}}}'
            for one, two, tail, who in zip(diagnoses.members, procedures.members, tails, doctors, strict=True)
        ]
        return _arrays(diagnoses.codes), _arrays(procedures.codes), recorded

    def _doctors(self) -> list[str]:
        filled = [name for name in self.prover.layout.doctors if any(self.cells(name))]
        return raw.as_json([self.read(name) for name in filled], self.size)

    def _bill(self) -> tuple[list[str], list[str], list[str]]:
        """Charges as JSON, total and own pay."""
        bill = bills.Bills(self.prover.layout, self.cells, self.prover.amounts)
        for column in bill.columns():
            self.settle(column)
        self.sound = bytearray(bill.in_order(self.sound, self.prover.limits.fee_fen))
        own = [NULL if fen is None else str(fen) for fen in bill.own_pay]
        return bill.as_json(), list(map(str, bill.total)), own

    def _raw(self) -> list[str]:
        return raw.as_json([self.settle(column) for column in self.prover.raw.members(self.cells)], self.size)


def _arrays(codes: list[list[str]]) -> list[str]:
    """Text arrays of codes that stand in quotes already, as `content.array` writes them."""
    return ["{" + ",".join(row) + "}" for row in codes]


def _no_number(text: str, suspect: bool) -> bool:
    """Whether a record number is missing, or (looked at only where suspect) not plain or rewritten."""
    return text in ABSENT or (suspect and (is_scientific(text) or not memo.is_plain(text)))
