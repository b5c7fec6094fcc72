"""Ineffective referrals 无效转诊: found by rule, listed with their evidence, excluded from the rates (S3-49).

Two rules, both with the days of `referral.pingpong_days`: a patient sent down and up again with the same
three-character diagnosis within the days (both referrals are flagged, each is the other's evidence); and a
patient who came and was not treated: no treatment recorded, no follow-up, no stay in the case files. An
up-referral that ends in a down-referral after treatment is the way it should be and is no finding.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from alliance.lib.period import Month
from alliance.lib.workdays import SHANGHAI
from alliance.services import parameters
from grouping.readmission import joined
from referrals import sql
from referrals.measuring import bounds

BOUNCED, UNTREATED = "bounced", "untreated"


@dataclass(frozen=True, slots=True)
class Finding:
    """One ineffective referral by id: the rule, the other one of the pair (or None), days between.

    `month` is that of its arrival.
    """

    referral: int
    rule: str
    month: Month
    direction: str
    other: int | None = None
    days: int | None = None


def findings(month: Month, *, now: datetime) -> dict[int, Finding]:
    """The ineffective ones of the referrals that arrived in a month, by id; four queries.

    Who came lately may still be treated: without treatment counts once the referral is answered with a reply,
    or the days have passed.
    """
    return findings_of([month], now=now)


def findings_of(months: Sequence[Month], *, now: datetime) -> dict[int, Finding]:
    """The same of months that follow each other, each by its own days; four queries, however many months."""
    begin, end = bounds(months[0])[0], bounds(months[-1])[1]
    asked = parameters.in_force_on("referral.pingpong_days", [month.last_day for month in months])
    days = {month: int(str(asked[month.last_day])) for month in months}
    found = {
        row["id"]: Finding(row["id"], BOUNCED, _month(row), row["direction"], row["other"], row["days"])
        for row in sql.bounced(begin, end, max(days.values()))
        if row["days"] <= days[_month(row)]
    }
    certain = [
        row for row in sql.untreated(begin, end)
        if row["answered"] or row["at"] < now - timedelta(days=days[_month(row)])
    ]  # fmt: skip
    treated = joined.joined([row["number"] for row in certain])
    for row in certain:
        link = treated.get(row["number"])
        if row["id"] not in found and (link is None or link.admission is None):
            found[row["id"]] = Finding(row["id"], UNTREATED, _month(row), row["direction"])
    return found


def _month(row: dict[str, Any]) -> Month:
    """The month of an arrival, in Shanghai."""
    return Month.of(row["at"].astimezone(SHANGHAI).date())
