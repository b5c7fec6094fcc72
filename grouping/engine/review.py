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
                reason = f"never reached: row {last} of {adrg} has the rule `true`"
                yield Problem("drg.csv", drg.row, "rule", drg.text, "unreachable", reason)
            elif drg.rule == ALWAYS:
                last = drg.row


def _without_drg(scheme: Scheme) -> Iterator[Problem]:
    for adrgs in scheme.adrgs.values():
        for adrg in adrgs:
            if adrg.code not in scheme.drgs and adrg.when_no_drg == "next":
                reason = f"{adrg.code} has no DRG and `next`: it never catches a case"
                yield Problem("adrg.csv", adrg.row, "when_no_drg", adrg.when_no_drg, "without_drg", reason)


def _unused_lists(scheme: Scheme) -> Iterator[Problem]:
    used = {atom.list for rule in _rules(scheme) for atom in atoms(rule) if isinstance(atom, InList)}
    for name in scheme.lists:
        if name not in used:
            yield Problem("lists.csv", None, "list", name, "unused_list", "no rule uses this list")


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
            reason = f"a code of the list {name} that the {members.kind} dictionary does not have"
            yield Problem("lists.csv", None, "code", code, "unknown_code", reason)


def _no_weight(scheme: Scheme) -> Iterator[Problem]:
    if scheme.head.weight_unit:
        for drgs in scheme.drgs.values():
            for drg in drgs:
                if drg.weight is None:
                    yield Problem("drg.csv", drg.row, "weight", "", "no_weight", f"{drg.code} has no weight")
