"""What the bank gave back of a person's pay and no later lot has taken up (practice.md 7)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Exists, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce, NullIf
from django.utils.translation import gettext as _

from alliance.models import Membership, Staff
from performance.models import PayoutAccount, PayoutPart, PayoutPayment, PayoutRow


@dataclass(frozen=True, slots=True)
class GivenBack:
    """What is said of lines and of amounts of corrections (by pk) that the bank gave back."""

    lines: Mapping[int, str] = field(default_factory=dict)
    dues: Mapping[int, str] = field(default_factory=dict)


def of_person(staff: Staff, member: Membership) -> GivenBack:
    """Of a person; one query. What the bank said of the account is for who sees the account: its owner and
    the office.
    """
    later = PayoutPart.objects.filter(
        Q(line=OuterRef("line")) | Q(due=OuterRef("due")), ended_at=None,
        payment__lot__made_at__gte=OuterRef("posted_at"),
    )  # fmt: skip
    anew = PayoutAccount.objects.filter(
        staff=OuterRef("payment__staff"), revision__gt=OuterRef("payment__account__revision"),
        confirmed_at__isnull=False,
    )  # fmt: skip
    words = Coalesce(NullIf("reason", Value("")), "note", Value(""))
    rows = PayoutPart.objects.filter(payment__staff=staff, payment__state=PayoutPayment.State.RETURNED)
    # When it was posted is of the clock that lots are made by; a part ends by that of the database.
    told = rows.annotate(posted_at=_answer("posted_at"), why=_answer(words), anew=Exists(anew))
    told = told.exclude(Exists(later)).order_by("pk")
    sees = member.institution_id is None or member.user_id == staff.user_id
    lines: dict[int, str] = {}
    dues: dict[int, str] = {}
    for line, due, why, is_anew in told.values_list("line", "due", "why", "anew"):
        found, pk = (lines, line) if line is not None else (dues, due)
        found[pk] = _words(why if sees else "", anew=is_anew)
    return GivenBack(lines, dues)


def _answer(said: Any) -> Subquery:
    """Of the answer that gave a payment back; `payout.services.returned` tells the office the same words."""
    rows = PayoutRow.objects.filter(
        payment=OuterRef("payment"), action=PayoutRow.Action.RETURNED, posted_at__isnull=False
    )
    return Subquery(rows.order_by("-pk").values_list(said)[:1])


def _words(why: str, *, anew: bool) -> str:
    head = _("given back by the bank (%(why)s)") % {"why": why} if why else _("given back by the bank")
    said = (
        _("%(given_back)s; the account is confirmed anew, it is paid with the next lot")
        if anew
        else _("%(given_back)s; it is paid once the account is confirmed anew")
    )
    return said % {"given_back": head}
