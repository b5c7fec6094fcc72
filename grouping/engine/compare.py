"""What changed between two versions of a scheme, row by row, so that a coder can read it (S4-15, S4-37)."""

from __future__ import annotations

import difflib
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from decimal import Decimal

from grouping.engine.rows import Adrg, Complication, Drg, Head, Mdc, Scheme
from grouping.engine.rules import InList, Rule, atoms

SECTIONS = ("head", "groups", "rules", "weights", "codes", "complications", "exclusions", "dictionaries")
WORD = re.compile(r"\s+|[^\s(){},]+|[(){},]")
Row = Mdc | Adrg | Drg


@dataclass(frozen=True, slots=True)
class Change:
    """One difference. section: one of SECTIONS. kind: born, gone, changed, moved, renamed, order, kind, next,
    note, weight, level, group.

    code and name: what it is about. where: the groups it belongs to or whose rules read it. old and new:
    texts, empty where there was or is nothing. delta: how much a weight rose, or a number of rows; share:
    delta over the old weight, None where there was none.
    """

    section: str
    kind: str
    code: str
    name: str = ""
    where: str = ""
    old: str = ""
    new: str = ""
    delta: Decimal | None = None
    share: Decimal | None = None


def compare(old: Scheme, new: Scheme) -> tuple[Change, ...]:
    """Every difference from `old` to `new`, by section; weights by the size of their effect. Same: empty."""
    found: list[Change] = []
    for part in (_head, _groups, _rules, _weights, _codes, _complications, _exclusions, _dictionaries):
        found += part(old, new)
    return tuple(found)


def marked(old: str, new: str) -> list[tuple[str, str]]:
    """The words of both texts in one line: ("same" | "gone" | "born", text), for showing a rule's change."""
    before, after = WORD.findall(old), WORD.findall(new)
    out: list[tuple[str, str]] = []
    for what, a, b, c, d in difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if what == "equal":
            out.append(("same", "".join(before[a:b])))
            continue
        out += [("gone", "".join(before[a:b]))] if b > a else []
        out += [("born", "".join(after[c:d]))] if d > c else []
    return out


def _head(old: Scheme, new: Scheme) -> Iterator[Change]:
    for field in fields(Head):
        before, after = getattr(old.head, field.name), getattr(new.head, field.name)
        if before != after:
            yield Change("head", "changed", field.name, old=_text(before), new=_text(after))


def _text(value: object) -> str:
    return " ".join(value) if isinstance(value, tuple) else str(value)


def _rows(scheme: Scheme) -> dict[tuple[str, str, int], Row]:
    """Every row by level, code and its place among the rows of that code (an ADRG may have several)."""
    found: dict[tuple[str, str, int], Row] = {("mdc", row.code, 0): row for row in scheme.mdcs}
    count: defaultdict[str, int] = defaultdict(int)
    for mdc in scheme.mdcs:
        for adrg in scheme.adrgs.get(mdc.code, ()):
            found["adrg", adrg.code, count[adrg.code]] = adrg
            count[adrg.code] += 1
    for rows in scheme.drgs.values():
        found.update({("drg", drg.code, 0): drg for drg in rows})
    return found


def _home(row: Row) -> str:
    return row.mdc if isinstance(row, Adrg) else row.adrg if isinstance(row, Drg) else ""


def _groups(old: Scheme, new: Scheme) -> Iterator[Change]:
    """Groups born and gone, moved to another parent, renamed, of another kind, with another note."""
    before, after = _rows(old), _rows(new)
    for key in sorted(before.keys() ^ after.keys()):
        row = before.get(key) or after[key]
        if key in before:
            yield Change("groups", "gone", row.code, row.name, _home(row), old=row.text)
        else:
            yield Change("groups", "born", row.code, row.name, _home(row), new=row.text)
    for key in sorted(before.keys() & after.keys()):
        yield from _group(before[key], after[key])
    yield from _orders(old, new)


def _group(before: Row, after: Row) -> Iterator[Change]:
    for kind, a, b in (
        ("moved", _home(before), _home(after)),
        ("renamed", before.name, after.name),
        ("kind", getattr(before, "kind", ""), getattr(after, "kind", "")),
        ("next", getattr(before, "when_no_drg", ""), getattr(after, "when_no_drg", "")),
        ("note", getattr(before, "note", ""), getattr(after, "note", "")),
    ):
        if a != b:
            yield Change("groups", kind, after.code, after.name, _home(after), a, b)


def _orders(old: Scheme, new: Scheme) -> Iterator[Change]:
    """Where the rows that both have are tried in another order; the first hit wins, so order is a rule."""
    for level, a, b in (("adrgs", old.adrgs, new.adrgs), ("drgs", old.drgs, new.drgs)):
        for parent in sorted(a.keys() & b.keys()):
            before, after = _codes_in(a[parent]), _codes_in(b[parent])
            kept = [code for code in before if code in after]
            now = [code for code in after if code in before]
            if kept != now:
                yield Change("groups", "order", parent, level, parent, " ".join(kept), " ".join(now))


def _codes_in(rows: Iterable[Row]) -> list[str]:
    return list(dict.fromkeys(row.code for row in rows))


def _rules(old: Scheme, new: Scheme) -> Iterator[Change]:
    before, after = _rows(old), _rows(new)
    for key in sorted(before.keys() & after.keys()):
        a, b = before[key], after[key]
        if a.text != b.text:
            yield Change("rules", "changed", b.code, b.name, _home(b), a.text, b.text)


def _weights(old: Scheme, new: Scheme) -> list[Change]:
    """Weights of groups that both have, the largest relative change first; given and taken weights on top."""
    before = {row.code: row for rows in old.drgs.values() for row in rows}
    after = {row.code: row for rows in new.drgs.values() for row in rows}
    found = [
        _weight(before[code], after[code])
        for code in sorted(before.keys() & after.keys())
        if before[code].weight != after[code].weight
    ]
    return sorted(found, key=lambda one: (one.share is not None, -abs(one.share or Decimal(0)), one.code))


def _weight(a: Drg, b: Drg) -> Change:
    delta = None if a.weight is None or b.weight is None else b.weight - a.weight
    share = delta / a.weight if delta is not None and a.weight else None
    old, new = _digits(a.weight), _digits(b.weight)
    return Change("weights", "weight", b.code, b.name, b.adrg, old, new, delta, share)


def _digits(weight: Decimal | None) -> str:
    return "" if weight is None else f"{weight:f}"


def _codes(old: Scheme, new: Scheme) -> Iterator[Change]:
    """Codes that left or joined lists, each once, with the groups whose rules read those lists."""
    left: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    joined: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for name in old.lists.keys() | new.lists.keys():
        a, b = old.lists.get(name), new.lists.get(name)
        kind = (b or a).kind  # type: ignore[union-attr]
        was, now = a.codes if a else frozenset[str](), b.codes if b else frozenset[str]()
        for code in was - now:
            left[kind, code].add(name)
        for code in now - was:
            joined[kind, code].add(name)
    before, after = _readers(old), _readers(new)
    for kind, code in sorted(left.keys() | joined.keys()):
        gone, come = sorted(left[kind, code]), sorted(joined[kind, code])
        what = "moved" if gone and come else "gone" if gone else "born"
        where = _homes(gone, before) + (" → " if gone and come else "") + _homes(come, after)
        yield Change("codes", what, code, _name(old, new, kind, code), where, " ".join(gone), " ".join(come))


def _name(old: Scheme, new: Scheme, kind: str, code: str) -> str:
    """The name of a code, of the old dictionary where only that one has it."""
    after, before = (
        (new.diagnosis_names, old.diagnosis_names)
        if kind == "diagnosis"
        else (new.procedure_names, old.procedure_names)
    )
    return after.get(code) or before.get(code, "")


def _readers(scheme: Scheme) -> Mapping[str, list[str]]:
    """List -> the codes of the rows whose rules read it."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for (_level, code, _place), row in _rows(scheme).items():
        for name in _lists(row.rule):
            found[name].append(code)
    return found


def _lists(rule: Rule) -> set[str]:
    return {atom.list for atom in atoms(rule) if isinstance(atom, InList)}


def _homes(lists: Iterable[str], readers: Mapping[str, list[str]]) -> str:
    return " ".join(sorted({code for name in lists for code in readers.get(name, ())}))


def _complications(old: Scheme, new: Scheme) -> Iterator[Change]:
    for code in sorted(old.complications.keys() | new.complications.keys()):
        a, b = old.complications.get(code, ()), new.complications.get(code, ())
        was, now = _levels(a), _levels(b)
        if was != now:
            kind = "born" if not a else "gone" if not b else "level" if _only(a) != _only(b) else "group"
            yield Change("complications", kind, code, _name(old, new, "diagnosis", code), "", was, now)


def _levels(rows: Iterable[Complication]) -> str:
    return " ".join(sorted(f"{row.level}({row.group})" for row in rows))


def _only(rows: Iterable[Complication]) -> list[str]:
    return sorted(row.level for row in rows)


def _exclusions(old: Scheme, new: Scheme) -> Iterator[Change]:
    for code in sorted(old.exclusions.keys() | new.exclusions.keys()):
        a, b = old.exclusions.get(code, ""), new.exclusions.get(code, "")
        if a != b:
            kind = "born" if not a else "gone" if not b else "group"
            yield Change("exclusions", kind, code, _name(old, new, "diagnosis", code), "", a, b)


def _dictionaries(old: Scheme, new: Scheme) -> Iterator[Change]:
    """Dictionaries, maps and sites are counted: how many rows came, went and say something else."""
    for file, a, b in (
        ("diagnoses.csv", old.diagnosis_names, new.diagnosis_names),
        ("procedures.csv", old.procedure_names, new.procedure_names),
        ("diagnosis_map.csv", old.maps.diagnoses, new.maps.diagnoses),
        ("procedure_map.csv", old.maps.procedures, new.maps.procedures),
        ("sites.csv", old.sites, new.sites),
    ):
        counts = {
            "born": len(b.keys() - a.keys()),
            "gone": len(a.keys() - b.keys()),
            "changed": sum(1 for code in a.keys() & b.keys() if a[code] != b[code]),
        }
        for kind, number in counts.items():
            if number:
                rows, delta = (str(len(a)), str(len(b))), Decimal(number)
                yield Change("dictionaries", kind, file, "", "", *rows, delta=delta)
