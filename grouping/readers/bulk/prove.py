"""A fast path that proves rows sound, column by column; whatever it cannot prove is read row by row.

It holds exactly the checks of definitions section 10.1 that `parts` and `checks` hold; a property test keeps
both in agreement. It never writes an error: a doubtful row goes to the reader that explains.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import compress
from typing import Any

from grouping.readers.assembling import row_key
from grouping.readers.bulk import bills, memo, raw, single, stay
from grouping.readers.bulk.codes import CodeReader
from grouping.readers.bulk.grid import Grid, Ground
from grouping.readers.bulk.memo import ABSENT, NOTHING, Cells, Memo
from grouping.readers.bulk.persons import IdNumbers
from grouping.readers.bulk.single import House
from grouping.readers.content import ZONE
from grouping.readers.dictionary import Dictionary, Edition
from grouping.readers.layout import Layout
from grouping.readers.rows import Limits
from grouping.readers.values import is_scientific

_ZONE = ZONE.encode()
_RECORDED = b'{"diagnoses": [%b], "procedures": [%b], %b, "doctors": %b}'


@dataclass(frozen=True, slots=True)
class Proven:
    """Rows without an error: `places` says which of the block; the rest is parallel to it.

    Texts as in the file; `name` and `id_number` are "" when missing, `birth` is yyyy-MM-dd. `content` is the
    line of content.CONTENT in UTF-8. Name and number stay out of every repr.
    """

    places: list[int]
    key: list[bytes]
    organisation: list[str]
    record_no: list[str]
    name: list[str]
    id_number: list[str]
    sex: list[str]
    birth: list[str]
    content: list[bytes]

    def __repr__(self) -> str:
        return f"Proven({len(self.places)} rows)"


class Prover:
    """Proves rows of one layout; what a cell means is remembered from block to block."""

    def __init__(
        self,
        layout: Layout,
        dictionary: Dictionary,
        edition: Edition,
        limits: Limits,
        house: House,
        encoding: str,
    ) -> None:
        self.layout = layout
        self.limits = limits
        self.longest = house.longest
        self.ground = Ground(layout.header)
        decode = self.decode = memo.decoder(encoding)
        self.codes = CodeReader(layout.columns, dictionary, edition, decode)
        self.raw = raw.readers(layout, decode)
        self.ids = IdNumbers()
        self.days = Memo(stay.day_until(limits.last_day), decode)
        self.amounts = Memo(bills.read_amount, decode)
        self.tails = Memo(single.tail, lambda cells: tuple(map(decode, cells)))
        self.nationals = Memo(single.is_national, decode)
        self.numbers = memo.numbers()
        self.readers = {
            name: Memo(read, decode, memo.CATALOGUE if name == "A13" else memo.KEPT)
            for name, read in single.readers(layout, house).items()
        }

    def prove(self, grid: Grid) -> Proven:
        """Return those rows of a grid that have no error; it must stand on the same ground."""
        return _Block(self, grid).proven()


class _Block:
    """Some hundred rows at work: `sound` falls for each row that a step leaves in doubt."""

    def __init__(self, prover: Prover, grid: Grid) -> None:
        self.prover = prover
        self.grid = grid
        self.size = len(grid.places)
        self.empty = (b"",) * self.size
        self.sound = bytearray(b"\1") * self.size
        self._columns: dict[str, Cells] = {}

    def cells(self, name: str) -> Cells:
        """The cells of a column, empty ones when the file does not have it."""
        found = self._columns.get(name)
        if found is None:
            found = self.grid.column(name)
            found = self._columns[name] = self.empty if found is None else found
        return found

    def settle(self, found: Sequence[Any]) -> Sequence[Any]:
        """Note the doubts of a column and return it."""
        for place in memo.doubtful(found):
            self.sound[place] = 0
        return found

    def take(self, reader: Memo, cells: Iterable[Any]) -> list[Any]:
        """What a reader makes of each cell; its doubts are noted."""
        found = reader.of(cells)
        if reader.doubted:
            self.settle(found)
        return found

    def read(self, name: str) -> list[Any]:
        """One column by its reader."""
        return self.take(self.prover.readers[name], self.cells(name))

    def proven(self) -> Proven:
        """Every check, then the sound rows."""
        record_no, name = self._record_numbers(), self._names()
        organisation, visit = self.read("A01"), self.read("A49")
        sex, birth = self.read("A12C"), self.read("A13")
        id_number = self._id_numbers(sex, birth)
        content = self._content(_lines(record_no), visit, sex, birth)
        keys = map(row_key, self.held(organisation), self.held(record_no), self.held(visit))
        return Proven(
            places=self.held(self.grid.places),
            key=list(keys),
            organisation=self.held(organisation),
            record_no=self.held(record_no),
            name=self.held(name),
            id_number=self.held(id_number),
            sex=list(map(bytes.decode, self.held(sex))),
            birth=[day.text for day in self.held(birth)],
            content=self.held(content),
        )

    def held(self, column: Sequence[Any]) -> list[Any]:
        """What a column holds for the sound rows."""
        return list(compress(column, self.sound))

    def _content(
        self, record_no: list[bytes], visit: list[Any], sex: list[bytes], birth: list[Any]
    ) -> list[bytes]:
        """The lines of all rows, those in doubt too."""
        before, after = self._stay(birth)
        columns = (
            record_no, self.prover.numbers.of(visit), *before, self.read("B16C"), sex, *after,
            self.read("B11C"), self.read("B34C"), self.read("B35"), self.read("B36C"), *self._codes(),
            *self._bill(), self._objects(raw.filled(self.prover.raw, self.cells)),
        )  # fmt: skip
        return list(map(b"\t".join, zip(*columns, strict=True)))

    def _texts(self, name: str) -> list[str]:
        """The texts of a column that is as good as never the same twice, without the blanks around them."""
        return list(map(str.strip, memo.texts_of(self.cells(name), self.prover.decode)))

    def _record_numbers(self) -> list[str]:
        found = self._texts("A48")
        joined = "".join(found)
        suspect = "E" in joined or "e" in joined or not memo.is_plain(joined)
        most = self.prover.longest.get("A48", len(joined))
        return self._sure(found, lambda text: len(text) <= most and not _no_number(text, suspect))

    def _names(self) -> list[str]:
        found = ["" if text == "-" else text for text in self._texts("A11")]
        most = self.prover.longest.get("A11", sum(map(len, found)))
        if memo.is_plain("".join(found)) and max(map(len, found), default=0) <= most:
            return found
        return self._sure(found, lambda text: len(text) <= most and memo.is_plain(text))

    def _sure(self, texts: list[str], good: Callable[[str], bool]) -> list[str]:
        """The texts, "" for those that are not good and so in doubt."""
        for place, text in enumerate(texts):
            if not good(text):
                self.sound[place] = 0
                texts[place] = ""
        return texts

    def _id_numbers(self, sex: list[bytes], birth: list[Any]) -> list[str]:
        """The numbers, in doubt where one does not agree with sex and birth; foreigners have other papers."""
        national = self.prover.nationals.of(self.cells("A15C"))
        found = ["" if text == "-" else text for text in self._texts("A20")]
        agrees = self.prover.ids.agrees
        for place, (number, chinese, says, born) in enumerate(zip(found, national, sex, birth, strict=True)):
            if number and self.sound[place]:
                held = agrees(number, says, born.text) if chinese else memo.is_plain(number)
                self.sound[place] = held
        return found

    def _stay(self, birth: list[Any]) -> tuple[list[Sequence[bytes]], list[Sequence[bytes]]]:
        """Content from the month to the discharge, and from the age to the hours of intensive care."""
        prover, limits = self.prover, self.prover.limits
        admitted, discharged = self.cells("B12"), self.cells("B15")
        first = self.first = self.settle(stay.moment_days(admitted, prover.days))
        last = self.last = self.settle(stay.moment_days(discharged, prover.days))
        age, age_days, days = self.read("A14"), self.read("A16"), self.read("B20")
        rows = zip(admitted, discharged, first, last, days, birth, age, age_days, strict=True)
        for place, (came, left, one, other, stated, born, years, young) in compress(
            enumerate(rows), self.sound
        ):
            self.sound[place] = stay.stay_in_order(
                came, left, one, other, stated, limits.stay_days
            ) and stay.age_in_order(born, one, years, young, limits.age_years, limits.age_days)
        text = prover.numbers.of
        return [
            [b"%b-01" % cell[:7] for cell in discharged],
            [cell + _ZONE for cell in admitted],
            [cell + _ZONE for cell in discharged],
        ], [text(age), text(age_days), text(self._weights(age, age_days)), text(days), [NOTHING] * self.size]

    def _weights(self, age: list[Any], age_days: list[Any]) -> list[int | None]:
        """The first birth weight, else the weight on admission; the youngest must have one of them."""
        columns = [self.read(name) for name in (*self.prover.layout.weights, "A17") if any(self.cells(name))]
        found = [next(filter(None, row), None) for row in zip(*columns, strict=True)] or [None] * self.size
        if 0 in age:
            self._weigh_newborns(found, age, age_days)
        return found

    def _weigh_newborns(self, weights: list[int | None], age: list[Any], age_days: list[Any]) -> None:
        for place, (weight, years, days) in enumerate(zip(weights, age, age_days, strict=True)):
            if years == 0 and weight is None and days is not None and self.sound[place]:
                self.sound[place] = days > self.prover.limits.newborn_days

    def _codes(self) -> tuple[list[bytes], list[bytes], list[bytes]]:
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
        tails = self.take(self.prover.tails, paid)
        rows = zip(diagnoses.members, procedures.members, tails, self._doctors(), strict=True)
        return diagnoses.codes, procedures.codes, list(map(_RECORDED.__mod__, rows))

    def _doctors(self) -> list[bytes]:
        filled = (name for name in self.prover.layout.doctors if any(self.cells(name)))
        return self._objects((self.prover.readers[name], self.cells(name)) for name in filled)

    def _objects(self, columns: Iterable[tuple[Memo, Cells]]) -> list[bytes]:
        """One JSON object a row of the members that readers make of columns."""
        return memo.as_objects([self.take(reader, cells) for reader, cells in columns], self.size)

    def _bill(self) -> tuple[list[bytes], Sequence[bytes], Sequence[bytes]]:
        """Charges as JSON, total and own pay."""
        charges = self.prover.ground.charges, self.grid.charges
        bill = bills.Bills(self.prover.layout, self.cells, charges, self.prover.amounts)
        for column in bill.columns():
            self.settle(column)
        self.sound = bytearray(bill.in_order(self.sound, self.prover.limits.fee_fen))
        return bill.as_json(), bill.total.written, bill.own_pay.written


def _lines(texts: list[str]) -> list[bytes]:
    """Texts without a line end in UTF-8."""
    return "\n".join(texts).encode().split(b"\n")


def _no_number(text: str, suspect: bool) -> bool:
    """Whether a record number is missing, or (looked at only where suspect) not plain or rewritten."""
    return text in ABSENT or (suspect and (is_scientific(text) or not memo.is_plain(text)))
