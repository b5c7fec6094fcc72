"""Checks across the files of a package: rules against lists, rows against rows (FORMAT 1.2, 1.3, 3, 5.2)."""

from collections.abc import Mapping

from grouping.engine.parser import RuleError, parse
from grouping.engine.problems import Problem
from grouping.engine.rows import Head
from grouping.engine.rules import Flag, InList, Rule, atoms
from grouping.engine.tables import TABLES, Line, procedure_form

Tables = Mapping[str, Mapping[int, Line]]
Rules = Mapping[tuple[str, int], Rule]

RULED = {table.file: table.columns.index("rule") for table in TABLES if "rule" in table.columns}


def parse_rules(tables: Tables, problems: list[Problem]) -> dict[tuple[str, int], Rule]:
    """Parse the rule of every row of mdc.csv, adrg.csv and drg.csv, by file and row (FORMAT section 3).

    A text that is no rule, and a rule with an unknown list or one of the wrong kind, is added to `problems`.
    """
    kinds = {name: kind for name, kind, _ in tables["lists.csv"].values()}
    parsed: dict[str, Rule] = {}
    rules: dict[tuple[str, int], Rule] = {}
    for file, column in RULED.items():
        for row, values in tables[file].items():
            text = values[column]
            try:
                rule = parsed[text] if text in parsed else parsed.setdefault(text, parse(text))
            except RuleError as error:
                if text:  # an empty rule is already reported as an empty value
                    problems.append(_rule_problem(file, row, text, "syntax", str(error)))
                continue
            rules[file, row] = rule
            for kind, reason in _list_faults(rule, kinds):
                problems.append(_rule_problem(file, row, text, kind, reason))
    return rules


def _rule_problem(file: str, row: int, text: str, kind: str, reason: str) -> Problem:
    return Problem(file, row, "rule", text, kind, reason)


def _list_faults(rule: Rule, kinds: Mapping[str, str]) -> list[tuple[str, str]]:
    faults = []
    for atom in dict.fromkeys(atoms(rule)):
        if not isinstance(atom, InList):
            continue
        if atom.list not in kinds:
            faults.append(("unknown_list", f"lists.csv has no list {atom.list!r}"))
        elif kinds[atom.list] != atom.kind:
            reason = f"{atom.subject} takes a {atom.kind} list; {atom.list!r} is a {kinds[atom.list]} list"
            faults.append(("wrong_kind", reason))
    return faults


def check(head: Head | None, tables: Tables, rules: Rules, problems: list[Problem]) -> None:
    """Add to `problems` every row that contradicts another: lists, MDCs, ADRGs and DRGs, weights."""
    _check_lists(tables["lists.csv"], problems)
    _check_adrgs(tables, problems)
    _check_drgs(tables, problems)
    _check_ambiguous(tables, rules, problems)
    if head is not None:
        _check_order(head, tables["mdc.csv"], problems)
        _check_weights(head, tables["drg.csv"], problems)


def _check_lists(lines: Mapping[int, Line], problems: list[Problem]) -> None:
    kinds: dict[str, tuple[str, int]] = {}
    for row, (name, kind, code) in lines.items():
        first_kind, first = kinds.setdefault(name, (kind, row))
        if kind != first_kind:
            reason = f"the list {name!r} is a {first_kind} list in row {first}"
            problems.append(Problem("lists.csv", row, "kind", kind, "kinds", reason))
        if kind == "procedure" and code and (wrong := procedure_form(code)):
            problems.append(Problem("lists.csv", row, "code", code, "form", wrong))


def _check_adrgs(tables: Tables, problems: list[Problem]) -> None:
    mdcs = {code for code, *_ in tables["mdc.csv"].values()}
    homes: dict[str, tuple[str, int]] = {}
    for row, (mdc, _, adrg, *_rest) in tables["adrg.csv"].items():
        home, first = homes.setdefault(adrg, (mdc, row))
        if mdc != home:
            reason = f"the ADRG {adrg!r} belongs to {home!r} in row {first}; one ADRG belongs to one MDC"
            problems.append(Problem("adrg.csv", row, "mdc", mdc, "two_mdcs", reason))
        if mdc and mdc not in mdcs:
            problems.append(Problem("adrg.csv", row, "mdc", mdc, "unknown_mdc", "mdc.csv has no such MDC"))


def _check_drgs(tables: Tables, problems: list[Problem]) -> None:
    adrgs = {values[2] for values in tables["adrg.csv"].values()}
    for row, (adrg, *_) in tables["drg.csv"].items():
        if adrg and adrg not in adrgs:
            problems.append(
                Problem("drg.csv", row, "adrg", adrg, "unknown_adrg", "adrg.csv has no such ADRG")
            )


def _check_ambiguous(tables: Tables, rules: Rules, problems: list[Problem]) -> None:
    """An ambiguous row ends in its own code: with `adrg`, or with one DRG row of that code (FORMAT 5.2)."""
    ambiguous = set()
    for row, (_, _, adrg, _, kind, _, when_no_drg) in tables["adrg.csv"].items():
        if kind == "ambiguous":
            ambiguous.add(adrg)
            if when_no_drg == "next":
                reason = "an ambiguous row needs `adrg` here"
                problems.append(Problem("adrg.csv", row, "when_no_drg", when_no_drg, "ambiguous", reason))
    for row, (adrg, _, drg, *_rest) in tables["drg.csv"].items():
        if adrg in ambiguous and (drg != adrg or rules.get(("drg.csv", row)) != Flag("true")):
            reason = f"the only DRG row of the ambiguous {adrg!r} may be {adrg!r} with the rule `true`"
            problems.append(Problem("drg.csv", row, "drg", drg, "ambiguous", reason))


def _check_order(head: Head, lines: Mapping[int, Line], problems: list[Problem]) -> None:
    order, mdcs = head.mdc_order, {code: row for row, (code, *_) in lines.items()}
    faults = [(code, "is there twice") for code in dict.fromkeys(order) if order.count(code) > 1]
    faults += [(code, "is not in mdc.csv") for code in dict.fromkeys(order) if code not in mdcs]
    faults += [(code, f"of mdc.csv row {row} is missing") for code, row in mdcs.items() if code not in order]
    for code, wrong in faults:
        problems.append(Problem("scheme.toml", None, "mdc_order", code, "mdc_order", f"{code!r} {wrong}"))


def _check_weights(head: Head, lines: Mapping[int, Line], problems: list[Problem]) -> None:
    weighted = next((row for row, values in lines.items() if values[5]), None)
    if weighted and not head.weight_unit:
        reason = f"is empty, so the package has no weights, but drg.csv row {weighted} has one"
        problems.append(Problem("scheme.toml", None, "weight_unit", "", "weight_unit", reason))
