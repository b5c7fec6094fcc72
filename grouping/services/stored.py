"""Stored cases as the compiled grouper reads them: texts of a page, fields taken out only where asked."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from decimal import Decimal
from weakref import WeakKeyDictionary

from grouping.engine.compiled import Compiled, compile_scheme
from grouping.engine.rows import Scheme as Package
from grouping.runs.sql import Columns, Grouped

# In the order of the text of `runs.sql`; the department is last because it may hold any character.
FIELDS = ("sex", "age", "age_days", "weight", "los", "icu_hours", "discharge", "department")
_ELEMENT = re.compile(r'"((?:[^"\\]|\\.)*)"|([^,]+)', re.DOTALL)
_compiled: WeakKeyDictionary[Package, Compiled] = WeakKeyDictionary()


def _field(place: int) -> Callable[[str], int | Decimal | None]:
    def read(fields: str) -> int | Decimal | None:
        text = fields.split("|", len(FIELDS) - 1)[place]
        return (Decimal(text) if "." in text else int(text)) if text else None

    return read


def _weight(fields: str) -> int | Decimal | None:
    """A weight of 0 is a missing weight (FORMAT 3)."""
    return _field(FIELDS.index("weight"))(fields) or None


def _department(fields: str) -> str:
    return fields.split("|", len(FIELDS) - 1)[-1]


READERS = {name: _field(place) for place, name in enumerate(FIELDS)} | {
    "weight": _weight,
    "department": _department,
}


def compiled(package: Package) -> Compiled:
    """The package compiled for rows of a page, once a worker."""
    found = _compiled.get(package)
    if found is None:
        found = _compiled[package] = compile_scheme(package, READERS)
    return found


def grouped(ready: Compiled, blocks: Iterable[Columns]) -> Grouped:
    """Each case with the number of its outcome, its place in `ready.outcomes`."""
    number, page = ready.number, Grouped()
    for ids, revisions, diagnoses, procedures, fields in blocks:
        page.ids += ids
        page.revisions += revisions
        page.numbers += map(number, _codes(diagnoses), _codes(procedures), fields)
    return page


def _codes(arrays: list[str]) -> list[list[str]]:
    """The elements of many arrays: where no element stands in quotes, one look at all of them says so."""
    if '"' in "".join(arrays):
        return [codes(array) for array in arrays]
    return [array[1:-1].split(",") if array != "{}" else [] for array in arrays]


def codes(array: str) -> list[str]:
    """The elements of an array of texts as PostgreSQL writes it: `{J18.900,"a b"}`."""
    found = _ELEMENT.finditer(array[1:-1])
    return [
        plain or re.sub(r"\\(.)", r"\1", quoted, flags=re.DOTALL)
        for quoted, plain in (m.groups("") for m in found)
    ]
