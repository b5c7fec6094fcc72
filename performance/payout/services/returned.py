"""Accounts that a payment came back from: nothing goes there again before two people stand by it anew, or by
another one (practice.md 7). The database refuses it too (`performance.payout.sql.RETURNED`).
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from performance.models import PayoutAccount, PayoutPayment, PayoutRow


def said(staff: Iterable[int] | None = None) -> dict[int, str]:
    """What the bank said when it gave a payment back, by account, of all persons or of some; one query.

    An account entered anew is another row, and stands among them no longer.
    """
    rows = PayoutRow.objects.filter(
        action=PayoutRow.Action.RETURNED, posted_at__isnull=False,
        payment__state=PayoutPayment.State.RETURNED,
    )  # fmt: skip
    if staff is not None:
        rows = rows.filter(payment__staff__in=list(staff))
    told = rows.order_by("pk").values_list("payment__account", "reason", "note")
    return {account: reason or note or _("no reason given") for account, reason, note in told}


def held(accounts: Iterable[int]) -> QuerySet[PayoutAccount]:
    """Those of these accounts that still count: nobody has confirmed another of their persons since."""
    rows: QuerySet[PayoutAccount] = PayoutAccount.objects.defer("number").filter(pk__in=list(accounts))
    return rows.exclude(Exists(_later().filter(confirmed_at__isnull=False)))


def waiting(accounts: Iterable[int]) -> QuerySet[PayoutAccount]:
    """Those of the held after which nobody has entered another that waits for its second person."""
    return held(accounts).exclude(Exists(_later().filter(confirmed_at=None, declined_at=None)))


def _later() -> QuerySet[PayoutAccount]:
    rows: QuerySet[PayoutAccount] = PayoutAccount.objects.filter(
        staff=OuterRef("staff"), revision__gt=OuterRef("revision")
    )
    return rows
