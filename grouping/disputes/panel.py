"""The panel: experts are asked, stand back or say what they think, each in own words (S4-21, S4-22)."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from alliance.models import Membership
from alliance.services import journal
from grouping.disputes.services import DECIDE, DisputeRefused, involved
from grouping.models import Dispute, DisputeExpert, DisputeOpinion

OPINE = "dispute.opine"
State = Dispute.State
TAKEN = (State.STUDIED, State.ANSWERED)


@transaction.atomic
def ask(*, by: Membership, dispute: Dispute, member: Membership, kind: str, now: datetime) -> DisputeExpert:
    """Ask an expert. Raises PermissionDenied, DisputeRefused (ended, expert, involved)."""
    if not by.can(DECIDE):
        raise PermissionDenied
    if dispute.state not in TAKEN:
        raise DisputeRefused("ended")
    if not member.can(OPINE) or DisputeExpert.objects.filter(dispute=dispute, member=member).exists():
        raise DisputeRefused("expert")
    if involved(dispute, member):
        raise DisputeRefused("involved")
    row: DisputeExpert = DisputeExpert.objects.create(
        dispute=dispute, member=member, kind=kind, asked_by=by, asked_at=now
    )
    journal.write(by=by, verb="dispute.expert_asked", about=dispute, kind=kind)
    return row


def _own(by: Membership, dispute: Dispute) -> DisputeExpert:
    row = DisputeExpert.objects.filter(dispute=dispute, member=by, recused_at=None).first()
    if row is None:
        raise PermissionDenied
    return row


@transaction.atomic
def stand_back(*, by: Membership, dispute: Dispute, why: str, now: datetime) -> None:
    """An expert with an interest stands back and says why. Raises PermissionDenied, DisputeRefused (why)."""
    row = _own(by, dispute)
    if not why.strip():
        raise DisputeRefused("why")
    if row.opinions.exists():
        raise DisputeRefused("ended")
    DisputeExpert.objects.filter(pk=row.pk, recused_at=None).update(
        recused_at=now, recused_why=why.strip()[:300]
    )
    journal.write(by=by, verb="dispute.expert_stood_back", about=dispute)


@transaction.atomic
def give(*, by: Membership, dispute: Dispute, verdict: str, text: str, now: datetime) -> DisputeOpinion:
    """Say what one thinks, once. Raises PermissionDenied, DisputeRefused (opinion, ended, involved)."""
    row = _own(by, dispute)
    if len(text.strip()) < 4:
        raise DisputeRefused("opinion")
    if dispute.state not in TAKEN:
        raise DisputeRefused("ended")
    if involved(dispute, by):
        raise DisputeRefused("involved")
    try:
        with transaction.atomic():
            made: DisputeOpinion = DisputeOpinion.objects.create(
                dispute=dispute, expert=row, verdict=verdict, text=text.strip()[:2000], given_at=now
            )
    except IntegrityError:
        raise DisputeRefused("ended") from None
    journal.write(by=by, verb="dispute.opinion_given", about=dispute)
    return made
