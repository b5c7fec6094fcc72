"""From a scheme package to a checked Scheme; FORMAT sections 1 to 3 say what must be refused."""

import hashlib
import json
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict
from decimal import Decimal
from pathlib import Path
from typing import TypeVar, cast

from grouping.engine.case import CodeMaps
from grouping.engine.checks import check, parse_rules
from grouping.engine.head import read_head
from grouping.engine.package import open_package
from grouping.engine.problems import Problem, SchemeError
from grouping.engine.review import warnings
from grouping.engine.rows import Adrg, CodeList, Complication, Drg, Head, Mdc, Scheme
from grouping.engine.rules import Rule
from grouping.engine.tables import TABLES, Line, read_table

__all__ = ["Problem", "Scheme", "SchemeError", "read_files", "read_scheme", "warnings"]

Tables = Mapping[str, Mapping[int, Line]]
Rules = Mapping[tuple[str, int], Rule]
T = TypeVar("T")

HEAD = "scheme.toml"
NAMES = frozenset([HEAD, *(table.file for table in TABLES)])  # every file of a package
# After one of these a file is not known in full, and every check against it would only echo that.
UNREADABLE = frozenset(("missing_file", "encoding", "csv", "header_missing", "header_twice", "width"))


def read_scheme(path: Path) -> Scheme:
    """Read and check the scheme package at `path`, a folder or a zip of it (FORMAT 1-3).

    Raises SchemeError with every problem found: file, row, column, text and reason.
    """
    return read_files(open_package(path, NAMES))


def read_files(files: Mapping[str, bytes]) -> Scheme:
    """Read and check a scheme package from the content of its files by name (FORMAT 1-3); others are ignored.

    Raises SchemeError with every problem found: file, row, column, text and reason.
    """
    return read_with_rows(files)[0]


def read_with_rows(files: Mapping[str, bytes]) -> tuple[Scheme, Tables]:
    """`read_files`, and beside the scheme the rows it was made from: file -> line -> values."""
    problems: list[Problem] = []
    head, tables = read_tables(files, problems)
    if any(problem.kind in UNREADABLE for problem in problems):
        raise SchemeError(problems)
    rules = parse_rules(tables, problems)
    check(head, tables, rules, problems)
    if problems or head is None:
        raise SchemeError(problems)
    return _build(head, tables, rules), tables


def read_tables(files: Mapping[str, bytes], problems: list[Problem]) -> tuple[Head | None, Tables]:
    """The head and the rows of every file by line; whatever is wrong in one file alone goes to `problems`."""
    for file in (HEAD, *(table.file for table in TABLES if table.required)):
        if file not in files:
            problems.append(Problem(file, None, "", "", "missing_file"))
    head = read_head(files[HEAD], problems) if HEAD in files else None
    tables = {
        table.file: read_table(table, files[table.file], problems) for table in TABLES if table.file in files
    }
    return head, tables


def _build(head: Head, tables: Tables, rules: Rules) -> Scheme:
    one = _one_each(tables)
    return Scheme(
        head=head,
        mdcs=_mdcs(head, tables, rules),
        adrgs=_by((row.mdc, row) for row in _adrgs(tables, rules)),
        drgs=_by((row.adrg, row) for row in _drgs(tables, rules)),
        lists=_lists(tables["lists.csv"], one),
        complications=_by(
            (one[code], Complication(one[code], level, group))
            for code, level, group in tables["cc.csv"].values()
        ),
        exclusions={one[code]: group for code, group in tables["exclusion.csv"].values()},
        sites=_pairs(tables.get("sites.csv")),
        diagnosis_names=_pairs(tables.get("diagnoses.csv")),
        procedure_names=_pairs(tables.get("procedures.csv")),
        maps=CodeMaps(_pairs(tables.get("diagnosis_map.csv")), _pairs(tables.get("procedure_map.csv"))),
        digest=_digest(head, tables),
    )


def _mdcs(head: Head, tables: Tables, rules: Rules) -> tuple[Mdc, ...]:
    mdcs = {
        code: Mdc(code, name, rules["mdc.csv", line], text, line)
        for line, (code, name, text) in tables["mdc.csv"].items()
    }
    return tuple(mdcs[code] for code in head.mdc_order)


def _adrgs(tables: Tables, rules: Rules) -> list[Adrg]:
    adrgs = [
        Adrg(mdc, int(seq), code, name, kind, rules["adrg.csv", line], text, when_no_drg, line)
        for line, (mdc, seq, code, name, kind, text, when_no_drg) in tables["adrg.csv"].items()
    ]
    return sorted(adrgs, key=lambda adrg: adrg.seq)


def _drgs(tables: Tables, rules: Rules) -> list[Drg]:
    drgs = [
        Drg(adrg, int(seq), code, name, rules["drg.csv", line], text, _weight(weight), note, line)
        for line, (adrg, seq, code, name, text, weight, note) in tables["drg.csv"].items()
    ]
    return sorted(drgs, key=lambda drg: drg.seq)


def _weight(text: str) -> Decimal | None:
    return Decimal(text) if text else None


def _one_each(tables: Tables) -> dict[str, str]:
    """One object for each code of lists, complications and exclusions, however often the package names it.

    Grouping looks codes up all over these tables, and waits for memory more than for anything else: the
    objects are made anew, side by side and in the order of the codes.
    """
    named = {line[2] for line in tables["lists.csv"].values()}
    named.update(line[0] for file in ("cc.csv", "exclusion.csv") for line in tables[file].values())
    codes = sorted(named)
    anew = "\n".join(codes).split("\n")
    if len(anew) != len(codes):  # a line end within a code
        anew = codes
    return dict(zip(anew, anew, strict=True))


def _lists(lines: Mapping[int, Line], one: Mapping[str, str]) -> dict[str, CodeList]:
    codes: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for name, kind, code in lines.values():
        codes[name, kind].append(one[code])
    return {name: CodeList(kind, frozenset(members)) for (name, kind), members in codes.items()}


def _pairs(lines: Mapping[int, Line] | None) -> dict[str, str]:
    return dict(cast("Iterable[tuple[str, str]]", lines.values())) if lines else {}


def _by(items: Iterable[tuple[str, T]]) -> dict[str, tuple[T, ...]]:
    groups: defaultdict[str, list[T]] = defaultdict(list)
    for key, item in items:
        groups[key].append(item)
    return {key: tuple(members) for key, members in groups.items()}


def _digest(head: Head, tables: Tables) -> str:
    """SHA-256 over the head and the sorted rows of all tables: what a package says, not how it is stored."""
    return digest_of(head, (said(table.file, tables.get(table.file, {}).values()) for table in TABLES))


def digest_of(head: Head, files: Iterable[bytes]) -> str:
    """The digest of a package from its head and what each of its files says, in the order of TABLES."""
    body = hashlib.sha256()
    # Codes are compared exactly, so unlike other digests of the house this one leaves Unicode forms alone.
    body.update(_json({**asdict(head), "effective_from": head.effective_from.isoformat()}))
    for file in files:
        body.update(file)
    return body.hexdigest()


def said(file: str, rows: Collection[Line]) -> bytes:
    """What a file says, however it is stored: its sorted rows as one line of JSON."""
    return _plain_json(file, rows) or _json([file, sorted(rows)])


# What JSON writes otherwise than it stands, but NUL and LF, which hold cells and rows together below.
_ESCAPED = re.compile(r'["\\\x01-\x09\x0b-\x1f]')


def _plain_json(file: str, rows: Collection[Line]) -> bytes | None:
    """What `_json` writes of the sorted rows, where no cell needs an escape; else None."""
    # NUL sorts before every other sign, so joined rows sort as the rows do.
    text = "\n".join(sorted(map("\0".join, rows)))
    cells = sum(map(len, rows))
    if not cells or text.count("\n") != len(rows) - 1 or text.count("\0") != cells - len(rows):
        return None
    if _ESCAPED.search(text):
        return None
    body = text.replace("\n", '"],["').replace("\0", '","')
    return f'["{file}",[["{body}"]]]\n'.encode()


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode() + b"\n"
