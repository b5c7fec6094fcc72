"""Accounts that a payment came back from: nothing goes there again before two people stand by it anew, or by
another one (practice.md 7). The database refuses it too (`performance.payout.sql.RETURNED`).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, NullIf
from django.utils.translation import gettext as _

from performance.models import PayoutAccount, PayoutPart, PayoutPayment, PayoutRow


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


def parts() -> QuerySet[Any]:
    """Parts of payments that came back, with `why` of the bank, `later` (the lot made after the return that
    pays the part again; None: none yet), and `anew` (whether another account was confirmed since).
    """
    # When it was posted is of the clock that lots are made by; a part ends by that of the database.
    later = PayoutPart.objects.filter(
        Q(line=OuterRef("line")) | Q(due=OuterRef("due")), ended_at=None,
        payment__lot__made_at__gte=OuterRef("posted_at"),
    ).exclude(payment=OuterRef("payment"))  # fmt: skip
    anew = PayoutAccount.objects.filter(
        staff=OuterRef("payment__staff"), revision__gt=OuterRef("payment__account__revision"),
        confirmed_at__isnull=False,
    )  # fmt: skip
    words = Coalesce(NullIf("reason", Value("")), "note", Value(""))
    rows: QuerySet[Any] = PayoutPart.objects.filter(payment__state=PayoutPayment.State.RETURNED)
    rows = rows.annotate(posted_at=_answer("posted_at"), why=_answer(words), anew=Exists(anew))
    again = Subquery(later.order_by("-payment__lot").values("payment__lot")[:1])
    found: QuerySet[Any] = rows.annotate(later=again)
    return found


def _answer(said: Any) -> Subquery:
    """Of the answer that gave a payment back."""
    rows = PayoutRow.objects.filter(
        payment=OuterRef("payment"), action=PayoutRow.Action.RETURNED, posted_at__isnull=False
    )
    return Subquery(rows.order_by("-pk").values_list(said)[:1])
