"""The conditions of rules as quick tests of a case whose principal diagnosis and main procedure are settled.

What a condition means is said by `meaning`, the specification; a property test holds both equal.
"""

from collections.abc import Callable, Mapping, Sequence
from operator import attrgetter
from typing import Any

from grouping.engine.case import Number
from grouping.engine.meaning import OPERATORS
from grouping.engine.rows import CodeList, Scheme
from grouping.engine.rules import Atom, Compare, Department, Discharge, Flag, InList

Codes = Sequence[str]
# Asked with diagnoses, procedures, whatever the fields are read from, and the number of the principal's
# exclusion group; the answer is the branch to take.
Test = Callable[[Codes, Codes, Any, int], int]
CC, MCC = 1, 2
NO_GROUP = -1
NEVER = -2  # no principal diagnosis is of this group
# How a field of FORMAT 3 is read from a source; the value None = missing, a weight of 0 too.
Fields = Mapping[str, Callable[[Any], Any]]

CASE: Fields = {
    name: attrgetter(name)
    for name in ("age", "age_days", "weight", "los", "icu_hours", "sex", "department", "discharge")
}


def condition(atom: Atom, lists: Mapping[str, CodeList], sites: Mapping[str, str], fields: Fields) -> Test:
    """The test of a condition, but `mcc` and `cc`, that the first diagnosis and procedure do not settle.

    `secondary` and `any_diagnosis` ask the diagnoses after the first, `other_procedure` and `any_procedure`
    the procedures after the first: what the first one says is settled before.
    """
    match atom:
        case InList(_, name):
            return _in_list(lists[name])
        case Compare("trauma_sites", op, number):
            return _sites(sites, OPERATORS[op], _plain(number))
        case Compare(name, op, number):
            return _compare(fields[name], OPERATORS[op], _plain(number))
        case Department(name):
            read = fields["department"]
            return lambda diagnoses, procedures, source, excluded: read(source) == name
        case Discharge(ways):
            among = frozenset(ways)
            read = fields["discharge"]
            return lambda diagnoses, procedures, source, excluded: read(source) in among
        case Flag("has_weight"):
            read = fields["weight"]
            return lambda diagnoses, procedures, source, excluded: read(source) is not None
    raise ValueError(f"{atom} is settled by the first codes")


def _plain(number: Number) -> Number:
    # Most are whole, and whole numbers compare ten times as fast.
    return int(number) if number == int(number) else number


def _in_list(members: CodeList) -> Test:
    codes = members.codes
    # Asking all codes at once is quicker than taking the first away; only a hit needs the closer look.
    if members.kind == "diagnosis":
        return lambda diagnoses, procedures, source, excluded: (
            not codes.isdisjoint(diagnoses) and not codes.isdisjoint(diagnoses[1:])
        )
    return lambda diagnoses, procedures, source, excluded: (
        not codes.isdisjoint(procedures) and not codes.isdisjoint(procedures[1:])
    )


def _compare(read: Callable[[Any], Number | None], op: Callable[[Any, Any], bool], number: Number) -> Test:
    def test(diagnoses: Codes, procedures: Codes, source: Any, excluded: int) -> bool:
        value = read(source)
        return value is not None and op(value, number)

    return test


def _sites(sites: Mapping[str, str], op: Callable[[Any, Any], bool], number: Number) -> Test:
    return lambda diagnoses, procedures, source, excluded: op(
        len({sites[code] for code in diagnoses if code in sites}), number
    )


class Levels:
    """The complications of a scheme, ready to ask `mcc` and `cc` at once (FORMAT 4).

    The answer of its tests is 2 when an MCC counts, plus 1 when a CC counts. groups: exclusion group -> its
    number, by which `excluded` is said. mcc, cc: code -> the group of principal diagnoses it does not count
    beside.
    """

    def __init__(self, scheme: Scheme) -> None:
        named = (row.group for rows in scheme.complications.values() for row in rows)
        self.groups = {
            group: number for number, group in enumerate(dict.fromkeys((*scheme.exclusions.values(), *named)))
        }
        self.mcc = self._level(scheme, "MCC")
        self.cc = self._level(scheme, "CC")
        self.without_mcc = frozenset(self.mcc).isdisjoint

    def _level(self, scheme: Scheme, level: str) -> dict[str, int]:
        found: dict[str, int] = {}
        for code, rows in scheme.complications.items():
            for row in rows:
                if row.level == level:
                    group = self.groups[row.group]
                    # One principal diagnosis has one group: two rows of two groups are never both silenced.
                    found[code] = group if found.get(code, group) == group else NEVER
        return found

    def both(self, diagnoses: Codes, procedures: Codes, source: Any, excluded: int) -> int:
        """Whether an MCC counts, and whether a CC counts."""
        mcc, cc, level = self.mcc, self.cc, 0
        for code in diagnoses[1:]:
            if code in mcc and mcc[code] != excluded:
                level |= MCC
            if code in cc and cc[code] != excluded:
                level |= CC
        return level

    def worst(self, diagnoses: Codes, procedures: Codes, source: Any, excluded: int) -> int:
        """As `both`, where a CC beside an MCC makes no difference."""
        # Asking all codes at once is quicker; only a hit needs the closer look.
        if not self.without_mcc(diagnoses):
            mcc = self.mcc
            for code in diagnoses[1:]:
                if code in mcc and mcc[code] != excluded:
                    return MCC
        cc = self.cc
        for code in diagnoses[1:]:
            if code in cc and cc[code] != excluded:
                return CC
        return 0
