"""What every ledger test needs: open books of a month and accounts to post between."""

from __future__ import annotations

from alliance.ledger import services
from alliance.ledger.models import Account, Entry, LedgerJournal, Period
from alliance.ledger.services import Line, NewAccount, Posted
from alliance.lib.period import Month
from tests.world import World

OCTOBER, NOVEMBER = Month(2026, 10), Month(2026, 11)


def open_books(world: World, *months: Month) -> dict[str, Account]:
    """Open months (default: October) and four accounts; call inside act_in(world.qinghe)."""
    for month in months or (OCTOBER,):
        services.open_period(by=world.luo, month=month)
    return services.open_accounts(
        by=world.luo,
        accounts=[
            NewAccount("source:bonus", "协同奖励基金", "source"),
            NewAccount("institution:QH01", "清河县人民医院", "institution", institution=world.lead),
            NewAccount("institution:QH02", "清河县中医医院", "institution", institution=world.tcm),
            NewAccount("institution:QH11", "石桥镇中心卫生院", "institution", institution=world.shiqiao),
        ],
    )


def shares(accounts: dict[str, Account], *fen: int) -> list[Line]:
    """The bonus fund gives so many fen to QH01, QH02, QH11 in this order."""
    parts = [
        Line(accounts[code], share, {"rule": "share", "remainder_rank": rank}, ("institution", rank))
        for rank, (code, share) in enumerate(zip(list(accounts)[1:], fen, strict=False), start=1)
    ]
    return [Line(accounts["source:bonus"], -sum(fen), {"rule": "pool"}), *parts]


def post(
    world: World, accounts: dict[str, Account], *fen: int, key: str = "settlement", **extra: object
) -> Posted:
    """Luo posts shares of the bonus fund into October, Cai confirms."""
    arguments = {"by": world.luo, "confirmed_by": world.cai, "month": OCTOBER, "kind": "settlement", **extra}
    return services.post(key=key, entries=shares(accounts, *fen), **arguments)  # type: ignore[arg-type]


def raw_journal(
    world: World, accounts: dict[str, Account], *fen: int, count: int | None = None, debit: int | None = None,
    key: str = "raw", **extra: object,
) -> LedgerJournal:  # fmt: skip
    """Rows written past the service, as a program with the application's rights could."""
    month = OCTOBER.first_day
    head = LedgerJournal.objects.create(
        period=Period.objects.get(month=month), about_month=month, kind="raw", key=key, posted_by=world.luo,
        confirmed_by=world.cai, body_digest="0" * 64, entries_count=len(fen) if count is None else count,
        debit_fen=sum(part for part in fen if part > 0) if debit is None else debit, **extra,
    )  # fmt: skip
    raw_entries(head, accounts, *fen)
    return head


def raw_entries(head: LedgerJournal, accounts: dict[str, Account], *fen: int, first: int = 1) -> None:
    """Entries of a journal written past the service."""
    places = list(accounts.values())
    rows = [
        Entry(journal=head, number=number, account=places[number % len(places)], fen=part)
        for number, part in enumerate(fen, start=first)
    ]
    Entry.objects.bulk_create(rows)
