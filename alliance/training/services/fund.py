"""Payments of the training fund: entered by one person, confirmed by another (S2-24)."""

from __future__ import annotations

from datetime import date, datetime

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from alliance.lib.workdays import SHANGHAI
from alliance.models import Membership, Staff
from alliance.services import journal, steps
from alliance.training.models import Spending
from alliance.training.services.refusals import TrainingRefused


@transaction.atomic
def spend(
    *, by: Membership, day: date, fen: int, purpose: str, voucher: str, staff: Staff | None, now: datetime
) -> Spending:
    """Enter a payment of the own institution. Raises TrainingRefused (fen, day, staff, voucher)."""
    if not by.can("training.spend"):
        raise PermissionDenied(_("Your role does not include this step."))
    if by.institution is None:
        raise TrainingRefused("no_institution")
    if fen <= 0:
        raise TrainingRefused("fen")
    if day > now.astimezone(SHANGHAI).date():
        raise TrainingRefused("day")
    if staff is not None and staff.institution_id != by.institution_id:
        raise TrainingRefused("staff")
    try:
        with transaction.atomic():
            row: Spending = Spending.objects.create(
                institution=by.institution, day=day, fen=fen, purpose=purpose.strip(), staff=staff,
                voucher=voucher.strip(), entered_by=by, entered_at=now,
            )  # fmt: skip
    except IntegrityError as error:
        if "training_spending_voucher" not in str(error):
            raise
        raise TrainingRefused("voucher", voucher=voucher.strip()) from None
    journal.write(by=by, verb="training.spent", about=row, fen=fen)
    return row


@transaction.atomic
def confirm(*, by: Membership, spending: Spending, version: int | None = None) -> Spending:
    """A second person confirms. Raises TrainingRefused (same_person), PermissionDenied, Stale."""
    return _decide("confirm", by, spending, version, "")


@transaction.atomic
def reject(*, by: Membership, spending: Spending, why: str, version: int | None = None) -> Spending:
    """A second person says no and why."""
    if not why.strip():
        raise TrainingRefused("why")
    return _decide("reject", by, spending, version, why.strip())


def _decide(name: str, by: Membership, spending: Spending, version: int | None, why: str) -> Spending:
    own = by.institution_id in (None, spending.institution_id)
    if not (own and by.can("training.confirm")):
        raise PermissionDenied(_("Your role does not include this step."))
    if by.user_id == spending.entered_by.user_id:
        raise TrainingRefused("same_person")
    decided: Spending = steps.take(
        steps.open_now(name, spending, version), by=by, row=spending, verb=f"training.{name}_payment",
        remark=why, decided_by=by, why=why,
    )  # fmt: skip
    return decided
