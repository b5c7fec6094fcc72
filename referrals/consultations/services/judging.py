"""Concordance: whether the own impression, the answer and a later final proof agree (S2-30)."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from alliance.models import Membership
from alliance.services import journal
from referrals.consultations.models import Concordance, Consultation
from referrals.consultations.services.refusals import ConsultationRefused

ANSWERED = (Consultation.State.ANSWERED, Consultation.State.CLOSED)


@transaction.atomic
def record(
    *, by: Membership, consultation: Consultation, basis: str, verdict: str, now: datetime, text: str = ""
) -> Concordance:
    """Keep one comparison, once for each basis; the final proof may be known to either side.

    Raises PermissionDenied and ConsultationRefused (not_answered, no_impression, verdict, verdict_text,
    judged).
    """
    side = consultation.side_of(by)
    mine = by.can("consultation.ask") if side == "origin" else by.can("consultation.answer")
    if not side or not mine or (basis == Concordance.Basis.ANSWER and side != "origin"):
        raise PermissionDenied(_("This step belongs to the other side or to another role."))
    for fault in _faults(consultation, basis, verdict, text.strip()):
        raise ConsultationRefused(fault)
    try:
        with transaction.atomic():
            row: Concordance = Concordance.objects.create(
                consultation=consultation, basis=basis, verdict=verdict, text=text.strip(), recorded_by=by,
                recorded_at=now,
            )  # fmt: skip
    except IntegrityError as error:
        if "concordance_once" not in str(error):
            raise
        raise ConsultationRefused("judged") from None
    journal.write(by=by, verb="consultation.judged", about=consultation, basis=basis, verdict=verdict)
    return row


def _faults(consultation: Consultation, basis: str, verdict: str, text: str) -> list[str]:
    gold = basis == Concordance.Basis.GOLD
    wrong = {
        "not_answered": consultation.state not in ANSWERED,
        "no_impression": not gold and not consultation.impression,
        "verdict": verdict not in Concordance.Verdict.values,
        "verdict_text": not text and (gold or verdict == Concordance.Verdict.DIFFERS),
    }
    return [name for name, is_so in wrong.items() if is_so]
