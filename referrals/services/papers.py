"""Papers that go with a referral: records and results, and the insurance filing 医保转诊备案."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alliance.models import Attachment, Institution, Membership
from alliance.services import files, journal, parameters
from referrals.machine import LIVE, NOT_GOING
from referrals.models import Referral, ReferralFile
from referrals.services.refusals import ReferralRefused


@transaction.atomic
def attach(
    *, by: Membership, referral: Referral, name: str, content: Iterable[bytes], content_type: str, limit: int
) -> ReferralFile:
    """Keep a record or result with an unfinished referral; both sides may add and read it.

    Raises PermissionDenied, ReferralRefused (finished), files.TooLarge.
    """
    _own(by, referral)
    if referral.state not in LIVE:
        raise ReferralRefused("finished", state=referral.get_state_display())
    stored = files.store(
        by=by, name=name, content=content, purpose=Attachment.Purpose.EVIDENCE, content_type=content_type,
        limit=limit, institution=by.institution,
    )  # fmt: skip
    row: ReferralFile = ReferralFile.objects.create(referral=referral, file=stored, added_by=by)
    journal.write(by=by, verb="referral.file_added", about=referral, file=stored.pk)
    return row


@transaction.atomic
def file_insurance(*, by: Membership, referral: Referral, number: str) -> Referral:
    """Keep the insurer's number of the filing; the sender's to do.

    Raises PermissionDenied, ReferralRefused (filing_no; finished where the patient does not go).
    """
    if referral.side_of(by) != "origin" or not by.can("referral.log"):
        raise PermissionDenied(_("Only the sender files a referral with the insurer."))
    if not number.strip():
        raise ReferralRefused("filing_no")
    if referral.state in NOT_GOING:
        raise ReferralRefused("finished", state=referral.get_state_display())
    return filed_by_the_desk(by=by, referral=referral, number=number)


def filed_by_the_desk(*, by: Membership, referral: Referral, number: str) -> Referral:
    """Keep the number on the referral: asked for by the sender above, or by the desk that filed the patient
    for care elsewhere (referrals.offsite), which has judged who may.
    """
    filed: Referral = Referral.objects.claim(
        referral.pk, expect={},
        change={"filing": Referral.Filing.FILED, "filing_no": number.strip(), "version": F("version") + 1},
    )  # fmt: skip
    journal.write(by=by, verb="referral.filed_with_insurer", about=filed)
    return filed


def to_be_filed(referral: Referral) -> bool:
    """Whether the sender still has to file it: nobody files a patient who does not go."""
    return referral.filing == Referral.Filing.TO_FILE and referral.state not in NOT_GOING


def needed(direction: str, insurance: str) -> str:
    """The state of the filing a new referral begins with: only an insured patient going up is filed."""
    insured = insurance not in (Referral.Insurance.SELF, Referral.Insurance.COMMERCIAL)
    up = direction == Referral.Direction.UP
    return str(Referral.Filing.TO_FILE if up and insured else Referral.Filing.NOT_NEEDED)


def benefit(target: Institution | None, *, on: date) -> tuple[str, Decimal | None]:
    """What the local insurance pays after a referral: the word on the deductible 起付线, and the ratio 比例.

    The ratio in percent by the target's level; None where the place outside has no level here.
    """
    terms = terms_of_benefit(on)
    ratio = terms.get(target.level) if target is not None else None
    return deductible_words(terms), Decimal(str(ratio)) if ratio is not None else None


# What the register ships; what an alliance writes itself is shown as it wrote it.
DEDUCTIBLES = {"起付线连续计算": gettext_lazy("deductible counted on from the first stay")}


def deductible_words(terms: Mapping[str, Any]) -> str:
    """The word on the deductible in the language of the page."""
    told = str(terms["deductible"])
    return str(DEDUCTIBLES.get(told, told))


def terms_of_benefit(on: date) -> Mapping[str, Any]:
    """The local benefit in force on a day: `deductible` in words, and percent paid by level."""
    terms: Mapping[str, Any] = parameters.in_force("referral.benefit", on=on)  # type: ignore[assignment]
    return terms


def _own(by: Membership, referral: Referral) -> None:
    if not referral.side_of(by) or not (by.can("referral.log") or by.can("referral.accept")):
        raise PermissionDenied(_("This step belongs to the other side or to another role."))
