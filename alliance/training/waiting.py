"""What waits for whom: sessions to close, payments for the second person."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from alliance.models import Membership
from alliance.services.inbox import Todo
from alliance.training.models import Session, Spending, seen_by


def waiting(membership: Membership, now: datetime) -> list[Todo]:
    """Ended sessions of the member's institution that are not closed; payments another person entered."""
    found = []
    here = membership.institution_id
    if here is not None and membership.can("training.organise"):
        ended = Session.objects.filter(organiser=here, state=Session.State.PLANNED, ends_at__lt=now).count()
        if ended:
            what = ngettext("%(n)d training session to close", "%(n)d training sessions to close", ended)
            why = _("Hours count once the list is closed.")
            found.append(Todo("info", what % {"n": ended}, why, reverse("training"), None, ended))
    if membership.can("training.confirm"):
        rows = Spending.objects.filter(seen_by(membership), state=Spending.State.ENTERED)
        number = rows.exclude(entered_by__user=membership.user_id).count()
        if number:
            what = ngettext(
                "%(n)d payment of the training fund to confirm",
                "%(n)d payments of the training fund to confirm",
                number,
            )
            why = _("A second person looks at the voucher.")
            found.append(Todo("info", what % {"n": number}, why, reverse("training-fund"), None, number))
    return found
