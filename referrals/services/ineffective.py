"""Ineffective referrals 无效转诊: found by rule, listed with their evidence, excluded from the rates (S3-49).

Two rules, both with the days of `referral.pingpong_days`: a patient sent down and up again with the same
three-character diagnosis within the days (both referrals are flagged, each is the other's evidence); and a
patient who came and was not treated: no treatment recorded, no follow-up, no stay in the case files. An
up-referral that ends in a down-referral after treatment is the way it should be and is no finding.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from alliance.lib.period import Month
from alliance.services import parameters
from grouping.readmission import joined
from referrals import sql
from referrals.machine import CAME
from referrals.models import Referral
from referrals.services.board import bounds

BOUNCED, UNTREATED = "bounced", "untreated"


@dataclass(frozen=True, slots=True)
class Finding:
    """One ineffective referral by id: the rule, the other one of the pair (or None), days between."""

    referral: int
    rule: str
    other: int | None = None
    days: int | None = None


def findings(month: Month, *, now: datetime) -> dict[int, Finding]:
    """The ineffective ones of the referrals that arrived in a month, by id; three queries.

    Who came lately may still be treated: without treatment counts once the referral is answered with a reply,
    or the days have passed.
    """
    begin, end = bounds(month)
    days = int(str(parameters.in_force("referral.pingpong_days", on=month.last_day)))
    found = {
        row["id"]: Finding(row["id"], BOUNCED, row["other"], row["days"])
        for row in sql.bounced(begin, end, days)
    }
    over = sql.untreated(begin, end, now, days)
    treated = joined.joined([row["number"] for row in over])
    for row in over:
        link = treated.get(row["number"])
        if row["id"] not in found and (link is None or link.admission is None):
            found[row["id"]] = Finding(row["id"], UNTREATED)
    return found


def rows(found: Iterable[int]) -> list[Referral]:
    """The referrals themselves, by number."""
    return list(Referral.objects.filter(pk__in=list(found), state__in=CAME).with_names().order_by("number"))
