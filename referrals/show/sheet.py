"""What the printed form shows, in the order of definitions section 4."""

from __future__ import annotations

from typing import Any

from django.utils import formats, timezone
from django.utils.translation import gettext as _

from alliance.web import parts
from alliance.web.qr import picture
from referrals.models import Referral
from referrals.show.emergency import facts as emergency_facts
from referrals.show.page import numbers, patient, texts, where, why
from referrals.show.papers import insurance


def sheet(referral: Referral, address: str) -> dict[str, Any]:
    """One A4 page: who, from whom, to whom, why, papers, and the code that opens the referral."""
    return {
        "title": _("Referral form"), "referral": referral, "code": picture(address), "address": address,
        "patient": patient(referral, masked=False), "why": why(referral),
        "where": where(referral), "texts": texts(referral), "insurance": insurance(referral),
        "emergency": emergency_facts(referral), "extra": _extra(referral),
        "printed": formats.date_format(timezone.localtime(), "DATETIME_FORMAT"),
    }  # fmt: skip


def _extra(referral: Referral) -> list[parts.Fact]:
    """The numbers of the papers, with that of the insurance card, and the code of the sender."""
    found = [parts.Fact(_("code of the sending institution"), referral.origin_institution.code)]
    found += numbers(referral)
    if referral.insurance_no:
        found.append(parts.Fact(_("insurance card number"), str(referral.insurance_no)))
    return found
