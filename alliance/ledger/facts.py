"""Reading the books: balances, statements, the trial balance, and sums for other rooms. Amounts in fen.

Plus is what an account received (debit), minus what it gave (credit). All run inside an open `act_in`.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.db.models import BigIntegerField, Count, F, Q, QuerySet, Sum, Window
from django.db.models.functions import Coalesce

from alliance.ledger.models import Account, Entry, LedgerJournal, Period
from alliance.lib.money import Fen
from alliance.lib.period import Month
from alliance.models import Membership


@dataclass(frozen=True)
class MonthSums:
    """One month of the books; `sum_fen` is computed from the entries and is 0 in sound books."""

    month: Month
    journals: int
    entries: int
    debit_fen: Fen
    sum_fen: Fen


@dataclass(frozen=True)
class Statement:
    """An account's movements of some months; each entry bears `balance_fen`, the balance after it."""

    account: Account
    opening_fen: Fen
    entries: QuerySet[Entry]
    closing_fen: Fen


@dataclass(frozen=True)
class TrialBalance:
    """试算平衡: accounts that moved, each with `opening_fen`, `debit_fen`, `credit_fen`, `closing_fen`.

    Credits are shown positive. Totals are over all of them; `sum_fen` is debit - credit, 0 in sound books.
    """

    accounts: QuerySet[Account]
    debit_fen: Fen
    credit_fen: Fen
    sum_fen: Fen


def lines_of(journal: LedgerJournal, *, seen_by: Membership | None = None) -> QuerySet[Entry]:
    """The entries of a journal in their order, with accounts; each has reason and evidence.

    `seen_by` narrows them to the accounts a member may know.
    """
    entries = Entry.objects.seen_by(seen_by) if seen_by else Entry.objects.all()
    return entries.filter(journal=journal).select_related("account__institution").order_by("number")


def balance(account: Account, *, through: Month | None = None) -> Fen:
    """What stands on an account at the end of a month (default: now)."""
    entries = Entry.objects.filter(account=account)
    if through is not None:
        entries = entries.filter(journal__period__month__lte=through.first_day)
    return int(entries.aggregate(fen=_fen(Q()))["fen"])


def balance_of(codes: Collection[str]) -> dict[str, Fen]:
    """What stands on accounts now, by code; those not opened yet are missing. One query."""
    rows = Entry.objects.filter(account__code__in=codes).order_by().values("account__code")
    return {row["account__code"]: int(row["fen"]) for row in rows.annotate(fen=_fen(Q()))}


def statement(account: Account, *, first: Month | None = None, last: Month | None = None) -> Statement:
    """The movements of an account from one month through another, with the balance after each.

    In the order of months and, inside a month, of posting.
    """
    opening = balance(account, through=first.previous()) if first else 0
    running = Window(Sum("fen"), order_by=["journal__period__month", "journal_id", "number"])
    moved = Entry.objects.filter(account=account).select_related("journal__period")
    if first is not None:
        moved = moved.filter(journal__period__month__gte=first.first_day)
    if last is not None:
        moved = moved.filter(journal__period__month__lte=last.first_day)
    ordered = moved.annotate(balance_fen=_integer(running + opening))
    ordered = ordered.order_by("journal__period__month", "journal_id", "number")
    return Statement(account, opening, ordered, balance(account, through=last))


def trial_balance(month: Month | None = None, *, seen_by: Membership | None = None) -> TrialBalance:
    """The trial balance of a month, or of everything posted; `seen_by` narrows it to a member's accounts.

    One query for the accounts, one for the totals, whatever the number of entries.
    """
    inside = Q(entries__journal__period__month=month.first_day) if month else Q(entries__isnull=False)
    before = Q(entries__journal__period__month__lt=month.first_day) if month else Q(entries__isnull=True)
    accounts = Account.objects.seen_by(seen_by) if seen_by else Account.objects.all()
    plus, minus = Q(entries__fen__gt=0), Q(entries__fen__lt=0)
    moved = accounts.annotate(
        opening_fen=_fen(before, "entries__fen"),
        debit_fen=_fen(inside & plus, "entries__fen"),
        credit_fen=-_fen(inside & minus, "entries__fen"),
    ).filter(~Q(opening_fen=0) | ~Q(debit_fen=0) | ~Q(credit_fen=0))
    moved = moved.annotate(closing_fen=F("opening_fen") + F("debit_fen") - F("credit_fen")).order_by("code")
    totals = moved.aggregate(debit=_sum("debit_fen"), credit=_sum("credit_fen"))
    return TrialBalance(moved, totals["debit"], totals["credit"], totals["debit"] - totals["credit"])


def month_sums(first: Month, last: Month, *, seen_by: Membership | None = None) -> list[MonthSums]:
    """Journals, entries, debit total and sum of each month of a range that has journals, oldest first.

    With `seen_by` of what the member may see: for one institution the sum is what it received, not 0.
    """
    entries = Entry.objects.seen_by(seen_by) if seen_by else Entry.objects.all()
    rows = (
        entries.filter(journal__period__month__range=(first.first_day, last.first_day))
        .values("journal__period__month")
        .annotate(
            journals=Count("journal", distinct=True),
            entries=Count("pk"),
            debit=_fen(Q(fen__gt=0)),
            total=_fen(Q()),
        )
        .order_by("journal__period__month")
    )
    return [
        MonthSums(
            Month.of(row["journal__period__month"]),
            row["journals"],
            row["entries"],
            row["debit"],
            row["total"],
        )
        for row in rows
    ]


def months() -> list[Month]:
    """The months that have books, newest first."""
    return [Month.of(day) for day in Period.objects.order_by("-month").values_list("month", flat=True)]


def posted_months(*, since: date) -> list[Month]:
    """Months to which money is posted and not reversed, oldest first, of those that end on a day or later."""
    days = LedgerJournal.objects.filter(
        about_month__gte=since.replace(day=1), reverses=None, reversed_by=None
    )
    return [
        Month.of(day) for day in days.order_by("about_month").values_list("about_month", flat=True).distinct()
    ]


def open_months() -> list[Month]:
    """The months whose books are open, oldest first: corrections of closed months go into one of them."""
    days = Period.objects.filter(state=Period.State.OPEN).order_by("month").values_list("month", flat=True)
    return [Month.of(day) for day in days]


def _fen(condition: Q, column: str = "fen") -> Coalesce:
    """The sum of the entries that meet a condition; 0 when there are none: nothing moved."""
    return _integer(Sum(column, filter=condition))


def _sum(column: str) -> Coalesce:
    return _integer(Sum(column))


def _integer(expression: object) -> Coalesce:
    """PostgreSQL sums bigint as numeric; whole fen stay int."""
    return Coalesce(expression, 0, output_field=BigIntegerField())
