"""What the page of transfers owed for referrals shows (S2-33, S3-39)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.core.paginator import Paginator
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alliance.lib.period import Month
from alliance.models import Institution, Membership
from alliance.web import lists, parts, words
from referrals import transfers
from referrals.models import Referral
from referrals.show.months import neighbours
from referrals.transfers import DOWN_TRANSFER, FEE_RETURN, Owed, TransferFact

RULES: Mapping[str, Any] = {
    DOWN_TRANSFER: gettext_lazy("transfer of a recovery stay"),
    FEE_RETURN: gettext_lazy("fee return"),
}
WHY: Mapping[str, Any] = {
    DOWN_TRANSFER: gettext_lazy("the front page does not say what the patient paid"),
    FEE_RETURN: gettext_lazy("the front page does not divide its charges"),
}


def page(request: Any, month: Month, now: datetime) -> dict[str, Any]:
    """What is owed for a month: sums, pairs of institutions, and by pages what each referral owes.

    An institution sees what it owes and what it is owed. The number of queries does not grow.
    """
    by: Membership = request.membership
    facts = [
        one
        for one in transfers.transfer_facts(month, now=now)
        if by.institution_id in (None, one.payer, one.receiver)
    ]
    owed = transfers.summed(facts, month)
    names = dict(Institution.objects.values_list("pk", "short_name"))
    shown = Paginator(facts, lists.PER_PAGE).get_page(request.GET.get("page"))
    rows = Referral.objects.only(*transfers.READ).in_bulk([one.referral for one in shown])
    return {
        "title": _("Transfers owed for referrals"), "month": month, "figs": _figs(owed),
        "steps": neighbours(month, now, reverse("referral-transfers")),
        "pairs": [_pair(one, names) for one in owed],
        "lines": [_line(one, rows[one.referral], names, by) for one in shown], "shown": shown,
    }  # fmt: skip


def _figs(owed: list[Owed]) -> list[parts.Fig]:
    sums = {rule: [one for one in owed if one.rule == rule] for rule in RULES}
    returned = sum(one.fen for one in sums[FEE_RETURN])
    most = sum(one.most_fen for one in sums[FEE_RETURN])
    missing = sum(len(one.unassessed) for one in owed)
    recovered = sum(one.fen for one in sums[DOWN_TRANSFER])
    upper = _("at most %(yuan)s") % {"yuan": words.yuan(most)}
    return [
        parts.Fig(_("transfers of recovery stays"), words.yuan(recovered), _("yuan")),
        parts.Fig(_("fee returns"), words.yuan(returned), _("yuan"), upper if most != returned else ""),
        parts.Fig(_("referrals behind it"), words.num(sum(len(one.referrals) for one in owed))),
        parts.Fig(
            _("not assessed"), words.num(missing), "",
            _("their front pages do not say the base") if missing else "", bad=bool(missing),
        ),
    ]  # fmt: skip


def _pair(one: Owed, names: Mapping[int, str]) -> dict[str, Any]:
    return {
        "payer": names[one.payer], "receiver": names[one.receiver], "rule": RULES[one.rule],
        "referrals": len(one.referrals), "fen": one.fen,
        "most": one.most_fen if one.most_fen != one.fen else None, "missing": len(one.unassessed),
    }  # fmt: skip


def _line(one: TransferFact, row: Referral, names: Mapping[int, str], by: Membership) -> dict[str, Any]:
    side = by.institution_id in (None, row.origin_institution_id, row.target_institution_id)
    return {
        "number": row.number,
        "url": reverse("referral", args=[row.pk]) if side and by.can("referral.view") else "",
        "direction": row.get_direction_display(), "reason": row.reason_words,
        "payer": names[one.payer], "receiver": names[one.receiver], "rule": RULES[one.rule],
        "formula": _formula(one), "fen": one.fen,
    }  # fmt: skip


def _formula(one: TransferFact) -> str:
    """The amount with its numbers put in, or why there is none."""
    if one.base_fen is None:
        return str(WHY[one.rule])
    return f"{words.yuan(one.base_fen)} × {_percent(one.percent)}%"


def _percent(value: Decimal) -> str:
    return f"{value.normalize():f}"
