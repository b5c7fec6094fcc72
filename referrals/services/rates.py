"""The month's referral rates of the alliance, its hospitals and townships, and their written explanations."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from alliance.lib.period import Month
from alliance.models import Institution, Membership
from alliance.services import journal, parameters
from grouping import facts as cases
from referrals import facts, rates
from referrals.models import RateExplanation, Referral
from referrals.services import ineffective
from referrals.services.board import bounds
from referrals.services.refusals import ReferralRefused

SHORTEST = 10  # characters of an explanation


@dataclass(frozen=True)
class Object:
    """Whose rates: the alliance (`institution` None) or one institution, with its figures by variant."""

    institution: Institution | None
    figures: tuple[rates.Figure, ...]


def of_month(month: Month, *, now: datetime) -> list[Object]:
    """The alliance first, then each institution by code; a fixed number of queries.

    Ineffective referrals are not counted as arrived in a rate (S3-49). Visits of primary institutions are not
    delivered to this system: V2 is not assessed until they are.
    """
    flagged = ineffective.findings(month, now=now)
    band = band_of(month)
    discharges = {fact.institution_id: fact.discharges for fact in cases.case_facts(month)}
    persons = _persons_down(month, flagged)
    own = {fact.institution_id: _counts(fact, flagged) for fact in facts.referral_facts(month)}
    total: Counter[str] = Counter()
    for sent in own.values():
        total.update(sent)
    whole: dict[str, int | None] = {**total, "discharges": sum(discharges.values()) or None}
    found = [Object(None, _figures("alliance", whole, band))]
    for place in Institution.objects.order_by("code"):
        level = "primary" if place.level == Institution.Level.PRIMARY else "hospital"
        counts: dict[str, int | None] = {
            **own.get(place.pk, {}), "discharges": discharges.get(place.pk),
            "down_persons": persons.get(place.pk, 0), "primary_visits": None,
        }  # fmt: skip
        found.append(Object(place, _figures(level, counts, band)))
    return found


def alliance_rate(month: Month, *, now: datetime) -> rates.Figure:
    """V1 of a month alone, for a line over time: the same counts as `of_month`."""
    begin, end = bounds(month)
    flagged = ineffective.findings(month, now=now)
    came = Referral.objects.filter(arrived_at__gte=begin, arrived_at__lt=end).exclude(pk__in=list(flagged))
    counts = {
        "up_effective": came.filter(direction="up").count(),
        "down_effective": came.filter(direction="down").count(),
        "discharges": sum(fact.discharges for fact in cases.case_facts(month)) or None,
    }
    variant = next(one for one in rates.VARIANTS if one.band)
    return rates.rate(variant, counts, band_of(month))


def band_of(month: Month) -> tuple[Decimal, Decimal]:
    """The band of V1 in percent, both bounds inclusive (S3-58)."""
    band: Mapping[str, Any] = parameters.in_force("cp.referral_band", on=month.last_day)  # type: ignore[assignment]
    return Decimal(str(band["min"])), Decimal(str(band["max"]))


def _figures(
    level: str, counts: Mapping[str, int | None], band: tuple[Decimal, Decimal]
) -> tuple[rates.Figure, ...]:
    return tuple(rates.rate(one, counts, band) for one in rates.VARIANTS if one.level == level)


def _counts(fact: facts.ReferralFact, flagged: Mapping[int, ineffective.Finding]) -> dict[str, int]:
    """Counts of an institution as a sender: every referral is counted at one place only."""

    def effective(name: str) -> int:
        return sum(pk not in flagged for pk in fact.ids.get(name, ()))

    up, down = effective("up_arrived_sent"), effective("down_arrived_sent")
    return {
        "up_effective": up, "down_effective": down, "effective": up + down,
        "arrived": fact.count("up_arrived_sent") + fact.count("down_arrived_sent"),
        "submitted": fact.count("up_logged_sent") + fact.count("down_logged_sent"),
        "accepted_in_time": fact.count("referrals_accepted_in_time"),
    }  # fmt: skip


def _persons_down(month: Month, flagged: Mapping[int, ineffective.Finding]) -> Counter[int]:
    """Persons (not referrals) sent down that arrived in the month, by the sending institution."""
    begin, end = bounds(month)
    rows = Referral.objects.filter(direction="down", arrived_at__gte=begin, arrived_at__lt=end)
    pairs = rows.exclude(pk__in=list(flagged)).values_list("origin_institution", "person").distinct()
    return Counter(place for place, _person in pairs)


def explanation(month: Month) -> RateExplanation | None:
    """The explanation in force for a month's V1: the latest one written."""
    found: RateExplanation | None = (
        RateExplanation.objects.filter(month=month.first_day).select_related("written_by__user").last()
    )
    return found


@transaction.atomic
def explain(*, by: Membership, month: Month, text: str, now: datetime) -> RateExplanation:
    """Write why the alliance's rate lies outside its band; a later text stands beside the earlier ones.

    Raises PermissionDenied, ReferralRefused (explanation, not_required).
    """
    if not by.can("referral.explain") or by.institution_id is not None:
        raise PermissionDenied(_("Your role does not include this step."))
    if len(text.strip()) < SHORTEST:
        raise ReferralRefused("explanation")
    figure = next(one for one in of_month(month, now=now)[0].figures if one.variant.band)
    if not figure.required:
        raise ReferralRefused("not_required")
    row: RateExplanation = RateExplanation.objects.create(
        month=month.first_day, variant=figure.variant.code, numerator=figure.numerator,
        denominator=figure.denominator or 0, text=text.strip(), written_by=by, written_at=now,
    )  # fmt: skip
    journal.write(by=by, verb="referral.rate_explained", about=row, month=str(month))
    return row
