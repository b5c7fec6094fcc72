"""Looking a whole package over before anybody adopts it: every error, and of a sound one every warning with
its line (FORMAT 1 to 3 and 7)."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from grouping.engine.problems import Problem, SchemeError
from grouping.engine.rows import Scheme
from grouping.engine.scheme import Tables, read_with_rows, warnings
from grouping.engine.write import TABLE

# What a spreadsheet makes of a code: 1.1E+17, 2.00E+05, 44927, 0.55, 2023-01-05, 2023/1/5, 1月5日, 5-Jan.
REWRITTEN = re.compile(
    r"([0-9]+(\.[0-9]+)?[Ee][+-]?[0-9]{2,}|-?[0-9]+(\.[0-9]+)?|[0-9]{4}[-/][0-9]{1,2}[-/][0-9]{1,2}.*"
    r"|[0-9]{1,2}月[0-9]{1,2}日|[0-9]{1,2}-[A-Z][a-z]{2})\Z"
)
# Diagnosis codes begin with a letter; group codes do not look like a power of ten.
DIAGNOSIS_COLUMNS = {
    "cc.csv": ("code",),
    "exclusion.csv": ("principal",),
    "sites.csv": ("code",),
    "diagnoses.csv": ("code",),
    "diagnosis_map.csv": ("clinical", "insurance"),
}
GROUP_COLUMNS = {"mdc.csv": ("mdc",), "adrg.csv": ("adrg",), "drg.csv": ("drg",)}
POWER = re.compile(r"[0-9]+(\.[0-9]+)?[Ee]\+[0-9]{2,}\Z")


@dataclass(frozen=True, slots=True)
class Inspection:
    """What a look found. scheme: None when there are errors; warnings only of a sound package."""

    scheme: Scheme | None
    errors: tuple[Problem, ...]
    warnings: tuple[Problem, ...] = ()


def inspect(files: Mapping[str, bytes]) -> Inspection:
    """Read a package from the content of its files and report everything; a package raises nothing."""
    try:
        scheme, tables = read_with_rows(files)
    except SchemeError as error:
        return Inspection(None, _in_order(error.problems))
    found = [*_placed(warnings(scheme), tables), *_damaged(tables)]
    return Inspection(scheme, (), _in_order(found))


def _in_order(problems: list[Problem] | tuple[Problem, ...]) -> tuple[Problem, ...]:
    return tuple(sorted(problems, key=lambda one: (one.file, one.line or 0)))


def _placed(found: list[Problem], tables: Tables) -> Iterator[Problem]:
    """The same findings, those about lists with the first line they concern."""
    lists: dict[str, int] = {}
    codes: dict[tuple[str, str], int] = {}
    for line, (name, _kind, code) in tables["lists.csv"].items():
        lists.setdefault(name, line)
        codes.setdefault((name, code), line)
    for problem in found:
        if problem.kind == "unused_list":
            yield replace(problem, line=lists[problem.text])
        elif problem.kind == "unknown_code":
            yield replace(problem, line=codes[str(problem.params["list"]), problem.text])
        else:
            yield problem


def _damaged(tables: Tables) -> Iterator[Problem]:
    """Codes only a spreadsheet writes; procedure codes of a wrong form are errors already (FORMAT 1.2)."""
    for file, columns in DIAGNOSIS_COLUMNS.items():
        yield from _rewritten(tables, file, columns, REWRITTEN)
    for file, columns in GROUP_COLUMNS.items():
        yield from _rewritten(tables, file, columns, POWER)
    for line, (_name, kind, code) in tables["lists.csv"].items():
        if kind == "diagnosis" and REWRITTEN.match(code):
            yield Problem("lists.csv", line, "code", code, "damaged_code")


def _rewritten(
    tables: Tables, file: str, columns: tuple[str, ...], form: re.Pattern[str]
) -> Iterator[Problem]:
    places = [(column, TABLE[file].columns.index(column)) for column in columns]
    for line, values in tables.get(file, {}).items():
        for column, place in places:
            if form.match(values[place]):
                yield Problem(file, line, column, values[place], "damaged_code")
