"""Fees of consultations: dated rates, the share of each side, what institutions owe each other (S3-51)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, cast

from django.db import IntegrityError, transaction
from django.db.models import Q

from alliance.lib.period import Month
from alliance.lib.workdays import SHANGHAI
from alliance.models import Institution, Membership
from alliance.services import journal, parameters
from referrals import measuring
from referrals.consultations.engine import shares
from referrals.consultations.models import Consultation, Fee, FeeRate, Kind
from referrals.consultations.services.asking import require
from referrals.consultations.services.refusals import ConsultationRefused


@transaction.atomic
def set_rate(
    *,
    by: Membership,
    kind: str,
    fen: int,
    from_date: date,
    source: str,
    institution: Institution | None = None,
) -> FeeRate:
    """Let a fee hold from a day on, for one answering institution or for all. Raises ConsultationRefused."""
    require(by, "consultation.set_fee")
    if kind not in Kind.values:
        raise ConsultationRefused("kind")
    if fen <= 0:
        raise ConsultationRefused("fee")
    try:
        with transaction.atomic():
            rate: FeeRate = FeeRate.objects.create(
                kind=kind, institution=institution, fen=fen, from_date=from_date, source=source, entered_by=by
            )
    except IntegrityError as error:
        if "fee_rate_once" not in str(error):
            raise
        raise ConsultationRefused("fee_day", day=from_date) from None
    journal.write(
        by=by, verb="consultation.fee_set", about=rate, kind=kind, fen=fen, from_date=str(from_date)
    )
    return rate


def rate_on(kind: str, institution: int, on: date) -> FeeRate | None:
    """The fee in force for a kind answered by an institution: its own before that of all, or None."""
    rows = FeeRate.objects.filter(
        Q(institution=institution) | Q(institution=None), kind=kind, from_date__lte=on
    )
    found = sorted(rows, key=lambda row: (row.institution_id is not None, row.from_date))
    return found[-1] if found else None


def rule_on(kind: str, on: date) -> shares.Rule:
    """How a fee of a kind is shared on a day, by the parameters in force."""
    method = cast("Mapping[str, str]", parameters.in_force("consult.share_method", on=on))[kind]
    tables = [
        cast("Mapping[str, Decimal]", parameters.in_force(key, on=on))
        for key in ("consult.share_weights", "consult.share_asker")
    ]
    fixed = cast(Decimal, parameters.in_force("cp.imaging_share", on=on))
    return shares.Rule(method, fixed, tables[0], tables[1])


def charge(consultation: Consultation, *, now: datetime) -> Fee | None:
    """Keep the fee of an answered consultation by the rate and share of the day it was answered.

    None where no rate holds: the page of fees says so, and the fee can be charged once there is one.
    """
    assert consultation.answered_at is not None, "only an answer is charged"
    day = consultation.answered_at.astimezone(SHANGHAI).date()
    rate = rate_on(consultation.kind, consultation.target_institution_id, day)
    if rate is None:
        return None
    rule, origin = rule_on(consultation.kind, day), consultation.origin_institution
    primary = origin.level == Institution.Level.PRIMARY
    parts = shares.share(rate.fen, rule, primary=primary)
    made: Fee = Fee.objects.create(
        consultation=consultation, rate=rate, origin_institution=origin,
        target_institution=consultation.target_institution, fen=rate.fen, asker_fen=parts.asker,
        answerer_fen=parts.answerer, reason=_reason(rule, parts, primary),
        charged_at=consultation.answered_at,
    )  # fmt: skip
    return made


def _reason(rule: shares.Rule, parts: shares.Share, primary: bool) -> dict[str, Any]:
    told: dict[str, Any] = {"method": rule.method, "primary": primary, "percent": str(parts.percent)}
    if rule.method == shares.FACTORS:
        told |= {name: f"{rule.weights[name]} x {rule.asker[name]} %" for name in rule.weights}
    return told


@transaction.atomic
def charge_missing(*, by: Membership, month: Month, now: datetime) -> int:
    """Charge what was answered in a month before a rate was entered; returns how many. Twice is once."""
    require(by, "consultation.set_fee")
    charged = [charge(row, now=now) for row in without_fee(month).select_for_update(of=("self",))]
    count = sum(fee is not None for fee in charged)
    if count:
        journal.write(by=by, verb="consultation.fees_charged", month=str(month), count=count)
    return count


def without_fee(month: Month) -> Any:
    """Answered in a month and not charged yet."""
    begin, end = measuring.bounds(month)
    rows = Consultation.objects.filter(answered_at__gte=begin, answered_at__lt=end, fees=None)
    return rows.select_related("origin_institution", "target_institution")
