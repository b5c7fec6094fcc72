"""Ineffective referrals 无效转诊: found by rule, listed with their evidence, excluded from the rates (S3-49).

Two rules, both with the days of `referral.pingpong_days`: a patient sent down and up again with the same
three-character diagnosis within the days (both referrals are flagged, each is the other's evidence); and a
patient who came and was not treated: no treatment recorded, no follow-up, no stay in the case files. An
up-referral that ends in a down-referral after treatment is the way it should be and is no finding.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from alliance.lib.period import Month
from alliance.lib.workdays import SHANGHAI
from alliance.services import parameters
from grouping.readmission import joined
from referrals import sql
from referrals.measuring import bounds
from referrals.models import Referral

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

    @property
    def why(self) -> str:
        """What was found, in words."""
        if self.rule == BOUNCED:
            return _("sent down and up again after %(days)d days with the same diagnosis") % {
                "days": self.days
            }
        return _("arrived and was not treated")


def findings(month: Month, *, now: datetime) -> dict[int, Finding]:
    """The ineffective ones of the referrals that arrived in a month, by id; three queries.

    Who came lately may still be treated: without treatment counts once the referral is answered with a reply,
    or the days have passed.
    """
    return findings_of([month], now=now)


def findings_of(months: Sequence[Month], *, now: datetime) -> dict[int, Finding]:
    """The same of months that follow each other, each by its own days; three queries, however many months."""
    begin, end = bounds(months[0])[0], bounds(months[-1])[1]
    asked = parameters.in_force_on("referral.pingpong_days", [month.last_day for month in months])
    days = {month: int(str(asked[month.last_day])) for month in months}
    found, untreated = {}, {}
    for row in sql.suspects(begin, end, max(days.values())):
        month = _of(row["at"])
        if row["days"] is None:
            if row["answered"] or row["at"] < now - timedelta(days=days[month]):
                untreated[row["number"]] = Finding(row["id"], UNTREATED, month, row["direction"])
        elif row["days"] <= days[month]:
            found[row["id"]] = Finding(row["id"], BOUNCED, month, row["direction"], row["other"], row["days"])
    stays = joined.joined(list(untreated))
    for number, one in untreated.items():
        if one.referral not in found and (number not in stays or stays[number].admission is None):
            found[one.referral] = one
    return found


def of_rows(rows: Iterable[Referral], *, now: datetime) -> dict[int, Finding]:
    """The ineffective ones of referrals that arrived in any months; three queries, none without arrivals."""
    months = sorted({_of(row.arrived_at) for row in rows if row.arrived_at is not None})
    return findings_of(list(months[0].through(months[-1])), now=now) if months else {}


def _of(arrived: datetime) -> Month:
    """The month of an arrival, in Shanghai."""
    return Month.of(arrived.astimezone(SHANGHAI).date())
