"""What pay of a month rests on, in its bundle: parameters, rules of flow, source accounts, pay totals."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from django.db.models import Max, Sum

from alliance.ledger.models import LedgerJournal
from alliance.lib.period import Month
from alliance.models import Parameter
from performance.engine.pay import redlines
from performance.models import FundEntry, PayFund, PayPool, PayRule, PayShare, PayTotal, PayUplift

Row = dict[str, Any]


def rules(month: Month, pools: Sequence[PayPool]) -> Row:
    """Parameters that held, rules of flow, source accounts with their decisions, approved totals."""
    return {
        "parameters": _parameters(month), "pay_rules": _flow_rules(pools), "funds": _funds(month, pools),
        "totals": list(_totals(month, pools)),
    }  # fmt: skip


def _parameters(month: Month) -> list[Row]:
    rows = Parameter.objects.filter(from_date__lte=month.first_day).order_by("from_date")
    latest = {(row.key, row.level): row for row in rows}
    return [
        {"key": row.key, "level": row.level, "from": row.from_date, "value": row.value}
        for _key, row in sorted(latest.items())
    ]


def _flow_rules(pools: Sequence[PayPool]) -> list[Row]:
    rows = PayRule.objects.filter(pk__in=[pool.rule_id for pool in pools if pool.rule_id])
    return [
        {"kind": row.kind, "from": row.from_date, "revision": row.revision, "digest": row.digest,
         "body": row.body}
        for row in rows.order_by("kind", "from_date", "revision")
    ]  # fmt: skip


def _funds(month: Month, pools: Sequence[PayPool]) -> list[Row]:
    fed = defaultdict(list)
    entries = FundEntry.objects.filter(journal__about_month=month.first_day, confirmed_at__isnull=False)
    for row in entries.order_by("day", "pk"):
        fed[row.fund_id].append({"day": row.day, "fen": row.fen, "document": row.document})
    return [
        {"code": row.code, "account": row.account, "source": row.source, "fed": fed[row.pk]}
        for row in PayFund.objects.filter(pk__in={*fed, *(pool.fund_id for pool in pools)})
    ]  # fmt: skip


def _totals(month: Month, pools: Sequence[PayPool]) -> Iterator[Row]:
    """Approved and paid when the month's last pool was posted: later money is another month's matter."""
    own = [pool for pool in pools if pool.persons and pool.source in redlines.WITHIN_TOTAL]
    if not own:
        return
    year, mine = month.year, [pool.pk for pool in own]
    posted = LedgerJournal.objects.filter(pk__in=[pool.journal_id for pool in own])
    until = posted.aggregate(last=Max("posted_at"))["last"]
    rows = PayTotal.objects.filter(year=year, confirmed_at__lte=until).order_by("revision")
    approved = {row.institution.code: row for row in rows.select_related("institution", "uplift")}
    shares = PayShare.objects.filter(
        pool__month__year=year, pool__persons=True, pool__state=PayPool.State.POSTED,
        pool__journal__posted_at__lte=until,
        pool__source__in=sorted(redlines.WITHIN_TOTAL),
    ).values("institution__code").order_by()  # fmt: skip
    paid = dict(
        shares.exclude(pool__in=mine).annotate(sum=Sum("fen")).values_list("institution__code", "sum")
    )
    now = dict(shares.filter(pool__in=mine).annotate(sum=Sum("fen")).values_list("institution__code", "sum"))
    for code in sorted(now):
        total = approved.get(code)
        yield {
            "institution": code, "year": year, "approved_fen": total.fen if total else None,
            "paid_fen": paid.get(code, 0), "month_fen": now[code],
            "uplift": _risen(total.uplift) if total and total.uplift else None,
        }  # fmt: skip


def _risen(sheet: PayUplift) -> Row:
    """What an approved total rose from: its base, the linked figures, heads, parameters."""
    lines = sheet.lines.values_list("month", "indicator", "weight", "score")
    return {
        "base_fen": sheet.base_fen, "terms": sheet.terms, "weight_all": sheet.weight_all,
        "heads_first": sheet.heads_first, "heads": sheet.heads, "document": sheet.document,
        "points": [
            {"month": month, "indicator": indicator, "weight": weight, "score": score}
            for month, indicator, weight, score in lines
        ],
    }  # fmt: skip
