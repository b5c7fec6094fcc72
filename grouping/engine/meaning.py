"""What each condition of a rule means for a case (FORMAT 3 "Meaning" and 4), and rules made quick to ask."""

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from grouping.engine.case import Case, Number
from grouping.engine.rows import CodeList, Complication, Scheme
from grouping.engine.rules import And, Atom, Compare, Department, Discharge, Flag, InList, Not, Or, Rule

OPERATORS: Mapping[str, Callable[[Number, Number], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
}


class Facts:
    """What rules may ask of one case under one scheme; levels and sites are worked out when first asked."""

    __slots__ = ("_levels", "_sites", "case", "main", "others", "principal", "scheme", "secondary")

    def __init__(self, case: Case, scheme: Scheme) -> None:
        self.case = case
        self.principal = case.diagnoses[0] if case.diagnoses else None
        self.secondary = case.diagnoses[1:]
        self.main = case.procedures[0] if case.procedures else None
        self.others = case.procedures[1:]
        self.scheme = scheme
        self._levels: frozenset[str] | None = None
        self._sites: int | None = None

    @property
    def trauma_sites(self) -> int:
        """Number of different sites of injury over all diagnoses; never missing."""
        if self._sites is None:
            sites = self.scheme.sites
            self._sites = len({sites[code] for code in self.case.diagnoses if code in sites})
        return self._sites

    @property
    def levels(self) -> frozenset[str]:
        """The levels, MCC and CC, of which some complication counts (FORMAT 4.3)."""
        if self._levels is None:
            rows = (row for code in self.secondary for row in self.scheme.complications.get(code, ()))
            self._levels = frozenset(row.level for row in rows if self.counts(row))
        return self._levels

    def counts(self, row: Complication) -> bool:
        """Whether a complication counts beside this principal diagnosis (FORMAT 4.2)."""
        return self.principal is None or self.scheme.exclusions.get(self.principal) != row.group


Test = Callable[[Facts], bool]


def atom_test(atom: Atom, lists: Mapping[str, CodeList]) -> Test:
    """The test of one condition. A comparison with a missing field is false; no test can fail (FORMAT 3)."""
    match atom:
        case InList(subject, name):
            return _in_list(subject, lists[name].codes)
        case Compare(name, op, number):
            return _compare(name, OPERATORS[op], number)
        case Department(name):
            return lambda facts: facts.case.department == name
        case Discharge(ways):
            return lambda facts: facts.case.discharge in ways
        case Flag(word):
            return FLAGS[word]


def _in_list(subject: str, codes: frozenset[str]) -> Test:
    tests: dict[str, Test] = {
        "principal": lambda facts: facts.principal in codes,
        "secondary": lambda facts: not codes.isdisjoint(facts.secondary),
        "any_diagnosis": lambda facts: not codes.isdisjoint(facts.case.diagnoses),
        "main_procedure": lambda facts: facts.main in codes,
        "other_procedure": lambda facts: not codes.isdisjoint(facts.others),
        "any_procedure": lambda facts: not codes.isdisjoint(facts.case.procedures),
    }
    return tests[subject]


def _compare(name: str, op: Callable[[Number, Number], bool], number: Decimal) -> Test:
    value_of = VALUES[name]
    limit = int(number) if number == int(number) else number

    def test(facts: Facts) -> bool:
        value = value_of(facts)
        return value is not None and op(value, limit)

    return test


VALUES: Mapping[str, Callable[[Facts], Number | None]] = {
    "age": lambda facts: facts.case.age,
    "age_days": lambda facts: facts.case.age_days,
    "weight": lambda facts: facts.case.weight,
    "los": lambda facts: facts.case.los,
    "icu_hours": lambda facts: facts.case.icu_hours,
    "sex": lambda facts: facts.case.sex,
    "trauma_sites": lambda facts: facts.trauma_sites,
}

FLAGS: Mapping[str, Test] = {
    "mcc": lambda facts: "MCC" in facts.levels,
    "cc": lambda facts: "CC" in facts.levels,
    "has_weight": lambda facts: facts.case.weight is not None,
    "no_procedure": lambda facts: not facts.case.procedures,
    "true": lambda facts: True,
    "false": lambda facts: False,
}


@dataclass(slots=True, eq=False)
class _Step:
    """One condition of a rule, and the steps that follow when it holds and when it does not."""

    test: Test | None = None
    yes: "_Step | None" = None
    no: "_Step | None" = None


_HOLDS, _FAILS = _Step(), _Step()


def rule_test(rule: Rule, lists: Mapping[str, CodeList]) -> Test:
    """The test of a whole rule: a chain of its conditions, each knowing where to go on.

    `and`, `or`, `not` become the wiring of the chain, so a condition that no longer matters is not asked and
    the depth of the rule costs nothing. Every list of the rule must be in `lists`.
    """
    first = _Step()
    todo: list[tuple[Rule, _Step, _Step, _Step]] = [(rule, first, _HOLDS, _FAILS)]
    while todo:
        node, own, yes, no = todo.pop()
        match node:
            case Not(member):
                todo.append((member, own, no, yes))
            case And(members):
                entries = [own, *(_Step() for _ in members[1:]), yes]
                todo += [(m, entries[i], entries[i + 1], no) for i, m in enumerate(members)]
            case Or(members):
                entries = [own, *(_Step() for _ in members[1:]), no]
                todo += [(m, entries[i], yes, entries[i + 1]) for i, m in enumerate(members)]
            case _:
                own.test, own.yes, own.no = atom_test(node, lists), yes, no
    if first.test and first.yes is _HOLDS and first.no is _FAILS:
        return first.test
    return lambda facts: _follow(first, facts)


def _follow(step: _Step | None, facts: Facts) -> bool:
    while step is not None and step.test is not None:
        step = step.yes if step.test(facts) else step.no
    return step is _HOLDS
