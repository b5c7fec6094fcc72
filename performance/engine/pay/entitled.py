"""What a team, a department or an institution is due by a rule of its own, before a pool pays it. Pure.

A stored sheet is worked out again by the same rules (`entitled_rules`); what it is made of: `entitled_parts`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from alliance.lib.money import Fen
from alliance.lib.register import load_register, parse_value
from performance.engine.pay.entitled_parts import (
    Due,
    EntitledRefused,
    Field,
    Kind,
    Numbers,
    Part,
    Rows,
    Terms,
)
from performance.engine.pay.entitled_rules import FULL, KINDS, OWED


def due(kind: str, terms: Terms, head: Numbers, rows: Rows) -> tuple[Due, ...]:
    """What each line is due. Raises EntitledRefused."""
    how = KINDS[kind]
    for code, row in rows.items():
        for field in how.row:
            if field.name not in row:
                raise EntitledRefused("incomplete", subject=code, part=field.name)
            if field.kind == "percent" and not 0 <= row[field.name] <= FULL:
                raise EntitledRefused("percent", subject=code, part=field.name)
        for name in how.scores:
            if row.get(name) is None:
                raise EntitledRefused("score", subject=code, part=name)
    found = tuple(_less_owed(one, rows[one.code]) for one in how.work(terms, head, rows))
    if not any(one.fen or one.owed for one in found):
        raise EntitledRefused("nothing")
    return found


def _less_owed(one: Due, row: Numbers) -> Due:
    """What is still owed of an earlier sheet is taken first (S0-77)."""
    owed = int(row.get(OWED) or 0)
    return Due(one.code, (*one.parts, Part("owed", -owed, (("−", OWED, owed),)))) if owed else one


def numbers(fields: Sequence[Field], scores: Sequence[str], raw: Mapping[str, Any]) -> dict[str, Any]:
    """What was given and scored as it was stored, typed again."""
    found: dict[str, Any] = {
        one.name: Decimal(str(raw[one.name])) if one.kind in ("number", "percent") else int(raw[one.name])
        for one in fields if one.name in raw
    }  # fmt: skip
    return found | {name: Decimal(str(raw[name])) for name in scores if name in raw}


def in_order(rows: Iterable[Numbers]) -> dict[str, Numbers]:
    """Lines by their place in the sheet: the earlier of two equal remainders takes the fen."""
    return {f"{place:06d}": row for place, row in enumerate(rows)}


def again(sheet: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> tuple[Due, ...]:
    """A stored sheet (kind, terms, head) worked out again, line by line. Raises EntitledRefused,
    SurplusRefused.
    """
    return due(sheet["kind"], *_typed(KINDS[sheet["kind"]], sheet, rows))


def above(sheet: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> tuple[Part, ...]:
    """The steps of a stored sheet down to what its lines divide; none of most kinds."""
    how = KINDS[sheet["kind"]]
    return tuple(how.above(*_typed(how, sheet, rows)))


def feeds(sheet: Mapping[str, Any]) -> Mapping[str, Fen]:
    """What a stored sheet feeds accounts of their own with, fen by name."""
    how = KINDS[sheet["kind"]]
    terms, head, _rows = _typed(how, sheet, ())
    return how.feeds(terms, head)


def _typed(
    how: Kind, sheet: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]
) -> tuple[Terms, Numbers, Rows]:
    known = load_register()
    terms = {key: parse_value(known[key].shape, raw, key=key) for key, raw in sheet["terms"].items()}
    given = in_order(numbers(how.row, (*how.scores, *how.brings), raw) for raw in rows)
    return terms, numbers(how.head, (), sheet["head"]), given
