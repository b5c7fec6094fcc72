"""Limits of the looks: dated parameters as the engine takes them."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from alliance.lib.period import Month
from alliance.services import parameters
from performance.engine.gaming import balance, drift, erased, heaping, pingpong, praise, rush, split
from performance.engine.gaming.finding import Common

COMMON = ("fairness.false_share", "fairness.severity")
KEYS = (
    *COMMON, "fairness.months", "fairness.pingpong", "fairness.split", "fairness.split.planned",
    "fairness.split.near", "fairness.praise", "fairness.drift", "fairness.rush", "fairness.balance",
    "fairness.balance.axes", "fairness.heaping", "fairness.erased",
)  # fmt: skip
Given = Mapping[str, Any]


def in_force(month: Month) -> dict[str, Any]:
    """All limits that hold at the end of a month; one query."""
    return dict(parameters.several_in_force(KEYS, on=month.last_day))


def common(given: Given) -> Common:
    """What every look shares."""
    lines = given["fairness.severity"]
    return Common(float(given["fairness.false_share"]), float(lines["middle"]), float(lines["high"]))


def of_pingpong(given: Given) -> pingpong.Limits:
    """Least number of idle referrals, tolerated share."""
    own = given["fairness.pingpong"]
    return pingpong.Limits(int(own["at_least"]), float(own["tolerated"]))


def of_erased(given: Given) -> erased.Limits:
    """Least number of erased readmissions, tolerated share."""
    own = given["fairness.erased"]
    return erased.Limits(int(own["at_least"]), float(own["tolerated"]))


def of_split(given: Given) -> split.Limits:
    """Least number, times the expected, band of the first stay's charge."""
    own, near = given["fairness.split"], given["fairness.split.near"]
    band = (Decimal(near["min"]), Decimal(near["max"]))
    return split.Limits(int(own["at_least"]), float(own["ratio"]), band)


def of_praise(given: Given) -> praise.Limits:
    """Points in excess, least other institutions."""
    own = given["fairness.praise"]
    return praise.Limits(float(own["excess"]), int(own["at_least"]))


def of_drift(given: Given) -> drift.Limits:
    """Least cases, rise in percent points."""
    own = given["fairness.drift"]
    return drift.Limits(int(own["at_least"]), float(own["rise"]))


def of_rush(given: Given) -> rush.Limits:
    """Least events, excess in percent points."""
    own = given["fairness.rush"]
    return rush.Limits(int(own["at_least"]), float(own["excess"]))


def of_balance(given: Given) -> balance.Limits:
    """Least institutions, gap in percent points."""
    own = given["fairness.balance"]
    return balance.Limits(int(own["at_least"]), float(own["gap"]))


def of_heaping(given: Given) -> heaping.Limits:
    """Least values, excess in percent points."""
    own = given["fairness.heaping"]
    return heaping.Limits(int(own["at_least"]), float(own["excess"]))
