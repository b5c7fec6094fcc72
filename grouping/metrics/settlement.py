"""Stays of a month against their payment standard: pass rate (S0-39) and cost classes (definitions 1 and 2).

As grouping.services.paying pays them: by the settlement list, without one by the front page as an estimate
预估. The cap on high-multiple cases moves a case from "high" to "high over the cap"; it never touches the
pass rate, for both cost more than their standard.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, MutableMapping

from alliance.lib.period import Month
from grouping.engine.metrics import Tally
from grouping.metrics import rollup
from grouping.metrics.facts import Key, Level, Scope
from grouping.services import paying
from grouping.services.paying import PAID_CLASSES, PaidStay


def settled(month: Month, scope: Scope) -> list[PaidStay]:
    """The stays of the month and scope that have a standard; a fixed number of queries.

    The whole of an institution is read: the cap counts over all its cases.
    """
    found = paying.paid(month, scope.institution, doctors=rollup.doctor_columns(month))
    return [one for one in found if one.kind in PAID_CLASSES and within(one, scope)]


def within(one: PaidStay, scope: Scope) -> bool:
    """Whether a stay is of the scope."""
    asked = (scope.institution, scope.department, scope.doctor, scope.drg)
    own = (one.institution, one.department, one.doctor, one.drg)
    return all(wanted in (None, value) for wanted, value in zip(asked, own, strict=True))


def key(one: PaidStay, level: Level) -> Key:
    """Its key at a level of the metrics."""
    keys: Mapping[str, Key] = {
        "alliance": (0, ""), "institution": (one.institution, ""),
        "department": (one.institution, one.department), "doctor": (one.institution, one.doctor),
        "drg": (one.institution, one.drg), "group": (0, one.drg),
    }  # fmt: skip
    return keys[level]


def fill(found: MutableMapping[Key, Tally], stays: Iterable[PaidStay], level: Level) -> None:
    """Count stays into the sums of a level; a list without a front page may bring a line of its own."""
    for one in stays:
        if level == "doctor" and not one.doctor:
            continue
        tally = found.setdefault(key(one, level), Tally())
        tally.priced += 1
        tally.passed += one.passed
        tally.estimated += one.estimated
        tally.high_cases += one.kind == "high"
        tally.over_cap_cases += one.kind == "high_over_cap"
        tally.low_cases += one.kind == "low"


WHICH = {"high": "high", "over_cap": "high_over_cap", "low": "low"}


def ids(month: Month, scope: Scope, which: str) -> list[int]:
    """The documents behind a figure: priced, passed, estimated, high, over_cap or low."""
    found = settled(month, scope)
    if which in WHICH:
        return [one.case for one in found if one.kind == WHICH[which]]
    if which == "priced":
        return [one.case for one in found]
    return [one.case for one in found if getattr(one, which)]
