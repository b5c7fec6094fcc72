"""The quick grouper: the scheme worked out once for each kind of principal diagnosis and main procedure.

The rows of a scheme ask almost only for those two codes, and tell only some hundred kinds of each apart. What
a pair of kinds leaves to ask is a short chain of conditions (`chains`), made when the pair first appears and
kept. The interpreter is the specification; a property test holds both equal.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

from grouping.engine.case import Case
from grouping.engine.chains import UNGROUPED, Chain, Chains, Maker
from grouping.engine.conditions import CASE, NO_GROUP, Codes, Fields
from grouping.engine.kinds import NONE, UNLISTED
from grouping.engine.result import Result
from grouping.engine.rows import Scheme

VERSION = "1"  # of the results: raised when a case may come to another group than before

Number = Callable[[Codes, Codes, Any], int]


@dataclass(frozen=True, slots=True, eq=False)
class Compiled:
    """A scheme ready to group.

    outcomes: everything a case can come to. number: diagnoses (principal first), procedures (main first) and
    the source of the fields -> the outcome's place in `outcomes`. group: one case -> its outcome, as
    `interpreter.group` does; for a scheme compiled with the fields of `Case`. prepared: how many pairs of
    kinds have their chain by now.
    """

    outcomes: tuple[Result, ...]
    number: Number
    group: Callable[[Case], Result]
    prepared: Callable[[], int]


def compile_scheme(scheme: Scheme, fields: Fields = CASE) -> Compiled:
    """Make a scheme ready to group cases whose fields are read by `fields`. No package can make it fail."""
    maker = Maker(scheme, fields)
    outcomes = tuple(maker.outcomes)
    first = _principals(maker, scheme.exclusions)
    number, group = _number(maker, first), _group(maker, first, outcomes)
    if scheme.head.retry_other_procedures:
        number = _again(number)
        group = _by_number(number, outcomes)
    return Compiled(outcomes, number, group, maker.prepared)


_READY: WeakKeyDictionary[Scheme, Compiled] = WeakKeyDictionary()


def group(scheme: Scheme, case: Case) -> Result:
    """Group one case under one scheme, compiled when first used and dropped with it (FORMAT section 5)."""
    return ready(scheme).group(case)


def ready(scheme: Scheme) -> Compiled:
    """The compiled scheme, made when first asked for."""
    found = _READY.get(scheme)
    if found is None:
        found = _READY[scheme] = compile_scheme(scheme)
    return found


# The chains for one procedure at most, the chains for more, the exclusion group.
Principal = tuple[Chains, Chains, int]
# By code of the principal diagnosis; for a code that is not there; for a case without a diagnosis.
First = tuple[dict[str, Principal], Principal, Principal]


def _number(maker: Maker, first: First) -> Number:
    """FORMAT 5.1 for one case."""
    principals, unlisted, absent = first
    principal_of, main_of = principals.get, maker.mains.of.get

    def number(diagnoses: Codes, procedures: Codes, source: Any) -> int:
        alone, many, excluded = principal_of(diagnoses[0], unlisted) if diagnoses else absent
        chain: Chain
        if procedures:
            chain = (many if len(procedures) > 1 else alone)[main_of(procedures[0], UNLISTED)]
        else:
            chain = alone[NONE]
        while chain.__class__ is not int:
            test, branches = chain
            chain = branches[test(diagnoses, procedures, source, excluded)]
        return chain  # type: ignore[no-any-return]

    return number


def _group(maker: Maker, first: First, outcomes: tuple[Result, ...]) -> Callable[[Case], Result]:
    """As `_number`, for a `Case`; written out again, for a call within the call costs a tenth of the time."""
    principals, unlisted, absent = first
    principal_of, main_of = principals.get, maker.mains.of.get

    def group(case: Case) -> Result:
        diagnoses, procedures = case.diagnoses, case.procedures
        alone, many, excluded = principal_of(diagnoses[0], unlisted) if diagnoses else absent
        chain: Chain
        if procedures:
            chain = (many if len(procedures) > 1 else alone)[main_of(procedures[0], UNLISTED)]
        else:
            chain = alone[NONE]
        while chain.__class__ is not int:
            test, branches = chain
            chain = branches[test(diagnoses, procedures, case, excluded)]
        return outcomes[chain]

    return group


def _by_number(number: Number, outcomes: tuple[Result, ...]) -> Callable[[Case], Result]:
    return lambda case: outcomes[number(case.diagnoses, case.procedures, case)]


def _principals(maker: Maker, exclusions: Mapping[str, str]) -> First:
    """What one look at a principal diagnosis tells: the chains of its kind and its exclusion group."""
    groups, kinds, tables = maker.levels.groups, maker.principals.of, maker.tables
    one: dict[tuple[int, int], Principal] = {}
    found: dict[str, Principal] = {}
    for code in kinds.keys() | exclusions.keys():
        kind = kinds.get(code, UNLISTED)
        group = groups[exclusions[code]] if code in exclusions else NO_GROUP
        told = one.get((kind, group))
        if told is None:
            told = one[kind, group] = (*tables[kind], group)
        found[code] = told
    return found, (*tables[UNLISTED], NO_GROUP), (*tables[NONE], NO_GROUP)


def _again(once: Number) -> Number:
    """FORMAT 5.4: an ungroupable case is tried again with each other procedure as its only one."""

    def number(diagnoses: Codes, procedures: Codes, source: Any) -> int:
        found = once(diagnoses, procedures, source)
        if found == UNGROUPED:
            for procedure in procedures[1:]:
                found = once(diagnoses, (procedure,), source)
                if found != UNGROUPED:
                    break
        return found

    return number
