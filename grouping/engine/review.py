"""What an import should point at in a package that is sound (FORMAT section 7)."""

from collections.abc import Iterator, Mapping

from grouping.engine.problems import Problem
from grouping.engine.rows import Scheme
from grouping.engine.rules import Flag, InList, Rule, atoms

ALWAYS = Flag("true")


def warnings(scheme: Scheme) -> list[Problem]:
    """Findings that do not stop an import: rows never reached, ADRGs that catch nothing, unused lists,
    list codes missing from a dictionary of the package, DRGs without weight in a package with weights.
    """
    checks = (_unreachable, _without_drg, _unused_lists, _unknown_codes, _no_weight)
    return [problem for check in checks for problem in check(scheme)]


def _unreachable(scheme: Scheme) -> Iterator[Problem]:
    for adrg, drgs in scheme.drgs.items():
        last = None
        for drg in drgs:
            if last is not None:
                params = {"line": last, "adrg": adrg}
                yield Problem("drg.csv", drg.line, "rule", drg.text, "unreachable", params)
            elif drg.rule == ALWAYS:
                last = drg.line


def _without_drg(scheme: Scheme) -> Iterator[Problem]:
    for adrgs in scheme.adrgs.values():
        for adrg in adrgs:
            if adrg.code not in scheme.drgs and adrg.when_no_drg == "next":
                params = {"adrg": adrg.code}
                yield Problem("adrg.csv", adrg.line, "when_no_drg", adrg.when_no_drg, "without_drg", params)


def _unused_lists(scheme: Scheme) -> Iterator[Problem]:
    used = {atom.list for rule in _rules(scheme) for atom in atoms(rule) if isinstance(atom, InList)}
    for name in scheme.lists:
        if name not in used:
            yield Problem("lists.csv", None, "list", name, "unused_list")


def _rules(scheme: Scheme) -> Iterator[Rule]:
    yield from (mdc.rule for mdc in scheme.mdcs)
    yield from (adrg.rule for adrgs in scheme.adrgs.values() for adrg in adrgs)
    yield from (drg.rule for drgs in scheme.drgs.values() for drg in drgs)


def _unknown_codes(scheme: Scheme) -> Iterator[Problem]:
    dictionaries: Mapping[str, Mapping[str, str]] = {
        "diagnosis": scheme.diagnosis_names,
        "procedure": scheme.procedure_names,
    }
    for name, members in scheme.lists.items():
        dictionary = dictionaries[members.kind]
        for code in sorted(members.codes - dictionary.keys()) if dictionary else ():
            yield Problem("lists.csv", None, "code", code, "unknown_code", {"list": name})


def _no_weight(scheme: Scheme) -> Iterator[Problem]:
    if scheme.head.weight_unit:
        for drgs in scheme.drgs.values():
            for drg in drgs:
                if drg.weight is None:
                    yield Problem("drg.csv", drg.line, "weight", "", "no_weight", {"drg": drg.code})
