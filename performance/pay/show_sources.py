"""What the page of sources and limits shows, and what the member may do with what waits there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from alliance.ledger import facts as books
from alliance.ledger.models import Account
from alliance.models import Membership
from alliance.web import parts
from alliance.web import words as web_words
from performance.models import FundEntry, PayFund, PayRule, PayTotal
from performance.models.pay import CONFIRM, RUN, Withdrawable
from performance.pay import show, usual
from performance.pay.services import limits

PEOPLE = ("entered_by__user", "confirmed_by__user", "set_aside_by__user")


@dataclass(frozen=True, slots=True)
class Ways:
    """What a member may do with an entry: confirm it; leave it, by this word ("" where not)."""

    confirm: bool
    leave: str


def page(membership: Membership, year: int) -> dict[str, Any]:
    """Source accounts with balance and entries, pay totals of a year with what is paid, rules."""
    funds = list(PayFund.objects.all())
    accounts = {one.code: one for one in Account.objects.filter(code__in=[fund.account for fund in funds])}
    every = list(FundEntry.objects.select_related("fund", "reversal", *PEOPLE).order_by("-day", "-pk"))
    entries: dict[int, list[FundEntry]] = {}
    times = usual.limit(timezone.localdate())
    for one in every:
        one.doubts = usual.doubts(one, every, times) if one.waits else []
        entries.setdefault(one.fund_id, []).append(one)
    return {
        "title": _("Sources and limits"), "rooms": show.tabs("pay-sources", membership),
        "runs": show.runs(membership), "reverses": reverses(membership),
        "funds": [
            (fund, books.balance(accounts[fund.account]) if fund.account in accounts else 0,
             [(one, ways(one, membership)) for one in entries.get(fund.pk, [])])
            for fund in funds
        ],
        "totals": totals(membership, year), "year": year,
        "rules": [
            (row, show.rule_facts(row), ways(row, membership))
            for row in PayRule.objects.select_related(*PEOPLE)
        ],
    }  # fmt: skip


def doubts(row: FundEntry) -> list[str]:
    """What is unusual about an entry that waits."""
    every = list(FundEntry.objects.select_related("fund"))
    return usual.doubts(row, every, usual.limit(timezone.localdate()))


def reverses(membership: Membership) -> bool:
    """Whether the member proposes reversals at the ledger."""
    return membership.institution_id is None and membership.can("ledger.reverse")


def ways(row: Withdrawable, membership: Membership) -> Ways:
    """Who entered it takes it back; the second person confirms it or sets it aside."""
    mine = row.entered_by.user_id == membership.user_id
    if not row.waits or membership.institution_id is not None or not membership.can(RUN if mine else CONFIRM):
        return Ways(False, "")
    return Ways(not mine, _("Take back") if mine else pgettext("entry of pay", "Set aside"))


def totals(membership: Membership, year: int) -> Sequence[Mapping[str, Any]]:
    """Approved, paid and left of each institution; with it what waits for a second person or was set aside,
    of which nothing is paid.
    """
    paid = limits.paid_of(year)
    rows = (
        PayTotal.objects.filter(year=year)
        .select_related("institution", *PEOPLE)
        .order_by("institution__code", "-revision")
    )
    found, seen = [], set()
    for row in rows:
        current = row.confirmed_at is not None and row.institution_id not in seen
        if current:
            seen.add(row.institution_id)
        if current or row.confirmed_at is None:
            used = paid.get(row.institution_id, 0)
            found.append({
                "row": row, "paid": used, "left": row.fen - used, "ways": ways(row, membership),
                "share": Decimal(100 * used) / row.fen if row.fen else Decimal(0),
            })  # fmt: skip
    return found


def facts(row: Any) -> list[parts.Fact]:
    """An entry before it is left: what it says and who entered it."""
    by = parts.Fact(_("entered by"), f"{row.entered_by.user} {web_words.moment(row.entered_at)}")
    if isinstance(row, PayRule):
        return [parts.Fact(_("kind"), str(row.get_kind_display())), *show.rule_facts(row), by]
    if isinstance(row, PayTotal):
        place = parts.Fact(_("institution"), row.institution.short_name)
        about = [place, parts.Fact(_("year"), str(row.year))]
    else:
        about = [parts.Fact(_("source account"), row.fund.name), parts.Fact(_("decided by"), row.body)]
    return [
        *about, parts.Fact(_("amount (yuan)"), web_words.yuan(row.fen)),
        parts.Fact(_("decision number"), row.document), by,
    ]  # fmt: skip
