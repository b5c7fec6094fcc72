"""The specification: FORMAT section 5 line by line. Any quicker grouper must agree with this one."""

from collections.abc import Callable
from dataclasses import replace
from itertools import chain
from weakref import WeakKeyDictionary

from grouping.engine.case import Case
from grouping.engine.meaning import Facts, Test, rule_test
from grouping.engine.result import Result, Status, outcome, ungroupable
from grouping.engine.rows import Adrg, Drg, Mdc, Scheme
from grouping.engine.trace import Pass, Step, Trace, principal_group, see_secondaries, see_step

Row = Mdc | Adrg | Drg
Holds = Callable[[Row], bool]


def group(scheme: Scheme, case: Case) -> Result:
    """Group one case under one scheme: MDC, ADRG, DRG, outcome and weight (FORMAT section 5).

    Codes must be of the insurance edition (see `case.translate`). No case can make it fail.
    """
    tests = _tests(scheme)

    def run(facts: Facts) -> Result:
        return one_pass(scheme, lambda row: tests[row](facts))

    return _with_retry(scheme, case, run)


def explain(scheme: Scheme, case: Case) -> Trace:
    """Group one case as `group` does, and keep every row tried with its conditions and codes (S0-17)."""
    tests = _tests(scheme)
    passes: list[Pass] = []

    def run(facts: Facts) -> Result:
        steps: list[Step] = []

        def holds(row: Row) -> bool:
            held = tests[row](facts)
            steps.append(see_step(row, held, facts, scheme.lists))
            return held

        result = one_pass(scheme, holds)
        passes.append(Pass(facts.case.procedures, tuple(steps), result))
        return result

    result = _with_retry(scheme, case, run)
    facts = Facts(case, scheme)
    return Trace(
        result, facts.principal, principal_group(facts, scheme), see_secondaries(facts), tuple(passes)
    )


def one_pass(scheme: Scheme, holds: Holds) -> Result:
    """FORMAT 5.1: the first hit wins at every level."""
    for mdc in scheme.mdcs:
        if not holds(mdc):
            continue
        for adrg in scheme.adrgs.get(mdc.code, ()):
            if not holds(adrg):
                continue
            for drg in scheme.drgs.get(adrg.code, ()):
                if holds(drg):
                    return outcome(scheme, mdc, adrg, drg)
            if adrg.when_no_drg == "adrg":
                return outcome(scheme, mdc, adrg, None)
    return ungroupable(scheme)


def _with_retry(scheme: Scheme, case: Case, run: Callable[[Facts], Result]) -> Result:
    """FORMAT 5.4: an ungroupable case is tried again with each other procedure as its only one."""
    result = run(Facts(case, scheme))
    if result.status is not Status.UNGROUPABLE or not scheme.head.retry_other_procedures:
        return result
    for procedure in case.procedures[1:]:
        again = run(Facts(replace(case, procedures=(procedure,)), scheme))
        if again.status is not Status.UNGROUPABLE:
            return again
    return result


# Rules are made ready once a scheme and dropped with it.
_READY: WeakKeyDictionary[Scheme, dict[Row, Test]] = WeakKeyDictionary()


def _tests(scheme: Scheme) -> dict[Row, Test]:
    if scheme not in _READY:
        rows: list[Row] = [*scheme.mdcs, *chain(*scheme.adrgs.values()), *chain(*scheme.drgs.values())]
        _READY[scheme] = {row: rule_test(row.rule, scheme.lists) for row in rows}
    return _READY[scheme]
