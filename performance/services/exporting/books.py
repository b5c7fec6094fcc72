"""The month's books and the journal about it, as rows of a bundle."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Any

from django.db.models import Q, QuerySet, Sum

from alliance.ledger.models import Account, Entry, LedgerJournal, Period
from alliance.lib.period import Month
from alliance.models import Journal
from performance.models import MonthLife, MonthRun, PayPool, PayPot
from performance.services.exporting.pseudonyms import Pseudonyms

PIECE = 2_000
EXPORTED = "month.exported"
# Of a deed's detail only what cannot name anybody.
TELLING = frozenset(
    {"fen", "kind", "month", "number", "rows", "entries", "debit_fen", "revision", "digest", "upheld", "year"}
)
Row = dict[str, Any]


def of_month(month: Month) -> QuerySet[LedgerJournal]:
    """All journals of money that belongs to the month, whenever they were posted."""
    return LedgerJournal.objects.filter(about_month=month.first_day)


def others(month: Month, hidden: Pseudonyms) -> Iterator[Row]:
    """Journals of no pool that stands: shares of the month, what fed source accounts, corrections, payments,
    pools that were reversed and their reversals.
    """
    first, stands = month.first_day, PayPool.State.POSTED
    pools = PayPool.objects.filter(month=first, state=stands).values("journal")
    pots = (
        PayPot.objects.filter(pool__month=first, pool__state=stands).exclude(journal=None).values("journal")
    )
    yield from journals(of_month(month).exclude(pk__in=pools).exclude(pk__in=pots), hidden)


def journals(
    rows: QuerySet[LedgerJournal], hidden: Pseudonyms, of: Mapping[int, str] | None = None
) -> Iterator[Row]:
    """Journals in order with their entries; `of` names what each is about."""
    named = of or {}
    heads = {row.pk: row for row in rows.select_related("period", "posted_by", "confirmed_by")}
    found = Entry.objects.filter(journal__in=heads).select_related("account").order_by("journal", "number")
    for pk, entries in groupby(found.iterator(PIECE), lambda one: one.journal_id):
        head = heads[pk]
        yield {
            "row": "journal", "id": hidden.name("J", pk), "of": named.get(pk, ""), "kind": head.kind,
            "period": str(Month.of(head.period.month)), "entries_count": head.entries_count,
            "debit_fen": head.debit_fen, "inputs_digest": head.inputs_digest,
            "rule_version": head.rule_version, "code_version": head.code_version,
            "reverses": hidden.name("J", head.reverses_id) or None, "body_digest": head.body_digest,
            "posted_by": hidden.name("M", head.posted_by.user_id),
            "confirmed_by": hidden.name("M", head.confirmed_by.user_id), "posted_at": head.posted_at,
            "entries": [{"account": hidden.account(one.account), "fen": one.fen} for one in entries],
        }  # fmt: skip


def accounts(month: Month, hidden: Pseudonyms) -> Iterator[Row]:
    """What each account received and gave in all of them (fen)."""
    sums = Entry.objects.filter(journal__in=of_month(month).values("pk")).values("account").order_by()
    fen = dict(sums.annotate(fen=Sum("fen")).values_list("account", "fen"))
    rows = Account.objects.filter(pk__in=fen).order_by("code").select_related("institution")
    for row in rows.iterator(PIECE):
        place = row.institution.code if row.institution else ""
        yield {"account": hidden.account(row), "kind": row.kind, "institution": place, "fen": fen[row.pk]}


def stage(month: Month) -> str:
    """How far the month has come after its posting; "" before it is published."""
    row = MonthLife.objects.filter(month=month.first_day).first()
    return "" if row is None or row.state == MonthLife.State.APPROVED else str(row.state)


def deeds(month: Month, hidden: Pseudonyms) -> Iterator[Row]:
    """The journal's rows about the month's runs, pools, pots, approvals and books, oldest first."""
    rows = Journal.objects.filter(_about(month)).exclude(verb=EXPORTED).order_by("pk")
    for number, row in enumerate(rows.iterator(PIECE), start=1):
        yield {
            "number": number, "at": row.at, "who": hidden.name("M", row.user_id), "verb": row.verb,
            "about": row.about_kind, "which": hidden.name("R", row.about_id), "result": row.result,
            "detail": {key: value for key, value in row.detail.items() if key in TELLING},
            "seal": bytes(row.seal).hex() if row.seal else "",
        }  # fmt: skip


def _about(month: Month) -> Q:
    """What a deed of the month can be about, by kind and id."""
    named: dict[str, set[int]] = defaultdict(set)
    first = month.first_day
    for rows in (
        MonthRun.objects.filter(month=first), PayPool.objects.filter(month=first),
        PayPot.objects.filter(pool__month=first),
    ):  # fmt: skip
        named[rows.model._meta.label_lower] |= set(rows.values_list("pk", flat=True))
    for rows in (MonthRun.objects.filter(month=first), PayPool.objects.filter(month=first)):
        named["approvals.approval"] |= set(rows.exclude(approval=None).values_list("approval", flat=True))
    for steps in (MonthLife.objects.filter(month=first), Period.objects.filter(month=first)):
        named[steps.model._meta.label_lower] |= set(steps.values_list("pk", flat=True))
    named["ledger.ledgerjournal"] = set(of_month(month).values_list("pk", flat=True))
    found = Q(pk__in=[])
    for kind, keys in named.items():
        found |= Q(about_kind=kind, about_id__in=keys)
    return found
