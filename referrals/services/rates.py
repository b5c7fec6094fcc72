"""The month's referral rates of the alliance, its hospitals and townships, and their written explanations."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from alliance.lib.period import Month
from alliance.lib.workdays import SHANGHAI
from alliance.models import Institution, Membership
from alliance.services import journal, parameters
from grouping import facts as cases
from referrals import rates
from referrals.models import RateExplanation
from referrals.services import counts, ineffective, visits
from referrals.services.refusals import ReferralRefused

SHORTEST = 10  # characters of an explanation


@dataclass(frozen=True)
class Object:
    """Whose rates: the alliance (`institution` None) or one institution, with its figures by variant.

    `undecided` of the referrals it submitted are neither answered nor due: they are in no rate of answers.
    """

    institution: Institution | None
    figures: tuple[rates.Figure, ...]
    undecided: int = 0


def ended(month: Month, now: datetime) -> bool:
    """True once the month's last day is over in Shanghai: only then is its rate judged."""
    return now.astimezone(SHANGHAI).date() > month.last_day


def of_month(
    month: Month, *, now: datetime, flagged: Mapping[int, ineffective.Finding] | None = None
) -> list[Object]:
    """The alliance first, then each institution by code; a fixed number of queries.

    Ineffective referrals are not counted as arrived in a rate (S3-49); `flagged` saves asking for them again.
    V2 of a primary institution is not assessed until its visits are delivered.
    """
    found = ineffective.findings(month, now=now) if flagged is None else flagged
    sent = counts.sent(month, now=now, flagged=found)
    discharges = cases.discharges([month])[month]
    delivered, band = visits.of_month(month), band_of(month)
    total: Counter[str] = Counter()
    for own in sent.values():
        total.update(own)
    whole = {**total, "discharges": sum(discharges.values()) or None}
    objects = [_object(None, "alliance", whole, band, over=ended(month, now))]
    for place in Institution.objects.order_by("code"):
        level = "primary" if place.level == Institution.Level.PRIMARY else "hospital"
        own_counts = {
            **sent.get(place.pk, {}), "discharges": discharges.get(place.pk),
            "primary_visits": delivered.get(place.pk),
        }  # fmt: skip
        objects.append(_object(place, level, own_counts, band))
    return objects


def of_months(
    months: Sequence[Month], *, flagged: Mapping[int, ineffective.Finding]
) -> dict[Month, Fraction | None]:
    """V1 of months that follow each other, exact; two queries. `flagged` are their ineffective referrals."""
    came = counts.effective_by_month(months, flagged=flagged)
    discharges = cases.discharges(months)
    found = {}
    for month in months:
        left = sum(discharges[month].values())
        found[month] = Fraction(100 * came[month], left) if left else None
    return found


def band_of(month: Month) -> tuple[Decimal, Decimal]:
    """The band of V1 in percent, both bounds inclusive (S3-58)."""
    band: Mapping[str, Any] = parameters.in_force("cp.referral_band", on=month.last_day)  # type: ignore[assignment]
    return Decimal(str(band["min"])), Decimal(str(band["max"]))


def _object(
    place: Institution | None, level: str, counted: Mapping[str, int | None],
    band: tuple[Decimal, Decimal], *, over: bool = False,
) -> Object:  # fmt: skip
    figures = tuple(
        rates.rate(one, counted, band, ended=over) for one in rates.VARIANTS if one.level == level
    )
    return Object(place, figures, counted.get("undecided") or 0)


def explanation(month: Month) -> RateExplanation | None:
    """The explanation in force for a month's V1: the latest one written."""
    found: RateExplanation | None = (
        RateExplanation.objects.filter(month=month.first_day).select_related("written_by__user").last()
    )
    return found


@transaction.atomic
def explain(*, by: Membership, month: Month, text: str, now: datetime) -> RateExplanation:
    """Write why the alliance's rate lies outside its band; a later text stands beside the earlier ones.

    Raises PermissionDenied, ReferralRefused (explanation, month_running, not_required).
    """
    if not by.can("referral.explain") or by.institution_id is not None:
        raise PermissionDenied(_("Your role does not include this step."))
    if len(text.strip()) < SHORTEST:
        raise ReferralRefused("explanation")
    if not ended(month, now):
        raise ReferralRefused("month_running", month=month)
    figure = next(one for one in of_month(month, now=now)[0].figures if one.variant.band)
    if not figure.required:
        raise ReferralRefused("not_required")
    row: RateExplanation = RateExplanation.objects.create(
        month=month.first_day, variant=figure.variant.code, numerator=figure.numerator,
        denominator=figure.denominator or 0, text=text.strip(), written_by=by, written_at=now,
    )  # fmt: skip
    journal.write(by=by, verb="referral.rate_explained", about=row, month=str(month))
    return row
