"""How a file for a bank or for the payroll system is laid out, and how the bank's answer is read. Pure.

A layout is data (practice.md 7, bank templates): columns in order, each a heading and the field it shows; the
words by which the bank says paid or returned. No tax is computed: its columns leave the sheet empty.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from alliance.lib.money import Fen, MoneyRefused
from alliance.lib.money import fen as read_fen
from alliance.lib.refusal import Refused

FILES, ENCODINGS = ("xlsx", "csv"), ("utf-8", "gb18030")
WHOLE = frozenset({"account", "payer_account"})  # fields that are masked unless the file is for the bank
FIELDS = (
    "number", "reference", "account", "holder", "bank", "branch", "amount", "purpose", "payer_account",
    "payer", "credit_code", "staff_code", "institution", "month", "item", "employment", "empty",
)  # fmt: skip
NEEDED = ("account", "holder", "amount")


class LayoutRefused(Refused):
    """A template that cannot stand, or an answer that does not fit it."""

    reasons = {
        "file": "A file is xlsx or csv.",
        "encoding": "A file is written in utf-8 or gb18030.",
        "columns": "Write one column a line: heading = field. “%(line)s” is not one.",
        "field": "There is no field “%(field)s”. Known: %(known)s.",
        "needed": "A payment file needs the fields %(missing)s.",
        "heading": "The heading “%(heading)s” stands twice.",
        "answer": "Say which headings of the bank's answer hold amount and state, and reference or account.",
        "words": "Say by which words the bank means paid, and by which returned.",
        "heads": "The file has no row with the headings %(headings)s. Is it the answer to this lot?",
        "no_rows": "Below the headings the file holds no row.",
    }
    fields = {
        "field": "columns", "needed": "columns", "heading": "columns", "answer": "answer_amount",
        "words": "paid", "heads": "file", "no_rows": "file",
    }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Layout:
    """Columns of a file and how its answer is read; of a payroll sheet `answer` and the words are empty.

    `answer`: (field, heading) with the fields reference, account, amount, state, reason.
    """

    file: str
    columns: tuple[tuple[str, str], ...]
    encoding: str = "utf-8"
    answer: tuple[tuple[str, str], ...] = ()
    paid: tuple[str, ...] = ()
    returned: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Said:
    """A row of the bank's answer: place, reference, account number, amount, state and reason as written.

    `fen` is None where the amount cannot be read.
    """

    number: int
    reference: str
    account: str
    fen: Fen | None
    state: str
    reason: str


def checked(layout: Layout, *, bank: bool) -> Layout:
    """The layout itself. Raises LayoutRefused with the first thing that is wrong."""
    if layout.file not in FILES:
        raise LayoutRefused("file")
    if layout.encoding not in ENCODINGS:
        raise LayoutRefused("encoding")
    heads = [head for head, _field in layout.columns]
    twice = next((head for head in heads if heads.count(head) > 1), None)
    if twice is not None:
        raise LayoutRefused("heading", heading=twice)
    shown = {field for _head, field in layout.columns}
    strange = sorted(shown - set(FIELDS))
    if strange:
        raise LayoutRefused("field", field=strange[0], known=", ".join(FIELDS))
    missing = [field for field in (NEEDED if bank else ("amount",)) if field not in shown]
    if missing:
        raise LayoutRefused("needed", missing=", ".join(missing))
    if bank:
        _check_answer(layout)
    return layout


def _check_answer(layout: Layout) -> None:
    known = {field for field, heading in layout.answer if heading}
    if not {"amount", "state"} <= known or not known & {"reference", "account"}:
        raise LayoutRefused("answer")
    if not layout.paid or not layout.returned:
        raise LayoutRefused("words")


def columns_of(text: str) -> tuple[tuple[str, str], ...]:
    """Columns written one a line, `heading = field`. Raises LayoutRefused (columns)."""
    found = []
    for line in text.splitlines():
        if not line.strip():
            continue
        heading, sign, field = line.replace("＝", "=").rpartition("=")
        if not sign or not heading.strip() or not field.strip():
            raise LayoutRefused("columns", line=line.strip())
        found.append((heading.strip(), field.strip()))
    return tuple(found)


def words_of(text: str) -> tuple[str, ...]:
    """Words set apart by commas, blanks or the Chinese signs for them."""
    plain = text
    for sign in "，、；;\n\t":
        plain = plain.replace(sign, ",")
    return tuple(word for part in plain.split(",") if (word := part.strip()))


def cells(layout: Layout, rows: Iterable[Mapping[str, str | int]]) -> list[list[str | int | None]]:
    """The file row by row: headings, then the fields of each payment."""
    heads: list[str | int | None] = [head for head, _field in layout.columns]
    return [heads, *([row.get(field) for _head, field in layout.columns] for row in rows)]


def read_answer(layout: Layout, rows: Iterable[tuple[int, Sequence[str]]]) -> list[Said]:
    """The rows of a bank's answer below its headings; rows above them are the bank's own title.

    Raises LayoutRefused (heads, no_rows).
    """
    wanted = {field: _plain(heading) for field, heading in layout.answer if heading}
    places: dict[str, int] = {}
    found = []
    for number, given in rows:
        texts = [cell.strip() for cell in given]
        if not places:
            at = {_plain(cell): place for place, cell in reversed(list(enumerate(texts)))}
            if all(heading in at for heading in wanted.values()):
                places = {field: at[heading] for field, heading in wanted.items()}
            continue
        told = {
            field: texts[place] if place < len(texts) else "" for field, place in places.items()
        }  # fmt: skip
        if told.get("reference") or _digits(told.get("account", "")):  # a row of sums names no payment
            found.append(Said(
                number, told.get("reference", "").lstrip("'"), _digits(told.get("account", "")),
                _amount(told["amount"]), told["state"], told.get("reason", ""),
            ))  # fmt: skip
    if not places:
        raise LayoutRefused("heads", headings=", ".join(heading for _field, heading in layout.answer))
    if not found:
        raise LayoutRefused("no_rows")
    return found


def means(layout: Layout, state: str) -> str:
    """What the bank's word means: paid, returned, or "" where it is none we know."""
    plain = _plain(state)
    if plain in map(_plain, layout.returned):
        return "returned"
    return "paid" if plain in map(_plain, layout.paid) else ""


def _amount(text: str) -> Fen | None:
    try:
        return read_fen(unicodedata.normalize("NFKC", text).lstrip("'¥￥").strip())
    except MoneyRefused:
        return None


def _digits(text: str) -> str:
    return "".join(char for char in unicodedata.normalize("NFKC", text) if char.isdigit())


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())
