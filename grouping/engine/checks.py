"""Checks across the files of a package: rules against lists, rows against rows (FORMAT 1.2, 1.3, 3, 5.2)."""

from collections.abc import Mapping

from grouping.engine.parser import RuleError, parse
from grouping.engine.problems import Problem
from grouping.engine.rows import Head
from grouping.engine.rules import Flag, InList, Rule, atoms
from grouping.engine.tables import PROCEDURE_CODE, TABLES, Line

Tables = Mapping[str, Mapping[int, Line]]
Rules = Mapping[tuple[str, int], Rule]

RULED = {table.file: table.columns.index("rule") for table in TABLES if "rule" in table.columns}


def parse_rules(tables: Tables, problems: list[Problem]) -> dict[tuple[str, int], Rule]:
    """Parse the rule of every row of mdc.csv, adrg.csv and drg.csv, by file and line (FORMAT section 3).

    A text that is no rule, and a rule with an unknown list or one of the wrong kind, is added to `problems`.
    """
    kinds: dict[str, str] = {}
    for name, kind, _ in tables["lists.csv"].values():
        kinds.setdefault(name, kind)
    parsed: dict[str, Rule] = {}
    rules: dict[tuple[str, int], Rule] = {}
    for file, column in RULED.items():
        for line, values in tables[file].items():
            text = values[column]
            try:
                rule = parsed[text] if text in parsed else parsed.setdefault(text, parse(text))
            except RuleError as error:
                if text:  # an empty rule is already reported as an empty value
                    problems.append(Problem(file, line, "rule", text, error.kind, error.params))
                continue
            rules[file, line] = rule
            for kind, params in _list_faults(rule, kinds):
                problems.append(Problem(file, line, "rule", text, kind, params))
    return rules


def _list_faults(rule: Rule, kinds: Mapping[str, str]) -> list[tuple[str, dict[str, object]]]:
    faults: list[tuple[str, dict[str, object]]] = []
    for atom in dict.fromkeys(atoms(rule)):
        if not isinstance(atom, InList):
            continue
        found = kinds.get(atom.list)
        if found is None:
            faults.append(("unknown_list", {"list": atom.list}))
        elif found != atom.kind:
            params = {"subject": atom.subject, "kind": atom.kind, "list": atom.list, "found": found}
            faults.append(("wrong_kind", dict(params)))
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
    if _lists_are_sound(lines):
        return
    kinds: dict[str, tuple[str, int]] = {}
    for line, (name, kind, code) in lines.items():
        first_kind, first = kinds.setdefault(name, (kind, line))
        if kind != first_kind:
            params = {"list": name, "kind": first_kind, "line": first}
            problems.append(Problem("lists.csv", line, "kind", kind, "list_kinds", params))
        if kind == "procedure" and code and not PROCEDURE_CODE.pattern.match(code):
            problems.append(Problem("lists.csv", line, "code", code, PROCEDURE_CODE.kind))


def _lists_are_sound(lines: Mapping[int, Line]) -> bool:
    """Whether nothing is wrong with any list, asked of all rows at once: a package has 100,000 of them."""
    kinds = {(name, kind) for name, kind, _ in lines.values()}
    codes = {code for _, kind, code in lines.values() if kind == "procedure"}
    return len({name for name, _ in kinds}) == len(kinds) and all(
        map(PROCEDURE_CODE.pattern.match, filter(None, codes))
    )


def _check_adrgs(tables: Tables, problems: list[Problem]) -> None:
    mdcs = {code for code, *_ in tables["mdc.csv"].values()}
    homes: dict[str, tuple[str, int]] = {}
    for line, (mdc, _, adrg, *_rest) in tables["adrg.csv"].items():
        home, first = homes.setdefault(adrg, (mdc, line))
        if mdc != home and adrg:
            params = {"adrg": adrg, "mdc": home, "line": first}
            problems.append(Problem("adrg.csv", line, "mdc", mdc, "two_mdcs", params))
        if mdc and mdc not in mdcs:
            problems.append(Problem("adrg.csv", line, "mdc", mdc, "unknown_mdc"))


def _check_drgs(tables: Tables, problems: list[Problem]) -> None:
    adrgs = {values[2] for values in tables["adrg.csv"].values()}
    for line, (adrg, *_) in tables["drg.csv"].items():
        if adrg and adrg not in adrgs:
            problems.append(Problem("drg.csv", line, "adrg", adrg, "unknown_adrg"))


def _check_ambiguous(tables: Tables, rules: Rules, problems: list[Problem]) -> None:
    """An ambiguous row ends in its own code: with `adrg`, or with one DRG row of that code (FORMAT 5.2)."""
    ambiguous = set()
    for line, (_, _, adrg, _, kind, _, when_no_drg) in tables["adrg.csv"].items():
        if kind == "ambiguous":
            ambiguous.add(adrg)
            if when_no_drg == "next":
                problems.append(Problem("adrg.csv", line, "when_no_drg", when_no_drg, "ambiguous_next"))
    for line, (adrg, _, drg, *_rest) in tables["drg.csv"].items():
        if adrg in ambiguous and (drg != adrg or rules.get(("drg.csv", line)) != Flag("true")):
            problems.append(Problem("drg.csv", line, "drg", drg, "ambiguous_drg", {"adrg": adrg}))


def _check_order(head: Head, lines: Mapping[int, Line], problems: list[Problem]) -> None:
    order, mdcs = head.mdc_order, {code for code, *_ in lines.values() if code}
    faults = [(code, "order_twice") for code in dict.fromkeys(order) if order.count(code) > 1]
    faults += [(code, "order_unknown") for code in dict.fromkeys(order) if code not in mdcs]
    faults += [(code, "order_missing") for code in sorted(mdcs.difference(order))]
    problems += [Problem("scheme.toml", None, "mdc_order", code, kind) for code, kind in faults]


def _check_weights(head: Head, lines: Mapping[int, Line], problems: list[Problem]) -> None:
    weighted = next((line for line, values in lines.items() if values[5]), None)
    if weighted and not head.weight_unit:
        params = {"line": weighted}
        problems.append(Problem("scheme.toml", None, "weight_unit", "", "weight_unit", params))
