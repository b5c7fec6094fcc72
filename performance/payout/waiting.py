"""What waits for whom when money is paid out: accounts and lots to check, answers, a changed account."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from alliance.models import Membership, Staff
from alliance.services.inbox import Todo
from performance.models import (
    PayoutAccount,
    PayoutEntity,
    PayoutLot,
    PayoutMap,
    PayoutPayment,
    PayoutRow,
    PayoutTemplate,
)
from performance.models.pay import VIEW as PAY
from performance.models.payout import CHECK, EXPORT, RUN
from performance.payout.services import returned


def waiting(membership: Membership, now: datetime) -> list[Todo]:
    """Eleven queries at most for the office, three for everybody else."""
    found = _own(membership) if membership.can(PAY) else []
    if membership.institution_id is not None:
        return found
    if membership.can(CHECK):
        found += [*_accounts(membership), *_ground(membership), *_lots(membership), *_answers(membership)]
    if membership.can(EXPORT):
        found += _files()
    if membership.can(RUN):
        found += [*_differences(), *_came_back()]
    return found


def _own(membership: Membership) -> list[Todo]:
    """The notice of practice.md 7: the account was changed by two people; its owner says that it is right.
    Of an account that pay came back from its owner hears this instead.
    """
    mine = Staff.objects.filter(user=membership.user_id).values_list("pk", flat=True)
    back = returned.said(mine)
    rows = PayoutAccount.objects.decided().defer("number").filter(
        staff__user=membership.user_id, seen_at=None
    ).order_by("-revision")[:1]  # fmt: skip
    return [
        *(_given_back(back[row.pk]) for row in returned.waiting(back)),
        *(_declined(row) if row.declined_at else _changed(row) for row in rows if row.pk not in back),
    ]


def _changed(row: PayoutAccount) -> Todo:
    return Todo(
        "warn", _("Your bank account was entered or changed: %(account)s") % {"account": row.masked},
        _("Pay goes there from now on. Say that it is right, or ask the office at once."),
        reverse("payout-mine"), None,
    )  # fmt: skip


def _declined(row: PayoutAccount) -> Todo:
    return Todo(
        "warn", _("Your bank account %(account)s was declined") % {"account": row.masked},
        row.declined_why or _("Ask the office why."), reverse("payout-mine"), None,
    )  # fmt: skip


def _given_back(why: str) -> Todo:
    return Todo(
        "warn", _("The bank gave your pay back: %(why)s") % {"why": why},
        _("Enter it anew after comparing holder and number with your card, or enter another."),
        reverse("payout-mine"), button=_("Enter the account"),
    )  # fmt: skip


def _came_back() -> list[Todo]:
    rows = list(returned.waiting(returned.said()).order_by("staff"))
    n = len(rows)
    said = ngettext("%(n)d bank account that a payment came back from",
                    "%(n)d bank accounts that payments came back from", n) % {"n": n}  # fmt: skip
    url = (
        reverse("payout-account", args=[rows[0].staff_id])
        if n == 1
        else f"{reverse('payout-accounts')}?state=returned"
    )
    why = _("Their persons are not paid before the account is confirmed anew, or another is.")
    return [Todo("warn", said, why, url, None, n)] if n else []


def _accounts(membership: Membership) -> list[Todo]:
    rows = PayoutAccount.objects.filter(confirmed_at=None, declined_at=None)
    n = rows.exclude(Q(entered_by__user=membership.user_id) | Q(staff__user=membership.user_id)).count()
    said = ngettext("%(n)d bank account to confirm", "%(n)d bank accounts to confirm", n) % {"n": n}
    url = f"{reverse('payout-accounts')}?state=waiting"
    return [Todo("info", said, _("Compare it with the person's paper."), url, None, n)] if n else []


def _ground(membership: Membership) -> list[Todo]:
    n = sum(
        model.objects.filter(confirmed_at=None).exclude(entered_by__user=membership.user_id).count()
        for model in (PayoutEntity, PayoutTemplate, PayoutMap)
    )
    said = ngettext("%(n)d entry of paying out waits for a second person",
                    "%(n)d entries of paying out wait for a second person", n) % {"n": n}  # fmt: skip
    why = _("A legal entity, a template or an account map.")
    return [Todo("info", said, why, reverse("payout-ground"), None, n)] if n else []


def _with(state: str) -> Exists:
    return Exists(PayoutPayment.objects.filter(lot=OuterRef("pk"), state=state))


def _lots(membership: Membership) -> list[Todo]:
    rows = PayoutLot.objects.filter(_with("made"), checked_at=None)
    n = rows.exclude(made_by__user=membership.user_id).count()
    said = ngettext("%(n)d lot to check", "%(n)d lots to check", n) % {"n": n}
    url = f"{reverse('payout')}?state=made"
    return [Todo("info", said, _("Compare it with the signed list."), url, None, n)] if n else []


def _files() -> list[Todo]:
    n = PayoutLot.objects.filter(_with("made"), checked_at__isnull=False).count()
    said = ngettext("%(n)d lot to write for the bank", "%(n)d lots to write for the bank", n) % {"n": n}
    url = f"{reverse('payout')}?state=checked"
    return (
        [Todo("info", said, _("It is checked; the file holds whole account numbers."), url, None, n)]
        if n
        else []
    )


def _answers(membership: Membership) -> list[Todo]:
    rows = PayoutRow.objects.ripe().exclude(decided_by__user=membership.user_id)
    lots = list(rows.order_by("result__lot").values_list("result__lot", flat=True).distinct())
    n = len(lots)
    said = ngettext("%(n)d answer of a bank to post", "%(n)d answers of banks to post", n) % {"n": n}
    url = reverse("payout-lot", args=[lots[0]]) if n == 1 else reverse("payout")
    return [Todo("info", said, _("Compare it with the bank's statement."), url, None, n)] if n else []


def _differences() -> list[Todo]:
    n = PayoutRow.objects.open().count()
    said = ngettext("%(n)d difference with a bank", "%(n)d differences with banks", n) % {"n": n}
    why = _("An amount differs, a payment is unknown or missing.")
    return [Todo("warn", said, why, reverse("payout-rows"), None, n)] if n else []
